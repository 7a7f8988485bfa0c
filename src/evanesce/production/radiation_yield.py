"""Bremsstrahlung yields beyond the paper's formula, folded with the same density D_n(x) as Eq. (4.5).

N = X0 Σ_nuclei n_i ∫dE n(E) ∫dl F(l) e^(-l) ∫dx dσ_i/dx(x, E') per ε². At fixed x the spectrum is expanded in
Legendre polynomials of ln E', Σ c_n(x) P_n, so that N = Σ_n ∫dx c_n(x) D_n(x), as :mod:`bremsstrahlung` has it
with c_n(x) = P(x) c_n. The kinematic limit E_A' <= E' - m_e is part of the spectrum.

The yield depends on the mediator only through its vertex and mass. It is a smooth function of ln m, tabulated
once for an experiment on panels that a curve of limits then reads.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from evanesce.constants import ALPHA, GEV2_CM2
from evanesce.materials import Material
from evanesce.mediators import Mediator, Vertex, vertex_of
from evanesce.numerics import Estimate, analysis_matrix, clenshaw, gauss_integral, panel_nodes
from evanesce.production.form_factors import FORM_FACTORS
from evanesce.production.spectrum_table import spectrum_table
from evanesce.production.splitting import improved_spectrum
from evanesce.production.targets import targets
from evanesce.tracklength import FoldedRadiation
from evanesce.validation import FloatArray, choice

__all__ = ["exact_yield", "improved_yield"]

_MASS_WIDTH: Final[float] = float(np.log(4.0))
"""Width of a panel in ln m; panels start at 1 GeV in both directions."""
_MASS_ORDER: Final[int] = 8
_SAFE: Final[float] = 0.5
"""Masses are interpolated up to this fraction of the smallest energy radiated, computed beyond."""


def exact_yield(
    fold: FoldedRadiation,
    material: Material,
    mediator: Mediator,
    mass: FloatArray,
    form_factor: str = "elastic",
) -> Estimate:
    """Yield per ε² at tree level without approximation, for masses in GeV, shape (masses,), and its error.

    Raises
    ------
    InvalidValueError
        An unknown form factor, or a mediator without ``vertex``.

    """
    return _yield("exact", fold, material, vertex_of(mediator), mass, form_factor)


def improved_yield(
    fold: FoldedRadiation,
    material: Material,
    mediator: Mediator,
    mass: FloatArray,
    form_factor: str = "elastic",
) -> Estimate:
    """The same in the improved Weizsäcker-Williams approximation of :mod:`splitting`."""
    return _yield("iww", fold, material, vertex_of(mediator), mass, form_factor)


def _yield(
    formula: str, fold: FoldedRadiation, material: Material, vertex: Vertex, mass: FloatArray, form_factor: str
) -> Estimate:
    choice("form_factor", form_factor, FORM_FACTORS)
    log_mass = np.log(mass)
    panel = np.floor(log_mass / _MASS_WIDTH).astype(int)
    smooth = (panel + 1) * _MASS_WIDTH <= np.log(_SAFE * float(fold.x.min() * fold.energies.min()))
    value, error = np.empty(len(mass)), np.empty(len(mass))
    for index in np.unique(panel):
        rows = np.flatnonzero(panel == index)
        if smooth[rows[0]] and len(rows) > 1:
            series, relative = _mass_panel(formula, fold, material, vertex, form_factor, int(index))
            value[rows] = np.exp(clenshaw(series, 2.0 * (log_mass[rows] / _MASS_WIDTH - index) - 1.0))
            error[rows] = relative * value[rows]
            continue
        for row in rows:
            one = _one_mass(formula, fold, material, vertex, form_factor, float(mass[row]))
            value[row], error[row] = one
    return Estimate(value, error)


@lru_cache(maxsize=128)
def _mass_panel(
    formula: str, fold: FoldedRadiation, material: Material, vertex: Vertex, form_factor: str, index: int
) -> tuple[FloatArray, float]:
    """Legendre series of ln N in ln m on one panel, and the relative error of N there."""
    nodes, _ = panel_nodes(np.array([index, index + 1.0]) * _MASS_WIDTH, _MASS_ORDER)
    points = [_one_mass(formula, fold, material, vertex, form_factor, float(mass)) for mass in np.exp(nodes.ravel())]
    value, error = np.array(points).T
    series = analysis_matrix(_MASS_ORDER) @ np.log(value)
    return series, float((error / value).max() + np.abs(series[-2:]).sum())


@lru_cache(maxsize=512)
def _one_mass(
    formula: str, fold: FoldedRadiation, material: Material, vertex: Vertex, form_factor: str, mass: float
) -> tuple[float, float]:
    sampled = (_sample_exact if formula == "exact" else _sample_improved)(fold, material, vertex, form_factor, mass)
    panels, order, terms = fold.values.shape
    analysis = analysis_matrix(terms)
    density = fold.values @ analysis  # what each energy node contributes
    half = 0.5 * fold.weights.sum(axis=1)
    shaped = sampled.value.reshape(panels, order, terms)
    panel = gauss_integral((shaped * density).sum(-1))
    # where the end of the spectrum falls between the energies, its series in ln E' ends slowly
    tail = np.abs(shaped @ analysis[-2:].T).sum(-1) * np.abs(fold.values[..., 0])
    inner = (sampled.error.reshape(panels, order, terms) * np.abs(density)).sum(-1)
    value = float(panel.value @ half)
    error = float(panel.error @ half + gauss_integral(tail + inner).value @ half)
    scale = material.radiation_length * GEV2_CM2
    return scale * value, scale * (error + fold.error * abs(value))


def _sample_exact(fold: FoldedRadiation, material: Material, vertex: Vertex, form_factor: str, mass: float) -> Estimate:
    """dσ/dx per volume in cm⁻³ GeV⁻² at every x (rows) and E' (columns) of the fold."""
    x = fold.x.reshape(-1, 1)
    value, error = np.zeros((len(x), len(fold.energies))), np.zeros((len(x), len(fold.energies)))
    energies = (float(fold.energies.min()), float(fold.energies.max()))
    for target in targets(material, form_factor):
        table = spectrum_table(vertex, target, mass=mass, x_min=float(x.min()), energies=energies)
        if table is not None:
            part = table(x * fold.energies, fold.energies)
            value += fold.energies * part.value
            error += fold.energies * part.error
    return Estimate(value, error)


def _sample_improved(
    fold: FoldedRadiation, material: Material, vertex: Vertex, form_factor: str, mass: float
) -> Estimate:
    value = ALPHA**3 * improved_spectrum(
        vertex, material, form_factor, x=fold.x.reshape(-1, 1), energy=fold.energies, mass=np.asarray(mass)
    )
    return Estimate(value, 1e-12 * value)
