"""Interpolation along long axes, against the values at every point."""

import numpy as np
import pytest

import evanesce as ev
from evanesce.engine import Engine
from evanesce.numerics import Estimate, chebyshev_coefficients, chebyshev_points, chebyshev_sum, chebyshev_tail
from evanesce.prediction import Grid, interpolated, is_long
from evanesce.prediction.smooth import MANY, TOLERANCE

ALPHA = np.geomspace(1e-5, 4.0, 150)
RATIO = np.geomspace(2.05, 12.0, 150)
MASS = np.geomspace(0.03, 0.2, 7)  # the heaviest lies above the kinematic limit of annihilation
BOTH = frozenset({"alpha_d", "mass_ratio"})
ENGINE = Engine()


def direct_and_fast(alpha, ratio, mass=MASS, overrides=None, name="belle2", kind=ev.DarkPhoton):
    """Signal with the whole axes, and with pieces that are too short to be interpolated."""

    def predict(alpha, ratio):
        photon = kind(alpha_d=alpha, mass_ratio=ratio)
        found = ENGINE.predict(name, photon, mass, physics="converged", overrides=overrides, systematics=False)
        return next(iter(found.regions.values())).signal

    fast = predict(alpha, ratio)
    long, axis = (alpha, 0) if np.ndim(alpha) else (ratio, 0)
    pieces = [predict(*((part, ratio) if long is alpha else (alpha, part))) for part in np.array_split(long, 3)]
    return {
        name: (
            fast[name],
            Estimate(*(np.concatenate([getattr(p[name], of) for p in pieces], axis=axis) for of in ("value", "error"))),
        )
        for name in fast
    }


@pytest.mark.parametrize(
    ("alpha", "ratio", "overrides", "kind"),
    [
        (ALPHA, 3.0, None, ev.DarkPhoton),
        (ALPHA, 2.02, {"width": "running"}, ev.DarkPhoton),
        (ALPHA, 3.0, {"width": "running"}, ev.Scalar),
        (0.1, RATIO, None, ev.DarkPhoton),
        (1.0, RATIO, {"width": "running"}, ev.DarkPhoton),
    ],
    ids=["alpha", "alpha near threshold", "scalar", "ratio", "ratio, wide"],
)
def test_interpolated_yields_agree_with_direct_ones_within_their_errors(alpha, ratio, overrides, kind):
    """1e-6 is the promise; a hundredth of the error that the yield has anyway where that is larger."""
    for fast, direct in direct_and_fast(alpha, ratio, overrides=overrides, kind=kind).values():
        away = np.abs(fast.value - direct.value)
        assert (away <= np.maximum(TOLERANCE * direct.value, 0.01 * direct.error)).all()
        assert (away <= fast.error).all()
        assert (fast.error >= 0.9 * direct.error).all()
        # the direct errors vary from point to point; the estimate adds little to them
        assert (fast.error.sum(axis=0) <= 3.0 * direct.error.sum(axis=0) + TOLERANCE * direct.value.sum(axis=0)).all()


def test_both_axes():
    photon = ev.DarkPhoton(alpha_d=ALPHA, mass_ratio=RATIO[::2])
    mass = MASS[2:4]
    fast = ENGINE.predict("belle2", photon, mass, physics="converged", systematics=False)
    few, some = ALPHA[7::60], RATIO[::2][[3, 20, 70]]
    exact = ENGINE.predict(
        "belle2", ev.DarkPhoton(alpha_d=few, mass_ratio=some), mass, physics="converged", systematics=False
    )
    got = fast.signal["annihilation"].value[7::60][:, [3, 20, 70]]
    assert got == pytest.approx(exact.signal["annihilation"].value, rel=TOLERANCE)


def test_a_mass_does_not_depend_on_the_others():
    photon = ev.DarkPhoton(alpha_d=ALPHA)
    whole = ENGINE.predict("belle2", photon, MASS, physics="converged", systematics=False)
    alone = ENGINE.predict("belle2", photon, MASS[3:4], physics="converged", systematics=False)
    for name, estimate in whole.signal.items():
        assert (estimate.value[:, 3:4] == alone.signal[name].value).all()
        assert (estimate.error[:, 3:4] == alone.signal[name].error).all()


class Toy:
    """Rates of one bin as a function of α_D, the ratio and the mass; counts the points that are computed."""

    def __init__(self, function, error=1e-9):
        self.function, self.error, self.computed = function, error, 0

    def __call__(self, grid):
        mediator, mass = grid.points()
        alpha, ratio = (np.broadcast_to(np.reshape(p, -1), len(mass)) for p in (mediator.alpha_d, mediator.mass_ratio))
        self.computed += len(mass)
        value = np.broadcast_to(self.function(alpha, ratio, mass), len(mass))[:, None]
        return Estimate(value, np.abs(value) * self.error)


