"""Fits of many likelihoods at once, by Newton's method with bounds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
_AT_ONCE: Final[int] = 200_000
"""Numbers in the largest array, fits × parameters × components × bins, so that they stay in the caches."""


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


def start(likelihood: Likelihood, strength: FloatArray) -> FloatArray:
    """Parameters at given signal strengths and nominal nuisances, shape (N, P)."""
    nominal = likelihood.nuisances.nominal
    return np.column_stack([strength, np.broadcast_to(nominal, (len(strength), len(nominal)))])


def best_fit(likelihood: Likelihood, *, smallest: FloatArray | float = 0.0) -> Fit:
    """Fit of strength and nuisances, from a first guess of the signal."""
    background = likelihood.nominal[:, 1:].sum(axis=(1, 2))
    guess = np.maximum(likelihood.data.counts.sum(axis=1) - background, 0.5)
    return fit(likelihood, start(likelihood, guess), smallest=smallest)


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
    size = max(1, _AT_ONCE // max(1, int(np.prod(likelihood.effects.shape[1:]))))
    chunks = [np.arange(first, min(first + size, number)) for first in range(0, number, size)]

    def part(index: npt.NDArray[np.intp]) -> Fit:
        return _newton(likelihood.take(index), parameters[index], free[index], lower[index])

    if len(chunks) == 1:
        return part(chunks[0])
    with ThreadPoolExecutor(available_cores()) as pool:
        done = list(pool.map(part, chunks))
    return Fit(
        parameters=np.concatenate([each.parameters for each in done]),
        value=np.concatenate([each.value for each in done]),
        slope=np.concatenate([each.slope for each in done]),
        converged=np.concatenate([each.converged for each in done]),
    )


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
            x[ended], value[ended] = trial[done], found.value[done] - 0.5 * gain[done]
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
    """Newton's step and the decrease it promises; parameters at their bound that want to pass it stay."""
    blocked = ~free | ((x <= lower) & (found.gradient > 0))
    step, gain = _solved(found.hessian, found.gradient, blocked)
    passing = (x <= lower) & (step < 0) & ~blocked
    if (again := passing.any(axis=1)).any():
        blocked = blocked | passing
        step[again], gain[again] = _solved(found.hessian[again], found.gradient[again], blocked[again])
    if (wrong := ~(gain >= 0)).any():
        step[wrong], gain[wrong] = _solved(found.convex[wrong], found.gradient[wrong], blocked[wrong])
    longest = np.abs(np.where(gaussian, step[:, 1:], 0.0)).max(axis=1, initial=0.0)
    return step * np.minimum(1.0, _LARGEST_STEP / np.maximum(longest, _LARGEST_STEP))[:, None], gain


def _solved(matrix: FloatArray, gradient: FloatArray, blocked: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    diagonal = np.arange(gradient.shape[1])
    masked = np.where(blocked[:, :, None] | blocked[:, None, :], 0.0, matrix)
    curvature = masked[:, diagonal, diagonal]
    # where no count is seen -ln L is linear in a strength: a long step down the slope ends at the bound
    flat = np.where(np.abs(curvature) < 1e-10, 1e-4, 1e-12 * np.abs(curvature))
    masked[:, diagonal, diagonal] += np.where(blocked, 1.0, flat)
    slope = np.where(blocked, 0.0, gradient)
    step = -np.linalg.solve(masked, slope[..., None])[..., 0]
    return step, -np.sum(slope * step, axis=1)
