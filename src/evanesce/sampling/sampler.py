"""What a generator draws from: one way to make events, as a function on the unit cube, and its adapted map.

A sampler turns points of the cube into collisions and says how much of the yield each stands for. An adapted map
(:class:`evanesce.numerics.ImportanceMap`) makes what is left of its variation small; weights are exact whatever it is.
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
"""Numbers of each collision, shape (events,) each."""

_SEED: Final[int] = 20221204
"""The map is part of the set-up, the same whatever the seed of the events."""
_ROUNDS: Final[int] = 7
_POINTS: Final[int] = 24_576
_CHECK: Final[int] = 98_304
_INCREMENTS: Final[int] = 80
_DAMPING: Final[float] = 0.7
_BEYOND: Final[float] = 3e-4
"""Share of the yield that may sit above the weight that unweighting takes for the largest."""


class Drawn(NamedTuple):
    """Collisions at points of the cube."""

    value: FloatArray
    """What the collision stands for: the mean over the cube is the yield per ε². Zero where nothing happens."""
    state: State


class Sampler(Protocol):
    """One way to make events."""

    @property
    def process(self) -> str:
        """Name of the process it belongs to."""
        ...

    @property
    def dimensions(self) -> int:
        """Of the cube."""
        ...

    def draw(self, cube: FloatArray, rng: np.random.Generator) -> Drawn:
        """Collisions at points of the cube, shape (events, dimensions); ``rng`` draws what needs no map."""
        ...

    def events(self, state: State, weight: FloatArray, rng: np.random.Generator) -> EventBatch:
        """Complete the collisions to events."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class AdaptedSampler:
    """A sampler with its map."""

    sampler: Sampler
    map: ImportanceMap
    integral: float
    """Yield per ε² of the sampler, estimated in the set-up."""
    largest: float
    """Largest value, but for a small share of the yield."""
    clipped: float
    """The integral with every value cut there."""

    def draw(self, count: int, rng: np.random.Generator) -> Drawn:
        """Draw collisions; their mean value is the sampler's yield per ε²."""
        points, jacobian = self.map(rng.random((count, self.sampler.dimensions)))
        drawn = self.sampler.draw(points, rng)
        return Drawn(drawn.value * jacobian, drawn.state)


def adapt(sampler: Sampler) -> AdaptedSampler | None:
    """Adapt a map to a sampler; None where it makes no events.

    Raises
    ------
    InvalidValueError
        The yield is not a finite number somewhere.

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
            f"{sampler.process}: the weight of an event is not a finite number; look at alpha_d, the mass and the card"
        )
    return value
