"""The Monte Carlo against the cascade equations; seeds, threads and errors."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from evanesce.errors import InvalidValueError
from evanesce.materials import compound
from evanesce.physics import resolve_physics
from evanesce.showers import SHOWERS, bin_averages
from evanesce.showers.cascade import Cascade
from evanesce.showers.montecarlo import MonteCarlo, ShowerRun, simulate, simulate_tracks
from evanesce.showers.montecarlo.simulation import LARGEST_CUT as CUT
from evanesce.showers.montecarlo.simulation import default_cut

EDGES = np.array([0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 0.998, 0.999, 1.0])


def agreement(tally, lengths, edges, *, incident="e+", electron_error=0.0):
    """p of χ² for the beam particle, other positrons and other electrons.

    With the covariances of the simulation and the error of the equations; bins known to worse than 13 % are left out,
    their few counts are not Gaussian.
    """
    result = {}
    electrons = lengths.radiating + (lengths.positrons if incident == "e+" else lengths.secondary) * -1.0
    for name, kernel, species in (
        ("primary", lengths.primary, 0),
        ("secondary", lengths.secondary, 1),
        ("electrons", electrons, 2),
    ):
        if species == 2 and incident == "e-":
            continue  # the kernels do not tell the beam from the others
        expected = bin_averages(kernel, edges) * np.diff(edges)
        if not expected.any():
            continue
        error = tally.error[species]
        known = (error > 0) & (tally.mean[species] > 7.7 * error)
        difference = (tally.mean[species] - expected)[known]
        covariance = tally.covariance(species)[np.ix_(known, known)]
        own = kernel.error + (electron_error if species == 2 else 0.0)
        covariance += np.diag((own * expected[known]) ** 2)
        result[name] = chi2.sf(difference @ np.linalg.solve(covariance, difference), known.sum())
        assert known.sum() >= 3
    return result


def compare(slab, energy, histories, edges=EDGES, seed=1, electron_error=0.0, **setup):
    one = slab(energy, **setup)
    run = ShowerRun(setup=one, energy=energy, histories=histories, seed=seed, lowest=float(edges[0]))
    exact = Cascade(cut=default_cut(energy)).track_length(one)
    return agreement(simulate(run, edges), exact, edges, incident=one.incident, electron_error=electron_error)


SHEETS = (("Pb", 0.267), ("C8H8", 0.00363))
"""1.5 mm of lead and of polystyrene."""


class TestAgainstTheEquations:
    """Identical loss models: the same cross sections, and the same knock-on cut in both."""

    def test_belle2(self, slab):
        """p > 0.01, as for 1e8 histories below; a change of 1 % in any one rate is noticed by 2e6."""
        assert min(compare(slab, 4.35, 2_000_000).values()) > 0.01

    @pytest.mark.parametrize(
        ("energy", "setup"),
        [
            (10.0, {"name": "Pb", "stop": 5.0, "incident": "e-"}),
            (0.5, {"name": "PbWO4", "stop": 40.0}),
            (1000.0, {"name": "W", "stop": 2.0}),
            (100.0, {"name": "C", "start": 0.4, "stop": 3.0}),
            (4.35, {"stop": 0.5, "incident": "gamma"}),
        ],
    )
    def test_other_showers(self, slab, energy, setup):
        assert min(compare(slab, energy, 1_000_000, **setup).values()) > 0.01

    @pytest.mark.parametrize(
        ("energy", "setup"),
        [
            (4.35, {"before": [("SiO2", 0.163)]}),
            (
                4.35,
                {"before": [("Al", 0.06), ("SiO2", 0.2), ("Al", 0.08)], "start": 0.2, "stop": 2.0, "incident": "e-"},
            ),
            (10.0, {"before": [*SHEETS, *SHEETS], "name": "Pb", "stop": 0.267}),
            (10.0, {"before": [*SHEETS, *SHEETS, SHEETS[0]], "name": "C8H8", "stop": 0.00363}),
            (4.35, {"before": [("SiO2", 0.163), ("Pb", 0.5)], "stop": 1.0, "incident": "gamma"}),
        ],
    )
    def test_layers_before_the_slab(self, slab, energy, setup):
        """p > 1e-3 for each of 12 values, which a right simulation fails once in 80 seeds."""
        assert min(compare(slab, energy, 2_000_000, **setup).values()) > 1e-3

    @pytest.mark.slow
    def test_low_fractions(self, slab):
        """v from 0.01, every generation, down to 5 MeV: Compton scattering and rest masses matter.

        There the equations lose up to m_e/2 of a recoil that is faster than its photon: 3e-3 of the electrons.
        """
        edges = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0])
        assert min(compare(slab, 0.5, 60_000, edges, electron_error=3e-3).values()) > 0.01

    @pytest.mark.slow
    def test_a_hundred_million_histories(self, slab):
        """Relative errors of 4e-5 to 3e-4 in the bins of the primary."""
        assert min(compare(slab, 4.35, 100_000_000, seed=7).values()) > 0.01

    def test_it_would_notice(self, slab):
        """Cross sections that are 0.5 % lower, as in caesium iodide of a radiation length 0.5 % shorter: p < 1e-3."""
        one = slab(4.35)
        tally = simulate(ShowerRun(setup=one, energy=4.35, histories=2_000_000, seed=1, lowest=0.5), EDGES)
        shorter = replace(one, material=compound("CsI", density=4.51, radiation_length=0.995 * 1.86))
        assert one.material.radiation_length == pytest.approx(1.86)
        assert agreement(tally, Cascade(cut=CUT).track_length(shorter), EDGES)["primary"] < 1e-3


class TestErrors:
    def test_the_error_is_the_spread(self, slab):
        """150 runs: the spread of each bin is the error that each claims, known to 6 % a bin, 3 % for all four."""
        edges = np.array([0.5, 0.8, 0.95, 0.99, 1.0])
        runs = [ShowerRun(setup=slab(4.35), energy=4.35, histories=3000, seed=seed, lowest=0.5) for seed in range(150)]
        tallies = [simulate(run, edges) for run in runs]
        spread = np.std([tally.mean[0] for tally in tallies], axis=0, ddof=1)
        claimed = np.mean([tally.error[0] for tally in tallies], axis=0)
        assert spread / claimed == pytest.approx(np.ones(4), abs=0.24)
        assert np.mean(spread / claimed) == pytest.approx(1.0, abs=0.1)

    def test_seeds_and_threads(self, slab):
        """Bit by bit the same on one thread and on three; another seed, or part of it, is another result."""
        run = ShowerRun(setup=slab(4.35), energy=4.35, histories=5003, seed=3, lowest=0.5)
        one, three = simulate(run, EDGES, threads=1), simulate(run, EDGES, threads=3)
        assert (one.batches == three.batches).all()
        for change in ({"seed": 4}, {"part": 1}):
            other = ShowerRun(setup=run.setup, energy=4.35, histories=5003, lowest=0.5, **({"seed": 3} | change))
            assert (simulate(other, EDGES).mean[0] != one.mean[0]).all()

    def test_histories_add_up(self, slab):
        """Seldom as many histories as batches: each counts once."""
        run = ShowerRun(setup=slab(4.35), energy=4.35, histories=2501, seed=3, lowest=0.5)
        batches = run.batches
        assert sum(count for _, count in batches) == 2501
        assert [first for first, _ in batches[1:]] == [first + count for first, count in batches[:-1]]
        assert len(simulate(run, EDGES).batches) == len(batches) == 200

    def test_a_thin_slab(self, slab):
        """A positron crosses 0.01 X0 with nearly all of its energy: the path is the slab's."""
        run = ShowerRun(setup=slab(4.35, stop=0.01), energy=4.35, histories=20000, seed=1, lowest=0.01)
        tally = simulate(run, np.array([0.01, 1.0]))
        assert tally.mean[0, 0] == pytest.approx(0.01, abs=4 * tally.error[0, 0] + 1e-6)
        assert tally.mean[0, 0] <= 0.01 * (1 + 1e-12)


