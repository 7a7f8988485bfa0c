"""Ratio of the Weizsäcker-Williams rates to the exact rate at each E' and x, for one kind of nucleus.

With k the mediator's momentum and p_Δ approximately the final electron's, ln[dσ/dE_k/(k p_Δ)] of the exact spectrum is
smooth up to both kinematic ends. We interpolate it with a cubic spline in ln E' and in the final electron's rapidity
over the largest one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.materials import Nucleus
from evanesce.mediators import Vertex
from evanesce.mediators.splitting import complete_splitting
from evanesce.production.exact import emission_spectrum
from evanesce.production.flux import PhotonFlux, photon_flux
from evanesce.production.form_factors import form_factor_of, nuclear_mass
from evanesce.production.kinematics import energy_range, threshold_energy
from evanesce.production.scatterers import Scatterer
from evanesce.sampling.point import SignalPoint
from evanesce.validation import FloatArray

__all__ = ["FormulaRatio"]

_RAPIDITIES: Final[int] = 96
_ENERGIES: Final[int] = 10
_MARGIN: Final[float] = 0.9
"""The table begins at this share of the smallest fraction E_k/E' in use."""


@dataclass(frozen=True, slots=True, eq=False)
class FormulaRatio:
    """Factor that converts the exact dσ/dE_k into that of the formula in the physics options."""

    point: SignalPoint
    vertex: Vertex
    target_mass: float
    flux: PhotonFlux
    x_min: float
    exact: Any
    """ln[dσ/dE_k/(k p_Δ)] as a spline over the share of the rapidity and ln E'."""

    @classmethod
    def of(cls, point: SignalPoint, vertex: Vertex, nucleus: Nucleus) -> FormulaRatio | None:
        """Tabulate the exact spectrum for every E' in use; None if nothing can be radiated."""
        name, mass = point.options.form_factor, nuclear_mass(nucleus)
        first, last = point.energies
        least = max(point.least_fraction * first, point.mass)
        m = point.mass
        threshold = threshold_energy(m, mass)
        lowest = max(least, threshold + 1e-3 * (last - threshold))
        if not lowest < last * (1.0 - 1e-6):
            return None
        target = Scatterer(mass, ((1.0, form_factor_of(nucleus, name)),))
        energy = np.geomspace(lowest, last, _ENERGIES)
        share = np.linspace(0.0, 1.0, _RAPIDITIES)[:, None]
        x_min = _MARGIN * least / last
        ends, reach = _ends(energy, m, mass, x_min)
        # at rapidity 0 the phase space vanishes, but the ratio has a limit
        rapidity = np.maximum(share * reach, 1e-2)
        left = ends + ELECTRON_MASS * (np.cosh(rapidity) - 1.0)
        spectrum = emission_spectrum(vertex, target, energy, left, np.asarray(m)).value
        momentum = np.sqrt(np.maximum((energy - left - m) * (energy - left + m), 1e-300))
        logarithm = np.log(np.maximum(spectrum, 1e-300) / (momentum * np.sinh(rapidity)))
        from scipy.interpolate import RectBivariateSpline  # imported here so that limits do not load scipy

        spline = RectBivariateSpline(share[:, 0], np.log(energy), logarithm, s=0)
        return cls(point, vertex, mass, photon_flux(nucleus, name), x_min, spline)

    def __call__(self, x: FloatArray, left: FloatArray, energy: FloatArray) -> FloatArray:
        """dσ/dx of the formula at x over the exact E' dσ/dE_k at E_k = E' - ``left`` (GeV)."""
        mass = self.point.mass
        formula = ALPHA**3 * self.flux(np.asarray(mass), energy) * self._splitting(x, energy, np.asarray(mass))
        ends, reach = _ends(energy, mass, self.target_mass, self.x_min)
        rapidity = _rapidity(left - ends)
        share = np.clip(rapidity / np.maximum(reach, 1e-300), 0.0, 1.0)
        radiated = energy - left
        momentum = np.sqrt(np.maximum((radiated - mass) * (radiated + mass), 0.0))
        exact = energy * np.exp(self.exact.ev(share, np.log(energy))) * momentum * np.sinh(rapidity)
        possible = (exact > 0.0) & (reach > 0.0)
        return np.where(possible, formula / np.where(possible, exact, 1.0), 0.0)

    def _splitting(self, x: FloatArray, energy: FloatArray, mass: FloatArray) -> FloatArray:
        if self.point.options.bremsstrahlung == "ww":
            return self.point.mediator.splitting(x, mass)
        velocity = np.sqrt(np.maximum(1.0 - (mass / (x * energy)) ** 2, 0.0))
        return velocity * complete_splitting(self.vertex, x, mass)


def _ends(energy: FloatArray, mass: float, target_mass: float, x_min: float) -> tuple[FloatArray, FloatArray]:
    """E' minus the largest E_k, and the rapidity of the final electron at E_k = x_min E'."""
    low, high = energy_range(energy, np.asarray(mass), np.asarray(target_mass))
    low = np.maximum(low + 1e-3 * (high - low), x_min * energy)
    return energy - high, _rapidity(high - low)


def _rapidity(gap: FloatArray) -> FloatArray:
    """Rapidity of the final electron when E_k is ``gap`` below its largest value."""
    scaled = np.maximum(gap, 0.0) / ELECTRON_MASS
    rapidity: FloatArray = np.log1p(scaled + np.sqrt(scaled * (scaled + 2.0)))
    return rapidity
