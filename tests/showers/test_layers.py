"""Layers before the slab, in every model with kernels: one material in pieces, order, particles, reuse, limits."""

import numpy as np
import pytest

from evanesce.errors import InvalidValueError
from evanesce.materials import material
from evanesce.physics import resolve_physics
from evanesce.showers import SHOWERS, ShowerSetup, TsaiWhitis, bin_averages, binned_layers, over_ways
from evanesce.showers.cascade import Cascade, solution
from evanesce.showers.cascade.solution import Accuracy, solve
from evanesce.showers.cascade.transport import CUT
from evanesce.showers.montecarlo import MonteCarlo, ShowerRun, simulate, simulate_tracks

EDGES = np.array([0.01, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1.0])
CSI, QUARTZ, ALUMINIUM, LEAD = (material(name) for name in ("CsI", "SiO2", "Al", "Pb"))
KINDS = ("primary", "secondary", "radiating")
PIECES = [((0.3,), 0.0, 1.0), ((0.01, 0.5), 0.0, 0.2), ((2.0, 0.01, 3.0), 0.0, 3.0), ((0.02,), 0.1, 16.0)]
"""Layers before the slab, start and stop, in X0: thin ones, thick ones, with a part of the slab left out."""


def setup(**changes):
    default = {"incident": "e+", "material": CSI, "start": 0.0, "stop": 16.0}
    return ShowerSetup(**default | {"energy_min": 4.35, "energy_max": 4.35} | changes)


def one_slab(pieces):
    """The same depths of one slab."""
    start, stop = pieces.depths
    return setup(incident=pieces.incident, start=start, stop=stop)


@pytest.mark.parametrize("incident", ["e+", "e-", "gamma"])
@pytest.mark.parametrize(("before", "start", "stop"), PIECES)
def test_layers_of_one_material_are_one_slab(before, start, stop, incident):
    """The cascade: to half of the errors that each claims, and every bin with a thousandth of it to 3e-5.

    Other cells and steps in depth, and densities that are carried over to other cells.
    """
    pieces = setup(incident=incident, before=tuple((CSI, x) for x in before), start=start, stop=stop)
    found, expected = (Cascade().binned(each, EDGES) for each in (pieces, one_slab(pieces)))
    for kind in ("primary", "secondary"):
        value, error = getattr(expected, kind), getattr(expected, f"{kind}_error")
        difference = np.abs(getattr(found, kind) - value)
        assert (difference <= 0.5 * error).all()
        seen = value > 1e-3 * value.max()
        assert (difference <= 3e-5 * value)[seen].all()


@pytest.mark.parametrize("incident", ["e+", "e-", "gamma"])
def test_every_material_is_one_slab_in_complete_screening(incident):
    """Tsai and Whitis's shower knows only X0: the thickness of the layers is a start, to the last bit."""
    pieces = setup(incident=incident, before=((QUARTZ, 0.25), (LEAD, 0.5)), stop=1.0)
    found, expected = (TsaiWhitis().track_length(each) for each in (pieces, one_slab(pieces)))
    for kind in KINDS:
        both = [getattr(lengths, kind).series.coefficients for lengths in (found, expected)]
        assert (both[0] == both[1]).all()


def test_layers_of_one_material_in_the_simulation():
    """Different random numbers, so 4 standard deviations of every bin above v = 0.5."""
    pieces = setup(before=((CSI, 0.3), (CSI, 0.25)), stop=1.0)
    found, expected = (
        MonteCarlo(histories=200_000, seed=2).binned(each, EDGES[3:]) for each in (pieces, one_slab(pieces))
    )
    for kind in ("primary", "secondary"):
        difference = getattr(found, kind) - getattr(expected, kind)
        assert (np.abs(difference) <= 4.0 * np.hypot(*(getattr(x, f"{kind}_error") for x in (found, expected)))).all()


