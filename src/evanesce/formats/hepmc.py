"""HepMC3 event files (arXiv:1912.08005), plain or gzip, written by *pyhepmc*; numbers have 17 digits."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any, Final

from evanesce.formats.decimal_point import decimal_point
from evanesce.formats.files import WRITERS, library, one_line, packed
from evanesce.formats.record import EventBatch, Role
from evanesce.formats.run import RunInfo

__all__ = ["HepmcFile"]

_DIGITS: Final[int] = 16
"""Digits after the point: all digits of a double."""
_STATUS: Final[dict[int, int]] = {-1: 4, 1: 1, 2: 2}
"""HepMC's code of an incoming particle is 4."""


@WRITERS.register(".hepmc3.gz")
@WRITERS.register(".hepmc3")
class HepmcFile:
    """A HepMC3 file under construction: columns become attributes of events, facts of the run attributes of the run.

    We write attributes as text, because HepMC3 keeps only 15 digits of a double and 9 of a cross section. If the file
    has a cross section (``RunInfo.file_cross_section``), every event contains it.
    """

    def __init__(self, path: Path, run: RunInfo) -> None:
        self._hepmc: Any = library("pyhepmc", "HepMC3")
        self._raw = path.open("xb")
        self._body = packed(self._raw, path)
        self._run = run
        self._events = 0
        self._about = self._hepmc.GenRunInfo()
        self._about.tools = [("evanesce", run.version, one_line(run.description))]
        self._about.weight_names = ["Weight"]
        self._about.attributes = {key: one_line(value) for key, value in run.facts.items()}
        self._stream = self._hepmc.io.pyiostream(self._body)
        self._writer = self._hepmc.io.WriterAscii(self._stream, self._about)
        self._writer.precision = _DIGITS

    def write(self, batch: EventBatch) -> None:
        """Append the events of a batch."""
        with decimal_point():
            self._write(batch)

    def _write(self, batch: EventBatch) -> None:
        """Write the events; one event object of the library is refilled for each."""
        event, particles, vertices = self._form(batch)
        attributes, names = event.attributes, tuple(batch.columns)
        texts = [map(repr, column.tolist()) for column in batch.columns.values()]
        places = [batch.position[:, place].tolist() for _, place in vertices]
        each = zip(batch.weight.tolist(), batch.momentum.tolist(), batch.mass.tolist(), strict=True)
        for i, (weight, momenta, masses) in enumerate(each):
            self._events += 1
            event.event_number = self._events
            event.weights = [weight]
            for particle, momentum, mass in zip(particles, momenta, masses, strict=True):
                particle.momentum, particle.generated_mass = momentum, mass
            for (vertex, _), place in zip(vertices, places, strict=True):
                vertex.position = place[i]
            for name, text in zip(names, texts, strict=True):
                attributes[name] = next(text)
            self._writer.write_event(event)
            if self._writer.failed():
                raise OSError("the HepMC3 writer failed")

    def close(self) -> None:
        """Write the end of the file."""
        try:
            self._writer.close()
            self._stream.flush()
            if self._body is not self._raw:
                self._body.close()
        finally:
            self._raw.close()

    def _form(self, batch: EventBatch) -> tuple[Any, list[Any], list[tuple[Any, int]]]:
        """An event without numbers, its particles, and its vertices with the index of their position."""
        hepmc, roles = self._hepmc, batch.roles
        event = hepmc.GenEvent(self._about, hepmc.Units.GEV, hepmc.Units.CM)
        particles = [hepmc.GenParticle((0.0, 0.0, 0.0, 0.0), role.pdg_id, _STATUS[role.status]) for role in roles]
        vertices = []
        for daughters in _vertices(roles):
            vertex = hepmc.GenVertex((0.0, 0.0, 0.0, 0.0))
            for mother in sorted(roles[daughters[0]].mothers):
                vertex.add_particle_in(particles[mother])
            for daughter in daughters:
                vertex.add_particle_out(particles[daughter])
            event.add_vertex(vertex)
            vertices.append((vertex, roles[daughters[0]].vertex))
        for particle in particles:
            if not particle.in_event:
                event.add_particle(particle)  # without production and decay vertex
        event.attributes["process"] = one_line(batch.process)
        known = self._run.file_cross_section
        if known is not None:  # value and error in pb; -1: the number of events is not known yet
            event.attributes["GenCrossSection"] = f"{known[0]:.16e} {known[1]:.16e} -1 -1"
        return event, particles, vertices


def _vertices(roles: tuple[Role, ...]) -> list[list[int]]:
    """Groups of particles that share their mothers, ordered such that mothers come first."""
    made = sorted((i for i, role in enumerate(roles) if role.mothers), key=lambda i: (max(roles[i].mothers), i))
    return [list(group) for _, group in groupby(made, key=lambda i: sorted(roles[i].mothers))]
