"""Photoproduction of ρ, ω, φ, J/ψ by the photons of the shower, and their decay to dark matter through the mediator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evanesce.mediators import Mediator
from evanesce.numerics import Estimate
from evanesce.physics import Option, PhysicsOptions
from evanesce.processes.base import PROCESSES, Workshop
from evanesce.processes.photons import READS, photon_tracks
from evanesce.production.annihilation import CollisionDensity
from evanesce.production.meson_yield import (
    decays_on_shell,
    decays_with_line_shape,
    meson_collisions,
    meson_numbers,
)
from evanesce.sampling.mesons import meson_samplers
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.sampler import Sampler
from evanesce.setups import Setup
from evanesce.tracklength.photons import PhotonTracks
from evanesce.validation import FloatArray

__all__ = ["VectorMesons"]


@PROCESSES.register("vector-mesons")
@dataclass(frozen=True, slots=True, kw_only=True)
class VectorMesons:
    """γA → VA, V → mediator → χχ̄, for mediators that couple to quarks as the photon does: the dark photon.

    The decays of mesons on their mass shell, or with ``off_shell_mesons=on`` the integral over the whole line shape.
    It contains the diffractive photoproduction of the mediator itself, which vector dominance predicts and no published
    limit has.

    A meson has the quantum numbers of the photon. By charge conjugation and parity it does not mix with a scalar, a
    pseudoscalar or an axial vector, so that these have no such yield.
    """

    OPTIONS: ClassVar[tuple[Option, ...]] = (
        Option(
            name="vector_mesons",
            default="off",
            allowed=("off", "on"),
            help="Whether rho, omega, phi, J/psi made by photons of the shower count when they decay to dark matter.",
        ),
        Option(
            name="off_shell_mesons",
            default="off",
            allowed=("off", "on"),
            needs=("vector_mesons", "on"),
            help="Whether mesons of any mass count, photoproduction of the mediator included, or those on shell alone.",
        ),
    )
    name: ClassVar[str] = "vector_mesons"
    standard: ClassVar[bool] = True
    reads: ClassVar[frozenset[str]] = READS | {"width", "off_shell_mesons"}
    axes: ClassVar[frozenset[str]] = frozenset({"mass", "alpha_d", "mass_ratio"})
    smooth: ClassVar[frozenset[str]] = frozenset({"alpha_d", "mass_ratio"})

    def enabled(self, options: PhysicsOptions) -> bool:
        """With ``vector_mesons=on``."""
        return bool(options["vector_mesons"] == "on")

    def prepare(self, setup: Setup, options: PhysicsOptions, workshop: Workshop) -> PreparedVectorMesons:
        """Count the mesons."""
        tracks = photon_tracks(setup, options, workshop)
        numbers = meson_numbers(tracks, setup.target.material)
        shape = meson_collisions(numbers) if options["off_shell_mesons"] == "on" else None
        return PreparedVectorMesons(tracks, numbers, shape, options["width"])


@dataclass(frozen=True, slots=True, eq=False)
class PreparedVectorMesons:
    """The mesons of one setup."""

    tracks: PhotonTracks
    numbers: Estimate
    shape: CollisionDensity | None
    """Line shape of the light mesons; None for mesons on their mass shell."""
    width: str = "fixed"
    """Width in the propagator next to the line shape, ``fixed`` or ``running``."""

    def rates(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Decays to dark matter, shape (points, 1); zero but for a vector."""
        if getattr(mediator, "vertex", None) != "vector":
            return Estimate(np.zeros((len(mass), 1)), np.zeros((len(mass), 1)))
        if self.shape is None:
            return decays_on_shell(self.numbers, mediator, mass)[:, None]
        return decays_with_line_shape(self.numbers, self.shape, mediator, mass, width=self.width)[:, None]

    def samplers(self, point: SignalPoint) -> Sequence[Sampler]:
        """Mesons on nuclei and nucleons, and their decays; none but for a vector."""
        if point.vertex != "vector":
            return ()
        return meson_samplers(point, self.tracks, self.numbers.value, whole_shape=self.shape is not None)
