"""Consistency of the cross section in the ``<init>`` block of an LHE file with the weights of its events.

In the Les Houches accord (arXiv:hep-ph/0109068, section 2) IDWTUP is the meaning of the weights: for ±1 and ±4 their
mean is the cross section in pb, for ±2 they have any unit, for ±3 they are ±1. Some generators also write weights that
add up to the cross section for any IDWTUP, or normalise to the attempts (``trials``) instead of the events. Many files
have 1 or -1 in place of a cross section that was not known when the file was begun.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from evanesce.formats.lhe_reader import LheEvents, LheProcess, LheRun

__all__ = ["WeightSums", "contradiction"]

_ROUNDING: Final[float] = 0.01
"""Relative difference that may come from rounding and from the integration of a generator."""
_DEVIATIONS: Final[float] = 5.0
_LARGEST: Final[float] = 0.3
"""Relative difference that is a contradiction for any number of events."""
_MIXTURE: Final[float] = 0.02
"""Difference in the share of a process that may come from the integration of a generator."""


@dataclass(slots=True)
class WeightSums:
    """Sums over the events of a file, block by block."""

    events: int = 0
    weight: float = 0.0
    squares: float = 0.0
    trials: float = 0.0
    ones: bool = True
    """Whether all weights are 1 or -1."""
    processes: dict[int, float] = field(default_factory=dict)
    """Sum of the weights by number of the process."""

    def add(self, block: LheEvents) -> None:
        """Add the events of a block."""
        self.events += len(block.weight)
        self.weight += float(block.weight.sum())
        self.squares += float(np.square(block.weight).sum())
        self.trials += float(block.trials.sum())
        self.ones = self.ones and bool((np.abs(block.weight) == 1.0).all())
        numbers, owner = np.unique(block.process, return_inverse=True)
        for number, weight in zip(numbers.tolist(), np.bincount(owner, block.weight).tolist(), strict=True):
            self.processes[number] = self.processes.get(number, 0.0) + weight

    @property
    def mean(self) -> float:
        """Mean weight of an attempt."""
        return self.weight / self.trials

    @property
    def spread(self) -> float:
        """Relative standard error of the mean, from the spread of the weights and the share of attempts that failed."""
        varied = max(self.events * self.squares / self.weight**2 - 1.0, 0.0)
        failed = max(1.0 - self.events / self.trials, 0.0)
        return math.sqrt((varied + failed) / self.events)


def contradiction(run: LheRun, sums: WeightSums) -> str | None:
    """Describe a contradiction between cross section and weights, with the numbers; None if there is none."""
    sigma = run.cross_section
    weights = f"the weights of its {sums.events} events average to {sums.mean:g} pb"
    if len(run.processes) != run.announced:
        return f"its <init> block announces {run.announced} and lists {len(run.processes)} processes, and {weights}"
    for process in run.processes:
        if abs(process.cross_section) == 1.0 and not _confirmed(process, sums):
            own = sums.processes.get(process.number, 0.0) / sums.trials
            return (
                f"its cross section of process {process.number} is {process.cross_section:g} pb, as where it is not "
                f"known, and the weights of its events average to {own:g} pb"
            )
    any_unit = abs(run.weighting) == 2 or (abs(run.weighting) == 3 and sums.ones)
    if not sigma > 0.0 or not (any_unit or _agrees(sigma, run, sums)):
        return f"its cross section is {sigma:g} pb by <init>, and {weights} (IDWTUP is {run.weighting})"
    return _mixture(run, sums)


def _agrees(sigma: float, run: LheRun, sums: WeightSums) -> bool:
    """Whether the weights average or add up to a cross section, within their errors."""
    error = _DEVIATIONS * math.hypot(sums.spread, run.cross_section_error / abs(run.cross_section or 1.0))
    allowed = min(_ROUNDING + error, _LARGEST)
    values = [sums.mean] if sums.trials != sums.events else [sums.mean, sums.weight]
    return any(abs(value - sigma) <= allowed * max(abs(value), abs(sigma)) for value in values)


def _confirmed(process: LheProcess, sums: WeightSums) -> bool:
    """Whether the weights, if they are not all 1, agree with the cross section of a process."""
    if sums.ones:
        return False
    weight = sums.processes.get(process.number, 0.0)
    values = [weight / sums.trials] if sums.trials != sums.events else [weight / sums.trials, weight]
    return any(abs(value - process.cross_section) <= _ROUNDING for value in values)


def _mixture(run: LheRun, sums: WeightSums) -> str | None:
    """Describe a process whose share of the events differs from its share of the cross section; None if all agree."""
    known = {process.number for process in run.processes}
    if len(known) < 2 or len(known) != len(run.processes) or not known & set(sums.processes):
        return None
    events = sums.weight**2 / sums.squares
    for process in run.processes:
        want = process.cross_section / run.cross_section
        got = sums.processes.get(process.number, 0.0) / sums.weight
        spread = math.sqrt(max(want * (1.0 - want), 0.0) / events)
        if abs(got - want) > _MIXTURE + _DEVIATIONS * spread:
            return (
                f"its cross section of process {process.number} is {process.cross_section:g} pb by <init>, and "
                f"{got * run.cross_section:g} pb by the share of its events in {run.cross_section:g} pb"
            )
    return None
