"""The atomic electron that a positron strikes: its light-cone momentum, its shell and its momentum.

q has the distribution of the yields, :func:`evanesce.production.bound.light_cone_electrons`. Given q, the shell is
drawn from tables of all shells at the edges of cells in q, interpolated between two edges, and the momentum from the
shell's isotropic distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evanesce.constants import ELECTRON_MASS
from evanesce.materials import Material
from evanesce.memo import memoised
from evanesce.numerics import PiecewiseConstant
from evanesce.production.bound import LightConeDensity, light_cone_electrons
from evanesce.production.struck import StruckShell, struck_shells
from evanesce.validation import FloatArray

__all__ = ["ElectronTable", "electron_table"]

_LOWEST, _HIGHEST = 1e-4, 100.0
"""Range of q in units of m_e, as in :mod:`evanesce.production.bound`."""

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class ElectronTable:
    """Shells of a material over q; see :func:`electron_table`."""

    shells: tuple[StruckShell, ...]
    electrons: LightConeDensity
    """G(q)."""
    flux: PiecewiseConstant
    """Approximate G(q) in cells of q (GeV), in cm⁻³/GeV."""
    ladder: FloatArray
    """Cumulative chances of the shells at each edge of the cells, edge after edge; those of edge i start at i."""
    at_edges: FloatArray
    """G(q) at the edges."""

    def density(self, q: FloatArray) -> FloatArray:
        """G(q) in cm⁻³/GeV, parabolas through the points of its grid."""
        grid, values = self.electrons, self.electrons.values
        x = np.log(q / ELECTRON_MASS) / grid.step - grid.first
        i = np.clip(np.rint(x).astype(np.intp), 1, len(values) - 2)
        x = x - i
        low, middle, high = values[i - 1], values[i], values[i + 1]
        density: FloatArray = (middle + 0.5 * x * (high - low + x * (high - 2.0 * middle + low))) / q
        return np.maximum(density, 0.0)

    def draw_shell(self, rng: np.random.Generator, q: FloatArray) -> Index:
        """Draw the shell of the electron at q."""
        edges, count = self.flux.edges, len(self.shells)
        cell = self.flux.cell(q)
        along = np.clip((q - edges[cell]) / (edges[cell + 1] - edges[cell]), 0.0, 1.0)
        # the densities of the shells, not their chances, are interpolated
        above, below = along * self.at_edges[cell + 1], (1.0 - along) * self.at_edges[cell]
        edge = cell + (rng.random(len(q)) * (above + below) < above)
        at = np.searchsorted(self.ladder, edge + rng.random(len(q)), side="right")
        drawn: Index = np.clip(at - edge * count, 0, count - 1)
        return drawn

    def momentum(self, rng: np.random.Generator, shell: Index, q: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Draw p_z and the transverse momentum in GeV of electrons of these shells."""
        p_z, across = np.empty_like(q), np.empty_like(q)
        for index in np.unique(shell):
            here = np.flatnonzero(shell == index)
            p_z[here], across[here] = self.shells[index].draw(rng, q[here])
        return p_z, across


@memoised(maxsize=16)
def electron_table(material: Material, *, binding: str) -> ElectronTable:
    """Tabulate the shells of a material for one of the descriptions of :mod:`evanesce.production.struck`."""
    shells = struck_shells(material, binding)
    edges = ELECTRON_MASS * np.exp(_edges())
    middle = 0.5 * (edges[1:] + edges[:-1])
    flux = np.stack([shell.density * shell(edges) for shell in shells], axis=1)
    total = flux.sum(axis=1)
    rungs: FloatArray = np.cumsum(flux / total[:, None], axis=1) + np.arange(float(len(edges)))[:, None]
    electrons = light_cone_electrons(material, binding)
    mean = np.sum([shell.density * shell(middle) for shell in shells], axis=0)
    return ElectronTable(shells, electrons, PiecewiseConstant.of(edges, mean), rungs.ravel(), total)


def _edges() -> FloatArray:
    """Cell edges in ln(q/m_e): fine near the outer electrons, coarse in the tails."""
    fine, middle = np.arange(-0.1, 0.1, 2.5e-4), np.arange(-0.7, 0.7, 2e-3)
    coarse = np.arange(np.log(_LOWEST), np.log(_HIGHEST), 0.02)
    outer = coarse[np.abs(coarse) > 0.7]
    middle = middle[np.abs(middle) > 0.1]
    return np.unique(np.concatenate([outer, middle, fine, [np.log(_LOWEST), np.log(_HIGHEST)]]))
