"""Rates of radiation as smooth tables in ln E and the logit of the fraction radiated."""

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
_ENERGY_STEP: Final[float] = 0.4


@dataclass(frozen=True, eq=False)
class RadiationTables:
    """Bremsstrahlung and pair production in a medium, for energies between two limits in GeV, per X0."""

    medium: Medium
    lowest: float
    highest: float
    step: float = 0.1
    """Spacing in the logit."""

    @cached_property
    def _log_energy(self) -> FloatArray:
        low, high = np.log([0.99 * self.lowest, 1.01 * self.highest])
        return np.linspace(low, high, 6 + int(np.ceil((high - low) / _ENERGY_STEP)))

    @cached_property
    def _logit(self) -> FloatArray:
        top = np.log(self.highest / ELECTRON_MASS) + 1.0
        return np.arange(_LOWEST, top + self.step, self.step)

    @cached_property
    def _spectrum(self) -> FloatArray:
        energy = np.exp(self._log_energy)[:, None]
        # E/(1 + e^(-z)) for the photon: next to E the rest is what matters
        return bremsstrahlung(self.medium, energy, energy / (1.0 + np.exp(-self._logit)))

    @cached_property
    def _photons(self) -> RectBivariateSpline:
        return RectBivariateSpline(self._log_energy, self._logit, self._spectrum)

    @cached_property
    def _loss(self) -> RectBivariateSpline:
        # dk/k = (1 - y) dz
        density = self._spectrum / (1.0 + np.exp(self._logit))
        integral = CubicSpline(self._logit, density, axis=1).antiderivative()(self._logit)
        return RectBivariateSpline(self._log_energy, self._logit, integral[:, -1:] - integral)

    @cached_property
    def _pairs(self) -> RectBivariateSpline:
        logit = self._logit[self._logit > -np.log(self.highest / ELECTRON_MASS) - 1.0]
        photon = np.exp(self._log_energy)[:, None]
        values = pair_production(self.medium, photon, photon / (1.0 + np.exp(-logit)))
        return RectBivariateSpline(self._log_energy, logit, values)

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
        return np.maximum(self._loss.ev(np.log(energy), logit), 0.0)

    def photons(self, energy: FloatArray, step: FloatArray) -> FloatArray:
        """Photons per X0 and unit of s = ln(E/k) = ``step``."""
        return np.maximum(self._photons.ev(np.log(energy), -np.log(np.expm1(step))), 0.0)

    def pairs(self, photon: FloatArray, step: FloatArray) -> FloatArray:
        """Positrons (as many electrons) per X0 and unit of s = ln(k/E₊) = ``step``."""
        density = self._pairs.ev(np.log(photon), -np.log(np.expm1(step)))
        return np.maximum(np.exp(-step) * density, 0.0)

    def conversion(self, photon: FloatArray) -> FloatArray:
        """Pairs per X0 of a photon."""
        rate: FloatArray = self._conversion(np.log(photon))
        return rate
