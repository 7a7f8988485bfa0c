"""Resonant annihilation with the photons that the positron and the electron radiate at the vertex."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from evanesce.mediators import Mediator, Vertex, vertex_of
from evanesce.numerics import Estimate
from evanesce.physics import Option, PhysicsOptions
from evanesce.processes.base import PROCESSES, Workshop
from evanesce.production.annihilation import CollisionDensity, integrate_collisions
from evanesce.production.bound import light_cone_electrons
from evanesce.production.isr import bound_radiated_collisions, fold_radiated_kernels, free_radiated_collisions
from evanesce.production.radiated import RadiatedKernels, radiated_kernels
from evanesce.sampling.isr import isr_samplers
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.sampler import Sampler
from evanesce.setups import Setup
from evanesce.validation import FloatArray

__all__ = ["Isr"]

_FOLD: frozenset[str] = frozenset({"track_length", "v_max", "soft_photons"})
_READS: frozenset[str] = _FOLD | {"electrons", "binding"}


@PROCESSES.register("isr")
@dataclass(frozen=True, slots=True, kw_only=True)
class Isr:
    """e⁺e⁻ → photons + mediator, resonant or not; it takes the place of annihilation."""

    OPTIONS: ClassVar[tuple[Option, ...]] = (
        Option(
            name="isr",
            default="off",
            allowed=("off", "on"),
            help="Whether positron and electron radiate photons when they annihilate; includes e+e- -> photon + "
            "mediator off the resonance.",
        ),
        Option(
            name="soft_photons",
            default=1e-5,
            smallest=1e-7,
            largest=0.1,
            needs=("isr", "on"),
            help="Photons that take less than this share of s are soft: only their probability counts.",
        ),
    )
    name: ClassVar[str] = "isr"
    standard: ClassVar[bool] = True
    reads: ClassVar[frozenset[str]] = _READS | {"width"}
    axes: ClassVar[frozenset[str]] = frozenset({"mass", "alpha_d", "mass_ratio"})
    smooth: ClassVar[frozenset[str]] = frozenset({"alpha_d", "mass_ratio"})

    def enabled(self, options: PhysicsOptions) -> bool:
        """With ``isr=on``."""
        return bool(options["isr"] == "on")

    def prepare(self, setup: Setup, options: PhysicsOptions, workshop: Workshop) -> PreparedIsr:
        """Nothing yet: the collisions depend on the kind of mediator."""
        return PreparedIsr(setup, options, workshop)


@dataclass(frozen=True, slots=True, eq=False)
class PreparedIsr:
    """Collisions of one setup over s', one density for each kind of vertex, computed when it is needed."""

    setup: Setup
    options: PhysicsOptions
    workshop: Workshop

    def rates(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Collisions times cross section, integrated over s'; shape (points, 1)."""
        collisions = self._collisions(vertex_of(mediator, instead="isr=off"))
        length = self.setup.target.material.radiation_length
        return (length * integrate_collisions(collisions, mediator, mass, width=self.options["width"]))[:, None]

    def samplers(self, point: SignalPoint) -> Sequence[Sampler]:
        """Events with soft photons only, and with one that is hard."""
        return isr_samplers(point)

    def _collisions(self, vertex: Vertex) -> CollisionDensity:
        setup, options, material = self.setup, self.options, self.setup.target.material

        whole = setup.whole

        def radiate() -> RadiatedKernels:
            return radiated_kernels(
                whole.track_length(options).positrons,
                vertex,
                setup.acceptance,
                whole.energies,
                soft=options["soft_photons"],
                v_max=options.v_max,
            )

        def fold() -> CollisionDensity:
            # slices of the same tracks share what happens at the vertex
            radiated = self.workshop.share(("radiated kernels", vertex, whole.key, options.key(_FOLD)), radiate)
            tracks = self.workshop.share(
                ("radiated", vertex, setup.key, options.key(_FOLD)),
                lambda: fold_radiated_kernels(setup.source, radiated, acceptance=setup.acceptance, v_max=options.v_max),
            )
            if options.electrons == "bound":
                return bound_radiated_collisions(tracks, light_cone_electrons(material, options.binding))
            return free_radiated_collisions(tracks, material.electron_density)

        return self.workshop.share(("isr", vertex, setup.key, options.key(_READS)), fold)
