"""The selection of a single photon at a collider: a window in its angle and its energy, sharp or smeared."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from evanesce.tracklength import Resolution
from evanesce.validation import FloatArray

__all__ = ["PhotonCuts"]

_DEVIATIONS: Final[tuple[float, ...]] = (-8.0, -5.0, -2.5, 0.0, 2.5, 5.0, 8.0)
"""Standard deviations of a smeared energy at which the panels end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotonCuts:
    """A window in the angle and in the energy of the photon."""

    cosine_min: float
    """Smallest cosine of the angle to the electron beam in the centre of mass."""
    cosine_max: float
    energy_min: float
    """Smallest energy in GeV."""
    energy_max: float = math.inf
    laboratory: bool = False
    """Whether these are energies in the laboratory, not in the centre of mass."""
    beta: float = 0.0
    """Velocity of the centre of mass along the electron beam."""
    resolution: Resolution | None = None
    """Resolution of the calorimeter at the energy in the laboratory; None for a sharp window."""
    peak_width: float | None = None
    """Half width of a window around the photon's energy at q² = m², relative to it; None for a window that is fixed."""

    def around(self, star: float) -> PhotonCuts | None:
        """Return the fixed window around a photon of energy E* = ``star`` in GeV; None if nothing is left of it."""
        if self.peak_width is None:
            return self
        low = max(self.energy_min, star * (1.0 - self.peak_width))
        high = min(self.energy_max, star * (1.0 + self.peak_width))
        return replace(self, energy_min=low, energy_max=high, peak_width=None) if low < high else None

    @property
    def tilted(self) -> bool:
        """Whether the energy that is cut on depends on the angle."""
        return self.laboratory and self.beta != 0.0

    def boost(self, cosine: FloatArray | float) -> FloatArray:
        """Energy in the laboratory over that in the centre of mass, at cos θ in the centre of mass."""
        return np.asarray((1.0 + self.beta * cosine) / math.sqrt(1.0 - self.beta**2))

    def cut_over_star(self, cosine: FloatArray | float) -> FloatArray:
        """Energy in the frame of the window over that in the centre of mass."""
        return self.boost(cosine) if self.laboratory else np.ones_like(cosine, dtype=np.float64)

    def star_energies(self) -> FloatArray:
        """Ascending energies in the centre of mass between which the selected cross section is a smooth function."""
        found = [
            energy / float(self.cut_over_star(cosine))
            for cosine in (self.cosine_min, self.cosine_max)
            for limit in (self.energy_min, self.energy_max)
            if math.isfinite(limit)
            for energy in self._near(limit, cosine)
        ]
        return np.unique(found)

    def cosine_at(self, energy: FloatArray | float, star: FloatArray) -> FloatArray:
        """Cos θ in the centre of mass at which a photon of energy E* there has ``energy`` in the laboratory; β ≠ 0."""
        return np.asarray((energy / star * math.sqrt(1.0 - self.beta**2) - 1.0) / self.beta)

    def window(self, star: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Cosines between which a photon of energy E* passes a sharp selection; both are equal if none does."""
        low, high = np.full_like(star, self.cosine_min), np.full_like(star, self.cosine_max)
        if not self.tilted:
            passes = (star >= self.energy_min) & (star <= self.energy_max)
            return low, np.where(passes, high, low)
        ends = [self.cosine_at(limit, star) for limit in (self.energy_min, self.energy_max)]
        first, last = ends if self.beta > 0.0 else ends[::-1]
        low = np.clip(first, low, high)
        return low, np.clip(last, low, high)

    def transitions(self, star: FloatArray) -> FloatArray:
        """Cosines between which the probability of a photon of energy E* is smooth, shape (*star.shape, k)."""
        if not self.tilted or self.resolution is None:
            return np.empty((*star.shape, 0))
        limits = np.array([limit for limit in (self.energy_min, self.energy_max) if math.isfinite(limit)])
        steps = 1.0 + np.array(_DEVIATIONS) * self.resolution.energy(limits)[:, None]
        energies = (limits[:, None] * np.maximum(steps, 0.0)).ravel()
        return np.clip(self.cosine_at(energies, star[..., None]), self.cosine_min, self.cosine_max)

    def probability(self, star: FloatArray, cosine: FloatArray, resolution: Resolution) -> FloatArray:
        """Probability that the measured energy is in the window, for a photon of energy E* and cos θ, broadcast."""
        from scipy.special import ndtr  # imported here so that limits with tables on disk do not load scipy

        cut = star * self.cut_over_star(cosine)
        error = cut * resolution.energy(star * self.boost(cosine))
        passes: FloatArray = ndtr((cut - self.energy_min) / error)
        if math.isfinite(self.energy_max):
            passes = passes - ndtr((cut - self.energy_max) / error)
        return passes

    def _near(self, limit: float, cosine: float) -> tuple[float, ...]:
        """True energies whose smeared value is a number of standard deviations from ``limit``."""
        if self.resolution is None:
            return (limit,)
        star = limit / float(self.cut_over_star(cosine))
        sigma = float(self.resolution.energy(np.asarray(star * self.boost(cosine))))
        return tuple(limit / (1.0 - k * sigma) for k in _DEVIATIONS if k * sigma < 1.0)
