"""The stream of events of an experiment: weighted, or unweighted by acceptance and rejection.

Events are made in blocks. Each block has its own random generator, made from the seed and the number of the block.
An event therefore depends neither on the size of batches nor on what was read before, and memory does not grow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.formats import EventBatch, RunInfo
from evanesce.representation import html_table, summary
from evanesce.sampling.sampler import AdaptedSampler, State
from evanesce.validation import FloatArray

__all__ = ["BLOCK", "EventStream", "Overweight"]

BLOCK: Final[int] = 32_768
"""Events, or trials, of a block."""
_MOST_ROUNDS: Final[int] = 1000


@dataclass(slots=True)
class Overweight:
    """Events above the largest weight that unweighting assumed; they keep the excess as a weight above 1."""

    events: int = 0
    largest: float = 1.0
    """Largest weight relative to that of the other events."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventStream:
    """Iterate over it for batches of events; each iteration starts anew with the same events.

    The weights of all events sum to the expected number of signal events at ``epsilon``.
    """

    samplers: Sequence[AdaptedSampler]
    count: int
    """Number of events."""
    seed: int
    epsilon: float
    yields: Mapping[str, float]
    """Expected signal events by process at ``epsilon``, as ``limit`` computes them."""
    error: float = 0.0
    """Error of the sum of the yields: from their integration, and from the cross section of the tracks."""
    luminosity: float | None = None
    """Luminosity in pb⁻¹; None for a beam, whose events have no cross section."""
    unweighted: bool = False
    batch_size: int = 100_000
    """Largest number of events in a batch."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """How the events were made: numbers, text, and the physics options as a mapping."""
    notes: tuple[str, ...] = ()
    """Notes on how the events were made."""
    overweight: Overweight = field(default_factory=Overweight)
    """Overweights of the last completed iteration."""

    def __repr__(self) -> str:
        return summary("EventStream", self.facts())

    def _repr_html_(self) -> str:
        return html_table("EventStream", self.facts())

    def facts(self) -> list[tuple[str, object]]:
        """Names and values for printing."""
        physics = self.about.get("physics")
        return [
            *((name, self.about.get(name)) for name in ("experiment", "mediator", "mass_gev", "alpha_d", "mass_ratio")),
            ("physics", physics.get("preset") if isinstance(physics, Mapping) else physics),
            ("events", f"{self.count}, {'unweighted' if self.unweighted else 'weighted'}, seed {self.seed}"),
            *((f"expected {name}", value) for name, value in self.yields.items()),
            ("epsilon", self.epsilon),
            ("notes", "; ".join(self.notes)),
        ]

    @property
    def run(self) -> RunInfo:
        """Description of the events for a file."""
        kind = "all equal except overweights" if self.unweighted else "of importance sampling"
        return RunInfo(
            description="signal events",
            weights=f"{kind}; the sum over all events is the expected number of signal events at this epsilon",
            visible_cross_section=self.cross_section,
            about=self.about,
        )

    @property
    def expected(self) -> float:
        """Signal events at ``epsilon``."""
        return float(sum(self.yields.values()))

    @property
    def cross_section(self) -> tuple[float, float] | None:
        """Signal events at ``epsilon`` over the luminosity, and the error, in pb; None for a beam.

        It includes selection and efficiency, as the yields do.
        """
        if self.luminosity is None:
            return None
        return self.expected / self.luminosity, self.error / self.luminosity

    def __iter__(self) -> Iterator[EventBatch]:
        """Batches of one process each."""
        for batch in self._unweighted() if self.unweighted else self._weighted():
            for start in range(0, len(batch), self.batch_size):
                yield part_of(batch, slice(start, start + self.batch_size))

    def _generator(self, block: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=(block,))))

    def _weighted(self) -> Iterator[EventBatch]:
        share = np.array([adapted.integral for adapted in self.samplers])
        share /= share.sum()
        for block, start in enumerate(range(0, self.count, BLOCK)):
            rng = self._generator(block)
            numbers = rng.multinomial(min(BLOCK, self.count - start), share)
            for adapted, number, chance in zip(self.samplers, numbers.tolist(), share.tolist(), strict=True):
                if number:
                    value, state = _draw(adapted, number, rng)
                    yield adapted.sampler.events(state, value * (self.epsilon**2 / (self.count * chance)), rng)

    def _unweighted(self) -> Iterator[EventBatch]:
        found = Overweight()  # local to this iteration: two threads may iterate at once
        largest = np.array([adapted.largest for adapted in self.samplers])
        below = sum(adapted.clipped for adapted in self.samplers) / sum(adapted.integral for adapted in self.samplers)
        unit = self.expected * below / self.count
        left, block = self.count, 0
        while left:
            rng = self._generator(block)
            numbers = rng.multinomial(BLOCK, largest / largest.sum()).tolist()
            parts = [_accepted(adapted, n, rng) for adapted, n in zip(self.samplers, numbers, strict=True) if n]
            drawn = [adapted for adapted, n in zip(self.samplers, numbers, strict=True) if n]
            kept = _choose(rng, [len(weight) for weight, _ in parts], left)
            for adapted, (weight, state), chosen in zip(drawn, parts, kept, strict=True):
                if len(chosen):
                    weight = weight[chosen]
                    found.events += int(np.count_nonzero(weight > 1.0))
                    found.largest = max(found.largest, float(weight.max()))
                    yield adapted.sampler.events(_rows(state, chosen), weight * unit, rng)
                    left -= len(chosen)
            block += 1
        self.overweight.events, self.overweight.largest = found.events, found.largest


def _draw(adapted: AdaptedSampler, number: int, rng: np.random.Generator) -> tuple[FloatArray, State]:
    """Draw exactly ``number`` collisions; draws without a collision are repeated, and lower the values."""
    values: list[FloatArray] = []
    states: list[State] = []
    trials = missing = number
    for _ in range(_MOST_ROUNDS):
        drawn = adapted.draw(missing, rng)
        good = np.flatnonzero(drawn.value > 0)
        values.append(drawn.value[good])
        states.append(_rows(drawn.state, good))
        missing -= len(good)
        if not missing:
            break
        trials += missing
    else:
        raise InvalidValueError(f"{adapted.sampler.process}: almost no collision is possible here, change the mass")
    merged = {name: np.concatenate([state[name] for state in states]) for name in states[0]}
    return np.concatenate(values) * (number / trials), merged


def _accepted(adapted: AdaptedSampler, number: int, rng: np.random.Generator) -> tuple[FloatArray, State]:
    """Weights (1, or more for an overweight) and states of the accepted events among ``number`` trials."""
    # An overweight keeps its excess as weight: near the resonance the excess may be large, and that many copies of
    # one event would be correlated. Radiative Bhabha events are repeated instead: their overweights are few and small
    # (bounds in every cell), and a Les Houches file of unweighted events has one weight.
    drawn = adapted.draw(number, rng)
    ratio = drawn.value / adapted.largest
    good = np.flatnonzero(rng.random(number) < ratio)
    return np.maximum(ratio[good], 1.0), _rows(drawn.state, good)


def _choose(rng: np.random.Generator, lengths: Sequence[int], most: int) -> list[np.ndarray]:
    """Positions to keep in each part: a random choice of ``most`` from all parts together."""
    total = sum(lengths)
    keep = np.sort(rng.permutation(total)[:most]) if total > most else np.arange(total)
    ends = np.cumsum([0, *lengths])
    return [keep[(keep >= a) & (keep < b)] - a for a, b in pairwise(ends)]


def _rows(state: State, rows: np.ndarray) -> State:
    return {name: column[rows] for name, column in state.items()}


def part_of(batch: EventBatch, rows: slice) -> EventBatch:
    """Some of the events of a batch."""
    if rows.start == 0 and rows.stop >= len(batch):
        return batch
    return EventBatch(
        process=batch.process,
        roles=batch.roles,
        momentum=batch.momentum[rows],
        mass=batch.mass[rows],
        weight=batch.weight[rows],
        position=batch.position[rows],
        columns={name: column[rows] for name, column in batch.columns.items()},
    )
