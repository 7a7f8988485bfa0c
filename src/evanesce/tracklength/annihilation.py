"""The source-folded track-length density W(E'), independent of the mediator.

W(E') = ∫ dE (dN/dE) T_e(E', E)/X0: track length in units of X0 per GeV of positron energy E', of all
tracks of the source together, inside the selection. It is computed once for an experiment; every mass
point is then a one-dimensional integral of W times a cross section. The slope of W diverges just below each
edge E_k of the source, as that of 1/ln(E_k/(E_k - E')), so the panels become finer towards these points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.numerics import PiecewiseLegendre, analysis_matrix, distances, endpoint_to_log, panel_nodes
from evanesce.showers import Kernel, together
from evanesce.sources import Source, corners, smooth_at_edges
from evanesce.tracklength.acceptance import Acceptance, as_acceptance, least_fraction
from evanesce.tracklength.panels import graded_edges, kernel_nodes, smallest_fraction, smooth_pieces, subdivide
from evanesce.validation import FloatArray

__all__ = ["Endpoint", "FoldedTrackLength", "fold_track_length", "fold_track_lengths"]

ORDER: Final[int] = 16
"""Nodes per panel of W."""
_INNER: Final[tuple[int, int]] = (16, 11)
"""Nodes per piece of the fold, and of its check."""
_CLOSEST_JUMP: Final[float] = 1e-11
"""Relative distance to a jump of the spectrum at which grading ends; the rest is one panel, or an atom (point mass)."""
_CLOSEST_KINK: Final[float] = 1e-5
_CLOSEST_LINE: Final[float] = 1e-9
"""The same below a line: closer to it E' would lose digits, and the rest is the atom."""
_CLOSEST_ATOM: Final[float] = 1e-18
"""Below this relative distance from a line all track length is put at the line."""
_WIDEST: Final[float] = 0.08
_BLOCK: Final[int] = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Endpoint:
    """A density close to a line, on panels in the distance from the line, which keeps its digits."""

    origin: float
    """Position of the line."""
    edges: FloatArray
    """Panel boundaries as offsets from the origin, negative and ascending, shape (panels + 1,)."""
    values: FloatArray
    """Density at the Gauss nodes, shape (panels, order)."""
    rest: float
    """Integral of the density even closer to the line, put at the origin."""

    def scaled(self, origin: float, stretch: float, factor: float) -> Endpoint:
        """``factor`` times the density, over another variable with offsets larger by ``stretch``."""
        return Endpoint(
            origin=origin,
            edges=stretch * self.edges,
            values=factor / stretch * self.values,
            rest=factor * self.rest,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoldedTrackLength:
    """W(E') on panels, plus atoms (track length at a single energy) at the endpoints of monoenergetic beams."""

    edges: FloatArray
    """Panel boundaries in E', GeV, shape (panels + 1,)."""
    values: FloatArray
    """W at the Gauss nodes of each panel, X0 per GeV, shape (panels, order)."""
    atom_energies: FloatArray
    """Energies of the atoms, GeV."""
    atom_lengths: FloatArray
    """Track length of each atom, X0."""
    endpoints: tuple[Endpoint, ...] = ()
    """The atoms resolved: W(E') from the end of the panels to a relative distance of 1e-18 from the line."""
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


def fold_track_length(
    source: Source,
    kernel: Kernel,
    *,
    acceptance: Acceptance | None = None,
    missing_fraction: float | None = None,
    v_max: float = 1.0,
) -> FoldedTrackLength:
    """Fold the kernel of a shower with the spectrum of a source, and with the selection on E_A' = E' + m_e.

    Give either an ``acceptance`` or the ``missing_fraction`` of a sharp one. The latter is the inner energy
    integral of Eq. (4.4) with the printed limits: E' from ``missing_fraction``·E - m_e to ``v_max``·E.
    """
    selection = as_acceptance(acceptance, missing_fraction)
    return fold_track_lengths(source, (kernel,), acceptance=selection, v_max=v_max)[0]


def fold_track_lengths(
    source: Source,
    kernels: Sequence[Kernel],
    *,
    acceptance: Acceptance,
    v_max: float = 1.0,
    kinks: FloatArray | None = None,
    order: int = ORDER,
    inner: tuple[int, int] = _INNER,
) -> list[FoldedTrackLength]:
    """:func:`fold_track_length` of several kernels with the same panels and energies.

    ``order`` is the number of nodes per panel of W, ``inner`` those per piece of the integral over the source, and of
    its check.
    ``kinks`` are the l = ln(E/E') of kernels that are smooth on their own panels only. W then has panel boundaries
    there below every corner of the source, and below jumps of its spectrum at every panel boundary of the kernels.
    """
    pieces = smooth_pieces(source)
    least_fraction(acceptance, corners(source), smallest_fraction(kernels[0]))
    more = np.array([]) if kinks is None else _below_corners(source, kernels[0], kinks)
    edges = _panel_edges(source, corners(source), pieces, acceptance, v_max, more)
    nodes, _ = panel_nodes(edges, order)
    flat = nodes.ravel()
    every = _fold(source, kernels, flat, acceptance, v_max, inner[0])
    checks = _fold(source, kernels, flat[::7], acceptance, v_max, inner[1])
    found = []
    for kernel, values, check in zip(kernels, every, checks, strict=True):
        scale = np.abs(values).max()
        error = float(np.abs(check - values[::7]).max() / scale) if scale > 0 else 0.0
        endpoints = _endpoints(source, kernel, acceptance) if v_max == 1.0 else ()
        fold = FoldedTrackLength(
            edges=edges,
            values=values.reshape(nodes.shape),
            atom_energies=np.array([endpoint.origin for endpoint in endpoints]),
            atom_lengths=np.array([_total(endpoint) for endpoint in endpoints]),
            endpoints=endpoints,
            error=error + kernel.error,
        )
        found.append(fold)
    return found


def _below_corners(source: Source, kernel: Kernel, kinks: FloatArray) -> FloatArray:
    """Ascending E' at which the panels of a kernel leave kinks in W."""
    every = endpoint_to_log(kernel.edges[1:])
    found = []
    for corner in corners(source).tolist():
        lethargy = every if _closest(source, corner) < _CLOSEST_KINK else kinks
        found.append(corner * np.exp(-lethargy[lethargy > _CLOSEST_LINE]))
    return np.sort(np.concatenate(found))


def _panel_edges(
    source: Source,
    bends: FloatArray,
    pieces: tuple[float, ...],
    acceptance: Acceptance,
    v_max: float,
    more: FloatArray,
) -> FloatArray:
    energies = np.union1d(bends, pieces)
    cuts = _cuts(acceptance, energies)
    breaks = np.unique(np.concatenate([energies * v_max, cuts]))
    breaks = np.union1d(breaks, _apart(more, breaks))
    breaks = breaks[(breaks >= cuts[0]) & (breaks <= bends[-1] * v_max)]
    if len(breaks) < 2:  # the cut on the track length leaves nothing inside the selection
        return np.array([cuts[0], cuts[0] * (1.0 + 1e-9)])
    graded = []
    distance = {corner: corner * _closest(source, corner) for corner in bends.tolist()}
    for lower, upper in pairwise(breaks):
        # the nearest corner with its own cut above this piece determines the shape of W here
        corner = float(bends[np.searchsorted(bends * v_max, upper * (1.0 - 1e-14))])
        closest = distance[corner]
        graded.append(graded_edges(lower, upper, corner, closest)[:-1])
    edges = np.append(np.concatenate(graded), breaks[-1])
    if v_max == 1.0 and not source.edges:
        edges = edges[:-1]  # the last panel is the atom's
    return subdivide(edges, _WIDEST)


def _apart(more: FloatArray, breaks: FloatArray) -> FloatArray:
    """Those of ``more`` that lie neither on a break nor on their predecessor."""
    more = more[np.diff(more, prepend=0.0) > _CLOSEST_LINE * more]
    nearest = np.searchsorted(breaks, more)
    below, above = breaks[np.maximum(nearest - 1, 0)], breaks[np.minimum(nearest, len(breaks) - 1)]
    return more[np.minimum(np.abs(more - below), np.abs(more - above)) > _CLOSEST_LINE * more]


def _cuts(acceptance: Acceptance, corners: FloatArray) -> FloatArray:
    """Ascending E' between which the acceptance of each corner rises; very close ones are merged."""
    cuts = np.maximum(acceptance.transition(corners) * corners - ELECTRON_MASS, 1e-9 * corners[0])
    width = 0.5 * np.diff(cuts, axis=0).min(initial=np.inf) if len(cuts) > 1 else 0.0
    kept: list[float] = []
    for cut in np.sort(cuts, axis=None).tolist():
        if not kept or cut > kept[-1] + width:
            kept.append(cut)
    return np.array(kept)


def _closest(source: Source, corner: float) -> float:
    """Relative distance to a corner of the source at which grading ends."""
    if any(energy == corner for energy, _ in source.lines):
        return _CLOSEST_LINE
    if smooth_at_edges(source):
        return float(np.diff(source.edges).min()) / corner
    around = source.spectrum(np.array([corner * (1.0 - 1e-9), corner * (1.0 + 1e-9)]))
    jump = abs(around[1] - around[0]) > 1e-6 * np.abs(around).max()
    return _CLOSEST_JUMP if jump else _CLOSEST_KINK


def _fold(
    source: Source, kernels: Sequence[Kernel], energy: FloatArray, acceptance: Acceptance, v_max: float, order: int
) -> FloatArray:
    """W of each kernel at energies in GeV, shape (kernels, energies)."""
    folded = np.zeros((len(kernels), len(energy)))
    shortest = -np.log(v_max)
    spans = _spans(acceptance, energy, shortest)
    taken = energy + ELECTRON_MASS
    for (lower_edge, upper_edge), (begin, end) in product(pairwise(smooth_pieces(source)), spans):
        lower = np.maximum(np.log(lower_edge / energy), begin)
        upper = np.minimum(np.log(upper_edge / energy), end)
        for block in range(0, len(energy), _BLOCK):
            part = slice(block, block + _BLOCK)
            nodes = kernel_nodes(kernels[0], lower[part], upper[part], order)
            incident = np.clip(energy[part][nodes.row, None] * np.exp(nodes.lethargy), lower_edge, upper_edge)
            spectrum = source.spectrum(incident)
            passed = acceptance.probability(incident, taken[part][nodes.row, None] / incident)
            for row, g in zip(folded, together(kernels, nodes.panel, nodes.y, incident), strict=True):
                terms = np.sum(nodes.measure * g * spectrum * passed, axis=1)
                row[part] += np.bincount(nodes.row, terms, minlength=len(energy[part]))
    for line, number in source.lines:
        lethargy = np.log(line / energy)
        # closer than the range of the atom, its track length is in the atom and not in a panel
        nearest = max(shortest, -np.log1p(-_CLOSEST_LINE))
        inside = (lethargy > nearest * (1.0 - 1e-6)) & (lethargy <= spans[-1][1])
        passed = acceptance.probability(np.asarray(line), taken / line)
        for row, kernel in zip(folded, kernels, strict=True):
            density = kernel.at_lethargy(np.where(inside, lethargy, 1.0), line)
            row += np.where(inside, number / line * density * passed, 0.0)
    return folded


def _spans(acceptance: Acceptance, energy: FloatArray, shortest: float) -> list[tuple[FloatArray, FloatArray]]:
    """Ranges of l = ln(E/E') on which the acceptance is smooth, for E' in GeV."""
    taken = energy + ELECTRON_MASS
    fractions = acceptance.transition(taken / acceptance.missing_fraction)
    ends = np.log(taken / (fractions * energy))[::-1]
    return [*pairwise((np.full_like(energy, shortest), *ends))]


def _endpoints(source: Source, kernel: Kernel, acceptance: Acceptance) -> tuple[Endpoint, ...]:
    """W close to each line, beyond the panels of W; the acceptance is constant there."""
    found = []
    for energy, number in source.lines:
        passed = float(acceptance.probability(np.asarray(energy), np.asarray(1.0 + ELECTRON_MASS / energy)))
        relative = -distances(_CLOSEST_ATOM, _CLOSEST_LINE)[::-1]
        nodes, _ = panel_nodes(relative, ORDER)
        lethargy = -np.log1p(nodes)
        values = number / energy * passed * kernel.at_lethargy(lethargy, energy)
        inner = kernel_nodes(kernel, np.zeros(1), -np.log1p(np.array([-_CLOSEST_ATOM])), _INNER[0])
        g = kernel.on_panel(inner.panel[:, None], inner.y, np.asarray(energy))
        rest = number * passed * float(np.sum(inner.measure * g))
        found.append(Endpoint(origin=energy, edges=energy * relative, values=values, rest=rest))
    return tuple(found)


def _total(endpoint: Endpoint) -> float:
    """Total track length of an endpoint."""
    _, weights = panel_nodes(endpoint.edges, ORDER)
    return float(np.sum(weights * endpoint.values)) + endpoint.rest