@pytest.fixture(scope="module")
def run(slab):
    return ShowerRun(setup=slab(4.35, start=0.3), energy=4.35, histories=3000, seed=2, lowest=0.1)


@pytest.fixture(scope="module")
def tracks(run):
    return simulate_tracks(run)


class TestTracks:
    def test_lengths_are_those_of_the_tally(self, run, tracks):
        """The same random numbers: the same track length to rounding, species by species."""
        tally = simulate(run, np.array([0.1, 1.0]))
        above = np.clip(
            (tracks.energy_start - 0.435) / np.maximum(tracks.energy_start - tracks.energy_stop, 1e-300), 0.0, 1.0
        )
        length = above * (tracks.depth_stop - tracks.depth_start)
        beam, positron = tracks.track == 0, tracks.charge > 0
        for species, chosen in enumerate((beam, positron & ~beam, ~positron & ~beam)):
            assert length[chosen].sum() / run.histories == pytest.approx(tally.mean[species, 0], rel=1e-9)

    def test_pieces_join(self, tracks):
        """The pieces of a track follow each other in depth, and its energy never rises."""
        order = np.lexsort((tracks.depth_start, tracks.track, tracks.history))
        same = (np.diff(tracks.track[order]) == 0) & (np.diff(tracks.history[order]) == 0)
        gap = tracks.depth_start[order][1:] - tracks.depth_stop[order][:-1]
        assert np.abs(gap[same]).max() < 1e-12
        assert (tracks.energy_start[order][1:][same] <= tracks.energy_stop[order][:-1][same]).all()
        assert (tracks.energy_stop <= tracks.energy_start).all()
        assert tracks.depth_start.min() == 0.3
        assert tracks.depth_stop.max() <= 16.0

    def test_the_profile(self, slab):
        """Tracks at a depth: length in a window around it, from the cascade equations; 4 σ of the multiplicity."""
        run = ShowerRun(setup=slab(4.35), energy=4.35, histories=6000, seed=2, lowest=0.1)
        tracks = simulate_tracks(run)
        depths = np.array([0.5, 2.0, 5.0])
        counts = tracks.multiplicity(depths)
        assert (tracks.multiplicity(0.0)[:, 0] == 1).all()
        assert counts.max() > 3
        assert tracks.profile(depths) == pytest.approx(counts.mean(axis=0))
        assert (tracks.profile(depths, charge=1) + tracks.profile(depths, charge=-1)) == pytest.approx(
            tracks.profile(depths)
        )
        error = counts.std(axis=0) / np.sqrt(run.histories)
        for depth, mean, sigma in zip(depths, counts.mean(axis=0), error, strict=True):
            window = slab(4.35, start=depth - 0.1, stop=depth + 0.1)
            kernel = Cascade(cut=CUT).track_length(window).radiating
            expected = bin_averages(kernel, np.array([0.1, 1.0]))[0] * 0.9 / 0.2
            assert mean == pytest.approx(expected, abs=4 * sigma + 2e-3 * expected)

    def test_points_on_the_way(self, tracks):
        """∫ E dt over all tracks: points on them, and the mean energy of every straight piece."""
        depth, energy, length = tracks.sample_points(np.random.default_rng(1))
        assert ((tracks.depth_start <= depth) & (depth <= tracks.depth_stop)).all()
        exact = 0.5 * (tracks.energy_start + tracks.energy_stop) @ length
        assert energy @ length == pytest.approx(exact, rel=1e-5)  # pieces are short in energy


