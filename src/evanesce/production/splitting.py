"""Improved Weizsäcker-Williams spectra (``iww``), with electron mass and mediator velocity.

dσ/dx = α³ φ β P(x) with the photon flux φ of Eq. (4.7), t from (m²/2E)² to m² + m_e², the velocity
β = [1 - m²/(xE)²]^(1/2) of the mediator, and P from the 2 → 2 amplitude e γ → e mediator at t = t_min,
integrated over all angles: Liu, McKeen and Miller, arXiv:1609.06781 Eqs. (27)-(31), and arXiv:1705.01633.
The formulas of arXiv:2212.04252 (``ww``) have β = 1 and, for the dark photon, no m_e in the numerator.
"""

from __future__ import annotations

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.materials import Material
from evanesce.mediators import Vertex
from evanesce.mediators.splitting import complete_splitting
from evanesce.production.flux import material_flux
from evanesce.validation import FloatArray

__all__ = ["improved_spectrum"]


def improved_spectrum(
    vertex: Vertex,
    material: Material,
    form_factor: str,
    *,
    x: FloatArray,
    energy: FloatArray,
    mass: FloatArray,
) -> FloatArray:
    """φ β P(x) in cm⁻³ GeV⁻²; times α³ it is dσ/dx per cm³ at ε = 1. Zero outside m < E_k < E - m_e."""
    radiated = x * energy
    velocity = np.sqrt(np.maximum(1.0 - (mass / radiated) ** 2, 0.0))
    open_ = (radiated > mass) & (energy - radiated > ELECTRON_MASS)
    flux = material_flux(material, mass, energy, form_factor)
    return np.where(open_, flux * velocity * complete_splitting(vertex, x, mass), 0.0)
