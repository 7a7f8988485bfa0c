"""Breit-Wigner integrals against closed forms through the exponential integral, at 30 digits."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evanesce.numerics import integrate_breit_wigner, panel_nodes, two_pole_panels
from evanesce.numerics.resonance import pole_moments

EDGES = np.array([0.0, 0.3, 1.0, 2.0])


def exact(pole: float, width: float) -> float:
    """∫ exp(s)/((s - p)² + g²) ds from 0 to 2 = Im[exp(z) (Ei(2 - z) - Ei(-z))]/g with z = p + ig."""
    with mp.workdps(40):
        z = mp.mpc(pole, width)
        return float(mp.im(mp.exp(z) * (mp.ei(2 - z) - mp.ei(-z))) / mp.mpf(width))


@settings(max_examples=60)
@given(st.floats(-1.0, 3.0), st.floats(-13, 0).map(lambda e: 10.0**e))
@example(0.3, 1e-13)
@example(1.0, 1e-9)
@example(2.5, 1e-13)
@example(2.1997, 1e-10)  # next to where Gauss-Legendre takes over, which is nearly a double pole there
def test_any_width_anywhere(pole, width):
    nodes, _ = panel_nodes(EDGES, 16)
    got = integrate_breit_wigner(np.exp(nodes)[None], EDGES, np.array([pole]), np.array([width]))
    want = exact(pole, width)
    # rounding of a pole next to an end of the range costs |end - pole|/eps in relative terms
    end = min(abs(pole), abs(pole - 2.0))
    tolerance = 1e-11 + 4e-16 / max(width, end)
    assert got.value.sum() == pytest.approx(want, rel=tolerance)
    assert abs(got.value.sum() - want) <= 10 * got.error.sum() + tolerance * want


def test_width_beyond_rounding_is_the_delta_function():
    nodes, _ = panel_nodes(EDGES, 16)
    got = integrate_breit_wigner(np.exp(nodes)[None], EDGES, np.array([0.7]), np.array([1e-40]))
    assert got.value.sum() * 1e-40 == pytest.approx(np.pi * np.exp(0.7), rel=1e-12)


def test_error_estimate_sees_an_unresolved_function():
    """A kink inside a panel is not a polynomial; the estimate must not claim that it is."""
    nodes, _ = panel_nodes(EDGES, 16)
    got = integrate_breit_wigner(np.abs(nodes - 0.62)[None], EDGES, np.array([0.65]), np.array([1e-3]))
    with mp.workdps(20):
        f = lambda s: abs(s - 0.62) / ((s - 0.65) ** 2 + 1e-6)
        want = float(mp.quad(f, [0, 0.3, 0.62, 0.649, 0.65, 0.651, 0.7, 1, 2]))
    true = abs(got.value.sum() - want)
    assert true > 1e-4 * want
    assert true <= 10 * got.error.sum()


@pytest.mark.parametrize("pole", [0.05 + 1e-12j, 0.05 + 0.01j, 1e-5 + 1e-7j, 0.4 + 1e-9j, 7.0 + 0.5j])
def test_pair_of_poles(pole):
    """∫ cos(u)/|u² - w²|² du on [0, 0.1]."""
    left, right = np.array([0.0]), np.array([0.1])
    u, _ = panel_nodes(np.array([0.0, 0.1]), 24)
    got = two_pole_panels(np.cos(u), left, right, np.array([pole]))
    with mp.workdps(30):
        w2 = mp.mpc(pole) ** 2
        inside = [mp.mpf(pole.real) + k * mp.mpf(pole.imag) for k in (-1000, -30, -3, 0, 3, 30, 1000)]
        points = sorted([mp.mpf(0), mp.mpf("0.1"), *(p for p in inside if 0 < p < 0.1)])
        want = float(mp.quad(lambda x: mp.cos(x) / abs(x * x - w2) ** 2, points))
    assert got.value[0] == pytest.approx(want, rel=1e-9, abs=0)


def test_moments_agree_across_the_switch_of_method():
    """Gauss rule and recurrence meet at the Bernstein ellipse: both sides of it against mpmath."""
    order = 16
    for x in (1.2, 1.45, 1.6, 3.0):
        z = np.array([x + 1e-3j])
        got = pole_moments(z + 1, z - 1, order)[:, 0]
        for n in (0, 1, 7, 15):
            with mp.workdps(30):
                want = complex(mp.quad(lambda t, n=n, z=z: mp.legendre(n, t) / (t - mp.mpc(z[0])), [-1, 0, 1]))
            assert got[n] == pytest.approx(want, rel=1e-6, abs=1e-10)
