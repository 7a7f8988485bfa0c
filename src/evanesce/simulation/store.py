"""Finished jobs in a file of JSON lines: what stops can go on, and nothing is simulated twice.

The first line is the configuration. Each further line is one job, written and flushed at once; a last line that was cut
off counts as absent, with a warning.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from evanesce.errors import DataFileError, InvalidValueError

__all__ = ["JobStore"]


class JobStore:
    """An open store; a context manager that keeps others out. Every job has the entries ``names`` in its result.

    Raises
    ------
    DataFileError
        The file is something else, damaged, in use, or cannot be written.
    InvalidValueError
        It was made with another configuration.

    """

    def __init__(self, path: Path, configuration: Mapping[str, Any], names: Collection[str] = ()) -> None:
        self._path = path
        self._names = names
        self._configuration = json.loads(json.dumps(configuration))
        self._file: IO[bytes] | None = None
        self.finished: dict[int, dict[str, Any]] = {}

    def __enter__(self) -> JobStore:
        try:
            self._file = self._path.open("a+b")
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            self._lock(self._file)
            self._read(self._file)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):  # what could not be written has been reported
                self._file.close()

    def add(self, number: int, histories: int, result: Mapping[str, Any]) -> None:
        """Keep a finished job."""
        entry = {"job": number, "histories": histories, **result}
        self._append(entry)
        self.finished[number] = entry

    def _lock(self, file: IO[bytes]) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataFileError(f"store '{self._path}': another run is writing it, wait or name another") from None

    def _read(self, file: IO[bytes]) -> None:
        file.seek(0)
        content = file.read()
        sound = content[: content.rfind(b"\n") + 1]
        if sound != content and not (sound or content.startswith(b'{"configuration"')):
            raise DataFileError(f"store '{self._path}': is no store of this command, name another file")
        first, *lines = sound.splitlines() or [b""]
        if sound:
            self._check_configuration(_entry(first).get("configuration"))
        jobs = [self._job(number, line) for number, line in enumerate(lines, start=2)]
        self.finished = {entry["job"]: entry for entry in jobs}
        if sound != content:  # cut off in the middle of a line
            file.truncate(len(sound))
        if not sound:
            self._append({"configuration": self._configuration})
        elif sound != content:
            warnings.warn(
                f"store '{self._path}': line {len(lines) + 2} was cut off, its job is simulated again", stacklevel=4
            )

    def _check_configuration(self, known: Any) -> None:
        if not isinstance(known, dict):
            raise DataFileError(f"store '{self._path}': is no store of this command, name another file")
        changed = sorted(
            key for key in known.keys() | self._configuration.keys() if known.get(key) != self._configuration.get(key)
        )
        if changed:
            raise InvalidValueError(
                f"store '{self._path}': was made with another {', '.join(changed)}, "
                "give the same options or name another store"
            )

    def _job(self, number: int, line: bytes) -> dict[str, Any]:
        """One finished job."""
        entry = _entry(line)
        numbers = all(type(entry.get(name)) is int for name in ("job", "histories"))
        if not (numbers and all(name in entry for name in self._names)):
            raise DataFileError(
                f"store '{self._path}': line {number} is no finished job, remove the line (its job is then simulated "
                "again) or name another store"
            )
        return entry

    def _append(self, entry: Mapping[str, Any]) -> None:
        if self._file is None:
            raise DataFileError(f"store '{self._path}': is not open")
        try:
            self._file.write(json.dumps(entry, allow_nan=False).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> DataFileError:
        return DataFileError(
            f"store '{self._path}': cannot be written ({error.strerror}), name a file in a folder that can"
        )


def _entry(line: bytes) -> dict[str, Any]:
    """A line as a mapping, an empty one if it is none."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
