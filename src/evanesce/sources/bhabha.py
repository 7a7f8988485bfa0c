"""Bhabha scattering at an asymmetric collider, Eqs. (2.1)-(2.2) of arXiv:2212.04252."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2, INVERSE_AB_PB, PB_CM2
from evanesce.errors import InvalidValueError
from evanesce.particles import Particle, check_particle
from evanesce.representation import field_html
from evanesce.sources.base import LARGEST_ENERGY, LARGEST_NUMBER, SOURCES, CrossSection
from evanesce.validation import FloatArray, between, positive, true_or_false

__all__ = ["Bhabha"]

T = TypeVar("T", float, FloatArray)
_POLAR_ANGLES: Final[tuple[float, float]] = (0.01, 179.99)
"""In degrees; closer to the beams the electron mass is not negligible."""


@SOURCES.register("bhabha")
@dataclass(frozen=True, slots=True, kw_only=True)
class Bhabha:
    r"""Positrons (or electrons) of e⁺e⁻ → e⁺e⁻ in a window of laboratory polar angle.

    Tree level, massless electrons. Polar angles are measured from the electron beam, which is the
    direction of the boost. θ* is the angle of the outgoing positron to it in the centre of mass, so
    forward Bhabha scattering is cos θ* → -1.

    >>> barrel = Bhabha()
    >>> [round(e, 2) for e in barrel.edges], round(barrel.cross_section)
    ([4.35, 6.62], 11997)
    """

    exposure_field: ClassVar[str] = "luminosity"
    electron_energy: float = 7.0
    """Energy of the electron beam in GeV."""
    positron_energy: float = 4.0
    """Energy of the positron beam in GeV."""
    polar_angle_min: float = 32.2
    """Smallest polar angle in degrees."""
    polar_angle_max: float = 128.7
    """Largest polar angle in degrees."""
    luminosity: float = 50.0
    """Integrated luminosity in ab⁻¹."""
    opposite_in_acceptance: bool = False
    """Require the opposite charge in the same window of polar angle."""
    incident: Particle = "e+"
    """Which of the two tracks vanishes."""
    alpha: float = ALPHA
    """Fine-structure constant in the cross section."""

    def __post_init__(self) -> None:
        for name in ("electron_energy", "positron_energy"):
            between(name, getattr(self, name), ELECTRON_MASS, LARGEST_ENERGY, "GeV")
        positive("luminosity", self.luminosity, maximum=LARGEST_NUMBER)
        true_or_false("opposite_in_acceptance", self.opposite_in_acceptance)
        positive("alpha", self.alpha, maximum=1.0)
        for name in ("polar_angle_min", "polar_angle_max"):
            between(name, getattr(self, name), *_POLAR_ANGLES, "degrees")
        if not self.polar_angle_min < self.polar_angle_max:
            raise InvalidValueError(
                f"polar_angle_min = {self.polar_angle_min}: must be less than polar_angle_max = {self.polar_angle_max}"
            )
        if not self.electron_energy > self.positron_energy:
            raise InvalidValueError(
                f"electron_energy = {self.electron_energy}: must exceed positron_energy = "
                f"{self.positron_energy}, the boost is along the electron beam"
            )
        check_particle("incident", self.incident)
        low, high = self._window
        if not low < high:
            raise InvalidValueError(
                f"opposite_in_acceptance: no angle between {self.polar_angle_min} and "
                f"{self.polar_angle_max} degrees has both charges inside"
            )
        if not (low > -1.0 and high < 1.0 and self.energy(low) < self.energy(high)):
            raise InvalidValueError(
                f"electron_energy = {self.electron_energy}: with positron_energy = {self.positron_energy} the boost is "
                "too strong or too weak to resolve the window of polar angle"
            )

    def _repr_html_(self) -> str:
        return field_html(self)

    @property
    def beta(self) -> float:
        """Velocity of the centre of mass along the electron beam."""
        total = self.electron_energy + self.positron_energy
        return (self.electron_energy - self.positron_energy) / total

    @property
    def s(self) -> float:
        """Squared centre-of-mass energy in GeV²."""
        return 4.0 * self.electron_energy * self.positron_energy

    @property
    def edges(self) -> tuple[float, ...]:
        """Smallest and largest energy in the window, GeV."""
        low, high = self._window
        return self.energy(low), self.energy(high)

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """No monoenergetic part."""
        return ()

    @property
    def cross_section(self) -> float:
        """Cross section in the window, pb: closed form of the integral of Eq. (2.1)."""
        low, high = self._window
        if self.incident == "e-":
            low, high = -high, -low
        return self._normalisation * (_primitive(1.0 + high) - _primitive(1.0 + low))

    @property
    def count(self) -> float:
        """Number of tracks: cross section times luminosity."""
        return self.cross_section * self.luminosity * INVERSE_AB_PB

    def track_cross_section(self) -> CrossSection:
        """Cross section in the window, exact."""
        return CrossSection(self.cross_section, None)

    def polar_cosines(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG002
        """Cosine to the electron beam, which the energy fixes."""
        return np.clip(self.cosine(self.cosine_at(energy)), -1.0, 1.0)

    def differential_cross_section(self, energy: FloatArray) -> FloatArray:
        """dσ/dE in pb/GeV at laboratory energies in GeV, Eq. (2.2); zero outside the window."""
        energy = np.asarray(energy, dtype=np.float64)
        lower, upper = self.edges
        inside = (energy >= lower) & (energy <= upper)
        return np.where(inside, self.density(np.where(inside, self.cosine_at(energy), 0.0)), 0.0)

    def density(self, cosine_star: FloatArray) -> FloatArray:
        """dσ/dE in pb/GeV where the vanishing track has cos θ* to the electron beam, window or not."""
        e_star = math.sqrt(self.s) / 2.0
        inverse_gamma = math.sqrt(1.0 - self.beta**2)
        cosine = -cosine_star if self.incident == "e-" else cosine_star
        shape = self._normalisation * (3.0 + cosine**2) ** 2 / (1.0 + cosine) ** 2
        return shape * inverse_gamma / (self.beta * e_star)

    def cosine_at(self, energy: FloatArray) -> FloatArray:
        """Cos θ* to the electron beam of a track with a laboratory energy in GeV."""
        e_star = math.sqrt(self.s) / 2.0
        inverse_gamma = math.sqrt(1.0 - self.beta**2)
        return (inverse_gamma * energy / e_star - 1.0) / self.beta

    def cosine_star(self, cosine: T) -> T:
        """Cos θ* of a track at the cosine of its laboratory polar angle."""
        return (cosine - self.beta) / (1.0 - self.beta * cosine)

    def cosine(self, cosine_star: T) -> T:
        """Cosine of the laboratory polar angle at cos θ*, the inverse of :meth:`cosine_star`."""
        return (cosine_star + self.beta) / (1.0 + self.beta * cosine_star)

    def energy(self, cosine_star: T) -> T:
        """Laboratory energy in GeV at cos θ*."""
        return math.sqrt(self.s) / 2.0 * (1.0 + self.beta * cosine_star) / math.sqrt(1.0 - self.beta**2)

    def spectrum(self, energy: FloatArray) -> FloatArray:
        """dN/dE per GeV at ``energy`` (GeV, any shape), zero outside the window."""
        return self.differential_cross_section(energy) * (self.luminosity * INVERSE_AB_PB)

    @property
    def _normalisation(self) -> float:
        return math.pi * self.alpha**2 / (2.0 * self.s) * GEV2_CM2 / PB_CM2

    @property
    def _window(self) -> tuple[float, float]:
        """Range of the vanishing track's cos θ* to the electron beam."""
        low = self.cosine_star(math.cos(math.radians(self.polar_angle_max)))
        high = self.cosine_star(math.cos(math.radians(self.polar_angle_min)))
        if self.opposite_in_acceptance:
            low, high = max(low, -high), min(high, -low)
        return low, high


def _primitive(u: float) -> float:
    """Primitive of (3 + c²)²/(1 + c)² in u = 1 + c, from (u - 2 + 4/u)²."""
    return u**3 / 3.0 - 2.0 * u**2 + 12.0 * u - 16.0 * math.log(u) - 16.0 / u
