"""Finished jobs in a file of JSON lines: what stops can go on, and nothing is simulated twice.

The first line is the configuration. Each further line is one job, written and flushed at once; a last line that was cut
off counts as absent.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from evanesce.errors import DataFileError, InvalidValueError

__all__ = ["JobStore"]


class JobStore:
    """An open store; a context manager that keeps others out.

    Raises
    ------
    DataFileError
        The file is something else, damaged, or in use.
    InvalidValueError
        It was made with another configuration.

    """

    def __init__(self, path: Path, configuration: Mapping[str, Any]) -> None:
        self._path = path
        self._configuration = json.loads(json.dumps(configuration))
        self._file: IO[bytes] | None = None
        self.finished: dict[int, dict[str, Any]] = {}

    def __enter__(self) -> JobStore:
        self._file = self._path.open("a+b")
        try:
            self._lock(self._file)
            self._read(self._file)
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._file is not None:
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
        if sound != content:  # cut off in the middle of a line
            file.truncate(len(sound))
        entries = list(self._entries(sound))
        if not entries:
            self._append({"configuration": self._configuration})
            return
        known = entries[0].get("configuration")
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
        with contextlib.suppress(KeyError):
            self.finished = {entry["job"]: entry for entry in entries[1:]}

    def _entries(self, content: bytes) -> Iterator[dict[str, Any]]:
        for line in content.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                entry = None
            if not isinstance(entry, dict):
                raise DataFileError(f"store '{self._path}': is no store of this command, name another file")
            yield entry

    def _append(self, entry: Mapping[str, Any]) -> None:
        if self._file is None:
            raise DataFileError(f"store '{self._path}': is not open")
        self._file.write(json.dumps(entry, allow_nan=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
