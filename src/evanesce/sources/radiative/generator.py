"""Unweighted radiative Bhabha events, by rejection with a separate bound in every cell of the adapted map.

The bound of a cell is the largest weight among a number of trial points, times a margin. A point above its bound is
repeated in proportion to its weight, so that unweighted events have no bias; about one in a thousand appears twice.
Signal events (:mod:`evanesce.events.generator`) keep an overweight as weight instead: near a resonance it may be large,
while in these files all events must have the same weight.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.cache import cached, digest
from evanesce.constants import ELECTRON_MASS
from evanesce.formats.record import EventBatch, Role
from evanesce.memo import memoised
from evanesce.numerics import ImportanceMap
from evanesce.sources.radiative.cuts import Cuts
from evanesce.sources.radiative.integral import Integrals, integrals, integrals_key
from evanesce.sources.radiative.phase_space import DIMENSIONS, Region, regions
from evanesce.validation import FloatArray

__all__ = ["ROLES", "events", "events_key"]

ROLES: Final[tuple[Role, ...]] = (
    Role(name="beam_electron", pdg_id=11, status=-1),
    Role(name="beam_positron", pdg_id=-11, status=-1),
    Role(name="electron", pdg_id=11, status=1, mothers=(0, 1)),
    Role(name="positron", pdg_id=-11, status=1, mothers=(0, 1)),
    Role(name="photon", pdg_id=22, status=1, mothers=(0, 1)),
)
"""The particles of an event."""
_VERSION: Final[int] = 2
_SEED: Final[int] = 8922
_SIDE: Final[int] = 9
"""Cells along each coordinate."""
_TRIALS: Final[int] = 64
"""Trial points per cell for its largest weight."""
_MARGIN: Final[float] = 1.4
_FLOOR: Final[float] = 0.05
"""Smallest bound relative to the mean: a cell in which no trial passed may still contain events."""
_BLOCK: Final[int] = 25_000
"""Number of events in a batch."""

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Cells:
    """A region with a bound on its weight in each cell."""

    region: Region
    map: ImportanceMap
    bounds: FloatArray

    def trial(self, rng: np.random.Generator, cell: Index) -> tuple[FloatArray, FloatArray]:
        """Momenta (particles, 4, events) and weights at a random point in each of the cells."""
        corner = np.stack(np.unravel_index(cell, (_SIDE,) * DIMENSIONS), axis=1)
        y = (corner + rng.random(corner.shape)) / _SIDE
        u, volume = self.map(y)
        sample = self.region(u)
        return np.stack(sample.momenta), sample.weight * volume


def events_key(cuts: Cuts, z_exchange: bool) -> str:
    """Cache key of the bounds and of results made from events."""
    return digest(_VERSION, integrals_key(cuts, z_exchange))


def events(
    cuts: Cuts, *, number: int, seed: int, z_exchange: bool = False, weight: float = 1.0
) -> Iterator[EventBatch]:
    """Unweighted events in batches, each with the same ``weight``; the same seed gives the same events.

    Raises
    ------
    InvalidValueError
        No event passes the cuts.

    """
    cells = _prepared(cuts, z_exchange)
    rng = np.random.default_rng(seed)
    for start in range(0, number, _BLOCK):
        yield _batch(_momenta(cells, rng, min(_BLOCK, number - start)), weight)


def _momenta(cells: tuple[_Cells, ...], rng: np.random.Generator, number: int) -> FloatArray:
    """Momenta of events in random order, shape (events, particles, 4) as (E, x, y, z)."""
    bounds = np.concatenate([part.bounds for part in cells])
    chosen = np.cumsum(bounds / bounds.sum())
    size = _SIDE**DIMENSIONS
    kept: list[FloatArray] = []
    found = 0
    while found < number:
        trials = int(2.6 * (number - found)) + 1000
        # one list of trials for all regions, so that the events are the first accepted ones in this order
        cell = np.minimum(np.searchsorted(chosen, rng.random(trials), side="right"), len(bounds) - 1)
        owner = cell // size
        momenta, ratio = np.empty((5, 4, trials)), np.empty(trials)
        for i, part in enumerate(cells):
            mine = np.flatnonzero(owner == i)
            momenta[:, :, mine], weight = part.trial(rng, cell[mine] - i * size)
            ratio[mine] = weight / bounds[cell[mine]]
        times = np.floor(ratio + rng.random(trials)).astype(np.intp)
        taken = np.repeat(np.arange(trials), times)[: number - found]
        kept.append(momenta[:, :, taken])
        found += len(taken)
    together = np.concatenate(kept, axis=2).transpose(2, 0, 1)
    return _turned(together[rng.permutation(number)], rng)


def _turned(momenta: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Reflect each event at random, and rotate it about the beams by a random angle."""
    sign = np.where(rng.random(len(momenta)) < 0.5, -1.0, 1.0)[:, None]
    angle = 2.0 * math.pi * rng.random(len(momenta))[:, None]
    x, y = momenta[..., 1].copy(), sign * momenta[..., 2]
    momenta[..., 1] = np.cos(angle) * x - np.sin(angle) * y
    momenta[..., 2] = np.sin(angle) * x + np.cos(angle) * y
    momenta[:, :2, 1:3] = 0.0  # not a negative zero
    return momenta


def _batch(momenta: FloatArray, weight: float) -> EventBatch:
    number = len(momenta)
    mass = np.zeros((number, len(ROLES)))
    mass[:, :4] = ELECTRON_MASS
    return EventBatch(
        process="radiative-bhabha",
        roles=ROLES,
        momentum=np.ascontiguousarray(momenta[..., [1, 2, 3, 0]]),
        mass=mass,
        weight=np.full(number, weight),
        position=np.zeros((number, 1, 4)),
    )


@memoised(maxsize=4)
def _prepared(cuts: Cuts, z_exchange: bool) -> tuple[_Cells, ...]:
    integrated = integrals(cuts, z_exchange)
    found = cached(
        "radiative-bhabha-bounds",
        events_key(cuts, z_exchange),
        lambda: {"bounds": _bounds(cuts, z_exchange, integrated)},
        layout={"bounds": (len(integrated.parts), _SIDE**DIMENSIONS)},
    )
    pieces = regions(cuts, z_exchange=z_exchange)
    return tuple(
        _Cells(region=region, map=adapted, bounds=bounds)
        for region, adapted, bounds in zip(pieces, integrated.maps, found["bounds"], strict=True)
    )


def _bounds(cuts: Cuts, z_exchange: bool, found: Integrals) -> FloatArray:
    """Bounds of every cell, shape (regions, cells), zero for a region without events."""
    rng = np.random.default_rng(_SEED)
    cell = np.arange(_SIDE**DIMENSIONS)
    largest = np.zeros((len(found.maps), len(cell)))
    for i, region in enumerate(regions(cuts, z_exchange=z_exchange)):
        if not found.parts[i] > 0.0:
            continue
        part = _Cells(region=region, map=found.maps[i], bounds=largest[i])
        mean = np.zeros(len(cell))
        for _ in range(_TRIALS):
            weight = part.trial(rng, cell)[1]
            largest[i] = np.maximum(largest[i], weight)
            mean += weight / _TRIALS
        largest[i] = np.maximum(_MARGIN * largest[i], _FLOOR * mean.mean())
    return largest
