"""Gauss-Legendre panels and piecewise Legendre series."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

__all__ = [
    "Estimate",
    "PiecewiseLegendre",
    "analysis_matrix",
    "clenshaw",
    "distances",
    "gauss_integral",
    "gauss_legendre",
    "legendre_values",
    "panel_nodes",
]

Array = npt.NDArray[np.float64]


@lru_cache(maxsize=64)
def gauss_legendre(order: int) -> tuple[Array, Array]:
    """Nodes and weights of the Gauss-Legendre rule on [-1, 1], read-only."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    nodes.setflags(write=False)
    weights.setflags(write=False)
    return nodes, weights


@lru_cache(maxsize=64)
def analysis_matrix(order: int) -> Array:
    """Matrix (order, order) from values at the Gauss nodes to Legendre coefficients."""
    nodes, weights = gauss_legendre(order)
    matrix = legendre_values(order, nodes) * weights * (np.arange(order)[:, None] + 0.5)
    matrix.setflags(write=False)
    return matrix


def legendre_values(order: int, x: Array) -> Array:
    """P_0 ... P_(order-1) at ``x``: shape (order, *x.shape), by the three-term recurrence."""
    values = np.empty((order, *np.shape(x)))
    values[0] = 1.0
    if order > 1:
        values[1] = x
    for n in range(1, order - 1):
        values[n + 1] = ((2 * n + 1) * x * values[n] - n * values[n - 1]) / (n + 1)
    return values


def panel_nodes(edges: Array, order: int) -> tuple[Array, Array]:
    """Gauss nodes and weights of every panel: two arrays of shape (..., panels, order).

    ``edges`` has shape (..., panels + 1); panels of zero width get zero weight.
    """
    x, w = gauss_legendre(order)
    half = 0.5 * np.diff(edges, axis=-1)[..., None]
    middle = 0.5 * (edges[..., 1:] + edges[..., :-1])[..., None]
    return middle + half * x, half * w


