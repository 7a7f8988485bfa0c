"""Files that are written completely or not at all, and scratch folders that are always cleaned up.

A process removes its scratch folder at the end, except after ``kill -9`` or a crash. The name contains the process
number; the next scratch folder made in the same place removes those of dead processes. Folders of other users, other
machines and running processes are left alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

__all__ = ["HIDDEN", "place_of", "replacing", "scratch_folder"]

HIDDEN: Final = ".evanesce-"
"""Prefix of scratch folders next to a file."""
_POSIX: Final = os.name == "posix"
_PERMISSIONS: Final = 0o777
_FIRST_NAMESPACE: Final = "pid:[4026531836]"
"""Namespace of process numbers of Linux itself, not of a container."""
_STATE, _START = 0, 19
"""Fields of ``/proc/PID/stat`` after the name of the program: its state, and its start in ticks since boot."""


@contextmanager
def scratch_folder(parent: Path, prefix: str = HIDDEN) -> Iterator[Path]:
    """Make a folder of this process in ``parent``, removed at the end; folders of dead processes are removed first.

    Raises
    ------
    OSError
        The folder cannot be made.

    """
    prefix = f"{prefix}{_machine()}-"
    _sweep(parent, prefix)
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-{_started(os.getpid()) or 0}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path whose file replaces ``path`` if the context ends without error, else is removed.

    Links are followed, even to a file that does not exist yet: the target is replaced and the link stays. The new file
    has the permissions of the old one.

    Raises
    ------
    OSError
        The file cannot be written, or ``path`` is not a regular file.

    """
    target = place_of(path)
    with scratch_folder(target.parent) as folder:
        staged = folder / path.name
        yield staged
        with contextlib.suppress(FileNotFoundError):
            staged.chmod(target.stat().st_mode & _PERMISSIONS)
        staged.replace(target)


def place_of(path: Path) -> Path:
    """Return the final target of an output path, with links followed.

    Raises
    ------
    OSError
        The target is a folder, not a regular file, or write-protected.

    """
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(None, "is a folder")
    if not stat.S_ISREG(mode):
        raise OSError(None, "is not a regular file")
    if not os.access(target, os.W_OK):
        raise PermissionError(None, "exists and is write-protected")
    return target


def _sweep(parent: Path, prefix: str) -> None:
    """Remove the scratch folders of dead processes of this user on this machine."""
    if not _POSIX:
        return
    pattern = re.compile(re.escape(prefix) + r"(\d{1,10})-(\d{1,20})-")
    with contextlib.suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            name = pattern.match(entry.name)
            if name is None:
                continue
            with contextlib.suppress(OSError):
                own = entry.stat(follow_symlinks=False).st_uid == os.geteuid()
                if own and entry.is_dir(follow_symlinks=False) and _is_gone(int(name[1]), int(name[2])):
                    shutil.rmtree(entry.path, ignore_errors=True)


def _machine() -> str:
    """Eight letters that identify the machine, or the container on it, in which a process number is valid."""
    parts = [platform.node(), _said_by("/etc/machine-id")]  # host names may be equal, as "localhost"
    with contextlib.suppress(OSError):
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - it names no file
        if namespace != _FIRST_NAMESPACE:  # containers of two machines may have equal names
            parts += [namespace, _said_by("/proc/sys/kernel/random/boot_id")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _said_by(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _is_gone(process: int, started: int) -> bool:
    """Whether a process has ended; its number may have been reused since."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # another user's, so it runs
        return False
    now = _started(process)
    return now is not None and started != 0 and now != started


def _started(process: int) -> int | None:
    """Start time of a process in ticks since boot; None if the system does not provide it, -1 for a dead process."""
    try:
        fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        return -1 if fields[_STATE] in (b"Z", b"X") else int(fields[_START])
    except (OSError, ValueError, IndexError):
        return None
