"""The fit of :mod:`evanesce.statistics.fit` as a loop over pseudo-experiments of one template.

Newton's method takes a different number of steps in each fit, and most nuisance parameters act on few components: a
compiled loop takes no step more than a fit needs, and visits the pairs of parameters and components that matter alone.
Imports numba, and raises MissingExtraError if it is not installed.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.numerics.compiled import compiled, inlined
from evanesce.statistics.likelihood import BEND, STRAIGHT, Likelihood
from evanesce.statistics.templates import SMALLEST
from evanesce.validation import FloatArray

__all__ = ["CompiledFit"]

_LOCK: Final = threading.Lock()
_ROUNDING: Final[float] = 1e-12


def _misfit_of(count: Any, mean: Any) -> Any:
    """ν - n - n ln(ν/n), zero at ν = n."""
    if count > 0:
        relative = (max(mean, SMALLEST) - count) / count
        return count * (relative - math.log1p(relative))
    return max(mean, 0.0)


_misfit: Any = inlined(_misfit_of)


def _evaluate_at(
    x: Any,
    counts: Any,
    auxiliary: Any,
    model: Any,
    parts: Any,
    slopes: Any,
    bends: Any,
    first: Any,
    gradient: Any,
    hessian: Any,
    convex: Any,
) -> Any:
    """-ln L; fills the gradient and both matrices of second derivatives."""
    nominal, parameter, component, effects, linear, gaussian, measured, origin = model
    components, bins = nominal.shape
    width = len(x)
    for c in range(components):
        for b in range(bins):
            parts[c, b] = 0.0
    for pair in range(len(parameter)):
        k, c = parameter[pair], component[pair]
        if not linear[k]:
            for b in range(bins):
                parts[c, b] += x[k + 1] * effects[pair, b]
                slopes[pair, b] = effects[pair, b]
    for c in range(components):
        for b in range(bins):
            exponent = min(max(parts[c, b], -300.0), 300.0)
            parts[c, b] = nominal[c, b] * (math.exp(exponent) if exponent != 0.0 else 1.0)
    for pair in range(len(parameter)):
        k, c = parameter[pair], component[pair]
        if linear[k]:
            shift = x[k + 1] - origin[k]
            for b in range(bins):
                effect = effects[pair, b]
                factor = 1.0 + effect * shift
                bend = 0.0
                if gaussian[k] and factor < STRAIGHT * BEND:
                    scaled = factor / BEND
                    share = 1.0 / (1.0 + math.exp(-scaled)) if scaled > -700.0 else 0.0
                    if scaled > 0.0:
                        factor = BEND * (scaled + math.log1p(math.exp(-scaled))) + SMALLEST
                    else:
                        factor = BEND * math.log1p(math.exp(scaled)) + SMALLEST
                    slope = share / factor
                    bend = share * (1.0 - share) / (BEND * factor)
                else:
                    factor = max(factor, SMALLEST)
                    slope = 1.0 / factor
                parts[c, b] *= factor
                slopes[pair, b] = effect * slope
                bends[pair, b] = effect * effect * bend
    for p in range(width):
        gradient[p] = 0.0
        for q in range(width):
            hessian[p, q] = 0.0
            convex[p, q] = 0.0
        for b in range(bins):
            first[p, b] = 0.0
    for pair in range(len(parameter)):
        k, c = parameter[pair], component[pair]
        scale = x[0] if c == 0 else 1.0
        for b in range(bins):
            first[k + 1, b] += scale * parts[c, b] * slopes[pair, b]
    value, negative = 0.0, False
    for b in range(bins):
        raw = x[0] * parts[0, b]
        for c in range(1, components):
            raw += parts[c, b]
        negative |= raw < 0
        mean, count = max(raw, SMALLEST), counts[b]
        value += _misfit(count, mean)
        residual, weight = 1.0 - count / mean, count / (mean * mean)
        first[0, b] = parts[0, b]
        for p in range(width):
            gradient[p] += first[p, b] * residual
            weighted = first[p, b] * weight
            for q in range(p + 1):
                convex[p, q] += weighted * first[q, b]
        # from here on: each component times the residual of its bin
        for c in range(components):
            parts[c, b] *= residual
    for pair in range(len(parameter)):
        k, c = parameter[pair], component[pair]
        if c == 0:
            for b in range(bins):
                hessian[k + 1, 0] += parts[0, b] * slopes[pair, b]
        scale = x[0] if c == 0 else 1.0
        if linear[k]:
            for b in range(bins):
                hessian[k + 1, k + 1] += scale * parts[c, b] * bends[pair, b]
        other = pair if not linear[k] else pair - 1
        # pairs of one component follow each other
        while other >= 0 and component[other] == c:
            p, q = max(k, parameter[other]) + 1, min(k, parameter[other]) + 1
            for b in range(bins):
                hessian[p, q] += scale * parts[c, b] * slopes[pair, b] * slopes[other, b]
            other -= 1
    for k in range(width - 1):
        theta = x[k + 1]
        stiffness = 0.0
        if gaussian[k]:
            difference = theta - auxiliary[k]
            value += 0.5 * difference * difference
            gradient[k + 1] += difference
            stiffness = 1.0
        elif measured[k] > 0:
            value += _misfit(auxiliary[k], measured[k] * theta)
            gradient[k + 1] += measured[k] - auxiliary[k] / theta
            stiffness = auxiliary[k] / (theta * theta)
        convex[k + 1, k + 1] += stiffness
    for p in range(width):
        for q in range(p + 1):
            hessian[p, q] += convex[p, q]
            hessian[q, p] = hessian[p, q]
            convex[q, p] = convex[p, q]
    return math.inf if negative else value


_evaluate: Any = compiled(_evaluate_at)


def _solution(matrix: Any, gradient: Any, x: Any, blocked: Any, damping: Any, work: Any, step: Any) -> Any:
    """Newton's step, and the decrease it promises; Gauss elimination with pivots."""
    width = len(x)
    for p in range(width):
        step[p] = 0.0 if blocked[p] else -gradient[p]
        for q in range(width):
            work[p, q] = 0.0 if blocked[p] or blocked[q] else matrix[p, q]
        if blocked[p]:
            work[p, p] = 1.0
        else:
            curvature, unit = abs(work[p, p]), 1.0 + x[p] * x[p]
            work[p, p] += 1e-4 / unit if curvature * unit < 1e-10 else damping * curvature
    for p in range(width):
        pivot = p
        for q in range(p + 1, width):
            if abs(work[q, p]) > abs(work[pivot, p]):
                pivot = q
        if pivot != p:
            step[p], step[pivot] = step[pivot], step[p]
            for q in range(p, width):
                work[p, q], work[pivot, q] = work[pivot, q], work[p, q]
        for q in range(p + 1, width):
            part = work[q, p] / work[p, p]
            if part != 0.0:
                step[q] -= part * step[p]
                for r in range(p + 1, width):
                    work[q, r] -= part * work[p, r]
    for p in range(width - 1, -1, -1):
        for q in range(p + 1, width):
            step[p] -= work[p, q] * step[q]
        step[p] /= work[p, p]
    gain = 0.0
    for p in range(width):
        if not blocked[p]:
            gain -= gradient[p] * step[p]
    return gain


