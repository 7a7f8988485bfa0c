"""Finished jobs in a file of JSON lines: an interrupted run can continue, and no job is simulated twice.

The first line is the configuration. Each further line is one job, written and flushed at once. A last line that was cut
off is ignored with a warning. A line that is not a job of this run, or repeats one, is refused with its number.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import stat
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from evanesce.errors import DataFileError, InvalidValueError

__all__ = ["JobStore"]

_LARGEST: Final = 2 << 30
"""Largest size of a store in bytes: some ten million events."""


class JobStore:
    """An open store; a context manager that locks the file.

    ``check`` is called for every job that is read, and raises a ValueError for a wrong one.

    Raises
    ------
    DataFileError
        The file is not a store, is damaged, is in use, or cannot be written.
    InvalidValueError
        The store was made with another configuration.

    """

    def __init__(
        self, path: Path, configuration: Mapping[str, Any], check: Callable[[Mapping[str, Any]], None] | None = None
    ) -> None:
        self._path = path
        self._check = check
        self._configuration = json.loads(json.dumps(configuration))
        self._file: IO[bytes] | None = None
        self.finished: dict[tuple[int, int], dict[str, Any]] = {}
        """Jobs by number and histories: the last job of a run may have fewer than the same job of a longer one."""

    def __enter__(self) -> JobStore:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):  # opening it raises the error
            self._look_at(self._path.stat())
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
            with contextlib.suppress(OSError):  # the error of writing has been reported
                self._file.close()

    def add(self, number: int, histories: int, result: Mapping[str, Any]) -> None:
        """Append a finished job."""
        entry = {"job": number, "histories": histories, **result}
        self._append(entry)
        self.finished[number, histories] = entry

    def _look_at(self, status: os.stat_result) -> None:
        """Raise before opening a file that never ends or does not fit into memory."""
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise DataFileError(f"store '{self._path}': is a pipe or a device; name a regular file")
        if status.st_size > _LARGEST:
            raise DataFileError(f"store '{self._path}': is larger than {_LARGEST >> 30} GB; name another file")

    def _lock(self, file: IO[bytes]) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataFileError(f"store '{self._path}': another run is writing it; wait or name another") from None
        except OSError as error:
            raise self._unwritable(error) from None

    def _read(self, file: IO[bytes]) -> None:
        file.seek(0)
        content = file.read()
        sound = content[: content.rfind(b"\n") + 1]
        if sound != content and not (sound or content.startswith(b'{"configuration"')):
            raise DataFileError(f"store '{self._path}': is not a store of this command; name another file")
        first, *lines = sound.splitlines() or [b""]
        if sound:
            self._check_configuration(_entry(first).get("configuration"))
        self.finished = self._jobs(lines)
        if sound != content:  # cut off in the middle of a line
            file.truncate(len(sound))
        if not sound:
            self._append({"configuration": self._configuration})
        elif sound != content:
            warnings.warn(
                f"store '{self._path}': line {len(lines) + 2} was cut off; its job is simulated again", stacklevel=4
            )

    def _check_configuration(self, known: Any) -> None:
        if not isinstance(known, dict):
            raise DataFileError(f"store '{self._path}': is not a store of this command; name another file")
        changed = sorted(
            key for key in known.keys() | self._configuration.keys() if known.get(key) != self._configuration.get(key)
        )
        if changed:
            raise InvalidValueError(
                f"store '{self._path}': was made with another {', '.join(changed)}, "
                "give the same options or name another store"
            )

    def _jobs(self, lines: list[bytes]) -> dict[tuple[int, int], dict[str, Any]]:
        """Finished jobs of the lines after the first."""
        seen: dict[tuple[int, int], int] = {}
        jobs: dict[tuple[int, int], dict[str, Any]] = {}
        for number, line in enumerate(lines, start=2):
            entry = _entry(line)
            try:
                if not all(type(entry.get(name)) is int and entry[name] >= 0 for name in ("job", "histories")):
                    raise ValueError("it must have the numbers 'job' and 'histories'")
                if self._check is not None:
                    self._check(entry)
                key = entry["job"], entry["histories"]
                if key in seen:
                    raise ValueError(f"job {key[0]} is in line {seen[key]} already")
            except ValueError as error:
                raise DataFileError(
                    f"store '{self._path}': line {number} is not a finished job of this run ({error}): remove the line "
                    "(its job is simulated again) or name another store"
                ) from None
            seen[key], jobs[key] = number, entry
        return jobs

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
    """A line as a mapping; empty if it is not one."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) else {}
