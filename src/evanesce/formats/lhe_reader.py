"""Reading Les Houches event files (arXiv:hep-ph/0109068, 0609017, 1405.1067), plain or gzip, some megabytes at a time.

The numbers of a block of whole events are converted to arrays at once. If that fails, the block is read again line by
line, which accepts everything that the standard allows and names the wrong line; both ways give the same arrays. We do
not use *pylhe*, because it reads event by event, does not accept Fortran exponents, truncates 1.5 to 1 in place of a
whole number, and does not report the line of an error. The tags are found by :mod:`evanesce.formats.lhe_markup`.
"""

from __future__ import annotations

import gzip
import math
import re
import stat
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

import numpy as np
import numpy.typing as npt

from evanesce.errors import DataFileError
from evanesce.formats.lhe_markup import BLOCK, LheMarkup, RawEvent, shortened
from evanesce.validation import FloatArray

__all__ = ["LheEvents", "LheProcess", "LheRun", "read_lhe"]

_EVENT_NUMBERS: Final[int] = 6
_PARTICLE_NUMBERS: Final[int] = 13
_USED: Final[int] = 11
"""Numbers of a particle up to its mass."""
_BEAM_NUMBERS: Final[int] = 10
_PROCESS_NUMBERS: Final[int] = 4
_MOST_PARTICLES: Final[int] = 10_000
_LARGEST_CODE: Final[float] = 2.0**31
_COMMENT: Final[re.Pattern[bytes]] = re.compile(rb"#[^\n]*")
_NUMBER: Final[re.Pattern[bytes]] = re.compile(
    rb"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?|(?:\d+\.\d*|\.\d+)[-+]\d{3}|nan|inf(?:inity)?)", re.IGNORECASE
)
# Fortran writes 1.0D+03, and omits the letter of an exponent with three digits: 1.0-103
_LETTER: Final[re.Pattern[bytes]] = re.compile(rb"(?<=[\d.])[dD](?=[-+]?\d)")
_LETTERLESS: Final[re.Pattern[bytes]] = re.compile(rb"(?<!\S)([-+]?(?:\d+\.\d*|\.\d+))([-+]\d{3})(?!\S)")

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LheProcess:
    """A process of the ``<init>`` block."""

    number: int
    """Number of the process in the events, LPRUP."""
    cross_section: float
    """Cross section in pb, XSECUP."""
    cross_section_error: float
    """Its error in pb, XERRUP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LheRun:
    """The ``<init>`` block."""

    beams: tuple[int, int]
    """Particle codes of the beams."""
    beam_energies: tuple[float, float]
    """Energies of the beams in GeV."""
    weighting: int
    """Meaning of the event weights, IDWTUP: for ±1 and ±4 their mean is the cross section in pb, for ±2 they have any
    unit, for ±3 they are ±1."""
    announced: int
    """Announced number of processes, NPRUP."""
    processes: tuple[LheProcess, ...]
    """Listed processes; in some files fewer or more than announced."""

    @property
    def cross_section(self) -> float:
        """Sum over the listed processes, pb."""
        return math.fsum(process.cross_section for process in self.processes)

    @property
    def cross_section_error(self) -> float:
        """The errors of the processes in quadrature, pb."""
        return math.hypot(*(process.cross_section_error for process in self.processes))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LheEvents:
    """Events of a block, with the particles of all events in one list."""

    line: Integers
    """Line of the file where each event begins, shape (events,)."""
    process: Integers
    """Number of the process, IDPRUP, shape (events,)."""
    weight: FloatArray
    """Weights, XWGTUP, shape (events,)."""
    trials: FloatArray
    """Attempts of the generator for each event, shape (events,); 1 if the file does not say."""
    event: Integers
    """Index of the event of each particle, shape (particles,)."""
    pdg_id: Integers
    """Particle codes, shape (particles,)."""
    status: Integers
    """Status codes, shape (particles,)."""
    momentum: FloatArray
    """px, py, pz, E in GeV, shape (particles, 4)."""
    mass: FloatArray
    """Masses in GeV as written, shape (particles,)."""


@contextmanager
def read_lhe(
    path: str | Path, *, block: int = BLOCK, line_by_line: bool = False
) -> Iterator[tuple[LheRun, Iterator[LheEvents]]]:
    """Open a file: its run, and its events in blocks of about ``block`` bytes of the file.

    ``line_by_line`` reads every block with the slower method; the result is the same.

    Raises
    ------
    DataFileError
        A file that cannot be read or is not well formed (the message names the line); or a part of it, as an event,
        larger than 32 MB.

    """
    path = Path(path)
    with _reported(path):
        if path.exists() and not (path.is_dir() or stat.S_ISREG(path.stat().st_mode)):
            raise DataFileError(f"cannot read '{path}': is not a regular file; give the path of an LHE file")
        file: Any = path.open("rb")
        with file:
            zipped = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            stream = cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if zipped else file
            numbers = _Numbers(LheMarkup(stream, path, block))
            yield numbers.run(), numbers.blocks(line_by_line)


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


class _Numbers:
    """Converts the parts of a file to numbers."""

    def __init__(self, markup: LheMarkup) -> None:
        self._markup = markup
        self._refuse = markup.refuse

    def run(self) -> LheRun:
        """The ``<init>`` block; lines for processes may be missing."""
        start, numbers = self._markup.run()
        lines = _filled(start, numbers)
        at, text = next(lines, (start, b""))
        beams = self._parsed(text, at, _BEAM_NUMBERS, "<init>")
        whole = [self._whole(beams[i], "beam or weighting strategy", at) for i in (0, 1, 8)]
        announced = self._whole(beams[9], "number of processes", at, smallest=1)
        processes = []
        for line, row in lines:
            sigma, error, _, number = self._parsed(row, line, _PROCESS_NUMBERS, "<init>")[:4]
            number = self._whole(number, "number of a process", line)
            processes.append(LheProcess(number=number, cross_section=sigma, cross_section_error=error))
        return LheRun(
            beams=(whole[0], whole[1]),
            beam_energies=(beams[2], beams[3]),
            weighting=whole[2],
            announced=announced,
            processes=tuple(processes),
        )

    def blocks(self, line_by_line: bool) -> Iterator[LheEvents]:
        """Whole events, some megabytes at a time."""
        for events in self._markup.events():
            yield (None if line_by_line else _at_once(events)) or self._line_by_line(events)

    def _line_by_line(self, events: list[RawEvent]) -> LheEvents:
        heads: list[list[float]] = []
        trials: list[float] = []
        table: list[list[float]] = []
        for event in events:
            lines = _filled(event.first, event.text)
            end = event.first + event.text.count(b"\n")
            at, head = self._data(lines, end, _EVENT_NUMBERS, "the event")
            particles = head[0]
            if not (particles == int(particles) and 1 <= particles <= _MOST_PARTICLES):
                self._refuse(at, f"{particles:g} particles: must be a whole number from 1 to {_MOST_PARTICLES}")
            self._whole(head[1], "process of the event", at)
            for _ in range(int(particles)):
                at, row = self._data(lines, end, _PARTICLE_NUMBERS, "a particle")
                if not all(abs(code) < _LARGEST_CODE and code == int(code) for code in row[:2]):
                    self._refuse(at, "particle code and status must be whole numbers below 2e9")
                table.append(row[:_USED])
            for line, text in lines:
                if _looks_like_particle(text):
                    self._refuse(line, f"more lines than the {int(particles)} particles of the event")
            heads.append(head)
            trials.append(self._trials(event))
        return _arrays(events, np.array(heads), np.array(table), np.array(trials))

    def _trials(self, event: RawEvent) -> float:
        value = _trials(event.trials)
        if not value > 0.0:
            text = shortened(event.trials)
            self._refuse(event.line, f"trials = '{text}' of the event: must be a positive number")
        return value

    def _data(self, lines: Iterator[tuple[int, bytes]], end: int, size: int, what: str) -> tuple[int, list[float]]:
        """The number of the next line with numbers, and its numbers."""
        at, text = next(lines, (end, b""))
        if not text:
            self._refuse(at, f"the event ends before {what}")
        values = self._parsed(text, at, size, what)
        if len(values) > size:
            self._refuse(at, f"{len(values)} numbers for {what}, must be {size}")
        return at, values

    def _parsed(self, text: bytes, line: int, size: int, what: str) -> list[float]:
        words = text.split()
        if not all(_NUMBER.fullmatch(word) for word in words):
            self._refuse(line, f"'{shortened(text)}' where the numbers of {what} should be")
        values = [float(word) for word in _c_exponents(b" ".join(words)).split()]
        if len(values) < size:
            self._refuse(line, f"{len(values)} numbers for {what}, must be {size}")
        if not all(math.isfinite(value) for value in values[:size]):
            self._refuse(line, f"a number of {what} is not finite: '{shortened(text)}'")
        return values

    def _whole(self, value: float, what: str, line: int, *, smallest: float = -_LARGEST_CODE) -> int:
        if not (value == int(value) and smallest <= value < _LARGEST_CODE):
            most = "a whole number of 1 or more" if smallest > 0 else "a whole number below 2e9"
            self._refuse(line, f"{what} {value:g}: must be {most}")
        return int(value)


def _at_once(events: list[RawEvent]) -> LheEvents | None:
    """All events of a block, or None if there is anything unusual."""
    text = b"\n".join([event.text for event in events])
    if b"#" in text:
        text = _COMMENT.sub(b"", text)
    numbers = _all_numbers(text)
    if numbers is None or not np.isfinite(numbers).all():
        return None
    owners, sizes = _lines(text, numbers.size, events)
    first, rows = np.flatnonzero(sizes == _EVENT_NUMBERS), np.flatnonzero(sizes == _PARTICLE_NUMBERS)
    # only the first line of an event may have its numbers
    if len(first) + len(rows) != len(sizes) or not np.array_equal(
        first, np.searchsorted(owners, np.arange(len(events)))
    ):
        return None
    begins = np.cumsum(sizes) - sizes
    heads = numbers[begins[first][:, None] + np.arange(_EVENT_NUMBERS)]
    table = numbers[begins[rows][:, None] + np.arange(_USED)]
    trials = np.array([_trials(event.trials) for event in events])
    particles = np.bincount(owners, minlength=len(events)) - 1
    codes = np.concatenate([table[:, :2].ravel(), heads[:, 1]])
    good = (
        np.array_equal(heads[:, 0], particles)
        and particles.min() >= 1
        and particles.max() <= _MOST_PARTICLES
        and (np.abs(codes) < _LARGEST_CODE).all()
        and (codes == np.trunc(codes)).all()
        and (trials > 0.0).all()
    )
    return _arrays(events, heads, table, trials) if good else None


def _arrays(events: list[RawEvent], heads: FloatArray, table: FloatArray, trials: FloatArray) -> LheEvents:
    return LheEvents(
        line=np.array([event.line for event in events]),
        process=heads[:, 1].astype(np.int64),
        weight=heads[:, 2].copy(),
        trials=trials,
        event=np.repeat(np.arange(len(events)), heads[:, 0].astype(np.int64)),
        pdg_id=table[:, 0].astype(np.int64),
        status=table[:, 1].astype(np.int64),
        momentum=table[:, 6:10].copy(),
        mass=table[:, 10].copy(),
    )


def _all_numbers(text: bytes) -> FloatArray | None:
    """Numbers of a text, or None if one of them is not a number."""
    for exponents in (False, True):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                return np.fromstring(_c_exponents(text) if exponents else text, dtype=np.float64, sep=" ")
            except (DeprecationWarning, ValueError):
                continue
    return None


def _c_exponents(text: bytes) -> bytes:
    return _LETTERLESS.sub(rb"\1e\2", _LETTER.sub(b"e", text))


def _lines(text: bytes, numbers: int, events: list[RawEvent]) -> tuple[Integers, Integers]:
    """For each line with words: the index of its event, and its number of words."""
    characters = np.frombuffer(text, dtype=np.uint8)
    blank = characters <= ord(" ")
    begins = np.flatnonzero(~blank & np.concatenate([[True], blank[:-1]]))
    if len(begins) != numbers:
        return np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)
    words = np.bincount(np.cumsum(characters == ord("\n"))[begins])
    filled = np.flatnonzero(words)
    starts = np.cumsum([0, *(event.text.count(b"\n") + 1 for event in events[:-1])])
    return np.searchsorted(starts, filled, side="right") - 1, words[filled]


def _filled(first: int, text: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines that contain more than a comment, with their line numbers."""
    for line, words in enumerate(text.split(b"\n"), first):
        if kept := words.partition(b"#")[0].strip():
            yield line, kept


def _trials(text: bytes) -> float:
    """Number of attempts; 1 if not given, NaN if it is not a number."""
    if not text:
        return 1.0
    return float(text) if re.fullmatch(rb"\d+(?:\.\d*)?(?:[eE][-+]?\d+)?", text) else math.nan


def _looks_like_particle(text: bytes) -> bool:
    words = text.split()
    return len(words) == _PARTICLE_NUMBERS and all(_NUMBER.fullmatch(word) for word in words)
