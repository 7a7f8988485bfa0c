"""Pseudoscalar mediator, for instance an axion-like particle coupled to electrons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evanesce.constants import ALPHA, E_SQUARED, ELECTRON_MASS
from evanesce.mediators.base import MEDIATORS, ByContent, Parameter, Vertex, check_dark_sector, dark_matter_velocity
from evanesce.mediators.splitting import complete_splitting
from evanesce.validation import FloatArray

__all__ = ["Pseudoscalar"]


@MEDIATORS.register("pseudoscalar")
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pseudoscalar(ByContent):
    """Pseudoscalar a with couplings eε a ēiγ⁵e and g_χ a χ̄iγ⁵χ.

    >>> float(Pseudoscalar(alpha_d=1e-3).width(0.0666)).__round__(8)
    2.482e-05
    """

    vertex: ClassVar[Vertex] = "pseudoscalar"
    alpha_d: Parameter = 1e-3
    """g_χ²/4π."""
    mass_ratio: Parameter = 3.0
    """m_a/m_χ, greater than 2."""

    def __post_init__(self) -> None:
        check_dark_sector(self.alpha_d, self.mass_ratio)

    def width(self, mass: FloatArray) -> FloatArray:
        """Γ(a → χχ̄) = m α_D/2 (1 - 4 m_χ²/m²)^(1/2) in GeV."""
        below = 1.0 - 4.0 * np.asarray(self.mass_ratio) ** -2.0
        width: FloatArray = mass * np.asarray(self.alpha_d) / 2.0 * np.sqrt(below)
        return width

    def electron_width(self, mass: FloatArray) -> FloatArray:
        """Γ(a → e⁺e⁻) in GeV at ε = 1: the same with α for α_D and the electron mass."""
        below = np.maximum(1.0 - 4.0 * (ELECTRON_MASS / np.asarray(mass)) ** 2, 0.0)
        width: FloatArray = mass * ALPHA / 2.0 * np.sqrt(below)
        return width

    def annihilation_numerator(self, s: FloatArray, mass: FloatArray) -> FloatArray:
        """e² α_D/4 s β at ε = 1, electron mass neglected."""
        velocity = dark_matter_velocity(s, mass, self.mass_ratio)
        numerator: FloatArray = E_SQUARED / 4.0 * np.asarray(self.alpha_d) * s * velocity
        return numerator

    def splitting(self, x: FloatArray, mass: FloatArray) -> FloatArray:
        """P(x) of :mod:`evanesce.mediators.splitting`, electron mass kept."""
        return complete_splitting(self.vertex, x, mass)
