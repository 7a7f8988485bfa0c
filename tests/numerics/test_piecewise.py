"""Random draws from a piecewise constant density."""

import numpy as np
import pytest

from evanesce.numerics import PiecewiseConstant

TABLE = PiecewiseConstant.of(np.array([0.0, 1.0, 3.0, 3.5]), np.array([2.0, 0.5, 4.0]))


def test_draws_invert_the_integral():
    assert TABLE.total == 5.0
    uniform = np.linspace(0.01, 0.99, 99)
    np.testing.assert_allclose(TABLE.below(TABLE.draw(uniform)), 5.0 * uniform, rtol=1e-14)
    low, high = np.full(99, 0.5), np.full(99, 3.25)
    x = TABLE.draw(uniform, low, high)
    assert ((x > 0.5) & (x < 3.25)).all()
    np.testing.assert_allclose(TABLE.below(x), 1.0 + 3.0 * uniform - 0.0, rtol=1e-14)


def test_the_density_is_that_of_the_draws():
    assert TABLE(np.array([-1.0, 0.5, 1.0, 2.9, 3.2, 9.0])).tolist() == [2.0, 2.0, 0.5, 0.5, 4.0, 4.0]
    np.testing.assert_allclose(TABLE.drawn_density(np.array([0.5, 2.0])), [0.4, 0.1])
    np.testing.assert_allclose(TABLE.drawn_density(np.array([0.7, 2.0]), np.array([0.5, 0.5])), [0.5, 0.125])
    x = TABLE.draw(np.random.default_rng(1).random(100_000))
    content, _ = np.histogram(x, TABLE.edges)
    # 5 standard deviations of a binomial number
    assert content / 1e5 == pytest.approx([0.4, 0.2, 0.4], abs=5 * np.sqrt(0.24 / 1e5))
