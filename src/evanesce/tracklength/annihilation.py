"""The source-folded track-length density W(E'), which knows no mediator.

W(E') = ∫ dE (dN/dE) T_e(E', E)/X0: track length in units of X0 per GeV of positron energy E', of all
tracks of the source together, inside the selection. It is computed once for an experiment; every mass
point is then a one-dimensional integral of W times a cross section. W bends infinitely steeply just below
each edge E_k of the source, as 1/ln(E_k/(E_k - E')): the panels close in on these points.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.errors import InvalidValueError
from evanesce.numerics import PiecewiseLegendre, analysis_matrix, endpoint_to_log, panel_nodes
from evanesce.showers import Kernel
from evanesce.sources import Source
from evanesce.tracklength.panels import graded_edges, kernel_nodes, subdivide
from evanesce.validation import FloatArray

__all__ = ["FoldedTrackLength", "fold_track_length", "smallest_fraction"]

ORDER: Final[int] = 16
"""Nodes a panel of W."""
_INNER: Final[tuple[int, int]] = (16, 11)
"""Nodes a piece of the fold, and of its check."""
_CLOSEST_JUMP: Final[float] = 1e-11
"""Relative distance to a jump of the spectrum at which grading ends; the rest is one panel, or an atom."""
_CLOSEST_KINK: Final[float] = 1e-5
_CLOSEST_LINE: Final[float] = 1e-9
"""The same below a line: nearer, rounding of E' would show; what is nearer is the atom."""
_WIDEST: Final[float] = 0.08
_BLOCK: Final[int] = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoldedTrackLength:
    """W(E') on panels, plus atoms: track length at one energy, the endpoint of a monoenergetic beam."""

    edges: FloatArray
    """Panel boundaries in E', GeV, shape (panels + 1,)."""
    values: FloatArray
    """W at the Gauss nodes of each panel, X0 per GeV, shape (panels, order)."""
    atom_energies: FloatArray
    """Energies of the atoms, GeV."""
    atom_lengths: FloatArray
    """Track length of each atom, X0."""
    error: float
    """Estimate of the relative error of W."""

    def __call__(self, energy: FloatArray) -> FloatArray:
        """W(E') at energies in GeV, X0 per GeV; zero outside the panels."""
        energy = np.asarray(energy, dtype=np.float64)
        series = PiecewiseLegendre(self.edges, self.values @ analysis_matrix(self.values.shape[1]).T)
        inside = (energy >= self.edges[0]) & (energy <= self.edges[-1])
        return np.where(inside, series(energy), 0.0)

    @property
    def integral(self) -> float:
        """Total track length in X0 of all tracks inside the selection."""
        _, weights = panel_nodes(self.edges, self.values.shape[1])
        return float(np.sum(weights * self.values) + self.atom_lengths.sum())


def smallest_fraction(kernel: Kernel) -> float:
    """Smallest v = E'/E that a kernel covers."""
    return float(np.exp(-endpoint_to_log(kernel.edges[-1])))


def fold_track_length(
    source: Source, kernel: Kernel, *, missing_fraction: float, v_max: float = 1.0
) -> FoldedTrackLength:
    """Fold the kernel of a shower with the spectrum of a source, inside E' + m_e > ``missing_fraction``·E.

    The inner energy integral of Eq. (4.4) with its limits as printed, E' from ``missing_fraction``·E - m_e
    to ``v_max``·E.
    """
    smallest = smallest_fraction(kernel)
    if missing_fraction <= smallest:
        raise InvalidValueError(f"missing_fraction = {missing_fraction:g}: must be greater than {smallest:.1g}")
    edges = _panel_edges(source, missing_fraction, v_max)
    nodes, _ = panel_nodes(edges, ORDER)
    flat = nodes.ravel()
    values = _fold(source, kernel, flat, missing_fraction, v_max, _INNER[0])
    sample = flat[::7]
    check = _fold(source, kernel, sample, missing_fraction, v_max, _INNER[1])
    scale = np.abs(values).max()
    error = float(np.abs(check - values[::7]).max() / scale) if scale > 0 else 0.0
    atoms = _atoms(source, kernel) if v_max == 1.0 else (np.empty(0), np.empty(0))
    return FoldedTrackLength(
        edges=edges,
        values=values.reshape(nodes.shape),
        atom_energies=atoms[0],
        atom_lengths=atoms[1],
        error=error + kernel.error,
    )


