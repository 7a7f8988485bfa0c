"""The atomic electron that a positron strikes: its shell, its light-cone momentum and its transverse momentum.

The distribution is that of :func:`evanesce.production.struck.sample_electrons`, but each event needs one profile
instead of one per shell: shells are drawn from a table in q = m_e - B - p_z, and the ratio of the exact density to that
of the table enters the weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.constants import ELECTRON_MASS
from evanesce.materials import Material
from evanesce.materials.compton import ElectronShell, electron_shells
from evanesce.memo import memoised
from evanesce.numerics import PiecewiseConstant, clenshaw
from evanesce.validation import FloatArray

__all__ = ["ElectronTable", "electron_table"]

_LOWEST, _HIGHEST = 1e-4, 100.0
"""Range of q in units of m_e, as in :mod:`evanesce.production.bound`."""
_FLOOR: Final[float] = 1e-5
"""Smallest probability in the table of drawing a shell."""

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class ElectronTable:
    """Shells of a material over cells in q; see :func:`electron_table`."""

    shells: tuple[ElectronShell, ...]
    binding: FloatArray
    """Binding energy in GeV, shape (shells,); zero if binding is neglected."""
    flux: PiecewiseConstant
    """Approximate Σ n f(p_z) (1 - p_z/m_e) in cells of q (GeV), in cm⁻³/GeV."""
    chance: FloatArray
    """Probability of each shell in each cell, shape (cells, shells)."""
    ladder: FloatArray
    """Cumulative probabilities, cell after cell; those of cell i start at i."""

    def draw_shell(self, rng: np.random.Generator, q: FloatArray) -> tuple[Index, FloatArray]:
        """Draw a shell at q; return it, and n f(p_z) (1 - p_z/m_e) over its probability in cm⁻³/GeV."""
        cell, count = self.flux.cell(q), len(self.shells)
        at = np.searchsorted(self.ladder, cell + rng.random(len(q)), side="right")
        shell = np.clip(at - cell * count, 0, count - 1)
        momentum = ELECTRON_MASS - self.binding[shell] - q
        density = self._densities[shell] * self._profile(shell, momentum) * (1.0 - momentum / ELECTRON_MASS)
        return shell, density / self.chance[cell, shell]

    def transverse(self, rng: np.random.Generator, shell: Index, momentum: FloatArray) -> FloatArray:
        """Draw the transverse momentum at p_z = ``momentum`` in GeV, for the isotropic distribution of the profile."""
        magnitude = np.abs(momentum)
        for index in np.unique(shell):
            here = np.flatnonzero(shell == index)
            magnitude[here] = self.shells[index].profile.sample_magnitude(rng, momentum[here])
        return np.sqrt(np.maximum(magnitude**2 - momentum**2, 0.0))

    @property
    def _densities(self) -> FloatArray:
        return np.array([shell.density for shell in self.shells])

    def _profile(self, shell: Index, momentum: FloatArray) -> FloatArray:
        """Profile of each event's own shell; all are tabulated on the same panels."""
        edges, coefficients, scale = _stacked(self.shells)
        t = np.log1p(np.abs(momentum) / scale)
        panel = np.clip(np.searchsorted(edges, t, side="right") - 1, 0, len(edges) - 2)
        low, high = edges[panel], edges[panel + 1]
        series = coefficients[shell, panel]
        return np.exp(clenshaw(np.moveaxis(series, -1, 0), (2.0 * t - low - high) / (high - low)))


@memoised(maxsize=16)
def electron_table(material: Material, *, binding: bool) -> ElectronTable:
    """Tabulate the shells of a material, with or without the binding energy of the electrons."""
    shells = electron_shells(material)
    cost = np.array([shell.binding if binding else 0.0 for shell in shells])
    edges = ELECTRON_MASS * np.exp(_edges())
    q = 0.5 * (edges[1:] + edges[:-1])
    momentum = ELECTRON_MASS - cost - q[:, None]
    flux = np.stack([s.density * s.profile(p) for s, p in zip(shells, momentum.T, strict=True)], axis=1)
    flux *= np.maximum(1.0 - momentum / ELECTRON_MASS, 0.0)
    total = flux.sum(axis=1)
    chance = flux / total[:, None] + _FLOOR
    chance /= chance.sum(axis=1, keepdims=True)
    rungs: FloatArray = np.cumsum(chance, axis=1) + np.arange(float(len(chance)))[:, None]
    return ElectronTable(
        shells=shells,
        binding=cost,
        flux=PiecewiseConstant.of(edges, total),
        chance=chance,
        ladder=rungs.ravel(),
    )


def _edges() -> FloatArray:
    """Cell edges in ln(q/m_e): fine near the outer electrons, coarse in the tails."""
    fine, middle = np.arange(-0.1, 0.1, 2.5e-4), np.arange(-0.7, 0.7, 2e-3)
    coarse = np.arange(np.log(_LOWEST), np.log(_HIGHEST), 0.02)
    outer = coarse[np.abs(coarse) > 0.7]
    middle = middle[np.abs(middle) > 0.1]
    return np.unique(np.concatenate([outer, middle, fine, [np.log(_LOWEST), np.log(_HIGHEST)]]))


@memoised(maxsize=16)
def _stacked(shells: Sequence[ElectronShell]) -> tuple[FloatArray, FloatArray, float]:
    series = [shell.profile.log_profile for shell in shells]
    return series[0].edges, np.stack([one.coefficients for one in series]), shells[0].profile.scale
