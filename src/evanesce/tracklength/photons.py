"""Photons of the shower folded with the source: the number of collisions that pass the selection.

N = ∫dE n(E) ∫dl F_γ(l) e^(-l) σ(E e^(-l)) A(E, E_M/E) in X0 times σ, where F_γ is the kernel of photons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np

from evanesce.numerics import clenshaw, panel_nodes
from evanesce.showers import Kernel
from evanesce.sources import Source
from evanesce.tracklength.acceptance import Acceptance
from evanesce.tracklength.panels import kernel_nodes, smooth_pieces
from evanesce.validation import FloatArray

__all__ = ["PhotonTracks"]

_SHARES: Final[FloatArray] = np.append(4.0 ** -np.arange(6.0), 0.0)
"""Panels towards the softest photon, where a cross section with a cut opens."""
_EDGE: Final[float] = 1e-12
"""Relative distance from a step of the acceptance."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PhotonTracks:
    """Source, kernel of photons and selection."""

    source: Source
    kernel: Kernel
    acceptance: Acceptance
    v_max: float = 1.0

    @cached_property
    def _pieces(self) -> FloatArray:
        return np.array(smooth_pieces(self.source))

    def incident(self, order: int, corners: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Energies of tracks in GeV, and the number of tracks that each stands for, shape (energies,).

        With ``corners`` (rows, ...), energies in GeV at which an integrand is not smooth, shape (rows, energies).
        """
        rows = np.empty((1, 0)) if corners is None else corners
        energies = [np.tile([line for line, _ in self.source.lines], (len(rows), 1))]
        numbers = [np.tile([number for _, number in self.source.lines], (len(rows), 1))]
        pieces = self._pieces
        if len(pieces):
            inside = np.clip(rows, pieces[0], pieces[-1])
            every = np.sort(np.concatenate([np.tile(pieces, (len(rows), 1)), inside], axis=1), axis=1)
            nodes, weights = panel_nodes(every, order)
            nodes = np.clip(nodes, pieces[0], pieces[-1])
            energies.append(nodes.reshape(len(rows), -1))
            numbers.append((weights * self.source.spectrum(nodes)).reshape(len(rows), -1))
        energy, number = np.concatenate(energies, axis=1), np.concatenate(numbers, axis=1)
        return (energy[0], number[0]) if corners is None else (energy, number)

    def integral(
        self, lowest: FloatArray, energy: FloatArray, cross_section: Callable[..., FloatArray], order: int
    ) -> FloatArray:
        """∫dl F_γ e^(-l) σ for tracks of ``energy``, photons from ``lowest`` GeV on, in X0 times σ.

        ``lowest`` has shape (..., energies), and so has the result. ``cross_section`` is called with the photon's
        energy and the index of each node in ``lowest``, flattened.
        """
        flat = (lowest + 0.0 * energy).ravel()
        column = np.tile(np.arange(len(energy)), flat.size // len(energy))
        begin = -np.log(self.v_max)
        end = np.maximum(begin, np.log(energy[column] / flat))
        stops = end - (end - begin) * _SHARES[:, None]
        nodes = kernel_nodes(self.kernel, stops[:-1].ravel(), stops[1:].ravel(), order)
        row = nodes.row % flat.size
        # pieces along the last axis: numpy takes a long one quickly
        y, lethargy, measure = (np.ascontiguousarray(each.T) for each in (nodes.y, nodes.lethargy, nodes.measure))
        series = self.kernel.along(energy)[column[row], nodes.panel]
        g = clenshaw(np.ascontiguousarray(series.T)[:, None], self.kernel.series.local(nodes.panel, y))
        share = np.exp(-lethargy)
        value = cross_section(energy[column[row]] * share, row)
        terms = np.sum((measure * share * g * value).T, axis=1)
        return np.asarray(np.bincount(row, terms, minlength=flat.size), dtype=np.float64).reshape(lowest.shape)

    def passing(self, cross_section: Callable[[FloatArray], FloatArray], order: int) -> float:
        """N for products that take all of the photon's energy, in X0 times σ, with ``order`` nodes a panel."""
        energy, number = self.incident(order)
        fractions = self.acceptance.transition(energy)
        total = 0.0
        ends = [*fractions, np.ones_like(energy)]
        for low, high in pairwise(ends):  # the acceptance is smooth in between

            def selected(
                photon: FloatArray, row: FloatArray, low: FloatArray = low, high: FloatArray = high
            ) -> FloatArray:
                at = energy[row]
                # continued as a constant beyond, where the second integral takes away what the first has
                inside = np.clip(photon / at, low[row] * (1.0 + _EDGE), high[row] * (1.0 - _EDGE))
                value = cross_section(photon) * self.acceptance.probability(at, inside)
                return np.asarray(np.where(photon >= low[row] * at, value, 0.0))

            whole = self.integral(low * energy, energy, selected, order)
            beyond = self.integral(high * energy, energy, selected, order)
            total += float(np.sum(number * (whole - beyond)))
        return total