def _panel_edges(source: Source, missing_fraction: float, v_max: float) -> FloatArray:
    corners = np.array(sorted({*source.edges, *(energy for energy, _ in source.lines)}))
    cuts = np.maximum(missing_fraction * corners - ELECTRON_MASS, 1e-9 * corners[0])
    breaks = np.unique(np.concatenate([corners * v_max, cuts]))
    breaks = breaks[(breaks >= cuts[0]) & (breaks <= corners[-1] * v_max)]
    pieces = []
    for lower, upper in pairwise(breaks):
        # the nearest corner whose own cut lies above this piece is the one that bends W here
        corner = corners[np.searchsorted(corners * v_max, upper * (1.0 - 1e-14))]
        closest = corner * _closest(source, corner)
        pieces.append(graded_edges(lower, upper, corner, closest)[:-1])
    edges = np.append(np.concatenate(pieces), breaks[-1])
    if v_max == 1.0 and not source.edges:
        edges = edges[:-1]  # the last panel is the atom's
    return subdivide(edges, _WIDEST)


def _closest(source: Source, corner: float) -> float:
    """Relative distance to a corner of the source at which the panels stop closing in."""
    if any(energy == corner for energy, _ in source.lines):
        return _CLOSEST_LINE
    around = source.spectrum(np.array([corner * (1.0 - 1e-9), corner * (1.0 + 1e-9)]))
    jump = abs(around[1] - around[0]) > 1e-6 * np.abs(around).max()
    return _CLOSEST_JUMP if jump else _CLOSEST_KINK


def _fold(
    source: Source, kernel: Kernel, energy: FloatArray, missing_fraction: float, v_max: float, order: int
) -> FloatArray:
    folded = np.zeros_like(energy)
    shortest = -np.log(v_max)
    longest = np.log((energy + ELECTRON_MASS) / (missing_fraction * energy))
    for lower_edge, upper_edge in pairwise(source.edges):
        lower = np.maximum(np.log(lower_edge / energy), shortest)
        upper = np.minimum(np.log(upper_edge / energy), longest)
        for block in range(0, len(energy), _BLOCK):
            part = slice(block, block + _BLOCK)
            nodes = kernel_nodes(kernel, lower[part], upper[part], order)
            incident = np.clip(energy[part][nodes.row, None] * np.exp(nodes.length), lower_edge, upper_edge)
            g = kernel.on_panel(nodes.panel[:, None], nodes.y, incident)
            terms = np.sum(nodes.measure * g * source.spectrum(incident), axis=1)
            folded[part] += np.bincount(nodes.row, terms, minlength=len(energy[part]))
    for line, number in source.lines:
        length = np.log(line / energy)
        # nearer than the atom's reach it is the atom that counts, not a panel
        nearest = max(shortest, -np.log1p(-_CLOSEST_LINE))
        inside = (length > nearest * (1.0 - 1e-6)) & (length <= longest)
        density = kernel.at_log_fraction(np.where(inside, length, 1.0))
        folded += np.where(inside, number / line * density, 0.0)
    return folded


def _atoms(source: Source, kernel: Kernel) -> tuple[FloatArray, FloatArray]:
    """What lies closer to a line than the panels: ∫ F dv up to the endpoint."""
    energies = np.array([energy for energy, _ in source.lines])
    numbers = np.array([number for _, number in source.lines])
    reach = np.full(len(energies), -np.log1p(-_CLOSEST_LINE))
    nodes = kernel_nodes(kernel, np.zeros_like(reach), reach, _INNER[0])
    g = kernel.on_panel(nodes.panel[:, None], nodes.y, energies[nodes.row][:, None])
    terms = np.sum(nodes.measure * g * np.exp(-nodes.length), axis=1)
    return energies, numbers * np.bincount(nodes.row, terms, minlength=len(energies))
