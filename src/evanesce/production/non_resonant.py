r"""Non-resonant e⁺e⁻ → γ M on electrons at rest, with M on shell, at tree level with the electron mass.

With p₁ the positron, p₂ the electron, k the photon, a = 2p₁·k, b = 2p₂·k, Σ = a + b = s - m², the squared
amplitude summed over final and averaged over initial spins is, without the couplings (4πα)²ε²,

    |M|² = P/(ab) - Q Σ²/(ab)² + R

    scalar        P = s² + m⁴ - 8m_e²s                          Q = 2m_e²(m² - 4m_e²)    R = 0
    pseudoscalar  P = s² + m⁴                                   Q = 2m_e² m²             R = 0
    vector        P = 2(s² + m⁴) + 8m_e²s                       Q = 4m_e²(m² + 2m_e²)    R = -4
    axial vector  P = 2(s² + m⁴) - 16m_e²s + 4m_e²Σ²/m²         Q = 4m_e²(m² - 4m_e²)    R = -4

and dσ/db = πα²ε²|M|²/[s(s - 4m_e²)]. The tests compare with explicit Dirac matrices. For m_e → 0 the vector is
2(t² + u² + 2sm²)/(tu), for m → 0 twice Dirac's e⁺e⁻ → γγ. In the laboratory b = 2m_e ω with ω the photon's energy,
so that the integral with a cut on ω is elementary.

``photon_cut`` is the smallest photon energy in the centre of mass, ω* = (s - m²)/2√s, which is a cut on s alone. A
softer photon belongs to the resonance, where real and virtual soft photons cancel up to a few per cent. A cut on ω
instead would drop photons along the electron, which are hard in the centre of mass but have 0.1 MeV in the laboratory:
half of the logarithm ln(s/m_e²). The yield of an experiment, with softer photons, is in :mod:`isr`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2
from evanesce.errors import InvalidValueError
from evanesce.mediators import Mediator, Vertex, vertex_of
from evanesce.production.annihilation import collision_s
from evanesce.validation import FloatArray, finite_array, positive_array

__all__ = [
    "CROSS_SECTION_UNIT",
    "factors",
    "mass_factors",
    "non_resonant_cross_section",
    "non_resonant_spectrum",
    "numerator_series",
]

_M2: Final[float] = ELECTRON_MASS**2
_UNIT: Final[float] = float(np.pi * ALPHA**2)
CROSS_SECTION_UNIT: Final[float] = _UNIT * GEV2_CM2
"""The same in cm²."""


def non_resonant_cross_section(
    mediator: Mediator,
    *,
    energy: FloatArray,
    mass: FloatArray,
    photon_cut: FloatArray | float = 1e-3,
    least_energy: FloatArray | float = 0.0,
) -> FloatArray:
    """σ(e⁺e⁻ → γM) in cm² at ε = 1 for a positron of ``energy`` (GeV) on an electron at rest; shapes broadcast.

    ``photon_cut`` is the smallest photon energy in the centre of mass, ``least_energy`` the smallest energy of the
    mediator in the laboratory, both in GeV. Module docstring, integrated in closed form.

    Raises
    ------
    InvalidValueError
        A mass or cut that is not positive, an energy not above m_e, or a mediator without ``vertex``.

    Examples
    --------
    >>> from evanesce.mediators import DarkPhoton
    >>> sigma = non_resonant_cross_section(DarkPhoton(), energy=np.array(6.0), mass=np.array(0.0667))
    >>> f"{float(sigma):.2g} cm2"
    '2.1e-27 cm2'

    """
    energy, mass = _track(energy), positive_array("mass", mass)
    cut = positive_array("photon_cut", photon_cut)
    taken = finite_array("least_energy", least_energy)
    vertex = vertex_of(mediator)
    energy, mass, cut, taken = np.broadcast_arrays(energy, mass, cut, taken)
    sigma = accepted_cross_section(vertex, energy=energy, mass=mass, least_energy=taken)
    return np.where(energy > threshold_energy(mass, cut), sigma, 0.0)


def non_resonant_spectrum(
    mediator: Mediator, *, energy: FloatArray, mass: FloatArray, photon_energy: FloatArray
) -> FloatArray:
    """dσ/dω in cm²/GeV at ε = 1, ω the ``photon_energy`` in the laboratory; GeV, shapes broadcast.

    There is no cut; zero outside the kinematic limits.

    Raises
    ------
    InvalidValueError
        A mass or photon energy that is not positive, an energy not above m_e, or a mediator without ``vertex``.

    """
    energy, mass = _track(energy), positive_array("mass", mass)
    b = 2.0 * ELECTRON_MASS * positive_array("photon_energy", photon_energy)
    s = collision_s(energy)
    sigma = 2.0 * ELECTRON_MASS * (energy - resonance_energy(mass))
    smallest = least_photon(s, sigma)
    open_ = (sigma > 0) & (b >= smallest) & (sigma - b >= smallest)
    density = radiation_density(vertex_of(mediator), s, np.where(open_, sigma, 1.0), np.where(open_, b, 0.5))
    return np.where(open_, 2.0 * ELECTRON_MASS * GEV2_CM2 * density, 0.0)


def resonance_energy(mass: FloatArray) -> FloatArray:
    """E' in GeV at which s = m²."""
    energy: FloatArray = 0.5 * mass**2 / ELECTRON_MASS - ELECTRON_MASS
    return energy


