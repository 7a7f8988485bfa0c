"""Dark bremsstrahlung on nuclei in the Weizsäcker-Williams approximation, Eqs. (4.5)-(4.7)."""

from __future__ import annotations

from typing import Final

import numpy as np

from evanesce.constants import ALPHA, GEV2_CM2
from evanesce.materials import Material
from evanesce.mediators import Mediator
from evanesce.numerics import Estimate, analysis_matrix, gauss_integral
from evanesce.production.annihilation import rows_of
from evanesce.production.flux import material_flux
from evanesce.tracklength import FoldedRadiation
from evanesce.validation import FloatArray

__all__ = ["bremsstrahlung_yield"]

_CHUNK: Final[int] = 32
"""Masses per block, so that the arrays stay in the processor's cache."""


def bremsstrahlung_yield(
    fold: FoldedRadiation,
    material: Material,
    mediator: Mediator,
    mass: FloatArray,
    form_factor: str = "elastic",
) -> Estimate:
    """Yield per ε² of Eq. (4.5) for masses in GeV, shape (masses,), with its error estimate.

    The mediator's parameters broadcast against shape (masses, 1).
    """
    order = len(fold.energies)
    flux = material_flux(material, mass[:, None], fold.energies, form_factor)
    # row by row: the rounding of a matrix product would depend on the number of masses
    coefficients = np.vecdot(np.ascontiguousarray(flux)[:, None, :], analysis_matrix(order))
    tail = np.abs(coefficients[:, -2:]).sum(axis=1)
    half = 0.5 * fold.weights.sum(axis=1)
    density = np.ascontiguousarray(fold.values.reshape(-1, order).T)
    reach = fold.weights.ravel() * density[0]
    value, error = np.empty(len(mass)), np.empty(len(mass))
    for start in range(0, len(mass), _CHUNK):
        part = slice(start, start + _CHUNK)
        splitting = rows_of(mediator, part).splitting(fold.x.ravel(), mass[part, None])
        integrand = splitting * (coefficients[part, None, :] @ density)[:, 0]
        panel = gauss_integral(integrand.reshape(-1, *fold.x.shape))
        value[part] = np.vecdot(panel.value, half)
        error[part] = np.vecdot(panel.error, half) + tail[part] * np.vecdot(splitting, reach)
    error += fold.error * np.abs(value)
    scale = ALPHA**3 * material.radiation_length * GEV2_CM2
    return Estimate(scale * value, scale * error)
