"""Les Houches event files (arXiv:hep-ph/0609017, 0109068), plain or gzip: the writer.

*pylhe* formats events and the ``<init>`` block with 17 digits, so that numbers are unchanged when read back. We write
the file around them ourselves, because *pylhe* needs the cross sections before the first event, and here they are known
only at the end. The header therefore has reserved space: in a gzip file it is a separate member, stored without
compression, so that it can be written again at the end.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any, Final

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.formats.files import WRITERS, is_zipped, library, one_line, packed
from evanesce.formats.record import EventBatch, Role
from evanesce.formats.run import RunInfo
from evanesce.validation import FloatArray

__all__ = ["LheFile"]

_HEADER: Final[int] = 8192
"""Bytes reserved for everything before the first event."""
_MOST_PROCESSES: Final[int] = 16
_END: Final[bytes] = b"</LesHouchesEvents>\n"
_BLOCK: Final[int] = 20_000
"""Events formatted at a time."""
_FORMAT: Final[dict[str, str]] = {
    "eventinfo": "{nparticles} {pid} {weight:.16e} {scale:g} {aqed:g} {aqcd:g}",
    "particle": "{id} {status} {mother1} {mother2} {color1} {color2} "
    "{px:.16e} {py:.16e} {pz:.16e} {e:.16e} {m:.16e} {lifetime:g} {spin:g}",
    "initinfo": "{beamA} {beamB} {energyA:.16e} {energyB:.16e} {PDFgroupA} {PDFgroupB} {PDFsetA} {PDFsetB} "
    "{weightingStrategy} {numProcesses}",
    "procinfo": "{xSection:.16e} {error:.16e} {unitWeight:.16e} {procId}",
}
"""Formats for pylhe; its default format keeps only 9 digits."""
_UNKNOWN: Final[float] = -1.0
"""Scale and couplings of an event without them."""
_ROUNDING: Final[float] = 1e-9
"""Relative difference between a mean weight and a cross section that is due to rounding."""
_SPIN: Final[float] = 9.0
"""Unknown spin."""


@WRITERS.register(".lhe.gz")
@WRITERS.register(".lhe")
class LheFile:
    """An LHE file under construction; the format has no vertices, so positions are left out.

    If the run has a cross section, the file has it too, divided among the processes like the weights; otherwise the
    file has the sum of the weights. IDWTUP follows from the weights (arXiv:hep-ph/0109068, section 2): -4 if their
    mean is the cross section, -3 if all are 1 or -1, and -2 (weights of any unit) otherwise.
    """

    def __init__(self, path: Path, run: RunInfo) -> None:
        self._lhe: Any = library("pylhe", "LHE")
        self._format: Any = self._lhe.LHEXMLFormat(**_FORMAT)
        self._run = run
        self._raw = path.open("xb")
        self._sums: dict[str, FloatArray] = {}
        self._events = 0
        self._ones = True
        self._beams: tuple[tuple[int, float], ...] = ()
        self._zipped = is_zipped(path)
        self._raw.write(self._encoded(b" " * _HEADER))
        self._body = packed(self._raw, path)  # a separate gzip member that starts here

    def write(self, batch: EventBatch) -> None:
        """Append the events of a batch."""
        if len(batch) == 0:
            return
        if not self._beams:
            beams = [i for i, role in enumerate(batch.roles) if role.status == -1][:2]
            self._beams = tuple((batch.roles[i].pdg_id, float(batch.momentum[0, i, 3])) for i in beams)
        if batch.process not in self._sums and len(self._sums) == _MOST_PROCESSES:
            raise InvalidValueError(f"an LHE file holds at most {_MOST_PROCESSES} processes; write several files")
        sums = self._sums.setdefault(batch.process, np.zeros(3))
        sums += [batch.weight.sum(), np.square(batch.weight).sum(), np.abs(batch.weight).max()]
        self._events += len(batch)
        self._ones = self._ones and bool((np.abs(batch.weight) == 1.0).all())
        process = list(self._sums).index(batch.process) + 1
        for start in range(0, len(batch), _BLOCK):
            self._body.write(_text(self._lhe, self._format, batch, slice(start, start + _BLOCK), process).encode())

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
        weights = "weights sum to the yield, XSECUP" if self._run.cross_section is None else self._run.weights_mean
        about = {"generator": "evanesce", "weights": weights, **self._run.facts}
        facts = "".join(f"{key}: {one_line(value)}\n" for key, value in about.items())
        names = "".join(f"process {number}: {one_line(name)}\n" for number, name in enumerate(self._sums, 1))
        start = f'<LesHouchesEvents version="3.0">\n<header>\n<!--\n{facts}{names}'
        end = f"-->\n</header>\n{self._init().tolhe(self._format)}\n"
        room = _HEADER - len(start.encode()) - len(end.encode())
        if room < 1:
            raise InvalidValueError(f"the header of an LHE file holds {_HEADER} bytes; say less about the run")
        return start.encode() + b" " * (room - 1) + b"\n" + end.encode()

    def _init(self) -> Any:
        """Beams and cross sections; that of the run is divided among its processes like the weights."""
        total = float(sum(sums[0] for sums in self._sums.values()))
        sigma, processes = self._run.cross_section, []
        for number, sums in enumerate(self._sums.values(), 1):
            if sigma is None:
                value, error = sums[0], float(np.sqrt(sums[1]))
            else:
                share = sums[0] / total if total else 1.0 / len(self._sums)
                value, error = sigma * share, self._run.cross_section_error * abs(share)
            processes.append(self._lhe.LHEProcInfo(xSection=value, error=error, unitWeight=sums[2], procId=number))
        (first, first_energy), (second, second_energy) = (*self._beams, (0, 0.0), (0, 0.0))[:2]
        info = self._lhe.LHEInitInfo(
            beamA=first,
            beamB=second,
            energyA=first_energy,
            energyB=second_energy,
            PDFgroupA=0,
            PDFgroupB=0,
            PDFsetA=0,
            PDFsetB=0,
            weightingStrategy=self._weighting(total, total if sigma is None else sigma),
            numProcesses=len(processes),
        )
        return self._lhe.LHEInit(initInfo=info, procInfo=processes, generators=[])

    def _weighting(self, total: float, sigma: float) -> int:
        """IDWTUP; the mean of equal weights equals a cross section only to within rounding."""
        if abs(total - self._events * sigma) <= _ROUNDING * abs(self._events * sigma):
            return -4
        return -3 if self._ones else -2


def _text(lhe: Any, form: Any, batch: EventBatch, part: slice, process: int) -> str:
    """Events as text; one event object of the library is refilled for each."""
    momentum, mass, weight = (values[part].tolist() for values in (batch.momentum, batch.mass, batch.weight))
    particles = [_particle(lhe, role) for role in batch.roles]
    info = lhe.LHEEventInfo(len(particles), process, 0.0, _UNKNOWN, _UNKNOWN, _UNKNOWN)
    event = lhe.LHEEvent(eventinfo=info, particles=particles)
    lines: list[str] = []
    for info.weight, momenta, masses in zip(weight, momentum, mass, strict=True):
        for particle, four, one_mass in zip(particles, momenta, masses, strict=True):
            particle.px, particle.py, particle.pz, particle.e = four
            particle.m = one_mass
        lines += [event.tolhe(form), "\n"]
    return "".join(lines)


def _particle(lhe: Any, role: Role) -> Any:
    """A particle without numbers."""
    first, last = (min(role.mothers) + 1, max(role.mothers) + 1) if role.mothers else (0, 0)
    return lhe.LHEParticle(role.pdg_id, role.status, first, last, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _SPIN)
