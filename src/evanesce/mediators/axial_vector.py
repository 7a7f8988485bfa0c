"""Axial-vector mediator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evanesce.constants import ALPHA, E_SQUARED, ELECTRON_MASS
from evanesce.mediators.base import MEDIATORS, ByContent, Parameter, Vertex, check_dark_sector, dark_matter_velocity
from evanesce.mediators.splitting import complete_splitting
from evanesce.validation import FloatArray

__all__ = ["AxialVector"]


@MEDIATORS.register("axial-vector")
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AxialVector(ByContent):
    """Axial vector A with couplings eε A_μ ēγ^μγ⁵e and g_χ A_μ χ̄γ^μγ⁵χ.

    The electron mass breaks the axial current: longitudinal modes are radiated with an amplitude
    ∝ m_e/m, kept in ``splitting`` and in the exact bremsstrahlung.

    >>> float(AxialVector(alpha_d=1e-3).width(0.0666)).__round__(8)
    9.19e-06
    """

    vertex: ClassVar[Vertex] = "axial-vector"
    alpha_d: Parameter = 1e-3
    """g_χ²/4π."""
    mass_ratio: Parameter = 3.0
    """m_A/m_χ, greater than 2."""

    def __post_init__(self) -> None:
        check_dark_sector(self.alpha_d, self.mass_ratio)

    def width(self, mass: FloatArray) -> FloatArray:
        """Γ(A → χχ̄) = m α_D/3 (1 - 4 m_χ²/m²)^(3/2) in GeV."""
        below = 1.0 - 4.0 * np.asarray(self.mass_ratio) ** -2.0
        width: FloatArray = mass * np.asarray(self.alpha_d) / 3.0 * below**1.5
        return width

    def electron_width(self, mass: FloatArray) -> FloatArray:
        """Γ(A → e⁺e⁻) in GeV at ε = 1: the same with α for α_D and the electron mass."""
        below = np.maximum(1.0 - 4.0 * (ELECTRON_MASS / np.asarray(mass)) ** 2, 0.0)
        width: FloatArray = mass * ALPHA / 3.0 * below**1.5
        return width

    def annihilation_numerator(self, s: FloatArray, mass: FloatArray) -> FloatArray:
        """e² α_D/3 (s - 4 m_χ²) β at ε = 1, electron mass neglected."""
        velocity = dark_matter_velocity(s, mass, self.mass_ratio)
        numerator: FloatArray = E_SQUARED / 3.0 * np.asarray(self.alpha_d) * s * velocity**3
        return numerator

    def splitting(self, x: FloatArray, mass: FloatArray) -> FloatArray:
        """P(x) of :mod:`evanesce.mediators.splitting`, electron mass and longitudinal mode kept."""
        return complete_splitting(self.vertex, x, mass)
