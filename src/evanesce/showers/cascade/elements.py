"""Discontinuous elements in l = ln(E₀/E), for densities that only move to larger l, with a point source at l = 0.

A density n(l) is a polynomial on each cell, given at its Gauss nodes. The equation ∂n/∂t = -∂J/∂l + S conserves
particles exactly. J(l) = ∫_{l'<l} W(l', l - l') n(l') dl' + a(l) n(l) is the flux across l per unit of depth, with the
rate W(l', s) of losing more than s and the drift a; S is the production by other particles. J needs no infrared cut,
since W diverges at most as ln s. Every matrix is block lower triangular.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from evanesce.numerics import analysis_matrix, gauss_legendre, legendre_values
from evanesce.validation import FloatArray

__all__ = ["Elements", "Rate", "cell_edges"]

Index: TypeAlias = npt.NDArray[np.intp]
Rate: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]
"""Rate per unit of depth as a function of the step s > 0 and of the initial l' (same shapes)."""
_EXTRA: Final[int] = 2
"""Number of nodes of a quadrature panel minus the order of the elements."""
_FAR: Final[float] = 1e-8
"""Legendre coefficients of a rate on a cell, relative to the rate, that the nodes of the cell need not resolve."""
_FRONT: Final[FloatArray] = 1.0 - 2.0 ** -np.arange(1.0, 8.0)
"""Edges below a front, in units of the front."""


class _Panels(NamedTuple):
    """Panels of the integrals ∫ dl' over one cell up to one target, sorted by target and cell."""

    target: Index
    cell: Index
    s: FloatArray
    start: FloatArray
    basis: FloatArray
    """Weight times basis functions, shape (panels, nodes, order)."""


class _Whole(NamedTuple):
    """The same integrals over cells that are far from their target: the nodes of the cell are enough."""

    target: Index
    cell: Index
    s: FloatArray
    start: FloatArray
    weight: FloatArray
    """Shape (pairs, order)."""


class _Pieces(NamedTuple):
    """Integrals ∫ dl' over all cells up to each target."""

    targets: int
    near: _Panels
    far: _Whole


