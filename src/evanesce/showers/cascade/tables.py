"""Rates of radiation: tables of the rates of losing more than a step, and the exact spectra."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.constants import ELECTRON_MASS
from evanesce.interactions.medium import Medium
from evanesce.interactions.radiation import CORRECTED, bremsstrahlung, pair_production
from evanesce.numerics import CubicGrid, CubicSpline, cubic_coefficients, panel_nodes
from evanesce.validation import FloatArray

__all__ = ["RadiationTables"]

_LOWEST: Final[float] = -27.0
"""Smallest logit: k/E = 2e-12, far below the dielectric cut."""
_PANELS, _NODES = 10, 12
"""Number of nodes for the spectrum of pairs."""
_INSIDE: Final[float] = 1.0 - 1e-12
"""Factor on the largest photon energy as tolerance for rounding."""


@dataclass(frozen=True, eq=False)
class RadiationTables:
    """Bremsstrahlung and pair production in a medium, for energies between two limits in GeV, per X0."""

    medium: Medium
    lowest: float
    highest: float
    step: float = 0.03
    """Spacing in the logit z of k/E, and four times it in ln E."""

    @cached_property
    def _corners(self) -> list[float]:
        """Energies at which rates have corners."""
        return [corner for corner in CORRECTED if 1.01 * self.lowest < corner < 0.99 * self.highest]

    @cached_property
    def _log_energies(self) -> list[FloatArray]:
        """Grids in ln E, one between each two corners."""
        bounds = np.log([0.99 * self.lowest, *self._corners, 1.01 * self.highest])
        return [
            np.linspace(low, high, 5 + int(np.ceil((high - low) / (4.0 * self.step))))
            for low, high in itertools.pairwise(bounds)
        ]

    @cached_property
    def _loss(self) -> list[CubicGrid]:
        """∫ dk/k from a photon energy to the largest, k = E - m_e, as splines over ln E and the position in z."""
        widest = float(_largest(np.exp(self._log_energies[-1][-1]))) - _LOWEST
        share = np.linspace(0.0, 1.0, 1 + 2 * int(np.ceil(0.5 * widest / self.step)))
        splines = []
        for log_energy in self._log_energies:
            energy = np.exp(log_energy)[:, None]
            way = _largest(energy) - _LOWEST
            logit = _LOWEST + share * way
            # the photon has E/(1 + e^(-z)); close to E the remaining energy must be accurate
            spectrum = bremsstrahlung(self.medium, energy, _INSIDE * energy / (1.0 + np.exp(-logit)))
            # dk/k = (1 - y) dz
            density = spectrum / (1.0 + np.exp(logit)) * way
            cubic = cubic_coefficients(share, density.T)
            width = share[1] - share[0]
            pieces = np.tensordot(width ** np.arange(4.0, 0.0, -1.0) / np.arange(4.0, 0.0, -1.0), cubic, axes=1)
            beyond = np.append(np.cumsum(pieces[::-1], axis=0)[::-1], np.zeros((1, len(energy))), axis=0)
            # an integral is smoother than its integrand
            every = slice(None, None, 2)
            splines.append(CubicGrid.through(log_energy, share[every], beyond[every].T))
        return splines

    @cached_property
    def _conversion(self) -> list[CubicSpline]:
        splines = []
        for log_energy in self._log_energies:
            photon = np.exp(log_energy)[:, None]
            # uniform in ln x up to one half, because screening varies with ln x
            panels = np.linspace(np.log(ELECTRON_MASS / photon[:, 0]), math.log(0.5), _PANELS + 1, axis=-1)
            nodes, weights = panel_nodes(panels, _NODES)
            fraction = np.exp(nodes)
            half = pair_production(self.medium, photon[..., None], fraction * photon[..., None]) * fraction
            splines.append(CubicSpline.through(log_energy, 2.0 * np.sum(weights * half, axis=(1, 2))))
        return splines

    def radiative_loss(self, energy: FloatArray, step: FloatArray) -> FloatArray:
        """Photons per X0 that lower ln E by more than ``step``."""
        logit = np.maximum(np.log(np.expm1(step)), _LOWEST)
        share = (logit - _LOWEST) / (_largest(energy) - _LOWEST)
        share = np.minimum(share, 1.0)
        result = np.empty(np.shape(share))
        for piece, spline in zip(self._pieces(energy), self._loss, strict=True):
            result[piece] = spline(np.log(energy[piece]), share[piece])
        return np.maximum(result, 0.0)

    def photons(self, energy: FloatArray, step: FloatArray) -> FloatArray:
        """Photons per X0 and unit of s = ln(E/k) = ``step``."""
        return bremsstrahlung(self.medium, energy, energy * np.exp(-step))

    def pairs(self, photon: FloatArray, step: FloatArray) -> FloatArray:
        """Positrons (as many electrons) per X0 and unit of s = ln(k/E₊) = ``step``."""
        share = np.exp(-step)
        return share * pair_production(self.medium, photon, share * photon)

    def conversion(self, photon: FloatArray) -> FloatArray:
        """Pairs per X0 of a photon."""
        rate = np.empty(np.shape(photon))
        for piece, spline in zip(self._pieces(photon), self._conversion, strict=True):
            rate[piece] = spline(np.log(photon[piece]))
        return rate

    def _pieces(self, energy: FloatArray) -> list[npt.NDArray[np.bool_]]:
        """Masks of the energies in each grid."""
        index = np.searchsorted(self._corners, energy)
        return [index == k for k in range(len(self._corners) + 1)]


def _largest(energy: FloatArray) -> FloatArray:
    """Logit of k/E for k = E - m_e."""
    return np.asarray(np.log(energy / ELECTRON_MASS - 1.0), dtype=np.float64)
