"""Form factors of nuclei and atoms for bremsstrahlung in their field."""

from __future__ import annotations

from evanesce.constants import ELECTRON_MASS
from evanesce.validation import FloatArray

__all__ = ["elastic_form_factor", "nuclear_scale", "screening_scale"]


def screening_scale(z: int) -> float:
    """1/a² in GeV² with a = 111 Z^(-1/3)/m_e: screening by the atomic electrons, below Eq. (4.7)."""
    return float((ELECTRON_MASS * z ** (1.0 / 3.0) / 111.0) ** 2)


def nuclear_scale(mass_number: int) -> float:
    """d = 0.164 A^(-2/3) GeV²: the size of the nucleus, below Eq. (4.7)."""
    return float(0.164 * mass_number ** (-2.0 / 3.0))


def elastic_form_factor(z: int, mass_number: int, t: FloatArray) -> FloatArray:
    """G₂(t) = [Z a² t/((1 + a²t)(1 + t/d))]², Eq. (4.7); t in GeV², any shape.

    Source: Bjorken et al., Phys. Rev. D 80 (2009) 075018, Eq. (A18), after Tsai.
    """
    screening, size = screening_scale(z), nuclear_scale(mass_number)
    amplitude = z * t / (screening + t) / (1.0 + t / size)
    squared: FloatArray = amplitude**2
    return squared
