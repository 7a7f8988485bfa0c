r"""The source-folded density D_n(x) for bremsstrahlung, which knows no mediator either.

Eq. (4.5) with dσ/dx = α³ φ(E') P(x) integrates n(E) F(l) e^(-l) φ(E') P(x) over E, l = ln(E/E') and
x = E_A'/E'. The photon flux φ varies slowly with E'. Expanded in Legendre polynomials of ln E',
φ = Σ c_n P_n, the yield becomes Σ_n c_n ∫ dx P(x) D_n(x), where
D_n(x) = ∫ dl F(l) e^(-l) ∫ dE n(E) P_n(ln E'), computed once for an experiment.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.numerics import distances, gauss_legendre, legendre_values, panel_nodes
from evanesce.showers import Kernel
from evanesce.sources import Source, TabulatedSpectrum
from evanesce.tracklength.acceptance import (
    Acceptance,
    as_acceptance,
    common_transition,
    least_fraction,
)
from evanesce.tracklength.panels import PIECE_ORDER, KernelNodes, kernel_nodes, smallest_fraction, smooth_pieces
from evanesce.validation import FloatArray

__all__ = ["FoldedRadiation", "fold_radiation"]

_ORDER: Final[int] = 12
"""Nodes a panel in x."""
_INNER: Final[int] = 12
"""Nodes a panel of the kernel."""
_ENERGY_NARROW: Final[int] = 8
"""Nodes in E on a piece on which E changes by less than a factor ``_WIDE``."""
_WIDE: Final[float] = 1.05
_ENERGY_MEDIUM: Final[int] = 12
"""Nodes in E on a piece on which E changes by less than a factor ``_WIDER``."""
_WIDER: Final[float] = 1.3
_ENERGY_LINEAR: Final[int] = 4
"""Nodes in E on a piece of a table, linear there, on which E changes by less than ``_NARROW``."""
_NARROW: Final[float] = 1.01
_CHECKED: Final[int] = 4
"""Polynomials that the error estimate looks at; the flux has little of the higher ones."""
_CHECK: Final[int] = 10
"""Nodes a panel of the kernel, and two less than usual in E, for the error estimate."""
_CLOSEST: Final[float] = 1e-12
"""Smallest 1 - x that is resolved; the splitting function bends at (m_e/m)²."""


_ENDPOINT: Final[float] = 1e-10
"""Grading where D_n bends as 1/ln(1/δ)."""
_BEND: Final[float] = 1e-4
"""Grading where it bends as δ/ln(1/δ)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoldedRadiation:
    """D_n(x) at the nodes of panels in x."""

    x: FloatArray
    """Nodes in x = E_A'/E', shape (panels, order)."""
    weights: FloatArray
    """Quadrature weights, shape (panels, order)."""
    values: FloatArray
    """D_n, X0 times number of tracks, shape (panels, order, n)."""
    energies: FloatArray
    """Energies E' in GeV of the Gauss nodes in ln E' at which the flux is wanted, shape (n,)."""
    error: float
    """Estimate of the relative error of D_n."""


