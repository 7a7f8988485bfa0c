"""Kinematics of e± + nucleus → e± + nucleus + mediator with all masses and recoil.

At a fixed energy E_k of the mediator the variables are u = -ũ = 2 p·k - m², linear in the cosine of its
angle, t = -(P_i - P_f)², and the azimuth φ of the recoil around V = p - k. Differences of large numbers are
rewritten analytically, so that no digits are lost at angles and momentum transfers of order (m/E)².
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.production.amplitudes import Invariants
from evanesce.validation import FloatArray

__all__ = ["Emission", "energy_range", "invariants", "largest_t", "smallest_t", "threshold_energy", "u_range"]


class Emission(NamedTuple):
    """One emission energy: arrays that broadcast, GeV and GeV²."""

    energy: FloatArray
    """E of the incident electron."""
    radiated: FloatArray
    """E_k of the mediator."""
    left: FloatArray
    """Δ = E - E_k, given separately because it may be of order m_e."""
    mass: FloatArray
    target_mass: FloatArray

    @property
    def momenta(self) -> FloatArray:
        """Product of the momenta of incident electron and mediator."""
        product: FloatArray = np.sqrt(
            (self.energy - ELECTRON_MASS)
            * (self.energy + ELECTRON_MASS)
            * np.maximum((self.radiated - self.mass) * (self.radiated + self.mass), 0.0)
        )
        return product

    @property
    def left2(self) -> FloatArray:
        """Δ² - m_e², the squared momentum of the final electron without recoil."""
        return (self.left - ELECTRON_MASS) * (self.left + ELECTRON_MASS)

    @property
    def forward(self) -> FloatArray:
        """Smallest u, at angle zero: m² Δ/E_k + m_e² E_k/E for E ≫ m."""
        # 2(E E_k - p k) - m² with E E_k - p k = (E² m² + m_e² E_k² - m_e² m²)/(E E_k + p k)
        electron2, mass2 = ELECTRON_MASS**2, self.mass**2
        half = (self.energy**2 * mass2 + electron2 * (self.radiated**2 - mass2)) / (
            self.energy * self.radiated + self.momenta
        )
        return 2.0 * half - mass2


def threshold_energy(mass: float, target_mass: float) -> float:
    """Smallest energy in GeV of an electron that can radiate the mediator on a target at rest; masses in GeV.

    s = (M + m + m_e)²: E = m + m_e + m (m + 2 m_e)/(2 M).
    """
    return mass + ELECTRON_MASS + mass * (mass + 2.0 * ELECTRON_MASS) / (2.0 * target_mass)


def energy_range(energy: FloatArray, mass: FloatArray, target_mass: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Smallest and largest energy of the mediator in GeV; equal where it cannot be produced."""
    s = target_mass**2 + ELECTRON_MASS**2 + 2.0 * target_mass * energy
    root = np.sqrt(s)
    others = target_mass + ELECTRON_MASS
    star = (s + mass**2 - others**2) / (2.0 * root)
    momentum2 = star**2 - mass**2
    possible = (root > others + mass) & (energy > ELECTRON_MASS)
    momentum = np.sqrt(np.maximum(momentum2, 0.0))
    boosted = np.sqrt(np.maximum(energy**2 - ELECTRON_MASS**2, 0.0)) * momentum
    rest = (energy + target_mass) * star
    largest = (rest + boosted) / root
    # slower than the centre of mass: the mediator always flies forward
    slow = momentum * (energy + target_mass) < star * np.sqrt(np.maximum(energy**2 - ELECTRON_MASS**2, 0.0))
    smallest = np.where(slow, (rest - boosted) / root, mass)
    return np.where(possible, smallest, mass), np.where(possible, np.maximum(largest, smallest), mass)


def smallest_t(e: Emission, u: FloatArray) -> FloatArray:
    """Smallest t at a given u, in GeV²; NaN if u cannot be reached."""
    _, second, root = _t_equation(e, u)
    return 2.0 * u**2 / (second + root)


def largest_t(e: Emission, u: FloatArray) -> FloatArray:
    """Largest t at a given u, in GeV²; NaN if u cannot be reached."""
    first, second, root = _t_equation(e, u)
    return (second + root) / (2.0 * first)


def _t_equation(e: Emission, u: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Physical t obey a t² - b t + u² <= 0: return a, b and the root of b² - 4 a u²."""
    tilt = 1.0 + e.left / e.target_mass
    first = 1.0 + 2.0 * e.left / e.target_mass + (ELECTRON_MASS**2 - u) / e.target_mass**2
    second = 4.0 * e.left2 + 4.0 * u - 2.0 * u * tilt
    # b² - 4 a u², with the u² terms collected
    discriminant = 16.0 * (e.left2 + u) * (e.left2 + u - u * tilt) + 4.0 * u**2 * (e.left2 + u) / e.target_mass**2
    reachable = (discriminant >= 0.0) & (u <= 2.0 * e.target_mass * (e.left - ELECTRON_MASS))
    return first, second, np.where(reachable, np.sqrt(np.maximum(discriminant, 0.0)), np.nan)


def u_range(e: Emission, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Limits of u at a given t, in GeV²; they are equal if t cannot be reached."""
    tilt = 1.0 - e.left / e.target_mass + t / (2.0 * e.target_mass**2)
    # tilt² - 1 - 2Δ/M - m_e²/M²
    bend = (
        -4.0 * e.left / e.target_mass
        + (e.left / e.target_mass) ** 2
        + t / e.target_mass**2 * (1.0 - e.left / e.target_mass + t / (4.0 * e.target_mass**2))
        - (ELECTRON_MASS / e.target_mass) ** 2
    )
    half = np.sqrt(np.maximum(t * (4.0 * e.left2 + t * bend), 0.0))
    lowest = e.forward
    lower = np.maximum(t * tilt - half, lowest)
    upper = np.minimum(t * tilt + half, lowest + 4.0 * e.momenta)
    return lower, np.maximum(upper, lower)


def invariants(e: Emission, u: FloatArray, t: FloatArray) -> Invariants:
    """The invariants of the amplitude, with s̃ = a - b cos φ."""
    electron2 = ELECTRON_MASS**2
    v2 = e.left2 + u
    half_sum = 0.5 * (e.mass**2 - u)
    # κ = k·V/V², and κΔ - E_k
    kappa = (e.radiated * e.left + half_sum) / v2
    residue = (e.left * half_sum + e.radiated * (electron2 - u)) / v2
    excess = u * kappa + t * (kappa + residue / e.target_mass)
    a = u + excess
    # u ((1 + κ)Δ - E) + t Δ (…) - t (a - u)/4M
    bent = (e.radiated * electron2 + e.left * (half_sum + u) - e.energy * u) / v2
    eikonal = u * bent + t * e.left * (kappa + residue / e.target_mass) - 0.25 * t * excess / e.target_mass
    # squared momenta of the mediator and of the recoil perpendicular to V
    away = 0.5 * (u - e.forward)
    along = 0.5 * (u + t * (1.0 + e.left / e.target_mass))
    across2 = np.maximum(away * (2.0 * e.momenta - away), 0.0) / v2
    recoil2 = np.maximum(t + 0.25 * (t / e.target_mass) ** 2 - along**2 / v2, 0.0)
    return Invariants(u, t, a, excess, 4.0 * across2 * recoil2, eikonal, e.energy, e.left, e.mass, e.target_mass)
