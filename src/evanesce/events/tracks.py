"""Tables from which tracks are drawn: their energy, the energy lost on the way, and the depth reached.

Drawing is from piecewise constant tables; what they leave out comes back in the weight, which is the exact density over
the density drawn from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.numerics import endpoint_to_log, log_to_endpoint
from evanesce.showers import Kernel
from evanesce.sources import Source
from evanesce.tracklength.panels import smooth_pieces
from evanesce.validation import FloatArray

__all__ = ["LengthTable", "SpectrumDraw"]

_ENERGY_CELLS: Final[int] = 64
"""Cells of the table a smooth piece of the spectrum."""
_LENGTH_CELLS: Final[int] = 24
"""Cells a panel of the kernel."""
_FLOOR: Final[float] = 1e-6
"""Smallest density in the table, relative to its mean: nothing that the kernel allows is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class SpectrumDraw:
    """Draws the energy of a track from the continuum of a source."""

    source: Source
    edges: FloatArray
    cumulative: FloatArray
    """From 0, in tracks, shape of ``edges``."""

    @classmethod
    def of(cls, source: Source, least: float = 0.0) -> SpectrumDraw:
        """Make the table for energies above ``least`` in GeV, which must lie below the last edge."""
        pieces = np.array(smooth_pieces(source))
        pieces = np.unique(np.clip(pieces, least, None))
        steps = np.linspace(0.0, 1.0, _ENERGY_CELLS + 1)[:-1]
        edges = np.append((pieces[:-1, None] + np.diff(pieces)[:, None] * steps).ravel(), pieces[-1])
        middle = source.spectrum(0.5 * (edges[1:] + edges[:-1]))
        density = np.maximum(middle, _FLOOR * middle.mean())
        return cls(source, edges, np.append(0.0, np.cumsum(density * np.diff(edges))))

    def __call__(self, uniform: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Energies in GeV for numbers in (0, 1), and dN/dE over the density drawn from."""
        drawn = uniform * self.cumulative[-1]
        cell = np.clip(np.searchsorted(self.cumulative, drawn, side="right") - 1, 0, len(self.edges) - 2)
        mass, width = np.diff(self.cumulative)[cell], np.diff(self.edges)[cell]
        energy = self.edges[cell] + (drawn - self.cumulative[cell]) / mass * width
        return energy, self.source.spectrum(energy) * width / mass * self.cumulative[-1]


@dataclass(frozen=True, slots=True, eq=False)
class LengthTable:
    """Draws l = ln(E/E') between limits, in the endpoint variable y, from a kernel at one incident energy."""

    kernel: Kernel
    edges: FloatArray
    """In y."""
    cumulative: FloatArray
    density: FloatArray
    """Of the table, in y, shape (cells,)."""

    @classmethod
    def of(cls, kernel: Kernel, energy: float) -> LengthTable:
        """Make the table from the kernel at an incident ``energy`` in GeV."""
        steps = np.linspace(0.0, 1.0, _LENGTH_CELLS + 1)[:-1]
        edges = np.append((kernel.edges[:-1, None] + np.diff(kernel.edges)[:, None] * steps).ravel(), kernel.edges[-1])
        middle = 0.5 * (edges[1:] + edges[:-1])
        panel = np.repeat(np.arange(len(kernel.edges) - 1), _LENGTH_CELLS)
        length = endpoint_to_log(middle)
        density = kernel.on_panel(panel, middle, np.asarray(energy)) * (1.0 + length) * np.exp(-length)
        mean = float(np.sum(np.maximum(density, 0.0) * np.diff(edges)) / edges[-1])
        density = np.maximum(density, _FLOOR * mean)
        return cls(kernel, edges, np.append(0.0, np.cumsum(density * np.diff(edges))), density)

    def __call__(self, uniform: FloatArray, shortest: FloatArray, longest: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Draw l between limits, and the density in y that it was drawn with; see :meth:`measure`."""
        begin, end = self._below(shortest), self._below(longest)
        y = np.interp(begin + uniform * (end - begin), self.cumulative, self.edges)
        return endpoint_to_log(y), y

    def drawn_density(self, y: FloatArray, shortest: FloatArray, longest: FloatArray) -> FloatArray:
        """Density in y at which :meth:`__call__` draws between the same limits."""
        cell = np.clip(np.searchsorted(self.edges, y, side="right") - 1, 0, len(self.density) - 1)
        total: FloatArray = self.density[cell] / np.maximum(self._below(longest) - self._below(shortest), 1e-300)
        return total

    def track_density(self, length: FloatArray, y: FloatArray, energy: FloatArray) -> FloatArray:
        """F(l) dl/dy of the kernel for an incident energy in GeV: g (1 + l), in X0; not negative."""
        panel = np.clip(np.searchsorted(self.kernel.edges, y, side="right") - 1, 0, len(self.kernel.edges) - 2)
        density: FloatArray = np.maximum(self.kernel.on_panel(panel, y, energy), 0.0) * (1.0 + length)
        return density

    def _below(self, length: FloatArray) -> FloatArray:
        below: FloatArray = np.interp(log_to_endpoint(length), self.edges, self.cumulative)
        return below
