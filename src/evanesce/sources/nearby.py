"""Directions drawn from a list of tracks of about the same energy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.validation import FloatArray

__all__ = ["NearbyTracks"]

_HALF: Final[int] = 16
"""Number of tracks on either side of an energy from which its direction is drawn."""
_SAME: Final[float] = 1e-6
"""Relative difference below which energies are equal."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NearbyTracks:
    """Tracks sorted by energy; a direction is drawn from the 32 nearest in rank, or from all of the same energy.

    In this way angle and energy respect their common kinematic bounds, which a histogram would not.
    """

    energy: FloatArray
    """Ascending energies in GeV."""
    cosine: FloatArray
    """Cosine of the polar angle."""
    cumulative: FloatArray
    """Cumulative weights, from 0 to the total."""

    @classmethod
    def of(cls, energy: FloatArray, cosine: FloatArray, weight: FloatArray) -> NearbyTracks:
        """Sort the tracks; negative weights cannot be drawn and are set to zero."""
        order = np.argsort(energy, kind="stable")
        cumulative = np.append(0.0, np.cumsum(np.maximum(weight[order], 0.0)))
        return cls(energy=energy[order], cosine=cosine[order], cumulative=cumulative)

    def draw(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Draw cosines for tracks at ``energy`` in GeV, according to the weights."""
        count = len(self.energy)
        at = np.searchsorted(self.energy, energy)
        low = np.minimum(at - _HALF, np.searchsorted(self.energy, energy * (1.0 - _SAME)))
        high = np.maximum(at + _HALF, np.searchsorted(self.energy, energy * (1.0 + _SAME), side="right"))
        low, high = np.maximum(low, 0), np.minimum(high, count)
        begin, end = self.cumulative[low], self.cumulative[high]
        drawn = begin + rng.random(len(energy)) * (end - begin)
        index = np.clip(np.searchsorted(self.cumulative, drawn, side="right") - 1, low, high - 1)
        cosine: FloatArray = self.cosine[index]
        return cosine
