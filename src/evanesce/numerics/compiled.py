"""Compilation of functions that are loops, by numba.

Imports numba, and raises MissingExtraError if it is not installed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evanesce.errors import MissingExtraError, install

try:
    import numba
except ImportError:
    raise MissingExtraError(f"compiled loops need numba, which is not installed: {install('montecarlo')}") from None

__all__ = ["compiled", "inlined"]


def compiled(function: Callable[..., Any], *, inline: str = "never") -> Any:
    """Compile a function that runs without the Python interpreter, on any thread; the result is cached if possible."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "inline": inline}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written to
        return numba.njit(**options)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a small function to be inlined in such functions."""
    return compiled(function, inline="always")
