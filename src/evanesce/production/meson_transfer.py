"""Momentum transfer in photoproduction of vector mesons: what :mod:`vector_mesons` integrates over.

On a nucleon, e^(bt) with the slope of the meson. In coherent production on a nucleus the amplitude in the transverse
momentum q is the Fourier transform of that in the impact parameter b, and -t = |t_min| + q².
"""

from __future__ import annotations

from typing import Final

import numpy as np

from evanesce.constants import GEV2_CM2
from evanesce.materials import Nucleus
from evanesce.production.vector_mesons import VectorMeson, meson_cross_section, nucleon_cross_section
from evanesce.production.woods_saxon import woods_saxon
from evanesce.validation import FloatArray

__all__ = ["coherent_transfer", "transfer_range"]

_INVERSE_FM: Final[float] = 1e-13 / float(np.sqrt(GEV2_CM2))
"""1 fm in GeV⁻¹."""


def coherent_transfer(meson: VectorMeson, nucleus: Nucleus, energy: FloatArray, transverse: FloatArray) -> FloatArray:
    """Distribution of the transverse momentum in GeV in coherent photoproduction, per GeV, not normalised.

    q |∫d²b e^(iq·b) Γ(b)|² with the Γ(b) = ∫dz ρ e^(iq_z z) e^(-σ_VN T_z/2) of the coherent cross section, which is
    proportional to the integral over q. Shape (energies, transverse); ``energy`` of the photon in GeV.
    """
    from scipy.special import j0  # imported here so that limits do not load scipy

    matter = woods_saxon(nucleus.mass_number)
    total = meson_cross_section(meson, nucleon_cross_section(meson, energy))[:, None, None]
    wave = np.exp(1j * meson.mass**2 / (2.0 * energy)[:, None, None] * matter.z * _INVERSE_FM)
    amplitude = np.sum(matter.strip * wave * np.exp(-0.5 * total * matter.behind), axis=-1)
    bessel = j0(matter.b[:, None] * transverse * _INVERSE_FM)
    found: FloatArray = transverse * np.abs((amplitude * matter.b_weight) @ bessel) ** 2
    return found


def transfer_range(photon: FloatArray, mass: FloatArray, target: float) -> tuple[FloatArray, FloatArray]:
    """Smallest and largest -t in GeV² of photon + target → mass + target; nan below the threshold.

    Energies and masses in GeV; ``photon`` in the rest frame of the target.
    """
    s = target * (target + 2.0 * photon)
    root = np.sqrt(s)
    incoming = target * photon / root
    energy = 0.5 * (s + mass**2 - target**2) / root
    with np.errstate(invalid="ignore"):
        momentum = np.sqrt((s - (mass + target) ** 2) * (s - (mass - target) ** 2) / s) * 0.5
    least = mass**2 * (2.0 * incoming - energy - momentum) / (energy + momentum)
    return least, 2.0 * incoming * (energy + momentum) - mass**2
