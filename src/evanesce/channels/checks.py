"""Checks that every kind of channel makes at birth."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Sequence
from typing import Final

from evanesce.errors import InvalidValueError
from evanesce.validation import fraction, printable

__all__ = ["all_different", "check_efficiency", "check_label", "short"]

_SMALLEST_EFFICIENCY: Final[float] = 1e-12


def check_label(label: str) -> None:
    """Raise for a label that cannot be part of a name like ``experiment/channel``.

    Raises
    ------
    InvalidValueError
        An empty label, or one with a slash.

    """
    if not printable("label", label).strip() or "/" in label:
        raise InvalidValueError(f"label = '{label}': must not be empty, and must not contain a slash")


def check_efficiency(efficiency: float) -> None:
    """Raise for an efficiency that is not a probability, or too small to be meant.

    Raises
    ------
    InvalidValueError
        A number outside (0, 1], or below 1e-12.

    """
    if not fraction("efficiency", efficiency) >= _SMALLEST_EFFICIENCY:
        raise InvalidValueError(f"efficiency = {efficiency}: must be at least {_SMALLEST_EFFICIENCY:g}")


def all_different(what: str, key: str, names: Sequence[str]) -> None:
    """Raise if a name appears twice; ``what`` and ``key`` are for the message.

    Raises
    ------
    InvalidValueError
        The first of the names that is given twice.

    """
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InvalidValueError(f"{what}: '{twice[0]}' is given twice; give each its own {key}")


def short(value: object) -> str:
    """Return a value on one line of limited length."""
    return " ".join(reprlib.repr(value).split())
