"""Resonant annihilation on atomic electrons, at rest or bound, Eq. (4.4) of arXiv:2212.04252."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from evanesce.mediators import Mediator
from evanesce.numerics import Estimate
from evanesce.physics import Option, PhysicsOptions
from evanesce.processes.base import PROCESSES, Workshop
from evanesce.production.annihilation import CollisionDensity, free_collisions, integrate_collisions
from evanesce.production.bound import bound_collisions
from evanesce.production.line_shape import WIDTH
from evanesce.sampling.annihilation import annihilation_samplers
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.sampler import Sampler
from evanesce.setups import Setup
from evanesce.tracklength import FoldedTrackLength, fold_track_length
from evanesce.validation import FloatArray

__all__ = ["Annihilation", "annihilated", "fold_positrons"]

T = TypeVar("T")

_FOLD: frozenset[str] = frozenset({"track_length", "v_max"})


@PROCESSES.register("annihilation")
@dataclass(frozen=True, slots=True, kw_only=True)
class Annihilation:
    """e⁺e⁻ → mediator → χχ̄ on an atomic electron of the calorimeter."""

    name: ClassVar[str] = "annihilation"
    standard: ClassVar[bool] = True
    OPTIONS: ClassVar[tuple[Option, ...]] = (
        Option(
            name="width",
            default="fixed",
            allowed=WIDTH,
            help="Width of the mediator in annihilation: that at its mass (fixed), or at √s (running).",
        ),
    )
    reads: ClassVar[frozenset[str]] = _FOLD | {"electrons", "binding", "width"}
    axes: ClassVar[frozenset[str]] = frozenset({"mass", "alpha_d", "mass_ratio"})
    smooth: ClassVar[frozenset[str]] = frozenset({"alpha_d", "mass_ratio"})

    def enabled(self, options: PhysicsOptions) -> bool:
        """Unless radiation at the vertex is switched on, which holds the resonance too."""
        return bool(options["isr"] == "off")

    def prepare(self, setup: Setup, options: PhysicsOptions, workshop: Workshop) -> PreparedAnnihilation:
        """Fold the track length with the source, and with the electrons' motion."""
        fold = fold_positrons(setup, options, workshop)
        material = setup.target.material
        collisions = (
            bound_collisions(fold, material, binding=options.binding)
            if options.electrons == "bound"
            else free_collisions(fold, material.electron_density)
        )
        return PreparedAnnihilation(collisions, material.radiation_length, options["width"])


@dataclass(frozen=True, slots=True, eq=False)
class PreparedAnnihilation:
    """Collisions of one setup over s, independent of the mediator."""

    collisions: CollisionDensity
    radiation_length: float
    """In cm."""
    width: str = "fixed"
    """Width in the propagator, ``fixed`` or ``running``."""

    def rates(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Collisions times cross section, integrated over s; shape (points, 1)."""
        integral = integrate_collisions(self.collisions, mediator, mass, width=self.width)
        return (self.radiation_length * integral)[:, None]

    def samplers(self, point: SignalPoint) -> Sequence[Sampler]:
        """Events of Eq. (4.4)."""
        return annihilation_samplers(point)


def fold_positrons(setup: Setup, options: PhysicsOptions, workshop: Workshop) -> FoldedTrackLength:
    """W(E') of all positrons inside the selection, computed once and shared by the processes."""

    def fold() -> FoldedTrackLength:
        kernel = setup.track_length(options).positrons
        return fold_track_length(setup.source, kernel, acceptance=setup.acceptance, v_max=options.v_max)

    return workshop.share(("positrons", setup.key, options.key(_FOLD)), fold)


def annihilated(by_process: Mapping[str, T]) -> T:
    """The entry of annihilation in results by process: ``isr`` where radiation at the vertex is part of it.

    >>> annihilated({"isr": 2.0, "bremsstrahlung": 1.0})
    2.0
    """
    return by_process["isr"] if "isr" in by_process else by_process["annihilation"]