_solved: Any = compiled(_solution)


def _bounded(
    matrix: Any,
    gradient: Any,
    x: Any,
    blocked: Any,
    lower: Any,
    damping: Any,
    near: Any,
    work: Any,
    held: Any,
    step: Any,
) -> Any:
    """Step and decrease; a parameter near its bound that would pass it ends there; others do not rely on it."""
    gain = _solved(matrix, gradient, x, blocked, damping, work, step)
    again = False
    for p in range(len(x)):
        room = lower[p] - x[p]
        passing = room >= -near and step[p] < room and not blocked[p]
        held[p] = blocked[p] or passing
        again |= passing
    if again:
        gain = _solved(matrix, gradient, x, held, damping, work, step)
        for p in range(len(x)):
            if held[p] and not blocked[p]:
                step[p] = lower[p] - x[p]
    return gain


_within: Any = compiled(_bounded)


def _minimise(
    parameters: Any, free: Any, lower: Any, counts: Any, auxiliary: Any, model: Any, limits: Any, found: Any, slope: Any
) -> None:
    """Fit each row of ``counts``; ``parameters`` become the best ones, and ``found`` has values and convergence."""
    steps, shortest, decrease, largest, growth, damping, near = limits
    nominal, parameter, gaussian = model[0], model[1], model[5]
    number, width = parameters.shape
    components, bins = nominal.shape
    parts, first = np.empty((components, bins)), np.empty((width, bins))
    slopes, bends = np.empty((len(parameter), bins)), np.zeros((len(parameter), bins))
    gradients, hessians = np.empty((2, width)), np.empty((2, width, width))
    convexes, work = np.empty((2, width, width)), np.empty((width, width))
    blocked, held = np.empty(width, dtype=np.bool_), np.empty(width, dtype=np.bool_)
    step, here, trial = np.empty(width), np.empty(width), np.empty(width)
    for i in range(number):
        bound = lower[i]
        for p in range(width):
            here[p] = max(parameters[i, p], bound[p])
        now, share, gain = 0, 1.0, 0.0
        arguments = (counts[i], auxiliary[i], model, parts, slopes, bends, first)
        value = _evaluate(here, *arguments, gradients[now], hessians[now], convexes[now])
        fresh = True
        for remaining in range(steps, -1, -1):
            gradient = gradients[now]
            if fresh:
                leaving = False
                for p in range(width):
                    at_bound = here[p] <= bound[p] + _ROUNDING
                    blocked[p] = not free[i, p] or (at_bound and gradient[p] > 0)
                    leaving |= at_bound and not blocked[p]
                gain = _within(hessians[now], gradient, here, blocked, bound, 1e-12, near, work, held, step)
                if not gain >= 0 or (leaving and gain < decrease) or gain > 2.0 * value + 1e-3:
                    gain = _within(convexes[now], gradient, here, blocked, bound, damping, near, work, held, step)
                taken = 1.0
                for p in range(width):
                    allowed = growth * (abs(here[p]) + 1.0)
                    if p > 0 and gaussian[p - 1]:
                        allowed = largest
                    if step[p] < 0:
                        allowed = min(allowed, here[p] - bound[p])
                    if abs(step[p]) > allowed:
                        taken = min(taken, allowed / max(abs(step[p]), 1e-300))
                for p in range(width):
                    step[p] *= taken
            for p in range(width):
                trial[p] = max(here[p] + share * step[p], bound[p])
            good = gain < decrease
            if good or share < shortest or remaining == 0:
                # the last step is taken without looking
                end = gradient[0]
                for p in range(width):
                    end += hessians[now, 0, p] * (trial[p] - here[p])
                    parameters[i, p] = trial[p]
                found[i, 0] = max(value - (0.5 * gain if good else 0.0), 0.0)
                found[i, 1] = 1.0 if good else 0.0
                slope[i] = end
                break
            new = 1 - now
            reached = _evaluate(trial, *arguments, gradients[new], hessians[new], convexes[new])
            fresh = reached <= value + 1e-13 * (1.0 + value)
            if fresh:
                for p in range(width):
                    here[p] = trial[p]
                now, value, share = new, reached, 1.0
            else:
                share *= 0.5


