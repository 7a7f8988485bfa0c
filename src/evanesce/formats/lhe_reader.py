"""Reading Les Houches event files, plain or gzip, a few megabytes at a time.

A block of whole events becomes arrays at once. Where that fails the block is read again line by line, which takes
whatever the standard allows and names the line that is wrong. It is not *pylhe*, which reads event by event, takes no
Fortran exponents, cuts 1.5 down to 1 where a whole number belongs, and does not know the line of an error.
"""

from __future__ import annotations

import gzip
import math
import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, NoReturn, cast

import numpy as np
import numpy.typing as npt

from evanesce.errors import DataFileError
from evanesce.validation import FloatArray

__all__ = ["LheEvents", "LheRun", "read_lhe"]

_BLOCK: Final[int] = 1 << 23
_EVENT_NUMBERS: Final[int] = 6
_PARTICLE_NUMBERS: Final[int] = 13
_MOST_PARTICLES: Final[int] = 10_000
_LAST: Final[bytes] = b"</LesHouchesEvents>"
_BOM: Final[bytes] = b"\xef\xbb\xbf"
_LARGEST_CODE: Final[float] = 2.0**31
_INIT: Final[re.Pattern[bytes]] = re.compile(rb"<init(\s[^<>]*)?>")
_OPENING: Final[re.Pattern[bytes]] = re.compile(rb"<event(\s[^<>]*)?>")
_EXTRAS: Final[re.Pattern[bytes]] = re.compile(
    rb"^\s*#[^\n]*$|<(rwgt|mgrwt|weights|clustering|scales|pdfinfo)\b.*?(</\1>|/>)", re.DOTALL | re.MULTILINE
)
_FORTRAN: Final[re.Pattern[bytes]] = re.compile(rb"[dD](?=[-+]?\d)")

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LheRun:
    """The ``<init>`` block."""

    beams: tuple[int, int]
    """Particle codes."""
    beam_energies: tuple[float, float]
    """In GeV."""
    cross_section: float
    """Sum over the processes, pb."""
    cross_section_error: float
    """The errors of the processes in quadrature, pb."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LheEvents:
    """Events of a block; particles of all events in one list."""

    line: Integers
    """Line of the file where each event begins, shape (events,)."""

    weight: FloatArray
    """Shape (events,)."""
    event: Integers
    """Which of the events a particle belongs to, shape (particles,)."""
    pdg_id: Integers
    """Particle codes, shape (particles,)."""
    status: Integers
    """Shape (particles,)."""
    momentum: FloatArray
    """px, py, pz, E in GeV, shape (particles, 4)."""


@contextmanager
def read_lhe(path: str | Path) -> Iterator[tuple[LheRun, Iterator[LheEvents]]]:
    """Open a file: its run, and its events block by block.

    Raises
    ------
    DataFileError
        A file that cannot be read or is not well formed, with the line that is wrong.

    """
    path = Path(path)
    with _reported(path):
        file: Any = path.open("rb")
        with file:
            zipped = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            stream = cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if zipped else file
            reader = _Reader(stream, path)
            yield reader.run(), reader.blocks()


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except DataFileError:
        raise
    except (EOFError, zlib.error) as error:
        raise DataFileError(f"cannot read '{path}': damaged gzip file: {error}") from None
    except OSError as error:
        raise DataFileError(f"cannot read '{path}': {error.strerror or error}") from None


class _Reader:
    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream = stream
        self._path = path
        self._line = 0
        self._rest = b""
        """What was read beyond the run."""

    def run(self) -> LheRun:
        """Read up to the first event, which may stand there or not."""
        first = self._next()
        if not first.removeprefix(_BOM).lstrip().startswith(b"<LesHouchesEvents"):
            self._refuse(self._line, "is not the beginning of an LHE file, <LesHouchesEvents>")
        while not _INIT.match(self._next().strip()):
            pass
        beams = self._numbers(10, "<init>")
        processes = self._whole(beams[9], "number of processes")
        rows = np.array([self._numbers(4, "<init>")[:4] for _ in range(processes)]).reshape(processes, 4)
        while not self._next().strip().startswith(b"</init>"):
            pass
        return LheRun(
            beams=(self._whole(beams[0], "beam", signed=True), self._whole(beams[1], "beam", signed=True)),
            beam_energies=(beams[2], beams[3]),
            cross_section=float(rows[:, 0].sum()),
            cross_section_error=float(np.sqrt(np.square(rows[:, 1]).sum())),
        )

    def blocks(self) -> Iterator[LheEvents]:
        """Whole events, some megabytes at a time."""
        while True:
            more = self._stream.read(_BLOCK)
            self._rest += more
            end = self._rest.rfind(b"</event>")
            if end >= 0:
                end += len(b"</event>")
                over = self._rest.find(_LAST, 0, end)
                if over >= 0:
                    line = self._line + 1 + self._rest[:over].count(b"\n")
                    self._refuse(line, f"events go on after {_LAST.decode()}")
                block, self._rest = self._rest[:end], self._rest[end:]
                yield self._fast(block) or self._careful(block)
                self._line += block.count(b"\n")
            if not more:
                break
        last = self._rest.strip()
        if last.startswith(_LAST) and last != _LAST:
            line = self._line + 1 + self._rest[: self._rest.find(_LAST)].count(b"\n")
            self._refuse(line, f"there is something after {_LAST.decode()}")
        if not last.startswith(_LAST):
            line = self._line + self._rest.count(b"\n")
            inside = "inside an event" if b"<event" in last else f"without {_LAST.decode()}"
            self._refuse(max(line, 1), f"the file ends {inside}, it is cut off")

    def _fast(self, block: bytes) -> LheEvents | None:
        """All events of one shape at once, or None where there is anything unusual."""
        plain = b"#" not in block and block.count(b"<") == 2 * block.count(b"</event>")
        text = block if plain else _EXTRAS.sub(b"", block)
        text, events = _OPENING.subn(b" ", text)
        ends = text.count(b"</event>")
        text = text.replace(b"</event>", b" ")
        if b"<" in text or b"#" in text or ends != events:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                numbers = np.fromstring(text.decode("ascii"), dtype=np.float64, sep=" ")
            except (DeprecationWarning, ValueError):
                return None
        size = len(numbers) // events if events else 0
        particles = (size - _EVENT_NUMBERS) // _PARTICLE_NUMBERS
        if size * events != len(numbers) or size != _EVENT_NUMBERS + particles * _PARTICLE_NUMBERS or particles < 1:
            return None
        shape = np.tile([_EVENT_NUMBERS, *[_PARTICLE_NUMBERS] * particles], events)
        if not np.array_equal(_words_by_line(text), shape):
            return None
        rows = numbers.reshape(events, size)
        table = rows[:, _EVENT_NUMBERS:].reshape(events * particles, _PARTICLE_NUMBERS)
        if not (np.isfinite(numbers).all() and (np.abs(table[:, :2]) < _LARGEST_CODE).all()):
            return None
        codes = table[:, :2].astype(np.int64)
        if not ((rows[:, 0] == particles).all() and (codes == table[:, :2]).all()):
            return None
        return LheEvents(
            weight=rows[:, 2].copy(),
            event=np.repeat(np.arange(events), particles),
            pdg_id=codes[:, 0],
            status=codes[:, 1],
            momentum=table[:, 6:10].copy(),
            line=self._line + 1 + _lines_of(block),
        )

    def _careful(self, block: bytes) -> LheEvents:
        """Line by line."""
        weights: list[float] = []
        owners: list[int] = []
        table: list[list[float]] = []
        openings: list[int] = []
        lines = iter(enumerate(block.split(b"\n"), self._line + 1))
        for number, line in lines:
            text = line.strip()
            if not text or text.startswith((b"#", b"<!--")):
                continue
            if not _OPENING.match(text):
                self._refuse(number, f"'{_short(text)}' outside an event")
            openings.append(number)
            number, head = self._data(lines, number, _EVENT_NUMBERS, "the event")
            particles = head[0]
            if not (particles == int(particles) and 1 <= particles <= _MOST_PARTICLES):
                self._refuse(number, f"{particles:g} particles: must be a whole number from 1 to {_MOST_PARTICLES}")
            for _ in range(int(particles)):
                number, row = self._data(lines, number, _PARTICLE_NUMBERS, "a particle")
                if not all(abs(code) < _LARGEST_CODE and code == int(code) for code in row[:2]):
                    self._refuse(number, "particle code and status must be whole numbers below 2e9")
                owners.append(len(weights))
                table.append(row[:10])
            weights.append(head[2])
            for number, line in lines:
                if line.strip().startswith(b"<event") or _looks_like_particle(line):
                    self._refuse(number, f"more lines than the {int(particles)} particles of the event")
                if b"</event>" in line:
                    break
        rows = np.array(table).reshape(-1, 10)
        return LheEvents(
            weight=np.array(weights),
            event=np.array(owners, dtype=np.int64),
            pdg_id=rows[:, 0].astype(np.int64),
            status=rows[:, 1].astype(np.int64),
            momentum=rows[:, 6:10].copy(),
            line=np.array(openings, dtype=np.int64),
        )

    def _data(self, lines: Iterator[tuple[int, bytes]], at: int, size: int, what: str) -> tuple[int, list[float]]:
        """The next line that holds numbers, with its own number."""
        filled = ((n, line) for n, line in lines if line.strip() and not line.lstrip().startswith(b"#"))
        number, line = next(filled, (at, b"</event>"))
        if line.strip().startswith(b"</event"):
            self._refuse(number, f"the event ends before {what}")
        values = self._parsed(line, number, size, what)
        if len(values) > size:
            self._refuse(number, f"{len(values)} numbers for {what}, must be {size}")
        return number, values

    def _parsed(self, line: bytes, number: int, size: int, what: str) -> list[float]:
        words = line.split(b"#")[0].split()
        try:
            values = [float(_FORTRAN.sub(b"e", word)) for word in words]
        except ValueError:
            self._refuse(number, f"'{_short(line.strip())}' where the numbers of {what} should be")
        if len(values) < size:
            self._refuse(number, f"{len(values)} numbers for {what}, must be {size}")
        if not all(math.isfinite(value) for value in values[:size]):
            self._refuse(number, f"a number of {what} is not finite: '{_short(line.strip())}'")
        return values

    def _numbers(self, size: int, what: str) -> list[float]:
        line = self._next()
        return self._parsed(line, self._line, size, what)

    def _whole(self, value: float, what: str, *, signed: bool = False) -> int:
        if value != int(value) or (value < 1 and not signed):
            self._refuse(self._line, f"{what} {value:g}: must be a whole number")
        return int(value)

    def _next(self) -> bytes:
        """One line of what stands before the events."""
        line = self._stream.readline(_BLOCK)
        if not line or line.strip().startswith((b"<event", _LAST)):
            came = "the file ends" if not line else "the events begin"
            self._refuse(self._line + 1, f"{came} without a complete <init> block")
        self._line += 1
        return line

    def _refuse(self, line: int, what: str) -> NoReturn:
        raise DataFileError(f"'{self._path}', line {line}: {what}")


def _words_by_line(text: bytes) -> Integers:
    """How many words each line has that has any."""
    characters = np.frombuffer(text, dtype=np.uint8)
    blank = characters <= ord(" ")
    begins = ~blank & np.concatenate([[True], blank[:-1]])
    counts = np.bincount(np.cumsum(characters == ord("\n"))[begins])
    return counts[counts > 0]


def _lines_of(block: bytes) -> Integers:
    """Line of the beginning of each event, from 0."""
    ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))
    return np.searchsorted(ends, [match.start() for match in _OPENING.finditer(block)])


def _looks_like_particle(line: bytes) -> bool:
    words = line.split(b"#")[0].split()
    if len(words) != _PARTICLE_NUMBERS:
        return False
    try:
        return all(math.isfinite(float(word)) for word in words)
    except ValueError:
        return False


def _short(text: bytes) -> str:
    shown = text.decode("ascii", "backslashreplace")
    return shown if len(shown) <= 60 else shown[:57] + "..."
