"""Fits of many likelihoods at once, by Newton's method with bounds."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.numerics import available_cores
from evanesce.statistics.likelihood import Derivatives, Likelihood
from evanesce.validation import FloatArray

__all__ = ["Fit", "best_fit", "conditional_fit", "fit", "start"]

_STEPS: Final[int] = 200
_SHORTEST: Final[float] = 1e-8
"""Part of a step below which the fit gives up."""
_DECREASE: Final[float] = 1e-7
"""Expected decrease of -ln L below which a step is the last; the error that it leaves is about the square of this."""
_LARGEST_STEP: Final[float] = 3.0
"""Of a Gaussian parameter, in standard deviations: beyond, factors are far from their linear form."""
_GROWTH: Final[float] = 10.0
"""Largest increase of a parameter, relative to itself and one."""
_DAMPING: Final[float] = 0.05
"""Relative increase of the diagonal of the second derivatives where they alone give no good step."""
_HARDLY: Final[float] = 0.5
"""Signal events of a fit that begins with hardly any."""
_POOR: Final[float] = 20.0
"""-ln L above a perfect fit that, with one a bin, no data reach by chance: about six standard deviations."""
_ROUNDING: Final[float] = 1e-12
_NEAR: Final[float] = 1e-3
"""A parameter nearer to its bound than this is at the bound if the step would pass it."""
_AT_ONCE: Final[int] = 200_000
"""Numbers in the largest array, fits × parameters × components × bins, so that they stay in the caches."""
_WORTH_COMPILING: Final[int] = 500_000
"""The same number of all fits from which loading compiled code is quicker than arrays."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """Best parameters (N, P) and -ln L (N,), relative to a perfect fit."""

    parameters: FloatArray
    value: FloatArray
    slope: FloatArray
    """Derivative of the value with respect to the signal strength, shape (N,)."""
    converged: npt.NDArray[np.bool_]

    @property
    def strength(self) -> FloatArray:
        """Signal strengths, shape (N,)."""
        return self.parameters[:, 0]

    def take(self, index: npt.NDArray[np.intp]) -> Fit:
        """Some of the fits."""
        return Fit(
            parameters=self.parameters[index],
            value=self.value[index],
            slope=self.slope[index],
            converged=self.converged[index],
        )

    def better(self, index: npt.NDArray[np.intp], other: Fit) -> Fit:
        """Replace the fits ``index`` by those of ``other`` that are lower, or that alone converged."""
        lower = ((other.value < self.value[index]) & other.converged) | ~self.converged[index]
        chosen = index[lower]
        found = Fit(
            parameters=self.parameters.copy(),
            value=self.value.copy(),
            slope=self.slope.copy(),
            converged=self.converged.copy(),
        )
        for name in ("parameters", "value", "slope", "converged"):
            getattr(found, name)[chosen] = getattr(other, name)[lower]
        return found


def start(likelihood: Likelihood, strength: FloatArray) -> FloatArray:
    """Parameters at given signal strengths and nominal nuisances, shape (N, P)."""
    nominal = likelihood.nuisances.nominal
    return np.column_stack([strength, np.broadcast_to(nominal, (len(strength), len(nominal)))])


def best_fit(likelihood: Likelihood, begin: FloatArray | None = None, *, smallest: FloatArray | float = 0.0) -> Fit:
    """Fit of strength and nuisances, from a first guess of the signal; the nuisances from ``begin`` (1, P) if given.

    Where nothing describes the data there may be several minima: such fits begin again with hardly any signal.
    """
    signal, background = likelihood.nominal[:, 0], likelihood.nominal[:, 1:].sum(axis=1)
    weight = signal / np.maximum(background, 1.0)
    excess = np.sum(weight * (likelihood.data.counts - background), axis=1) / np.sum(weight * signal, axis=1)
    guess = np.maximum(excess, _HARDLY)
    parameters = start(likelihood, guess)
    if begin is not None:
        parameters[:, 1:] = begin[:, 1:]
    best = fit(likelihood, parameters, smallest=smallest)
    poor = np.flatnonzero(best.value > _POOR + likelihood.data.counts.shape[1])
    if not poor.size:
        return best
    among = likelihood.take(poor)
    without = conditional_fit(among, np.full(len(poor), _HARDLY)).parameters
    bound = np.broadcast_to(smallest, (likelihood.number,))[poor]
    return best.better(poor, fit(among, without, smallest=bound))


def conditional_fit(likelihood: Likelihood, strength: FloatArray, begin: FloatArray | None = None) -> Fit:
    """Fit of the nuisances at fixed signal strengths."""
    parameters = start(likelihood, strength) if begin is None else begin.copy()
    parameters[:, 0] = strength
    return fit(likelihood, parameters, free_strength=False)


def fit(
    likelihood: Likelihood,
    parameters: FloatArray,
    *,
    free_strength: bool = True,
    fixed: npt.NDArray[np.bool_] | None = None,
    smallest: FloatArray | float = 0.0,
) -> Fit:
    """Minimise -ln L from ``parameters`` (N, P).

    Parameters
    ----------
    likelihood
        The likelihoods of N fits.
    parameters
        Where to begin.
    free_strength
        Whether the signal strength is fitted; otherwise it stays.
    fixed
        Further parameters that stay, shape (N, P).
    smallest
        Smallest signal strength, shape (N,) or a number.

    """
    number = len(parameters)
    free = np.ones(parameters.shape, dtype=bool) if fixed is None else ~fixed
    free[:, 0] &= free_strength
    lower = np.tile(np.concatenate([[0.0], likelihood.nuisances.lower]), (number, 1))
    lower[:, 0] = smallest if free_strength else -np.inf
    each = max(1, int(np.prod(likelihood.effects.shape[1:])))
    one = len(likelihood.nominal) == 1
    if one and number * each > _WORTH_COMPILING and find_spec("numba") is not None:
        return _compiled(likelihood, parameters, free, lower)
    size = max(1, _AT_ONCE // each)
    chunks = [np.arange(first, min(first + size, number)) for first in range(0, number, size)]

    def part(index: npt.NDArray[np.intp]) -> Fit:
        return _newton(likelihood.take(index), parameters[index], free[index], lower[index])

    if len(chunks) == 1:
        return part(chunks[0])
    with ThreadPoolExecutor(available_cores()) as pool:
        return _joined(list(pool.map(part, chunks)))


def _joined(parts: Sequence[Fit]) -> Fit:
    return Fit(
        parameters=np.concatenate([each.parameters for each in parts]),
        value=np.concatenate([each.value for each in parts]),
        slope=np.concatenate([each.slope for each in parts]),
        converged=np.concatenate([each.converged for each in parts]),
    )


def _compiled(likelihood: Likelihood, parameters: FloatArray, free: npt.NDArray[np.bool_], lower: FloatArray) -> Fit:
    """The same steps as :func:`_newton` takes, by compiled code."""
    from evanesce.statistics.compiled.newton import CompiledFit

    newton = CompiledFit(likelihood, (_STEPS, _SHORTEST, _DECREASE, _LARGEST_STEP, _GROWTH, _DAMPING, _NEAR))
    cores = available_cores()
    ends = [round(share * len(parameters) / cores) for share in range(cores + 1)]

    def part(first: int, last: int) -> Fit:
        best, value, slope, converged = newton(parameters, free, lower, slice(first, last))
        return Fit(parameters=best, value=value, slope=slope, converged=converged)

    with ThreadPoolExecutor(cores) as pool:
        return _joined(list(pool.map(part, ends[:-1], ends[1:])))


def _newton(likelihood: Likelihood, parameters: FloatArray, free: npt.NDArray[np.bool_], lower: FloatArray) -> Fit:
    x = np.maximum(parameters, lower)
    value, slope, converged = np.empty(len(x)), np.empty(len(x)), np.zeros(len(x), dtype=bool)
    left, here, share = np.arange(len(x)), x.copy(), np.ones(len(x))
    found = likelihood.derivatives(x)
    gaussian = likelihood.nuisances.gaussian
    for remaining in range(_STEPS, -1, -1):
        step, gain = _step(found, here, free[left], lower[left], gaussian)
        trial = np.maximum(here + share[:, None] * step, lower[left])
        done = (gain < _DECREASE) | (share < _SHORTEST) | (remaining == 0)
        if done.any():
            # the last step is taken without looking
            ended, moved = left[done], trial[done] - here[done]
            x[ended], value[ended] = trial[done], found.value[done] - np.where(gain < _DECREASE, 0.5 * gain, 0.0)[done]
            slope[ended] = found.gradient[done, 0] + np.einsum("np,np->n", found.hessian[done, 0], moved)
            converged[ended] = gain[done] < _DECREASE
            keep = np.flatnonzero(~done)
            left, here, share, trial, found = left[keep], here[keep], share[keep], trial[keep], found.take(keep)
        if not left.size:
            break
        reached = likelihood.take(left).derivatives(trial)
        better = reached.value <= found.value + 1e-13 * (1.0 + found.value)
        here[better] = trial[better]
        found.put(better, reached.take(better))
        share = np.where(better, 1.0, 0.5 * share)
    return Fit(parameters=x, value=np.maximum(value, 0.0), slope=slope, converged=converged)


def _step(
    found: Derivatives,
    x: FloatArray,
    free: npt.NDArray[np.bool_],
    lower: FloatArray,
    gaussian: npt.NDArray[np.bool_],
) -> tuple[FloatArray, FloatArray]:
    """Newton's step and the decrease it promises; parameters that want to pass their bound end there."""
    blocked = ~free | ((x <= lower + _ROUNDING) & (found.gradient > 0))
    step, gain = _within(found.hessian, found.gradient, x, blocked, lower - x)
    # at a saddle point nothing but a parameter that leaves its bound may be left to do; and -ln L is never negative,
    # so that a larger decrease means that the counts do not determine all parameters
    leaving = np.any((x <= lower + _ROUNDING) & ~blocked, axis=1)
    wrong = ~(gain >= 0) | (leaving & (gain < _DECREASE)) | (gain > 2.0 * found.value + 1e-3)
    if wrong.any():
        pushed = x[wrong], blocked[wrong], (lower - x)[wrong]
        step[wrong], gain[wrong] = _within(found.convex[wrong], found.gradient[wrong], *pushed, _DAMPING)
    return step * _share(step, x, lower, gaussian)[:, None], gain


