"""Convolutions at selected points."""

import numpy as np
import pytest

from evanesce.production.log_grid import Convolution


@pytest.mark.parametrize("length", [1, 7, 300, 5000])
def test_points_are_those_of_the_whole_convolution(length):
    """At any points in any order, one after the other or together; 5000 is more than one piece."""
    rng = np.random.default_rng(2)
    values, track = rng.random(6000), rng.random(length)
    want = np.convolve(values, track, mode="valid")
    curve = Convolution(values, track, -40, 0.5)
    assert len(curve) == len(want)
    assert (curve.first, curve.step) == (-40 + length - 1, 0.5)
    for index in (np.array([[3, 5], [900, 901]]), np.arange(len(want)), rng.integers(0, len(want), 50)):
        assert curve.at(index) == pytest.approx(want[index], rel=1e-13)


def test_a_point_is_the_same_bits_whatever_was_asked_before():
    rng = np.random.default_rng(3)
    values, track = rng.random(4000), rng.random(500)
    whole = Convolution(values, track, 0, 1.0).at(np.arange(3501))
    few = Convolution(values, track, 0, 1.0)
    index = rng.permutation(3501)[:200]
    assert (np.array([few.at(np.array([i]))[0] for i in index]) == whole[index]).all()
