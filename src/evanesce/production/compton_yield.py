r"""Yield of γe → M e for the photons of a shower, tabulated in the mass.

N = n_e X0 ∫dE n(E) ∫dl F_γ(l) e^(-l) σ(E_M > fE) per ε², with the photon's energy E e^(-l). A smeared cut is a
mixture of sharp ones. The yield depends on the mediator through its vertex and mass alone; ln N is a series in the
logit of m/m_last on panels that become finer towards the masses at which the cut takes over from the threshold.
Electrons are free and at rest; their motion would round off the last per cents of the mass range.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.materials import Material
from evanesce.mediators import Mediator, Vertex, vertex_of
from evanesce.memo import Memo
from evanesce.numerics import Estimate, analysis_matrix, clenshaw, panel_nodes
from evanesce.production.compton import accepted_compton, compton_threshold
from evanesce.sources import energies
from evanesce.tracklength import sharp_cuts
from evanesce.tracklength.photons import PhotonTracks
from evanesce.validation import FloatArray

__all__ = ["ComptonYield"]

_ORDERS: Final[tuple[int, int]] = (6, 4)
"""Nodes per panel in E and in l, and of the check."""
_OPENING: Final[FloatArray] = np.array([0.0, 0.001, 0.01, 0.05, 0.15, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0])
"""Panels in the energy of the track from the threshold on, in units of the range in which the cut takes over."""
_MASS_ORDER: Final[int] = 8
_CHECKED: Final[list[int]] = [0, 3, 7]
"""Nodes of a panel at which the integral is checked."""
_WIDEST: Final[float] = 1.5
_LAST: Final[float] = 12.0
"""Largest |logit| of the table: lighter mediators have the yield of the lightest, up to 1e-5 of m_last."""
_CLOSEST: Final[float] = 1e-3
_TINY: Final[float] = 1e-300
_STEEPEST: Final[float] = 1e-6
"""Smallest ratio of the yields on a panel that is interpolated."""
_NONE: Final[float] = 1e-250
"""A smaller yield is none: the logarithm of nothing, interpolated."""


class ComptonYield:
    """Events at ε = 1 for masses in GeV; panels are computed at their first use and kept."""

    def __init__(self, tracks: PhotonTracks, material: Material) -> None:
        self._tracks = tracks
        self._scale = material.electron_density * material.radiation_length
        self._panels: Memo[tuple[FloatArray | None, float]] = Memo(256)
        first, last = energies(tracks.source)
        self._heaviest = _heaviest(last * tracks.v_max)
        fractions = tracks.acceptance.transition(np.array([first, last]))
        kinks = np.unique(_heaviest(np.concatenate([(fractions * np.array([first, last])).ravel(), [first]])))
        self._edges = _edges(kinks[kinks < 0.999 * self._heaviest] / self._heaviest)

    def __call__(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Yield and its error, shape (masses,); zero for masses that no photon can make.

        Raises
        ------
        InvalidValueError
            A mediator without ``vertex``.

        """
        vertex = vertex_of(mediator, instead="compton=off")
        value, error = np.zeros(len(mass)), np.zeros(len(mass))
        share = mass / self._heaviest
        rows = np.flatnonzero(share < 1.0)
        place = np.clip(_logit(share[rows]), self._edges[0], np.nextafter(self._edges[-1], 0.0))
        panel = np.searchsorted(self._edges, place, side="right") - 1
        for index in np.unique(panel).tolist():
            here = rows[panel == index]
            series, relative = self._panels.get((vertex, index), partial(self._panel, vertex, index))
            low, high = self._edges[index : index + 2]
            if series is None:
                found = self.at_masses(vertex, mass[here])
            else:
                found = np.exp(clenshaw(series, (2.0 * place[panel == index] - low - high) / (high - low)))
            value[here] = np.where(found > _NONE, found, 0.0)
            error[here] = relative * value[here]
        return Estimate(value, error)

    def _panel(self, vertex: Vertex, index: int) -> tuple[FloatArray | None, float]:
        """Series of ln N on a panel, None where N vanishes within it, and its relative error."""
        nodes, _ = panel_nodes(self._edges[index : index + 2], _MASS_ORDER)
        masses = self._heaviest / (1.0 + np.exp(-nodes[0]))
        fine, coarse = self.at_masses(vertex, masses), self.at_masses(vertex, masses[_CHECKED], _ORDERS[1])
        series = analysis_matrix(_MASS_ORDER) @ np.log(np.maximum(fine, _TINY))
        known = fine[_CHECKED]
        change = (
            np.abs(known - coarse).max() / max(fine.max(), _TINY)
            + np.abs(known / np.maximum(coarse, _TINY) - 1.0).min()
        )
        if fine.min() < _STEEPEST * fine.max():  # a series of its logarithm would overshoot
            return None, float(change + self._tracks.kernel.error)
        return series, float(change + np.abs(series[-2:]).sum() + self._tracks.kernel.error)

    def at_masses(self, vertex: Vertex, masses: FloatArray, order: int = _ORDERS[0]) -> FloatArray:
        """Yield at masses in GeV, not interpolated, shape (masses,)."""
        threshold = compton_threshold(masses)
        # tracks can make the mediator from the first of these on; at the last the cut takes over from the threshold
        last = threshold / self._tracks.acceptance.missing_fraction
        first = threshold / self._tracks.v_max
        between = first + np.maximum(last - first, 0.0) * _OPENING[:, None]
        energies, number = self._tracks.incident(order, between.T)
        # corners outside the spectrum make panels without width
        row, column = np.nonzero(number)
        energy, number, threshold, mass = energies[row, column], number[row, column], threshold[row], masses[row]
        fractions, weights = sharp_cuts(self._tracks.acceptance, energy)
        total = np.zeros(len(masses))
        for fraction, weight in zip(fractions, weights, strict=True):
            least = fraction * energy

            def sigma(photon: FloatArray, at: FloatArray, least: FloatArray = least) -> FloatArray:
                return accepted_compton(vertex, energy=photon, mass=mass[at], least_energy=least[at])

            lowest = np.maximum(least - ELECTRON_MASS, threshold)
            part = weight * self._tracks.integral(lowest, energy, sigma, order)
            total += np.bincount(row, number * part, minlength=len(masses))
        return self._scale * total


def _heaviest(energy: FloatArray | float) -> FloatArray | float:
    """Mass in GeV that a photon of ``energy`` can just make: (m + m_e)² = 2m_e k + m_e²."""
    return 2.0 * energy / (np.sqrt(1.0 + 2.0 * np.asarray(energy) / ELECTRON_MASS) + 1.0)


def _logit(share: FloatArray) -> FloatArray:
    return np.asarray(np.log(share) - np.log1p(-share))


def _edges(kinks: FloatArray) -> FloatArray:
    """Edges in the logit of m/m_last, in ratios of three of the distance to every kink."""
    centres = _logit(kinks)
    reach = _CLOSEST * 3.0 ** np.arange(8.0)
    reach = np.concatenate([[0.0], reach[reach < _WIDEST]])
    near = (centres[:, None] + np.concatenate([-reach, reach])).ravel()
    every = np.unique(np.concatenate([near, np.arange(-_LAST, _LAST + _WIDEST, _WIDEST)]))
    wide = np.append(True, np.diff(every) > 0.5 * _CLOSEST)
    return np.asarray(every[wide])