def _within(
    matrix: FloatArray,
    gradient: FloatArray,
    x: FloatArray,
    blocked: npt.NDArray[np.bool_],
    room: FloatArray,
    damping: float = 1e-12,
) -> tuple[FloatArray, FloatArray]:
    """Step and decrease; a parameter near its bound that would pass it ends there, and the others do not rely on it."""
    step, gain = _solved(matrix, gradient, x, blocked, damping)
    passing = (room >= -_NEAR) & (step < room) & ~blocked
    if (again := passing.any(axis=1)).any():
        held = (blocked | passing)[again]
        step[again], gain[again] = _solved(matrix[again], gradient[again], x[again], held, damping)
    return np.where(passing, room, step), gain


def _share(step: FloatArray, x: FloatArray, lower: FloatArray, gaussian: npt.NDArray[np.bool_]) -> FloatArray:
    """Part of each step to take: until the first parameter meets its bound, and not too far."""
    longest = _GROWTH * (np.abs(x) + 1.0)
    longest[:, 1:] = np.where(gaussian, _LARGEST_STEP, longest[:, 1:])
    allowed = np.minimum(longest, np.where(step < 0, x - lower, np.inf))
    size = np.abs(step)
    return np.asarray(np.min(np.where(size > allowed, allowed / np.maximum(size, 1e-300), 1.0), axis=1))


def _solved(
    matrix: FloatArray, gradient: FloatArray, x: FloatArray, blocked: npt.NDArray[np.bool_], damping: float
) -> tuple[FloatArray, FloatArray]:
    diagonal = np.arange(gradient.shape[1])
    masked = np.where(blocked[:, :, None] | blocked[:, None, :], 0.0, matrix)
    curvature = masked[:, diagonal, diagonal]
    # where no count is seen -ln L is linear in a strength: a long step down the slope ends at the bound
    unit = 1.0 + np.square(x)
    flat = np.where(np.abs(curvature) * unit < 1e-10, 1e-4 / unit, damping * np.abs(curvature))
    masked[:, diagonal, diagonal] += np.where(blocked, 1.0, flat)
    slope = np.where(blocked, 0.0, gradient)
    step = -np.linalg.solve(masked, slope[..., None])[..., 0]
    return step, -np.sum(slope * step, axis=1)
