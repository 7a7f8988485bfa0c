"""Slab and incident particle of a shower."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.particles import Incident, check_incident

__all__ = ["ShowerSetup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowerSetup:
    """Slab and incident particle: the input of a shower model; ``start`` and ``stop`` from the slab's front face."""

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
    before: tuple[tuple[Material, float], ...] = ()
    """Layers that the particle crosses before ``material``: material and thickness in its own X0, in order."""

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
        for material, thickness in self.before:
            if not 1e-9 <= thickness < np.inf:
                raise InvalidValueError(
                    f"layer of {material.name} before the slab: its thickness is {thickness} X0, must be finite and "
                    "1e-9 or more"
                )

    @property
    def crossed(self) -> float:
        """Thickness of all layers before the slab, each in its own X0."""
        return sum(thickness for _, thickness in self.before)

    @property
    def key(self) -> tuple[object, ...]:
        """Everything that a result depends on, without names: part of a cache key."""
        slab = (self.incident, self.start, self.stop, self.energy_min, self.energy_max)
        before = tuple((*_content(material), thickness) for material, thickness in self.before)
        return (*_content(self.material), slab, *((before,) if before else ()))

    @property
    def upstream(self) -> float:
        """Thickness of all layers before the slab, each in its own X0."""
        return sum(thickness for _, thickness in self.before)

    @property
    def depths(self) -> tuple[float, float]:
        """``start`` and ``stop`` from the front of all layers, the layers before the slab in their own X0."""
        upstream = self.upstream
        return upstream + self.start, upstream + self.stop

    def layer(self, number: int) -> ShowerSetup:
        """Return the setup of a layer before the slab, by its number from 0 on, or of the slab behind them all."""
        if number == len(self.before):
            return self
        material, thickness = self.before[number]
        return replace(self, material=material, start=0.0, stop=thickness, before=self.before[:number])


def _content(material: Material) -> tuple[object, object]:
    atoms = tuple((nucleus.Z, nucleus.number_density) for nucleus in material.nuclei)
    return (atoms, material.radiation_length)