def cell_edges(
    first: float, widest: float, last: float, *, fronts: tuple[float, ...] = (), pieces: int = 16
) -> FloatArray:
    """Cell edges from 0 to ``last``, doubling from ``first`` up to cells of ``widest``.

    Around each front, where tracks enter or leave the slab, cells are a fraction 1/``pieces`` of it and less.

    >>> cell_edges(0.1, 0.25, 1.0).tolist()
    [0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    doubling = [0.0, first]
    while doubling[-1] < widest:
        doubling.append(2.0 * doubling[-1])
    doubling = [edge for edge in doubling if edge < last]
    uniform = np.linspace(doubling[-1], last, 1 + int(np.ceil((last - doubling[-1]) / widest - 1e-9)))
    edges = base = np.concatenate([doubling, uniform[1:]])
    for front in fronts:
        near = front * np.concatenate([_FRONT, 2.0 - _FRONT[-6:], np.arange(1.0, 2.5, 1.0 / pieces)])
        edges = np.concatenate([edges, near[near < last]])
    edges = np.unique(edges)
    # drop very narrow cells, but keep the cells common to all densities
    narrow = np.diff(edges, prepend=-np.inf) < 0.004 * edges
    return edges[~narrow | np.isin(edges, base)]


@dataclass(frozen=True, eq=False)
class Elements:
    """Cells between ``edges``, with ``order`` Gauss nodes each; matrices act on densities at the nodes."""

    edges: FloatArray
    order: int
    resolution: float
    """Value of s/e^l below which every rate is smooth; rates have a corner there."""
    corner: float
    """Larger s/e^l of the next corner, where the final electron is at rest; rates vary on the scale of s."""

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.edges) - 1

    @property
    def size(self) -> int:
        """Number of unknowns of one density."""
        return self.cells * self.order

    @cached_property
    def width(self) -> FloatArray:
        """Width of every cell, shape (cells,)."""
        return np.diff(self.edges)

    @cached_property
    def nodes(self) -> FloatArray:
        """l of every unknown, shape (cells · order,)."""
        x, _ = gauss_legendre(self.order)
        return (self.edges[:-1, None] + 0.5 * self.width[:, None] * (1.0 + x)).ravel()

    @cached_property
    def weights(self) -> FloatArray:
        """Quadrature weight of every unknown: ∫ n dl = weights @ n."""
        _, w = gauss_legendre(self.order)
        return (0.5 * self.width[:, None] * w).ravel()

    def basis(self, local: FloatArray) -> FloatArray:
        """Lagrange polynomials of the Gauss nodes at ``local`` in [-1, 1], along a new last axis."""
        values = np.moveaxis(legendre_values(self.order, np.asarray(local, dtype=np.float64)), 0, -1)
        result: FloatArray = values @ analysis_matrix(self.order)
        return result

    def point_source(self) -> FloatArray:
        """One particle at l = 0."""
        source = np.zeros(self.size)
        source[: self.order] = self.basis(np.array(-1.0)) / self.weights[: self.order]
        return source

    @cached_property
    def _corners(self) -> FloatArray:
        """Bounds of panels in s/e^l, with ratios of at most two."""
        below = self.corner * 0.5 ** np.arange(math.ceil(math.log2(self.corner / self.resolution)) - 1, -1, -1)
        above = self.corner * 2.0 ** np.arange(1, math.ceil(math.log2(self.edges[-1] / self.corner)))
        return np.concatenate([[self.resolution], below[below > 1.1 * self.resolution], above])

    def project(self, function: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """Unknowns with the moments of a smooth density on every cell, also for strong curvature near l = 0."""
        doubling = np.append(self.resolution * 0.5 ** np.arange(4.0), self._corners)
        return self._project(function, np.union1d(self.edges, doubling[doubling < self.edges[-1]]))

    def adopt(self, other: Elements, density: FloatArray) -> FloatArray:
        """Unknowns with the moments on every cell of a density on other cells: particles are conserved."""
        bounds = np.union1d(self.edges, other.edges)
        cell = np.searchsorted(other.edges, 0.5 * (bounds[1:] + bounds[:-1]))[:, None] - 1
        return self._project(lambda lethargy: other.evaluate(density, lethargy, cell), bounds)

    def _project(self, function: Callable[[FloatArray], FloatArray], bounds: FloatArray) -> FloatArray:
        """Unknowns with the moments of a density that is smooth between ``bounds``, which hold all edges."""
        x, w = gauss_legendre(self.order + _EXTRA)
        half = 0.5 * np.diff(bounds)[:, None]
        lethargy = bounds[:-1, None] + half * (1.0 + x)
        cell = np.searchsorted(self.edges, lethargy[:, 0]) - 1
        local = 2.0 * (lethargy - self.edges[cell, None]) / self.width[cell, None] - 1.0
        moments = np.zeros((self.cells, self.order))
        np.add.at(moments, cell, np.einsum("pn,pnk->pk", half * w * function(lethargy), self.basis(local)))
        return moments.ravel() / self.weights

    def evaluate(self, density: FloatArray, lethargy: FloatArray, cell: Index) -> FloatArray:
        """The density at ``lethargy`` inside known cells."""
        local = 2.0 * (lethargy - self.edges[cell]) / self.width[cell] - 1.0
        values: FloatArray = np.sum(self.basis(local) * density.reshape(self.cells, self.order)[cell], axis=-1)
        return values

    def loss(self, rate: Rate) -> FloatArray:
        """Matrix of J at nodes and upper edges for discrete losses.

        ``rate`` is W(l', s), the rate of losing more than s.
        """
        return self._integral(rate, self._all_pieces)

    def drift(self, speed: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """Matrix of J = a(l) n at nodes and upper edges, upwind."""
        flow = np.zeros((self.cells, self.order + 1, self.cells, self.order))
        rows, columns = np.arange(self.cells)[:, None], np.arange(self.order)[None, :]
        flow[rows, columns, rows, columns] = speed(self.nodes).reshape(self.cells, self.order)
        outflow = speed(self.edges[1:])[:, None] * self.basis(np.array(1.0))
        flow[rows[:, 0], self.order, rows[:, 0]] = outflow
        return flow.reshape(self.cells * (self.order + 1), self.size)

    def gain(self, rate: Rate) -> FloatArray:
        """Matrix of S at the nodes; ``rate`` is the density in s of particles produced a step s lower."""
        return self._integral(rate, self._node_pieces)

    def divergence(self, flux: FloatArray) -> FloatArray:
        """Matrix of -∂J/∂l, from J at nodes and upper edges to dn/dt in the weak form."""
        x, w = gauss_legendre(self.order)
        shaped = flux.reshape(self.cells, self.order + 1, self.size)
        derivatives = np.polynomial.legendre.legder(np.eye(self.order))  # derivatives of P_k along the second axis
        slopes = analysis_matrix(self.order).T @ np.polynomial.legendre.legval(x, derivatives)  # ψ_q' at node r
        inner = (slopes * w) @ shaped[:, : self.order]
        above = shaped[:, self.order]
        below = np.concatenate([np.zeros((1, self.size)), above[:-1]])
        ends = self.basis(np.array([-1.0, 1.0]))
        inner += ends[0][:, None] * below[:, None] - ends[1][:, None] * above[:, None]
        result: FloatArray = inner.reshape(self.size, self.size) / self.weights[:, None]
        return result

    def _integral(self, rate: Rate, pieces: _Pieces) -> FloatArray:
        """Matrix of ∫ rate(s, l') n(l') dl' at targets."""
        near, far = pieces.near, pieces.far
        values = np.einsum("nq,nqk->nk", rate(near.s, near.start), near.basis)
        key = near.target * self.cells + near.cell
        first = np.flatnonzero(np.append(True, np.diff(key) != 0))
        matrix = np.zeros((pieces.targets, self.cells, self.order))
        matrix[near.target[first], near.cell[first]] = np.add.reduceat(values, first, axis=0)
        matrix[far.target, far.cell] = rate(far.s, far.start) * far.weight
        return matrix.reshape(len(matrix), self.size)

    @cached_property
    def _all_pieces(self) -> _Pieces:
        nodes = self.nodes.reshape(self.cells, self.order)
        return self._pieces(np.concatenate([nodes, self.edges[1:, None]], axis=1).ravel())

    @cached_property
    def _node_pieces(self) -> _Pieces:
        return self._pieces(self.nodes)

    def _pieces(self, targets: FloatArray) -> _Pieces:
        target, cell = np.nonzero(self.edges[:-1] < targets[:, None] * (1.0 - 1e-13))
        distance, width = targets[target] - self.edges[cell + 1], self.width[cell]
        far = (distance > self._reach * width) & (distance > self.resolution * np.exp(targets[target]))
        return _Pieces(
            len(targets), self._near(targets, target[~far], cell[~far]), self._far(targets, target[far], cell[far])
        )

    @property
    def _reach(self) -> float:
        """Widths of a cell between it and a target from which on its own nodes resolve rates that vary as ln s."""
        # coefficients on a cell fall by the sum of the half-axes of the ellipse through s = 0
        ratio = _FAR ** (-1.0 / (self.order + 1.0))
        return float(0.5 * (0.5 * (ratio + 1.0 / ratio) - 1.0))

    def _far(self, targets: FloatArray, target: Index, cell: Index) -> _Whole:
        shape = (self.cells, self.order)
        start, weight = self.nodes.reshape(shape)[cell], self.weights.reshape(shape)[cell]
        return _Whole(target, cell, targets[target][:, None] - start, start, weight)

    def _near(self, targets: FloatArray, target: Index, cell: Index) -> _Panels:
        """Panels in s: one for a cell at some distance, doubling from the resolution for near cells."""
        far_end = targets[target] - self.edges[cell]
        near_end = np.maximum(targets[target] - self.edges[cell + 1], 0.0)
        corner = self.resolution * np.exp(targets[target])
        near = (near_end < 0.999 * (far_end - near_end)) | (near_end < corner)
        steps = np.clip(np.exp(targets[target])[:, None] * self._corners, near_end[:, None], far_end[:, None])
        inner = np.where(near[:, None], steps, far_end[:, None])
        bounds = np.concatenate([near_end[:, None], inner, far_end[:, None]], axis=1)
        pair, panel = np.nonzero(np.diff(bounds, axis=1) > 0)
        low, high = bounds[pair, panel], bounds[pair, panel + 1]
        x, w = gauss_legendre(self.order + _EXTRA)
        half = 0.5 * (high - low)[:, None]
        s = low[:, None] + half * (1.0 + x)
        cell, target = cell[pair], target[pair]
        start = targets[target][:, None] - s
        local = 2.0 * (start - self.edges[cell][:, None]) / self.width[cell][:, None] - 1.0
        return _Panels(target, cell, s, start, (half * w)[..., None] * self.basis(local))
