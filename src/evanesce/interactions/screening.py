"""Screening of the nucleus by its electrons, and of soft photons by the medium.

Screening functions: Y.-S. Tsai, Rev. Mod. Phys. 46 (1974) 815, Eqs. (3.38)-(3.41), Thomas-Fermi atom. Suppression
in matter (Landau, Pomeranchuk, Migdal; dielectric): A. B. Migdal, Phys. Rev. 103 (1956) 1811, with the fits of
T. Stanev et al., Phys. Rev. D 25 (1982) 1291 as in S. Klein, Rev. Mod. Phys. 71 (1999) 1501, Eqs. (74)-(79).
Everything is dimensionless and vectorises over its arguments.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from evanesce.validation import FloatArray

__all__ = ["Suppression", "elastic_screening", "inelastic_screening", "migdal", "suppression"]

_WEAK: Final[float] = 2.0
"""Above this argument φ and G have the expansions 1 - const/s⁴."""


class Suppression(NamedTuple):
    """Migdal's ξφ and ξG: factors of the two parts of a cross section, 1 without suppression."""

    phi: FloatArray
    g: FloatArray


def elastic_screening(gamma: FloatArray) -> tuple[FloatArray, FloatArray]:
    """φ₁ and φ₁ - φ₂ at γ = 100 m_e k/(E E' Z^(1/3)), Tsai's Eqs. (3.38) and (3.39).

    >>> phi, difference = elastic_screening(np.array(0.0))
    >>> round(float(np.exp(phi / 4)), 1), round(float(difference), 4)
    (184.1, 0.6667)
    """
    phi = (
        20.863
        - 2.0 * np.log1p((0.55846 * gamma) ** 2)
        - 4.0 * (1.0 - 0.6 * np.exp(-0.9 * gamma) - 0.4 * np.exp(-1.5 * gamma))
    )
    return phi, 2.0 / 3.0 / (1.0 + 6.5 * gamma + 6.0 * gamma**2)


def inelastic_screening(epsilon: FloatArray) -> tuple[FloatArray, FloatArray]:
    """ψ₁ and ψ₁ - ψ₂ at ε = 100 m_e k/(E E' Z^(2/3)), Tsai's Eqs. (3.40) and (3.41): the atom's electrons.

    >>> round(float(np.exp(inelastic_screening(np.array(0.0))[0] / 4)))
    1194
    """
    psi = (
        28.340
        - 2.0 * np.log1p((3.621 * epsilon) ** 2)
        - 4.0 * (1.0 - 0.7 * np.exp(-8.0 * epsilon) - 0.3 * np.exp(-29.2 * epsilon))
    )
    return psi, 2.0 / 3.0 / (1.0 + 40.0 * epsilon + 400.0 * epsilon**2)


def migdal(s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Migdal's φ(s) and G(s) in the fits of Stanev et al.; both go to 1 for large s, φ as 6s for small s."""
    s = np.asarray(s, dtype=np.float64)
    low = np.minimum(s, _WEAK)
    phi = -np.expm1(-6.0 * low * (1.0 + (3.0 - math.pi) * low) + low**3 / (0.623 + 0.796 * low + 0.658 * low**2))
    psi = -np.expm1(-4.0 * low - 8.0 * low**2 / (1.0 + 3.936 * low + 4.97 * low**2 - 0.05 * low**3 + 7.50 * low**4))
    far = np.maximum(s, _WEAK) ** -4.0
    weak = s >= _WEAK
    return np.where(weak, 1.0 - 0.0119048 * far, phi), np.where(weak, 1.0 - 0.0230655 * far, 3.0 * psi - 2.0 * phi)


def suppression(s_prime: FloatArray, z: int, dielectric: FloatArray | float = 1.0) -> Suppression:
    """ξφ and ξG at Migdal's s', the argument multiplied by the dielectric factor 1 + (k_p/k)².

    Klein's Eqs. (75), (78), (79); we limit the logarithm ξ such that ξφ <= 1, which its approximation exceeds.
    """
    s1 = z ** (2.0 / 3.0) / 184.15**2
    log_s1, log_ts1 = math.log(s1), math.log(math.sqrt(2.0) * s1)
    h = np.log(s_prime) / log_ts1
    xi = np.clip(1.0 + h - 0.08 * (1.0 - h) * (1.0 - (1.0 - h) ** 2) / log_ts1, 1.0, 2.0)
    xi = np.where(s_prime > 1.0, 1.0, np.where(s_prime > math.sqrt(2.0) * s1, xi, 2.0))
    s = s_prime / np.sqrt(xi) * dielectric
    xi = np.clip(1.0 + np.log(s) / log_s1, 1.0, 2.0)
    phi, g = migdal(s)
    xi = np.minimum(xi, 1.0 / phi)
    return Suppression(xi * phi, np.minimum(xi * g, 1.0))
