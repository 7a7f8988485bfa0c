"""Errors for users: each is an :class:`EvanesceError` and also the builtin it resembles.

A message is one line and says what came, what is allowed and, where it helps, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

__all__ = [
    "CardError",
    "DataFileError",
    "EvanesceError",
    "EvanesceWarning",
    "InvalidValueError",
    "MissingExtraError",
    "PlugInWarning",
    "SimulationError",
    "UnknownNameError",
    "install",
    "on_one_line",
    "retired_name",
    "shortened",
    "unknown_name",
]

_LONGEST: Final = 800
"""Largest number of characters in a message, enough for any useful list of names."""
_ECHO: Final = 60
"""Number of characters of a user's name or value that a message shows."""


class EvanesceError(Exception):
    """Base of every error that this package raises on purpose.

    Its text is always one line of printable characters: a message repeats names and fields of files, and these may
    contain terminal escape sequences, half a character, or a megabyte.
    """

    def __init__(self, *args: object) -> None:
        super().__init__(*(on_one_line(arg) if isinstance(arg, str) else arg for arg in args))

    def __str__(self) -> str:
        # KeyError would show the repr of its argument
        return str(self.args[0]) if self.args else ""


class EvanesceWarning(UserWarning):
    """A doubtful result: the message says what is wrong and what to do."""


class PlugInWarning(UserWarning):
    """A plug-in that cannot be used: the message names it and says why.

    It is no :class:`EvanesceWarning`, because it is not about a result and not among the notes of one.
    """


class InvalidValueError(EvanesceError, ValueError):
    """A value outside what is allowed."""


class UnknownNameError(EvanesceError, KeyError):
    """A name that is not in the catalogue."""


class CardError(EvanesceError, ValueError):
    """An experiment card that cannot be read as written."""


class DataFileError(EvanesceError, OSError):
    """A data file that is missing, unreadable or malformed."""


class MissingExtraError(EvanesceError, ImportError):
    """An optional dependency is not installed."""


class SimulationError(EvanesceError, RuntimeError):
    """A simulation that stopped before it was done."""


def install(extra: str) -> str:
    """How to install an extra, from a package index or in a checkout.

    >>> install("plot")
    "pip install 'evanesce[plot]', or pip install -e '.[plot]' in the project's folder"
    """
    return f"pip install 'evanesce[{extra}]', or pip install -e '.[{extra}]' in the project's folder"


def on_one_line(text: str) -> str:
    r"""Return ``text`` as one printable line: control characters are escaped, and a long text is cut in the middle.

    >>> on_one_line("name 'a\x1b[2J'\nis unknown")
    "name 'a\\x1b[2J' is unknown"
    """
    kept = text if len(text) <= _LONGEST else f"{text[: _LONGEST * 2 // 3]} … {text[-_LONGEST // 4 :]}"
    return "".join(_visible(letter) for letter in kept)


def shortened(text: str) -> str:
    """Return ``text``, or its beginning if it is too long to repeat in a message.

    >>> shortened("C" * 100)[-5:]
    'CCCC…'
    """
    return text if len(text) <= _ECHO else f"{text[: _ECHO - 1]}…"


def _visible(letter: str) -> str:
    if letter.isprintable():
        return letter
    return " " if letter.isspace() else letter.encode("unicode_escape").decode("ascii")


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Build the error for a failed look-up: the names that exist, and the nearest one.

    >>> str(unknown_name("material", "CsJ", ["CsI", "Pb"]))
    "unknown material 'CsJ': known are CsI, Pb; did you mean 'CsI'?"
    """
    names = sorted(known)
    came = shortened(str(name))
    near = difflib.get_close_matches(came, names, n=1, cutoff=0.6)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return UnknownNameError(f"unknown {kind} '{came}': known are {', '.join(names)}{hint}")


def retired_name(kind: str, name: str, instead: str) -> UnknownNameError:
    """Build the error for a name of an earlier version; ``instead`` says what replaces it.

    >>> str(retired_name("physics option", "non_resonant", "use isr = on"))
    "physics option 'non_resonant' no longer exists: use isr = on"
    """
    return UnknownNameError(f"{kind} '{name}' no longer exists: {instead}")
