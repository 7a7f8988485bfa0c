r"""Soft and virtual photons of e⁺e⁻ → mediator: the exponent of Yennie, Frautschi and Suura, and the constant.

With x the share of s that photons take, 1 - s'/s, the probability that they take less than x is F x^β,

    β = (2α/π)(L - 1),   L = ln(s/m_e²),   F = 1 + 3β/4 + (α/π)(π²/3 - 1/2 + c),

after E. A. Kuraev and V. S. Fadin, Sov. J. Nucl. Phys. 41 (1985) 466, and F. A. Berends, W. L. van Neerven and
G. J. H. Burgers, Nucl. Phys. B297 (1988) 429, for a vector (c = 0); F is (α/π)(3L/2 + π²/3 - 2) to first order.

c depends on the spin. In the massless limit chirality makes an axial vector equal to a vector and a pseudoscalar equal
to a scalar. A scalar has c = 3: its massless coefficient function is π²/3 - 1 instead of π²/3 - 4, in units of α/π
(b b̄ → H against q q̄ → γ* in QCD, with C_F α_s → α), if its coupling is that of the MS-bar scheme at the scale of its
mass. This is a convention. For a vector there is none, because its charge is not renormalised by the vertex. With a
coupling that is defined on the mass shell of the electron, F would be (α/π)(3L/2 + 2) smaller, 4 % at 67 MeV.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.mediators import Vertex
from evanesce.validation import FloatArray

__all__ = ["photon_exponent", "soft_and_virtual"]

_SPIN_ZERO: Final[float] = 3.0
"""c of the module docstring."""


def photon_exponent(s: FloatArray) -> FloatArray:
    """β at s in GeV²; zero where the formula, valid for s ≫ m_e², is negative."""
    exponent: FloatArray = 2.0 * ALPHA / np.pi * np.maximum(np.log(s / ELECTRON_MASS**2) - 1.0, 0.0)
    return exponent


def soft_and_virtual(vertex: Vertex, s: FloatArray) -> FloatArray:
    """F at s in GeV²."""
    spin = _SPIN_ZERO if vertex in ("scalar", "pseudoscalar") else 0.0
    factor: FloatArray = 1.0 + 0.75 * photon_exponent(s) + ALPHA / np.pi * (np.pi**2 / 3.0 - 0.5 + spin)
    return factor
