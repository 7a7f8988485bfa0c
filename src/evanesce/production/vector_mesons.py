r"""Photoproduction of ρ, ω, φ and J/ψ on nuclei, and their decay to dark matter through a vector mediator.

On a nucleon, σ(γN → VN) = X W^p + Y W^(-η) in μb (W in GeV) with a slope b in t, for the J/ψ times (1 - W_0²/W²)² with
W_0 = m_p + m_V: fits of S. R. Klein and J. Nystrand, Phys. Rev. C 60 (1999) 014903, to data from threshold to HERA, as
in their program STARlight (arXiv:1607.03838). Data scatter by some 10-20 % around them; below 6 GeV the fit of the ρ is
some 20 % low.

On a nucleus, Glauber's theory with vector dominance (T. H. Bauer, R. D. Spital, D. R. Yennie, F. M. Pipkin, Rev. Mod.
Phys. 50 (1978) 261; J. Hüfner, B. Kopeliovich, J. Nemchik, nucl-th/9605007), with q = m_V²/2k and T_z = ∫_z^∞ ρ dz':

    coherent    4π bσ ∫d²b |∫dz ρ e^(iqz) e^(-σ_VN T_z/2)|²
    incoherent  σ ∫d²b ∫dz ρ e^(-σ_in T_z) |1 - (σ_VN/2) ∫_(-∞)^z dz' ρ e^(iq(z'-z)) e^(-σ_VN (T_z' - T_z)/2)|²

The cross section of the meson is that of vector dominance, σ_VN² = 16π bσ/c² with c = e/g_V: 24 mb for ρ, 12 mb for φ
at 50 GeV. σ_in leaves out elastic scattering, σ_VN²/16πb. Nuclei are Woods-Saxon with R = 1.12 A^(1/3) - 0.86
A^(-1/3) fm and a diffuseness of 0.54 fm.

A meson converts to the mediator as to a photon, times ε: e ε m_V²/g_V with (e/g_V)² = 3 Γ_ee/(α m_V). A narrow meson on
its mass shell decays with BR(V → χχ̄) = BR(V → e⁺e⁻) (ε²α_D/α) m_V⁴/[(m_V² - m²)² + m²Γ²] (1 + 2m_χ²/m_V²) √(1 -
4m_χ²/m_V²), as in P. Schuster, N. Toro, K. Zhou, arXiv:2112.02104. The whole line shape is

    dN/ds = |Σ_V √N_V c_V m_V²/(s - m_V² + i√s Γ_V(s))|² ε² √s Γ(s)/[(s - m²)² + m²Γ²]/π,

an integral with the same Breit-Wigner as annihilation, for √s Γ(s) is N(s)/e² of the mediator. For one meson and
constant widths, a = m_V Γ_V, b = mΓ, d = m_V² - m², it is N c² m_V⁴ (1 + b/a)/[d² + (a + b)²]. Far from resonance b/a
is the decay of the meson, and 1 is the mediator's own pole, its diffractive photoproduction on shell, which does not
depend on α_D. On resonance the two mix, and the 1/b² of a narrow meson would be more than all there is. So
:func:`invisible_branching` has b (a + b) in place of b²: with it N BR is the decay of the narrow meson for b ≫ a or d ≫
b, the whole line shape for d = 0, and never more than either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.constants import ALPHA, E_SQUARED, GEV2_CM2, PROTON_MASS
from evanesce.materials import Nucleus
from evanesce.mediators import Mediator
from evanesce.production.woods_saxon import woods_saxon
from evanesce.validation import FloatArray

__all__ = [
    "LIGHT",
    "MESONS",
    "VectorMeson",
    "invisible_branching",
    "line_amplitudes",
    "line_shape",
    "meson_cross_section",
    "nuclear_cross_section",
    "nucleon_cross_section",
]

_FM: Final[float] = 1e-13
_MICROBARN: Final[float] = 1e-30
_PION: Final[float] = 0.13957039
"""Mass of the charged pion in GeV, PDG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorMeson:
    """Mass, widths and photoproduction of a meson."""

    name: str
    mass: float
    """In GeV; masses and widths from the Particle Data Group, Phys. Rev. D 110 (2024) 030001."""
    width: float
    electron_width: float
    """Γ(V → e⁺e⁻) in GeV."""
    pomeron: float
    """X in μb."""
    reggeon: float
    """Y in μb."""
    power: float
    """η."""
    slope: float
    """b in GeV⁻²."""
    rise: float = 0.22
    """p."""
    opening: int = 0
    """Power of 1 - W_0²/W²."""

    @property
    def coupling2(self) -> float:
        """(e/g_V)² = 3 Γ_ee/(α m_V)."""
        return 3.0 * self.electron_width / (ALPHA * self.mass)

    @property
    def threshold(self) -> float:
        """Photon energy on a nucleon at rest in GeV."""
        return self.mass * (1.0 + 0.5 * self.mass / PROTON_MASS)


MESONS: Final[tuple[VectorMeson, ...]] = (
    VectorMeson(
        name="rho",
        mass=0.77526,
        width=0.1474,
        electron_width=7.04e-6,
        pomeron=5.0,
        reggeon=26.0,
        power=1.23,
        slope=11.0,
    ),
    VectorMeson(
        name="omega",
        mass=0.78266,
        width=8.68e-3,
        electron_width=6.41e-7,
        pomeron=0.55,
        reggeon=18.0,
        power=1.92,
        slope=10.0,
    ),
    VectorMeson(
        name="phi",
        mass=1.019461,
        width=4.249e-3,
        electron_width=1.266e-6,
        pomeron=0.34,
        reggeon=0.0,
        power=0.0,
        slope=7.0,
    ),
    VectorMeson(
        name="J/psi",
        mass=3.0969,
        width=9.26e-5,
        electron_width=5.53e-6,
        pomeron=4.06e-3,
        reggeon=0.0,
        power=0.0,
        slope=4.0,
        rise=0.65,
        opening=2,
    ),
)
LIGHT: Final[int] = 3
"""The first mesons, whose line shapes overlap."""


