"""Importance sampling: a map of the unit cube that puts points where an integrand is large, and even points for it.

The map is that of G. P. Lepage, J. Comput. Phys. 27 (1978) 192, with the smoothing of J. Comput. Phys. 439 (2021)
110386 (arXiv:2009.05112). Every coordinate has its own increments, equally likely and narrow where the integrand is
large. For any map, the mean of the integrand times the Jacobian over even points is an unbiased estimate of the
integral.

Even points are Sobol's, scrambled at random (A. B. Owen, Ann. Stat. 25 (1997) 1541; J. Matoušek, J. Complexity 14
(1998) 527). The mean over each set is unbiased, and the scatter between several independent sets measures its error.
The error falls faster than the inverse square root of the number of points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from evanesce.validation import FloatArray

__all__ = ["ImportanceMap", "mean_and_error", "scrambled_points"]


@dataclass(frozen=True, slots=True, eq=False)
class ImportanceMap:
    """Maps the unit cube onto itself, coordinate by coordinate, piecewise linearly."""

    edges: FloatArray
    """Edges of the increments, ascending from 0 to 1, shape (dimensions, increments + 1)."""

    @classmethod
    def identity(cls, dimensions: int, increments: int) -> ImportanceMap:
        """The map with equal increments."""
        return cls(np.tile(np.linspace(0.0, 1.0, increments + 1), (dimensions, 1)))

    @property
    def dimensions(self) -> int:
        """Number of dimensions of the cube."""
        return len(self.edges)

    def __call__(self, even: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Images of points, shape (points, dimensions), and the Jacobian, shape (points,)."""
        points, jacobian = np.empty_like(even), np.ones(len(even))
        for axis, edges in enumerate(self.edges):
            place = self._place(even, axis)
            width = np.diff(edges)[place]
            points[:, axis] = edges[place] + width * (even[:, axis] * self._count - place)
            jacobian *= width * self._count
        return points, jacobian

    def adapted(self, even: FloatArray, value: FloatArray, damping: float) -> ImportanceMap:
        """The map after a round: ``value`` is the integrand times the Jacobian at the images of ``even`` points.

        The increments are changed so that the mean square of ``value`` in each, smoothed with its neighbours and
        compressed, becomes equal; faster for larger ``damping`` (from 0 to 1). If all values are 0, the map is kept.
        """
        largest = np.max(np.abs(value), initial=0.0)
        if not largest > 0.0:
            return self
        square = np.square(value / largest)
        shares = np.linspace(0.0, 1.0, self._count + 1)
        edges = np.empty_like(self.edges)
        for axis in range(self.dimensions):
            place = self._place(even, axis)
            hits = np.bincount(place, minlength=self._count)
            mean = np.bincount(place, square, minlength=self._count) / np.maximum(hits, 1)
            weight = _compressed(_smoothed(mean), damping)
            below = np.concatenate([[0.0], np.cumsum(weight)])
            edges[axis] = np.interp(shares, below / below[-1], self.edges[axis])
        return ImportanceMap(edges)

    def trained(
        self,
        integrand: Callable[[FloatArray], FloatArray],
        rounds: Iterable[tuple[int, float]],
        rng: np.random.Generator,
    ) -> ImportanceMap:
        """The map after rounds of (points, damping) at random points; ``integrand`` takes (points, dimensions)."""
        current = self
        for count, damping in rounds:
            even = rng.random((count, self.dimensions))
            points, jacobian = current(even)
            current = current.adapted(even, integrand(points) * jacobian, damping)
        return current

    @property
    def _count(self) -> int:
        return int(self.edges.shape[1]) - 1

    def _place(self, even: FloatArray, axis: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """The increment of each point."""
        return np.minimum((even[:, axis] * self._count).astype(np.intp), self._count - 1)


def _smoothed(mean: FloatArray) -> FloatArray:
    """Each value mixed with an eighth of either neighbour, normalised to the sum."""
    padded = np.pad(mean, 1, mode="edge")
    smooth: FloatArray = 0.125 * (padded[:-2] + 6.0 * padded[1:-1] + padded[2:])
    return np.asarray(smooth / smooth.sum())


def _compressed(share: FloatArray, damping: float) -> FloatArray:
    """[(1 - d)/ln(1/d)]^damping, which avoids sudden changes of the map; its limits are 0 and 1 at d = 0 and 1."""
    inner = (share > 0.0) & (share < 1.0)
    d = np.where(inner, share, 0.5)
    return np.where(inner, ((d - 1.0) / np.log(d)) ** damping, share)


def scrambled_points(count: int, dimensions: int, rng: np.random.Generator) -> FloatArray:
    """Even points in the unit cube, shape (count, dimensions); each single point is uniformly distributed.

    ``count`` is a power of two, so that every coordinate has one point in each ``count``-th part.
    """
    from scipy.stats import qmc  # imported here because it takes half a second

    return np.asarray(qmc.Sobol(dimensions, rng=rng).random(count))


def mean_and_error(independent: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean of independent estimates along the first axis, and its standard error from their scatter."""
    return independent.mean(axis=0), independent.std(axis=0, ddof=1) / np.sqrt(len(independent))
