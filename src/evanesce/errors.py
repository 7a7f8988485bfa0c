"""Errors a user can meet: each is an :class:`EvanesceError` and also the builtin it resembles.

A message is one line and says what came, what is allowed and, where it helps, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "CardError",
    "DataFileError",
    "EvanesceError",
    "InvalidValueError",
    "MissingExtraError",
    "SimulationError",
    "UnknownNameError",
    "install",
    "unknown_name",
]


class EvanesceError(Exception):
    """Base of every error that this package raises on purpose."""

    def __str__(self) -> str:
        # KeyError would show the repr of its argument; a message is for people.
        return str(self.args[0]) if self.args else ""


class InvalidValueError(EvanesceError, ValueError):
    """A value outside what is allowed."""


class UnknownNameError(EvanesceError, KeyError):
    """A name that no catalogue knows."""


class CardError(EvanesceError, ValueError):
    """An experiment card that cannot be read as written."""


class DataFileError(EvanesceError, OSError):
    """A data file that is missing, unreadable or malformed."""


class MissingExtraError(EvanesceError, ImportError):
    """An optional dependency is not installed."""


class SimulationError(EvanesceError, RuntimeError):
    """A simulation that stopped before it was done."""


def install(extra: str) -> str:
    """Say how an extra is installed, from an index of packages or in a checkout.

    >>> install("plot")
    "pip install 'evanesce[plot]', or pip install -e '.[plot]' in the project's folder"
    """
    return f"pip install 'evanesce[{extra}]', or pip install -e '.[{extra}]' in the project's folder"


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Build the error for a failed look-up: the names that exist, and the nearest one.

    >>> str(unknown_name("material", "CsJ", ["CsI", "Pb"]))
    "unknown material 'CsJ': known are CsI, Pb; did you mean 'CsI'?"
    """
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return UnknownNameError(f"unknown {kind} '{name}': known are {', '.join(names)}{hint}")
