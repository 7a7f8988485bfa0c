"""Les Houches event files (arXiv:hep-ph/0609017, 0109068), plain or gzip: the writer.

Numbers have 17 digits and read back as they were. The header has room for the cross sections, which are known only at
the end: in a gzip file it is a member of its own, stored without compression, so that it can be written anew.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import IO, Final

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.formats.files import WRITERS, RunInfo
from evanesce.formats.record import EventBatch, Role
from evanesce.validation import FloatArray

__all__ = ["LheFile"]

_HEADER: Final[int] = 8192
"""Bytes reserved for everything before the first event."""
_MOST_PROCESSES: Final[int] = 16
_END: Final[bytes] = b"</LesHouchesEvents>\n"
_BLOCK: Final[int] = 20_000
"""Events turned into text at a time."""


@WRITERS.register(".lhe.gz")
@WRITERS.register(".lhe")
class LheFile:
    """One file in the making; the format has no place for vertices, so positions are left out.

    Where the run has a cross section, it is that of the file, shared among the processes as the weights; where not, the
    sum of the weights takes its place.
    """

    def __init__(self, path: Path, run: RunInfo) -> None:
        self._run = run
        self._zipped = path.name.lower().endswith(".gz")
        self._raw = path.open("xb")
        self._sums: dict[str, FloatArray] = {}
        self._beams: tuple[tuple[int, float], ...] = ()
        self._raw.write(self._encoded(b" " * _HEADER))
        self._body: gzip.GzipFile | IO[bytes] = self._raw
        if self._zipped:
            self._body = gzip.GzipFile(filename="", fileobj=self._raw, mode="wb", compresslevel=6, mtime=0)

    def write(self, batch: EventBatch) -> None:
        """Append the events of a batch."""
        if len(batch) == 0:
            return
        if not self._beams:
            beams = [i for i, role in enumerate(batch.roles) if role.status == -1][:2]
            self._beams = tuple((batch.roles[i].pdg_id, float(batch.momentum[0, i, 3])) for i in beams)
        if batch.process not in self._sums and len(self._sums) == _MOST_PROCESSES:
            raise InvalidValueError(f"an LHE file holds at most {_MOST_PROCESSES} processes, write several files")
        sums = self._sums.setdefault(batch.process, np.zeros(3))
        sums += [batch.weight.sum(), np.square(batch.weight).sum(), np.abs(batch.weight).max()]
        process = list(self._sums).index(batch.process) + 1
        for start in range(0, len(batch), _BLOCK):
            self._body.write(_text(batch, slice(start, start + _BLOCK), process).encode())

    def close(self) -> None:
        """Write the end and the header."""
        with self._raw:
            self._body.write(_END)
            if self._zipped:
                self._body.close()
            self._raw.seek(0)
            self._raw.write(self._encoded(self._header()))

    def _encoded(self, header: bytes) -> bytes:
        return gzip.compress(header, 0, mtime=0) if self._zipped else header

    def _header(self) -> bytes:
        total = sum(sums[0] for sums in self._sums.values())
        sigma = self._run.cross_section
        meaning = (
            "the cross section in pb is that of the run" if sigma is not None else "weights sum to the yield, XSECUP"
        )
        about = {"generator": "evanesce", "weights": meaning, **self._run.about}
        facts = "".join(f"{key}: {_plain(value)}\n" for key, value in about.items())
        (first, first_energy), (second, second_energy) = (*self._beams, (0, 0.0), (0, 0.0))[:2]
        lines = [f"{first} {second} {first_energy:.16e} {second_energy:.16e} 0 0 0 0 -4 {len(self._sums)}"]
        for number, sums in enumerate(self._sums.values(), 1):
            if sigma is None:
                value, error = sums[0], float(np.sqrt(sums[1]))
            else:
                share = sums[0] / total if total else 1.0 / len(self._sums)
                value, error = sigma * share, self._run.cross_section_error * abs(share)
            lines.append(f"{value:.16e} {error:.16e} {sums[2]:.16e} {number}")
        names = "".join(f"process {number}: {_plain(name)}\n" for number, name in enumerate(self._sums, 1))
        start = f'<LesHouchesEvents version="3.0">\n<header>\n<!--\n{facts}{names}'
        end = "-->\n</header>\n<init>\n" + "\n".join(lines) + "\n</init>\n"
        room = _HEADER - len(start.encode()) - len(end.encode())
        if room < 1:
            raise InvalidValueError(f"the header of an LHE file holds {_HEADER} bytes, say less about the run")
        return start.encode() + b" " * (room - 1) + b"\n" + end.encode()


def _plain(value: str) -> str:
    """One line that ends neither a comment nor a tag."""
    return " ".join(value.split()).replace("--", "-").replace("<", "(").replace(">", ")")


def _text(batch: EventBatch, part: slice, process: int) -> str:
    """Events as text: one template of an event, its constant numbers filled in, for all of them at once."""
    momentum, mass, weight = batch.momentum[part], batch.mass[part], batch.weight[part]
    columns: list[FloatArray] = []
    lines = ["<event>\n", f"{len(batch.roles)} {process} {_field(weight, columns)} -1 -1 -1\n"]
    for i, role in enumerate(batch.roles):
        numbers = [*(momentum[:, i, j] for j in range(4)), mass[:, i]]
        fields = " ".join(_field(column, columns) for column in numbers)
        lines.append(f"{role.pdg_id} {role.status} {_mothers(role)} 0 0 {fields} 0 9\n")
    lines.append("</event>\n")
    template = "".join(lines)
    if not columns:
        return template * len(weight)
    return template * len(weight) % tuple(np.stack(columns, axis=1).ravel().tolist())


def _field(column: FloatArray, columns: list[FloatArray]) -> str:
    """The number where it is the same in every event, else a place for it."""
    first = float(column[0])
    if (column == first).all() and np.signbit(column).all() == np.signbit(column).any():
        return f"{first:.16e}"
    columns.append(column)
    return "%.16e"


def _mothers(role: Role) -> str:
    return f"{min(role.mothers) + 1} {max(role.mothers) + 1}" if role.mothers else "0 0"
