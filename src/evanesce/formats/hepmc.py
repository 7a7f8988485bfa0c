"""HepMC3 event files (arXiv:1912.08005), plain or gzip: the writer of its ASCII format, version 3.

The text is made here, a batch at a time; *pyhepmc* reads it back (tests). Numbers have 17 digits.
"""

from __future__ import annotations

import gzip
from itertools import groupby
from pathlib import Path
from typing import IO, Final

import numpy as np

from evanesce.formats.files import WRITERS, RunInfo
from evanesce.formats.record import EventBatch, Role
from evanesce.validation import FloatArray

__all__ = ["HepmcFile"]

_START: Final[str] = "HepMC::Version 3.02.05\nHepMC::Asciiv3-START_EVENT_LISTING\nW Weight\n"
_END: Final[bytes] = b"HepMC::Asciiv3-END_EVENT_LISTING\n\n"
_BLOCK: Final[int] = 10_000
"""Events turned into text at a time."""
_STATUS: Final[dict[int, int]] = {-1: 4, 1: 1, 2: 2}
"""HepMC's code of an incoming particle is 4."""


@WRITERS.register(".hepmc3.gz")
@WRITERS.register(".hepmc3")
class HepmcFile:
    """One file in the making: columns are attributes of an event, the run's facts attributes of the run."""

    def __init__(self, path: Path, run: RunInfo) -> None:
        self._raw = path.open("xb")
        self._body: IO[bytes] | gzip.GzipFile = self._raw
        if path.name.lower().endswith(".gz"):
            self._body = gzip.GzipFile(filename="", fileobj=self._raw, mode="wb", compresslevel=6, mtime=0)
        self._events = 0
        version = run.about.get("evanesce_version", "")
        facts = dict(run.about)
        if run.cross_section is not None:
            facts |= {"cross_section_pb": repr(run.cross_section)}
            facts |= {"cross_section_error_pb": repr(run.cross_section_error)}
        lines = [f"T evanesce\\|{_plain(version)}\\|signal events\n"]
        lines += [f"A {key} {_plain(value)}\n" for key, value in facts.items()]
        self._body.write((_START + "".join(lines)).encode())

    def write(self, batch: EventBatch) -> None:
        """Append the events of a batch."""
        for start in range(0, len(batch), _BLOCK):
            part = slice(start, min(start + _BLOCK, len(batch)))
            self._body.write(_text(batch, part, self._events).encode())
            self._events += part.stop - part.start

    def close(self) -> None:
        """Write the end."""
        self._body.write(_END)
        self._body.close()
        self._raw.close()


def _plain(value: str) -> str:
    """One line, as an attribute is."""
    return " ".join(value.replace("\\", "/").split())


def _text(batch: EventBatch, part: slice, before: int) -> str:
    """Events as text: one template of an event, filled in for all of them at once."""
    weight = batch.weight[part]
    columns: list[FloatArray] = [before + np.arange(1.0, len(weight) + 1.0), weight]
    vertices = _vertices(batch.roles)
    lines = [f"E %.0f {len(vertices)} {len(batch.roles)}\nU GEV CM\nW %.16e\nA 0 process {_plain(batch.process)}\n"]
    for name, column in batch.columns.items():
        lines.append(f"A 0 {name} %.16e\n")
        columns.append(column[part])
    number: dict[int, int] = {}
    incoming = [i for i, role in enumerate(batch.roles) if not role.mothers]
    lines += [_particle(batch, part, index, 0, number, columns) for index in incoming]
    for vertex, daughters in enumerate(vertices, 1):
        role = batch.roles[daughters[0]]
        mothers = ",".join(str(number[mother]) for mother in sorted(role.mothers))
        lines.append(f"V -{vertex} 0 [{mothers}] @ %.16e %.16e %.16e %.16e\n")
        columns += [batch.position[part, role.vertex, j] for j in range(4)]
        lines += [_particle(batch, part, daughter, -vertex, number, columns) for daughter in daughters]
    return "".join(lines) * len(weight) % tuple(np.stack(columns, axis=1).ravel().tolist())


def _particle(
    batch: EventBatch, part: slice, index: int, vertex: int, number: dict[int, int], columns: list[FloatArray]
) -> str:
    """The line of one particle; its numbers go to the columns, and its own number is noted."""
    role = batch.roles[index]
    number[index] = len(number) + 1
    columns += [batch.momentum[part, index, j] for j in range(4)]
    columns.append(batch.mass[part, index])
    fields = " ".join(["%.16e"] * 5)
    return f"P {number[index]} {vertex} {role.pdg_id} {fields} {_STATUS[role.status]}\n"


def _vertices(roles: tuple[Role, ...]) -> list[list[int]]:
    """Particles that share their mothers, in an order in which mothers come first."""
    made = sorted((i for i, role in enumerate(roles) if role.mothers), key=lambda i: (max(roles[i].mothers), i))
    return [list(group) for _, group in groupby(made, key=lambda i: sorted(roles[i].mothers))]
