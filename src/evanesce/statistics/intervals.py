"""Unified confidence intervals of Feldman and Cousins for a Poisson signal, Phys. Rev. D 57 (1998) 3873.

A count m has the rank R(m) = P(m | μ + b) / P(m | μ_best + b) with μ_best = max(0, m - b), and the counts of highest
rank are accepted until their sum reaches the confidence level. So n belongs to the interval of μ if the counts ranked
above it sum to less. With λ = μ + b the count j ranks above n where λ > Λ_j, for j > n, or λ < Λ_j, for j < n:

    Λ_j = exp((C_j - C_n) / (j - n)),   C_m = m ln max(m, b) - max(m, b).

C is convex in m, so that Λ_j rises with j, and between two Λ the counts ranked above n stay the same. The ends of the
interval are then one of the Λ or the root of a sum of Poisson probabilities: there is no grid in μ.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import gammaincc

from evanesce.memo import memoised
from evanesce.numerics import bracketed_roots
from evanesce.validation import FloatArray

__all__ = ["lower_end", "upper_end", "upper_limit"]

_STEP: Final[float] = 0.02
"""Step in b of the search for larger upper limits; each jump it finds is then located exactly."""
_RANGE: Final[float] = 3.0
"""How far above b they are sought, in events, plus the same number of standard deviations."""

_STRIDE: Final[int] = 8
"""Every so many counts it is looked whether those above matter."""


def _between(mean: FloatArray, below: FloatArray | float, last: FloatArray | float) -> FloatArray:
    """P(``below`` < n ≤ ``last``) for a Poisson ``mean``; no count lies below 0."""
    first, end = np.asarray(below, dtype=np.float64), np.asarray(last, dtype=np.float64)
    until = np.where(first < 0, 0.0, gammaincc(np.maximum(first, 0.0) + 1.0, mean))
    return np.asarray(gammaincc(end + 1.0, mean) - until)


def _critical(j: FloatArray, n: float, background: FloatArray) -> FloatArray:
    """Λ_j of the module's docstring, shape of ``j`` and ``background``; it is symmetric in j and n."""
    large, small = np.maximum(j, n), np.minimum(j, n)
    top, bottom = np.maximum(large, background), np.maximum(small, background)
    # the difference of two C is found without cancellation for large counts
    growth = np.divide(top - bottom, bottom, out=np.zeros(np.shape(top)), where=bottom > 0)
    change = small * np.log1p(growth) - (top - bottom)
    return np.asarray(top * np.exp(change / (large - small)))


def upper_end(n: int, background: FloatArray, level: float) -> FloatArray:
    """Largest μ whose acceptance region contains ``n``, for each ``background``."""
    b = np.atleast_1d(np.asarray(background, dtype=np.float64))[:, None]
    reach = max(float(b.max()) - n, 0.0) + 10.0 * np.sqrt(max(n, float(b.max())) + 4.0) + 30.0
    j = np.arange(n + 1.0, n + np.ceil(reach))[None, :]
    edges = _critical(j, n, b)  # from edges[j] on, n + 1 ... j rank above n
    ends = np.maximum(edges, b)
    ends = ends[:, : _ends_that_matter(j, n, ends, level)]
    low, high = ends[:, :-1], ends[:, 1:]
    inner = np.broadcast_to(j[:, : low.shape[1]], low.shape)
    until = gammaincc(n + 1.0, ends)  # P(at most n), the same for the intervals on both sides of an end
    accepted = gammaincc(inner + 1.0, low) - until[:, :-1] < level
    accepted |= gammaincc(inner + 1.0, high) - until[:, 1:] < level
    accepted &= high > low
    last = accepted.shape[1] - 1 - np.argmax(accepted[:, ::-1], axis=1)
    row = np.arange(len(b))
    left, right, top = low[row, last], high[row, last], inner[row, last]
    root = bracketed_roots(lambda mean, index: _between(mean, n, top[index]) - level, left, right)
    end = np.where(_between(right, n, top) < level, right, root)
    # nothing but the first interval, where no count ranks above n
    return np.asarray(np.where(accepted.any(axis=1), end, edges[:, 0]) - b[:, 0])


def _ends_that_matter(j: FloatArray, n: int, ends: FloatArray, level: float) -> int:
    """Number of ``ends`` of intervals beyond which ``n`` is accepted nowhere, up to :data:`_STRIDE` too many.

    On an interval the sum is at least P(N <= j) at its right end less P(N <= n) at its left end, and this grows with j.
    """
    some = np.arange(0, ends.shape[1] - 1, _STRIDE)
    least = gammaincc(j[:, some] + 1.0, ends[:, some + 1]) - gammaincc(n + 1.0, ends[:, some])
    below = np.flatnonzero((least < level).any(axis=0))
    last = int(some[below[-1]]) if below.size else 0
    return last + _STRIDE + 1


def lower_end(n: int, background: float, level: float) -> float:
    """Smallest μ whose acceptance region contains ``n``."""
    if n == 0:
        return 0.0
    i = np.arange(0.0, n)
    edges = _critical(i, n, np.asarray(background))  # below edges[i], the counts i ... n - 1 rank above n
    low, high = np.maximum(np.concatenate([[0.0], edges[:-1]]), background), edges
    inside = high > low
    accepted = ((_between(low, i - 1.0, n - 1.0) < level) | (_between(high, i - 1.0, n - 1.0) < level)) & inside
    if not accepted.any():
        return max(float(high[-1]), background) - background
    first = int(np.argmax(accepted))
    left, right = low[first : first + 1], high[first : first + 1]
    if _between(left, i[first] - 1.0, n - 1.0)[0] < level:
        return float(left[0]) - background
    return (
        float(bracketed_roots(lambda mean, _: _between(mean, i[first] - 1.0, n - 1.0) - level, left, right)[0])
        - background
    )


@memoised(maxsize=256)
def upper_limit(n: int, background: float, level: float) -> float:
    """Upper end made non-increasing in b, as published: the largest one of any background from ``background`` on.

    It takes 10 ms and knows nothing of the signal: kept while only that moves.

    >>> [round(upper_limit(n, 1.0, 0.9), 2) for n in range(3)]
    [1.61, 3.36, 4.91]
    """
    span, step = _RANGE * (1.0 + np.sqrt(background)), _STEP * (1.0 + np.sqrt(background))
    grid = background + np.arange(0.0, span + _STEP, step)
    ends = upper_end(n, grid, level)
    # the end falls between jumps upwards, with a slope of -1 at most, so that a value just after a jump is the largest
    after = np.flatnonzero((np.diff(ends) > 0.0) & (ends[1:] + step >= ends.max())) + 1
    if not after.size:
        return float(ends[0])
    low, high = grid[after - 1], grid[after]
    for _ in range(45):
        middle = 0.5 * (low + high)
        beyond = upper_end(n, middle, level) >= ends[after]
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    return float(max(ends[0], upper_end(n, high, level).max()))
