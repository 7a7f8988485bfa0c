"""Resolutions of a detector: momentum of a track, deposited energy and polar angle."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.validation import FloatArray, fraction, non_negative, positive

__all__ = ["CalorimeterPoint", "Resolution"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalorimeterPoint:
    """Energy resolution of the calorimeter at one deposited energy."""

    energy: float
    """Deposited energy in GeV."""
    resolution: float
    """σ_E/E, relative."""

    def __post_init__(self) -> None:
        positive("energy", self.energy)
        fraction("resolution", self.resolution, one_allowed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Gaussian resolutions of a detector.

    >>> barrel = Resolution(
    ...     momentum=0.004,
    ...     calorimeter=(
    ...         CalorimeterPoint(energy=0.1, resolution=0.04),
    ...         CalorimeterPoint(energy=8.0, resolution=0.016),
    ...     ),
    ... )
    >>> barrel.energy(np.array([0.01, 0.1, 0.2, 8.0, 50.0])).round(4).tolist()
    [0.04, 0.04, 0.0362, 0.016, 0.016]

    Raises
    ------
    InvalidValueError
        A resolution outside (0, 1), no point of the calorimeter, or points whose energies do not increase.

    """

    momentum: float = 0.0
    """σ_p/p of the track, relative; 0 for a beam of known energy."""
    calorimeter: tuple[CalorimeterPoint, ...]
    """σ_E/E at increasing deposited energies: linear in ln E in between, constant outside."""
    polar_angle: float = 0.0
    """σ_θ of the track in mrad; 0 keeps the window of polar angle sharp."""
    reference: str = ""
    """Where the numbers come from."""

    def __post_init__(self) -> None:
        if non_negative("momentum", self.momentum) > 0:
            fraction("momentum", self.momentum, one_allowed=False)
        non_negative("polar_angle", self.polar_angle)
        if not self.calorimeter:
            raise InvalidValueError("calorimeter: is empty; give at least one point with energy and resolution")
        for one, other in pairwise(self.calorimeter):
            if not one.energy < other.energy:
                raise InvalidValueError(
                    f"calorimeter: energy {other.energy:g} GeV after {one.energy:g}: energies must increase strictly"
                )

    def energy(self, deposit: FloatArray) -> FloatArray:
        """σ_E/E of the calorimeter at a deposited energy in GeV, any shape; at zero it is that of the first point."""
        energies = np.array([point.energy for point in self.calorimeter])
        values = np.array([point.resolution for point in self.calorimeter])
        return np.asarray(np.interp(np.log(np.maximum(deposit, energies[0])), np.log(energies), values))
