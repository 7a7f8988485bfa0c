"""A decimal point in the input and output of C libraries, for any locale of the process.

C's ``printf`` and ``strtod`` use the decimal sign of the locale, a comma in most of Europe once a program has called
``setlocale``. Python's own numbers never do. We change the locale of the current thread only (POSIX ``uselocale``),
so that other threads are not affected.
"""

from __future__ import annotations

import ctypes
import locale
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from evanesce.errors import InvalidValueError

__all__ = ["c_library", "decimal_point"]


@contextmanager
def decimal_point() -> Iterator[None]:
    """Context in which C libraries write and read numbers with a decimal point, in this thread only.

    Raises
    ------
    InvalidValueError
        The decimal sign is another one, and the system has no locale per thread.

    """
    library = c_library()
    if library is None:
        sign = locale.localeconv()["decimal_point"]
        if sign != ".":
            raise InvalidValueError(
                f"the locale has the decimal sign '{sign}': set LC_NUMERIC to C (this system has no locale per thread)"
            )
        yield
        return
    before = library.uselocale(None)
    own = library.newlocale(1 << locale.LC_NUMERIC, b"C", library.duplocale(before))
    if not own:
        raise OSError("no memory for a locale")
    library.uselocale(own)
    try:
        yield
    finally:
        library.uselocale(before)
        library.freelocale(own)


@cache
def c_library() -> Any:
    """The C library of this process, None if it has no locale per thread (Windows)."""
    try:
        library = ctypes.CDLL(None)
        for name in ("uselocale", "duplocale", "newlocale", "freelocale"):
            getattr(library, name).restype = ctypes.c_void_p
        library.uselocale.argtypes = library.duplocale.argtypes = library.freelocale.argtypes = [ctypes.c_void_p]
        library.newlocale.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p]
        library.freelocale.restype = None
    except (AttributeError, OSError, TypeError):
        return None
    return library
