"""Draws from a Breit-Wigner between limits, for any width and position of the pole."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evanesce.validation import FloatArray

__all__ = ["BreitWignerDraw"]


class BreitWignerDraw(NamedTuple):
    """The density ∝ 1/(δ² + g²) in δ = s - m², for s between two limits; arrays or numbers that broadcast."""

    low: FloatArray
    """Smallest s in GeV²."""
    high: FloatArray
    pole: float
    """m² in GeV²."""
    half_width: float
    """g = mΓ in GeV²."""

    def __call__(self, uniform: FloatArray) -> FloatArray:
        """Draw δ itself: near the pole s - m² would lose digits."""
        sign, first, last = self._phases()
        phase = first + uniform * (last - first)
        delta: FloatArray = sign * self.half_width / np.tan(phase)
        return delta

    @property
    def range(self) -> FloatArray:
        """Integral of g/(δ² + g²); the density is g/((δ² + g²) ``range``)."""
        _, first, last = self._phases()
        return np.abs(last - first)

    def _phases(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        # arccot(δ/g) on the side of the limits: small and exact far from the pole
        sign = np.where(self.pole > self.high, -1.0, 1.0)
        first = np.arctan2(self.half_width, sign * (self.low - self.pole))
        last = np.arctan2(self.half_width, sign * (self.high - self.pole))
        return sign, first, last
