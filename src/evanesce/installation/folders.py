"""Folders that evanesce writes to, with their size."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evanesce.cache import cache_folder
from evanesce.errors import EvanesceError
from evanesce.user_data import data_folder

__all__ = ["FolderFacts", "state_of_folders"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFacts:
    """A folder, or one kind of results inside it."""

    name: str
    path: str | None
    """Absolute path; None if there is no place for it."""
    files: int = 0
    bytes: int = 0
    problem: str = ""
    """Why it cannot be used, empty if it can."""


def state_of_folders() -> tuple[FolderFacts, ...]:
    """The cache, each kind of results in it, and the user's own data; nothing is made or changed."""
    cache = _folder("cache", cache_folder)
    kinds = []
    if cache.path is not None and Path(cache.path).is_dir() and not cache.problem:
        inside = sorted(entry for entry in Path(cache.path).iterdir() if entry.is_dir())
        kinds = [_measured(f"cache: {entry.name}", entry) for entry in inside]
    return (cache, *kinds, _folder("your data", data_folder))


def _folder(name: str, find: Callable[[], Path]) -> FolderFacts:
    try:
        return _measured(name, find())
    except EvanesceError as error:
        return FolderFacts(name=name, path=None, problem=str(error))


def _measured(name: str, folder: Path) -> FolderFacts:
    """Count files and bytes below a folder; one that does not exist has none, and is made when it is needed."""
    sizes = []
    for top, _, names in os.walk(folder):
        for each in names:
            try:
                sizes.append(Path(top, each).lstat().st_size)
            except OSError:  # another program removed it meanwhile
                continue
    return FolderFacts(name=name, path=str(folder), files=len(sizes), bytes=sum(sizes), problem=_unusable(folder))


def _unusable(folder: Path) -> str:
    standing = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    if not standing.is_dir():
        return f"'{standing}' is not a folder"
    return "" if os.access(standing, os.W_OK | os.X_OK) else f"'{standing}' cannot be written to"
