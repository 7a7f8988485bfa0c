"""Photons of the shower folded with the source: the number of collisions that pass the selection.

N = ∫dE n(E) ∫dl F_γ(l) e^(-l) σ(E e^(-l)) A(E, E_M/E) in X0 times σ, where F_γ is the kernel of photons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from evanesce.numerics import panel_nodes
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhotonTracks:
    """Source, kernel of photons and selection."""

    source: Source
    kernel: Kernel
    acceptance: Acceptance
    v_max: float = 1.0

    def incident(self, order: int) -> tuple[FloatArray, FloatArray]:
        """Energies of tracks in GeV, and the number of tracks that each stands for."""
        energies = [np.array([line for line, _ in self.source.lines])]
        numbers = [np.array([number for _, number in self.source.lines])]
        pieces = np.array(smooth_pieces(self.source))
        if len(pieces):
            nodes, weights = panel_nodes(pieces, order)
            nodes = np.clip(nodes, pieces[0], pieces[-1])
            energies.append(nodes.ravel())
            numbers.append((weights * self.source.spectrum(nodes)).ravel())
        return np.concatenate(energies), np.concatenate(numbers)

    def integral(
        self, lowest: FloatArray, energy: FloatArray, cross_section: Callable[..., FloatArray], order: int
    ) -> FloatArray:
        """∫dl F_γ e^(-l) σ for tracks of ``energy``, photons from ``lowest`` GeV on, shape (energies,) in X0 times σ.

        ``cross_section`` is called with the photon's energy and the row of the track, both per node.
        """
        begin = np.full_like(energy, -np.log(self.v_max))
        end = np.maximum(begin, np.log(energy / lowest))
        stops = end - (end - begin) * _SHARES[:, None]
        total = np.zeros_like(energy)
        for lower, upper in pairwise(stops):
            nodes = kernel_nodes(self.kernel, lower, upper, order)
            at = energy[nodes.row, None]
            g = self.kernel.on_panel(nodes.panel[:, None], nodes.y, at)
            value = cross_section(at * np.exp(-nodes.lethargy), nodes.row[:, None])
            terms = np.sum(nodes.measure * np.exp(-nodes.lethargy) * g * value, axis=1)
            total += np.bincount(nodes.row, terms, minlength=len(energy))
        return total

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
