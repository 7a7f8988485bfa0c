"""The angle at which tracks enter the calorimeter: a barrel of thickness t is t/sin θ thick for a track at θ."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import numpy as np

from evanesce.sources.base import Directed, Source
from evanesce.validation import FloatArray

__all__ = ["INCIDENCES", "Incidence", "incidence_of", "path_factors"]

Incidence: TypeAlias = Literal["normal", "barrel"]
INCIDENCES: Final[tuple[Incidence, ...]] = ("normal", "barrel")
"""At right angles to every layer, or to the axis of a barrel around the beams."""
_SEED: Final[int] = 1


def incidence_of(source: Source) -> Incidence:
    """Incidence of the tracks of a source: its attribute ``incidence``, or normal without one."""
    found: Incidence = getattr(source, "incidence", "normal")
    return found


def path_factors(source: Source, energy: FloatArray, draws: int) -> FloatArray:
    """Length of the way through a layer over its thickness, 1/sin θ, for tracks of these energies in GeV.

    Shape (energies, draws): the angle of a track may follow from its energy, or be random. The bending of tracks in a
    magnetic field is neglected.
    """
    if incidence_of(source) == "normal" or not isinstance(source, Directed):
        return np.ones((len(energy), draws))
    rng = np.random.default_rng(_SEED)
    cosine = source.polar_cosines(np.repeat(energy, draws), rng).reshape(len(energy), draws)
    factors: FloatArray = 1.0 / np.sqrt(np.maximum(1.0 - cosine**2, 1e-300))
    return factors
