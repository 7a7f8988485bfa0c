"""The interface of a statistical criterion, and the look-up by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from evanesce.prediction import Prediction
from evanesce.registry import Registry
from evanesce.validation import FloatArray

__all__ = ["BANDS", "CRITERIA", "Criterion", "Interval", "criterion", "criterion_names", "in_signal_events"]

BANDS: Final[tuple[int, ...]] = (-2, -1, 0, 1, 2)
"""Standard deviations of the expected limits, along the last axis of :attr:`Interval.expected`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interval:
    """Upper limits on μ = ε², at each point of a prediction's grid; inf where there is no signal."""

    expected: FloatArray
    """Expected limits at -2 ... +2 standard deviations, shape (*grid, 5); NaN if only the median is known."""
    observed: FloatArray | None = None
    """Limits from the observed counts, shape of the grid; None without counts, or if the criterion ignores them."""
    signal_limit: float
    """Excluded number of signal events; NaN if no single number describes it."""
    warnings: tuple[str, ...] = ()
    """Warnings that the criterion is used outside its range of validity."""

    @property
    def median(self) -> FloatArray:
        """The expected limit, shape of the grid."""
        return self.expected[..., BANDS.index(0)]

    @property
    def best(self) -> FloatArray:
        """The observed limit where there are counts, else the expected one."""
        return self.median if self.observed is None else self.observed


class Criterion(Protocol):
    """Turns a prediction into an upper limit on the signal."""

    @property
    def name(self) -> str:
        """Name in cards and on the command line."""
        ...

    @property
    def confidence_level(self) -> float:
        """Confidence level of the limit, between 0 and 1."""
        ...

    @property
    def description(self) -> str:
        """The condition on the signal, in one line."""
        ...

    @property
    def reference(self) -> str:
        """Where the criterion is taken from."""
        ...

    def signal_limit(self, background: float) -> float:
        """Excluded number of signal events for ``background`` expected background events."""
        ...

    def upper_limit(self, prediction: Prediction) -> Interval:
        """Upper limits on μ = ε² at every point of the prediction."""
        ...


CRITERIA: Final[Registry[Criterion]] = Registry("criterion", "evanesce.statistics")


def criterion(name: str) -> Criterion:
    """Return the criterion called ``name``.

    >>> round(criterion("sqrt2.71").signal_limit(94), 3)
    15.961

    Raises
    ------
    UnknownNameError
        No criterion has this name; the message lists them and the nearest.

    """
    return CRITERIA.get(name)()


def criterion_names() -> tuple[str, ...]:
    """Names of all criteria, sorted.

    >>> criterion_names()
    ('events-2.3', 'events-3', 'sqrt2.71')
    """
    return CRITERIA.names()


def in_signal_events(signal: FloatArray, events: float) -> FloatArray:
    """μ at which the signal is ``events``, for ``signal`` events at μ = 1; inf where there is no signal."""
    possible = np.isfinite(signal) & (signal > events / np.finfo(np.float64).max)
    limits: FloatArray = np.divide(events, signal, out=np.full(np.shape(signal), np.inf), where=possible)
    return limits
