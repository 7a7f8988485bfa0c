"""Bremsstrahlung cross sections of a material at one energy: total, in x, and in x and angle.

``formula`` is ``ww`` (Eqs. (4.6)-(4.7), any mediator), ``iww`` (:mod:`splitting`) or ``exact`` (:mod:`exact`);
the last two need a mediator with a ``vertex``. All are per formula unit at ε = 1.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2, PB_CM2
from evanesce.materials import Material
from evanesce.mediators import Mediator, Vertex, vertex_of
from evanesce.numerics import Estimate, distances, gauss_integral, panel_nodes
from evanesce.production.angular import angular_spectrum
from evanesce.production.exact import emission_spectrum
from evanesce.production.flux import material_flux
from evanesce.production.kinematics import Emission, energy_range
from evanesce.production.scatterers import Scatterer, scatterers
from evanesce.production.splitting import improved_spectrum
from evanesce.validation import FloatArray, choice

__all__ = [
    "FORMULAS",
    "angular_cross_section",
    "bremsstrahlung_cross_section",
    "differential_cross_section",
    "exact_total",
]

FORMULAS: Final[tuple[str, ...]] = ("ww", "iww", "exact")
_ORDER: Final[int] = 16
_RAPIDITY: Final[float] = 2.0
"""Widest panel in the rapidity of the mediator or of the final electron."""


def bremsstrahlung_cross_section(
    material: Material,
    mediator: Mediator,
    *,
    energy: float,
    mass: float,
    min_fraction: float = 0.0,
    formula: str = "ww",
    form_factor: str = "elastic",
) -> Estimate:
    """σ in pb per formula unit at ε = 1 for E_A' > ``min_fraction``·E, and the error of the integration.

    The exact spectrum ends at the kinematic limit; ``ww`` and ``iww`` are integrated from
    max(``min_fraction``·E, m) to E - m_e. Zero if nothing can be radiated.

    Raises
    ------
    InvalidValueError
        An unknown formula or form factor, or a mediator without ``vertex`` for ``iww`` or ``exact``.

    """
    choice("formula", formula, FORMULAS)
    unit = GEV2_CM2 / PB_CM2 / material.formula_unit_density
    if formula == "exact":
        parts = [
            exact_total(vertex_of(mediator), target, energy, mass, min_fraction)
            for target in scatterers(material, form_factor)
        ]
        value, error = (np.asarray(sum(getattr(part, name) for part in parts)) for name in ("value", "error"))
        return Estimate(unit * value, unit * error)
    lower, upper = max(min_fraction, mass / energy), 1.0 - ELECTRON_MASS / energy
    if not lower < upper:
        return Estimate(np.asarray(0.0), np.asarray(0.0))
    x, weights = panel_nodes(_x_edges(lower, upper, mass), _ORDER)
    spectrum = _approximate(formula, mediator, material, form_factor, x, np.asarray(energy), np.asarray(mass))
    panel = gauss_integral(spectrum)
    half = 0.5 * unit * ALPHA**3 * weights.sum(axis=1)
    return Estimate(panel.value @ half, panel.error @ half)


def _approximate(
    formula: str,
    mediator: Mediator,
    material: Material,
    form_factor: str,
    x: FloatArray,
    energy: FloatArray,
    mass: FloatArray,
) -> FloatArray:
    """dσ/dx/α³ per volume in cm⁻³ GeV⁻² of ``ww`` or ``iww``."""
    if formula == "iww":
        return improved_spectrum(vertex_of(mediator), material, form_factor, x=x, energy=energy, mass=mass)
    spectrum: FloatArray = material_flux(material, mass, energy, form_factor) * mediator.splitting(x, mass)
    return spectrum


def _x_edges(lower: float, upper: float, mass: float) -> FloatArray:
    """Panels in x that resolve the peak at 1 - x of order (m_e/m)², and the velocity at the lower end."""
    closest = min(0.01 * (ELECTRON_MASS / max(mass, ELECTRON_MASS)) ** 2, 0.1 * (1.0 - lower))
    below_one = np.unique(np.clip(distances(closest, 1.0 - lower), 1.0 - upper, 1.0 - lower))
    if below_one[0] > 1.0 - upper:
        below_one = np.append(1.0 - upper, below_one)
    return 1.0 - below_one[::-1]


def exact_total(vertex: Vertex, target: Scatterer, energy: float, mass: float, min_fraction: float) -> Estimate:
    """σ in GeV⁻² times the weights of one target, for E_k > ``min_fraction``·E.

    We integrate in the rapidity of the mediator below the middle and of the electron above: smooth at both ends.
    """
    e, m = np.asarray(energy), np.asarray(mass)
    lower, upper = energy_range(e, m, np.asarray(target.mass))
    low, high = max(float(lower), min_fraction * energy), float(upper)
    if not low < high:
        return Estimate(np.asarray(0.0), np.asarray(0.0))
    middle = 0.5 * (low + high)
    slow = _rapidity_edges(np.arccosh(max(low / mass, 1.0)), np.arccosh(middle / mass))
    y, _ = panel_nodes(slow, _ORDER)
    fast = _rapidity_edges(0.0, np.arccosh(1.0 + (high - middle) / ELECTRON_MASS))
    z, _ = panel_nodes(fast, _ORDER)
    left = np.concatenate([energy - mass * np.cosh(y), energy - high + ELECTRON_MASS * (np.cosh(z) - 1.0)])
    jacobian = np.concatenate([mass * np.sinh(y), ELECTRON_MASS * np.sinh(z)])
    half = 0.5 * np.concatenate([np.diff(slow), np.diff(fast)])
    spectrum = emission_spectrum(vertex, target, e, left, m)
    panel = gauss_integral(spectrum.value * jacobian)
    inner = gauss_integral(spectrum.error * jacobian).value
    return Estimate(panel.value @ half, (panel.error + inner) @ half)


def _rapidity_edges(lower: float, upper: float) -> FloatArray:
    return np.linspace(lower, upper, 1 + max(1, int(np.ceil((upper - lower) / _RAPIDITY))))


def differential_cross_section(
    material: Material,
    mediator: Mediator,
    *,
    x: FloatArray,
    energy: FloatArray,
    mass: FloatArray,
    formula: str = "exact",
    form_factor: str = "elastic",
) -> Estimate:
    """dσ/dx in pb per formula unit at ε = 1, x = E_A'/E; shapes broadcast. Zero outside the kinematic limits.

    Raises
    ------
    InvalidValueError
        An unknown formula or form factor, or a mediator without ``vertex`` for ``iww`` or ``exact``.

    """
    choice("formula", formula, FORMULAS)
    unit = GEV2_CM2 / PB_CM2 / material.formula_unit_density
    x, energy, mass = (np.asarray(value, dtype=np.float64) for value in (x, energy, mass))
    if formula != "exact":
        spectrum = _approximate(formula, mediator, material, form_factor, x, energy, mass)
        closed = (x * energy <= mass) | (energy * (1.0 - x) <= ELECTRON_MASS)
        value = np.where(closed, 0.0, unit * ALPHA**3 * spectrum)
        return Estimate(value, 1e-12 * value)
    parts = [
        emission_spectrum(vertex_of(mediator), target, energy, energy * (1.0 - x), mass)
        for target in scatterers(material, form_factor)
    ]
    scale = unit * energy
    return Estimate(scale * sum(part.value for part in parts), scale * sum(part.error for part in parts))


def angular_cross_section(
    material: Material,
    mediator: Mediator,
    *,
    x: FloatArray,
    angle: FloatArray,
    energy: FloatArray,
    mass: FloatArray,
    form_factor: str = "elastic",
) -> Estimate:
    """d²σ/dx dcosθ in pb per formula unit at ε = 1, exact; ``angle`` θ of the mediator in radians.

    Raises
    ------
    InvalidValueError
        An unknown form factor, or a mediator without ``vertex``.

    """
    unit = GEV2_CM2 / PB_CM2 / material.formula_unit_density
    x, angle, energy, mass = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (x, angle, energy, mass))
    )
    value, error = np.zeros(x.shape), np.zeros(x.shape)
    for target in scatterers(material, form_factor):
        left = energy * (1.0 - x)
        emission = Emission(energy, energy - left, left, mass, np.full(x.shape, target.mass))
        part = angular_spectrum(vertex_of(mediator), target, emission, angle)
        value += unit * energy * part.value
        error += unit * energy * part.error
    return Estimate(value, error)
