"""Scalar mediator, Eqs. (E.1)-(E.3) of arXiv:2212.04252."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evanesce.constants import ALPHA, E_SQUARED, ELECTRON_MASS
from evanesce.mediators.base import MEDIATORS, ByContent, Parameter, Vertex, check_dark_sector, dark_matter_velocity
from evanesce.validation import FloatArray

__all__ = ["Scalar"]


@MEDIATORS.register("scalar")
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scalar(ByContent):
    """Scalar mediator φ with couplings eε to electrons and g_χ to χ.

    Eq. (E.1) prints the electron coupling as ε; Eq. (E.3) and the quoted limits use eε, as here.
    """

    vertex: ClassVar[Vertex] = "scalar"
    alpha_d: Parameter = 1e-3
    """g_χ²/4π."""
    mass_ratio: Parameter = 3.0
    """m_φ/m_χ, greater than 2."""

    def __post_init__(self) -> None:
        check_dark_sector(self.alpha_d, self.mass_ratio)

    def width(self, mass: FloatArray) -> FloatArray:
        """Γ(φ → χχ̄) in GeV, Eq. (E.2)."""
        width: FloatArray = (
            mass * np.asarray(self.alpha_d) / 2.0 * (1.0 - 4.0 * np.asarray(self.mass_ratio) ** -2.0) ** 1.5
        )
        return width

    def electron_width(self, mass: FloatArray) -> FloatArray:
        """Γ(φ → e⁺e⁻) in GeV at ε = 1: Eq. (E.2) with α for α_D and the electron mass."""
        below = np.maximum(1.0 - 4.0 * (ELECTRON_MASS / np.asarray(mass)) ** 2, 0.0)
        width: FloatArray = mass * ALPHA / 2.0 * below**1.5
        return width

    def annihilation_numerator(self, s: FloatArray, mass: FloatArray) -> FloatArray:
        """Numerator of Eq. (E.3) at ε = 1: e² α_D/4 (s - 4 m_χ²) β."""
        velocity = dark_matter_velocity(s, mass, self.mass_ratio)
        numerator: FloatArray = E_SQUARED / 4.0 * np.asarray(self.alpha_d) * s * velocity**3
        return numerator

    def splitting(self, x: FloatArray, mass: FloatArray) -> FloatArray:
        """P(x) of the scalar: x³ (m_e²(2 - x)² + 2 D)/(3 D²) with D = m²(1 - x) + m_e² x².

        Weizsäcker-Williams cross section of arXiv:1609.06781 and 1705.01633 (improved approximation,
        integrated over the emission angle), with the photon flux of Eq. (4.7).
        """
        electron2 = ELECTRON_MASS**2
        denominator = mass**2 * (1.0 - x) + electron2 * x**2
        splitting: FloatArray = x**3 * (electron2 * (2.0 - x) ** 2 + 2.0 * denominator) / (3.0 * denominator**2)
        return splitting
