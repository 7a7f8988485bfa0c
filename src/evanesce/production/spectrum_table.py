r"""An exact spectrum at one mass, interpolated over E' and E_k, with its error known.

ln[dσ/dE_k /(k p_Δ)], with k the mediator's and p_Δ about the final electron's momentum, is smooth up to both
kinematic ends. It is a Legendre series in ln E' and, panel by panel, in the rapidity of the final
electron, from zero (E_k as large as possible) to where E_k = x_min E'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.mediators import Vertex
from evanesce.numerics import Estimate, analysis_matrix, clenshaw, gauss_legendre, legendre_values, panel_nodes
from evanesce.production.exact import emission_spectrum
from evanesce.production.kinematics import energy_range, threshold_energy
from evanesce.production.targets import Target
from evanesce.validation import FloatArray

__all__ = ["SpectrumTable", "spectrum_table"]

_ORDER: Final[int] = 7
_RAPIDITY: Final[float] = 2.4
"""Widest panel in the rapidity of the electron."""
_ENERGY_TERMS: Final[int] = 4
"""Terms in ln E', and more for each factor e of range."""
_ENERGY_MORE: Final[float] = 4.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpectrumTable:
    """dσ/dE_k times the weights of the target, for E' in a range and E_k > ``x_min`` E'."""

    target_mass: float
    mass: float
    x_min: float
    span: tuple[float, float]
    """Range of ln E'."""
    series: FloatArray
    """Coefficients, shape (panels, order, terms in ln E')."""
    relative_error: FloatArray
    """Estimate for each panel: interpolation and quadrature, shape (panels,)."""

    def __call__(self, radiated: FloatArray, energy: FloatArray) -> Estimate:
        """dσ/dE_k in GeV⁻³ at E_k of shape (n, energies) and E' of shape (energies,) in GeV."""
        mass = np.asarray(self.mass)
        low, high = _limits(energy, self.mass, self.target_mass, self.x_min)
        reach = _rapidity(high - low)
        inside = (radiated < high) & (radiated >= low) & (energy > np.exp(self.span[0]) * (1.0 - 1e-12))
        rapidity = _rapidity(np.where(inside, high - radiated, 0.0))
        panels = len(self.series)
        position = np.clip(rapidity / np.maximum(reach, 1e-300) * panels, 0.0, panels)
        panel = np.minimum(position.astype(np.intp), panels - 1)
        local = 2.0 * (np.log(energy) - self.span[0]) / (self.span[1] - self.span[0]) - 1.0
        at_energy = self.series @ legendre_values(self.series.shape[2], local)
        series = at_energy[panel, :, np.arange(len(energy))]
        logarithm = clenshaw(np.moveaxis(series, -1, 0), 2.0 * (position - panel) - 1.0)
        momentum = np.sqrt(np.maximum((radiated - mass) * (radiated + mass), 0.0))
        value = np.where(inside, np.exp(logarithm) * momentum * np.sinh(rapidity), 0.0)
        return Estimate(value, value * self.relative_error[panel])


def spectrum_table(
    vertex: Vertex, target: Target, *, mass: float, x_min: float, energies: tuple[float, float]
) -> SpectrumTable | None:
    """Tabulate the exact spectrum for E' between ``energies`` in GeV; None where nothing can be radiated."""
    threshold = threshold_energy(mass, target.mass)
    first, last = max(energies[0], threshold), energies[1]
    first = max(first, threshold + 1e-3 * (last - threshold))
    if not first < last:
        return None
    span = (float(np.log(first)), float(np.log(last)))
    terms = _ENERGY_TERMS + int(np.ceil(_ENERGY_MORE * (span[1] - span[0])))
    local, _ = gauss_legendre(terms)
    energy = np.exp(0.5 * (span[1] - span[0]) * (local + 1.0) + span[0])
    low, high = _limits(energy, mass, target.mass, x_min)
    if not (high > low).all():
        return None
    reach = _rapidity(high - low)
    panels = max(1, int(np.ceil(reach.max() / _RAPIDITY)))
    unit, _ = panel_nodes(np.linspace(0.0, 1.0, panels + 1), _ORDER)
    rapidity = unit[..., None] * reach
    left = energy - high + ELECTRON_MASS * (np.cosh(rapidity) - 1.0)
    spectrum = emission_spectrum(vertex, target, energy, left, np.asarray(mass))
    momentum = np.sqrt((energy - left - mass) * (energy - left + mass))
    floor = 1e-300
    logarithm = np.log(np.maximum(spectrum.value, floor) / (momentum * np.sinh(rapidity)))
    series = np.einsum("no,poe,te->pnt", analysis_matrix(_ORDER), logarithm, analysis_matrix(terms))
    quadrature = (spectrum.error / np.maximum(spectrum.value, floor)).max(axis=(1, 2))
    tails = np.abs(series[:, -2:, 0]).sum(1) + np.abs(series[:, 0, -1:]).sum(1)
    return SpectrumTable(
        target_mass=target.mass, mass=mass, x_min=x_min, span=span, series=series, relative_error=quadrature + tails
    )


def _limits(energy: FloatArray, mass: float, target_mass: float, x_min: float) -> tuple[FloatArray, FloatArray]:
    low, high = energy_range(energy, np.asarray(mass), np.asarray(target_mass))
    return np.maximum(low, x_min * energy), high


def _rapidity(gap: FloatArray) -> FloatArray:
    """Rapidity of the final electron when E_k is ``gap`` below its largest value."""
    scaled = np.maximum(gap, 0.0) / ELECTRON_MASS
    rapidity: FloatArray = np.log1p(scaled + np.sqrt(scaled * (scaled + 2.0)))
    return rapidity
