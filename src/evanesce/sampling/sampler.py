"""The interface of a sampler, a function from the unit cube to events, and its adapted map.

A sampler maps points of the cube to collisions and returns the yield that each represents. An adapted map
(:class:`evanesce.numerics.ImportanceMap`) reduces the spread of these values; weights are exact with any map.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.formats import EventBatch
from evanesce.numerics import ImportanceMap
from evanesce.validation import FloatArray

__all__ = ["AdaptedSampler", "Drawn", "Sampler", "State", "adapt"]

State = Mapping[str, FloatArray]
"""Variables of the collisions by name, shape (events,) each."""

_SEED: Final[int] = 20221204
"""Seed of the map, which is part of the set-up and independent of the seed of the events."""
_ROUNDS: Final[int] = 7
_POINTS: Final[int] = 24_576
_CHECK: Final[int] = 98_304
_INCREMENTS: Final[int] = 80
_DAMPING: Final[float] = 0.7
_BEYOND: Final[float] = 3e-4
"""Share of the yield allowed above the weight that unweighting takes as the largest."""


class Drawn(NamedTuple):
    """Collisions at points of the cube."""

    value: FloatArray
    """Yield that the collision represents: the mean over the cube is the yield per ε². Zero without a collision."""
    state: State


class Sampler(Protocol):
    """Draws the events of one process."""

    @property
    def process(self) -> str:
        """Name of the process it belongs to."""
        ...

    @property
    def dimensions(self) -> int:
        """Number of dimensions of the cube."""
        ...

    def draw(self, cube: FloatArray, rng: np.random.Generator) -> Drawn:
        """Collisions at points of the cube, shape (events, dimensions); ``rng`` draws the variables without a map."""
        ...

    def events(self, state: State, weight: FloatArray, rng: np.random.Generator) -> EventBatch:
        """Make complete events from the collisions."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class AdaptedSampler:
    """A sampler with its map."""

    sampler: Sampler
    map: ImportanceMap
    integral: float
    """Yield per ε² of the sampler, estimated in the set-up."""
    largest: float
    """Largest value, apart from a small share of the yield."""
    clipped: float
    """The integral with every value capped there."""

    def draw(self, count: int, rng: np.random.Generator) -> Drawn:
        """Draw collisions; their mean value is the sampler's yield per ε²."""
        points, jacobian = self.map(rng.random((count, self.sampler.dimensions)))
        drawn = self.sampler.draw(points, rng)
        return Drawn(drawn.value * jacobian, drawn.state)


def adapt(sampler: Sampler) -> AdaptedSampler | None:
    """Adapt a map to a sampler; None if it has no events.

    Raises
    ------
    InvalidValueError
        A value of the yield that is not finite.

    """
    rng = np.random.default_rng(_SEED)
    adapted = ImportanceMap.identity(sampler.dimensions, _INCREMENTS)
    for _ in range(_ROUNDS):
        uniform = rng.random((_POINTS, sampler.dimensions))
        points, jacobian = adapted(uniform)
        value = _finite(sampler, sampler.draw(points, rng).value * jacobian)
        adapted = adapted.adapted(uniform, value, _DAMPING)
    points, jacobian = adapted(rng.random((_CHECK, sampler.dimensions)))
    value = _finite(sampler, sampler.draw(points, rng).value * jacobian)
    if not value.max() > 0:
        return None
    ordered = np.sort(value)
    above = np.cumsum(ordered[::-1])[::-1] - ordered * np.arange(len(ordered), 0, -1)
    largest = ordered[np.argmax(above <= _BEYOND * ordered.sum())]
    clipped = np.minimum(value, largest).mean()
    return AdaptedSampler(sampler, adapted, float(value.mean()), float(largest), float(clipped))


def _finite(sampler: Sampler, value: FloatArray) -> FloatArray:
    if not np.isfinite(value).all():
        raise InvalidValueError(
            f"{sampler.process}: the weight of an event is not a finite number; check alpha_d, the mass and the card"
        )
    return value
