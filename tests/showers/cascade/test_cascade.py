"""The cascade against Geant4, against itself, and its conservation laws."""

from pathlib import Path

import numpy as np
import pytest

from evanesce.constants import ELECTRON_MASS
from evanesce.errors import InvalidValueError
from evanesce.interactions import collisions as hit
from evanesce.interactions.medium import Medium
from evanesce.interactions.radiation import bremsstrahlung, pair_production
from evanesce.materials import material
from evanesce.physics import resolve_physics
from evanesce.showers import SHOWERS, ShowerSetup, bin_averages
from evanesce.showers.cascade import Cascade
from evanesce.showers.cascade.depth import track_length_integral
from evanesce.showers.cascade.elements import Elements, cell_edges
from evanesce.showers.cascade.tables import RadiationTables
from evanesce.showers.cascade.transport import CUT, SPECIES, Transport

GEANT4 = Path(__file__).parents[2] / "data" / "geant4_csi_positron_4.35GeV_16X0.csv"
EDGES = np.array([0.01, 0.05, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0])


def setup(low, high=None, *, name="CsI", start=0.0, stop=16.0, incident="e+"):
    return ShowerSetup(
        incident=incident, material=material(name), start=start, stop=stop, energy_min=low, energy_max=high or low
    )


def track_length(low, high=None, **slab):
    return Cascade().track_length(setup(low, high, **slab))


class TestGeant4:
    """1e6 positrons of 4.35 GeV on 16 X0 of CsI; tests/data/README.md."""

    @pytest.fixture
    def table(self):
        return np.genfromtxt(GEANT4, delimiter=",", skip_header=3)

    @pytest.fixture
    def lengths(self):
        return track_length(4.35)

    def test_primary(self, table, lengths):
        """1.2 % in every bin, the last one included: 0.7 % at most, and statistics of 0.4 % where bins are narrow."""
        ours = bin_averages(lengths.primary, np.append(table[:, 0], table[-1, 1]))
        assert ours / table[:, 2] == pytest.approx(np.ones(len(table)), abs=0.012)

    def test_secondary(self, table, lengths):
        """6 % or 2.5 σ in every bin; a bin without a count has the error of one."""
        ours = bin_averages(lengths.secondary, np.append(table[:, 0], table[-1, 1]))
        one_track = table[:, 5][table[:, 5] > 0].min()
        allowed = np.maximum(0.06 * table[:, 4], 2.5 * np.maximum(table[:, 5], one_track))
        assert (np.abs(ours - table[:, 4]) < allowed).all()
        # where Geant4 has counts enough, within its errors and 1.5 %
        assert ours[:3] / table[:3, 4] == pytest.approx(np.ones(3), abs=0.02)

    def test_ionisation_decides_the_endpoint(self, table):
        """Drop the continuous loss, and the last bin is far off: the table would notice."""
        problem = Transport(RadiationTables(Medium(material("CsI")), 0.03, 4.35), _elements(4.35), 4.35)
        whole = problem.charged("e+")
        without = whole - problem.elements.divergence(problem.elements.drift(_speed(problem)))
        tracks = [np.linalg.solve(matrix, -problem.elements.point_source()) for matrix in (whole, without)]
        last = [
            problem.elements.weights[problem.elements.nodes < 1e-3] @ t[problem.elements.nodes < 1e-3] for t in tracks
        ]
        assert last[1] / last[0] > 1.08


def _elements(energy, order=5):
    return Elements(cell_edges(2e-6, 0.25, np.log(125.0)), order, CUT / energy, ELECTRON_MASS / energy)


def _speed(transport):
    def speed(lethargy):
        energy = transport.energy(lethargy)
        return hit.restricted_loss(transport.tables.medium, "e+", energy, transport.cut) / energy

    return speed


@pytest.fixture(scope="module")
def transport():
    energy = 1000.0
    elements = Elements(cell_edges(1e-3, 0.25, np.log(1000.0)), 6, CUT / energy, ELECTRON_MASS / energy)
    return Transport(RadiationTables(Medium(material("Pb")), 1.0, energy), elements, energy)


