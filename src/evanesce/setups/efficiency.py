"""The efficiency of a selection as a function of where the track vanishes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from evanesce.errors import InvalidValueError
from evanesce.validation import between

__all__ = ["DepthStep", "Efficiency"]

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
class Efficiency:
    """Efficiency of the selection as a function of properties of the event.

    Raises
    ------
    InvalidValueError
        On construction: steps that do not begin at 0, do not increase, or are 0 everywhere.

    """

    depth: Sequence[DepthStep] = ()
    """Steps of the efficiency in the depth at which the track vanishes; 1 everywhere without any."""

    def __post_init__(self) -> None:
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