def fold_radiation(
    source: Source,
    kernel: Kernel,
    *,
    acceptance: Acceptance | None = None,
    missing_fraction: float | None = None,
    v_max: float = 1.0,
    minimum_energy: float = 0.0,
) -> FoldedRadiation | None:
    """Fold a kernel with the spectrum of a source, and with the selection on E_A', for Eq. (4.5).

    Give either an ``acceptance`` or the ``missing_fraction`` of a sharp one: the limits as printed, E_A' from
    max(``missing_fraction``·E, ``minimum_energy``) to E - m_e and E' from E_A' to ``v_max``·E, so that x
    reaches 1 (docs/physics.md). None where these limits leave nothing.
    """
    selection = as_acceptance(acceptance, missing_fraction)
    corners = np.array([*source.edges, *(energy for energy, _ in source.lines)])
    first, last = float(corners.min()), float(corners.max())
    shortest = -np.log(v_max)
    least = least_fraction(selection, corners, smallest_fraction(kernel))
    x_min = max(least, minimum_energy / last) / v_max
    if not x_min < 1.0 or minimum_energy >= last - ELECTRON_MASS:
        return None
    span = np.log(np.array([max(least * first, minimum_energy, 1e-6 * first), last]))
    # the flux goes at most as a few powers of E': terms for 1e-9, more the wider the range
    terms = int(np.ceil(9.0 + 8.0 * (span[1] - span[0])))
    t, _ = gauss_legendre(terms)
    energies = np.exp(0.5 * (span[1] - span[0]) * t + 0.5 * (span[0] + span[1]))
    x, weights = panel_nodes(_x_edges(source, selection, minimum_energy, v_max), _ORDER)
    fold = _Fold(source, kernel, selection, minimum_energy, shortest, span, terms)
    flat = x.ravel()
    values = fold(flat)
    coarse = fold(flat[::7], _CHECK)
    error = kernel.error + float(np.abs(coarse - values[::7])[:, :_CHECKED].max() / np.abs(values[:, 0]).max())
    return FoldedRadiation(x=x, weights=weights, values=values.reshape(*x.shape, terms), energies=energies, error=error)


def _x_edges(source: Source, acceptance: Acceptance, minimum_energy: float, v_max: float) -> FloatArray:
    """Edges in x, graded towards every point where D_n bends or P peaks.

    P peaks at x = 1. The endpoint l = 0 enters the integral at the smallest x, and leaves it at
    x = 1 - m_e/E, where E_A' = E - m_e: one point for a line, a bend at both ends of a continuum. A
    minimum energy adds x = minimum/E. A smeared acceptance lets the endpoint in smoothly.
    """
    lines = [energy for energy, _ in source.lines]
    ends = [source.edges[0], source.edges[-1]] if source.edges else []
    fractions = common_transition(acceptance, min(ends + lines), max(ends + lines))
    hard = minimum_energy / max(ends + lines)
    least = max(fractions[0], hard)
    # a sharp cut or the minimum energy lets the endpoint in all at once, a smeared cut over its width
    width = (fractions[-1] - fractions[0]) / (1.0 - least)
    bends = [(least, _ENDPOINT if width == 0.0 or hard >= fractions[0] else min(width, 1.0))]
    bends += [((1.0 - ELECTRON_MASS / energy) / v_max, _ENDPOINT) for energy in lines]
    bends += [((1.0 - ELECTRON_MASS / energy) / v_max, _BEND) for energy in ends]
    bends += [(minimum_energy / energy / v_max, _BEND) for energy in ends + lines if minimum_energy > 0]
    widest = 1.0 - least / v_max
    below_one = [np.array([0.0, widest]), distances(min(_CLOSEST, 0.1 * widest), widest)]
    below_one += [1.0 - fractions[1:] / v_max]
    for x, closest in bends:
        bend = 1.0 - x
        if bend > 0.0:
            scale = min(bend, max(widest, 1.0 - least))
            reach = np.append(distances(closest * scale, scale), 0.0)
            below_one += [bend - reach, bend + reach]
    edges = np.unique(np.concatenate(below_one))
    edges = edges[(edges >= 0.0) & (edges <= widest)]
    return 1.0 - _without_slivers(edges)[::-1]


def _without_slivers(edges: FloatArray) -> FloatArray:
    """Drop edges that two gradings put almost on top of each other."""
    gaps = np.diff(edges)
    keep = np.ones(len(edges), dtype=bool)
    keep[1:-1] = gaps[:-1] > 1e-14
    return edges[keep]


