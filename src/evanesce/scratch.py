"""Files that appear whole or not at all, and folders that do not outlive their process by more than one run.

Whoever makes a scratch folder removes it, whatever happens, except after ``kill -9`` or a crash. Its name says which
process it belongs to; the next scratch folder in the same place removes those whose process is gone. Folders of other
users, of other machines and of processes that still run are left alone.
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
"""Start of the names of scratch folders beside a file."""
_POSIX: Final = os.name == "posix"
_PERMISSIONS: Final = 0o777
_FIRST_NAMESPACE: Final = "pid:[4026531836]"
"""Of process numbers: that of Linux itself, not of a container."""
_STATE, _START = 0, 19
"""Fields of ``/proc/PID/stat`` after the name of the program: its state, and its start in ticks since boot."""


@contextmanager
def scratch_folder(parent: Path, prefix: str = HIDDEN) -> Iterator[Path]:
    """Make a folder of this process in ``parent``, removed at the end; what dead processes left there goes first.

    Raises
    ------
    OSError
        It cannot be made.

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
    """Yield a place for a file that becomes ``path`` when the context ends well, and vanishes otherwise.

    A link is followed, to a place where nothing is yet too: the file it names is replaced and the link stays. The
    new file has the permissions of the old one.

    Raises
    ------
    OSError
        The file cannot be written, or what is there is no regular file.

    """
    target = place_of(path)
    with scratch_folder(target.parent) as folder:
        staged = folder / path.name
        yield staged
        with contextlib.suppress(FileNotFoundError):
            staged.chmod(target.stat().st_mode & _PERMISSIONS)
        staged.replace(target)


def place_of(path: Path) -> Path:
    """Return where an output named ``path`` goes: the end of its links.

    Raises
    ------
    OSError
        What is there is a folder, no regular file, or must not be written to.

    """
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(None, "is a folder")
    if not stat.S_ISREG(mode):
        raise OSError(None, "is no regular file")
    if not os.access(target, os.W_OK):
        raise PermissionError(None, "is there and must not be written to")
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
    """Eight letters for where the number of a process means something: a machine, or a container on it."""
    parts = [platform.node(), _said_by("/etc/machine-id")]  # names of machines may be equal: "localhost"
    with contextlib.suppress(OSError):
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - it names no file
        if namespace != _FIRST_NAMESPACE:  # and containers of two machines may be alike
            parts += [namespace, _said_by("/proc/sys/kernel/random/boot_id")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _said_by(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _is_gone(process: int, started: int) -> bool:
    """Whether a process has ended; its number may have gone to another since then."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # another user's, so it runs
        return False
    now = _started(process)
    return now is not None and started != 0 and now != started


def _started(process: int) -> int | None:
    """When a process started, in ticks since boot; None where the system does not say, -1 for one that is dead."""
    try:
        fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        return -1 if fields[_STATE] in (b"Z", b"X") else int(fields[_START])
    except (OSError, ValueError, IndexError):
        return None
