"""Radiation of the mediator in the field of a nucleus, Eq. (4.5) of arXiv:2212.04252 and beyond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from evanesce.mediators import Mediator
from evanesce.numerics import Estimate
from evanesce.physics import PhysicsOptions
from evanesce.processes.base import PROCESSES, Workshop
from evanesce.production import RadiationYield
from evanesce.sampling.bremsstrahlung import bremsstrahlung_samplers
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.sampler import Sampler
from evanesce.setups import Setup
from evanesce.tracklength import RadiatingTracks
from evanesce.validation import FloatArray

__all__ = ["Bremsstrahlung"]

_FOLD: frozenset[str] = frozenset({"track_length", "v_max", "bremsstrahlung_thickness"})


@PROCESSES.register("bremsstrahlung")
@dataclass(frozen=True, slots=True, kw_only=True)
class Bremsstrahlung:
    """e± + nucleus → e± + nucleus + mediator."""

    name: ClassVar[str] = "bremsstrahlung"
    standard: ClassVar[bool] = True
    reads: ClassVar[frozenset[str]] = _FOLD | {"bremsstrahlung", "form_factor"}
    axes: ClassVar[frozenset[str]] = frozenset({"mass"})

    def enabled(self, options: PhysicsOptions) -> bool:  # noqa: ARG002
        """Always."""
        return True

    def prepare(self, setup: Setup, options: PhysicsOptions, workshop: Workshop) -> PreparedBremsstrahlung:
        """Fold the tracks that radiate with the source."""

        def fold() -> RadiatingTracks:
            return RadiatingTracks(
                source=setup.source,
                kernel=setup.track_length(options, thickness=options.bremsstrahlung_thickness).radiating,
                acceptance=setup.acceptance,
                v_max=options.v_max,
            )

        tracks = workshop.share(("radiating", setup.key, options.key(_FOLD)), fold)
        material, formula = setup.target.material, options.bremsstrahlung
        return PreparedBremsstrahlung(
            RadiationYield(tracks, material, formula=formula, form_factor=options.form_factor)
        )


@dataclass(frozen=True, slots=True, eq=False)
class PreparedBremsstrahlung:
    """The yield of one setup against mass."""

    radiation: RadiationYield

    def rates(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Yield of the chosen formula, shape (points, 1)."""
        return self.radiation(mediator, mass)[:, None]

    def samplers(self, point: SignalPoint) -> Sequence[Sampler]:
        """Events with the rate of the formula and the angles of the exact amplitude."""
        return bremsstrahlung_samplers(point, 1.0)
