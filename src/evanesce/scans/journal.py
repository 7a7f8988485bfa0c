"""Which chunks of a store are finished: one small file each, moved into place after the data of its chunk.

A missing chunk of Zarr reads as its fill value, and a chunk of fill values is not written at all: what is in the store
does not say what is done. The journal does. Its folder looks like a group of Zarr, so that other programs accept it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evanesce.errors import DataFileError

__all__ = ["Entry", "Journal"]

_GROUP: Final = '{"zarr_format": 3, "node_type": "group", "attributes": {}}'
_LOCK: Final = "lock"
_NEW: Final = ".new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A finished chunk."""

    options: str
    """Hash of the options of the scan."""
    sha256: str
    """Hash of the values."""
    failures: tuple[str, ...] = ()
    """Errors of single points."""


class Journal:
    """The folder ``journal`` of a store."""

    def __init__(self, store: Path) -> None:
        self._folder = store / "journal"

    @property
    def exists(self) -> bool:
        """Whether there is one."""
        return (self._folder / "zarr.json").is_file()

    def create(self) -> None:
        """Make an empty one."""
        self._folder.mkdir()
        (self._folder / "zarr.json").write_text(_GROUP, encoding="utf-8")
        (self._folder / _LOCK).touch()

    def add(self, number: int, entry: Entry) -> None:
        """Record that a chunk is finished; the entry is there completely or not at all."""
        text = json.dumps({"options": entry.options, "sha256": entry.sha256, "failures": list(entry.failures)})
        new = self._folder / f"{number}{_NEW}"
        with new.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path(number))

    def remove(self, number: int) -> None:
        """Forget a chunk."""
        self._path(number).unlink(missing_ok=True)

    def entries(self, count: int) -> dict[int, Entry]:
        """Every readable entry of a store with ``count`` chunks."""
        found = {number: _entry(self._path(number)) for number in range(count)}
        return {number: entry for number, entry in found.items() if entry is not None}

    def sweep(self) -> None:
        """Remove entries that an interrupted run did not move into place."""
        for left in self._folder.glob(f"*{_NEW}"):
            left.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Context in which this process alone writes the store.

        Raises
        ------
        DataFileError
            Another process writes it.

        """
        with (self._folder / _LOCK).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DataFileError(
                    f"store '{self._folder.parent}': another scan is writing it; wait, or name another store"
                ) from None
            yield

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.json"


def _entry(path: Path) -> Entry | None:
    """An entry, or None if it is missing or is not one."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        read: Any = json.loads(path.read_text(encoding="utf-8"))
        failures: Sequence[Any] = read["failures"]
        return Entry(options=str(read["options"]), sha256=str(read["sha256"]), failures=tuple(map(str, failures)))
    return None
