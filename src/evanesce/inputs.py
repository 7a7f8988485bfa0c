"""Opening input files: regular files only, up to a sensible size for their kind.

A pipe without a writer blocks forever, ``/dev/zero`` never ends, and gigabytes in the place of a card fill the memory.
All of these are refused before a byte is read.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from evanesce.errors import DataFileError

__all__ = ["CARD_BYTES", "STORE_BYTES", "TABLE_BYTES", "check_regular", "open_regular", "read_bytes", "read_text"]

CARD_BYTES: Final = 1 << 20
"""Largest card of an experiment."""
TABLE_BYTES: Final = 4 << 20
"""Largest file of two columns, some 200,000 lines."""
STORE_BYTES: Final = 256 << 20
"""Largest file of numbers that this package itself wrote."""

_SPECIAL: Final = (
    (stat.S_ISDIR, "Is a directory"),
    (stat.S_ISFIFO, "is a pipe; give a regular file"),
    (stat.S_ISSOCK, "is a socket; give a regular file"),
    (stat.S_ISCHR, "is a device; give a regular file"),
    (stat.S_ISBLK, "is a device; give a regular file"),
)


def open_regular(path: str | os.PathLike[str], limit: int | None = None) -> BinaryIO:
    """Open a regular file of at most ``limit`` bytes for reading; the caller closes it.

    Raises
    ------
    DataFileError
        The file does not exist, cannot be read, is a directory, pipe or device, or is too large.

    """
    try:
        # a pipe is opened without waiting for a writer; the check is on the opened file
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise DataFileError(f"{os.fspath(path)}: cannot be read ({_reason(error)})") from None
    try:
        _check(os.fstat(handle), path, limit)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def check_regular(path: str | os.PathLike[str], limit: int | None = None) -> None:
    """Raise the errors of :func:`open_regular`, for a reader that opens the file by itself."""
    open_regular(path, limit).close()


def read_bytes(path: str | os.PathLike[str], limit: int) -> bytes:
    """Read a regular file of at most ``limit`` bytes; see :func:`open_regular`."""
    with open_regular(path, limit) as file:
        try:
            content = file.read(limit + 1)
        except OSError as error:
            raise DataFileError(f"{os.fspath(path)}: cannot be read ({_reason(error)})") from None
    if len(content) > limit:  # the file grew, or is a special file that reports size 0
        raise _too_large(path, limit)
    return content


def read_text(path: str | os.PathLike[str], limit: int, *, expected: str) -> str:
    """Read UTF-8 text with or without byte-order mark; ``expected`` ends the error message for anything else.

    Raises
    ------
    DataFileError
        As :func:`open_regular`, or the file is not text.

    """
    try:
        return read_bytes(path, limit).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataFileError(f"{os.fspath(path)}: is not text{expected}") from None


def _check(status: os.stat_result, path: str | os.PathLike[str], limit: int | None) -> None:
    for is_special, what in _SPECIAL:
        if is_special(status.st_mode):
            raise DataFileError(f"{os.fspath(path)}: cannot be read ({what})")
    if limit is not None and status.st_size > limit:
        raise _too_large(path, limit)


def _too_large(path: str | os.PathLike[str], limit: int) -> DataFileError:
    return DataFileError(f"{Path(path)}: is larger than {limit >> 20} MB, more than a file of this kind can hold")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
