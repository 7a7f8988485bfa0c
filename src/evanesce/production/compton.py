r"""γe → M e on electrons at rest, with M on shell, at tree level with the electron mass.

The crossed channel of e⁺e⁻ → γM in :mod:`non_resonant`: the photon comes in, and the positron goes out as an electron.
With k the incident photon, p the electron at rest and p' the final one, a = 2p'·k = 2m_e E_M - m², B = 2p·k = 2m_e ω
and t = (p - p')² = 2m_e(E_M - ω), the invariants become s → t, b → -B, Σ → t - m² = a - B, and the sign of a fermion:

    |M|² = P(t)/(aB) + Q (a - B)²/(aB)² - R,    dσ/dE_M = 2m_e πα²ε² |M|²/B²

with P, Q and R of :mod:`non_resonant`. For the massless vector it is Klein and Nishina's formula. P is a polynomial in
a, so that the integral over E_M above a cut is elementary.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from evanesce.constants import ELECTRON_MASS
from evanesce.mediators import Mediator, Vertex, vertex_of
from evanesce.production.non_resonant import CROSS_SECTION_UNIT, mass_factors, numerator_series
from evanesce.validation import FloatArray, finite_array, positive_array

__all__ = [
    "accepted_compton",
    "compton_cross_section",
    "compton_threshold",
    "outgoing_range",
    "outgoing_spectrum",
]

Open: TypeAlias = npt.NDArray[np.bool_]

_M2 = ELECTRON_MASS**2


def compton_cross_section(
    mediator: Mediator, *, energy: FloatArray, mass: FloatArray, least_energy: FloatArray | float = 0.0
) -> FloatArray:
    """σ(γe → Me) in cm² at ε = 1 for a photon of ``energy`` (GeV) on an electron at rest; shapes broadcast.

    ``least_energy`` is the smallest energy of the mediator in the laboratory in GeV.

    Raises
    ------
    InvalidValueError
        A mass or energy that is not positive, or a mediator without ``vertex``.

    Examples
    --------
    >>> from evanesce.mediators import DarkPhoton
    >>> f"{float(compton_cross_section(DarkPhoton(), energy=np.array(80.0), mass=np.array(0.2))):.2g} cm2"
    '1.1e-29 cm2'

    """
    energy, mass = positive_array("energy", energy), positive_array("mass", mass)
    taken = finite_array("least_energy", least_energy)
    energy, mass, taken = np.broadcast_arrays(energy, mass, taken)
    return accepted_compton(vertex_of(mediator), energy=energy, mass=mass, least_energy=taken)


def compton_threshold(mass: FloatArray) -> FloatArray:
    """Photon energy in GeV at which s = (m + m_e)²."""
    threshold: FloatArray = mass * (0.5 * mass / ELECTRON_MASS + 1.0)
    return threshold


def accepted_compton(vertex: Vertex, *, energy: FloatArray, mass: FloatArray, least_energy: FloatArray) -> FloatArray:
    """σ in cm² at ε = 1 of a mediator of more than ``least_energy``; zero below the threshold. Unchecked arguments."""
    open_, incoming, low, high = outgoing_range(energy, mass)
    low = np.clip(2.0 * ELECTRON_MASS * least_energy - mass**2, low, high)
    p0, p1, p2, q, r = _crossed(vertex, incoming, mass)
    logarithm, inverse = np.log(high / low), 1.0 / low - 1.0 / high
    linear, square = high - low, 0.5 * (high**2 - low**2)
    integral = (p0 * logarithm + p1 * linear + p2 * square) / incoming - r * linear
    integral = integral + q * (linear / incoming**2 - 2.0 * logarithm / incoming + inverse)
    return np.where(open_, CROSS_SECTION_UNIT * np.maximum(integral, 0.0) / incoming**2, 0.0)


def outgoing_range(energy: FloatArray, mass: FloatArray) -> tuple[Open, FloatArray, FloatArray, FloatArray]:
    """Whether the photon is above the threshold, B, and the smallest and largest a, in GeV²; 1 for B below it."""
    incoming = 2.0 * ELECTRON_MASS * energy
    above = 2.0 * ELECTRON_MASS * (energy - compton_threshold(mass))  # s - (m + m_e)²
    open_ = above > 0
    incoming, above = np.where(open_, incoming, 1.0), np.where(open_, above, 1.0)
    s = incoming + _M2
    # a lies between B (s + m_e² - m² ± λ)/2s, with λ² = (s - (m + m_e)²)(s - (m - m_e)²)
    root = np.sqrt(above * (above + 4.0 * mass * ELECTRON_MASS))
    middle = s + _M2 - mass**2
    high = incoming * (middle + root) / (2.0 * s)
    low = 2.0 * incoming * _M2 / (middle + root)  # the product of both is B² m_e²/s
    return open_, incoming, low, high


def outgoing_spectrum(vertex: Vertex, *, incoming: FloatArray, outgoing: FloatArray, mass: FloatArray) -> FloatArray:
    """dσ/da in cm²/GeV² at ε = 1, at B and at an a that is kinematically allowed. Unchecked arguments."""
    p0, p1, p2, q, r = _crossed(vertex, incoming, mass)
    first = (p0 / outgoing + p1 + p2 * outgoing) / incoming
    squared = first + q * (1.0 / incoming - 1.0 / outgoing) ** 2 - r
    return np.asarray(CROSS_SECTION_UNIT * np.maximum(squared, 0.0) / incoming**2)


def _crossed(
    vertex: Vertex, incoming: FloatArray, mass: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray | float, FloatArray, float]:
    """P(t) = p₀ + p₁ a + p₂ a² at t = a + m² - B, and Q and R."""
    m2 = mass**2
    return *numerator_series(vertex, m2 - incoming, -incoming, m2), *mass_factors(vertex, m2)
