"""The neutron background of section 3.2 of arXiv:2212.04252, simulated: from positrons to counts."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from evanesce.backgrounds.neutron_simulation import production
from evanesce.backgrounds.neutron_simulation.events import NeutronEvents, NeutronSelection, check_records, garwood
from evanesce.errors import InvalidValueError, UnknownNameError
from evanesce.materials import Material, compound, material
from evanesce.simulation.data import DataSets
from evanesce.simulation.engine import RANGE_CUT, Slab, release
from evanesce.simulation.jobs import run_jobs, seeds_of, split
from evanesce.simulation.store import JobStore
from evanesce.validation import between, whole

__all__ = ["ENERGIES", "JOB", "THICKNESSES", "NeutronRun", "simulate_neutrons"]

ENERGIES: Final[tuple[float, float]] = (3.1, 1e3)
"""Allowed positron energies in GeV: enough for a neutron of 3 GeV."""
THICKNESSES: Final[tuple[float, float]] = (1e-3, 100.0)
"""Allowed thicknesses in X0."""
JOB: Final[int] = 100_000
"""Positrons per job; it must not change, because the events of a seed depend on it."""
_LOWEST: Final[float] = 1.9
"""Kinetic energy in GeV of the slowest neutron that makes an event worth keeping."""
_VERSION: Final[int] = 1
"""Version of the simulation, to be increased with every change that alters a result."""
_LEVELS: Final[tuple[float, ...]] = (0.68, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutronRun:
    """Configuration of a run: beam, slab and statistics.

    Raises
    ------
    InvalidValueError
        A number outside its range.

    """

    material: Material
    energy: float = 4.35
    """Total energy of the positrons in GeV, within :data:`ENERGIES`."""
    thickness: float = 1.0
    """Thickness of the slab in X0, within :data:`THICKNESSES`."""
    positrons: int = 10**6
    seed: int = 1
    processes: int | None = field(default=None, compare=False)
    """Number of processes; the number of cores if None."""

    def __post_init__(self) -> None:
        between("energy", self.energy, *ENERGIES, "GeV")
        between("thickness", self.thickness, *THICKNESSES, "X0")
        whole("positrons", self.positrons, 1, 10**12)
        whole("seed", self.seed, 0, 2**53)
        if self.processes is not None:
            whole("processes", self.processes, 1, 4096)

    def command(self) -> str | None:
        """The equivalent command; None for a material that cannot be given on the command line."""
        named = _density_option(self.material)
        if named is None:
            return None
        return (
            f"evanesce geant4 neutrons --material {shlex.quote(self.material.name)}{named} "
            f"--energy {_number(self.energy)} --thickness {_number(self.thickness)} --positrons {self.positrons} "
            f"--seed {self.seed} --store FILE --json"
        )

    def settings(self) -> dict[str, Any]:
        """Settings for the workers."""
        slab = Slab.of(
            self.material,
            particle="e+",
            energy=self.energy,
            upstream=0.0,
            thickness=self.thickness * self.material.radiation_length,
            excitation=None,
            cut=RANGE_CUT,
        )
        return {"slab": slab.as_dict(), "lowest": _LOWEST}

    def configuration(self, data: DataSets) -> dict[str, Any]:
        """Settings that a store and a run that continues it must share; the number of positrons may grow."""
        return {
            "version": _VERSION,
            "material": self.material.name,
            "thickness_x0": self.thickness,
            "energy_gev": self.energy,
            "seed": self.seed,
            "positrons_per_job": JOB,
            "data": data.as_dict(),
            **self.settings(),
        }


def simulate_neutrons(
    run: NeutronRun, data: DataSets, store: Path, *, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Simulate the jobs missing in ``store`` and count events: plain data, as ``evanesce geant4 neutrons --json``.

    A run may be interrupted at any time and continued with the same call. After each job ``progress`` receives the
    numbers of finished jobs (including those in the store) and of all jobs.

    Raises
    ------
    DataFileError
        A file that is not a store, or is damaged; the message names the line.
    InvalidValueError
        A store with another configuration.

    """
    jobs = split(run.positrons, run.seed, JOB)
    with JobStore(store, run.configuration(data), lambda entry: _check_entry(entry, run.seed)) as finished:
        missing = [job for job in jobs if (job.number, job.histories) not in finished.finished]
        if missing:
            with closing(run_jobs(production.__name__, run.settings(), missing, data, run.processes)) as results:
                for count, (job, result) in enumerate(results, start=len(jobs) - len(missing) + 1):
                    finished.add(job.number, job.histories, {"seeds": job.seeds, **result})
                    if progress is not None:
                        progress(count, len(jobs))
        done = [finished.finished[job.number, job.histories] for job in jobs]
    records = [record for entry in done for record in entry["events"]]
    events = NeutronEvents.from_records(records)
    selections = (
        NeutronSelection(beam_energy=run.energy, energy="kinetic"),
        NeutronSelection(beam_energy=run.energy, energy="total"),
    )
    return {
        "material": run.material.name,
        "energy_gev": run.energy,
        "thickness_x0": run.thickness,
        "positrons": run.positrons,
        "seed": run.seed,
        "positrons_per_job": JOB,
        "command": run.command(),
        "geant4": sorted({release(str(entry["version"])) for entry in done}),
        "physics": "FTFP_BERT",
        "data": data.as_dict(),
        "meaningful_for": "neutrons above 1 GeV" if data.source != "official" else "all",
        "kept": {"events": len(records), "neutron_kinetic_above_gev": _LOWEST},
        "selections": {
            selection.energy: {"cuts": selection.as_dict(), "counts": _with_intervals(selection.counts(events))}
            for selection in selections
        },
    }


def _check_entry(entry: Mapping[str, Any], seed: int) -> None:
    """Raise if a line of a store, with its number and histories, is not a job of a run with this seed."""
    if not 1 <= entry["histories"] <= JOB:
        raise InvalidValueError(f"a job has 1 to {JOB} positrons, not {entry['histories']}")
    if entry.get("seeds") != list(seeds_of(seed, entry["job"])):
        raise InvalidValueError(f"its seeds are not those of job {entry['job']} of seed {seed}")
    if not isinstance(entry.get("version"), str):
        raise InvalidValueError("it does not name the version of Geant4")
    check_records(entry.get("events"))
    if len(entry["events"]) > entry["histories"]:
        raise InvalidValueError(f"it has {len(entry['events'])} events of {entry['histories']} positrons")


def _with_intervals(counts: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Each count with its intervals; for a count of 0 the interval is an upper limit."""
    return {
        name: {
            "count": count,
            "upper_limit": count == 0,
            **{f"interval_{round(100 * level)}": list(garwood(count, level)) for level in _LEVELS},
        }
        for name, count in counts.items()
    }


def _density_option(matter: Material) -> str | None:
    """Option text: empty for a material of the catalogue, the density of a compound, or None for other materials."""
    with contextlib.suppress(UnknownNameError):
        if _is_same(material(matter.name), matter):
            return ""
    with contextlib.suppress(InvalidValueError):
        if _is_same(compound(matter.name, density=matter.density), matter):
            return f" --density {_number(matter.density)}"
    return None


def _is_same(one: Material, other: Material) -> bool:
    """Whether two materials are the same to a beam; their references may differ."""
    return (one.density, one.radiation_length, one.nuclei) == (other.density, other.radiation_length, other.nuclei)


def _number(value: float) -> str:
    """Shortest text that keeps every digit."""
    return repr(float(value)).removesuffix(".0")