def grid(alpha=ALPHA, ratio=3.0, mass=MASS):
    return Grid.of(ev.DarkPhoton(alpha_d=alpha, mass_ratio=ratio), mass)


def test_short_axes_are_computed_value_by_value():
    """The presets keep their bits on small grids."""
    assert not is_long(grid(alpha=ALPHA[:MANY]), BOTH)
    assert is_long(grid(alpha=ALPHA[: MANY + 1]), BOTH)
    assert not is_long(grid(), frozenset())
    assert not is_long(grid(), frozenset({"mass_ratio"}))
    assert not is_long(grid(alpha=np.full(100, 0.1)), BOTH)  # one value, many times


def test_a_smooth_function_needs_few_values():
    toy = Toy(lambda a, r, m: a / (1.0 + (a / m) ** 2))
    found = interpolated(grid(), BOTH, toy)
    exact = Toy(toy.function)(grid())
    assert toy.computed <= 65 * len(MASS) < exact.value.size
    assert found.value == pytest.approx(exact.value, rel=TOLERANCE)
    assert (np.abs(found.value - exact.value) <= found.error).all()


@pytest.mark.parametrize(
    "function",
    [
        lambda a, r, m: 1.0 + 0.01 * np.abs(np.log(a / 0.01)),
        lambda a, r, m: np.where(a > 0.37, 2.0, 1.0),
        lambda a, r, m: 2.0 + np.sin(300.0 * a),
        lambda a, r, m: np.where(a > 0.1, np.nan, 1.0),
        lambda a, r, m: np.maximum(a - 0.01, 0.0),
    ],
    ids=["kink", "step", "wiggle", "NaN", "threshold"],
)
def test_what_is_not_smooth_is_computed_at_every_point(function):
    found, exact = interpolated(grid(), BOTH, Toy(function)), Toy(function)(grid())
    assert np.array_equal(found.value, exact.value, equal_nan=True)
    assert np.array_equal(found.error, exact.error, equal_nan=True)


def test_one_bad_mass_does_not_make_the_others_slow():
    toy = Toy(lambda a, r, m: np.where(m == MASS[2], 1.0 + 0.1 * np.abs(np.log(a / 0.01)), 1.0 + a))
    found = interpolated(grid(), BOTH, toy)
    assert toy.computed < 0.6 * found.value.size
    assert found.value == pytest.approx(toy(grid()).value, rel=TOLERANCE)


def test_kinematics_that_close_a_channel():
    found = interpolated(grid(), BOTH, Toy(lambda a, r, m: 0.0))
    assert (found.value == 0).all()
    assert (found.error == 0).all()


def test_order_of_the_values_and_the_largest_coupling():
    """Nodes are inside the range of the axis: a rounding above 4π would be refused."""
    alpha = np.random.default_rng(1).permutation(np.geomspace(1e-3, 4.0 * np.pi, 80))
    found = interpolated(grid(alpha=alpha), BOTH, Toy(lambda a, r, m: a * m))
    assert found.value.reshape(80, -1) == pytest.approx(alpha[:, None] * MASS, rel=TOLERANCE)


def test_chebyshev_series_of_exp():
    """Coefficients are 2 I_n(1) but the last, which is halved; sums agree to rounding."""
    from scipy.special import iv

    values = np.exp(chebyshev_points(24))
    found = chebyshev_coefficients(values[None])
    assert found[0, :20] == pytest.approx(np.where(np.arange(20) == 0, 1.0, 2.0) * iv(np.arange(20), 1.0), abs=1e-14)
    x = np.linspace(-1.0, 1.0, 31)
    assert chebyshev_sum(found, x)[0] == pytest.approx(np.exp(x), rel=1e-13)


@pytest.mark.parametrize("terms", [16, 32, 64])
@pytest.mark.parametrize(
    "function",
    [np.abs, lambda x: np.abs(x - 0.3) ** 3, lambda x: 1.0 / (1.1 - x), lambda x: np.sqrt(1.01 + x), np.exp],
    ids=["kink", "third derivative", "pole", "root", "entire"],
)
def test_tail_is_an_upper_bound(function, terms):
    series = chebyshev_coefficients(function(chebyshev_points(terms))[None])
    x = np.linspace(-1.0, 1.0, 4001)
    error = np.abs(chebyshev_sum(series, x)[0] - function(x)).max()
    assert error <= chebyshev_tail(series)[0] + 1e-13
