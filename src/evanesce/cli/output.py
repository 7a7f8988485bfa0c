"""Output of commands: strict JSON, or aligned tables.

Outside a terminal a table is plain text, as wide as its numbers need; nothing is cut off.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final, TypeAlias, cast

from evanesce.representation import strict

__all__ = [
    "Step",
    "Table",
    "knows_unicode",
    "patience",
    "progress",
    "say",
    "write",
    "write_json",
    "write_report",
]

Step: TypeAlias = Callable[[str, int, int | None], None]
"""Called with the name of the work, the finished part and the total."""
_NARROWEST_TEXT: Final = 12
"""Columns of text may be folded down to this width on a terminal."""
_GAP: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under column headings; numbers are aligned to the right, text to the left."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]

    def cells(self) -> list[list[str]]:
        """Every cell as text."""
        return [[_cell(value) for value in row] for row in self.rows]

    def numeric(self) -> list[bool]:
        """Which columns hold numbers only."""
        return [
            any(_is_number(row[i]) for row in self.rows)
            and all(row[i] is None or _is_number(row[i]) for row in self.rows)
            for i in range(len(self.columns))
        ]


def write_json(data: object) -> None:
    """Write ``data`` as one line of strict JSON: a number that is not finite becomes null."""
    write(json.dumps(strict(data), allow_nan=False) + "\n")


def write_report(*blocks: str | Table) -> None:
    """Write paragraphs and tables, separated by empty lines."""
    write("\n".join(block + "\n" if isinstance(block, str) else _table(block) for block in blocks))


@contextmanager
def patience(description: str, seconds: float = 2.0) -> Iterator[None]:
    """Context that reports work in progress on standard error, if that is a terminal, after some ``seconds``."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    done = threading.Event()

    def wait() -> None:
        if not done.wait(seconds):
            with progress() as step:
                step(description, 0, None)
                done.wait()

    watcher = threading.Thread(target=wait, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


@contextmanager
def progress() -> Iterator[Step]:
    """Draw a progress bar on standard error if that is a terminal; errors of a closed terminal are ignored."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _description, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(file=cast("IO[str]", _Lasting(sys.stderr))), transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda description, done, total: bars.update(task, description=description, completed=done, total=total)


def write(text: str) -> None:
    """Write ``text`` to standard output; a closed pipe is not an error.

    Raises
    ------
    OSError
        Standard output cannot be written to.

    """
    if sys.stdout is None:
        raise OSError(errno.EBADF, "is closed", "standard output")
    try:
        try:
            sys.stdout.write(text)
        except UnicodeEncodeError:
            encoding = sys.stdout.encoding
            sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        _discard(sys.stdout)
    except OSError as error:
        _discard(sys.stdout)
        raise OSError(error.errno, error.strerror, "standard output") from None


def knows_unicode() -> bool:
    """Whether standard output can encode every letter."""
    encoding = (sys.stdout.encoding if sys.stdout is not None else None) or "utf-8"
    return encoding.lower().startswith("utf")


def say(text: str) -> None:
    """Write ``text`` as one plain line to standard error; failures are ignored."""
    line = " ".join(text.split())
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    if sys.stderr is not None:  # None when it was closed
        encoding = sys.stderr.encoding or "utf-8"
        _Lasting(sys.stderr).write(f"evanesce: {plain}\n".encode(encoding, "backslashreplace").decode(encoding))


class _Lasting:
    """A stream for messages that ignores write errors."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write as much as possible."""
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            with contextlib.suppress(OSError):  # not a file
                _discard(self._stream)
        return len(text)

    def flush(self) -> None:
        """See :meth:`write`."""
        self.write("")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _discard(stream: IO[str]) -> None:
    """Redirect the stream to nowhere, so that the interpreter's flush at exit cannot fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _table(table: Table) -> str:
    text = _plain(table)
    if sys.stdout is None or not sys.stdout.isatty():
        return text
    widths = [max(map(len, column)) for column in zip(table.columns, *table.cells(), strict=True)]
    needed = sum(
        width if number else min(width, _NARROWEST_TEXT) for width, number in zip(widths, table.numeric(), strict=True)
    )
    room = shutil.get_terminal_size().columns
    return _rich(table) if needed + 2 * _GAP * len(widths) <= room else text


def _plain(table: Table) -> str:
    rows = [list(table.columns), *table.cells()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numeric = table.numeric()
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numeric, strict=True)
        ]
        lines.append((" " * _GAP).join(cells).rstrip() + "\n")
    return "".join(lines)


def _rich(table: Table) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name, number in zip(table.columns, table.numeric(), strict=True):
        drawn.add_column(Text(name), justify="right" if number else "left", no_wrap=number, overflow="fold")
    for row in table.cells():
        drawn.add_row(*map(Text, row))
    console = Console(highlight=False)
    with console.capture() as capture:
        console.print(drawn)
    return capture.get().strip("\n") + "\n"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _cell(value: object) -> str:
    if value is None or value != value:  # NaN
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.5g}"
    return " ".join(str(value).split())
