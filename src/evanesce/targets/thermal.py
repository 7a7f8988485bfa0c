r"""The thermally averaged cross section of annihilation, with the resonance of the mediator resolved.

P. Gondolo and G. Gelmini, Nucl. Phys. B360 (1991) 145, Eq. (3.8), with x = m_χ/T:

.. math:: ⟨σv⟩ = \frac{1}{8 m_χ^4 T K_2^2(x)} \int_{4m_χ^2}^∞ σ(s)\,(s - 4m_χ^2)\,\sqrt s\,K_1(\sqrt s/T)\,ds

All is in units of m_χ here, S = s/m_χ² = 4 + u². In u the integrand is analytic at the threshold. The mediator is a
pole at u₀² = (m/m_χ)² - 4, of half-width mΓ/2u₀m_χ² in u, and for m/m_χ near 2 or 3 it lies inside the thermal tail;
panels in equal ratios on both sides of it resolve any width. Nodes are distances from u₀: s - m² has no cancellation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.special import k1e, kve

from evanesce.dark_matter import DarkMatter
from evanesce.numerics import distances, panel_nodes
from evanesce.targets.final_states import LEPTONS, NARROW, hadrons, leptons, line_area
from evanesce.validation import FloatArray

__all__ = ["Annihilation", "thermal_average"]

_LARGEST_EXPONENT: Final[float] = 60.0
"""Nodes with a Boltzmann factor below e⁻⁶⁰ relative to the first one are left out."""
_RATIO: Final[float] = 2.0
_LEPTON_GRADES: Final[FloatArray] = 4.0 ** np.arange(-9.0, 1.0)
"""Panel edges above the threshold of a lepton, in units of m_χ, for its square root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annihilation:
    """One point: dark matter of mass ``dark_mass`` (GeV) and a mediator ``mass_ratio`` times as heavy."""

    kind: DarkMatter
    dark_mass: float
    mass_ratio: float
    alpha_d: float
    width: float
    """Total width of the mediator in GeV."""
    running: bool = False
    """The width grows with s as that to χχ̄ does, and vanishes at threshold."""

    def reduced(self, square: FloatArray, difference: FloatArray) -> FloatArray:
        """β σ m_χ² to one massless lepton at ε = 1, from S and S - (m/m_χ)²."""
        one = np.asarray(1.0)
        half_width: FloatArray = np.asarray(self.mass_ratio * self.width / self.dark_mass)
        if self.running:
            half_width = half_width * self._production(square) / self._production(np.asarray(self.mass_ratio**2))
        numerator = self.kind.annihilation_numerator(square, one, self.alpha_d)
        return np.asarray(numerator / (difference * difference + half_width**2))

    def _production(self, square: FloatArray) -> FloatArray:
        return self.kind.production_numerator(square, np.asarray(self.mass_ratio), self.alpha_d, self.mass_ratio)


@dataclass(frozen=True, slots=True, eq=False)
class _Nodes:
    """Terms of the sum over u, ascending: w₊ e^{-(√S - 2)x} K₁(√S x)."""

    root: FloatArray
    """√S."""
    above: FloatArray
    """√S - 2 without cancellation."""
    weights: FloatArray
    """Shape (2, nodes): with R, and with R plus its error."""

    def sum(self, x: FloatArray) -> FloatArray:
        """∫ dS σ (S - 4) √S K₁(√S x) e^{2x}, shape (2, len(x)); x ascending."""
        last = int(np.searchsorted(self.above, self.above[0] + _LARGEST_EXPONENT / x[0]))
        root, above = self.root[:last], self.above[:last]
        bessel = k1e(np.multiply.outer(root, x)) * np.exp(-np.multiply.outer(above, x))
        total: FloatArray = self.weights[:, :last] @ bessel
        return total