def nucleon_cross_section(meson: VectorMeson, energy: FloatArray) -> FloatArray:
    """σ(γN → VN) in cm² for photons of ``energy`` in GeV; zero below the threshold."""
    w = np.sqrt(PROTON_MASS * (PROTON_MASS + 2.0 * np.asarray(energy)))
    sigma = meson.pomeron * w**meson.rise + meson.reggeon * w**-meson.power
    sigma *= np.maximum(1.0 - ((PROTON_MASS + meson.mass) / w) ** 2, 0.0) ** meson.opening
    return np.asarray(np.where(energy > meson.threshold, _MICROBARN * sigma, 0.0))


def nuclear_cross_section(meson: VectorMeson, nucleus: Nucleus, energy: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Coherent and incoherent σ(γA → VA*) in cm² for photons of ``energy`` in GeV, shape (energies,) each.

    A single nucleon has only the second.
    """
    one = nucleon_cross_section(meson, energy)
    if nucleus.mass_number < 2:
        return np.zeros_like(one), one
    matter = woods_saxon(nucleus.mass_number)
    b_weight, z, strip, behind = matter.b_weight, matter.z, matter.strip, matter.behind
    # all in fm
    forward = meson.slope * one / GEV2_CM2  # GeV⁻⁴ at t = 0, dσ/dt = b σ
    total = meson_cross_section(meson, one)
    elastic = total**2 * _FM**2 / GEV2_CM2 / (16.0 * np.pi * meson.slope)
    coherent, incoherent = np.zeros_like(one), np.zeros_like(one)
    for index in np.flatnonzero(one):
        wave = np.exp(1j * meson.mass**2 / (2.0 * energy[index]) * z * _FM / np.sqrt(GEV2_CM2))
        absorbed = np.exp(-0.5 * total[index] * behind)
        amplitude = np.sum(strip * wave * absorbed, axis=1)
        area = np.sum(b_weight * np.abs(amplitude) ** 2)  # fm⁻²
        coherent[index] = 4.0 * np.pi * forward[index] * GEV2_CM2 * GEV2_CM2 / _FM**2 * area
        steps = strip * wave * absorbed
        before = (np.cumsum(steps, axis=1) - 0.5 * steps) / (wave * absorbed)
        shadow = np.abs(1.0 - 0.5 * total[index] * before) ** 2
        survived = np.exp(-(total[index] - elastic[index]) * behind)
        incoherent[index] = one[index] * np.sum(b_weight[:, None] * strip * survived * shadow)
    return coherent, incoherent


def meson_cross_section(meson: VectorMeson, one: FloatArray) -> FloatArray:
    """σ_VN in fm² by vector dominance, from σ(γN → VN) in cm²."""
    forward = meson.slope * one / GEV2_CM2
    total: FloatArray = np.sqrt(16.0 * np.pi * forward / meson.coupling2) * GEV2_CM2 / _FM**2
    return total


def line_shape(numbers: FloatArray, s: FloatArray) -> FloatArray:
    """|Σ_V √N_V c_V m_V²/(s - m_V² + i√s Γ_V(s))|²/(π e²) in GeV⁻² of the LIGHT mesons.

    ``numbers`` are those of MESONS. It multiplies N(s)/[(s - m²)² + m²Γ²]. The width of the ρ has the p³ of two pions;
    zero below their threshold.
    """
    amplitude = np.zeros(np.shape(s), dtype=np.complex128)
    for each in line_amplitudes(numbers, s):
        amplitude += each
    shape: FloatArray = np.abs(amplitude) ** 2 / (np.pi * E_SQUARED)
    return shape


def line_amplitudes(numbers: FloatArray, s: FloatArray) -> list[npt.NDArray[np.complex128]]:
    """√N_V c_V m_V²/(s - m_V² + i√s Γ_V(s)) of the LIGHT mesons, the terms of :func:`line_shape`."""
    found = []
    for meson, number in zip(MESONS[:LIGHT], numbers[:LIGHT].tolist(), strict=True):
        width = meson.mass * meson.width
        growth: FloatArray | float = 1.0
        if meson.name == "rho":
            rest = meson.mass**2 - 4.0 * _PION**2
            growth = np.sqrt(np.maximum(s - 4.0 * _PION**2, 0.0) / rest) ** 3 * meson.mass / np.sqrt(s)
        strength = np.sqrt(number * meson.coupling2) * meson.mass**2
        found.append(strength / (s - meson.mass**2 + 1j * width * growth))
    return found


def invisible_branching(meson: VectorMeson, mediator: Mediator, mass: FloatArray) -> FloatArray:
    """BR(V → χχ̄) at ε = 1 of a meson on its mass shell, for a vector mediator of ``mass`` in GeV.

    The formula of the module. ``mass`` broadcasts against the mediator's parameters.

    >>> from evanesce.mediators import DarkPhoton
    >>> print(f"{invisible_branching(MESONS[2], DarkPhoton(alpha_d=0.5), np.array(0.3)):.4f}")
    0.0244
    """
    mass = np.asarray(mass, dtype=np.float64)
    square = meson.mass**2
    own = mass * mediator.width(mass)
    pole = (square - mass**2) ** 2 + own * (own + meson.mass * meson.width)
    decay = mediator.annihilation_numerator(np.asarray(square), mass) * 3.0 / (E_SQUARED * square)
    branching: FloatArray = meson.electron_width / meson.width / ALPHA * square**2 / pole * decay
    return branching
