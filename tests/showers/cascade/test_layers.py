"""The cascade in layers against itself; against Geant4 see tests/showers/test_geant4_layers.py."""

from dataclasses import replace

import numpy as np
import pytest

from evanesce.errors import InvalidValueError
from evanesce.interactions.collisions import restricted_loss
from evanesce.interactions.medium import Medium
from evanesce.materials import material
from evanesce.showers import ShowerSetup, TsaiWhitis, bin_averages
from evanesce.showers.cascade import Cascade
from evanesce.showers.cascade.depth import depth_steps
from evanesce.showers.cascade.transport import CUT

V = np.array([0.02, 0.1, 0.3, 0.5, 0.8, 0.95, 0.99, 0.995])
CSI, QUARTZ, AL = material("CsI"), material("quartz"), material("Al")


def stack(*before, last=CSI, stop=2.0, start=0.0):
    return ShowerSetup(
        incident="e+", material=last, start=start, stop=stop, energy_min=4.35, energy_max=4.35, before=before
    )


def values(setup, model=None):
    found = (model or Cascade()).track_length(setup)
    return np.stack([k.density(V, 4.35) for k in (found.primary, found.secondary, found.radiating)])


def integral(setup):
    """Track length in X0 of each kind above v = 1/120."""
    edges = np.array([1.0 / 120.0, 0.1, 0.5, 0.9, 1.0])
    found = Cascade().binned(setup, edges)
    return np.array([np.diff(edges) @ found.primary, np.diff(edges) @ found.secondary])


@pytest.mark.parametrize("model", [Cascade(), TsaiWhitis(pair_charges="positron")], ids=["cascade", "tsai-whitis"])
def test_two_layers_of_one_material_are_one(model):
    """Ten times less than the error of the integration over depth that the kernels state."""
    one = values(stack(start=0.3, stop=2.3), model)
    two = values(stack((CSI, 0.1), (CSI, 0.2)), model)
    assert two == pytest.approx(one, rel=1e-6, abs=1e-12)


def test_layers_add_up():
    """The parts of a slab, each behind the one before it, have the track length of the slab."""
    whole = integral(stack(stop=1.2))
    parts = [stack(stop=0.2), stack((CSI, 0.2), stop=0.4), stack((CSI, 0.2), (CSI, 0.4), stop=0.6)]
    assert sum(integral(part) for part in parts) == pytest.approx(whole, rel=1e-4)


def test_a_layer_of_no_thickness_changes_nothing():
    """In proportion to its thickness: 1e-6 X0, and b₁ ln(1/(1 - v)) of it, at most 1e-5 here."""
    assert values(stack((AL, 1e-6)), None) == pytest.approx(values(stack()), rel=2e-5, abs=1e-9)


def test_the_order_of_dead_layers_hardly_matters_far_from_the_endpoint():
    """In complete screening all materials are equal in X0; ionisation and screening differ by some per cent.

    Between the two orders, which share both layers, by less than 1 %.
    """
    one, other = values(stack((AL, 0.1), (QUARTZ, 0.2))), values(stack((QUARTZ, 0.2), (AL, 0.1)))
    assert other == pytest.approx(one, rel=0.01)
    assert (one != other).all()
    assert one[0, :5] == pytest.approx(values(stack(start=0.3, stop=2.3))[0, :5], rel=0.03)


@pytest.mark.slow
def test_the_error_covers_what_a_finer_solution_changes():
    setup = stack((AL, 0.06), last=QUARTZ, stop=0.163)
    model = Cascade()
    finer = replace(model.accuracy, beam_order=9, shower_order=6, depth=7)
    coarse = integral(setup)
    edges = np.array([1.0 / 120.0, 0.1, 0.5, 0.9, 1.0])
    found = Cascade(accuracy=finer).binned(setup, edges)
    fine = np.array([np.diff(edges) @ found.primary, np.diff(edges) @ found.secondary])
    kernels = model.track_length(setup)
    allowed = np.array([kernels.primary.error, kernels.secondary.error])
    assert (np.abs(coarse / fine - 1.0) <= allowed).all()


def test_energy_is_conserved_across_layers():
    """Continuous loss of all charges above E/120 in quartz and 25 X0 of CsI, against one slab of CsI.

    Both dissipate the same energy, apart from the larger loss per X0 in the quartz itself. To 0.3 %: what the quartz
    takes more is missing behind it (0.1 %), and few tracks stop in it.
    """
    energy, edges = 4.35, np.array([1.0 / 120.0, 0.02, 0.05, 0.1, 0.3, 0.6, 1.0])
    middle = energy * np.sqrt(edges[1:] * edges[:-1])

    def lengths(setup):
        return bin_averages(Cascade().track_length(setup).radiating, edges, energy=energy) * np.diff(edges)

    def loss(of):
        return restricted_loss(Medium(of), "e-", middle, CUT)

    quartz, behind = lengths(stack(last=QUARTZ, stop=0.163)), lengths(stack((QUARTZ, 0.163), stop=25.0))
    expected = lengths(stack(stop=25.163)) @ loss(CSI) + quartz @ (loss(QUARTZ) - loss(CSI))
    assert quartz @ loss(QUARTZ) + behind @ loss(CSI) == pytest.approx(expected, rel=0.003)


def test_too_deep():
    with pytest.raises(InvalidValueError, match=r"depth = 101 X0: must be at most 100 for the cascade"):
        Cascade().track_length(stack((AL, 50.0), stop=51.0))


def test_steps_behind_layers():
    """They add up, and the first is no larger than what was crossed asks for."""
    for crossed in (0.001, 0.06, 0.3, 10.0):
        steps = depth_steps(16.0, 5, crossed)
        assert sum(step * count for step, count in steps) == pytest.approx(16.0)
        assert steps[0][0] * 5 <= max(0.125 * crossed, 1.0 * 2.0**-12) or crossed > 8.0