def threshold_energy(mass: FloatArray, photon_cut: FloatArray) -> FloatArray:
    """E' in GeV above which a photon of ``photon_cut`` in the centre of mass is possible: √s = ω* + √(ω*² + m²)."""
    root = np.hypot(photon_cut, mass)
    above = photon_cut * (photon_cut + root) / ELECTRON_MASS  # (s - m²)/2m_e without cancellation
    energy: FloatArray = np.maximum(resonance_energy(mass) + above, ELECTRON_MASS)
    return energy


def least_photon(s: FloatArray, sigma: FloatArray) -> FloatArray:
    """Smallest b = 2m_e ω, and smallest a: Σ(1 - β)/2 with β = √(1 - 4m_e²/s)."""
    smallest: FloatArray = 2.0 * _M2 * sigma / (s * (1.0 + np.sqrt(np.maximum(1.0 - 4.0 * _M2 / s, 0.0))))
    return smallest


def accepted_cross_section(
    vertex: Vertex, *, energy: FloatArray, mass: FloatArray, least_energy: FloatArray
) -> FloatArray:
    """σ in cm² at ε = 1 of a mediator of more than ``least_energy`` in the laboratory, without a cut on s.

    Zero at and below the resonance. Arguments are not checked; ``energy`` must be above m_e.
    """
    s = collision_s(energy)
    sigma = 2.0 * ELECTRON_MASS * (energy - resonance_energy(mass))
    open_ = sigma > 0
    most = 2.0 * ELECTRON_MASS * (energy + ELECTRON_MASS - least_energy)
    return np.where(open_, radiation_integral(vertex, s, np.where(open_, sigma, 1.0), most), 0.0) * GEV2_CM2


def radiation_integral(
    vertex: Vertex,
    s: FloatArray,
    sigma: FloatArray,
    most: FloatArray,
    *,
    least: FloatArray | float = 0.0,
    m2: FloatArray | None = None,
) -> FloatArray:
    """σ in GeV⁻² at ε = 1 for a mediator with m² = s - ``sigma``, and b from ``least`` to ``most``; all in GeV².

    ``m2`` is m² where the difference would have too few digits.

    ``sigma`` is positive and may be as small as wanted: no digits are lost.
    """
    smallest = least_photon(s, sigma)
    high = np.clip(most, smallest, sigma - smallest)
    rest = np.maximum(sigma - high, smallest)
    low = np.clip(least, smallest, high)
    p, q, r = factors(vertex, s, sigma, s - sigma if m2 is None else m2)
    logarithm = np.log(high * (sigma - low) / (low * rest))
    poles = 1.0 / rest - 1.0 / (sigma - low) + 1.0 / low - 1.0 / high
    integral = (p - 2.0 * q) / sigma * logarithm - q * poles + r * (high - low)
    total: FloatArray = np.maximum(integral, 0.0) * _UNIT / (s * (s - 4.0 * _M2))
    return total


def radiation_density(
    vertex: Vertex, s: FloatArray, sigma: FloatArray, b: FloatArray, *, m2: FloatArray | None = None
) -> FloatArray:
    """dσ/db in GeV⁻⁴ at ε = 1, whose integral is :func:`radiation_integral`; b between its limits, m² as there."""
    p, q, r = factors(vertex, s, sigma, s - sigma if m2 is None else m2)
    ab = b * (sigma - b)
    density: FloatArray = (p / ab - q * (sigma / ab) ** 2 + r) * _UNIT / (s * (s - 4.0 * _M2))
    return density


def factors(vertex: Vertex, s: FloatArray, sigma: FloatArray, m2: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """P, Q and R of the module docstring."""
    return _numerator(vertex, s, sigma, m2), *mass_factors(vertex, m2)


def mass_factors(vertex: Vertex, m2: FloatArray) -> tuple[FloatArray, float]:
    """Q and R, which depend on m² alone."""
    if vertex == "scalar":
        return 2.0 * _M2 * (m2 - 4.0 * _M2), 0.0
    if vertex == "pseudoscalar":
        return 2.0 * _M2 * m2, 0.0
    if vertex == "vector":
        return 4.0 * _M2 * (m2 + 2.0 * _M2), -4.0
    return 4.0 * _M2 * (m2 - 4.0 * _M2), -4.0


def numerator_series(
    vertex: Vertex, s: FloatArray, sigma: FloatArray, m2: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray | float]:
    """P, and the coefficients of its expansion in s at constant m², which ends with the square; Σ = s - m²."""
    value = _numerator(vertex, s, sigma, m2)
    if vertex == "scalar":
        return value, 2.0 * s - 8.0 * _M2, 1.0
    if vertex == "pseudoscalar":
        return value, 2.0 * s, 1.0
    if vertex == "vector":
        return value, 4.0 * s + 8.0 * _M2, 2.0
    longitudinal = 4.0 * _M2 / m2
    return value, 4.0 * s - 16.0 * _M2 + 2.0 * longitudinal * sigma, 2.0 + longitudinal


def _numerator(vertex: Vertex, s: FloatArray, sigma: FloatArray, m2: FloatArray) -> FloatArray:
    """P."""
    spin_zero = s**2 + m2**2
    if vertex == "scalar":
        return spin_zero - 8.0 * _M2 * s
    if vertex == "pseudoscalar":
        return spin_zero
    if vertex == "vector":
        return 2.0 * spin_zero + 8.0 * _M2 * s
    return 2.0 * spin_zero - 16.0 * _M2 * s + 4.0 * _M2 * sigma**2 / m2


def _track(energy: FloatArray) -> FloatArray:
    array = positive_array("energy", energy)
    if not (array > ELECTRON_MASS).all():
        raise InvalidValueError(f"energy = {array.min():g} GeV: must be greater than the electron mass")
    return array
