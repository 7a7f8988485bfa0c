r"""The integrals D_n(x) = ∫ dl F(l) e^(-l) ∫ dE n(E) P_n(ln E') of :mod:`bremsstrahlung`, at given x.

In most of the range of l all energies of a piece of the spectrum contribute and pass the selection. There the energy
integral is a polynomial in l, independent of x, and whole panels of the kernel have the same contribution for every x,
so we integrate them once. The ends of that range are integrated separately, and so are the ranges in which kinematics,
a smallest energy of the mediator or a smeared cut exclude part of the energies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.numerics import analysis_matrix, gauss_legendre, legendre_values, log_to_endpoint
from evanesce.showers import Kernel
from evanesce.sources import Source, spectrum_degree
from evanesce.tracklength.acceptance import Acceptance, common_transition
from evanesce.tracklength.panels import PIECE_ORDER, KernelNodes, endpoint_nodes, kernel_nodes, smooth_pieces
from evanesce.validation import FloatArray

__all__ = ["INNER_ORDER", "RadiationFold"]

INNER_ORDER: Final[int] = 12
"""Nodes per panel of the kernel."""
_ENERGY_NARROW: Final[int] = 8
"""Nodes in E on a piece on which E changes by less than a factor ``_WIDE``."""
_WIDE: Final[float] = 1.05
_ENERGY_MEDIUM: Final[int] = 12
"""Nodes in E on a piece on which E changes by less than a factor ``_WIDER``."""
_WIDER: Final[float] = 1.3
_ENERGY_LINEAR: Final[int] = 4
"""Nodes in E on a piece of a table, linear there, on which E changes by less than ``_NARROW``."""
_NARROW: Final[float] = 1.01
_BLOCK: Final[int] = 128
"""Rows per block with an energy axis, so that the arrays stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A smooth piece of a spectrum, or a line."""

    lower: float
    upper: float
    energy: FloatArray
    """Quadrature nodes in GeV."""
    number: FloatArray
    """Weights of the nodes as numbers of particles."""


@dataclass(frozen=True, slots=True)
class _Ranges:
    """Ranges of l for one part at every x: that of the polynomial, and those integrated separately."""

    open_from: FloatArray
    open_to: FloatArray
    rest: tuple[tuple[FloatArray, FloatArray], ...]


@dataclass(frozen=True)
class RadiationFold:
    """Source, kernel and selection; a call returns D_n."""

    source: Source
    kernel: Kernel
    acceptance: Acceptance
    minimum_energy: float
    """Smallest energy of the mediator in GeV."""
    shortest: float
    """Smallest l."""
    span: FloatArray
    """Range of ln E' of the Legendre polynomials."""
    terms: int

    def __call__(self, x: FloatArray, order: int = INNER_ORDER) -> FloatArray:
        """D_n at x, shape (len(x), terms), with ``order`` nodes per panel of the kernel."""
        total = np.zeros((len(x), self.terms))
        for part in self._parts(order - INNER_ORDER):
            ranges = self._ranges(np.log(x), part)
            self._add_open(total, part, ranges, order)
            for start, stop in ranges.rest:
                self._add_rest(total, x, kernel_nodes(self.kernel, start, stop, order), part)
        return total

    def _parts(self, more: int) -> Iterator[_Part]:
        """Pieces of the spectrum with ``more`` nodes than usual, and lines."""
        for lower, upper in pairwise(self._pieces):
            t, w = gauss_legendre(self._energy_order(lower, upper) + more)
            half = 0.5 * (upper - lower)
            energy = np.clip(lower + half * (1.0 + t), lower, upper)
            yield _Part(lower, upper, energy, half * w * self.source.spectrum(energy))
        for line, number in self.source.lines:
            yield _Part(line, line, np.array([line]), np.array([number]))

    @cached_property
    def _pieces(self) -> tuple[float, ...]:
        return smooth_pieces(self.source)

    def _energy_order(self, lower: float, upper: float) -> int:
        """Number of nodes in E on a piece of the spectrum; on a narrow one P_n(ln E') varies little."""
        if upper > _WIDER * lower:
            return PIECE_ORDER
        if upper > _WIDE * lower:
            return _ENERGY_MEDIUM
        linear = spectrum_degree(self.source) == 1
        return _ENERGY_LINEAR if linear and upper < _NARROW * lower else _ENERGY_NARROW

    def _ranges(self, log_x: FloatArray, part: _Part) -> _Ranges:
        """Ranges of l on which the smallest energy and the acceptance are smooth functions of l."""
        begin = np.maximum(log_x - np.log1p(-ELECTRON_MASS / part.upper), self.shortest)
        fractions = common_transition(self.acceptance, part.lower, part.upper)
        end = log_x - np.log(fractions[0])
        every_energy = log_x - np.log1p(-ELECTRON_MASS / part.lower)
        corners = [every_energy, *(log_x - np.log(f) for f in fractions[1:])]
        open_to = corners[-1] if len(corners) > 1 else end
        if self.minimum_energy > 0:
            end = np.minimum(end, log_x + np.log(part.upper / self.minimum_energy))
            corners.append(log_x + np.log(part.lower / self.minimum_energy))
            open_to = np.minimum(open_to, corners[-1])
        end = np.maximum(begin, end)
        open_from, open_to = np.clip(every_energy, begin, end), np.clip(open_to, begin, end)
        stops = np.sort(np.stack([begin, *(np.clip(corner, begin, end) for corner in corners), end]), axis=0)
        rest = []
        for start, stop in pairwise(stops):
            inside = (start >= open_from) & (stop <= open_to)
            rest.append((np.where(inside, stop, start), stop))
        return _Ranges(open_from, open_to, tuple(rest))

    def _add_open(self, total: FloatArray, part: _Part, ranges: _Ranges, order: int) -> None:
        """Add the range of l in which the energy integral is a polynomial: whole panels of the kernel, and two ends."""
        edges, polynomial = self.kernel.edges, self._polynomial(part)
        low, high = log_to_endpoint(ranges.open_from), log_to_endpoint(ranges.open_to)
        high = np.maximum(low, np.minimum(high, edges[-1]))
        first, last = np.searchsorted(edges, low, side="left"), np.searchsorted(edges, high, side="right") - 1
        panels = np.zeros((int(last.max(initial=0)), self.terms))
        if len(panels):
            nodes = endpoint_nodes(self.kernel, edges[: len(panels)], edges[1 : len(panels) + 1], order)
            self._add_polynomial(panels, nodes, part, polynomial)
            index = np.arange(len(panels))
            total += ((index >= first[:, None]) & (index < last[:, None])).astype(np.float64) @ panels
        below = np.minimum(edges[np.minimum(first, len(edges) - 1)], high)
        above = np.where(last >= first, edges[np.maximum(last, 0)], high)
        for start, stop in ((low, below), (above, high)):
            self._add_polynomial(total, endpoint_nodes(self.kernel, start, stop, order), part, polynomial)

    def _polynomial(self, part: _Part) -> FloatArray:
        """∫ dE n(E) P_k(τ) P_n(ln E - l) as Legendre series in l, shape (kernel terms, terms of l, terms)."""
        # beyond the last transition an efficiency has its last value, which need not be 1
        complete = self.acceptance.probability(part.energy, np.ones_like(part.energy))
        weights = self.kernel.powers(part.energy) * (part.number * complete)
        polynomial: FloatArray = np.einsum("ke,lne->kln", weights, self._shifted(part))
        return polynomial

    def _shifted(self, part: _Part) -> FloatArray:
        """P_n(ln E - l) at the energies of a part as Legendre series in l, shape (terms of l, terms, energies)."""
        lethargy = 0.5 * self._reach(part) * (1.0 + gauss_legendre(self.terms)[0])
        values = legendre_values(self.terms, self._local(np.log(part.energy) - lethargy[:, None]))
        shifted: FloatArray = np.einsum("li,nie->lne", analysis_matrix(self.terms), values)
        return shifted

    def _reach(self, part: _Part) -> float:
        """Largest l for which all energies of a part stay in the range of ln E'."""
        return max(float(np.log(part.lower) - self.span[0]), 1e-12)

    def _powers(self, part: _Part, lethargy: FloatArray) -> FloatArray:
        """Legendre polynomials of l for the series of :meth:`_shifted`, shape (terms, *l)."""
        return legendre_values(self.terms, 2.0 * lethargy / self._reach(part) - 1.0)

    def _local(self, log_energy: FloatArray) -> FloatArray:
        """Position of ln E' in its range, from -1 to 1."""
        low, high = self.span
        local: FloatArray = (2.0 * log_energy - low - high) / (high - low)
        return local

    def _add_polynomial(self, total: FloatArray, nodes: KernelNodes, part: _Part, polynomial: FloatArray) -> None:
        """Add ∫ dl F e^(-l) times the polynomial to the rows of the nodes."""
        if nodes.row.size:
            moments = np.einsum("kpi,lpi->pkl", self._density(nodes), self._powers(part, nodes.lethargy))
            np.add.at(total, nodes.row, np.einsum("pkl,kln->pn", moments, polynomial))

    def _density(self, nodes: KernelNodes) -> FloatArray:
        """F e^(-l) dl at the nodes for each term of the kernel, shape (kernel terms, *nodes)."""
        density: FloatArray = nodes.measure * np.exp(-nodes.lethargy)
        return density * self.kernel.terms(nodes.panel[:, None], nodes.y)

    def _add_rest(self, total: FloatArray, x: FloatArray, nodes: KernelNodes, part: _Part) -> None:
        """Add ∫ dl F e^(-l) ∫ dE n(E) P_n(ln E') A to the rows of the nodes."""
        if not nodes.row.size:
            return
        here = x[nodes.row, None]
        below = -np.expm1(np.log(here) - nodes.lethargy)
        least = np.maximum(
            ELECTRON_MASS / np.maximum(below, 1e-300), self.minimum_energy * np.exp(nodes.lethargy) / here
        )
        least = np.clip(least, part.lower, part.upper)
        every = (least == part.lower).all(axis=1)
        density, taken = self._density(nodes), here * np.exp(-nodes.lethargy)
        for rows, integrate in ((every, self._every_energy), (~every, self._upper_energies)):
            index = np.flatnonzero(rows)
            for start in range(0, len(index), _BLOCK):
                block = index[start : start + _BLOCK]
                values = integrate(part, density[:, block], nodes.lethargy[block], taken[block], least[block])
                np.add.at(total, nodes.row[block], values)

    def _every_energy(
        self, part: _Part, density: FloatArray, lethargy: FloatArray, taken: FloatArray, least: FloatArray
    ) -> FloatArray:
        """Integrals with all energies, if only the cut depends on E: a polynomial in l for each, (rows, terms)."""
        del least
        number = part.number * self.acceptance.probability(part.energy, taken[..., None])
        number = number * np.einsum("kpi,ke->pie", density, self.kernel.powers(part.energy))
        moments = np.moveaxis(self._powers(part, lethargy), 0, 1) @ number
        series = np.moveaxis(self._shifted(part), 1, 2)
        values: FloatArray = moments.reshape(len(moments), -1) @ series.reshape(-1, self.terms)
        return values

    def _upper_energies(
        self, part: _Part, density: FloatArray, lethargy: FloatArray, taken: FloatArray, least: FloatArray
    ) -> FloatArray:
        """Integrals if only energies above ``least`` are allowed, shape (rows, terms)."""
        t, w = gauss_legendre(len(part.energy))
        half = 0.5 * (part.upper - least)[..., None]
        energy = np.clip(least[..., None] + half * (1.0 + t), part.lower, part.upper)
        number = half * w * self.source.spectrum(energy) * self.acceptance.probability(energy, taken[..., None])
        number = number * np.einsum("kpi,kpie->pie", density, self.kernel.powers(energy))
        local = self._local(np.log(energy) - lethargy[..., None])
        values: FloatArray = np.einsum("npke,pke->pn", legendre_values(self.terms, local), number)
        return values
