"""Electron and positron beams of a collider, which meet head-on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from evanesce.constants import ELECTRON_MASS
from evanesce.representation import field_html
from evanesce.sources.base import LARGEST_ENERGY, LARGEST_NUMBER
from evanesce.validation import FloatArray, between, positive

__all__ = ["Beams"]

T = TypeVar("T", float, FloatArray)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beams:
    """Electron and positron beams of a collider and their integrated luminosity.

    The centre of mass moves along the electron beam, backwards if the positron beam has more energy. Polar angles are
    measured from the electron beam; the masses of the electrons are neglected in the boost.

    >>> belle2 = Beams(electron_energy=7.0, positron_energy=4.0, luminosity=50.0)
    >>> round(belle2.root_s, 3), round(belle2.beta, 4)
    (10.583, 0.2727)

    Raises
    ------
    InvalidValueError
        On construction: an energy or a luminosity outside its range.

    """

    exposure_field: ClassVar[str] = "luminosity"
    electron_energy: float
    """Energy of the electron beam in GeV."""
    positron_energy: float
    """Energy of the positron beam in GeV."""
    luminosity: float
    """Integrated luminosity in ab⁻¹."""

    def __post_init__(self) -> None:
        for name in ("electron_energy", "positron_energy"):
            between(name, getattr(self, name), ELECTRON_MASS, LARGEST_ENERGY, "GeV")
        positive("luminosity", self.luminosity, maximum=LARGEST_NUMBER)

    def _repr_html_(self) -> str:
        return field_html(self)

    @property
    def beta(self) -> float:
        """Velocity of the centre of mass along the electron beam; negative if the positron beam has more energy."""
        total = self.electron_energy + self.positron_energy
        return (self.electron_energy - self.positron_energy) / total

    @property
    def s(self) -> float:
        """Squared centre-of-mass energy in GeV²."""
        return 4.0 * self.electron_energy * self.positron_energy

    @property
    def root_s(self) -> float:
        """Centre-of-mass energy in GeV."""
        return math.sqrt(self.s)

    def cosine_star(self, cosine: T) -> T:
        """Cos θ* of a massless particle at the cosine of its laboratory polar angle."""
        return (cosine - self.beta) / (1.0 - self.beta * cosine)

    def cosine(self, cosine_star: T) -> T:
        """Cosine of the laboratory polar angle at cos θ*, the inverse of :meth:`cosine_star`."""
        return (cosine_star + self.beta) / (1.0 + self.beta * cosine_star)