def distances(near: float, far: float, ratio: float = 4.0) -> Array:
    """Distances from a singular point, in equal ratios of at most ``ratio``, from ``near`` to ``far``.

    >>> distances(1.0, 16.0).tolist()
    [1.0, 4.0, 16.0]
    """
    panels = max(1, math.ceil(math.log(far / near) / math.log(ratio) - 1e-9))
    return np.geomspace(near, far, panels + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """A value and the estimate of its absolute error; errors of a sum are independent.

    >>> total = 2.0 * Estimate(np.array(3.0), np.array(0.3)) + Estimate(np.array(1.0), np.array(0.8))
    >>> float(total.value), float(total.error)
    (7.0, 1.0)
    """

    __array_ufunc__: ClassVar[None] = None  # an array times an estimate calls the method of the estimate
    value: Array
    error: Array

    def __iter__(self) -> Iterator[Array]:
        """Value and error, so that they can be unpacked."""
        yield self.value
        yield self.error

    def __add__(self, other: Estimate | float) -> Estimate:
        """Sum with another estimate, errors in quadrature, or with an exact number."""
        if isinstance(other, Estimate):
            return Estimate(self.value + other.value, np.hypot(self.error, other.error))
        return Estimate(self.value + other, self.error)

    __radd__ = __add__  # so that sum() starts from 0

    def __mul__(self, factor: float | Array) -> Estimate:
        """An exact number, or array of them, times the estimate."""
        return Estimate(self.value * factor, self.error * np.abs(factor))

    __rmul__ = __mul__

    def __getitem__(self, rows: Any) -> Estimate:
        """The estimate of some of the values."""
        return Estimate(self.value[rows], self.error[rows])


@lru_cache(maxsize=64)
def _rule(order: int) -> tuple[Array, Array, Array]:
    """Gauss weights, and the rows that compute the last two Legendre coefficients."""
    before, last = analysis_matrix(order)[-2:]
    return gauss_legendre(order)[1], before, last


def gauss_integral(values: Array) -> Estimate:
    """Gauss rule on [-1, 1] along the last axis of values of one sign, with its error estimate.

    The last two Legendre coefficients c measure how fast the series falls; the rule is exact to twice the
    order, so its error is about c²/|f|, but not below rounding. Every row is summed separately: the rounding of a
    matrix product depends on the number of rows, and a result at one mass would depend on the other masses.
    """
    values = np.ascontiguousarray(values)
    integral, before, last = (np.vecdot(values, weights) for weights in _rule(values.shape[-1]))
    tail = np.abs(before) + np.abs(last)
    size = np.abs(integral)
    # if the integral vanishes but the function does not, the error is that of the last coefficients
    squared = np.where(size > 0, 2.0 * tail**2 / np.where(size > 0, size, 1.0), tail)
    return Estimate(integral, squared + 1e-15 * size)


@dataclass(frozen=True, eq=False, slots=True)
class PiecewiseLegendre:
    """A function as one Legendre series on each panel between consecutive ``edges``."""

    edges: Array
    """Panel boundaries, ascending, shape (panels + 1,)."""
    coefficients: Array
    """Legendre coefficients, shape (panels, order)."""

    @classmethod
    def from_function(cls, function: Callable[[Array], Array], edges: npt.ArrayLike, order: int) -> PiecewiseLegendre:
        """Interpolate ``function`` at the Gauss nodes of every panel."""
        edges = np.asarray(edges, dtype=np.float64)
        nodes, _ = panel_nodes(edges, order)
        return cls(edges, function(nodes) @ analysis_matrix(order).T)

    @property
    def truncation(self) -> Array:
        """Estimate of the interpolation error on each panel: the last two coefficients."""
        tail: Array = np.abs(self.coefficients[:, -2:]).sum(axis=1)
        return tail

    def on_panel(self, panel: npt.NDArray[np.intp], x: Array) -> Array:
        """Evaluate the series of ``panel`` at ``x`` (broadcast together)."""
        return clenshaw(np.moveaxis(self.coefficients[panel], -1, 0), self.local(panel, x))

    def local(self, panel: npt.NDArray[np.intp], x: Array) -> Array:
        """Position of ``x`` on ``panel``, from -1 to 1."""
        low, high = self.edges[panel], self.edges[panel + 1]
        position: Array = (2.0 * x - low - high) / (high - low)
        return position

    def __call__(self, x: npt.ArrayLike) -> Array:
        """Evaluate at any ``x``; beyond the edges the outer series are continued."""
        return self.at_place(*self.place(x))

    def place(self, x: npt.ArrayLike) -> tuple[npt.NDArray[np.intp], Array]:
        """Panel and local position of ``x``, which other series on the same edges share."""
        x = np.asarray(x, dtype=np.float64)
        panel = np.clip(np.searchsorted(self.edges, x, side="right") - 1, 0, len(self.edges) - 2)
        return panel, self.local(panel, x)

    def at_place(self, panel: npt.NDArray[np.intp], local: Array) -> Array:
        """Evaluate at a :meth:`place`."""
        return clenshaw(np.take(self.coefficients.T, panel, axis=1), local)

    def slope(self, x: npt.ArrayLike) -> Array:
        """Derivative at any ``x``, that of the right-hand panel at an edge."""
        x = np.asarray(x, dtype=np.float64)
        panel = np.clip(np.searchsorted(self.edges, x, side="right") - 1, 0, len(self.edges) - 2)
        low, high = self.edges[panel], self.edges[panel + 1]
        series = np.polynomial.legendre.legder(self.coefficients, axis=1)[panel]
        local = (2.0 * x - low - high) / (high - low)
        return np.asarray(clenshaw(np.moveaxis(series, -1, 0), local) * 2.0 / (high - low))


def clenshaw(coefficients: npt.NDArray[Any], x: Array) -> Array:
    """Sum of coefficients[n] P_n(x), the coefficients along the first axis."""
    ahead: Any = 0.0
    ahead2: Any = 0.0
    for n in range(len(coefficients) - 1, 0, -1):
        ahead, ahead2 = (
            coefficients[n] + (2 * n + 1) / (n + 1) * x * ahead - (n + 1) / (n + 2) * ahead2,
            ahead,
        )
    result: Array = coefficients[0] + x * ahead - 0.5 * ahead2
    return result
