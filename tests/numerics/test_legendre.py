import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evanesce.numerics import (
    PiecewiseLegendre,
    analysis_matrix,
    distances,
    endpoint_to_log,
    gauss_integral,
    gauss_legendre,
    legendre_values,
    log_to_endpoint,
    panel_nodes,
    tanh_sinh,
)


def test_analysis_inverts_synthesis():
    nodes, _ = gauss_legendre(12)
    coefficients = np.linspace(1, 2, 12)
    values = coefficients @ legendre_values(12, nodes)
    assert analysis_matrix(12) @ values == pytest.approx(coefficients, rel=1e-13, abs=0)


def test_piecewise_series_and_its_error_estimate():
    edges = [0.0, 0.5, 2.0]
    coarse = PiecewiseLegendre.from_function(lambda x: np.exp(-(x**2)), edges, 8)
    x = np.linspace(0.0, 2.0, 400)
    error = np.abs(coarse(x) - np.exp(-(x**2)))
    # an interpolation error is about the first coefficient left out: the last two kept bound it
    assert error[x <= 0.5].max() <= coarse.truncation[0]
    assert error[x > 0.5].max() <= coarse.truncation[1]
    assert error.max() > 1e-8, "the test has to see an error to judge the estimate"


@given(st.floats(0.3, 5.0))
def test_gauss_error_is_honest_and_not_absurd(distance):
    """1/(distance + 1 + x) over [-1, 1]: the true error lies below the estimate, which falls with distance."""
    nodes, _ = gauss_legendre(8)
    integral = gauss_integral(1.0 / (distance + 1.0 + nodes))
    true = abs(float(integral.value) - np.log1p(2.0 / distance))
    assert true <= 5.0 * float(integral.error)
    assert float(integral.error) < 0.02


def test_panels_of_zero_width_carry_no_weight():
    _, weights = panel_nodes(np.array([0.0, 1.0, 1.0, 3.0]), 4)
    assert weights.sum(axis=1) == pytest.approx([1.0, 0.0, 2.0])


@given(st.floats(1e-12, 1e-2), st.floats(1.0, 1e3), st.floats(1.5, 8.0))
def test_distances_reach_both_ends_in_small_ratios(near, far, ratio):
    d = distances(near, far, ratio)
    assert d[0] == pytest.approx(near, rel=1e-12, abs=0)
    assert d[-1] == pytest.approx(far, rel=1e-12)
    assert (d[1:] / d[:-1] <= ratio * (1 + 1e-6)).all()


@given(st.floats(1e-250, 20.0))
def test_endpoint_variable_round_trip(lethargy):
    # l changes by 1/y² relative per unit of relative y: 700 times rounding at l = 1e-300
    assert float(endpoint_to_log(log_to_endpoint(lethargy))) == pytest.approx(lethargy, rel=1e-12, abs=0)


def test_endpoint_variable_at_the_ends():
    assert float(log_to_endpoint(0.0)) == 0.0
    assert float(endpoint_to_log(0.0)) == 0.0


@pytest.mark.parametrize("power", [-0.5, 0.0, 3.0])
def test_tanh_sinh_with_singular_ends(power):
    z, complement, weights = tanh_sinh()
    got = np.sum(weights * z**power * np.log(complement))
    want = float(mp.quad(lambda x: x**power * mp.log(1 - x), [0, 0.5, 1]))
    # for 1/sqrt(z) the part beyond the last node, sqrt(1e-21), is what is missing
    assert got == pytest.approx(want, rel=1e-9)
