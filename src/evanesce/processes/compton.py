"""γe → mediator + e on atomic electrons, by the photons of the shower."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from evanesce.mediators import Mediator
from evanesce.numerics import Estimate
from evanesce.physics import Option, PhysicsOptions
from evanesce.processes.base import PROCESSES, Workshop
from evanesce.processes.photons import READS, photon_tracks
from evanesce.production.compton_yield import ComptonYield
from evanesce.sampling.compton import compton_samplers
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.sampler import Sampler
from evanesce.setups import Setup
from evanesce.validation import FloatArray

__all__ = ["Compton"]


@PROCESSES.register("compton")
@dataclass(frozen=True, slots=True, kw_only=True)
class Compton:
    """Compton scattering with the mediator in place of the final photon; the final electron is visible energy."""

    OPTIONS: ClassVar[tuple[Option, ...]] = (
        Option(
            name="compton",
            default="off",
            allowed=("off", "on"),
            help="Whether photon + e- -> mediator + e-, by photons of the shower, counts.",
        ),
    )
    name: ClassVar[str] = "compton"
    standard: ClassVar[bool] = True
    reads: ClassVar[frozenset[str]] = READS
    axes: ClassVar[frozenset[str]] = frozenset({"mass"})

    def enabled(self, options: PhysicsOptions) -> bool:
        """With ``compton=on``."""
        return bool(options["compton"] == "on")

    def prepare(self, setup: Setup, options: PhysicsOptions, workshop: Workshop) -> PreparedCompton:
        """Take the photons of the shower."""
        return PreparedCompton(ComptonYield(photon_tracks(setup, options, workshop), setup.target.material))


@dataclass(frozen=True, slots=True, eq=False)
class PreparedCompton:
    """The yield of one setup against mass."""

    scattered: ComptonYield

    def rates(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Photons times the cross section that passes the selection, shape (points, 1)."""
        return self.scattered(mediator, mass)[:, None]

    def samplers(self, point: SignalPoint) -> Sequence[Sampler]:
        """Events of the differential cross section."""
        return compton_samplers(point)