@dataclass(frozen=True, slots=True)
class _Fold:
    source: Source
    kernel: Kernel
    acceptance: Acceptance
    minimum_energy: float
    shortest: float
    span: FloatArray
    terms: int

    def __call__(self, x: FloatArray, order: int = _INNER) -> FloatArray:
        """D_n at x, shape (len(x), terms), with ``order`` nodes a panel of the kernel."""
        total = np.zeros((len(x), self.terms))
        for lower, upper in pairwise(smooth_pieces(self.source)):
            t, w = gauss_legendre(self._energy_order(lower, upper) + order - _INNER)
            for start, stop in self._pieces(x, lower, upper):
                nodes = kernel_nodes(self.kernel, start, stop, order)
                least = np.clip(self._least_energy(x[nodes.row, None], nodes.lethargy), lower, upper)
                half = 0.5 * (upper - least)[..., None]
                energy = np.clip(least[..., None] + half * (1.0 + t), lower, upper)
                self._add(total, x, nodes, energy, half * w * self.source.spectrum(energy))
        for line, number in self.source.lines:
            for start, stop in self._pieces(x, line, line):
                nodes = kernel_nodes(self.kernel, start, stop, order)
                energy = np.full((*nodes.y.shape, 1), line)
                self._add(total, x, nodes, energy, np.full_like(energy, number))
        return total

    def _energy_order(self, lower: float, upper: float) -> int:
        """Nodes in E on a piece of the spectrum: P_n(ln E') has at most a few bends on a narrow one."""
        if upper > _WIDER * lower:
            return PIECE_ORDER
        if upper > _WIDE * lower:
            return _ENERGY_MEDIUM
        linear = isinstance(self.source, TabulatedSpectrum)
        return _ENERGY_LINEAR if linear and upper < _NARROW * lower else _ENERGY_NARROW

    def _least_energy(self, x: FloatArray, lethargy: FloatArray) -> FloatArray:
        """Smallest E with E_A' <= E - m_e and E_A' >= the minimum, at given x and l."""
        below = -np.expm1(np.log(x) - lethargy)
        least: FloatArray = np.maximum(
            ELECTRON_MASS / np.maximum(below, 1e-300), self.minimum_energy * np.exp(lethargy) / x
        )
        return least

    def _pieces(self, x: FloatArray, lower: float, upper: float) -> list[tuple[FloatArray, FloatArray]]:
        """Ranges of l on which the smallest energy is a smooth function of l."""
        log_x = np.log(x)
        begin = np.maximum(log_x - np.log1p(-ELECTRON_MASS / upper), self.shortest)
        fractions = common_transition(self.acceptance, lower, upper)
        end = log_x - np.log(fractions[0])
        corners = [log_x - np.log1p(-ELECTRON_MASS / lower), *(log_x - np.log(f) for f in fractions[1:])]
        if self.minimum_energy > 0:
            end = np.minimum(end, log_x + np.log(upper / self.minimum_energy))
            corners.append(log_x + np.log(lower / self.minimum_energy))
        end = np.maximum(begin, end)
        stops = np.sort(np.stack([begin, *(np.clip(corner, begin, end) for corner in corners), end]), axis=0)
        return [(stops[k], stops[k + 1]) for k in range(len(stops) - 1)]

    def _add(
        self, total: FloatArray, x: FloatArray, nodes: KernelNodes, energy: FloatArray, number: FloatArray
    ) -> None:
        """Add ∫ dl F e^(-l) ∫ dE n(E) P_n(ln E') to the rows the nodes belong to."""
        g = self.kernel.on_panel(nodes.panel[:, None, None], nodes.y[..., None], energy)
        taken = (x[nodes.row, None] * np.exp(-nodes.lethargy))[..., None]
        number = number * self.acceptance.probability(energy, taken)
        density = (nodes.measure * np.exp(-nodes.lethargy))[..., None] * g * number
        low, high = self.span
        local = (2.0 * (np.log(energy) - nodes.lethargy[..., None]) - low - high) / (high - low)
        np.add.at(total, nodes.row, np.einsum("npke,pke->pn", legendre_values(self.terms, local), density))
