"""Colliding beams and a photon that is selected: the setup of a search at the vertex of a collider."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

from evanesce.errors import InvalidValueError
from evanesce.fingerprint import fingerprint
from evanesce.production.photon_cuts import PhotonCuts
from evanesce.sources import Beams
from evanesce.tracklength import Resolution
from evanesce.validation import between, choice, fraction, positive

__all__ = ["Collision", "Frame", "PhotonSelection"]

Frame: TypeAlias = Literal["laboratory", "centre-of-mass"]
_FRAMES: Final[tuple[str, ...]] = get_args(Frame)
_SOFTEST: Final[float] = 1e-3
"""Smallest photon energy over the largest one; softer photons are not a matter of tree level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotonSelection:
    """Window in the energy and the polar angle of the photon.

    Raises
    ------
    InvalidValueError
        On construction: an energy or angle outside its range, or the ends of a window in the wrong order.

    """

    energy_min: float
    """Smallest energy in GeV."""
    energy_max: float | None = None
    """Largest energy in GeV; null for no limit."""
    energy_frame: Frame = "centre-of-mass"
    """Frame of these energies."""
    peak_width: float | None = None
    """Half width of a window around the energy that goes with the mass, relative to it; null for a fixed window."""
    polar_angle_min: float
    """Smallest angle to the electron beam in degrees."""
    polar_angle_max: float
    """Largest angle to the electron beam in degrees."""
    polar_angle_frame: Frame = "laboratory"
    """Frame of these angles."""

    def __post_init__(self) -> None:
        positive("energy_min", self.energy_min)
        if self.energy_max is not None and not positive("energy_max", self.energy_max) > self.energy_min:
            raise InvalidValueError(
                f"energy_max = {self.energy_max}: must be greater than energy_min = {self.energy_min}"
            )
        for name in ("polar_angle_min", "polar_angle_max"):
            between(name, getattr(self, name), 0.0, 180.0, "degrees")
        if not self.polar_angle_min < self.polar_angle_max:
            raise InvalidValueError(
                f"polar_angle_min = {self.polar_angle_min}: must be less than polar_angle_max = {self.polar_angle_max}"
            )
        if self.peak_width is not None:
            fraction("peak_width", self.peak_width, one_allowed=False)
            if self.energy_frame != "centre-of-mass":
                raise InvalidValueError(
                    "peak_width: the photon has one energy in the centre of mass only; use energy_frame: centre-of-mass"
                )
        for name in ("energy_frame", "polar_angle_frame"):
            choice(name, getattr(self, name), _FRAMES)

    def cuts(self, beams: Beams, resolution: Resolution | None = None) -> PhotonCuts:
        """Return the same window in the centre of mass of these beams; sharp, or smeared by a resolution.

        Raises
        ------
        InvalidValueError
            A smallest energy that no photon has, or that is not above a thousandth of that of the beams.

        """
        low, high = (math.cos(math.radians(angle)) for angle in (self.polar_angle_max, self.polar_angle_min))
        if self.polar_angle_frame == "laboratory":
            low, high = beams.cosine_star(low), beams.cosine_star(high)
        cuts = PhotonCuts(
            cosine_min=max(low, -1.0),
            cosine_max=min(high, 1.0),
            energy_min=self.energy_min,
            energy_max=math.inf if self.energy_max is None else self.energy_max,
            laboratory=self.energy_frame == "laboratory",
            beta=beams.beta,
            resolution=resolution,
            peak_width=self.peak_width,
        )
        each = [0.5 * beams.root_s * float(cuts.cut_over_star(cosine)) for cosine in (low, high)]
        if not self.energy_min < max(each):
            raise InvalidValueError(
                f"energy_min = {self.energy_min}: must be less than {max(each):.4g} GeV, the largest energy of a photon"
            )
        if not self.energy_min > _SOFTEST * max(each):
            raise InvalidValueError(
                f"energy_min = {self.energy_min}: must be greater than {_SOFTEST * max(each):.2g} GeV, "
                "softer photons need more than one emission"
            )
        return cuts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Collision:
    """Beams at unit luminosity and the cuts on the photon; yields are multiplied by luminosity and efficiency."""

    beams: Beams
    cuts: PhotonCuts
    key: Hashable = field(init=False, repr=False)
    """Content of the setup: two setups with equal keys have equal yields."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", ("collision", fingerprint(self.beams), fingerprint(self.cuts)))

    @property
    def energies(self) -> tuple[float, float]:
        """√s in GeV, twice."""
        return self.beams.root_s, self.beams.root_s
