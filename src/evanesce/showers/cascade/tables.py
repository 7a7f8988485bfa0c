"""Rates of radiation: those of losing more than a step as smooth tables, the spectra themselves as they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from scipy.interpolate import CubicSpline, RectBivariateSpline

from evanesce.constants import ELECTRON_MASS
from evanesce.showers.cascade.medium import Medium
from evanesce.showers.cascade.radiation import bremsstrahlung, pair_production
from evanesce.validation import FloatArray

__all__ = ["RadiationTables"]

_LOWEST: Final[float] = -27.0
"""Smallest logit: k/E = 2e-12, far below the dielectric cut."""
_INSIDE: Final[float] = 1.0 - 1e-12
"""Share of the largest photon energy that is allowed whatever the rounding."""


@dataclass(frozen=True, eq=False)
class RadiationTables:
    """Bremsstrahlung and pair production in a medium, for energies between two limits in GeV, per X0."""

    medium: Medium
    lowest: float
    highest: float
    step: float = 0.03
    """Spacing in the logit z of k/E, and four times it in ln E."""

    @cached_property
    def _log_energy(self) -> FloatArray:
        low, high = np.log([0.99 * self.lowest, 1.01 * self.highest])
        return np.linspace(low, high, 6 + int(np.ceil((high - low) / (4.0 * self.step))))

    @cached_property
    def _loss(self) -> RectBivariateSpline:
        """∫ dk/k from a photon on to the largest, k = E - m_e, over ln E and the share of the way in z."""
        energy = np.exp(self._log_energy)[:, None]
        top = _largest(energy)
        share = np.linspace(0.0, 1.0, 1 + int(np.ceil((float(top.max()) - _LOWEST) / self.step)))
        logit = _LOWEST + share * (top - _LOWEST)
        # E/(1 + e^(-z)) for the photon: next to E the rest is what matters
        spectrum = bremsstrahlung(self.medium, energy, _INSIDE * energy / (1.0 + np.exp(-logit)))
        # dk/k = (1 - y) dz
        density = spectrum / (1.0 + np.exp(logit)) * (top - _LOWEST)
        integral = CubicSpline(share, density, axis=1).antiderivative()(share)
        return RectBivariateSpline(self._log_energy, share, integral[:, -1:] - integral)

    @cached_property
    def _conversion(self) -> CubicSpline:
        x, w = np.polynomial.legendre.leggauss(64)
        photon = np.exp(self._log_energy)[:, None]
        least = ELECTRON_MASS / photon
        fraction = least + (0.5 - least) * 0.5 * (1.0 + x)
        rate = (0.5 - least[:, 0]) * (pair_production(self.medium, photon, fraction * photon) @ w)
        return CubicSpline(self._log_energy, rate)

    def radiative_loss(self, energy: FloatArray, step: FloatArray) -> FloatArray:
        """Photons per X0 that lower ln E by more than ``step``."""
        logit = np.maximum(np.log(np.expm1(step)), _LOWEST)
        share = (logit - _LOWEST) / (_largest(energy) - _LOWEST)
        return np.maximum(self._loss.ev(np.log(energy), np.minimum(share, 1.0)), 0.0)

    def photons(self, energy: FloatArray, step: FloatArray) -> FloatArray:
        """Photons per X0 and unit of s = ln(E/k) = ``step``."""
        return bremsstrahlung(self.medium, energy, energy * np.exp(-step))

    def pairs(self, photon: FloatArray, step: FloatArray) -> FloatArray:
        """Positrons (as many electrons) per X0 and unit of s = ln(k/E₊) = ``step``."""
        share = np.exp(-step)
        return share * pair_production(self.medium, photon, share * photon)

    def conversion(self, photon: FloatArray) -> FloatArray:
        """Pairs per X0 of a photon."""
        rate: FloatArray = self._conversion(np.log(photon))
        return rate


def _largest(energy: FloatArray) -> FloatArray:
    """Logit of k/E for k = E - m_e."""
    return np.asarray(np.log(energy / ELECTRON_MASS - 1.0), dtype=np.float64)
