"""Exact results for one Poisson count without systematic uncertainties."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, gammaincc, gammainccinv, gammaincinv, gammaln, ndtr, xlogy

from evanesce.errors import InvalidValueError
from evanesce.statistics.base import BANDS
from evanesce.validation import FloatArray, non_negative

__all__ = [
    "band_counts",
    "checked_background",
    "cls_signal",
    "discovery_signal",
    "log_probability_up_to",
    "poisson_quantile",
]

_NEWTON_STEPS: Final[int] = 60
_FRACTION_TERMS: Final[int] = 200
_TINY: Final[float] = 1e-290
_LARGE: Final[float] = 1e4
_MOST: Final[float] = 1e12
"""Expected events up to which a double precision count is exact enough."""


def checked_background(background: float, most: float = _MOST) -> float:
    """Return ``background`` if it is a number of events from 0 to ``most``, else raise InvalidValueError."""
    expected = non_negative("background", background)
    if expected > most:
        raise InvalidValueError(f"background = {background:g} events: must be at most {most:g} for this criterion")
    return expected


def log_probability_up_to(count: npt.ArrayLike, mean: npt.ArrayLike) -> FloatArray:
    """ln P(n ≤ ``count``) for a Poisson ``mean``, also where P is too small for a float."""
    count, mean = np.broadcast_arrays(np.asarray(count, dtype=np.float64), np.asarray(mean, dtype=np.float64))
    probability = gammaincc(count + 1.0, mean)
    safe = probability > _TINY
    logarithm = np.asarray(np.log(np.where(safe, probability, 1.0)))
    if not np.all(safe):
        # far in the tail: Γ(a, x) = exp(-x) x^a / (x + 1 - a - ...), a continued fraction
        a, x = count[~safe] + 1.0, mean[~safe]
        logarithm[~safe] = -x + xlogy(a, x) - gammaln(a) - np.log(_tail_fraction(a, x))
    return logarithm


def _tail_fraction(a: FloatArray, x: FloatArray) -> FloatArray:
    """exp(-x) x^a / Γ(a, x) by Legendre's continued fraction, from its end; for x above a."""
    value = x + 2.0 * _FRACTION_TERMS + 1.0 - a
    for k in range(_FRACTION_TERMS, 0, -1):
        value = x + 2.0 * k - 1.0 - a - k * (k - a) / value
    return np.asarray(value)


def poisson_quantile(probability: npt.ArrayLike, mean: float) -> FloatArray:
    """Smallest count n with P(≤ n) ≥ ``probability``.

    >>> poisson_quantile([0.16, 0.5, 0.84], 94.0)
    array([ 84.,  94., 104.])
    """
    level = np.asarray(probability, dtype=np.float64)
    low = np.full(level.shape, -1.0)
    high = np.full(level.shape, np.ceil(mean + 40.0 * np.sqrt(mean) + 60.0))
    while np.any(high - low > 1.0):
        middle = np.floor(0.5 * (low + high))
        enough = gammaincc(middle + 1.0, mean) >= level
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def band_counts(background: float) -> FloatArray:
    """Counts at -2 ... +2 standard deviations of a Poisson ``background``, shape (5,)."""
    return poisson_quantile(ndtr(np.asarray(BANDS, dtype=np.float64)), background)


def cls_signal(count: npt.ArrayLike, background: npt.ArrayLike, confidence_level: float) -> FloatArray:
    r"""Signal events s with CL_s = P(n ≤ count | s + b) / P(n ≤ count | b) = 1 - CL.

    A. L. Read, J. Phys. G 28 (2002) 2693. ln CL_s is concave and falls with s, so that Newton's method converges from
    either side.

    >>> cls_signal([0, 1, 3], 1.0, 0.9).round(3)
    array([2.303, 3.272, 5.711])
    """
    k, b = np.broadcast_arrays(np.asarray(count, dtype=np.float64), np.asarray(background, dtype=np.float64))
    alpha = 1.0 - confidence_level
    start = gammaincc(k + 1.0, b)
    signal = np.where(start * alpha > _TINY, gammainccinv(k + 1.0, np.maximum(start * alpha, _TINY)) - b, 0.0)
    signal = np.maximum(signal, 0.0)
    target = log_probability_up_to(k, b) + np.log(alpha)
    for _ in range(_NEWTON_STEPS):
        logarithm = log_probability_up_to(k, signal + b)
        slope = -np.exp(-(signal + b) + xlogy(k, signal + b) - gammaln(k + 1.0) - logarithm)
        step = (target - logarithm) / slope
        signal = np.maximum(signal + step, 0.0)
        if np.all(np.abs(step) <= 1e-13 * (signal + b)):
            break
    return np.asarray(signal)


def discovery_signal(background: float, significance: float) -> FloatArray:
    """Signal events that give ``significance`` with a probability of Φ(N), N = -2 ... +2, shape (5,).

    The count n that is needed is the smallest with P(≥ n | b) ≤ 1 - Φ(Z); the signal follows from
    P(≥ n | s + b) = Φ(N), which is one half for the median.

    >>> discovery_signal(0.0, 5.0).round(3)[2]  # one event without any background
    np.float64(0.693)
    """
    tail = float(ndtr(-significance))
    low, high = 0.0, float(np.ceil(background + 20.0 * (significance + 1.0) * np.sqrt(background) + 100.0))
    while high - low > 1.0:
        middle = np.floor(0.5 * (low + high))
        low, high = (low, middle) if _probability_from(middle, background) <= tail else (middle, high)
    return np.asarray(np.maximum(gammaincinv(high, ndtr(np.asarray(BANDS, dtype=np.float64))) - background, 0.0))


def _probability_from(count: float, mean: float) -> float:
    """P(n ≥ ``count``) for a Poisson ``mean``, below the count.

    SciPy's series stops too early 4.5 standard deviations away from a large mean; there N. M. Temme's uniform expansion
    (SIAM J. Math. Anal. 10 (1979) 757) is right to 1/mean.
    """
    if mean < _LARGE or not mean < count:
        return float(gammainc(count, mean))
    excess = mean / count - 1.0
    eta = -np.sqrt(2.0 * (excess - np.log1p(excess)))
    density = np.exp(-0.5 * count * eta**2) / np.sqrt(2.0 * np.pi * count)
    return float(ndtr(eta * np.sqrt(count)) - density * (1.0 / excess - 1.0 / eta))
