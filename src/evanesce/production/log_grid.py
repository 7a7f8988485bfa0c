"""Densities on grids uniform in the logarithm, where a distribution of a product is a convolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.numerics import analysis_matrix, panel_nodes
from evanesce.tracklength import FoldedTrackLength
from evanesce.tracklength.panels import subdivide
from evanesce.validation import FloatArray

__all__ = ["ORDER", "LogCurve", "convolve", "resolve", "track_length_on_grid"]

ORDER: Final[int] = 16
"""Nodes a panel."""
_WIDEST: Final[float] = 0.25
"""Widest panel in ln S."""
_TOLERANCE: Final[float] = 1e-6
"""Panels are halved until the last Legendre coefficients of D are smaller than this, relative to D."""
_SUB_ORDER: Final[int] = 8
_SUB_STEPS: Final[float] = 5.0
"""Width, in grid steps, of the pieces by which the track length is put on the grid."""
_STENCIL: Final[int] = 6
_PIECE: Final[int] = 4096


@dataclass(frozen=True, slots=True)
class LogCurve:
    """S D on a grid uniform in ln S, S = s - 2 m_e² in GeV²."""

    values: FloatArray
    first: int
    step: float

    def density(self, s: FloatArray) -> FloatArray:
        """D at S; the nearest grid points serve at the ends."""
        start, weights = _stencil(np.log(s) / self.step - self.first)
        index = np.clip(start[..., None] + np.arange(_STENCIL), 0, len(self.values) - 1)
        density: FloatArray = np.sum(weights * self.values[index], axis=-1) / s
        return density


def track_length_on_grid(fold: FoldedTrackLength, step: float, scale: float) -> tuple[int, FloatArray]:
    """Number of the first point of a grid uniform in ln(``scale``·E'), and the track length in X0 at its points.

    Each piece of W is shared among its six neighbours such that sums with polynomials of degree 5 are exact.
    """
    edges = subdivide(fold.edges, _SUB_STEPS * step)
    energy, weights = panel_nodes(edges, _SUB_ORDER)
    lengths = np.append((weights * fold(energy)).ravel(), fold.atom_lengths)
    energy = np.append(energy.ravel(), fold.atom_energies)
    position = np.log(scale * energy) / step
    start, shares = _stencil(position)
    first = int(start.min())
    index = (start - first)[:, None] + np.arange(_STENCIL)
    shared: FloatArray = (lengths[:, None] * shares).ravel()
    return first, np.bincount(index.ravel(), weights=shared).astype(np.float64)


def convolve(values: FloatArray, track: FloatArray) -> FloatArray:
    """Convolution of positive ``values`` with the shorter ``track``, where they overlap completely.

    Directly: the rounding of a Fourier transform would drown the tails. In pieces too short to be threaded.
    """
    total = np.zeros(len(values) + len(track) - 1)
    for start in range(0, len(track), _PIECE):
        part = np.convolve(values, track[start : start + _PIECE])
        total[start : start + len(part)] += part
    return total[len(track) - 1 : len(values)]


def _stencil(position: FloatArray) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """First grid point and Lagrange weights (..., 6) of the six points around each position."""
    start = np.floor(position).astype(np.intp) - (_STENCIL // 2 - 1)
    offset = (position - start)[..., None] - np.arange(_STENCIL)
    weights = np.ones_like(offset)
    for i in range(_STENCIL):
        for j in range(_STENCIL):
            if i != j:
                weights[..., i] *= offset[..., j] / (i - j)
    return start, weights


def resolve(curve: LogCurve) -> tuple[FloatArray, FloatArray, float]:
    """Edges in S, D at their Gauss nodes and its largest relative error, panels halved until D is resolved."""
    begin, end = curve.first + _STENCIL, curve.first + len(curve.values) - _STENCIL
    count = int(np.ceil((end - begin) * curve.step / _WIDEST))
    edges = np.exp(np.linspace(begin * curve.step, end * curve.step, count + 1))
    last_two = analysis_matrix(ORDER)[-2:].T
    while True:
        values = curve.density(panel_nodes(edges, ORDER)[0])
        size = values.max(axis=1)
        tail = np.abs(values @ last_two).sum(axis=1) / np.where(size > 0, size, 1.0)
        rough = (tail > _TOLERANCE) & (np.diff(np.log(edges)) > 4.0 * curve.step)
        if not rough.any():
            return edges, values, float(tail.max())
        edges = np.sort(np.append(edges, 0.5 * (edges[:-1] + edges[1:])[rough]))
