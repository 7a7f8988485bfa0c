"""The efficiency of a selection as a function of the missing energy, and of where the track vanishes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from evanesce.errors import InvalidValueError
from evanesce.validation import between, positive

__all__ = ["DepthStep", "Efficiency", "MissingEnergyPoint"]

_DEEPEST: Final[float] = 1e4
_MOST: Final[int] = 100
_THINNEST: Final[float] = 1e-6
"""Thinner pieces between two steps, in X0, are left out: they come from rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthStep:
    """The efficiency from one depth to the next."""

    depth: float
    """Depth in X0 behind the front of all material of the target, where this efficiency begins."""
    efficiency: float
    """Probability that an event from here is accepted."""

    def __post_init__(self) -> None:
        between("depth", self.depth, 0.0, _DEEPEST, "X0")
        between("efficiency", self.efficiency, 0.0, 1.0, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingEnergyPoint:
    """The efficiency at one missing energy, which is the energy of the mediator."""

    efficiency: float
    """Probability that such an event is accepted."""
    fraction: float | None = None
    """Missing energy over the energy of the track; give this or ``energy``."""
    energy: float | None = None
    """Missing energy in GeV, for a beam of one energy."""

    def __post_init__(self) -> None:
        between("efficiency", self.efficiency, 0.0, 1.0, "")
        if (self.fraction is None) == (self.energy is None):
            given = "both are" if self.fraction is not None else "neither is"
            raise InvalidValueError(f"fraction: must be given, or energy in GeV; {given}")
        if self.fraction is not None:
            between("fraction", self.fraction, 0.0, 1.0, "")
        if self.energy is not None:
            positive("energy", self.energy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficiency:
    """Efficiency of the selection as a function of properties of the event.

    Raises
    ------
    InvalidValueError
        On construction: steps that do not begin at 0, points or steps that do not increase, or are 0 everywhere.

    """

    depth: Sequence[DepthStep] = ()
    """Steps of the efficiency in the depth at which the track vanishes; 1 everywhere without any."""

    missing_energy: Sequence[MissingEnergyPoint] = ()
    """Points of the efficiency in the missing energy: linear in between, constant outside; two points at the same
    place make a step. 1 everywhere without any."""

    def __post_init__(self) -> None:
        self._check_points()
        steps = tuple(self.depth)
        object.__setattr__(self, "depth", steps)
        if not all(isinstance(step, DepthStep) for step in steps):
            raise InvalidValueError("depth: must be a list of DepthStep(depth=..., efficiency=...)")
        if len(steps) > _MOST:
            raise InvalidValueError(f"depth: has {len(steps)} steps; must be at most {_MOST}")
        if steps and steps[0].depth != 0.0:
            raise InvalidValueError(f"depth: the first step is at {steps[0].depth:g} X0; must be at 0")
        for before, after in pairwise(steps):
            if not before.depth < after.depth:
                raise InvalidValueError(f"depth: {after.depth:g} X0 comes after {before.depth:g}; must increase")
        if steps and not any(step.efficiency > 0 for step in steps):
            raise InvalidValueError("depth: the efficiency is 0 everywhere")

    def _check_points(self) -> None:
        points = tuple(self.missing_energy)
        object.__setattr__(self, "missing_energy", points)
        if not all(isinstance(point, MissingEnergyPoint) for point in points):
            raise InvalidValueError(
                "missing_energy: must be a list of MissingEnergyPoint(fraction=..., efficiency=...)"
            )
        if len(points) > _MOST:
            raise InvalidValueError(f"missing_energy: has {len(points)} points; must be at most {_MOST}")
        if len({point.fraction is None for point in points}) > 1:
            raise InvalidValueError("missing_energy: has points with fraction and points with energy; use one of them")
        places = [point.fraction if point.energy is None else point.energy for point in points]
        for before, after in pairwise(float(place or 0.0) for place in places):
            if not before <= after:
                raise InvalidValueError(f"missing_energy: {after:g} comes after {before:g}; must not decrease")
        for place in set(places):
            if places.count(place) > 2:
                raise InvalidValueError(f"missing_energy: has three points at {place:g}; a step has two")
        if points and not any(point.efficiency > 0 for point in points):
            raise InvalidValueError("missing_energy: the efficiency is 0 everywhere")

    def check_above(self, missing_fraction: float, energy: float) -> None:
        """Check that some missing energy above a cut is kept; ``energy`` in GeV is that of a beam, for points in GeV.

        Raises
        ------
        InvalidValueError
            The efficiency is 0 above the cut.

        """
        points = [
            (point.energy / energy if point.energy else point.fraction or 0.0, point) for point in self.missing_energy
        ]
        below = [point.efficiency for place, point in points if place <= missing_fraction]
        above = [point.efficiency for place, point in points if place > missing_fraction]
        # between two points the efficiency is positive if it is at one of them, before the first as at it
        if not max([*below[-1:], *above], default=1.0) > 0.0:
            raise InvalidValueError(
                "selection.efficiency.missing_energy: the efficiency is 0 for everything above "
                f"missing_fraction = {missing_fraction:g}"
            )

    def fractions(self, lowest: float, highest: float) -> tuple[float, ...]:
        """Places of the points as fractions of the energy of tracks between two energies in GeV.

        Raises
        ------
        InvalidValueError
            Points in GeV for tracks of several energies, or above their energy.

        """
        if self.missing_energy[0].energy is None:
            return tuple(float(point.fraction or 0.0) for point in self.missing_energy)
        if not highest <= lowest * (1.0 + 1e-9):
            raise InvalidValueError(
                f"missing_energy: an energy in GeV needs tracks of one energy, here they have {lowest:.4g} to "
                f"{highest:.4g} GeV; use fraction"
            )
        last = float(self.missing_energy[-1].energy or 0.0)
        if not last <= highest:
            raise InvalidValueError(f"missing_energy: {last:g} GeV exceeds the energy of the tracks, {highest:.4g} GeV")
        return tuple(float(point.energy or 0.0) / highest for point in self.missing_energy)

    def intervals(self, first: float, last: float) -> Iterator[tuple[float, float, float]]:
        """Intervals (begin, end, efficiency) of depth between two depths, without those of efficiency 0."""
        steps = self.depth or (DepthStep(depth=0.0, efficiency=1.0),)
        ends = [*(step.depth for step in steps[1:]), float("inf")]
        merged: list[tuple[float, float, float]] = []
        for step, end in zip(steps, ends, strict=True):
            low, high = max(first, step.depth), min(last, end)
            if high <= low:
                continue
            if merged and merged[-1][2] == step.efficiency:
                merged[-1] = (merged[-1][0], high, step.efficiency)
            else:
                merged.append((low, high, step.efficiency))
        yield from (part for part in merged if part[2] > 0 and part[1] - part[0] >= _THINNEST)
