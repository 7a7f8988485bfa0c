"""Radiation in the field of a single atom, without surrounding matter."""

from __future__ import annotations

from evanesce.constants import AVOGADRO, ELECTRON_MASS
from evanesce.interactions.medium import Medium
from evanesce.interactions.radiation import bremsstrahlung
from evanesce.materials import Material, Nucleus
from evanesce.materials.elements import tabulated_weight
from evanesce.validation import FloatArray

__all__ = ["atomic_bremsstrahlung"]


def atomic_bremsstrahlung(z: int, kinetic: FloatArray, photon: FloatArray) -> FloatArray:
    """k dσ/dk in mb of one atom of Z for kinetic energies and photon energies k in GeV (shapes broadcast).

    This is the bremsstrahlung of :mod:`evanesce.interactions.radiation` in a gas too thin for any suppression.
    """
    thin, weight = 1e-12, tabulated_weight(z)
    nucleus = Nucleus(
        Z=z, symbol=str(z), atomic_weight=weight, atoms_per_unit=1.0, number_density=thin * AVOGADRO / weight
    )
    gas = Material(name="thin gas", density=thin, radiation_length=1.0 / thin, nuclei=(nucleus,))
    rate = bremsstrahlung(Medium(gas), kinetic + ELECTRON_MASS, photon)
    return rate / (nucleus.number_density * gas.radiation_length) * 1e27
