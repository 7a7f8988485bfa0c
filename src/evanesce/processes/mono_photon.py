"""e⁺e⁻ → γ + mediator at the vertex of a collider."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evanesce.constants import INVERSE_AB_PB, PB_CM2
from evanesce.mediators import Mediator, Vertex, vertex_of
from evanesce.numerics import Estimate
from evanesce.physics import PhysicsOptions
from evanesce.processes.base import PROCESSES, Workshop
from evanesce.production.annihilation import CollisionDensity, integrate_collisions, rows_of
from evanesce.production.mono_photon import photon_collisions
from evanesce.setups import Collision
from evanesce.validation import FloatArray

__all__ = ["MonoPhoton"]


@PROCESSES.register("mono-photon")
@dataclass(frozen=True, slots=True, kw_only=True)
class MonoPhoton:
    """e⁺e⁻ → γM, M → χχ̄ of the colliding beams, at tree level; the mediator may be off its mass shell."""

    name: ClassVar[str] = "mono-photon"
    standard: ClassVar[bool] = True
    takes: ClassVar[type[Collision]] = Collision
    reads: ClassVar[frozenset[str]] = frozenset({"width"})
    axes: ClassVar[frozenset[str]] = frozenset({"mass", "alpha_d", "mass_ratio"})
    smooth: ClassVar[frozenset[str]] = frozenset({"alpha_d", "mass_ratio"})

    def enabled(self, options: PhysicsOptions) -> bool:  # noqa: ARG002
        """Always: it is the only process at the vertex."""
        return True

    def prepare(self, setup: Collision, options: PhysicsOptions, workshop: Workshop) -> PreparedMonoPhoton:
        """Nothing yet: the photons depend on the kind of mediator."""
        return PreparedMonoPhoton(setup, options["width"], workshop)


@dataclass(frozen=True, slots=True, eq=False)
class PreparedMonoPhoton:
    """Selected photons of one setup against the mass of the mediator, for each kind of vertex that is needed."""

    setup: Collision
    width: str
    """Width in the propagator, ``fixed`` or ``running``."""
    workshop: Workshop

    def rates(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Photons inside the cuts per ab⁻¹, integrated over the line shape of the mediator; shape (points, 1)."""
        vertex = vertex_of(mediator, instead="a mediator that has it")
        fixed = self.setup.cuts.peak_width is None
        sigma = self._in_window(vertex, mediator, mass) if fixed else self._in_peak(vertex, mediator, mass)
        return ((INVERSE_AB_PB / PB_CM2) * sigma)[:, None]

    def _in_window(self, vertex: Vertex, mediator: Mediator, mass: FloatArray) -> Estimate:
        """σ in cm² in a fixed window: one density for all masses."""
        return integrate_collisions(self._photons(vertex), mediator, mass, width=self.width)

    def _in_peak(self, vertex: Vertex, mediator: Mediator, mass: FloatArray) -> Estimate:
        """σ in cm² in a window that goes with the mass: one density for each."""
        s = self.setup.beams.s
        value, error = np.zeros(len(mass)), np.zeros(len(mass))
        for each in np.unique(mass).tolist():
            cuts = self.setup.cuts.around(0.5 * (s - each**2) / math.sqrt(s))
            if cuts is not None:
                rows = np.flatnonzero(mass == each)
                photons = photon_collisions(vertex, s, cuts)
                value[rows], error[rows] = integrate_collisions(
                    photons, rows_of(mediator, rows), mass[rows], width=self.width
                )
        return Estimate(value, error)

    def _photons(self, vertex: Vertex) -> CollisionDensity:
        setup = self.setup
        return self.workshop.share(
            ("mono-photon", vertex, setup.key), lambda: photon_collisions(vertex, setup.beams.s, setup.cuts)
        )
