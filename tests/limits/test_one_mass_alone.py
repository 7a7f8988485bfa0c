"""A point of a limit does not depend on the other requested points, bit by bit, for every preset."""

import numpy as np
import pytest

import evanesce as ev
from evanesce.limits import limit_curve

MASSES = {
    # panels of light masses, the resonance, masses between panels and the end, and one with a fold of its own
    "belle2": np.array([0.07, 0.02, 0.0667, 0.2, 0.11, 1.2, 3.3, 4.6]),
    "na64-2019-published": np.array([0.5, 0.07, 0.3197, 0.1, 0.2]),
}


def numbers(name, mass, physics, alpha_d=1e-3, mediator=ev.DarkPhoton):
    """Every number of a curve by name, the mass along the last axis."""
    curve = limit_curve(ev.experiment(name), mediator(alpha_d=alpha_d), mass, physics=physics)
    parts = {"epsilon": curve.epsilon, "epsilon_error": curve.epsilon_error}
    for kind in ("yields", "yield_errors", "theory"):
        parts |= {f"{kind}/{key}": value for key, value in getattr(curve, kind).items()}
    return parts


def same(one, other):
    assert one.keys() == other.keys()
    for key, value in one.items():
        assert np.array_equal(value, other[key], equal_nan=True), key


@pytest.mark.parametrize("physics", ["published", "converged", "reference"])
@pytest.mark.parametrize("name", MASSES)
def test_alone_permuted_in_chunks_and_in_a_grid(name, physics):
    mass = MASSES[name]
    whole = numbers(name, mass, physics)
    order = np.random.default_rng(4).permutation(len(mass))
    same({key: value[order] for key, value in whole.items()}, numbers(name, mass[order], physics))
    for part in (slice(0, 1), slice(2, 3), slice(1, 4), slice(len(mass) - 1, None)):
        same({key: value[part] for key, value in whole.items()}, numbers(name, mass[part], physics))
    long = numbers(name, np.concatenate([np.geomspace(0.02, 0.3, 120), mass]), physics)
    same(whole, {key: value[120:] for key, value in long.items()})
    grid = numbers(name, mass, physics, alpha_d=np.array([0.5, 1e-3, 1e-5]))
    same(whole, {key: value[1] for key, value in grid.items()})


def test_another_mediator_too():
    """The published curve of bremsstrahlung is scaled by computed yields for a scalar: tables of two vertices."""
    mass = np.array([0.08, 0.3, 0.7])
    whole = numbers("na64-2019-published", mass, "reference", mediator=ev.Scalar)
    for i in range(3):
        alone = numbers("na64-2019-published", mass[i : i + 1], "reference", mediator=ev.Scalar)
        same({key: value[i : i + 1] for key, value in whole.items()}, alone)