@pytest.mark.parametrize("name", ["cascade", "tsai-whitis"])
def test_a_range_of_energies_is_every_energy(name):
    """Kernels between 4 and 6 GeV against those of one energy: 1e-5 where no front passes."""
    model = SHOWERS.get(name).from_options(resolve_physics("reference"))
    layers = {"before": ((ALUMINIUM, 0.06), (QUARTZ, 0.2)), "stop": 2.0}
    lengths = model.track_length(setup(energy_min=4.0, energy_max=6.0, **layers))
    v = np.array([0.1, 0.5, 0.9, 0.97])
    for energy in (4.0, 4.6, 6.0):
        alone = model.track_length(setup(energy_min=energy, energy_max=energy, **layers))
        for kind in KINDS:
            expected = getattr(alone, kind).density(v, energy)
            assert getattr(lengths, kind).density(v, energy) == pytest.approx(expected, rel=1e-5)


class TestOrder:
    """A quarter X0 each of lead and of quartz before CsI, in either order."""

    LAYERS = ((LEAD, 0.25), (QUARTZ, 0.25))
    BOTH = (setup(before=LAYERS, stop=1.0), setup(before=LAYERS[::-1], stop=1.0))

    def test_it_hardly_matters(self):
        """Radiation depends on X0 but for screening and ionisation: 4e-3 of the beam, 3 % of the others, to v = 0.98.

        Of the others 1 % only below 0.1, from ionisation, and above 0.9, where photons of nearly all energy count.
        """
        one, other = (Cascade().binned(each, EDGES) for each in self.BOTH)
        below = EDGES[1:] <= 0.98
        for kind, allowed in (("primary", 4e-3), ("secondary", 0.03)):
            ratio = getattr(one, kind)[below] / getattr(other, kind)[below]
            assert ratio == pytest.approx(1.0, abs=allowed)
            # but they are not the same material
            assert np.abs(ratio - 1.0).max() > 1e-5

    def test_the_simulation_sees_the_same(self):
        one, other = (MonteCarlo(histories=100_000).binned(each, EDGES[3:]) for each in self.BOTH)
        sigma = np.hypot(one.primary_error, other.primary_error)
        assert (np.abs(one.primary - other.primary) <= 4.0 * sigma + 4e-3 * one.primary).all()


def test_the_beam_loses_the_same_energy_in_any_materials():
    """A beam particle radiates as e^-t, Tsai's definition of X0, in complete screening; order changes 0.5 % of it.

    Behind 1 X0 of CsI, or of lead and quartz in either order; ionisation and screening are some per cent.
    """
    energy = []
    for before in (((CSI, 1.0),), ((LEAD, 0.5), (QUARTZ, 0.5)), ((QUARTZ, 0.5), (LEAD, 0.5))):
        thin = Cascade().binned(setup(before=before, stop=1e-3), np.linspace(0.02, 1.0, 99))
        v = 0.5 * (thin.edges[1:] + thin.edges[:-1])
        energy.append(v * np.diff(thin.edges) @ thin.primary / 1e-3)
    assert energy == pytest.approx([np.exp(-1.0)] * 3, rel=0.05)
    assert energy[1] == pytest.approx(energy[2], rel=0.005)


def test_the_next_layer_begins_where_the_last_one_ended(monkeypatch):
    """Beam and shower, each with a coarser calculation: four passages a layer, also if all layers are active."""
    crossed = []

    def count(*arguments, **settings):
        crossed.append(arguments[3] - arguments[2])
        return passage(*arguments, **settings)

    passage = solution.passage
    monkeypatch.setattr(solution, "passage", count)
    stack = setup(before=((ALUMINIUM, 0.0611), (QUARTZ, 0.1622)), stop=0.7133, energy_min=4.7, energy_max=4.7)
    for number, thickness in enumerate([0.0611, 0.1622, 0.7133]):
        solve(((1.0, stack.layer(number)),), cut=CUT, accuracy=Accuracy())
        assert crossed == [thickness] * 4
        crossed.clear()


WAYS = ((ALUMINIUM, 0.06), (QUARTZ, 0.16), (ALUMINIUM, 0.08)), ((ALUMINIUM, 0.14),), ()
"""Layers before the slab: with and without quartz, and nothing at all."""
SHARES = (0.6, 0.3, 0.1)


