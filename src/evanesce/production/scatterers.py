"""Targets of bremsstrahlung: nuclei with their form factors; nuclei of similar mass are combined."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from evanesce.materials import Material, Nucleus
from evanesce.production.form_factors import FormFactor, form_factor_of, nuclear_mass
from evanesce.validation import FloatArray

__all__ = ["Scatterer", "scatterers"]

_ALIKE: Final[float] = 0.2
"""Nuclei are combined up to this relative mass difference; the error is 5e-6 for CsI at 5 GeV and 1 GeV mass."""
_MINOR: Final[float] = 0.02
"""Share of Σ n Z(Z + 1) below which a target is minor: hydrogen and carbon next to lead."""
_LIGHT: Final[float] = 10.0
"""Nuclei lighter than this (GeV) are never combined."""


@dataclass(frozen=True, slots=True)
class Scatterer:
    """Nuclei with a common mass (GeV) for the recoil; a call returns Σ weight · G₂(t)."""

    mass: float
    parts: tuple[tuple[float, FormFactor], ...]
    """Weight, for instance nuclei per cm³, and form factor of each nucleus."""
    minor: bool = False
    """Whether it contributes so little next to other targets that a few per mil of its spectrum do not matter."""

    def __call__(self, t: FloatArray) -> FloatArray:
        """Weighted sum of the form factors at t in GeV², any shape."""
        total: FloatArray = np.zeros_like(t)
        for weight, form_factor in self.parts:
            total += weight * form_factor(t)
        return total

    @property
    def window(self) -> tuple[float, float]:
        """Range of t in GeV² that contributes for any of them."""
        windows = [form_factor.window for _, form_factor in self.parts]
        return min(low for low, _ in windows), max(high for _, high in windows)


@lru_cache(maxsize=64)
def scatterers(material: Material, form_factor: str = "elastic") -> tuple[Scatterer, ...]:
    """The nuclei of a material, weighted with their number per cm³; those of similar mass are one target."""
    groups: list[list[Nucleus]] = []
    for nucleus in sorted(material.nuclei, key=nuclear_mass):
        alike = groups and nuclear_mass(nucleus) <= (1.0 + _ALIKE) * nuclear_mass(groups[-1][0])
        if alike and nuclear_mass(nucleus) > _LIGHT:
            groups[-1].append(nucleus)
        else:
            groups.append([nucleus])
    strengths = [sum(n.number_density * n.Z * (n.Z + 1) for n in group) for group in groups]
    return tuple(
        _target(group, form_factor, minor=strength < _MINOR * sum(strengths))
        for group, strength in zip(groups, strengths, strict=True)
    )


def _target(group: list[Nucleus], form_factor: str, *, minor: bool) -> Scatterer:
    # coherent scattering is proportional to Z²
    strength = [nucleus.number_density * nucleus.Z**2 for nucleus in group]
    mass = sum(s * nuclear_mass(n) for s, n in zip(strength, group, strict=True)) / sum(strength)
    return Scatterer(mass, tuple((n.number_density, form_factor_of(n, form_factor)) for n in group), minor)
