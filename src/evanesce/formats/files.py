"""Event files: the suffix of the name selects the format, one module per format.

    with writer("events.lhe.gz") as file:
        file.write(batch)  # any number of batches

A format is a class in a module of this folder, registered under each of its suffixes (``@WRITERS.register(".lhe")``)
and made as ``Format(path, run)``. It has the methods ``write`` and ``close`` (:class:`EventFile`) and loads its
libraries in its constructor, not when its module is imported. This module does the rest: it checks batches, writes to a
temporary file and renames it at the end, so that there is a complete file or none.
"""

from __future__ import annotations

import contextlib
import gzip
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, Protocol

import numpy as np

from evanesce.errors import DataFileError, InvalidValueError, MissingExtraError, install, unknown_name
from evanesce.formats.record import EventBatch
from evanesce.formats.run import RunInfo
from evanesce.registry import Registry
from evanesce.scratch import place_of, replacing, scratch_folder

__all__ = [
    "WRITERS",
    "EventFile",
    "EventWriter",
    "check_output",
    "is_zipped",
    "library",
    "one_line",
    "packed",
    "suffix_of",
    "writer",
]


class EventFile(Protocol):
    """A format: a class made with the path of a new file and the description of the run."""

    def __init__(self, path: Path, run: RunInfo) -> None: ...

    def write(self, batch: EventBatch) -> None:
        """Append the events of a batch; particles may differ from batch to batch."""
        ...

    def close(self) -> None:
        """Finish the file; called once, also after an error in ``write``."""
        ...


WRITERS: Final[Registry[EventFile]] = Registry("event format", "evanesce.formats")
"""Formats by suffix, with the dot."""


class EventWriter:
    """The object that :func:`writer` returns."""

    def __init__(self, file: EventFile, path: Path) -> None:
        self._file = file
        self._path = path
        self.events = 0
        """Number of events so far."""

    def write(self, batch: EventBatch) -> None:
        """Append a batch.

        Raises
        ------
        InvalidValueError
            A weight, momentum, mass or position that is not finite.
        DataFileError
            The file cannot be written to.

        """
        for name in ("weight", "momentum", "mass", "position"):
            bad = ~np.isfinite(getattr(batch, name))
            if bad.any():
                first = self.events + int(np.argmax(bad.reshape(len(batch), -1).any(axis=1)))
                raise InvalidValueError(f"'{self._path}': event {first + 1}: its {name} is not finite")
        with _reported(self._path):
            self._file.write(batch)
        self.events += len(batch)


@contextmanager
def writer(path: str | Path, run: RunInfo | None = None) -> Iterator[EventWriter]:
    """Open an event file for writing; it appears under its name only if the context ends without error.

    Raises
    ------
    UnknownNameError
        A suffix without a format.
    MissingExtraError
        The format needs a library that is not installed.
    DataFileError
        The file cannot be written.
    InvalidValueError
        No event was written, or a number is not finite.

    """
    path = Path(path)
    kind = WRITERS.get(suffix_of(path))
    with contextlib.ExitStack() as stack:
        with _reported(path):
            staged = stack.enter_context(replacing(path))
            file = kind(staged, run or RunInfo())
        out = EventWriter(file, path)
        try:
            yield out
            if out.events == 0:
                raise InvalidValueError(f"'{path}': no events, nothing is written")
        except BaseException:
            with contextlib.suppress(Exception):
                file.close()
            raise
        with _reported(path):
            file.close()
            stack.close()


def check_output(path: str | Path) -> None:
    """Raise the errors of :func:`writer` for an output path, before a long computation.

    Raises
    ------
    UnknownNameError
        A suffix without a format.
    DataFileError
        The file cannot be written.

    """
    suffix_of(path)
    with _reported(Path(path)), scratch_folder(place_of(Path(path)).parent):
        pass


def library(name: str, format_name: str) -> Any:
    """Import the library of a format.

    Raises
    ------
    MissingExtraError
        The library is not installed.

    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError(
            f"{format_name} files need {name.partition('.')[0]}, which is not installed: {install('events')}"
        ) from None


def is_zipped(path: Path) -> bool:
    """Whether the name ends in ``.gz``."""
    return path.name.lower().endswith(".gz")


def packed(raw: IO[bytes], path: Path) -> IO[bytes] | gzip.GzipFile:
    """Return ``raw`` itself, or a gzip stream into it if the name ends in ``.gz``; equal content gives equal bytes."""
    if not is_zipped(path):
        return raw
    return gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0)


def one_line(value: str) -> str:
    """Text on one line, without the characters that begin or end a tag or a comment."""
    plain = " ".join(value.replace("\\", "/").split())
    return plain.replace("--", "-").replace("<", "(").replace(">", ")")


def suffix_of(path: str | Path) -> str:
    """Return the suffix of an event file, as ``.lhe.gz``.

    Raises
    ------
    UnknownNameError
        A suffix without a format.

    """
    name = Path(path).name.lower()
    fitting = [suffix for suffix in WRITERS.names() if name.endswith(suffix) and name != suffix]
    if not fitting:
        raise unknown_name("event format", "".join(Path(name).suffixes) or name, WRITERS.names())
    return max(fitting, key=len)


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Convert errors of the system into one-line messages."""
    try:
        yield
    except DataFileError:
        raise
    except OSError as error:
        raise DataFileError(f"cannot write '{path}': {error.strerror or error}") from None
