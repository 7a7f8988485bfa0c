"""Cuts on radiative Bhabha events, appendix F of arXiv:2212.04252: energies, polar angles, distances."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from evanesce.constants import ELECTRON_MASS
from evanesce.errors import InvalidValueError
from evanesce.sources.base import LARGEST_ENERGY
from evanesce.validation import FloatArray, between, non_negative

__all__ = ["Cuts", "Passed"]

Passed: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Beams along z, with the electron beam in the direction of +z, and the cuts in the laboratory.

    Raises
    ------
    InvalidValueError
        A value outside what is allowed, or energies above the kinematic limit.

    """

    electron_energy: float
    """Energy of the electron beam in GeV."""
    positron_energy: float
    """Energy of the positron beam in GeV."""
    polar_angle_min: float
    """Smallest polar angle of every particle, degrees."""
    polar_angle_max: float
    """Largest polar angle of every particle, degrees."""
    min_energy: float
    """Smallest energy of every particle in GeV."""
    min_separation: float
    """Smallest ΔR = √(Δη² + Δφ²) of the photon from the electron and from the positron."""
    min_separation_ee: float
    """Smallest ΔR of the electron from the positron; 0 includes collinear pairs."""

    def __post_init__(self) -> None:
        for name in ("electron_energy", "positron_energy"):
            between(name, getattr(self, name), 10.0 * ELECTRON_MASS, LARGEST_ENERGY, "GeV")
        for name in ("polar_angle_min", "polar_angle_max"):
            between(name, getattr(self, name), 1.0, 179.0, "degrees")
        if not self.polar_angle_min < self.polar_angle_max:
            raise InvalidValueError(
                f"polar_angle_min = {self.polar_angle_min}: must be less than polar_angle_max = {self.polar_angle_max}"
            )
        non_negative("min_separation", self.min_separation)
        non_negative("min_separation_ee", self.min_separation_ee)
        between("min_energy", self.min_energy, 1e-3 * self.total_energy, self.total_energy / 3.0, "GeV")
        if not self.min_energy < self.total_energy / 3.0:
            raise InvalidValueError(f"min_energy = {self.min_energy}: three particles share {self.total_energy:g} GeV")

    @property
    def total_energy(self) -> float:
        """Energy of both beams in GeV."""
        return self.electron_energy + self.positron_energy

    @property
    def total_momentum(self) -> float:
        """Momentum of both beams along z in GeV."""
        return _momentum(self.electron_energy) - _momentum(self.positron_energy)

    @property
    def s(self) -> float:
        """Squared centre-of-mass energy in GeV²."""
        return self.total_energy**2 - self.total_momentum**2

    @property
    def cosines(self) -> tuple[float, float]:
        """Cosines of the polar angles, ascending."""
        return math.cos(math.radians(self.polar_angle_max)), math.cos(math.radians(self.polar_angle_min))

    def beams(self, events: int) -> tuple[FloatArray, FloatArray]:
        """Four-momenta (E, x, y, z) of electron and positron, shape (4, events)."""
        electron, positron = np.zeros((4, events)), np.zeros((4, events))
        electron[0], electron[3] = self.electron_energy, _momentum(self.electron_energy)
        positron[0], positron[3] = self.positron_energy, -_momentum(self.positron_energy)
        return electron, positron

    def steps(self, electron: FloatArray, positron: FloatArray, photon: FloatArray) -> dict[str, Passed]:
        """Which events pass each cut, by the name of the cut."""
        particles = np.stack([electron, positron, photon])
        cosine = particles[:, 3] / np.sqrt(np.square(particles[:, 1:]).sum(axis=1))
        low, high = self.cosines
        passed = {
            "min_energy": (particles[:, 0] > self.min_energy).all(axis=0),
            "polar_angle": ((cosine > low) & (cosine < high)).all(axis=0),
        }
        eta, phi = np.arctanh(cosine), np.arctan2(particles[:, 2], particles[:, 1])
        for name, pairs, least in (
            ("min_separation", ((0, 2), (1, 2)), self.min_separation),
            ("min_separation_ee", ((0, 1),), self.min_separation_ee),
        ):
            apart = np.ones(cosine.shape[1], dtype=bool)
            for i, j in pairs if least > 0.0 else ():
                turn = np.abs(phi[i] - phi[j])
                turn = np.minimum(turn, 2.0 * math.pi - turn)
                apart &= (eta[i] - eta[j]) ** 2 + turn**2 > least**2
            passed[name] = apart
        return passed

    def smallest_invariant(self, separation: float) -> float:
        """Lower bound of 2 q·k in GeV² of two particles that are ``separation`` apart.

        2 q·k >= 2 p_T p_T' (cosh Δη - cos Δφ), and the bracket is at least 1 - cos ΔR.
        """
        across = self.min_energy * min(math.sin(math.radians(a)) for a in (self.polar_angle_min, self.polar_angle_max))
        apart = 2.0 * across**2 * (1.0 - math.cos(min(separation, math.pi)))
        # slightly smaller, because p_T of an electron is not exactly E sin θ; for ΔR = 0 the electron mass is the bound
        return 0.999 * max(apart, ELECTRON_MASS**2 * self.min_energy / self.total_energy)


def _momentum(energy: float) -> float:
    return math.sqrt((energy - ELECTRON_MASS) * (energy + ELECTRON_MASS))
