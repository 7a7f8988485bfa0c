"""Bhabha scattering at a collider, Eqs. (2.1)-(2.2) of arXiv:2212.04252."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar

import numpy as np

from evanesce.constants import ALPHA, GEV2_CM2, INVERSE_AB_PB, PB_CM2
from evanesce.errors import InvalidValueError
from evanesce.memo import memoised
from evanesce.particles import Particle, check_particle
from evanesce.representation import field_html
from evanesce.sources.base import SOURCES, CrossSection
from evanesce.sources.beams import Beams
from evanesce.sources.incidence import INCIDENCES, Incidence
from evanesce.validation import FloatArray, between, choice, positive, true_or_false

__all__ = ["Bhabha"]

T = TypeVar("T", float, FloatArray)
_NARROWEST: Final[float] = 1e-6
"""Relative width up to which a spectrum is treated as a line at its mean energy.

The energy spread of real beams is far larger. The error of a line is the square of the width, and above this width a
continuum is accurate to ten digits.
"""
_RESOLVED: Final[float] = 1e-9
"""Smallest width of a window in cos θ* that double precision resolves."""
_BISECTIONS: Final[int] = 60
_POLAR_ANGLES: Final[tuple[float, float]] = (0.01, 179.99)
"""Smallest angle to the beams in degrees; below it the electron mass is not negligible."""


@SOURCES.register("bhabha")
@dataclass(frozen=True, slots=True, kw_only=True)
class Bhabha:
    r"""Positrons (or electrons) of e⁺e⁻ → e⁺e⁻ in a window of laboratory polar angle.

    Tree level, massless electrons. Polar angles are measured from the electron beam. The centre of mass moves along
    it, backwards if the positron beam has more energy; with equal beams every track has the beam energy, and the
    spectrum is a line. θ* is the angle of the outgoing positron to the electron beam in the centre of mass, so forward
    Bhabha scattering is cos θ* → -1.

    >>> barrel = Bhabha()
    >>> [round(e, 2) for e in barrel.edges], round(barrel.cross_section)
    ([4.35, 6.62], 11997)
    >>> Bhabha(electron_energy=1.885, positron_energy=1.885).lines[0][0]
    1.885
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
    """Charge of the track that vanishes."""
    alpha: float = ALPHA
    """Fine-structure constant in the cross section."""
    incidence: Incidence = "normal"
    """``normal``, or ``barrel``: tracks cross every thickness over sin θ."""

    def __post_init__(self) -> None:
        Beams(electron_energy=self.electron_energy, positron_energy=self.positron_energy, luminosity=self.luminosity)
        true_or_false("opposite_in_acceptance", self.opposite_in_acceptance)
        positive("alpha", self.alpha, maximum=1.0)
        for name in ("polar_angle_min", "polar_angle_max"):
            between(name, getattr(self, name), *_POLAR_ANGLES, "degrees")
        if not self.polar_angle_min < self.polar_angle_max:
            raise InvalidValueError(
                f"polar_angle_min = {self.polar_angle_min}: must be less than polar_angle_max = {self.polar_angle_max}"
            )
        check_particle("incident", self.incident)
        choice("incidence", self.incidence, INCIDENCES)
        low, high = self.cosine_range
        if self.opposite_in_acceptance and not low < high:
            raise InvalidValueError(
                f"opposite_in_acceptance: no angle between {self.polar_angle_min} and "
                f"{self.polar_angle_max} degrees has both charges inside"
            )
        if not (low > -1.0 and high < 1.0 and high - low > _RESOLVED):
            raise InvalidValueError(
                f"polar_angle_min = {self.polar_angle_min}, polar_angle_max = {self.polar_angle_max}: the window is "
                f"too narrow for beams of {self.electron_energy} and {self.positron_energy} GeV, widen it"
            )

    def _repr_html_(self) -> str:
        return field_html(self)

    @property
    def beams(self) -> Beams:
        """The colliding beams."""
        return _beams(self.electron_energy, self.positron_energy, self.luminosity)

    @property
    def beta(self) -> float:
        """Velocity of the centre of mass along the electron beam; negative if the positron beam has more energy."""
        return self.beams.beta

    @property
    def s(self) -> float:
        """Squared centre-of-mass energy in GeV²."""
        return self.beams.s

    @property
    def energy_range(self) -> tuple[float, float]:
        """Smallest and largest energy in the window, GeV; the same twice for equal beams."""
        low, high = sorted(self.energy(cosine) for cosine in self.cosine_range)
        return low, high

    @property
    def cosine_range(self) -> tuple[float, float]:
        """Range of cos θ* of the vanishing track to the electron beam in the window."""
        return _cosine_range(self)

    @property
    def edges(self) -> tuple[float, ...]:
        """Smallest and largest energy in the window, GeV; empty if the spectrum is a line."""
        return _edges(self)

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """The mean energy (GeV) with all tracks if the beams are equal or nearly so, else empty."""
        low, high = self.cosine_range
        if not self.is_line(low, high):
            return ()
        first, last = self._to_positron(low, high)
        mean = float(_first_moment(first, last) / _integral(first, last))
        mean = min(max(-mean if self.incident == "e-" else mean, low), high)
        return ((self.energy(mean), self.count),)

    def is_line(self, low: float, high: float) -> bool:
        """Whether tracks between two cos θ* to the electron beam are treated as a line: relative width below 1e-6."""
        return abs(self.beta) * (high - low) <= _NARROWEST * (1.0 + self.beta * high)

    @property
    def cross_section(self) -> float:
        """Cross section in the window, pb: closed form of the integral of Eq. (2.1)."""
        return float(self._normalisation * _integral(*self._to_positron(*self.cosine_range)))

    @property
    def count(self) -> float:
        """Number of tracks: cross section times luminosity."""
        return self.cross_section * self.luminosity * INVERSE_AB_PB

    def track_cross_section(self) -> CrossSection:
        """Cross section in the window, exact."""
        return CrossSection(self.cross_section, None)

    def polar_cosines(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Cosine to the electron beam: fixed by the energy, or drawn from the cross section for a line."""
        if self.is_line(*self.cosine_range):
            drawn: FloatArray = self.cosine(self.draw_cosines(len(energy), *self.cosine_range, rng))
            return drawn
        return np.clip(self.cosine(self.cosine_at(energy)), -1.0, 1.0)

    def draw_cosines(self, count: int, low: float, high: float, rng: np.random.Generator) -> FloatArray:
        """Cos θ* of vanishing tracks to the electron beam, drawn from the cross section between two values."""
        first, last = self._to_positron(low, high)
        target = rng.random(count) * _integral(first, last)
        below, above = np.full(count, first), np.full(count, last)
        for _ in range(_BISECTIONS):
            middle = 0.5 * (below + above)
            left = _integral(first, middle) < target
            below, above = np.where(left, middle, below), np.where(left, above, middle)
        cosine = 0.5 * (below + above)
        return np.asarray(-cosine if self.incident == "e-" else cosine)

    def differential_cross_section(self, energy: FloatArray) -> FloatArray:
        """dσ/dE in pb/GeV at laboratory energies in GeV, Eq. (2.2); zero outside the window, and for a line."""
        energy = np.asarray(energy, dtype=np.float64)
        if not self.edges:
            return np.zeros_like(energy)
        lower, upper = self.edges
        inside = (energy >= lower) & (energy <= upper)
        return np.where(inside, self.density(np.where(inside, self.cosine_at(energy), 0.0)), 0.0)

    def density(self, cosine_star: FloatArray) -> FloatArray:
        """dσ/dE in pb/GeV at cos θ* of the vanishing track to the electron beam, without the window; not for a line."""
        e_star = math.sqrt(self.s) / 2.0
        inverse_gamma = math.sqrt(1.0 - self.beta**2)
        return self.angular_density(cosine_star) * inverse_gamma / (abs(self.beta) * e_star)

    def angular_density(self, cosine_star: FloatArray) -> FloatArray:
        """dσ/dcos θ* in pb, Eq. (2.1), at cos θ* of the vanishing track to the electron beam, without the window."""
        cosine = -cosine_star if self.incident == "e-" else cosine_star
        return np.asarray(self._normalisation * (3.0 + cosine**2) ** 2 / (1.0 + cosine) ** 2)

    def cosine_at(self, energy: FloatArray) -> FloatArray:
        """Cos θ* to the electron beam of a track with a laboratory energy in GeV; not for a line."""
        e_star = math.sqrt(self.s) / 2.0
        inverse_gamma = math.sqrt(1.0 - self.beta**2)
        return (inverse_gamma * energy / e_star - 1.0) / self.beta

    def cosine_star(self, cosine: T) -> T:
        """Cos θ* of a track at the cosine of its laboratory polar angle."""
        return self.beams.cosine_star(cosine)

    def cosine(self, cosine_star: T) -> T:
        """Cosine of the laboratory polar angle at cos θ*, the inverse of :meth:`cosine_star`."""
        return self.beams.cosine(cosine_star)

    def energy(self, cosine_star: T) -> T:
        """Laboratory energy in GeV at cos θ*."""
        return math.sqrt(self.s) / 2.0 * (1.0 + self.beta * cosine_star) / math.sqrt(1.0 - self.beta**2)

    def spectrum(self, energy: FloatArray) -> FloatArray:
        """dN/dE per GeV at ``energy`` (GeV, any shape), zero outside the window."""
        return self.differential_cross_section(energy) * (self.luminosity * INVERSE_AB_PB)

    @property
    def _normalisation(self) -> float:
        return math.pi * self.alpha**2 / (2.0 * self.s) * GEV2_CM2 / PB_CM2

    def _to_positron(self, low: float, high: float) -> tuple[float, float]:
        """Convert a range in cos θ* of the vanishing track to one of the positron."""
        return (-high, -low) if self.incident == "e-" else (low, high)


@memoised(maxsize=64)
def _beams(electron_energy: float, positron_energy: float, luminosity: float) -> Beams:
    """The beams, made once: a fold asks for them thousands of times."""
    return Beams(electron_energy=electron_energy, positron_energy=positron_energy, luminosity=luminosity)


@memoised(maxsize=64)
def _cosine_range(source: Bhabha) -> tuple[float, float]:
    low = source.cosine_star(math.cos(math.radians(source.polar_angle_max)))
    high = source.cosine_star(math.cos(math.radians(source.polar_angle_min)))
    if source.opposite_in_acceptance:
        low, high = max(low, -high), min(high, -low)
    return low, high


@memoised(maxsize=64)
def _edges(source: Bhabha) -> tuple[float, ...]:
    return () if source.is_line(*source.cosine_range) else source.energy_range


def _integral(low: float, high: FloatArray | float) -> FloatArray:
    """∫ (3 + c²)²/(1 + c)² dc = ∫ (u - 2 + 4/u)² du with u = 1 + c, without cancellation in narrow windows."""
    u, w, width = 1.0 + low, 1.0 + high, high - low
    smooth = (u * u + u * w + w * w) / 3.0 - 2.0 * (u + w) + 12.0 + 16.0 / (u * w)
    return np.asarray(smooth * width - 16.0 * np.log1p(width / u))


def _first_moment(low: float, high: float) -> float:
    """∫ c (3 + c²)²/(1 + c)² dc, from (u - 1)(u - 2 + 4/u)²."""

    def primitive(u: float) -> float:
        return u**4 / 4.0 - 5.0 * u**3 / 3.0 + 8.0 * u**2 - 28.0 * u + 32.0 * math.log(u) + 16.0 / u

    return primitive(1.0 + high) - primitive(1.0 + low)
