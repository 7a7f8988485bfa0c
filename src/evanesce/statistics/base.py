"""The interface of a statistical criterion, and the look-up by name."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final, Protocol

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.prediction import Prediction, Region
from evanesce.registry import Registry
from evanesce.validation import FloatArray

__all__ = [
    "BANDS",
    "CRITERIA",
    "Criterion",
    "Interval",
    "criterion",
    "criterion_names",
    "in_signal_events",
    "only_bin",
    "scaled",
]

BANDS: Final[tuple[int, ...]] = (-2, -1, 0, 1, 2)
"""Standard deviations of the expected limits, along the last axis of :attr:`Interval.expected`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interval:
    """Upper limits on μ = ε², at each point of a prediction's grid; inf where there is no signal."""

    expected: FloatArray
    """Expected limits at -2 ... +2 standard deviations, shape (*grid, 5); NaN if only the median is known."""
    observed: FloatArray | None = None
    """Limits from the observed counts, shape of the grid; None without counts, or if the criterion ignores them."""
    lower: FloatArray | None = None
    """Lower limits from the observed counts, shape of the grid; None if the criterion has upper limits only."""
    signal_limit: float
    """Excluded number of signal events, of the observed counts if there are any, else the median; NaN if no single
    number describes it."""
    signal_limits: FloatArray | None = None
    """Excluded signal events at -2 ... +2 standard deviations, shape (5,); None if no single number describes them."""
    method: str = "formula"
    """How the limits were found: ``formula``, ``exact``, ``asymptotic`` or ``toys (number, seed)``."""
    notes: tuple[str, ...] = ()
    """What was assumed, and the statistical error of toys."""
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

    @property
    def uses_systematics(self) -> bool:
        """Whether :attr:`evanesce.Prediction.systematics` enter the limit."""
        ...

    def signal_limit(self, background: float) -> float:
        """Excluded number of signal events for ``background`` expected background events."""
        ...

    def upper_limit(self, prediction: Prediction) -> Interval:
        """Upper limits on μ = ε² at every point of the prediction."""
        ...


CRITERIA: Final[Registry[Criterion]] = Registry(
    "criterion", "evanesce.statistics", plug_ins="criteria", interface=Criterion
)


def criterion(
    name: str, *, confidence_level: float | None = None, toys: int | None = None, seed: int | None = None
) -> Criterion:
    """Return the criterion called ``name``; what is None has the criterion's own default.

    Parameters
    ----------
    name
        A name of :func:`criterion_names`.
    confidence_level
        From 0.5 to 1; for ``cls`` and ``feldman-cousins``.
    toys
        Number of pseudo-experiments for each signal strength, for ``cls``; 0 for none, whatever the counts.
    seed
        Seed of their random numbers.

    Raises
    ------
    UnknownNameError
        No criterion has this name; the message lists them and the nearest.
    InvalidValueError
        A setting that this criterion does not have, or a value outside what is allowed.

    Examples
    --------
    >>> round(criterion("sqrt2.71").signal_limit(94), 3)
    15.961
    >>> round(criterion("cls", confidence_level=0.95).signal_limit(0), 3)
    2.996

    """
    found = CRITERIA.get(name)
    settings: dict[str, Any] = {"confidence_level": confidence_level, "toys": toys, "seed": seed}
    given = {field: value for field, value in settings.items() if value is not None}
    if foreign := given.keys() - _settings(found):
        having = [other for other in criterion_names() if foreign <= _settings(CRITERIA.get(other))]
        raise InvalidValueError(
            f"criterion '{name}': has no {', '.join(sorted(foreign))} to set; criteria with it: "
            f"{', '.join(having) or 'none'}"
        )
    return found(**given)


def _settings(found: type[Criterion]) -> set[str]:
    """Names of what can be set; class variables, such as the level of the paper's criteria, cannot."""
    return {field.name for field in fields(found)} if is_dataclass(found) else set()


def criterion_names() -> tuple[str, ...]:
    """Names of all criteria, sorted.

    >>> "cls" in criterion_names()
    True
    """
    return CRITERIA.names()


def in_signal_events(signal: FloatArray, events: float) -> FloatArray:
    """μ at which the signal is ``events``, for ``signal`` events at μ = 1; inf where there is no signal."""
    possible = np.isfinite(signal) & (signal > events / np.finfo(np.float64).max)
    limits: FloatArray = np.divide(events, signal, out=np.full(np.shape(signal), np.inf), where=possible)
    return limits


def scaled(signal: FloatArray, events: FloatArray) -> FloatArray:
    """μ at which the signal is each of ``events``, shape (*grid, number of events)."""
    return np.stack([in_signal_events(signal, float(each)) for each in events], axis=-1)


def only_bin(name: str, prediction: Prediction) -> tuple[Region, FloatArray, float]:
    """The region, the signal at μ = 1 and the background of a prediction with one bin.

    Raises
    ------
    InvalidValueError
        More than one bin.

    """
    if sum(region.bins for region in prediction.regions.values()) != 1:
        bins = [f"{label} ({region.bins})" for label, region in prediction.regions.items()]
        raise InvalidValueError(
            f"criterion '{name}': counts events in one bin, the prediction has {', '.join(bins)}; "
            "give one experiment with one channel, or criterion 'cls'"
        )
    region = next(iter(prediction.regions.values()))
    total = np.asarray(np.sum([part.value for part in prediction.signal.values()], axis=0))
    background = float(prediction.background.value)
    if not (math.isfinite(background) and background >= 0):
        raise InvalidValueError(f"criterion '{name}': background = {background}; must be a finite number, 0 or greater")
    return region, total, background
