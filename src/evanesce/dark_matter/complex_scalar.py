"""A complex scalar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evanesce.constants import ALPHA, E_SQUARED
from evanesce.dark_matter.base import DARK_MATTER, dark_matter_velocity
from evanesce.validation import FloatArray

__all__ = ["ComplexScalar"]


@DARK_MATTER.register("complex-scalar")
@dataclass(frozen=True, slots=True)
class ComplexScalar:
    """Complex scalar with the current i g_χ (χ*∂^μχ - χ∂^μχ*); annihilates in the p wave.

    >>> rate, power = ComplexScalar().leading_rate(np.asarray(0.01), np.asarray(0.03), 0.5)
    >>> power
    2
    """

    title: ClassVar[str] = "complex scalar"
    states: ClassVar[int] = 2
    counted: ClassVar[float] = 0.5

    def width(self, mass: FloatArray, alpha_d: Any, mass_ratio: Any) -> FloatArray:
        """Γ = m α_D/12 (1 - 4 m_χ²/m²)^(3/2) in GeV."""
        below = 1.0 - 4.0 * np.asarray(mass_ratio) ** -2.0
        width: FloatArray = mass * np.asarray(alpha_d) / 12.0 * below**1.5
        return width

    def production_numerator(self, s: FloatArray, mass: FloatArray, alpha_d: Any, mass_ratio: Any) -> FloatArray:
        """e² α_D/12 s β³."""
        velocity = dark_matter_velocity(s, mass, mass_ratio)
        numerator: FloatArray = E_SQUARED / 12.0 * np.asarray(alpha_d) * s * velocity**3
        return numerator

    def annihilation_numerator(self, s: FloatArray, dark_mass: FloatArray, alpha_d: Any) -> FloatArray:
        """N β = e² α_D/3 (s - 4 m_χ²)."""
        numerator: FloatArray = E_SQUARED / 3.0 * np.asarray(alpha_d) * (s - 4.0 * dark_mass**2)
        return numerator

    def leading_rate(self, dark_mass: FloatArray, mass: FloatArray, alpha_d: Any) -> tuple[FloatArray, int]:
        """σv = 8π α α_D m_χ² v²/[3 (m² - 4 m_χ²)²]."""
        propagator = (np.asarray(mass) ** 2 - 4.0 * np.asarray(dark_mass) ** 2) ** 2
        rate: FloatArray = 8.0 * np.pi / 3.0 * ALPHA * np.asarray(alpha_d) * dark_mass**2 / propagator
        return rate, 2

    def forward_share(self, velocity2: FloatArray) -> FloatArray:
        """-1: sin²θ."""
        return np.full(np.shape(velocity2), -1.0)