class TestModel:
    def test_error_of_a_limit(self, slab):
        """Track length above v = 0.9 over 12 seeds: its spread is what the kernel claims, give or take a factor 2."""
        setup, high = slab(4.35), np.array([0.9, 1.0])
        kernels = [MonteCarlo(histories=20_000, seed=seed).track_length(setup).primary for seed in range(12)]
        lengths = [bin_averages(kernel, high)[0] for kernel in kernels]
        spread = np.std(lengths, ddof=1) / np.mean(lengths)
        assert 0.5 < spread / np.mean([kernel.error for kernel in kernels]) < 2.0

    def test_kernels(self, slab):
        """Kernels over a range of energies: those of the cascade within 4 σ of the simulation."""
        setup = slab(4.35, 6.62)
        model, exact = MonteCarlo(histories=900_000).track_length(setup), Cascade(cut=CUT).track_length(setup)
        edges = np.array([0.3, 0.5, 0.7, 0.9, 0.98, 0.999, 1.0])
        for name in ("primary", "radiating"):
            ours, theirs = getattr(model, name), getattr(exact, name)
            assert 3e-4 < ours.error < 5e-3
            for energy in (4.35, 5.0, 6.62):
                ratio = bin_averages(ours, edges, energy=energy) / bin_averages(theirs, edges, energy=energy)
                assert ratio == pytest.approx(np.ones(6), abs=0.02)  # 5 σ of 300,000 histories in a narrow bin
                selected = [bin_averages(k, np.array([0.9, 1.0]), energy=energy)[0] for k in (ours, theirs)]
                assert selected[0] / selected[1] == pytest.approx(1.0, abs=6 * ours.error)  # in ln E, 1.5 at the ends
        assert (model.secondary.density(np.linspace(0.3, 0.9, 7), 5.0) > 0).all()

    def test_an_incident_electron_is_no_positron(self, slab):
        lengths = MonteCarlo(histories=3000).track_length(slab(4.35, incident="e-"))
        assert (bin_averages(lengths.primary, np.array([0.5, 0.9, 1.0])) == 0).all()
        assert (bin_averages(lengths.radiating, np.array([0.5, 0.9, 1.0])) > 0.1).all()

    def test_bins_are_cut(self, slab):
        model, edges = MonteCarlo(histories=3000), np.array([0.5, 0.9, 0.99, 1.0])
        plain, cut = model.binned(slab(4.35), edges), model.binned(slab(4.35), edges, v_max=0.95)
        assert cut.primary[0] == plain.primary[0]
        assert 0 < cut.primary[1] < plain.primary[1]
        assert cut.primary[2] == cut.primary_error[2] == 0
        assert (model.binned(slab(4.35), edges, v_max=0.4).primary == 0).all()
        assert (
            plain.secondary_error >= plain.primary * np.diff(edges) / 3000
        ).all()  # of one track where there are few
        assert plain.provenance == {"histories": 3000, "seed": 1, "knock_on_cut_gev": CUT}

    def test_options(self):
        options = resolve_physics("reference", {"track_length": "montecarlo", "histories": "5e4", "seed": 9})
        assert SHOWERS.get("montecarlo").from_options(options) == MonteCarlo(histories=50_000, seed=9)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"histories": 1}, "histories = 1: must be a whole number from 2 to 1000000000000"),
            ({"seed": -1}, "seed = -1: must be a whole number"),
            ({"seed": 0.5}, "seed = 0.5: must be a whole number"),
            ({"lowest": 1e-3}, "lowest fraction = 0.001: must lie between 0.008 and 0.9999"),
            ({"energy": 0.1}, "energy of the shower = 0.1: must lie between 0.3 and 100000 GeV"),
            ({"cut": 0.1}, "cut of the Monte Carlo = 0.1"),
        ],
    )
    def test_advice(self, slab, change, message):
        with pytest.raises(InvalidValueError, match=message):
            ShowerRun(**({"setup": slab(4.35), "energy": 4.35, "histories": 10, "seed": 1, "lowest": 0.5} | change))

    def test_too_deep(self, slab):
        with pytest.raises(InvalidValueError, match="depth = 101 X0: must be at most 100"):
            MonteCarlo(histories=10).track_length(slab(4.35, stop=101.0))
