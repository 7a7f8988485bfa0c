"""Dark bremsstrahlung on nuclei in the Weizsäcker-Williams approximation, Eqs. (4.5)-(4.7)."""

from __future__ import annotations

from typing import Final

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2, PB_CM2
from evanesce.materials import Material
from evanesce.mediators import Mediator
from evanesce.numerics import Integral, analysis_matrix, distances, gauss_integral, panel_nodes
from evanesce.production.annihilation import rows_of
from evanesce.production.flux import material_flux
from evanesce.tracklength import FoldedRadiation
from evanesce.validation import FloatArray

__all__ = ["bremsstrahlung_cross_section", "bremsstrahlung_yield"]

_ORDER: Final[int] = 16
_CHUNK: Final[int] = 32
"""Masses at a time: the arrays of a chunk stay in the processor's cache."""


def bremsstrahlung_yield(fold: FoldedRadiation, material: Material, mediator: Mediator, mass: FloatArray) -> Integral:
    """Yield per ε² of Eq. (4.5) for masses in GeV, shape (masses,); its error estimate beside it.

    The mediator's parameters broadcast against shape (masses, 1).
    """
    flux = material_flux(material, mass[:, None], fold.energies)
    coefficients = flux @ analysis_matrix(len(fold.energies)).T
    tail = np.abs(coefficients[:, -2:]).sum(axis=1)
    half = 0.5 * fold.weights.sum(axis=1)
    panels, order, terms = fold.values.shape
    density = fold.values.reshape(panels * order, terms).T
    value, error = np.empty(len(mass)), np.empty(len(mass))
    for start in range(0, len(mass), _CHUNK):
        part = slice(start, start + _CHUNK)
        splitting = rows_of(mediator, part).splitting(fold.x.ravel(), mass[part, None])
        integrand = splitting * (coefficients[part] @ density)
        panel = gauss_integral(integrand.reshape(-1, panels, order))
        value[part] = panel.value @ half
        expansion = tail[part] * (splitting @ (fold.weights.ravel() * density[0]))
        error[part] = panel.error @ half + expansion
    error += fold.error * np.abs(value)
    scale = ALPHA**3 * material.radiation_length * GEV2_CM2
    return Integral(scale * value, scale * error)


def bremsstrahlung_cross_section(
    material: Material, mediator: Mediator, *, energy: float, mass: float, min_fraction: float = 0.0
) -> Integral:
    """σ in pb per formula unit at ε = 1 for E_A' > max(``min_fraction``·E, m), E_A' <= E - m_e.

    Eq. (4.6) integrated over x; zero where nothing can be radiated.
    """
    lower = max(min_fraction, mass / energy)
    upper = 1.0 - ELECTRON_MASS / energy
    if not lower < upper:
        return Integral(np.asarray(0.0), np.asarray(0.0))
    closest = min(0.01 * (ELECTRON_MASS / max(mass, ELECTRON_MASS)) ** 2, 0.1 * (1.0 - lower))
    below_one = np.unique(np.clip(distances(closest, 1.0 - lower), 1.0 - upper, 1.0 - lower))
    if below_one[0] > 1.0 - upper:
        below_one = np.append(1.0 - upper, below_one)
    x, weights = panel_nodes(1.0 - below_one[::-1], _ORDER)
    splitting = mediator.splitting(x, np.asarray(mass))
    flux = material_flux(material, np.asarray(mass), np.asarray(energy)) / material.formula_unit_density
    scale = ALPHA**3 * flux * GEV2_CM2 / PB_CM2
    panel = gauss_integral(splitting)
    half = 0.5 * weights.sum(axis=1)
    return Integral(scale * (panel.value @ half), scale * (panel.error @ half))
