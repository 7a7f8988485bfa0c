"""The neutron background of section 3.2 of arXiv:2212.04252, simulated: from positrons to counts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from evanesce.backgrounds.neutron_simulation import production
from evanesce.backgrounds.neutron_simulation.events import NeutronEvents, NeutronSelection, garwood
from evanesce.materials import Material
from evanesce.simulation.data import DataSets
from evanesce.simulation.engine import Slab
from evanesce.simulation.jobs import Job, default_processes, run_jobs, split
from evanesce.simulation.store import JobStore
from evanesce.validation import positive, whole

__all__ = ["JOB", "NeutronRun", "simulate_neutrons"]

JOB: Final[int] = 100_000
"""Positrons of a job: part of what a seed means."""
_LOWEST: Final[float] = 1.9
"""Kinetic energy in GeV of the slowest neutron that makes an event worth keeping."""
_VERSION: Final[int] = 1
"""Raised with any change that alters a result."""
_LEVELS: Final[tuple[float, ...]] = (0.68, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutronRun:
    """What is shot at what.

    Raises
    ------
    InvalidValueError
        A number outside its range.

    """

    material: Material
    energy: float = 4.35
    """Total energy of the positrons in GeV, above 3.1."""
    thickness: float = 1.0
    """Thickness of the slab in X0."""
    positrons: int = 10**6
    seed: int = 1
    processes: int | None = field(default=None, compare=False)
    """As many as there are cores if None."""

    def __post_init__(self) -> None:
        positive("energy", self.energy, maximum=1e3)
        positive("thickness", self.thickness, maximum=100.0)
        whole("positrons", self.positrons, 1, 10**12)
        whole("seed", self.seed, 0, 2**53)
        if self.processes is not None:
            whole("processes", self.processes, 1, 4096)

    def settings(self) -> dict[str, Any]:
        """What the workers are told."""
        slab = Slab.of(
            self.material,
            particle="e+",
            energy=self.energy,
            upstream=0.0,
            thickness=self.thickness * self.material.radiation_length,
            excitation=None,
            cut=0.7,
        )
        return {"slab": slab.as_dict(), "lowest": _LOWEST}

    def configuration(self, data: DataSets) -> dict[str, Any]:
        """What a store must have in common with a run that continues it; the number of positrons may grow."""
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


def simulate_neutrons(run: NeutronRun, data: DataSets, store: Path) -> dict[str, Any]:
    """Simulate what ``store`` does not have yet, and count: plain data, as ``evanesce geant4 neutrons --json``.

    The store may be interrupted at any time, and continued by the same call.
    """
    jobs = split(run.positrons, run.seed, JOB)
    with JobStore(store, run.configuration(data), ("events", "version")) as finished:
        missing = [job for job in jobs if not _is_done(job, finished.finished)]
        if missing:
            processes = run.processes or default_processes()
            with closing(run_jobs(production.__name__, run.settings(), missing, data, processes)) as results:
                for job, result in results:
                    finished.add(job.number, job.histories, {"seeds": job.seeds, **result})
        done = [finished.finished[job.number] for job in jobs]
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
        "command": (
            f"evanesce geant4 neutrons --material {run.material.name} --energy {run.energy:g} "
            f"--thickness {run.thickness:g} --positrons {run.positrons} --seed {run.seed} --store FILE --json"
        ),
        "geant4": sorted({str(entry["version"]).strip("$ ").removeprefix("Name: ") for entry in done}),
        "physics": "FTFP_BERT",
        "data": data.as_dict(),
        "meaningful_for": "neutrons above 1 GeV" if data.source != "official" else "all",
        "kept": {"events": len(records), "neutron_kinetic_above_gev": _LOWEST},
        "selections": {
            selection.energy: {"cuts": selection.as_dict(), "counts": _with_intervals(selection.counts(events))}
            for selection in selections
        },
    }


def _is_done(job: Job, finished: Mapping[int, Mapping[str, Any]]) -> bool:
    """A last job of fewer positrons is run again when the whole of it is wanted."""
    entry = finished.get(job.number)
    return entry is not None and entry["histories"] == job.histories


def _with_intervals(counts: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Each count with its intervals; what was never seen is an upper limit."""
    return {
        name: {
            "count": count,
            "upper_limit": count == 0,
            **{f"interval_{round(100 * level)}": list(garwood(count, level)) for level in _LEVELS},
        }
        for name, count in counts.items()
    }
