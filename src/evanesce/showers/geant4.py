"""Track length from Geant4, run in separate processes. Needs the extra ``geant4``; the import is light."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.particles import Tracked
from evanesce.physics import Option, PhysicsOptions
from evanesce.showers.base import SHOWERS
from evanesce.showers.bins import BinnedTrackLength, check_bins
from evanesce.showers.setup import ShowerSetup
from evanesce.showers.simulated import SIMULATION
from evanesce.validation import FloatArray, between, whole

__all__ = ["Geant4", "geant4_data"]

_JOB: Final[int] = 5_000
"""Histories per job; it must not change, because the result of a seed depends on it."""


@SHOWERS.register("geant4")
@dataclass(frozen=True, slots=True, kw_only=True)
class Geant4:
    """Geant4 11 with its standard electromagnetic physics (option 0): bin averages with statistical errors.

    The same seed gives the same result on any number of processes. The provenance names the data sets; stand-ins for
    the official sets are not valid below 1 GeV. A bin without tracks has error 0.

    Raises
    ------
    InvalidValueError
        Energies beyond 100 TeV, or a first bin that reaches below 10 MeV.
    MissingExtraError
        Geant4 is not installed.
    SimulationError
        Geant4 stopped.

    """

    OPTIONS: ClassVar[tuple[Option, ...]] = SIMULATION
    histories: int = 1_000_000
    """Incident particles."""
    seed: int = 1
    processes: int | None = field(default=None, compare=False)
    """Number of processes; the number of cores if None."""

    def __post_init__(self) -> None:
        whole("histories", self.histories, 2, 10**12)
        whole("seed", self.seed, 0, 2**53)
        if self.processes is not None:
            whole("processes", self.processes, 1, 4096)

    @classmethod
    def from_options(cls, options: PhysicsOptions) -> Geant4:
        """Take ``histories`` and ``seed`` from the physics options."""
        return cls(histories=options["histories"], seed=options["seed"])

    def binned(
        self, setup: ShowerSetup, edges: FloatArray, *, v_max: float = 1.0, of: Tracked = "e+"
    ) -> BinnedTrackLength:
        """Averages over bins, with errors of one standard deviation; of positrons only."""
        return self.binned_layers(setup, edges, v_max=v_max, of=of)[-1]

    def binned_layers(
        self, setup: ShowerSetup, edges: FloatArray, *, v_max: float = 1.0, of: Tracked = "e+"
    ) -> tuple[BinnedTrackLength, ...]:
        """:meth:`binned` of every layer before the slab, and of the slab, from one run."""
        if of != "e+":
            raise InvalidValueError(f"of = '{of}': geant4 scores positrons only; use cascade or montecarlo")
        from evanesce.simulation import shower
        from evanesce.simulation.engine import RANGE_CUT, release
        from evanesce.simulation.jobs import run_jobs, split

        edges = check_bins(edges)
        energy = between("energy", setup.energy_max, 0.02, 1e5, "GeV for geant4")
        if not edges[0] * energy >= 0.01:
            raise InvalidValueError(
                f"bin edge = {edges[0]:g}: must be at least {0.01 / energy:.3g} for geant4 (10 MeV)"
            )
        data = geant4_data()
        settings = {
            "slab": _slab(setup, energy).as_dict(),
            "edges": np.minimum(edges, v_max).tolist(),
            "units": [setup.layer(k).material.radiation_length for k in range(len(setup.before) + 1)],
        }
        jobs = split(self.histories, self.seed, _JOB)
        with closing(run_jobs(shower.__name__, settings, jobs, data, self.processes)) as running:
            done = {job.number: result for job, result in running}
        results = [done[job.number] for job in jobs]
        total, squares = (np.sum([result[name] for result in results], axis=0) for name in ("sums", "squares"))
        n = self.histories
        mean = total / n
        error = np.sqrt(np.maximum(squares / n - mean**2, 0.0) / (n - 1))
        mean, error = mean / np.diff(edges), error / np.diff(edges)
        provenance = {
            "geant4": release(results[0]["version"]),
            "physics": "G4EmStandardPhysics option 0, LPM",
            "data": data.as_dict(),
            "histories": n,
            "seed": self.seed,
            "histories_per_seed": _JOB,
            "range_cut_mm": RANGE_CUT,
            "lowest_v": float(edges[0]),
        }
        return tuple(
            BinnedTrackLength(
                edges=edges,
                primary=mean[layer, 0],
                secondary=mean[layer, 1],
                primary_error=error[layer, 0],
                secondary_error=error[layer, 1],
                provenance=provenance,
            )
            for layer in range(len(mean))
        )


def geant4_data(*, hadronic: bool = False) -> Any:
    """Data sets for Geant4: the official ones if installed, else stand-ins with our own cross sections.

    Returns a :class:`evanesce.simulation.data.DataSets`. The stand-ins are made at the first call and kept in the
    user's cache; they are not valid below 1 GeV.

    Raises
    ------
    DataFileError
        Official sets are incomplete, or the cache cannot be written.

    """
    from evanesce.interactions.medium import CROSS_SECTIONS
    from evanesce.simulation.data import ELECTROMAGNETIC, HADRONIC, find_data, keep_stand_ins
    from evanesce.simulation.stand_ins import VERSION, write_stand_ins

    version = f"{VERSION}.{CROSS_SECTIONS}"

    def stand_ins() -> Path:
        return keep_stand_ins(version, write_stand_ins)

    return find_data(HADRONIC if hadronic else ELECTROMAGNETIC, stand_ins, version)


def _slab(setup: ShowerSetup, energy: float) -> Any:
    from evanesce.interactions.medium import mean_excitation_energy
    from evanesce.simulation.engine import RANGE_CUT, Layer, Slab

    def layer(material: Material, thickness: float) -> Layer:
        return Layer.of(
            material,
            thickness=thickness * material.radiation_length,
            excitation=mean_excitation_energy(material),
        )

    material = setup.material
    return Slab.of(
        material,
        particle=setup.incident,
        energy=energy,
        upstream=setup.start * material.radiation_length,
        thickness=(setup.stop - setup.start) * material.radiation_length,
        excitation=mean_excitation_energy(material),
        cut=RANGE_CUT,
        before=tuple(layer(*each) for each in setup.before),
    )
