"""A monoenergetic beam dumped on the calorimeter, as at NA64 or LDMX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.errors import InvalidValueError
from evanesce.particles import Particle, check_particle
from evanesce.representation import field_html
from evanesce.sources.base import LARGEST_ENERGY, LARGEST_NUMBER, SOURCES
from evanesce.validation import FloatArray, positive

__all__ = ["Beam"]


@SOURCES.register("beam")
@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """Particles of one energy.

    >>> Beam(energy=100.0, particles=2.84e11, incident="e-").lines
    ((100.0, 284000000000.0),)
    """

    exposure_field: ClassVar[str] = "particles"
    energy: float
    """Total energy of a beam particle in GeV."""
    particles: float
    """Number of particles on target."""
    incident: Particle = "e-"
    """Charge of the beam."""

    def __post_init__(self) -> None:
        positive("energy", self.energy, maximum=LARGEST_ENERGY)
        positive("particles", self.particles, maximum=LARGEST_NUMBER)
        if not self.energy > ELECTRON_MASS:
            raise InvalidValueError(f"energy = {self.energy}: must exceed the electron mass, in GeV")
        check_particle("incident", self.incident)

    def _repr_html_(self) -> str:
        return field_html(self)

    @property
    def edges(self) -> tuple[float, ...]:
        """No continuum."""
        return ()

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """The beam energy (GeV) with all its particles."""
        return ((float(self.energy), float(self.particles)),)

    @property
    def count(self) -> float:
        """Number of particles on target."""
        return float(self.particles)

    def polar_cosines(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG002
        """All particles fly along z."""
        return np.ones(len(energy))

    def spectrum(self, energy: FloatArray) -> FloatArray:
        """No continuum: zero everywhere."""
        return np.zeros_like(np.asarray(energy, dtype=np.float64))
