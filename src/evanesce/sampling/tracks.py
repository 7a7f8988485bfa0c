"""Tables from which the energy of a track and its energy loss are drawn.

The tables are piecewise constant; the weight corrects for this, because it is the exact density over the density of
the draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.numerics import PiecewiseConstant, endpoint_to_log, log_to_endpoint
from evanesce.showers import Kernel
from evanesce.sources import Source
from evanesce.tracklength.panels import smooth_pieces
from evanesce.validation import FloatArray

__all__ = ["LethargyTable", "SpectrumDraw"]

_ENERGY_CELLS: Final[int] = 64
"""Cells of the table per smooth piece of the spectrum."""
_LENGTH_CELLS: Final[int] = 24
"""Cells per panel of the kernel."""
_FLOOR: Final[float] = 1e-6
"""Smallest density in the table relative to its mean, so that every allowed loss can be drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class SpectrumDraw:
    """Draws the energy of a track from the continuum of a source."""

    source: Source
    table: PiecewiseConstant
    """Density in energy (GeV); its integral is approximately the number of tracks."""

    @classmethod
    def of(cls, source: Source, least: float = 0.0) -> SpectrumDraw:
        """Make the table for energies above ``least`` in GeV, which must lie below the last edge."""
        pieces = np.array(smooth_pieces(source))
        pieces = np.unique(np.clip(pieces, least, None))
        steps = np.linspace(0.0, 1.0, _ENERGY_CELLS + 1)[:-1]
        edges = np.append((pieces[:-1, None] + np.diff(pieces)[:, None] * steps).ravel(), pieces[-1])
        middle = source.spectrum(0.5 * (edges[1:] + edges[:-1]))
        density = np.maximum(middle, _FLOOR * middle.mean())
        return cls(source, PiecewiseConstant.of(edges, density))

    def __call__(self, uniform: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Energies in GeV for uniform numbers in (0, 1), and dN/dE over the density of the draw."""
        energy = self.table.draw(uniform)
        return energy, self.source.spectrum(energy) / self.table.drawn_density(energy)


@dataclass(frozen=True, slots=True, eq=False)
class LethargyTable:
    """Draws l = ln(E/E') between limits, in the endpoint variable y, from a kernel at one incident energy."""

    kernel: Kernel
    table: PiecewiseConstant
    """Density in y."""

    @classmethod
    def of(cls, kernel: Kernel, energy: float) -> LethargyTable:
        """Make the table from the kernel at an incident ``energy`` in GeV."""
        steps = np.linspace(0.0, 1.0, _LENGTH_CELLS + 1)[:-1]
        edges = np.append((kernel.edges[:-1, None] + np.diff(kernel.edges)[:, None] * steps).ravel(), kernel.edges[-1])
        middle = 0.5 * (edges[1:] + edges[:-1])
        panel = np.repeat(np.arange(len(kernel.edges) - 1), _LENGTH_CELLS)
        lethargy = endpoint_to_log(middle)
        density = kernel.on_panel(panel, middle, np.asarray(energy)) * (1.0 + lethargy) * np.exp(-lethargy)
        mean = float(np.sum(np.maximum(density, 0.0) * np.diff(edges)) / edges[-1])
        density = np.maximum(density, _FLOOR * mean)
        return cls(kernel, PiecewiseConstant.of(edges, density))

    def __call__(self, uniform: FloatArray, shortest: FloatArray, longest: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Draw l between limits from uniform numbers in (0, 1); return l and y, see :meth:`drawn_density`."""
        y = self.table.draw(uniform, log_to_endpoint(shortest), log_to_endpoint(longest))
        return endpoint_to_log(y), y

    def drawn_density(self, y: FloatArray, shortest: FloatArray, longest: FloatArray) -> FloatArray:
        """Density in y at which :meth:`__call__` draws between the same limits."""
        return self.table.drawn_density(y, log_to_endpoint(shortest), log_to_endpoint(longest))

    def track_density(self, lethargy: FloatArray, y: FloatArray, energy: FloatArray) -> FloatArray:
        """F(l) dl/dy of the kernel for an incident energy in GeV: g (1 + l), in X0; not negative."""
        panel = np.clip(np.searchsorted(self.kernel.edges, y, side="right") - 1, 0, len(self.kernel.edges) - 2)
        density: FloatArray = np.maximum(self.kernel.on_panel(panel, y, energy), 0.0) * (1.0 + lethargy)
        return density
