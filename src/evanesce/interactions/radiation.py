"""Bremsstrahlung and pair production on atoms, per radiation length.

Screened Bethe-Heitler cross sections with Coulomb correction and the atom's own electrons: Y.-S. Tsai, Rev. Mod.
Phys. 46 (1974) 815, Eqs. (3.9) and (3.83); suppression of Landau, Pomeranchuk and Migdal and the dielectric
effect as in S. Klein, Rev. Mod. Phys. 71 (1999) 1501. Energies are total energies in GeV.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.interactions.medium import (
    ELECTRON_RADIUS,
    Medium,
    coulomb_correction,
    radiation_logarithms,
)
from evanesce.interactions.screening import elastic_screening, inelastic_screening, suppression
from evanesce.materials import Nucleus
from evanesce.validation import FloatArray

__all__ = ["CORRECTED", "bremsstrahlung", "pair_production"]

CORRECTED: Final[tuple[float, float]] = (5e-3, 50e-3)
"""Energies in GeV between which the Coulomb correction is switched on; every cross section has corners there."""


class _Screened(NamedTuple):
    """Both parts of a screened cross section of one atom, in units of 4 α r_e² Z² times its density."""

    main: FloatArray
    """φ₁/4 - (ln Z)/3 - f + (ψ₁/4 - (2 ln Z)/3)/Z; L_rad - f + L'_rad/Z in complete screening."""
    second: FloatArray
    """(φ₁ - φ₂)/4 + (ψ₁ - ψ₂)/(4Z); (1 + 1/Z)/6 in complete screening."""


def bremsstrahlung(medium: Medium, energy: FloatArray, photon: FloatArray) -> FloatArray:
    """k dN/dk per X0, photons per unit of ln k radiated by an electron of ``energy`` at k = ``photon``.

    Tsai's (3.83): (16/3) α r_e² n Z² X0 {(1 - y + 3y²/4) main + (1 - y) second/2}, y = k/E. The parts of main
    with and without spin flip, y²/4 and 1 - y + y²/2, are multiplied by Migdal's ξG and ξφ, the whole by the
    dielectric factor 1/(1 + (E ħω_p/m_e k)²). Zero beyond k = E - m_e.
    """
    energy, photon = np.broadcast_arrays(energy, photon)
    after = energy - photon
    allowed = (after >= ELECTRON_MASS) & (photon > 0)
    left = np.where(allowed, after, energy)
    k = np.where(allowed, photon, energy)
    y = k / energy
    dielectric = 1.0 + (energy * medium.plasma_energy / (ELECTRON_MASS * k)) ** 2
    s_prime = np.sqrt(k * medium.suppression_energy / (8.0 * energy * left))
    momentum = k / (energy * left)
    total = np.zeros(y.shape)
    for nucleus in medium.nuclei:
        atom = _screened(nucleus, momentum, _correction(nucleus, energy))
        factor = suppression(s_prime, nucleus.Z, dielectric)
        shape = 0.25 * y**2 * factor.g + (1.0 - y + 0.5 * y**2) * factor.phi
        total += _strength(medium, nucleus) * np.maximum(shape * atom.main + 0.5 * (1.0 - y) * atom.second, 0.0)
    return np.where(allowed, 4.0 / 3.0 * total / dielectric, 0.0)


def pair_production(medium: Medium, photon: FloatArray, positron: FloatArray) -> FloatArray:
    """dN/dx per X0 of a photon of energy k = ``photon``: pairs per unit x = E₊/k, E₊ = ``positron``.

    Tsai's (3.9): 4 α r_e² n Z² X0 {(1 - 4x(1 - x)/3) main - 2x(1 - x) second/3}; main and x² + (1 - x)² in it
    with Migdal's factors as in bremsstrahlung. Zero outside m_e <= E₊ <= k - m_e.
    """
    photon, positron = np.broadcast_arrays(photon, positron)
    electron = photon - positron
    allowed = (positron >= ELECTRON_MASS) & (electron >= ELECTRON_MASS)
    up = np.where(allowed, positron, photon)
    down = np.where(allowed, electron, photon)
    product = up * down / photon**2
    s_prime = np.sqrt(photon * medium.suppression_energy / (8.0 * up * down))
    total = np.zeros(product.shape)
    for nucleus in medium.nuclei:
        atom = _screened(nucleus, photon / (up * down), _correction(nucleus, photon))
        factor = suppression(s_prime, nucleus.Z)
        # 1 - 4p/3 = 2(1 - 2p)/3 + 1/3, p = x(1 - x): without and with spin flip
        shape = 2.0 / 3.0 * (1.0 - 2.0 * product) * factor.phi + factor.g / 3.0
        total += _strength(medium, nucleus) * np.maximum(shape * atom.main - 2.0 / 3.0 * product * atom.second, 0.0)
    return np.where(allowed, total, 0.0)


def _correction(nucleus: Nucleus, energy: FloatArray) -> FloatArray:
    """f(Z) above 50 MeV, where its theory is valid; 0 below 5 MeV, and linear in ln E in between.

    H. W. Koch and J. W. Motz, Rev. Mod. Phys. 31 (1959) 920, and J. H. Hubbell, H. A. Gimm and I. Øverbø, J. Phys.
    Chem. Ref. Data 9 (1980) 1023, have the transition in the same range.
    """
    grown: FloatArray = np.clip(np.log(energy / CORRECTED[0]) / math.log(CORRECTED[1] / CORRECTED[0]), 0.0, 1.0)
    return coulomb_correction(nucleus.Z) * grown


def _strength(medium: Medium, nucleus: Nucleus) -> float:
    """4 α r_e² n Z² X0."""
    return 4.0 * ALPHA * ELECTRON_RADIUS**2 * nucleus.number_density * nucleus.Z**2 * medium.length


def _screened(nucleus: Nucleus, momentum: FloatArray, correction: FloatArray) -> _Screened:
    """The screening brackets at k/(E E') = ``momentum`` in 1/GeV.

    For the lightest atoms the Thomas-Fermi functions are shifted to their true limit of complete screening.
    """
    z = nucleus.Z
    delta = 100.0 * ELECTRON_MASS * momentum
    phi, phi_difference = elastic_screening(delta / z ** (1.0 / 3.0))
    psi, psi_difference = inelastic_screening(delta / z ** (2.0 / 3.0))
    elastic, inelastic = radiation_logarithms(z)
    main_nucleus = np.maximum(elastic + 0.25 * (phi - 20.863) - correction, 0.0)
    main_electrons = np.maximum(inelastic + 0.25 * (psi - 28.340), 0.0)
    return _Screened(main_nucleus + main_electrons / z, 0.25 * (phi_difference + psi_difference / z))
