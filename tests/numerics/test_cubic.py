"""Cubic splines against those of scipy, and on cubic functions, which they reproduce."""

import numpy as np
import pytest
from scipy import interpolate

from evanesce.numerics import CubicGrid, CubicSpline, cubic_coefficients

RNG = np.random.default_rng(1)
X = np.sort(RNG.uniform(-1.0, 2.0, 30))
VALUES = np.stack([np.sin(3.0 * X), np.exp(-X)], axis=1)


def test_coefficients_are_those_of_scipy():
    """To the last digits: the same equations, which the same library may solve in another order."""
    assert cubic_coefficients(X, VALUES) == pytest.approx(interpolate.CubicSpline(X, VALUES).c, rel=1e-9, abs=1e-11)


def test_a_spline_is_that_of_scipy_beyond_its_points_too():
    x = np.linspace(X[0] - 0.1, X[-1] + 0.1, 200).reshape(4, 50)
    expected = interpolate.CubicSpline(X, VALUES[:, 0])(x)
    assert CubicSpline.through(X, VALUES[:, 0])(x) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_a_cubic_is_exact_with_four_points():
    x = np.array([0.0, 0.5, 1.5, 2.0])
    spline = CubicSpline.through(x, x**3 - 2.0 * x)
    assert spline(np.array([0.3, 1.9])) == pytest.approx([0.3**3 - 0.6, 1.9**3 - 3.8], rel=1e-13)


@pytest.mark.parametrize("shape", [(5, 4), (12, 301)])
def test_a_grid_is_the_tensor_product_of_fitpack(shape):
    """At the edges, too, and for more points than a block has."""
    x, y = np.linspace(-1.0, 3.0, shape[0]), np.linspace(0.0, 1.0, shape[1])
    values = np.exp(0.3 * x[:, None]) * np.cos(2.0 * y) + x[:, None] * y**4
    at = RNG.uniform(-1.0, 3.0, (3, 4001)), RNG.uniform(0.0, 1.0, (3, 4001))
    at[0][:, :2], at[1][:, 1:3] = (-1.0, 3.0), (0.0, 1.0)
    expected = interpolate.RectBivariateSpline(x, y, values).ev(*at)
    assert CubicGrid.through(x, y, values)(*at) == pytest.approx(expected, rel=1e-12, abs=1e-12)
