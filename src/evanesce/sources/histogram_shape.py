"""A histogram as a smooth curve: positive polynomials that join smoothly, on as few pieces as its errors allow."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np

from evanesce.validation import FloatArray

__all__ = ["Shape", "evaluate", "fit"]

_DEGREE: Final[int] = 6
_SHORTEST: Final[int] = 3
"""Bins of a piece, at least."""
_STIFF: Final[float] = 100.0
"""Weight of equal slopes in the fit."""
_DEVIATIONS: Final[float] = 3.0
"""A piece is split where its χ² is this many standard deviations above its number of bins."""


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


def _fitted(bins: FloatArray, contents: FloatArray, sigma: FloatArray, breaks: list[int]) -> tuple[Shape, FloatArray]:
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
    solution: Any = nnls(matrix, wanted)[0] * scale
    fitted = design @ solution
    pulls = (contents - fitted) / sigma
    solution *= scale / float(fitted.sum())
    index = np.arange(rows)[:, None] * _DEGREE + np.arange(_DEGREE + 1)
    return Shape(bins[breaks], solution[index]), pulls


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
