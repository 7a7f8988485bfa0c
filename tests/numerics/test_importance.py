"""The adapted map and its even points: known integrals, correct errors, and adaptation."""

import math

import numpy as np
import pytest

from evanesce.numerics import ImportanceMap, mean_and_error, scrambled_points

DIMENSIONS = 4
ROUNDS = ((4_000, 0.5),) * 8


def peak(points):
    """A product of Breit-Wigner peaks of width 0.01 at different places, whose integral over the cube is known."""
    centres = np.array([0.2, 0.5, 0.71, 0.9])
    return np.prod(0.01 / ((points - centres) ** 2 + 1e-4), axis=1)


PEAK = math.prod(math.atan((1 - c) / 0.01) + math.atan(c / 0.01) for c in (0.2, 0.5, 0.71, 0.9))


def corner(points):
    """A ball about the origin, which no map of single coordinates makes flat."""
    return np.where(np.square(points).sum(axis=1) < 1.0, 1.0, 0.0)


CORNER = math.pi**2 / 2 / 16


def diagonal(points):
    """A ridge along the diagonal of two coordinates."""
    return np.exp(-(((points[:, 0] - points[:, 1]) / 0.3) ** 2)) * points[:, 2]


DIAGONAL = 0.5 * (0.3 * math.sqrt(math.pi) * math.erf(1 / 0.3) - 0.09 * (1 - math.exp(-1 / 0.09)))


def trained(integrand, seed=1):
    rng = np.random.default_rng(seed)
    return ImportanceMap.identity(DIMENSIONS, 50).trained(integrand, ROUNDS, rng), rng


def estimates(integrand, seed, sets=16, count=2**10):
    adapted, rng = trained(integrand, seed)
    found = []
    for _ in range(sets):
        points, jacobian = adapted(scrambled_points(count, DIMENSIONS, rng))
        found.append(np.mean(integrand(points) * jacobian))
    return mean_and_error(np.array(found))


@pytest.mark.parametrize(("integrand", "value"), [(peak, PEAK), (corner, CORNER), (diagonal, DIAGONAL)])
def test_pulls_of_known_integrals(integrand, value):
    """Errors from 16 sets: pulls are Student's with 15 degrees of freedom, of variance 15/13."""
    found = np.array([estimates(integrand, seed) for seed in range(40)])
    pulls = (found[:, 0] - value) / found[:, 1]
    # 40 pulls: their mean within 4 of its standard deviations, the sum of squares likewise
    assert abs(pulls.mean()) < 4.0 * math.sqrt(15 / 13 / 40)
    assert abs(np.mean(pulls**2) / (15 / 13) - 1.0) < 4.0 * math.sqrt(2.6 / 40)
    assert np.median(found[:, 1]) < 0.02 * value


def test_a_peak_is_learnt():
    """Without the map the standard deviation is a thousand times the mean, with it less than one."""
    rng = np.random.default_rng(3)
    adapted, _ = trained(peak)
    points, jacobian = adapted(rng.random((20_000, DIMENSIONS)))
    weight = peak(points) * jacobian
    flat = peak(rng.random((20_000, DIMENSIONS)))
    assert weight.std() < 1.0 * weight.mean()
    assert flat.std() > 10.0 * PEAK


def test_the_jacobian_is_that_of_the_map():
    """Differences of images over differences of points, inside one increment."""
    adapted, rng = trained(peak)
    even = (rng.integers(50, size=(200, DIMENSIONS)) + 0.4) / 50
    points, jacobian = adapted(even)
    slopes = (adapted(even + 1e-4)[0] - points) / 1e-4
    np.testing.assert_allclose(jacobian, np.prod(slopes, axis=1), rtol=1e-8)
    assert adapted(np.zeros((1, DIMENSIONS)))[0].tolist() == [[0.0] * DIMENSIONS]
    np.testing.assert_allclose(adapted(np.full((1, DIMENSIONS), np.nextafter(1.0, 0.0)))[0], 1.0, rtol=1e-13)


def test_a_converged_map_is_the_inverse_of_the_density():
    """For f = 2x of one coordinate the ideal map is √y: half of the increments end at √½."""
    adapted = ImportanceMap.identity(1, 64).trained(
        lambda x: 2.0 * x[:, 0], ((20_000, 0.5),) * 30, np.random.default_rng(2)
    )
    # the smoothing of neighbours leaves the first increments a little narrow
    np.testing.assert_allclose(adapted.edges[0], np.sqrt(np.linspace(0.0, 1.0, 65)), atol=0.02)


def test_nothing_moves_where_nothing_is():
    flat = ImportanceMap.identity(2, 8)
    assert flat.trained(lambda x: np.zeros(len(x)), ((100, 0.5),), np.random.default_rng(0)) is flat


def test_one_increment_takes_all():
    """An integrand in one increment alone: the map closes in on it, and no edge is lost or out of order."""
    inside = (0.40, 0.41)
    adapted = ImportanceMap.identity(1, 20).trained(
        lambda x: np.where((x[:, 0] > inside[0]) & (x[:, 0] < inside[1]), 1.0, 0.0),
        ((5_000, 0.5),) * 20,
        np.random.default_rng(4),
    )
    assert (np.diff(adapted.edges[0]) > 0.0).all()
    near = (adapted.edges[0] > inside[0] - 1e-3) & (adapted.edges[0] < inside[1] + 1e-3)
    assert near.sum() >= 15


def test_a_seed_gives_the_same_numbers():
    assert estimates(corner, 5, sets=2)[0] == estimates(corner, 5, sets=2)[0]
    assert estimates(corner, 5, sets=2)[0] != estimates(corner, 6, sets=2)[0]


def test_even_points_are_even():
    """One point in each of ``count`` parts of every coordinate, and a smooth integral far better than at random."""
    points = scrambled_points(2**8, 3, np.random.default_rng(0))
    for column in points.T:
        assert sorted((column * 2**8).astype(int)) == list(range(2**8))
    rng = np.random.default_rng(1)
    mean, error = mean_and_error(
        np.array([np.prod(1.5 * np.sqrt(scrambled_points(2**10, 3, rng)), axis=1).mean() for _ in range(8)])
    )
    assert error < 0.1 * math.sqrt((9 / 8) ** 3 - 1) / math.sqrt(8 * 2**10)
    assert abs(mean - 1.0) < 5.0 * error
