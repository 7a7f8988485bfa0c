r"""Squared amplitudes of e± + nucleus → e± + nucleus + mediator at tree level, with the electron mass.

A spin-0 nucleus couples through P = P_i + P_f, the photon carries q = P_i - P_f with t = -q² > 0. With
s̃ = (p' + k)² - m_e², ũ = (p - k)² - m_e², t₂ = (p' - p)² the amplitude summed over final and averaged over
initial spins is, for the four vertices 1, iγ⁵, γ^μ, γ^μγ⁵,

    C   = [4t (P·k)² - (s̃ + ũ)² P²] / (s̃ũ)
    B   = [4(ũ P·p + s̃ P·p')² - t (s̃ + ũ)² P²] / (s̃ũ)²
    D   = 4P² + 4t [(t₂ + m²) P² + 4 P·p P·p'] / (s̃ũ)
    A_scalar       = -C - (m² - 4m_e²) B
    A_pseudoscalar = -C - m² B
    A_vector       = -2C - 2(m² + 2m_e²) B - D
    A_axial        = -2C - 2(m² - 4m_e²) B - D + 32 m_e² t P²/(s̃ũ) - 4 (m_e²/m²) C

Source: Liu, McKeen and Miller, arXiv:1609.06781 Eq. (9), and Liu and Miller, arXiv:1705.01633, rearranged.
The tests compare with explicit Dirac matrices. In this form no term has the cancellation between the two
diagrams, which would cost all digits at small t.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.mediators import Vertex
from evanesce.validation import FloatArray

__all__ = ["Invariants", "amplitude_at", "amplitude_average", "squared_amplitude"]


class Invariants(NamedTuple):
    """Invariants of the amplitude other than the azimuth; GeV, arrays that broadcast.

    The azimuth of the recoil around p - k enters through s̃ = ``a`` - ``b`` cos φ only.
    """

    u: FloatArray
    """-ũ > 0."""
    t: FloatArray
    a: FloatArray
    excess: FloatArray
    """a - u, computed without cancellation."""
    b2: FloatArray
    """b²."""
    eikonal: FloatArray
    """(ũ P·p + s̃ P·p')/2M at s̃ = a, computed without cancellation."""
    energy: FloatArray
    """E of the incident electron."""
    left: FloatArray
    """Δ = E - E_k, the energy that the mediator leaves."""
    mass: FloatArray
    target_mass: FloatArray


def amplitude_average(vertex: Vertex, i: Invariants) -> FloatArray:
    """A/8M² averaged over the azimuth, dimension GeV⁰, exactly: s̃ enters as s̃^n with n from -2 to 1.

    With g = 1/s̃: ⟨g⟩ = X^(-1/2) with X = a² - b², and the variance of g is (a - √X) X^(-3/2).
    """
    quarter = 0.25 / i.target_mass
    root = np.sqrt(np.maximum(i.a * i.a - i.b2, 0.0))
    gap = i.b2 / (i.a + root)  # a - √X
    g = 1.0 / root
    spread = gap * g  # variance of g over its mean squared
    kinetic = i.energy - i.left + i.u * quarter
    surplus = i.excess - gap  # √X - u
    slope = i.left - i.t * quarter
    offset = i.u * (i.energy - i.t * quarter)
    terms = _Terms(
        g=g,
        momentum=kinetic**2 * g - 2.0 * quarter * kinetic + quarter**2 * i.a,
        single=surplus**2 * g + gap,
        double=(surplus * g) ** 2 + (i.u * g) ** 2 * spread,
        square=((i.eikonal - slope * gap) * g) ** 2 + (offset * g) ** 2 * spread,
    )
    return _combined(vertex, i, terms)


def amplitude_at(vertex: Vertex, i: Invariants, shift: FloatArray) -> FloatArray:
    """A/8M² at one azimuth, where s̃ = a - ``shift``; for the generation of events, shapes broadcast."""
    quarter = 0.25 / i.target_mass
    s = i.a - shift
    g = 1.0 / s
    kinetic = i.energy - i.left + i.u * quarter
    terms = _Terms(
        g=g,
        momentum=(kinetic - quarter * s) ** 2 * g,
        single=(i.excess - shift) ** 2 * g,
        double=((i.excess - shift) * g) ** 2,
        square=((i.eikonal - (i.left - i.t * quarter) * shift) * g) ** 2,
    )
    return _combined(vertex, i, terms)


class _Terms(NamedTuple):
    """Terms that depend on s̃, or their averages."""

    g: FloatArray
    """1/s̃."""
    momentum: FloatArray
    """(P·k)²/(4M² s̃)."""
    single: FloatArray
    """(s̃ + ũ)²/s̃."""
    double: FloatArray
    """(s̃ + ũ)²/s̃²."""
    square: FloatArray
    """(ũ P·p + s̃ P·p')²/(4M² s̃²)."""


def _combined(vertex: Vertex, i: Invariants, terms: _Terms) -> FloatArray:
    quarter = 0.25 / i.target_mass
    recoil = 1.0 + i.t * quarter**2 * 4.0
    c = (terms.single * recoil - 4.0 * i.t * terms.momentum) / i.u
    b = (4.0 * terms.square - i.t * recoil * terms.double) / i.u**2
    if vertex in ("scalar", "pseudoscalar"):
        return 0.5 * (-c - _coupled_mass2(vertex, i.mass) * b)
    final = i.left - (i.t + i.u) * quarter  # P·p'/2M
    virtual = recoil * ((2.0 * i.mass**2 - i.t + i.u) * terms.g - 1.0)
    flow = final * ((i.energy - i.t * quarter) * terms.g - quarter)
    d = 4.0 * recoil - 4.0 * i.t / i.u * (virtual + 4.0 * flow)
    total = -c - _coupled_mass2(vertex, i.mass) * b - 0.5 * d
    if vertex == "axial-vector":
        electron2 = ELECTRON_MASS**2
        total -= 16.0 * electron2 * i.t * recoil * terms.g / i.u + 2.0 * electron2 / i.mass**2 * c
    return total


def squared_amplitude(
    vertex: Vertex,
    *,
    s: FloatArray,
    u: FloatArray,
    t: FloatArray,
    incoming: FloatArray,
    outgoing: FloatArray,
    target: FloatArray,
    mass: FloatArray,
) -> FloatArray:
    """A at one point of phase space, as in the module docstring, any shape.

    ``s`` and ``u`` are s̃ and ũ, ``incoming`` P·p, ``outgoing`` P·p', ``target`` P²; GeV² and GeV.
    """
    product = s * u
    both = (s + u) ** 2 * target
    c = (4.0 * t * (incoming - outgoing) ** 2 - both) / product
    b = (4.0 * (u * incoming + s * outgoing) ** 2 - t * both) / product**2
    coupled = _coupled_mass2(vertex, mass)
    if vertex in ("scalar", "pseudoscalar"):
        return -c - coupled * b
    virtual = 2.0 * mass**2 - t - s - u  # t₂ + m²
    d = 4.0 * target + 4.0 * t * (virtual * target + 4.0 * incoming * outgoing) / product
    total: FloatArray = -2.0 * c - 2.0 * coupled * b - d
    if vertex == "axial-vector":
        electron2 = ELECTRON_MASS**2
        total = total + 32.0 * electron2 * t * target / product - 4.0 * electron2 / mass**2 * c
    return total


def _coupled_mass2(vertex: Vertex, mass: FloatArray) -> FloatArray:
    """Coefficient of B: m² - 4m_e², m², m² + 2m_e², m² - 4m_e²."""
    electrons = {"scalar": -4.0, "pseudoscalar": 0.0, "vector": 2.0, "axial-vector": -4.0}[vertex]
    coupled: FloatArray = mass**2 + electrons * ELECTRON_MASS**2
    return coupled
