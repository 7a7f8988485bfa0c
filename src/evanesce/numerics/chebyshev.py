"""Chebyshev series of many functions at once, on nodes that are kept when their number is doubled."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["chebyshev_coefficients", "chebyshev_points", "chebyshev_sum", "chebyshev_tail"]

Array = npt.NDArray[np.float64]
_LAST: int = 4
"""Coefficients that measure the error."""


def chebyshev_points(intervals: int) -> Array:
    """cos(πj/n) for j = 0 ... n, from 1 to -1; every second one of them belongs to n/2.

    >>> chebyshev_points(2).round(12).tolist()
    [1.0, 0.0, -1.0]
    """
    return np.sin(0.5 * np.pi * (1.0 - 2.0 * np.arange(intervals + 1) / intervals))


@lru_cache(maxsize=16)
def _analysis(count: int) -> Array:
    """Matrix from values at the points to the coefficients of T_0 ... T_n: the discrete cosine transform."""
    n = count - 1
    index = np.arange(count)
    matrix = np.cos(np.pi * np.outer(index, index) / n) * (2.0 / n)
    matrix[[0, n]] *= 0.5
    matrix[:, [0, n]] *= 0.5
    matrix.setflags(write=False)
    return matrix


def chebyshev_coefficients(values: Array) -> Array:
    """Coefficients along the last axis, from values at :func:`chebyshev_points`.

    Row by row: the rounding of a matrix product depends on the number of rows.
    """
    values = np.ascontiguousarray(values)
    return np.asarray(np.vecdot(values[..., None, :], _analysis(values.shape[-1])))


def chebyshev_sum(coefficients: Array, x: Array) -> Array:
    """Σ c_n T_n(x): coefficients (..., n), points in [-1, 1] (points,), result (..., points); Clenshaw's recurrence."""
    ahead = np.zeros((*coefficients.shape[:-1], len(x)))
    ahead2 = np.zeros_like(ahead)
    twice = 2.0 * x
    for n in range(coefficients.shape[-1] - 1, 0, -1):
        ahead2 *= -1.0
        ahead2 += twice * ahead
        ahead2 += coefficients[..., n, None]
        ahead, ahead2 = ahead2, ahead
    return np.asarray(coefficients[..., 0, None] + x * ahead - ahead2)


def chebyshev_tail(coefficients: Array) -> Array:
    """Estimate of the largest error of a series that was cut off, shape (...).

    The last coefficients, times the number of terms for a function with a kink: its coefficients fall as 1/n² and the
    error as 1/n. If the coefficients fall geometrically, this is too large by about that number.
    """
    count = coefficients.shape[-1]
    return np.asarray(0.5 * count * np.abs(coefficients[..., -_LAST:]).max(axis=-1))
