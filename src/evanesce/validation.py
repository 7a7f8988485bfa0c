"""Checks of single values, shared by every object that is checked at birth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from evanesce.errors import InvalidValueError

__all__ = ["FloatArray", "choice", "finite_array", "fraction", "non_negative", "positive", "positive_array"]

FloatArray: TypeAlias = npt.NDArray[np.float64]


def positive(name: str, value: float, *, maximum: float = math.inf) -> float:
    """Return ``value`` as a float if it is finite, greater than zero and at most ``maximum``.

    >>> positive("luminosity", 50)
    50.0
    >>> positive("luminosity", -1)
    Traceback (most recent call last):
    evanesce.errors.InvalidValueError: luminosity = -1: must be a finite number greater than 0
    """
    number = _number(name, value)
    if not (number > 0 and math.isfinite(number) and number <= maximum):
        upper = "" if maximum == math.inf else f" and at most {maximum:g}"
        raise InvalidValueError(f"{name} = {value}: must be a finite number greater than 0{upper}")
    return number


def non_negative(name: str, value: float) -> float:
    """Return ``value`` as a float if it is finite and not negative."""
    number = _number(name, value)
    if not (number >= 0 and math.isfinite(number)):
        raise InvalidValueError(f"{name} = {value}: must be a finite number, 0 or greater")
    return number


def fraction(name: str, value: float, *, zero_allowed: bool = False, one_allowed: bool = True) -> float:
    """Return ``value`` as a float if it lies between 0 and 1; the ends as the flags say."""
    number = _number(name, value)
    above = number >= 0 if zero_allowed else number > 0
    below = number <= 1 if one_allowed else number < 1
    if not (above and below):
        interval = f"{'[' if zero_allowed else '('}0, 1{']' if one_allowed else ')'}"
        raise InvalidValueError(f"{name} = {value}: must lie in {interval}")
    return number


def positive_array(name: str, values: npt.ArrayLike) -> FloatArray:
    """Return ``values`` as a float array if every entry is finite and greater than zero."""
    array = finite_array(name, values)
    if array.size == 0:
        raise InvalidValueError(f"{name}: is empty, give at least one number greater than 0")
    bad = ~(array > 0)
    if bad.any():
        raise InvalidValueError(f"{name} = {array[bad].flat[0]}: must be finite numbers greater than 0")
    return array


def finite_array(name: str, values: npt.ArrayLike) -> FloatArray:
    """Return ``values`` as a new float array if every entry is a finite number."""
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidValueError(f"{name} = {values!r}: must be numbers") from None
    bad = ~np.isfinite(array)
    if bad.any():
        raise InvalidValueError(f"{name} = {array[bad].flat[0]}: must be finite numbers")
    return array


def choice(name: str, value: str, allowed: Sequence[str]) -> str:
    """Return ``value`` if it is one of ``allowed``."""
    if value not in allowed:
        raise InvalidValueError(f"{name} = '{value}': must be one of {', '.join(allowed)}")
    return value


def _number(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise InvalidValueError(f"{name} = {value!r}: must be a number")
    return float(value)
