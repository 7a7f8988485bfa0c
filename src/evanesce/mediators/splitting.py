"""Weizsäcker-Williams splitting functions with the electron mass kept everywhere, for the four vertices.

P(x) of dσ/dx = α³ φ P(x), from the amplitude e γ → e mediator integrated over the emission angle, with
D = m²(1 - x) + m_e² x²:

    scalar        x³ [m_e²(2 - x)² + 2D]/(3D²)
    pseudoscalar  x³ [m_e² x² + 2D]/(3D²)
    vector        2x [m_e² x²(x² + 2x - 2) + 2(3 - 3x + x²) D]/(3D²)
    axial vector  2x [m_e² x²(2 - x)² + 2(3 - 3x + x²) D]/(3D²) + 4 m_e² x³/(m² D)

The last term is the longitudinal mode, enhanced as m_e²/m². Source: arXiv:1609.06781 and 1705.01633 (improved
Weizsäcker-Williams approximation); the tests integrate explicit Dirac matrices.
"""

from __future__ import annotations

from evanesce.constants import ELECTRON_MASS
from evanesce.mediators.base import Vertex
from evanesce.validation import FloatArray

__all__ = ["complete_splitting"]


def complete_splitting(vertex: Vertex, x: FloatArray, mass: FloatArray) -> FloatArray:
    """P(x) in GeV⁻² for a coupling eε at ε = 1; x = E_mediator/E', mass in GeV, shapes broadcast."""
    electron2 = ELECTRON_MASS**2
    d = mass**2 * (1.0 - x) + electron2 * x**2
    if vertex == "scalar":
        return x**3 * (electron2 * (2.0 - x) ** 2 + 2.0 * d) / (3.0 * d**2)
    if vertex == "pseudoscalar":
        return x**3 * (electron2 * x**2 + 2.0 * d) / (3.0 * d**2)
    transverse = 2.0 * (3.0 - 3.0 * x + x**2) * d
    if vertex == "vector":
        return 2.0 * x * (electron2 * x**2 * (x**2 + 2.0 * x - 2.0) + transverse) / (3.0 * d**2)
    splitting: FloatArray = 2.0 * x * (electron2 * x**2 * (2.0 - x) ** 2 + transverse) / (3.0 * d**2)
    return splitting + 4.0 * electron2 * x**3 / (mass**2 * d)
