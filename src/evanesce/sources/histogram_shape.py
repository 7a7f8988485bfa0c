"""A histogram as a smooth curve: positive polynomials that join smoothly, on as few pieces as its errors allow.

:func:`fit` is for an integrated histogram, whose errors are known. :func:`fit_events` is for a histogram of events,
where the error of a bin follows from the curve: the bin's own content would give the bins that fluctuate down the
smaller errors, and the curve would lose about one event a bin.
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
"""Bins of a piece, at least."""
_STIFF: Final[float] = 100.0
"""Weight of equal slopes in the fit."""
_DEVIATIONS: Final[float] = 3.0
"""A piece is split where its χ² is this many standard deviations above its number of bins."""
_REGION: Final[float] = 1.5
"""A piece is split where the content of a region in it is this many standard deviations farther from the curve than
√(2 ln(number of such regions)), which is about what the largest deviation among them is by chance."""
_PIECE: Final[float] = 500.0
"""Events of the largest sample on one piece."""
_MOST_PIECES: Final[float] = 12.0
_ITERATIONS: Final[int] = 8
_SETTLED: Final[float] = 1e-3
"""Relative change of the errors, on average, below which the iteration ends."""
_FEWEST: Final[float] = 0.1
"""Events expected in a bin, at least, for its error: a bin that the curve says is empty may hold one by chance."""
_WINDOW: Final[float] = 25.0
"""Events on either side that the mean weight near a bin is taken from."""


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
    # an empty bin knows no error of its own
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
    """A curve through events, and what a fit to some of the same events needs."""

    shape: Shape
    bins: FloatArray
    """Edges of the bins between the first and the last that hold events."""
    first: int
    """How many bins of the histogram stand before them."""
    breaks: tuple[int, ...]
    """Bins where the pieces end."""
    sigma: FloatArray
    """Errors of the contents of the bins by the curve."""


def fit_events(bins: FloatArray, contents: FloatArray, squares: FloatArray) -> EventShape:
    """Fit the density to events by their sums of weights and of squared weights in ``bins``.

    The variance of a bin is the content that the curve expects times the mean weight of the events near it, ⟨w²⟩/⟨w⟩;
    for weights of 1 the solution is that of the greatest Poisson likelihood. Its integral is exactly that of the
    events, and the integral over any region agrees with its events within their errors.
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
    """Fit other ``contents`` of the same histogram, with the pieces and the errors of a fit that was made."""
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
    """Pieces with about as many events each, the more the more there are: their errors decide on further ones."""
    pieces = int(np.clip(math.sqrt(_effective(contents, squares) / _PIECE), 1.0, _MOST_PIECES))
    before = np.concatenate([[0.0], np.cumsum(squares)])
    wanted = np.searchsorted(before, before[-1] * np.arange(1, pieces) / pieces)
    breaks = [0]
    for at in wanted.tolist():
        if at - breaks[-1] >= _SHORTEST and len(contents) - at >= _SHORTEST:
            breaks.append(at)
    return [*breaks, len(contents)]


def _effective(contents: FloatArray, squares: FloatArray) -> float:
    """How many events of equal weight have the same relative error."""
    return float(contents.sum() ** 2 / squares.sum())


def _mean_weight(contents: FloatArray, squares: FloatArray) -> FloatArray:
    """⟨w²⟩/⟨w⟩ of the events in and near each bin: of so many bins as hold enough of them."""
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
    """Largest deviation of the content of a region of adjacent bins, in standard deviations beyond those of chance."""
    content = np.concatenate([[0.0], np.cumsum(missing)])
    variance = np.concatenate([[0.0], np.cumsum(sigma**2)])
    low, high = np.triu_indices(len(content), 1)
    pulls = np.abs(content[high] - content[low]) / np.sqrt(variance[high] - variance[low])
    return float(np.max(pulls - np.sqrt(2.0 * np.log(len(missing) / (high - low)))))


def _fitted(bins: FloatArray, contents: FloatArray, sigma: FloatArray, breaks: list[int]) -> tuple[Shape, FloatArray]:
    """The curve, and how many errors each bin is above it."""
    shape, fitted = _solved(bins, contents, sigma, breaks)
    return shape, (contents - fitted) / sigma


def _solved(bins: FloatArray, contents: FloatArray, sigma: FloatArray, breaks: list[int]) -> tuple[Shape, FloatArray]:
    """Least squares with coefficients that are not negative; neighbours share value and slope where they meet."""
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
    """Difference of the slopes on both sides of every inner edge, as rows that count for a lot."""
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
