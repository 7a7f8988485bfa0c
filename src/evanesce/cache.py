"""Arrays cached on disk between runs: identified by a hash, written atomically, checked when read.

The folder is ``$EVANESCE_CACHE_DIR``, else ``$XDG_CACHE_HOME/evanesce``, else ``~/.cache/evanesce``; for a user without
a home, as in some containers, a private folder among the temporary files. A file that is damaged, unreadable or has
the wrong content is treated as absent and written again. If the folder cannot be written to, results are computed
again. Threads that need the same arrays at the same time compute them once.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

import numpy as np

from evanesce.errors import DataFileError
from evanesce.inputs import STORE_BYTES, read_bytes
from evanesce.memo import Memo
from evanesce.scratch import scratch_folder
from evanesce.validation import FloatArray

__all__ = ["Layout", "cache_folder", "cached", "digest", "folder_variable"]

Layout: TypeAlias = Mapping[str, tuple[int | str, ...]]
"""Shape of each array: a length is a number, or a word that has the same value in every array, as ``panels`` and
``panels+1``."""
_CHECKSUM: Final[int] = hashlib.sha256().digest_size
_LENGTH: Final = re.compile(r"(?P<word>\w+?)(\+(?P<more>\d+))?")
_UNREADABLE: Final = (
    ValueError,
    KeyError,
    EOFError,
    OSError,
    RuntimeError,
    MemoryError,
    zipfile.BadZipFile,
    zlib.error,
)
"""Exceptions that numpy raises for a file of another format."""
_RUNNING: Final[Memo[dict[str, FloatArray]]] = Memo(maxsize=0)


class _NoFolderError(DataFileError):
    """There is no place for a cache, and the user has not set one."""


def cache_folder() -> Path:
    """Absolute path of the cache folder; it need not exist.

    Variables are read by :func:`folder_variable`, except that a relative ``XDG_CACHE_HOME`` is ignored, as its
    specification requires.

    Raises
    ------
    DataFileError
        ``EVANESCE_CACHE_DIR`` cannot be resolved, or a user without a home has no temporary folder either.

    """
    own = folder_variable("EVANESCE_CACHE_DIR")
    if own is not None:
        return own
    if os.environ.get("XDG_CACHE_HOME", "").startswith(("/", "~")):
        shared = folder_variable("XDG_CACHE_HOME")
        if shared is not None:
            return shared / "evanesce"
    try:
        home = Path.home()
    except RuntimeError:
        return _of_the_homeless()
    return Path(os.path.abspath(home)) / ".cache" / "evanesce"  # noqa: PTH100 - links stay as they are


def folder_variable(name: str) -> Path | None:
    """Return the folder named by an environment variable, None if it is unset or empty.

    ``~`` and ``~user`` are expanded. A relative path is relative to the working folder at the first call, so that it
    always means the same folder.

    Raises
    ------
    DataFileError
        No home is known for ``~`` or ``~user``.

    """
    value = os.environ.get(name)
    if not value:
        return None
    try:
        return _absolute(str(Path(value).expanduser()))
    except RuntimeError:
        raise DataFileError(
            f"{name} = '{value}': no home is known for '{value.partition('/')[0]}', give the path in full"
        ) from None


def digest(*parts: object) -> str:
    """A hash of all parts; floats enter with every digit.

    >>> digest("CsI", 1.86) == digest("CsI", 1.86), digest(1.0) == digest(1)
    (True, False)
    """
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def cached(
    kind: str, key: str, compute: Callable[[], Mapping[str, FloatArray]], *, layout: Layout
) -> dict[str, FloatArray]:
    """Arrays by name, read from the file of this ``kind`` and ``key``, or computed and written there.

    A file whose names, shapes or types differ from ``layout`` is treated as absent.

    Raises
    ------
    TypeError
        The computed arrays do not have this layout, a mistake of the caller.

    """
    try:
        folder = cache_folder()
    except _NoFolderError:
        return dict(compute())
    path = folder / kind / f"{key}.npz"
    return dict(_RUNNING.get(path, lambda: _read_or_compute(path, compute, layout)))


def _read_or_compute(
    path: Path, compute: Callable[[], Mapping[str, FloatArray]], layout: Layout
) -> dict[str, FloatArray]:
    found = _read(path)
    if found is not None and _fits(found, layout):
        return found
    arrays = dict(compute())
    if not _fits(arrays, layout):
        shapes = {name: np.shape(array) for name, array in arrays.items()}
        raise TypeError(f"cache '{path.parent.name}': computed {shapes}, and the layout is {dict(layout)}")
    with contextlib.suppress(OSError):
        _write(path, arrays)
    return arrays


def _read(path: Path) -> dict[str, FloatArray] | None:
    try:
        content = read_bytes(path, STORE_BYTES)
    except OSError:
        return None
    body, checksum = content[:-_CHECKSUM], content[-_CHECKSUM:]
    if hashlib.sha256(body).digest() != checksum or not zipfile.is_zipfile(io.BytesIO(body)):
        return None
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except _UNREADABLE:
        return None


def _fits(arrays: Mapping[str, Any], layout: Layout) -> bool:
    """Whether names, shapes and types are as expected."""
    lengths: dict[str, int] = {}
    if arrays.keys() != layout.keys():
        return False
    for name, expected in layout.items():
        array = arrays[name]
        if not isinstance(array, np.ndarray) or array.dtype != np.float64 or array.ndim != len(expected):
            return False
        for length, wanted in zip(array.shape, expected, strict=True):
            if isinstance(wanted, int):
                if length != wanted:
                    return False
                continue
            word = _LENGTH.fullmatch(wanted)
            if word is None:
                raise TypeError(f"length '{wanted}': must be a word, or one as panels+1")
            base = length - int(word["more"] or 0)
            if base < 1 or lengths.setdefault(word["word"], base) != base:
                return False
    return True


def _write(path: Path, arrays: Mapping[str, FloatArray]) -> None:
    """Write through a temporary file: readers see a complete file or none, and writers do not collide."""
    buffer = io.BytesIO()
    np.savez(buffer, **cast("dict[str, Any]", dict(arrays)))
    body = buffer.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    with scratch_folder(path.parent) as folder:
        staged = folder / path.name
        staged.write_bytes(body + hashlib.sha256(body).digest())
        staged.replace(path)


@lru_cache(maxsize=16)
def _absolute(value: str) -> Path:
    return Path(os.path.abspath(value))  # noqa: PTH100 - links stay as they are


def _of_the_homeless() -> Path:
    """A private folder among the temporary files, for a user without a home."""
    folder = Path(tempfile.gettempdir()) / f"evanesce-cache-{os.geteuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError as error:
        raise _NoFolderError(
            f"cache: you have no home and '{folder}' cannot be made ({error.strerror}); set EVANESCE_CACHE_DIR"
        ) from None
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise _NoFolderError(
            f"cache: you have no home and '{folder}' is not private; set EVANESCE_CACHE_DIR to a folder that is"
        )
    return folder