class TestConservation:
    """Energy, against cross sections integrated without any element. Lost is what falls below 1 GeV."""

    LOWEST = 1.0

    def by_charge(self, medium, particle, energy):
        """Energy per X0: soft photons and knock-ons, ionisation, and the tracks themselves that end below."""
        x, w = np.polynomial.legendre.leggauss(60)
        below = 0.5 * np.minimum(self.LOWEST, energy)[:, None]
        energy, after = energy[:, None], below * (1 + x)
        soft = below * w * bremsstrahlung(medium, energy, after)
        ended = below * w * after * bremsstrahlung(medium, energy, energy - after) / (energy - after)
        given = np.maximum(energy - after, CUT)
        stopped = below * w * after * hit.knock_on_spectrum(medium, particle, energy, given)
        ionised = hit.restricted_loss(medium, particle, energy, self.LOWEST - ELECTRON_MASS)
        return np.sum(soft + ended + stopped, axis=1) + ionised[:, 0]

    def by_photon(self, medium, photon):
        x, w = np.polynomial.legendre.leggauss(60)
        below = 0.5 * np.minimum(self.LOWEST, photon)[:, None]
        positron, photon = below * (1 + x), photon[:, None]
        return 2.0 * np.sum(below * w * positron / photon * pair_production(medium, photon, positron), axis=1)

    @pytest.fixture
    def lost(self, transport):
        energy, medium = transport.energy(transport.elements.nodes), transport.tables.medium
        electron, positron = (self.by_charge(medium, particle, energy) for particle in ("e-", "e+"))
        return np.stack([positron, electron, positron, self.by_photon(medium, energy)])

    def test_one_step(self, transport, lost):
        """Change of energy per X0 for tracks of each kind, uniform in ln E above 400 GeV."""
        energy, weights = transport.energy(transport.elements.nodes), transport.elements.weights
        change = transport.split(transport.join(np.tile(energy * weights, (4, 1))) @ transport.shower("e+"))
        inside = transport.elements.nodes < 0.9
        whole = energy[inside] @ weights[inside]
        missing = (change[:, inside].sum(axis=1) + lost[:, inside] @ weights[inside]) / whole
        assert np.abs(missing[:3]).max() < 4e-6
        assert abs(missing[3]) < 4e-6

    def test_all_generations(self, transport, lost):
        """Energy balance of a positron of 1 TeV after 2 X0 in lead: remaining plus lost energy is the total."""
        elements = transport.elements
        initial = np.zeros((len(SPECIES), elements.size))
        initial[0] = elements.point_source()
        matrix = transport.shower("e+")
        start = transport.join(initial)
        track = track_length_integral(matrix, start, 0.0, 2.0, block=4 * elements.order)
        left = transport.split(start + matrix @ track) * transport.energy(elements.nodes) * elements.weights
        gone = lost * transport.split(track) * elements.weights
        assert gone.sum() / 1000.0 > 3e-3
        assert (left.sum() + gone.sum()) / 1000.0 == pytest.approx(1.0, abs=1e-4)
        # all kinds share it
        assert (left.sum(axis=1) > 50.0).all()


class TestNumerics:
    def test_the_cut_does_not_matter(self):
        """4 times as many and a quarter as many knock-ons are discrete: 2e-4 in the last bin, less elsewhere."""
        slab = setup(4.35)
        usual = bin_averages(Cascade().track_length(slab).primary, EDGES)
        for cut in (0.25 * CUT, 4.0 * CUT):
            assert bin_averages(Cascade(cut=cut).track_length(slab).primary, EDGES) == pytest.approx(usual, rel=4e-4)

    @pytest.mark.parametrize("energy", [4.35, 5.0, 6.62])
    @pytest.mark.parametrize("start", [0.0, 0.3])
    def test_a_range_of_energies(self, energy, start):
        """Interpolated in ln E; where an upstream layer's front passes, the last two bins, it is hardest."""
        whole, one = track_length(4.35, 6.62, start=start), track_length(energy, start=start)
        for kernel, exact in ((whole.primary, one.primary), (whole.radiating, one.radiating)):
            ratio = bin_averages(kernel, EDGES, energy=energy) / bin_averages(exact, EDGES)
            assert ratio[:-1] == pytest.approx(np.ones(len(EDGES) - 2), abs=2e-4)
            assert ratio[-1] == pytest.approx(1.0, abs=1e-3)
            assert float(kernel.density(0.7, energy)) == pytest.approx(float(exact.density(0.7)), rel=1e-5)

    def test_windows_of_depth_add_up(self):
        v = np.array([0.05, 0.3, 0.7, 0.95])
        parts = [track_length(5.0, start=a, stop=b) for a, b in ((0.0, 2.0), (2.0, 16.0))]
        whole = track_length(5.0)
        for name in ("primary", "secondary", "radiating"):
            total = sum(getattr(part, name).density(v) for part in parts)
            assert total == pytest.approx(getattr(whole, name).density(v), rel=2e-4)


