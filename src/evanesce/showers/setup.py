"""Slab and incident particle of a shower."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.particles import Incident, check_incident

__all__ = ["ShowerSetup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowerSetup:
    """Slab and incident particle: the input of a shower model."""

    incident: Incident
    """Incident particle: positron, electron or photon."""
    material: Material
    """Material of the slab."""
    start: float
    """Depth in X0 at which the track length starts: the thickness of the upstream material."""
    stop: float
    """Depth in X0 at which it stops."""
    energy_min: float
    """Smallest incident energy in GeV."""
    energy_max: float
    """Largest incident energy in GeV."""

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
        """Everything that a result depends on, without names: part of a cache key."""
        atoms = tuple((nucleus.Z, nucleus.number_density) for nucleus in self.material.nuclei)
        slab = (self.incident, self.start, self.stop, self.energy_min, self.energy_max)
        return (atoms, self.material.radiation_length, slab)