def thermal_average(point: Annihilation, x: FloatArray, *, orders: tuple[int, int] = (12, 6)) -> FloatArray:
    """⟨σv⟩ in GeV⁻² at ε = 1 for x = m_χ/T, an ascending array of panels (panels, n): shape (2, panels, n).

    The second row has R(s) raised by its error. ``orders`` are those of the Gauss rules for leptons and hadrons.
    """
    start = max(2.0, 2.0 * LEPTONS[0] / point.dark_mass)
    reach = start + _LARGEST_EXPONENT / float(x.min())
    edges = _edges(point, float(np.sqrt(reach**2 - 4.0)), float(x.max()))
    parts = (_leptons(point, edges, orders[0]), _hadrons(point, edges, reach, orders[1]))
    result = np.empty((2, *x.shape))
    for index, row in enumerate(x):
        total = sum((part.sum(row) for part in parts if len(part.root)), start=np.zeros((2, len(row))))
        result[:, index] = total * row / (8.0 * kve(2, row) ** 2)
    return np.asarray(result / point.dark_mass**2)


def _edges(point: Annihilation, last: float, coldest: float) -> FloatArray:
    """Panel edges as distances u - u₀: graded at the threshold, at the pole, and above those of leptons."""
    pole = np.sqrt(point.mass_ratio**2 - 4.0)
    half_width = point.mass_ratio * point.width / point.dark_mass
    scale = min(half_width / pole, np.sqrt(half_width))
    around = distances(0.25 * scale, max(pole, last), _RATIO)
    start = 0.5 / np.sqrt(coldest)
    edges = [np.array([0.0, last]) - pole, distances(start, last, _RATIO) - pole, np.zeros(1), around, -around]
    for mass in LEPTONS:
        square = 4.0 * (mass / point.dark_mass) ** 2 - 4.0
        if square > 0.0:
            edges.append(np.sqrt(square) - pole + np.concatenate([[0.0], _LEPTON_GRADES]))
    every = np.unique(np.concatenate(edges))
    return np.asarray(every[(every >= -pole) & (every <= last - pole)])


def _leptons(point: Annihilation, edges: FloatArray, order: int) -> _Nodes:
    root, above, weight = _kernel(point, edges, order)
    weights = weight * leptons(root * point.dark_mass)
    allowed = weights > 0.0
    return _Nodes(root[allowed], above[allowed], np.stack([weights, weights])[:, allowed])


def _hadrons(point: Annihilation, edges: FloatArray, reach: float, order: int) -> _Nodes:
    """Panels of the leptons, cut at every point of the table; narrow mesons as one node each."""
    table = hadrons()
    pole = np.sqrt(point.mass_ratio**2 - 4.0)
    square = (table.energy / point.dark_mass) ** 2
    known = np.sqrt(square[(square > 4.0) & (square < reach**2)] - 4.0) - pole
    root, above, weight = _kernel(point, np.unique(np.concatenate([edges, known])), order)
    energy = root * point.dark_mass
    open_ = table(energy) > 0.0
    root, above, weight, energy = root[open_], above[open_], weight[open_], energy[open_]
    weights = np.stack([weight * table(energy), weight * (table(energy) + table.uncertainty(energy))])
    lines = [(mass / point.dark_mass, line_area(width) / point.dark_mass) for mass, width in NARROW]
    inside = np.array([line for line in lines if 2.0 < line[0] < reach]).reshape(-1, 2)
    return _with_lines(point, _Nodes(root, above, weights), inside)


def _kernel(point: Annihilation, edges: FloatArray, order: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """√S, √S - 2 and weights 2u²S·(βσ) du of the Gauss nodes, all flat."""
    pole = np.sqrt(point.mass_ratio**2 - 4.0)
    offset, weight = (values.ravel() for values in panel_nodes(edges, order))
    u = pole + offset
    square = 4.0 + u * u
    root = np.sqrt(square)
    sigma = point.reduced(square, offset * (2.0 * pole + offset))
    return root, u * u / (root + 2.0), 2.0 * weight * u * u * square * sigma


def _with_lines(point: Annihilation, nodes: _Nodes, lines: FloatArray) -> _Nodes:
    """Add lines (M, ∫R d√S), both in units of m_χ: dS = 2√S d√S."""
    root, area = lines.T
    square = root * root
    sigma = point.reduced(square, (root - point.mass_ratio) * (root + point.mass_ratio))
    weight = 2.0 * np.sqrt(square - 4.0) * square * root * sigma * area
    together = np.concatenate([nodes.root, root])
    order = np.argsort(together, kind="stable")
    weights: Any = np.concatenate([nodes.weights, np.stack([weight, weight])], axis=1)
    return _Nodes(together[order], np.concatenate([nodes.above, root - 2.0])[order], weights[:, order])