class TestPhysics:
    def test_an_electron_shower(self):
        """No primary positron; the secondaries of a positron's shower, up to Bhabha against Møller scattering."""
        electron, positron = track_length(4.35, incident="e-"), track_length(4.35)
        v = np.array([0.1, 0.5, 0.9])
        assert (electron.primary.density(v) == 0).all()
        assert electron.secondary.density(v) == pytest.approx(positron.secondary.density(v), rel=1e-2)
        assert electron.radiating.density(v) == pytest.approx(positron.radiating.density(v), rel=1e-2)

    def test_the_endpoint_is_the_slowest_loss(self):
        """F → E/(dE/dx) for v → 1, the loss being that below the cut."""
        energy, medium = 4.35, Medium(material("CsI"))
        loss = float(hit.restricted_loss(medium, "e+", np.array(energy), CUT))
        kernel = track_length(energy).primary
        assert float(kernel.at_lethargy(np.array(1e-8))) == pytest.approx(energy / loss, rel=1e-3)

    def test_a_thin_slab(self):
        """A positron crosses 0.01 X0 nearly unchanged: the path length is the slab's."""
        kernel = track_length(4.35, stop=0.01).primary
        total = bin_averages(kernel, np.array([0.01, 1.0]))[0] * 0.99
        assert total == pytest.approx(0.01, rel=2e-3)

    def test_secondaries_grow_as_the_third_power(self):
        """γ from the beam, e⁺ from γ, length of e⁺: t³/6 of rates in a thin slab."""
        v = np.array([0.2, 0.5, 0.8])
        thick, thin = (track_length(10.0, stop=stop).secondary.density(v) for stop in (0.02, 0.01))
        assert thick / thin == pytest.approx(8.0, rel=0.05)

    def test_suppression_lowers_the_loss_of_hard_tracks(self):
        """1 TeV in tungsten: fewer soft photons, longer tracks at v > 0.999 than at 20 GeV."""
        edges = np.array([0.999, 1.0])
        hard, soft = (bin_averages(track_length(energy, name="W").primary, edges)[0] for energy in (1000.0, 20.0))
        assert hard > 1.1 * soft

    def test_nothing_is_left_of_the_beam(self):
        """39 X0 of graphite stop a positron of 0.3 GeV; what is left is noise without a large error."""
        kernel = track_length(0.3, name="C", start=39.0, stop=40.0).primary
        assert np.abs(kernel.density(np.array([0.1, 0.9]))).max() < 1e-30
        assert kernel.error < 1.0

    def test_compounds_by_name_or_formula_are_one(self):
        assert track_length(5.0, name="CsI") is track_length(5.0, name="caesium iodide")


class TestManners:
    def test_registered_and_built_from_options(self):
        assert SHOWERS.get("cascade").from_options(resolve_physics("converged")) == Cascade()

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda: track_length(0.2), "energies from 0.2 to 0.2 GeV: the cascade needs 0.3 to 100000 GeV"),
            (lambda: track_length(1.0, 2e5), "energies from 1 to 200000 GeV"),
            (lambda: track_length(1.0, stop=101.0), "depth = 101 X0: must be at most 100"),
            (lambda: Cascade(cut=0.0), "cut of the cascade = 0"),
            (lambda: Cascade(cut=0.1), "cut of the cascade = 0.1"),
            (lambda: track_length(4.35, 6.62).primary.density(0.5), "energy: must be given"),
            (lambda: track_length(4.35, 6.62).primary.density(0.5, 7.0), "must lie between 4.35 and 6.62 GeV"),
            (lambda: bin_averages(track_length(5.0).primary, np.array([1e-3, 1.0])), "must be at least 0.008"),
        ],
    )
    def test_advice(self, make, message):
        with pytest.raises(InvalidValueError, match=message):
            make()

    def test_kernels_add_and_scale(self):
        lengths, v = track_length(4.35, 6.62), np.array([0.3, 0.9])
        total = lengths.positrons.density(v, 5.0)
        parts = [kernel.density(v, 5.0) for kernel in (lengths.primary, lengths.secondary)]
        assert total == pytest.approx(parts[0] + parts[1])
        assert (lengths.primary * 2.0).density(v, 5.0) == pytest.approx(2.0 * parts[0])
        assert ELECTRON_MASS < 4.35 / 125
