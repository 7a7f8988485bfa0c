"""Electrons, positrons and photons on atomic electrons, per radiation length.

Loss below a cut: S. M. Seltzer and M. J. Berger's formula for electrons and positrons, Int. J. Appl. Radiat. Isot. 35
(1984) 665, as in ICRU Report 37 and the Geant4 Physics Reference Manual, with the density effect. Above it Møller and
Bhabha scattering, H. Messel and D. F. Crawford, Electron-Photon Shower Distribution Function (1970). Annihilation
in flight: W. Heitler, The Quantum Theory of Radiation (1954), §27; Compton scattering: O. Klein and Y. Nishina,
Z. Phys. 52 (1929) 853. Energies are total energies in GeV, ``transfer`` is the kinetic energy of the electron hit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.interactions.medium import Medium
from evanesce.numerics import gauss_legendre
from evanesce.particles import Particle
from evanesce.validation import FloatArray

__all__ = [
    "annihilation_photons",
    "annihilation_rate",
    "compton_photons",
    "compton_rate",
    "faster_recoils",
    "harder_photons",
    "knock_on_rate",
    "knock_on_spectrum",
    "restricted_loss",
]


def restricted_loss(medium: Medium, particle: Particle, energy: FloatArray, cut: float) -> FloatArray:
    """Mean loss in GeV per X0 to electrons of less than ``cut`` GeV of kinetic energy.

    2π r_e² n_e m_e X0/β² [ln(2(τ + 2)m_e²/I²) + F±(τ, cut) - δ], τ the kinetic energy over m_e.
    """
    gamma = np.asarray(energy, dtype=np.float64) / ELECTRON_MASS
    tau = gamma - 1.0
    beta2 = 1.0 - gamma**-2.0
    d = np.minimum(cut / ELECTRON_MASS, 0.5 * tau if particle == "e-" else tau)
    if particle == "e-":
        shape = (
            -1.0
            - beta2
            + np.log((tau - d) * d)
            + tau / (tau - d)
            + (0.5 * d**2 + (2.0 * tau + 1.0) * np.log1p(-d / tau)) / gamma**2
        )
    else:
        y = 1.0 / (gamma + 1.0)
        inner = d - d**3 / 3.0 + y * (0.5 * d**2 - tau * d**3 / 3.0 + 0.25 * d**4)
        shape = np.log(tau * d) - beta2 / tau * (tau + 2.0 * d - y * (1.5 * d**2 + y * inner))
    excitation = (medium.excitation_energy / ELECTRON_MASS) ** 2
    logarithm = np.log(2.0 * (tau + 2.0) / excitation) + shape - medium.density_effect(np.sqrt(beta2) * gamma)
    loss: FloatArray = medium.electrons * ELECTRON_MASS * np.maximum(logarithm, 0.0) / beta2
    return loss


def knock_on_spectrum(medium: Medium, particle: Particle, energy: FloatArray, transfer: FloatArray) -> FloatArray:
    """dN/dT per GeV and X0 of electrons hit with kinetic energy T = ``transfer``: Møller, Bhabha.

    An electron loses at most half of its kinetic energy (the slower one of the two counts as hit), a positron all.
    """
    gamma = energy / ELECTRON_MASS
    kinetic = energy - ELECTRON_MASS
    beta2 = 1.0 - gamma**-2.0
    x = transfer / kinetic
    top = 0.5 if particle == "e-" else 1.0
    inside = (x > 0.0) & (x <= top)
    x = np.where(inside, x, top)
    if particle == "e-":
        c = (2.0 * gamma - 1.0) / gamma**2
        shape = (1.0 - c + 1.0 / x * (1.0 / x - c) + 1.0 / (1.0 - x) * (1.0 / (1.0 - x) - c)) / beta2
    else:
        b1, b2, b3, b4 = _bhabha(gamma)
        shape = 1.0 / (beta2 * x**2) - b1 / x + b2 - b3 * x + b4 * x**2
    spectrum = medium.electrons * ELECTRON_MASS / kinetic**2 * shape
    return np.where(inside, spectrum, 0.0)


def knock_on_rate(medium: Medium, particle: Particle, energy: FloatArray, transfer: FloatArray) -> FloatArray:
    """Collisions per X0 with more than ``transfer`` GeV, the integral of :func:`knock_on_spectrum`."""
    gamma = energy / ELECTRON_MASS
    kinetic = energy - ELECTRON_MASS
    beta2 = 1.0 - gamma**-2.0
    top = 0.5 if particle == "e-" else 1.0
    x = np.minimum(transfer / kinetic, top)
    if particle == "e-":
        c = (2.0 * gamma - 1.0) / gamma**2
        shape = ((0.5 - x) * (1.0 - c + 2.0 / x + 2.0 / (1.0 - x)) - c * np.log((1.0 - x) / x)) / beta2
    else:
        b1, b2, b3, b4 = _bhabha(gamma)
        close = 1.0 / (beta2 * x) + b2 - 0.5 * b3 * (1.0 + x) + b4 * (1.0 + x + x**2) / 3.0
        shape = (1.0 - x) * close + b1 * np.log(x)
    rate: FloatArray = medium.electrons * ELECTRON_MASS / kinetic * shape
    return rate


def _bhabha(gamma: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    y = 1.0 / (gamma + 1.0)
    y12 = 1.0 - 2.0 * y
    return 2.0 - y**2, y12 * (3.0 + y**2), y12**2 + y12**3, y12**3


def annihilation_rate(medium: Medium, energy: FloatArray) -> FloatArray:
    """Annihilations in flight into two photons per X0 of a positron, Heitler's Eq. (27.6)."""
    gamma = energy / ELECTRON_MASS
    root = np.sqrt(gamma**2 - 1.0)
    shape = (gamma**2 + 4.0 * gamma + 1.0) / (gamma**2 - 1.0) * np.log(gamma + root) - (gamma + 3.0) / root
    rate: FloatArray = 0.5 * medium.electrons * shape / (gamma + 1.0)
    return rate


