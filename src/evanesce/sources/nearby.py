"""The directions of tracks of about the same energy, out of a list of tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.validation import FloatArray

__all__ = ["NearbyTracks"]

_HALF: Final[int] = 16
"""Tracks on either side of an energy that lend it their direction."""
_SAME: Final[float] = 1e-6
"""Relative difference below which energies are one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NearbyTracks:
    """Tracks by energy; a direction is that of one of the 32 nearest in rank, or of all of the same energy.

    Angle and energy keep the bounds that kinematics put on the two together, as no histogram would.
    """

    energy: FloatArray
    """Ascending, in GeV."""
    cosine: FloatArray
    """Of the polar angle."""
    cumulative: FloatArray
    """Weight of the tracks before each, and of all."""

    @classmethod
    def of(cls, energy: FloatArray, cosine: FloatArray, weight: FloatArray) -> NearbyTracks:
        """Sort the tracks; negative weights, which cannot be drawn, count as zero."""
        order = np.argsort(energy, kind="stable")
        cumulative = np.append(0.0, np.cumsum(np.maximum(weight[order], 0.0)))
        return cls(energy=energy[order], cosine=cosine[order], cumulative=cumulative)

    def draw(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Cosines for tracks at ``energy`` in GeV, by weight."""
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
