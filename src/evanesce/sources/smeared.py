"""Bhabha scattering in a window of polar angle measured with finite angular resolution.

The measured angle of a track at polar angle θ is θ + σ g with a normal random number g. It is inside the window with
the probability P(θ) = Φ((θ_max - θ)/σ) - Φ((θ_min - θ)/σ). The energy of the track is the true one: E(θ) from two-body
kinematics, or the beam energy if both beams have the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from evanesce.constants import INVERSE_AB_PB
from evanesce.errors import InvalidValueError
from evanesce.numerics import panel_nodes
from evanesce.particles import Particle
from evanesce.sources.base import Source
from evanesce.sources.bhabha import Bhabha
from evanesce.sources.incidence import Incidence
from evanesce.validation import FloatArray, non_negative, positive

__all__ = ["SmearedBhabha", "keeps_sharp_window", "with_angular_resolution"]

_DEVIATIONS: Final[tuple[float, ...]] = (-7.0, -3.5, 0.0, 3.5, 7.0)
"""The spectrum is cut off this many standard deviations outside the window; Φ(-7) is 1e-12."""
_CLOSEST: Final[float] = 1e-9
"""Relative distance below which two edges are merged."""
_ORDER: Final[int] = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class SmearedBhabha:
    """Tracks of :class:`Bhabha` whose measured polar angle lies in its window.

    With ``opposite_in_acceptance`` the track of the opposite charge, back to back in the centre of mass, is measured
    independently with the same resolution, so the probabilities multiply.

    >>> smeared = SmearedBhabha(bhabha=Bhabha(), polar_angle_resolution=3.0)
    >>> [round(e, 3) for e in smeared.edges[::4]], f"{smeared.count / Bhabha().count - 1:.1e}"
    ([4.333, 4.366, 6.631], '5.2e-05')

    Raises
    ------
    InvalidValueError
        A resolution that is not positive, or a smeared window that reaches a beam.

    """

    smooth_at_edges: ClassVar[bool] = True
    bhabha: Bhabha
    polar_angle_resolution: float
    """σ of the measured polar angle in mrad."""

    def __post_init__(self) -> None:
        sigma = positive("polar_angle_resolution", self.polar_angle_resolution)
        reach = math.degrees(1e-3 * sigma * _DEVIATIONS[-1])
        low, high = self.bhabha.polar_angle_min, self.bhabha.polar_angle_max
        if not (low - reach > 0.0 and high + reach < 180.0):
            raise InvalidValueError(
                f"polar_angle_resolution = {sigma:g} mrad: the window from {low:g} to {high:g} degrees must keep "
                f"{reach:.2g} degrees from the beams"
            )

    @property
    def incident(self) -> Particle:
        """Charge of the track that vanishes."""
        return self.bhabha.incident

    @property
    def incidence(self) -> Incidence:
        """The angle at which tracks enter the calorimeter."""
        return self.bhabha.incidence

    @property
    def edges(self) -> tuple[float, ...]:
        """Energies in GeV between which the spectrum is smooth, from 7 σ outside the window; none for a line."""
        if self._is_line:
            return ()
        energies = np.unique(self.bhabha.energy(self._corners))
        apart = np.diff(energies, append=np.inf) > _CLOSEST * energies
        return tuple(energies[apart].tolist())

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """The mean energy (GeV) with all tracks if :class:`Bhabha` has a line."""
        if not self._is_line:
            return ()
        cosine, weight = self._quadrature()
        return ((float(self.bhabha.energy(np.sum(weight * cosine) / np.sum(weight))), self.count),)

    @property
    def count(self) -> float:
        """Number of tracks: the spectrum integrated by quadrature."""
        if self._is_line:
            return float(np.sum(self._quadrature()[1]))
        energies, weights = panel_nodes(np.array(self.edges), _ORDER)
        return float(np.sum(weights * self.spectrum(energies)))

    def polar_cosines(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:
        """True cosine to the electron beam: fixed by the energy, or drawn for a line."""
        if not self._is_line:
            return self.bhabha.polar_cosines(energy, rng)
        low, high = self._corners[[0, -1]].tolist()
        found, missing = np.zeros(0), len(energy)
        while missing > 0:  # draw from the unsmeared cross section, accept with the probability to be in the window
            trial = self.bhabha.draw_cosines(2 * missing + 100, low, high, rng)
            found = np.append(found, trial[rng.random(len(trial)) < self._passed(trial)])
            missing = len(energy) - len(found)
        return self.bhabha.cosine(found[: len(energy)])

    def spectrum(self, energy: FloatArray) -> FloatArray:
        """dN/dE per GeV at ``energy`` (GeV, any shape), zero outside the edges."""
        energy = np.asarray(energy, dtype=np.float64)
        edges = self.edges
        if not edges:
            return np.zeros_like(energy)
        cosine = self.bhabha.cosine_at(np.clip(energy, edges[0], edges[-1]))
        density = self.bhabha.density(cosine) * (self.bhabha.luminosity * INVERSE_AB_PB)
        return np.where((energy >= edges[0]) & (energy <= edges[-1]), density * self._passed(cosine), 0.0)

    @property
    def _corners(self) -> FloatArray:
        """Ascending cos θ* to the electron beam between which the probability is smooth."""
        ends = np.radians([self.bhabha.polar_angle_min, self.bhabha.polar_angle_max])
        angles = (ends[:, None] + self._sigma * np.array(_DEVIATIONS)).ravel()
        cosines = self.bhabha.cosine_star(np.cos(angles))
        low, high = cosines.min(), cosines.max()
        if self.bhabha.opposite_in_acceptance:
            low, high = max(low, -high), min(high, -low)
            cosines = np.concatenate([cosines, -cosines])
        return np.unique(cosines[(cosines >= low) & (cosines <= high)])

    @property
    def _is_line(self) -> bool:
        low, high = self._corners[[0, -1]].tolist()
        return self.bhabha.is_line(low, high)

    def _quadrature(self) -> tuple[FloatArray, FloatArray]:
        """Nodes in cos θ* and their weights as numbers of tracks."""
        cosine, weight = panel_nodes(self._corners, _ORDER)
        density = self.bhabha.angular_density(cosine) * (self.bhabha.luminosity * INVERSE_AB_PB)
        return cosine, weight * density * self._passed(cosine)

    def _passed(self, cosine_star: FloatArray) -> FloatArray:
        """Probability that a track at cos θ* is selected, with the opposite track if required."""
        passed = self._inside(cosine_star)
        return passed * self._inside(-cosine_star) if self.bhabha.opposite_in_acceptance else passed

    @property
    def _sigma(self) -> float:
        return 1e-3 * self.polar_angle_resolution

    def _inside(self, cosine_star: FloatArray) -> FloatArray:
        """Probability that the measured angle of a track at cos θ* to the electron beam is in the window."""
        from scipy.special import ndtr  # imported here so that limits with an ideal detector do not load scipy

        theta = np.arccos(self.bhabha.cosine(cosine_star))
        low, high = np.radians([self.bhabha.polar_angle_min, self.bhabha.polar_angle_max])
        half = 0.5 * (high - low)
        off = np.abs(theta - 0.5 * (high + low))  # small probabilities keep their digits on either side
        return np.asarray(ndtr((half - off) / self._sigma) - ndtr((-half - off) / self._sigma))


def with_angular_resolution(source: Source, resolution: float) -> Source:
    """Return ``source`` measured with a resolution of the polar angle in mrad.

    This needs the spectrum outside the window, which only :class:`Bhabha` has; see :func:`keeps_sharp_window`.
    """
    if non_negative("polar_angle", resolution) == 0.0 or not isinstance(source, Bhabha):
        return source
    return SmearedBhabha(bhabha=source, polar_angle_resolution=resolution)


def keeps_sharp_window(source: Source, resolution: float) -> bool:
    """Whether ``source`` has a window of polar angle that :func:`with_angular_resolution` leaves sharp."""
    window = getattr(source, "polar_angle_min", 0.0), getattr(source, "polar_angle_max", 180.0)
    return resolution > 0.0 and window != (0.0, 180.0) and not isinstance(source, Bhabha)
