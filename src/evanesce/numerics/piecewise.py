"""Random draws from a piecewise constant density."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evanesce.validation import FloatArray

__all__ = ["PiecewiseConstant"]

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class PiecewiseConstant:
    """A positive density over cells; it need not be normalised.

    >>> table = PiecewiseConstant.of(np.array([0.0, 1.0, 3.0]), np.array([2.0, 1.0]))
    >>> table.draw(np.array([0.25, 0.5, 0.75])).tolist(), table.total
    ([0.5, 1.0, 2.0], 4.0)
    """

    edges: FloatArray
    """Edges of the cells, ascending, shape (cells + 1,)."""
    density: FloatArray
    """Density in each cell, shape (cells,)."""
    cumulative: FloatArray
    """Integral below each edge, from 0, shape (cells + 1,)."""

    @classmethod
    def of(cls, edges: FloatArray, density: FloatArray) -> PiecewiseConstant:
        """Make the table from edges and densities."""
        return cls(edges, density, np.append(0.0, np.cumsum(density * np.diff(edges))))

    @property
    def total(self) -> float:
        """Integral over all cells."""
        return float(self.cumulative[-1])

    def cell(self, x: FloatArray) -> Index:
        """Cell of each x; outside, the first or the last cell."""
        return np.clip(np.searchsorted(self.edges, x, side="right") - 1, 0, len(self.density) - 1)

    def __call__(self, x: FloatArray) -> FloatArray:
        """Density at x."""
        density: FloatArray = self.density[self.cell(x)]
        return density

    def below(self, x: FloatArray) -> FloatArray:
        """Integral below x."""
        below: FloatArray = np.interp(x, self.edges, self.cumulative)
        return below

    def between(self, low: FloatArray | None, high: FloatArray | None) -> tuple[FloatArray, FloatArray]:
        """Integrals below two limits; None is the first or the last edge."""
        begin = np.asarray(0.0) if low is None else self.below(low)
        return begin, self.cumulative[-1:] if high is None else self.below(high)

    def draw(self, uniform: FloatArray, low: FloatArray | None = None, high: FloatArray | None = None) -> FloatArray:
        """Draw x between limits from uniform numbers in (0, 1); None is the first or the last edge."""
        begin, end = self.between(low, high)
        drawn: FloatArray = np.interp(begin + uniform * (end - begin), self.cumulative, self.edges)
        return drawn

    def drawn_density(self, x: FloatArray, low: FloatArray | None = None, high: FloatArray | None = None) -> FloatArray:
        """Normalised density at which :meth:`draw` draws x between the same limits."""
        begin, end = self.between(low, high)
        density: FloatArray = self(x) / np.maximum(end - begin, 1e-200)
        return density
