"""Which slab a shower develops in, and what enters it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.particles import Incident, check_incident

__all__ = ["ShowerSetup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowerSetup:
    """What enters which slab: the arguments of a shower."""

    incident: Incident
    """What enters: a positron, an electron or a photon."""
    material: Material
    """Material of the slab."""
    start: float
    """Depth in X0 from which track length counts: the material upstream."""
    stop: float
    """Depth in X0 up to which it counts."""
    energy_min: float
    """Smallest energy in GeV that enters."""
    energy_max: float
    """Largest energy in GeV that enters."""

    def __post_init__(self) -> None:
        check_incident("incident", self.incident)
        if not (0 <= self.start < self.stop < np.inf and self.stop - self.start >= 1e-9):
            raise InvalidValueError(
                f"depth from {self.start} to {self.stop} X0: must be finite, not negative and increase by 1e-9 or more"
            )
        if not 0 < self.energy_min <= self.energy_max < np.inf:
            raise InvalidValueError(
                f"energies from {self.energy_min} to {self.energy_max} GeV: must be finite and positive"
            )

    @property
    def key(self) -> tuple[object, ...]:
        """Everything about it that matters to a result, and not the names of things: part of a cache key."""
        atoms = tuple((nucleus.Z, nucleus.number_density) for nucleus in self.material.nuclei)
        slab = (self.incident, self.start, self.stop, self.energy_min, self.energy_max)
        return (atoms, self.material.radiation_length, slab)
