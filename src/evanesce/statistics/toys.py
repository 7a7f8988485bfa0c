"""Limits from pseudo-experiments, for counts too small for asymptotic distributions.

The unconditional ensemble: counts and auxiliary measurements are drawn at the nuisance parameters that fit the data
best at each signal strength (those of Asimov data where nothing is observed).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from evanesce.statistics.asymptotic import asimov_likelihood, observed_likelihood
from evanesce.statistics.base import BANDS
from evanesce.statistics.fit import Fit, best_fit, conditional_fit
from evanesce.statistics.likelihood import Data, Likelihood
from evanesce.statistics.templates import Templates
from evanesce.validation import FloatArray

__all__ = ["ToyLimits", "toy_data", "toy_limits"]

_TIES: Final[float] = 1e-6
"""Values of q̃ closer than this are the same outcome, apart from the accuracy of the fits."""
_FIRST: Final[int] = 12
"""Signal strengths of the first search."""
_SHARES: Final[tuple[float, float, float]] = (0.125, 0.25, 1.0)
"""Part of the toys in the first search, and at the limits that the points so far give, twice."""
_FEWEST: Final[int] = 500
"""Toys of a search, if there are so many."""
_NEAR: Final[float] = 0.12
"""Relative distance from a limit within which ln CL_s is a straight line in ln μ, to a percent of the limit."""
_WIDE: Final[float] = 0.35
"""Relative distance within which points give the slope of that line, to 20 %."""
_ENOUGH: Final[int] = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ToyLimits:
    """Signal events excluded at -2 ... +2 standard deviations (5,) and by the data; the errors are relative."""

    expected: FloatArray
    expected_errors: FloatArray
    observed: float | None
    observed_error: float


def toy_data(likelihood: Likelihood, parameters: FloatArray, number: int, rng: np.random.Generator) -> Data:
    """``number`` pseudo-experiments at ``parameters`` (1, P): counts and auxiliary measurements."""
    nuisances = likelihood.nuisances
    mean, centre = likelihood.expected(parameters), likelihood.auxiliary(parameters)
    counts = rng.poisson(mean, (number, mean.shape[1])).astype(np.float64)
    gaussian = centre + rng.standard_normal((number, centre.shape[1]))
    counted = rng.poisson(np.where(nuisances.gaussian, 0.0, np.maximum(centre, 0.0)), gaussian.shape)
    return Data(counts=counts, auxiliary=np.where(nuisances.gaussian, gaussian, counted))


class _Ensemble:
    """Distributions of q̃ with and without signal, at any signal strength."""

    def __init__(self, templates: Templates, counts: FloatArray | None, number: int, seed: int) -> None:
        self._templates, self._seed, self.number = templates, seed, number
        only = np.zeros(1, dtype=np.intp)
        self._data = (
            asimov_likelihood(templates, only, np.zeros(1))
            if counts is None
            else observed_likelihood(templates, counts)
        )
        self._observed = None if counts is None else best_fit(self._data)
        without = conditional_fit(self._data, np.zeros(1)).parameters
        self._background = self._draw(without, 0)
        self._best = best_fit(self._background, without)
        self._without = without
        self._last = np.tile(without, (number, 1))

    def _draw(self, parameters: FloatArray, stream: int, number: int | None = None) -> Likelihood:
        # the same numbers at every strength: differences between strengths fluctuate less
        rng = np.random.default_rng([self._seed, stream])
        number = self.number if number is None else number
        data = toy_data(self._data, parameters, number, rng)
        return Likelihood.of(self._templates, np.zeros(number, dtype=np.intp), data)

    def statistics(self, strength: float, number: int) -> tuple[FloatArray, FloatArray, float]:
        """q̃ with signal and without, falling, of ``number`` toys each, and of the data."""
        at = conditional_fit(self._data, np.asarray([strength]), self._without)
        toys, some = self._draw(at.parameters, 1, number), np.arange(number)
        begin = np.tile(at.parameters, (number, 1))
        with_signal = _q(toys, best_fit(toys, at.parameters), strength, begin)
        # these toys are those of the strength before, whose best nuisance parameters are near
        without = _q(self._background.take(some), self._best.take(some), strength, self._last[:number])
        seen = np.nan
        if self._observed is not None:
            seen = float(_q(self._data, self._observed, strength, at.parameters.copy())[0])
        return np.sort(with_signal)[::-1], np.sort(without)[::-1], seen


def _q(likelihood: Likelihood, best: Fit, strength: float, begin: FloatArray) -> FloatArray:
    """q̃ of each fit; ``begin`` (N, P) become the best parameters at this strength where q̃ is not 0."""
    ratio, below = np.zeros(likelihood.number), np.flatnonzero(best.strength <= strength)
    if not below.size:
        return ratio
    conditional = conditional_fit(likelihood.take(below), np.full(len(below), strength), begin[below])
    begin[below] = conditional.parameters
    ratio[below] = 2.0 * np.maximum(conditional.value - best.value[below], 0.0)
    return ratio


def toy_limits(
    templates: Templates, counts: FloatArray | None, confidence_level: float, number: int, seed: int, guess: FloatArray
) -> ToyLimits:
    """Limits of one template by ``number`` toys at each strength; ``guess`` (5,) are those of asymptotic formulae."""
    wanted = np.log(1.0 - confidence_level)
    ensemble = _Ensemble(templates, counts, number, seed)
    first, second, last = (max(round(share * number), min(number, _FEWEST)) for share in _SHARES)
    table = _Table()
    table.add(ensemble, np.log(np.geomspace(0.5 * guess[0], 3.0 * guess[-1], _FIRST)), first)
    columns = range(len(BANDS) + (counts is not None))
    for each in (second, last):
        table.add(ensemble, np.asarray([table.root(column, wanted)[0] for column in columns]), each)
    found = np.asarray([table.root(column, wanted) for column in columns])
    limits, errors, width = np.exp(found[:, 0]), found[:, 1], len(BANDS)
    return ToyLimits(
        expected=limits[:width],
        expected_errors=errors[:width],
        observed=None if counts is None else float(limits[width]),
        observed_error=0.0 if counts is None else float(errors[width]),
    )


class _Table:
    """ln CL_s at -2 ... +2 standard deviations and for the data, at strengths where toys were made."""

    def __init__(self) -> None:
        self._strength, self._value, self._error = np.empty(0), np.empty((0, 6)), np.empty((0, 6))

    def add(self, ensemble: _Ensemble, log_strength: FloatArray, number: int) -> None:
        """Make ``number`` toys at each strength that is not there yet."""
        fresh = np.unique(log_strength)
        found = [_log_cls(*ensemble.statistics(float(np.exp(each)), number)) for each in fresh]
        self._strength = np.append(self._strength, fresh)
        self._value = np.concatenate([self._value, [value for value, _ in found]])
        self._error = np.concatenate([self._error, [error for _, error in found]])

    def root(self, column: int, wanted: float) -> tuple[float, float]:
        """ln μ at the limit and its statistical error, from a straight line through the points near it."""
        order = np.argsort(self._strength, kind="stable")
        x, y = self._strength[order], self._value[order, column]
        weight = np.maximum(self._error[order, column], 1e-3) ** -2
        falling = np.minimum.accumulate(y)
        first = float(np.interp(-wanted, -falling, x))
        near, wide = _around(x, first, _NEAR), _around(x, first, _WIDE)
        slope = np.polyfit(x[wide], y[wide], 1, w=np.sqrt(weight[wide]))[0]
        # the points share random numbers: more of them are no more accurate
        error = float(np.max(weight[near]) ** -0.5)
        if not slope < 0:
            return first, float("nan")
        there = np.average(y[near] - wanted - slope * (x[near] - first), weights=weight[near])
        return first + float(np.clip(-there / slope, -_NEAR, _NEAR)), float(error / -slope)


def _around(x: FloatArray, centre: float, width: float) -> npt.NDArray[np.bool_]:
    """The points within ``width``, or as much farther as a few different ones need."""
    near = np.abs(x - centre) < width
    while len(np.unique(x[near].round(3))) < _ENOUGH and not near.all():
        width *= 1.5
        near = np.abs(x - centre) < width
    return near


def _log_cls(with_signal: FloatArray, without: FloatArray, seen: float) -> tuple[FloatArray, FloatArray]:
    """ln CL_s at -2 ... +2 standard deviations and for the data, and its statistical errors."""
    number = len(without)
    share = ndtr(np.asarray(BANDS, dtype=np.float64))
    order = np.ceil(share * number).astype(int) - 1
    spread = np.ceil(np.sqrt(share * (1.0 - share) * number)).astype(int)

    def tails(shift: int) -> tuple[FloatArray, FloatArray]:
        rank = np.clip(order + shift * spread, 0, number - 1)
        thresholds = np.append(without[rank], seen) - _TIES
        above = [np.searchsorted(-falling, -thresholds, side="right") for falling in (with_signal, without)]
        return np.maximum(above[0], 0.5) / number, np.maximum(above[1], 0.5) / number

    signal_tail, background_tail = tails(0)
    variance = (1.0 - signal_tail) / (signal_tail * number)
    variance += (1.0 - background_tail) / (background_tail * number)
    # a quantile of the background fluctuates too; the data do not
    (low, low_tail), (high, high_tail) = tails(-1), tails(1)
    variance += np.square(0.5 * np.log(high * low_tail / (low * high_tail)))
    return np.log(signal_tail / background_tail), np.sqrt(np.maximum(variance, 0.0))
