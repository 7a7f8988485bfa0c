"""Densities on grids uniform in the logarithm, on which the distribution of a product is a convolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from evanesce.numerics import analysis_matrix, panel_nodes
from evanesce.tracklength import FoldedTrackLength
from evanesce.validation import FloatArray

__all__ = [
    "ORDER",
    "Convolution",
    "Index",
    "LogCurve",
    "Tabulated",
    "density",
    "extended",
    "resolve",
    "spread",
    "track_length_on_grid",
]

Index = npt.NDArray[np.intp]

ORDER: Final[int] = 16
"""Nodes per panel."""
_WIDEST: Final[float] = 0.25
"""Widest panel in ln S."""
_TOLERANCE: Final[float] = 1e-7
"""Panels are halved until the last Legendre coefficients of D are smaller than this, relative to D; yields integrate D
over many panels and move by less than 1e-9."""
_SUB_ORDER: Final[int] = 5
"""Nodes of W between grid points, where the shares are polynomials of degree 5."""
_STENCIL: Final[int] = 6
_KEPT: Final[float] = 0.5
"""Range in ln S, the last of a product, that is left out: there the end of the values would show."""
_PIECE: Final[int] = 9999
"""Terms of a sum that OpenBLAS adds up in one thread."""


class LogCurve(Protocol):
    """S D on a grid uniform in ln S, S = s - 2 m_e² in GeV²: ln S is (``first`` + j) ``step``."""

    @property
    def first(self) -> int:
        """Number of the first point."""
        ...

    @property
    def step(self) -> float:
        """Spacing in ln S."""
        ...

    def __len__(self) -> int:
        """Number of grid points."""
        ...

    def at(self, index: Index) -> FloatArray:
        """S D at grid points of any shape."""
        ...


@dataclass(frozen=True, slots=True)
class Tabulated:
    """A curve with known values."""

    values: FloatArray
    first: int
    step: float

    def __len__(self) -> int:
        """Number of grid points."""
        return len(self.values)

    def at(self, index: Index) -> FloatArray:
        """S D at grid points."""
        found: FloatArray = self.values[index]
        return found


class Convolution:
    """Positive ``values`` from ln q = ``first`` · step on, convolved with a shorter ``track``, where both overlap.

    We compute only the points that are needed, a small part of all, and by direct summation: with a Fourier transform
    rounding errors would exceed the tails.
    """

    def __init__(self, values: FloatArray, track: FloatArray, first: int, step: float) -> None:
        self.first = first + len(track) - 1
        self.step = step
        self._values = values
        self._reversed = np.ascontiguousarray(track[::-1])
        self._known = np.full(max(len(values) - len(track) + 1, 0), np.nan)

    def __len__(self) -> int:
        """Number of grid points."""
        return len(self._known)

    def at(self, index: Index) -> FloatArray:
        """S D at grid points, computed if it is not known yet."""
        missing = np.unique(index[np.isnan(self._known[index])])
        for run in np.split(missing, np.flatnonzero(np.diff(missing) > _STENCIL) + 1):
            if run.size:
                self._compute(int(run[0]), int(run[-1]) + 1)
        found: FloatArray = self._known[index]
        return found

    def _compute(self, start: int, stop: int) -> None:
        """Compute the points from ``start`` to before ``stop``, in pieces too short for the library to use threads."""
        total = np.zeros(stop - start)
        for begin in range(0, len(self._reversed), _PIECE):
            part = self._reversed[begin : begin + _PIECE]
            total += np.correlate(self._values[start + begin : stop + begin + len(part) - 1], part)
        self._known[start:stop] = total


def extended(values: FloatArray, track: FloatArray, step: float) -> FloatArray:
    """Return the values with zeros behind them, so that the highest S is that of the highest energies of the track.

    Without them it is that of the lowest ones, which a weak cut on the energy lowers: electrons whose distribution
    falls steeply meet the highest energies there, and hardly any of the lowest.
    """
    return np.pad(values, (0, max(len(track) - 1 - round(_KEPT / step), 0)))


def density(curve: LogCurve, s: FloatArray) -> FloatArray:
    """D at S, interpolated; at the ends from the nearest grid points."""
    start, weights = _stencil(np.log(s) / curve.step - curve.first)
    index = np.clip(start[..., None] + np.arange(_STENCIL), 0, len(curve) - 1)
    interpolated: FloatArray = np.sum(weights * curve.at(index), axis=-1) / s
    return interpolated


def track_length_on_grid(fold: FoldedTrackLength, step: float, scale: float) -> tuple[int, FloatArray]:
    """Number of the first point of a grid uniform in ln(``scale``·E'), and the track length in X0 at its points.

    Each piece of W is distributed to its six neighbours such that sums with polynomials of degree 5 are exact. The
    pieces end at grid points, where the shares have kinks, so that the result does not depend on the panels of W.
    """
    ends = np.log(scale * fold.edges[[0, -1]]) / step
    points = np.exp(step * np.arange(np.ceil(ends[0]), ends[1])) / scale
    edges = np.union1d(fold.edges, points[(points > fold.edges[0]) & (points < fold.edges[-1])])
    energy, weights = panel_nodes(edges, _SUB_ORDER)
    lengths = np.append((weights * fold(energy)).ravel(), fold.atom_lengths)
    energy = np.append(energy.ravel(), fold.atom_energies)
    return spread(np.log(scale * energy) / step, lengths)


def spread(position: FloatArray, amount: FloatArray) -> tuple[int, FloatArray]:
    """Distribute amounts at positions in grid steps to the grid, as in :func:`track_length_on_grid`."""
    start, shares = _stencil(position)
    first = int(start.min())
    index = (start - first)[:, None] + np.arange(_STENCIL)
    shared: FloatArray = (amount[:, None] * shares).ravel()
    return first, np.bincount(index.ravel(), weights=shared).astype(np.float64)


def _stencil(position: FloatArray) -> tuple[Index, FloatArray]:
    """First grid point and Lagrange weights (..., 6) of the six points around each position."""
    start = np.floor(position).astype(np.intp) - (_STENCIL // 2 - 1)
    offset = [position - start - i for i in range(_STENCIL)]
    weights = np.ones((_STENCIL, *np.shape(position)))
    for i in range(_STENCIL):
        for j in range(_STENCIL):
            if i != j:
                weights[i] *= offset[j] / (i - j)
    return start, np.ascontiguousarray(np.moveaxis(weights, 0, -1))


def resolve(curve: LogCurve) -> tuple[FloatArray, FloatArray, float]:
    """Edges in S, D at their Gauss nodes and its largest relative error; panels are halved until D is resolved."""
    begin, end = curve.first + _STENCIL, curve.first + len(curve) - _STENCIL
    count = int(np.ceil((end - begin) * curve.step / _WIDEST))
    edges = np.exp(np.linspace(begin * curve.step, end * curve.step, count + 1))
    last_two = analysis_matrix(ORDER)[-2:].T
    values = density(curve, panel_nodes(edges, ORDER)[0])
    while True:
        size = values.max(axis=1)
        tail = np.abs(values @ last_two).sum(axis=1) / np.where(size > 0, size, 1.0)
        rough = (tail > _TOLERANCE) & (np.diff(np.log(edges)) > 4.0 * curve.step)
        if not rough.any():
            return edges, values, float(tail.max())
        # both halves of each rough panel take its place; the others are known
        middle = 0.5 * (edges[:-1] + edges[1:])[rough]
        halves = np.stack([edges[:-1][rough], middle, edges[1:][rough]], axis=-1)
        fresh = density(curve, panel_nodes(halves, ORDER)[0])
        values = np.repeat(values, 1 + rough, axis=0)
        values[np.repeat(rough, 1 + rough)] = fresh.reshape(-1, ORDER)
        edges = np.sort(np.append(edges, middle))