def annihilation_photons(medium: Medium, energy: FloatArray, photon: FloatArray) -> FloatArray:
    """dN/dk per GeV and X0 of the photons from annihilation in flight; its integral is twice the rate."""
    gamma = energy / ELECTRON_MASS
    total = energy + ELECTRON_MASS
    root = np.sqrt((gamma - 1.0) / (gamma + 1.0))
    x = photon / total
    inside = (x >= 0.5 * (1.0 - root)) & (x <= 0.5 * (1.0 + root))
    x = np.where(inside, x, 0.5)
    c = 1.0 / (gamma + 1.0) ** 2
    # symmetric in x and 1 - x, for the two photons
    one = (1.0 + 2.0 * gamma * c - x - c / x) / x
    other = (2.0 * gamma * c + x - c / (1.0 - x)) / (1.0 - x)
    shape = 0.5 * medium.electrons / (gamma - 1.0) * (one + other)
    return np.where(inside, shape / total, 0.0)


def compton_rate(medium: Medium, photon: FloatArray) -> FloatArray:
    """Compton scatterings per X0, the Klein-Nishina formula."""
    k = photon / ELECTRON_MASS
    log = np.log1p(2.0 * k)
    shape = (1.0 + k) / k**2 * (2.0 * (1.0 + k) / (1.0 + 2.0 * k) - log / k)
    shape = shape + 0.5 * log / k - (1.0 + 3.0 * k) / (1.0 + 2.0 * k) ** 2
    return medium.electrons * shape


def compton_photons(medium: Medium, photon: FloatArray, scattered: FloatArray) -> FloatArray:
    """dN/dk' per GeV and X0 of photons scattered to k' = ``scattered``; the electron has k - k' + m_e."""
    least = photon / (1.0 + 2.0 * photon / ELECTRON_MASS)
    inside = (scattered >= least) & (scattered <= photon)
    after = np.where(inside, scattered, photon)
    cosine = 1.0 - ELECTRON_MASS * (1.0 / after - 1.0 / photon)
    shape = after / photon + photon / after - (1.0 - cosine**2)
    return np.where(inside, 0.5 * medium.electrons * ELECTRON_MASS / photon**2 * shape, 0.0)


def faster_recoils(medium: Medium, photon: FloatArray) -> FloatArray:
    """Compton scatterings per X0 with k' < m_e, in which the electron gets m_e - k' more than the photon's energy."""
    least = photon / (1.0 + 2.0 * photon / ELECTRON_MASS)
    return _soft(partial(compton_photons, medium, photon), least)


def harder_photons(medium: Medium, energy: FloatArray) -> FloatArray:
    """Photons per X0 from annihilation in flight with more energy than the positron: the other one has k < m_e."""
    root = np.sqrt((energy - ELECTRON_MASS) / (energy + ELECTRON_MASS))
    least = 0.5 * (energy + ELECTRON_MASS) * (1.0 - root)
    return _soft(partial(annihilation_photons, medium, energy), least)


def _soft(spectrum: Callable[[FloatArray], FloatArray], least: FloatArray) -> FloatArray:
    """∫ spectrum dk from ``least``, which is above m_e/2, to m_e."""
    x, w = gauss_legendre(16)
    least = np.minimum(least, ELECTRON_MASS)
    half = 0.5 * (ELECTRON_MASS - least)
    values = [weight * spectrum(least + half * (1.0 + node)) for node, weight in zip(x, w, strict=True)]
    total: FloatArray = half * np.sum(values, axis=0)
    return total
