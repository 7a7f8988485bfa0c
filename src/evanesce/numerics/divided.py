"""Divided differences of h(q) = ∫ exp(-q t) dt, free of cancellation.

The number of particles at the end of a chain of decays with rates a, b, c is exp[a, b, c](t), the second divided
difference of exp(-q t) in q. The three denominators of the textbook formula vanish if two rates agree; this
form avoids them.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

__all__ = ["laplace_divided_difference", "laplace_first_difference"]

Array = npt.NDArray[np.float64]
_CLOSE = 1e-2
"""Below this relative distance of two rates we use a series, which is then accurate to 1e-13."""
_ALL_CLOSE = 3e-3
"""The same for three rates; the series and the rounding of the direct formula are both accurate to 1e-11."""


def laplace_divided_difference(p: npt.ArrayLike, q: npt.ArrayLike, r: npt.ArrayLike, length: float) -> Array:
    """Second divided difference at rates (p, q, r) >= 0 of the integral of exp(-q t) over 0 < t < length.

    Shapes broadcast; symmetric in the rates; relative accuracy 1e-10 or better.

    >>> round(float(laplace_divided_difference(0.0, 0.0, 0.0, 3.0)), 9)  # length³/6
    4.5
    """
    if length == 0.0:
        return np.zeros(np.broadcast_shapes(np.shape(p), np.shape(q), np.shape(r)))
    rates = np.sort(np.stack(np.broadcast_arrays(p, q, r)).astype(np.float64), axis=0)
    # in units of the length, avoiding 0/0 for vanishing rates
    low, middle, high = np.maximum(rates * length, 1e-12)
    spread = high - low
    close = spread < _ALL_CLOSE * (1.0 + middle)
    separate = (_first(low, middle) - _first(middle, high)) / np.where(close, -1.0, low - high)
    return np.where(close, _second_series(low, middle, high), separate) * length**3


def laplace_first_difference(p: npt.ArrayLike, q: npt.ArrayLike, length: float) -> Array:
    """∫ (exp(-p t) - exp(-q t))/(q - p) dt over 0 < t < length: minus the first divided difference of exp(-q t).

    For rates >= 0; shapes broadcast; relative accuracy 1e-10 or better.

    >>> round(float(laplace_first_difference(0.0, 0.0, 3.0)), 9)  # length²/2
    4.5
    """
    one, other = (np.maximum(np.asarray(rate, dtype=np.float64) * length, 1e-12) for rate in (p, q))
    return -_first(one, other) * length**2


def _moment(k: int, q: Array) -> Array:
    """∫₀¹ tᵏ exp(-q t) dt."""
    from scipy.special import gammainc  # imported here so that limits with tables on disk do not load scipy

    value: Array = math.factorial(k) * gammainc(k + 1, q) / q ** (k + 1)
    return value


def _first(p: Array, q: Array) -> Array:
    delta = p - q
    close = np.abs(delta) < _CLOSE * (1.0 + q)
    direct = (_moment(0, p) - _moment(0, q)) / np.where(close, 1.0, delta)
    middle = 0.5 * (p + q)
    series = -_moment(1, middle) - _moment(3, middle) * delta**2 / 24 - _moment(5, middle) * delta**4 / 1920
    return np.where(close, series, direct)


def _second_series(p: Array, q: Array, r: Array) -> Array:
    mean = (p + q + r) / 3.0
    squares = (p - mean) ** 2 + (q - mean) ** 2 + (r - mean) ** 2
    cubes = (p - mean) ** 3 + (q - mean) ** 3 + (r - mean) ** 3
    return _moment(2, mean) / 2 + _moment(4, mean) * squares / 48 - _moment(5, mean) * cubes / 360
