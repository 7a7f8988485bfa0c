"""Smooth curve through a histogram: positive polynomials that join smoothly, on as few pieces as its errors allow.

:func:`fit` is for an integrated histogram with known errors. :func:`fit_events` is for a histogram of events, where we
take the error of a bin from the curve. With errors from the bin contents, bins that fluctuate down would have smaller
errors, and the curve would lose about one event per bin.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np

from evanesce.validation import FloatArray

__all__ = ["EventShape", "Shape", "evaluate", "fit", "fit_again", "fit_events"]

_DEGREE: Final[int] = 6
_SHORTEST: Final[int] = 3
"""Smallest number of bins in a piece."""
_STIFF: Final[float] = 100.0
"""Weight of the condition of equal slopes in the fit."""
_DEVIATIONS: Final[float] = 3.0
"""A piece is split if its χ² is this many standard deviations above its number of bins."""
_REGION: Final[float] = 1.5
"""A piece is also split if the content of a region in it deviates from the curve by this many standard deviations more
than √(2 ln(number of such regions)), the typical largest fluctuation among them."""
_PIECE: Final[float] = 500.0
"""Largest number of events that start with one piece."""
_MOST_PIECES: Final[float] = 12.0
_ITERATIONS: Final[int] = 8
_SETTLED: Final[float] = 1e-3
"""The iteration ends when the mean relative change of the errors is smaller than this."""
_FEWEST: Final[float] = 0.1
"""Smallest number of expected events in the error of a bin: even where the curve is 0 there may be an event."""
_WINDOW: Final[float] = 25.0
"""Number of events on either side that enter the mean weight near a bin."""


class Shape(NamedTuple):
    """Bernstein polynomials, each coefficient 0 or greater."""

    edges: FloatArray
    """Ends of the pieces, shape (pieces + 1,)."""
    coefficients: FloatArray
    """Shape (pieces, degree + 1)."""


def fit(bins: FloatArray, contents: FloatArray, variances: FloatArray) -> Shape:
    """Fit the density to the ``contents`` of ``bins``; its integral is exactly their sum."""
    used = np.flatnonzero(contents > 0.0)
    first, last = int(used[0]), int(used[-1]) + 1
    bins, contents, variances = bins[first : last + 1], contents[first:last], variances[first:last]
    # an empty bin has no error of its own
    sigma = np.sqrt(np.maximum(variances, variances[variances > 0.0].min()))
    breaks = [0, len(contents)]
    while True:
        shape, pulls = _fitted(bins, contents, sigma, breaks)
        pieces = list(pairwise(breaks))
        bad = [
            (low + high) // 2
            for low, high in pieces
            if high - low >= 2 * _SHORTEST and _excess(pulls[low:high]) > _DEVIATIONS
        ]
        if not bad:
            return shape
        breaks = sorted({*breaks, *bad})


class EventShape(NamedTuple):
    """A curve through events, with the pieces and errors for a fit to a subset of the events."""

    shape: Shape
    bins: FloatArray
    """Edges of the bins from the first to the last with events."""
    first: int
    """Number of bins of the histogram before them."""
    breaks: tuple[int, ...]
    """Indices of the bins at which pieces end."""
    sigma: FloatArray
    """Errors of the bin contents, from the curve."""


def fit_events(bins: FloatArray, contents: FloatArray, squares: FloatArray) -> EventShape:
    """Fit the density to events by their sums of weights and of squared weights in ``bins``.

    The variance of a bin is the content expected from the curve times the mean weight ⟨w²⟩/⟨w⟩ of the events near it.
    For weights of 1 this maximises the Poisson likelihood. The integral of the curve is exactly the sum of weights, and
    its integral over any region agrees with the events there within their errors.
    """
    used = np.flatnonzero(squares > 0.0)
    first, last = int(used[0]), int(used[-1]) + 1
    bins, contents, squares = bins[first : last + 1], contents[first:last], squares[first:last]
    weight = _mean_weight(contents, squares)
    breaks = _first_breaks(contents, squares)
    sigma = np.sqrt(np.maximum(contents.sum() / len(contents), _FEWEST * weight) * weight)
    while True:
        for _ in range(_ITERATIONS):
            shape, fitted = _solved(bins, contents, sigma, breaks)
            before, sigma = sigma, np.sqrt(np.maximum(fitted, _FEWEST * weight) * weight)
            if np.mean(np.abs(sigma - before)) < _SETTLED * np.mean(sigma):
                break
        pulls = (contents - fitted) / sigma
        bad = [
            (low + high) // 2
            for low, high in pairwise(breaks)
            if high - low >= 2 * _SHORTEST
            and (
                _excess(pulls[low:high]) > _DEVIATIONS
                or _largest_region(contents[low:high] - fitted[low:high], sigma[low:high]) > _REGION
            )
        ]
        if not bad:
            return EventShape(shape, bins, first, tuple(breaks), sigma)
        breaks = sorted({*breaks, *bad})


def fit_again(found: EventShape, contents: FloatArray) -> Shape:
    """Fit other ``contents`` of the same histogram, with the pieces and errors of an earlier fit."""
    part = contents[found.first : found.first + len(found.sigma)]
    if not part.sum() > 0.0:
        return Shape(found.shape.edges, np.zeros_like(found.shape.coefficients))
    return _solved(found.bins, part, found.sigma, list(found.breaks))[0]


def evaluate(shape: Shape, energy: FloatArray) -> FloatArray:
    """Value at ``energy``, any shape; zero outside."""
    edges, coefficients = shape
    piece = np.clip(np.searchsorted(edges, energy, side="right") - 1, 0, len(coefficients) - 1)
    x = (energy - edges[piece]) / (edges[piece + 1] - edges[piece])
    rest, power = 1.0 - x, np.ones_like(x)
    value = coefficients[piece, 0] * rest
    for i in range(1, _DEGREE):  # Horner in 1 - x
        power *= x
        value = (value + math.comb(_DEGREE, i) * coefficients[piece, i] * power) * rest
    value += coefficients[piece, _DEGREE] * power * x
    return np.where((energy >= edges[0]) & (energy <= edges[-1]), value, 0.0)


def _excess(pulls: FloatArray) -> float:
    return float((np.sum(pulls**2) - len(pulls)) / math.sqrt(2.0 * len(pulls)))


def _first_breaks(contents: FloatArray, squares: FloatArray) -> list[int]:
    """First pieces, with about equal numbers of events; their number grows with the statistics."""
    pieces = int(np.clip(math.sqrt(_effective(contents, squares) / _PIECE), 1.0, _MOST_PIECES))
    before = np.concatenate([[0.0], np.cumsum(squares)])
    wanted = np.searchsorted(before, before[-1] * np.arange(1, pieces) / pieces)
    breaks = [0]
    for at in wanted.tolist():
        if at - breaks[-1] >= _SHORTEST and len(contents) - at >= _SHORTEST:
            breaks.append(at)
    return [*breaks, len(contents)]


def _effective(contents: FloatArray, squares: FloatArray) -> float:
    """Number of equal-weight events with the same relative error."""
    return float(contents.sum() ** 2 / squares.sum())


def _mean_weight(contents: FloatArray, squares: FloatArray) -> FloatArray:
    """⟨w²⟩/⟨w⟩ of the events in and near each bin, over as many bins as needed for enough events."""
    total, square = (np.concatenate([[0.0], np.cumsum(part)]) for part in (contents, squares))
    half = math.ceil(min(_WINDOW / max(_effective(contents, squares), 1.0), 1.0) * len(contents))
    index = np.arange(len(contents))
    low, high = np.maximum(index - half, 0), np.minimum(index + half + 1, len(contents))
    weight, weight_squared = total[high] - total[low], square[high] - square[low]
    everywhere = squares.sum() / contents.sum()
    positive = (weight > 0.0) & (weight_squared > 0.0)
    near: FloatArray = np.where(positive, weight_squared / np.where(positive, weight, 1.0), everywhere)
    return near


def _largest_region(missing: FloatArray, sigma: FloatArray) -> float:
    """Largest deviation of a region of adjacent bins, in standard deviations above the typical largest fluctuation."""
    content = np.concatenate([[0.0], np.cumsum(missing)])
    variance = np.concatenate([[0.0], np.cumsum(sigma**2)])
    low, high = np.triu_indices(len(content), 1)
    pulls = np.abs(content[high] - content[low]) / np.sqrt(variance[high] - variance[low])
    return float(np.max(pulls - np.sqrt(2.0 * np.log(len(missing) / (high - low)))))


def _fitted(bins: FloatArray, contents: FloatArray, sigma: FloatArray, breaks: list[int]) -> tuple[Shape, FloatArray]:
    """The curve, and the pulls of the bins."""
    shape, fitted = _solved(bins, contents, sigma, breaks)
    return shape, (contents - fitted) / sigma


def _solved(bins: FloatArray, contents: FloatArray, sigma: FloatArray, breaks: list[int]) -> tuple[Shape, FloatArray]:
    """Non-negative least squares; adjacent pieces have equal value and slope where they meet."""
    from scipy.optimize import nnls

    rows = len(breaks) - 1
    design: FloatArray = np.zeros((len(contents), rows * _DEGREE + 1))
    for piece in range(rows):
        low, high = breaks[piece], breaks[piece + 1]
        ends = bins[low : high + 1]
        integral = _integrals((ends - ends[0]) / (ends[-1] - ends[0])) * (ends[-1] - ends[0])
        design[low:high, piece * _DEGREE : (piece + 1) * _DEGREE + 1] += np.diff(integral, axis=0)
    scale = contents.sum()
    matrix = np.concatenate([design / sigma[:, None] * scale, _slopes(bins[breaks], design.shape[1])])
    wanted = np.concatenate([contents / sigma, np.zeros(rows - 1)])
    solution: Any = nnls(matrix, wanted, maxiter=30 * design.shape[1])[0] * scale
    fitted = design @ solution
    solution *= scale / float(fitted.sum())
    index = np.arange(rows)[:, None] * _DEGREE + np.arange(_DEGREE + 1)
    return Shape(bins[breaks], solution[index]), fitted


def _slopes(edges: FloatArray, size: int) -> FloatArray:
    """Difference of the slopes on both sides of every inner edge, as rows with a large weight."""
    inverse = _STIFF / np.diff(edges)
    rows: FloatArray = np.zeros((len(edges) - 2, size))
    for row, (left, right) in enumerate(pairwise(inverse)):
        middle = (row + 1) * _DEGREE
        rows[row, middle - 1 : middle + 2] = -left, left + right, -right
    return rows


def _integrals(x: FloatArray) -> FloatArray:
    """Integrals from 0 to x of the Bernstein polynomials, shape (len(x), degree + 1)."""
    from scipy.special import betainc

    i = np.arange(_DEGREE + 1)
    return np.asarray(betainc(i + 1.0, _DEGREE - i + 1.0, x[:, None]) / (_DEGREE + 1.0))
