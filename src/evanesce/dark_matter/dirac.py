"""A Dirac fermion, Eqs. (4.1)-(4.3) of arXiv:2212.04252."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evanesce.constants import ALPHA, E_SQUARED
from evanesce.dark_matter.base import DARK_MATTER, dark_matter_velocity
from evanesce.validation import FloatArray

__all__ = ["Dirac"]


@DARK_MATTER.register("dirac")
@dataclass(frozen=True, slots=True)
class Dirac:
    """Dirac fermion with the current g_χ χ̄γ^μχ; annihilates in the s wave.

    >>> float(Dirac().width(np.asarray(0.0666), 1e-3, 3.0)).__round__(8)
    2.022e-05
    """

    title: ClassVar[str] = "Dirac fermion"
    states: ClassVar[int] = 4
    counted: ClassVar[float] = 0.5

    def width(self, mass: FloatArray, alpha_d: Any, mass_ratio: Any) -> FloatArray:
        """Γ = m α_D/3 (1 + 2 m_χ²/m²) √(1 - 4 m_χ²/m²) in GeV, Eq. (4.3)."""
        inverse = np.asarray(mass_ratio) ** -2.0
        width: FloatArray = mass * np.asarray(alpha_d) / 3.0 * (1.0 + 2.0 * inverse) * np.sqrt(1.0 - 4.0 * inverse)
        return width

    def production_numerator(self, s: FloatArray, mass: FloatArray, alpha_d: Any, mass_ratio: Any) -> FloatArray:
        """Numerator of Eq. (4.2) at ε = 1: e² α_D/3 (s + 2 m_χ²) β."""
        chi_mass2 = (mass / np.asarray(mass_ratio)) ** 2
        velocity = dark_matter_velocity(s, mass, mass_ratio)
        numerator: FloatArray = E_SQUARED / 3.0 * np.asarray(alpha_d) * (s + 2.0 * chi_mass2) * velocity
        return numerator

    def annihilation_numerator(self, s: FloatArray, dark_mass: FloatArray, alpha_d: Any) -> FloatArray:
        """N β = e² α_D/3 (s + 2 m_χ²): detailed balance of Eq. (4.2)."""
        numerator: FloatArray = E_SQUARED / 3.0 * np.asarray(alpha_d) * (s + 2.0 * dark_mass**2)
        return numerator

    def leading_rate(self, dark_mass: FloatArray, mass: FloatArray, alpha_d: Any) -> tuple[FloatArray, int]:
        """σv = 16π α α_D m_χ²/(m² - 4 m_χ²)²."""
        propagator = (np.asarray(mass) ** 2 - 4.0 * np.asarray(dark_mass) ** 2) ** 2
        rate: FloatArray = 16.0 * np.pi * ALPHA * np.asarray(alpha_d) * dark_mass**2 / propagator
        return rate, 0

    def forward_share(self, velocity2: FloatArray) -> FloatArray:
        """β²/(2 - β²)."""
        return velocity2 / (2.0 - velocity2)
