"""Cubic splines that have no knot at the second and at the last but one point, along one axis and on a grid.

They are the interpolating splines of ``scipy.interpolate``, which takes longer to load than all splines of a limit to
compute, and whose two-dimensional ones search the knots of every point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["CubicGrid", "CubicSpline", "cubic_coefficients"]

Array = npt.NDArray[np.float64]

_BLOCK: Final[int] = 8192
"""Points of a grid per block, so that the arrays stay in the processor's cache."""


def cubic_coefficients(x: Array, y: Array) -> Array:
    """Polynomials between points ``x``, at least four, through values ``y`` along the first axis.

    Powers of the distance from the left point, highest power first: shape (4, len(x) - 1, ...).
    """
    from scipy.linalg.lapack import dgtsv  # imported here so that limits with tables on disk do not load scipy

    values = np.asarray(y, dtype=np.float64).reshape(len(x), -1)
    width = np.diff(x)
    h = width[:, None]
    rise = np.diff(values, axis=0) / h
    first, last = x[2] - x[0], x[-1] - x[-3]
    right = np.empty_like(values)
    right[1:-1] = 3.0 * (h[1:] * rise[:-1] + h[:-1] * rise[1:])
    right[0] = ((width[0] + 2.0 * first) * width[1] * rise[0] + width[0] ** 2 * rise[1]) / first
    right[-1] = (width[-1] ** 2 * rise[-2] + (2.0 * last + width[-1]) * width[-2] * rise[-1]) / last
    diagonal = np.concatenate([width[1:2], 2.0 * (width[:-1] + width[1:]), width[-2:-1]])
    above, below = np.append(first, width[:-1]), np.append(width[1:], last)
    slope: Any = dgtsv(below, diagonal, above, right)[3]
    bend = (slope[:-1] + slope[1:] - 2.0 * rise) / h
    found = np.stack([bend / h, (rise - slope[:-1]) / h - bend, slope[:-1], values[:-1]])
    return found.reshape(4, len(x) - 1, *np.shape(y)[1:])


@dataclass(frozen=True, slots=True, eq=False)
class CubicSpline:
    """A function of one variable; beyond the points the outer polynomials are continued.

    >>> x = np.linspace(0.0, 1.0, 6)
    >>> round(float(CubicSpline.through(x, x**3 - x)(np.array(0.37))), 12) == round(0.37**3 - 0.37, 12)
    True
    """

    points: Array
    coefficients: Array

    @classmethod
    def through(cls, x: Array, y: Array) -> CubicSpline:
        """Interpolate values at points, at least four."""
        return cls(x, cubic_coefficients(x, y))

    def __call__(self, x: Array) -> Array:
        """Evaluate at any shape."""
        piece = np.clip(np.searchsorted(self.points, x, side="right") - 1, 0, len(self.points) - 2)
        a, b, c, d = (np.take(power, piece) for power in self.coefficients)
        h = x - self.points[piece]
        value: Array = ((a * h + b) * h + c) * h + d
        return value


@dataclass(frozen=True, slots=True, eq=False)
class CubicGrid:
    """A function of two variables, from values on a grid that is uniform along both."""

    starts: tuple[float, float]
    steps: tuple[float, float]
    shape: tuple[int, int]
    """Numbers of intervals."""
    coefficients: Array
    """Powers of the distances in steps, highest first along both, shape (4, 4, intervals of x · intervals of y)."""

    @classmethod
    def through(cls, x: Array, y: Array, values: Array) -> CubicGrid:
        """Interpolate ``values`` (x, y), at least four points along each."""
        along_y = cubic_coefficients(np.arange(float(len(y))), values.T)  # (power, y, x)
        both = cubic_coefficients(np.arange(float(len(x))), np.moveaxis(along_y, 2, 0))  # (power, x, power, y)
        shape = (len(x) - 1, len(y) - 1)
        planes = np.ascontiguousarray(np.moveaxis(both, 2, 1)).reshape(4, 4, -1)
        steps = (float(x[-1] - x[0]) / shape[0], float(y[-1] - y[0]) / shape[1])
        return cls((float(x[0]), float(y[0])), steps, shape, planes)

    def __call__(self, x: Array, y: Array) -> Array:
        """Evaluate at points of one shape within the grid."""
        found = np.empty(np.shape(x))
        flat, at, other = found.reshape(-1), np.ravel(x), np.ravel(y)
        for begin in range(0, len(flat), _BLOCK):
            part = slice(begin, begin + _BLOCK)
            flat[part] = self._block(at[part], other[part])
        return found

    def _block(self, x: Array, y: Array) -> Array:
        (i, u), (j, v) = (self._place(axis, value) for axis, value in enumerate((x, y)))
        cell = i * self.shape[1] + j
        value = np.zeros_like(u)
        for along_x in self.coefficients:
            row = np.take(along_x[0], cell)
            for power in along_x[1:]:
                row *= v
                row += np.take(power, cell)
            value *= u
            value += row
        return value

    def _place(self, axis: int, value: Array) -> tuple[npt.NDArray[np.intp], Array]:
        """Interval along an axis, and the distance from its begin in steps."""
        distance = (value - self.starts[axis]) / self.steps[axis]
        index = np.clip(distance.astype(np.intp), 0, self.shape[axis] - 1)
        return index, distance - index
