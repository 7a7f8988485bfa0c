"""Checks of single values, used by the constructors of all classes."""

from __future__ import annotations

import math
import reprlib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from evanesce.errors import InvalidValueError, shortened

__all__ = [
    "FloatArray",
    "between",
    "choice",
    "finite_array",
    "fraction",
    "mapping",
    "non_negative",
    "number_tuple",
    "positive",
    "positive_array",
    "printable",
    "real_number",
    "true_or_false",
    "whole",
]

FloatArray: TypeAlias = npt.NDArray[np.float64]


def positive(name: str, value: float, *, maximum: float = math.inf) -> float:
    """Return ``value`` as a float if it is finite, greater than zero and at most ``maximum``.

    >>> positive("luminosity", 50)
    50.0
    >>> positive("luminosity", -1)
    Traceback (most recent call last):
    evanesce.errors.InvalidValueError: luminosity = -1: must be a finite number greater than 0
    """
    number = real_number(name, value)
    if not (number > 0 and math.isfinite(number) and number <= maximum):
        upper = "" if maximum == math.inf else f" and at most {maximum:g}"
        raise InvalidValueError(f"{name} = {value}: must be a finite number greater than 0{upper}")
    return number


def non_negative(name: str, value: float) -> float:
    """Return ``value`` as a float if it is finite and not negative."""
    number = real_number(name, value)
    if not (number >= 0 and math.isfinite(number)):
        raise InvalidValueError(f"{name} = {value}: must be a finite number, 0 or greater")
    return number


def between(name: str, value: float, smallest: float, largest: float, unit: str) -> float:
    """Return ``value`` as a float if it lies between two numbers, the ends included.

    >>> between("thickness", 0, 1e-6, 1e4, "X0")
    Traceback (most recent call last):
    evanesce.errors.InvalidValueError: thickness = 0: must lie between 1e-06 and 10000 X0
    """
    number = real_number(name, value)
    if not smallest <= number <= largest:
        raise InvalidValueError(f"{name} = {value}: must lie between {smallest:.6g} and {largest:.6g} {unit}")
    return number


def whole(name: str, value: float, smallest: int, largest: int) -> int:
    """Return ``value`` as an int if it is a whole number between two others, the ends included.

    >>> whole("seed", 1.5, 0, 9)
    Traceback (most recent call last):
    evanesce.errors.InvalidValueError: seed = 1.5: must be a whole number from 0 to 9
    """
    number = real_number(name, value)
    if not (smallest <= number <= largest and number == int(number)):
        raise InvalidValueError(f"{name} = {value}: must be a whole number from {smallest} to {largest}")
    return int(number)


def fraction(name: str, value: float, *, zero_allowed: bool = False, one_allowed: bool = True) -> float:
    """Return ``value`` as a float if it lies between 0 and 1; the ends as the flags say."""
    number = real_number(name, value)
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
    """Return ``values`` as a new float array if every entry is a finite number.

    Booleans, text that looks like a number, complex numbers, dates and masked entries are refused.

    >>> finite_array("mass", [1, 2.5])
    array([1. , 2.5])
    >>> finite_array("mass", [True, 2.5])
    Traceback (most recent call last):
    evanesce.errors.InvalidValueError: mass = [True, 2.5]: must be numbers
    """
    array = _float_array(values)
    if array is None:
        raise InvalidValueError(f"{name} = {_shown(values)}: must be numbers")
    bad = ~np.isfinite(array)
    if bad.any():
        raise InvalidValueError(f"{name} = {array[bad].flat[0]}: must be finite numbers")
    return array


def number_tuple(name: str, values: npt.ArrayLike) -> tuple[float, ...]:
    """Return a list, tuple, array or column of numbers as a tuple of floats.

    >>> number_tuple("energies", np.array([4, 5]))
    (4.0, 5.0)
    """
    array = _float_array(values)
    if array is None or array.ndim != 1:
        raise InvalidValueError(f"{name} = {_shown(values)}: must be a list of numbers")
    return tuple(array.tolist())


def true_or_false(name: str, value: bool) -> bool:
    """Return ``value`` if it is a boolean, and not a number or text in its place."""
    if not isinstance(value, (bool, np.bool_)):
        raise InvalidValueError(f"{name} = {_shown(value)}: must be true or false")
    return bool(value)


def printable(name: str, value: str) -> str:
    """Return ``value`` if it is printable text, without control characters or lone surrogates."""
    if not isinstance(value, str):
        raise InvalidValueError(f"{name} = {_shown(value)}: must be text")
    odd = [letter for letter in value if unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t"]
    if odd:
        raise InvalidValueError(f"{name} = {_shown(value)}: holds U+{ord(odd[0]):04X}, which cannot be printed")
    return value


def mapping(name: str, value: Mapping[str, Any], example: str) -> Mapping[str, Any]:
    """Return ``value`` if it is a mapping with text as keys.

    >>> mapping("overrides", ["v_max"], "{'v_max': 0.99}")
    Traceback (most recent call last):
    evanesce.errors.InvalidValueError: overrides = ['v_max']: must be a mapping, as {'v_max': 0.99}
    """
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise InvalidValueError(f"{name} = {_shown(value)}: must be a mapping, as {example}")
    return value


def choice(name: str, value: str, allowed: Sequence[str]) -> str:
    """Return ``value`` if it is one of ``allowed``."""
    if not isinstance(value, str) or value not in allowed:
        raise InvalidValueError(f"{name} = '{shortened(str(value))}': must be one of {', '.join(allowed)}")
    return value


def real_number(name: str, value: float) -> float:
    """Return ``value`` as a float if it is a number, and no truth value or text that resembles one."""
    if isinstance(value, (bool, np.timedelta64)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise InvalidValueError(f"{name} = {_shown(value)}: must be a number")
    try:
        return float(value)
    except OverflowError:
        raise InvalidValueError(f"{name}: is a whole number beyond 1e308, which is too large") from None


def _float_array(values: npt.ArrayLike) -> FloatArray | None:
    """A new float array of ``values``, or None if one of them is not a real number."""
    if np.ma.is_masked(values):
        return None
    try:
        # NumPy converts True next to a number to 1, so lists are checked item by item
        array = np.array(values, dtype=None if hasattr(values, "dtype") else object)
        if array.dtype.kind == "O" and not all(_is_real(item) for item in array.flat):
            return None
        return array.astype(np.float64) if array.dtype.kind in "iufO" else None
    except (TypeError, ValueError, OverflowError):
        return None


def _is_real(item: object) -> bool:
    if isinstance(item, np.ndarray) and item.ndim == 0:
        item = item[()]
    real = isinstance(item, (int, float, np.integer, np.floating))
    return real and not isinstance(item, (bool, np.timedelta64))


def _shown(value: object) -> str:
    """A short form of a value on one line; Python cannot print whole numbers of thousands of digits."""
    try:
        return shortened(" ".join(reprlib.repr(value).split()))
    except ValueError:
        return "a number too long to be shown"
