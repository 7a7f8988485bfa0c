"""Dark photon, Eqs. (4.1)-(4.3) and (4.6) of arXiv:2212.04252."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evanesce.constants import ALPHA, E_SQUARED, ELECTRON_MASS
from evanesce.mediators.base import MEDIATORS, ByContent, Parameter, Vertex, check_dark_sector, dark_matter_velocity
from evanesce.validation import FloatArray

__all__ = ["DarkPhoton"]


@MEDIATORS.register("dark-photon")
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DarkPhoton(ByContent):
    """Vector mediator A' with couplings eε to electrons and g_χ to χ, Eq. (4.1).

    >>> float(DarkPhoton(alpha_d=1e-3).width(0.0666)).__round__(8)
    2.022e-05
    """

    vertex: ClassVar[Vertex] = "vector"
    alpha_d: Parameter = 1e-3
    """g_χ²/4π."""
    mass_ratio: Parameter = 3.0
    """m_A'/m_χ, greater than 2."""

    def __post_init__(self) -> None:
        check_dark_sector(self.alpha_d, self.mass_ratio)

    def width(self, mass: FloatArray) -> FloatArray:
        """Γ(A' → χχ̄) in GeV, Eq. (4.3)."""
        inverse = np.asarray(self.mass_ratio) ** -2.0
        width: FloatArray = mass * np.asarray(self.alpha_d) / 3.0 * (1.0 + 2.0 * inverse) * np.sqrt(1.0 - 4.0 * inverse)
        return width

    def electron_width(self, mass: FloatArray) -> FloatArray:
        """Γ(A' → e⁺e⁻) in GeV at ε = 1: Eq. (4.3) with α for α_D and the electron mass."""
        r2 = (ELECTRON_MASS / np.asarray(mass)) ** 2
        width: FloatArray = mass * ALPHA / 3.0 * (1.0 + 2.0 * r2) * np.sqrt(np.maximum(1.0 - 4.0 * r2, 0.0))
        return width

    def annihilation_numerator(self, s: FloatArray, mass: FloatArray) -> FloatArray:
        """Numerator of Eq. (4.2) at ε = 1: e² α_D/3 (s + 2 m_χ²) β."""
        chi_mass2 = (mass / np.asarray(self.mass_ratio)) ** 2
        velocity = dark_matter_velocity(s, mass, self.mass_ratio)
        numerator: FloatArray = E_SQUARED / 3.0 * np.asarray(self.alpha_d) * (s + 2.0 * chi_mass2) * velocity
        return numerator

    def splitting(self, x: FloatArray, mass: FloatArray) -> FloatArray:
        """P(x) of Eq. (4.6): 4 x (1 - x + x²/3)/(m²(1 - x) + m_e² x²)."""
        splitting: FloatArray = 4.0 * x * (1.0 - x + x**2 / 3.0) / (mass**2 * (1.0 - x) + ELECTRON_MASS**2 * x**2)
        return splitting