_fits: Any = compiled(_minimise)


class CompiledFit:
    """Fits of one template to the data of many pseudo-experiments.

    ``limits`` are the numbers of Newton's method, in the order of their names in :mod:`evanesce.statistics.fit`.
    """

    def __init__(self, likelihood: Likelihood, limits: Sequence[float]) -> None:
        nuisances = likelihood.nuisances
        effects = likelihood.effects[0]
        component, parameter = np.nonzero(np.any(effects != 0, axis=2).T)
        self._data = likelihood.data
        self._limits = (int(limits[0]), *(float(one) for one in limits[1:]))
        self._model = (
            np.ascontiguousarray(likelihood.nominal[0]),
            parameter,
            component,
            np.ascontiguousarray(effects[parameter, component]),
            np.arange(len(nuisances.names)) >= nuisances.exponential,
            np.ascontiguousarray(nuisances.gaussian),
            np.ascontiguousarray(nuisances.counts),
            np.ascontiguousarray(nuisances.origin),
        )
        # numba must not compile one function on two threads
        with _LOCK:
            none = np.empty((0, 1 + effects.shape[0]))
            self._run(slice(0, 0), none, none > 0, none)

    def _run(self, rows: slice, fit: FloatArray, free: Any, lower: FloatArray) -> tuple[FloatArray, FloatArray]:
        found, slope = np.empty((len(fit), 2)), np.empty(len(fit))
        counts, auxiliary = (np.ascontiguousarray(one[rows]) for one in (self._data.counts, self._data.auxiliary))
        _fits(fit, free, lower, counts, auxiliary, self._model, self._limits, found, slope)
        return found, slope

    def __call__(
        self, parameters: FloatArray, free: npt.NDArray[np.bool_], lower: FloatArray, rows: slice
    ) -> tuple[FloatArray, FloatArray, FloatArray, npt.NDArray[np.bool_]]:
        """Best parameters of the experiments ``rows``, -ln L, its slope in the strength, and whether it converged."""
        best = np.array(parameters[rows], dtype=np.float64, order="C")
        found, slope = self._run(rows, best, np.ascontiguousarray(free[rows]), np.ascontiguousarray(lower[rows]))
        return best, found[:, 0], slope, found[:, 1] > 0