@pytest.mark.parametrize("stop", [pytest.param(0.3, marks=pytest.mark.slow), 3.0])
@pytest.mark.parametrize("name", ["cascade", "tsai-whitis"])
def test_a_slab_behind_several_ways_is_the_mean(name, stop):
    """Solved once for the cascade, a sum of kernels for the other: every bin to the errors of the parts.

    Cells follow the fronts of all ways, so that the sum agrees to half of the reported errors; a thin slab has fronts.
    """
    model = SHOWERS.get(name).from_options(resolve_physics("reference"))
    setups = [setup(before=before, stop=stop) for before in WAYS]
    whole = over_ways(model, SHARES, setups)
    alone = [model.track_length(each) for each in setups]
    for kind in (*KINDS, "photons"):
        found, parts = (
            [bin_averages(getattr(each, kind), EDGES[EDGES > 0.009], energy=4.35) for each in every]
            for every in ((whole,), alone)
        )
        expected = sum(share * part for share, part in zip(SHARES, parts, strict=True))
        error = sum(getattr(each, kind).error for each in (whole, *alone))
        assert found[0] == pytest.approx(expected, rel=0.5 * error + 1e-10)
        assert found[0] != pytest.approx(parts[1], rel=10.0 * error + 1e-6)


def test_the_slab_of_several_ways_is_crossed_once(monkeypatch):
    """Beam and shower, each with a coarser calculation."""
    crossed = []

    def count(*arguments, **settings):
        crossed.append(arguments[3] - arguments[2])
        return passage(*arguments, **settings)

    passage = solution.passage
    monkeypatch.setattr(solution, "passage", count)
    solve(
        tuple((share, setup(before=way, stop=0.7171)) for share, way in zip(SHARES, WAYS, strict=True)),
        cut=CUT,
        accuracy=Accuracy(),
    )
    assert crossed.count(0.7171) == 4


def test_all_layers_in_order():
    stack = setup(before=((QUARTZ, 0.2), (CSI, 0.5)), stop=1.0)
    layers = binned_layers(Cascade(), stack, EDGES)
    for number, found in enumerate(layers):
        alone = Cascade().binned(stack.layer(number), EDGES)
        assert (found.primary == alone.primary).all()
    assert len(layers) == 3


def test_pieces_of_tracks_add_up_to_the_tally():
    """Tracks behind layers begin at the front of the slab, or where its track length starts."""
    run = ShowerRun(
        setup=setup(before=((LEAD, 0.4),), start=0.2, stop=1.0), energy=4.35, histories=400, seed=1, lowest=0.5
    )
    tracks, tally = simulate_tracks(run), simulate(run, np.array([0.5, 1.0]))
    assert tracks.depth_start.min() == pytest.approx(0.2)
    assert tracks.depth_stop.max() == pytest.approx(1.0)
    # the last step of a track ends below the lowest energy
    length = (tracks.depth_stop - tracks.depth_start)[tracks.energy_stop >= 0.5 * 4.35].sum()
    assert length / run.histories == pytest.approx(tally.mean[:3].sum(), rel=0.01)


@pytest.mark.parametrize("name", ["cascade", "montecarlo"])
def test_the_depth_of_all_layers_counts(name):
    model = SHOWERS.get(name).from_options(resolve_physics("reference", {"histories": 100}))
    with pytest.raises(InvalidValueError, match=r"depth = 101 X0: must be at most 100 for the"):
        model.binned(setup(before=((LEAD, 61.0),), stop=40.0), EDGES)


def test_photons_of_the_analytic_shower_know_the_layers_before():
    """In units of X0 the model does not know the material: a layer before is a deeper start."""
    behind, deeper = setup(stop=1.0, before=((QUARTZ, 0.5),)), setup(start=0.5, stop=1.5)
    edges = np.array([0.2, 0.5, 0.9])
    one, other = (TsaiWhitis().binned(each, edges, of="gamma").secondary for each in (behind, deeper))
    assert one == pytest.approx(other, rel=1e-12, abs=0.0)
