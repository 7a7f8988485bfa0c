"""Data files for Geant4: the official sets if they are installed, else stand-ins kept in the cache.

We look for the official sets in Geant4's environment variables (``G4LEDATA`` and so on), in ``GEANT4_DATA_DIR`` and in
``~/.geant4_pybind``. In the variables ``~`` is a home, and a relative path is relative to the working folder at the
start. Nothing is downloaded. Stand-ins are not valid below 1 GeV.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evanesce.cache import cache_folder, folder_variable
from evanesce.errors import DataFileError
from evanesce.inputs import read_bytes
from evanesce.scratch import scratch_folder

__all__ = ["ELECTROMAGNETIC", "HADRONIC", "DataSets", "find_data", "keep_stand_ins"]

ELECTROMAGNETIC: Final[Mapping[str, str]] = {
    "G4LEDATA": "G4EMLOW",
    "G4ENSDFSTATEDATA": "G4ENSDFSTATE",
    "G4LEVELGAMMADATA": "PhotonEvaporation",
}
"""Variable and name of each set that electromagnetic physics reads."""
HADRONIC: Final[Mapping[str, str]] = {**ELECTROMAGNETIC, "G4PARTICLEXSDATA": "G4PARTICLEXS"}
"""The same with hadronic physics."""
_ROOT: Final = "GEANT4_DATA_DIR"
_CHECKSUM: Final = "checksum"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSets:
    """Data sets for one run, and where they come from."""

    source: str
    """``official`` or ``stand-in``."""
    folders: Mapping[str, str]
    """Folder of each set by the variable that Geant4 reads."""
    root: str
    """An existing folder for ``GEANT4_DATA_DIR``: without it the bindings would offer a download."""
    version: str | None = None
    """Version of the stand-ins; the names of official sets contain their versions."""

    def environment(self) -> dict[str, str]:
        """Variables that must be set before Geant4 is imported."""
        return {_ROOT: self.root, **self.folders}

    def as_dict(self) -> dict[str, Any]:
        """Names and versions of the sets for the provenance of a result, without their folders."""
        names = sorted(Path(folder).name for folder in self.folders.values())
        note = {} if self.source == "official" else {"version": self.version, "valid": "particles above 1 GeV"}
        return {"source": self.source, "sets": names, **note}


def find_data(wanted: Mapping[str, str], stand_ins: Callable[[], Path], version: str | None = None) -> DataSets:
    """The official sets if all of ``wanted`` are installed, else the stand-ins of ``version`` made by ``stand_ins``.

    Raises
    ------
    DataFileError
        Some sets are installed, or ``GEANT4_DATA_DIR`` is set, but others are missing: sets are not mixed.

    """
    found = {variable: folder for variable, name in wanted.items() if (folder := _installed(variable, name))}
    missing = [name for variable, name in wanted.items() if variable not in found]
    if not missing:
        return DataSets(source="official", folders=found, root=str(Path(next(iter(found.values()))).parent))
    named = os.environ.get(_ROOT)
    if named or any(os.environ.get(variable) for variable in wanted):
        where = f"{_ROOT} = '{named}'" if named else "the variables of Geant4"
        raise DataFileError(
            f"geant4 data: {where} lacks {', '.join(missing)}; install them there, or unset it to use the stand-ins"
        )
    root = stand_ins()
    folders = {variable: str(root / name) for variable, name in wanted.items()}
    return DataSets(source="stand-in", folders=folders, root=str(root), version=version)


def _installed(variable: str, name: str) -> str | None:
    """Folder of one official set, the newest version of several."""
    own = folder_variable(variable)
    if own is not None:
        if not own.is_dir():
            raise DataFileError(f"geant4 data: {variable} = '{own}': is not a folder; correct it or unset it")
        return str(own)
    root = folder_variable(_ROOT) or _of_the_bindings()
    found = [path for path in root.glob(f"{name}[0-9]*") if path.is_dir()] if root and root.is_dir() else []
    versions = sorted(found, key=lambda path: [int(part) for part in re.findall(r"\d+", path.name)])
    return str(versions[-1]) if versions else None


def _of_the_bindings() -> Path | None:
    """Data folder of the bindings, None for a user without a home."""
    try:
        return Path.home() / ".geant4_pybind"
    except RuntimeError:
        return None


def keep_stand_ins(version: str, write: Callable[[Path], None]) -> Path:
    """Folder of the stand-ins of ``version`` in the user's cache, written by ``write`` if absent or damaged.

    We write to a temporary folder and rename it, so that readers see a complete folder or none, and writers do not
    collide.

    Raises
    ------
    DataFileError
        The cache cannot be written.

    """
    folder = cache_folder() / "geant4" / f"stand-in-{version}"
    if _is_sound(folder):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with scratch_folder(folder.parent) as scratch:
            own = scratch / folder.name
            own.mkdir()
            write(own)
            (own / _CHECKSUM).write_text(_checksum(own), encoding="ascii")
            _replace(own, folder, scratch)
    except DataFileError:
        raise
    except OSError as error:
        raise _unwritable(folder, error.strerror or str(error)) from None
    return folder


def _unwritable(folder: Path, why: str) -> DataFileError:
    return DataFileError(f"geant4 data: cannot write {folder} ({why}); make it writable or set EVANESCE_CACHE_DIR")


def _replace(own: Path, folder: Path, scratch: Path) -> None:
    """Rename the new folder; valid files of another writer are kept, and damaged ones are moved to ``scratch``."""
    for attempt in range(5):
        try:
            own.rename(folder)
        except OSError:
            if _is_sound(folder):
                return
            with contextlib.suppress(OSError):
                folder.rename(scratch / f"damaged-{attempt}")
        else:
            return
    raise _unwritable(folder, "the existing files cannot be replaced")


def _is_sound(folder: Path) -> bool:
    try:
        return read_bytes(folder / _CHECKSUM, 1024) == _checksum(folder).encode()
    except OSError:
        return False


def _checksum(folder: Path) -> str:
    """Hash of the names and contents of every file."""
    result = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != _CHECKSUM:
            result.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return result.hexdigest()
