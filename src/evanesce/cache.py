"""Arrays kept on disk between runs: keyed by a hash, written atomically, checked when read.

The folder is ``$EVANESCE_CACHE_DIR``, else ``$XDG_CACHE_HOME/evanesce``, else ``~/.cache/evanesce``. A file that is
damaged or unreadable counts as absent, and a folder that cannot be written to costs time, never a result.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from evanesce.validation import FloatArray

__all__ = ["cache_folder", "cached", "digest"]

_CHECKSUM: Final[int] = hashlib.sha256().digest_size


def cache_folder() -> Path:
    """Where results are kept; it need not exist."""
    own = os.environ.get("EVANESCE_CACHE_DIR")
    if own:
        return Path(own)
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "evanesce"


def digest(*parts: object) -> str:
    """A key from everything that matters; floats enter with every digit.

    >>> digest("CsI", 1.86) == digest("CsI", 1.86), digest(1.0) == digest(1)
    (True, False)
    """
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def cached(kind: str, key: str, compute: Callable[[], Mapping[str, FloatArray]]) -> dict[str, FloatArray]:
    """Arrays by name, from the file of this ``kind`` and ``key``, or computed and kept there."""
    try:
        path = cache_folder() / kind / f"{key}.npz"
    except RuntimeError:  # nobody's home: no folder to keep it in
        return dict(compute())
    found = _read(path)
    if found is not None:
        return found
    arrays = dict(compute())
    with contextlib.suppress(OSError):
        _write(path, arrays)
    return arrays


def _read(path: Path) -> dict[str, FloatArray] | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    body, checksum = content[:-_CHECKSUM], content[-_CHECKSUM:]
    if hashlib.sha256(body).digest() != checksum:
        return None
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (ValueError, zipfile.BadZipFile):
        return None


def _write(path: Path, arrays: Mapping[str, FloatArray]) -> None:
    """Through a file of its own in the same folder: a reader sees all of it or none, writers do not meet."""
    buffer = io.BytesIO()
    np.savez(buffer, **cast("dict[str, Any]", dict(arrays)))
    body = buffer.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body + hashlib.sha256(body).digest())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
