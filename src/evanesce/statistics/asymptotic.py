r"""Limits from asymptotic distributions of likelihood ratios, G. Cowan et al., arXiv:1007.1727.

The test statistic of an upper limit is q̃_μ = 2 [-ln L(μ, θ̂_μ) + ln L(μ̂, θ̂)] for 0 ≤ μ̂ ≤ μ, with μ̂ = 0 for a deficit
and q̃ = 0 for μ̂ > μ. With q_A its value for Asimov data without signal, N standard deviations of the background give

    CL_s = [1 - Φ(√q_A - N)] / Φ(N),   so that   √q_A(μ) = Φ⁻¹(1 - (1 - CL) Φ(N)) + N.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtr, ndtri

from evanesce.statistics.base import BANDS
from evanesce.statistics.fit import best_fit, conditional_fit, start
from evanesce.statistics.likelihood import Data, Likelihood
from evanesce.statistics.templates import Templates
from evanesce.validation import FloatArray

__all__ = [
    "asimov",
    "asimov_likelihood",
    "discovery_strengths",
    "expected_strengths",
    "log_cls",
    "observed_likelihood",
    "observed_strengths",
]

_Index: TypeAlias = npt.NDArray[np.intp]
_ACCURATE: Final[float] = 1e-5
"""Relative step of a root below which it is the last; Newton's method leaves the square of it."""
_STEPS: Final[int] = 200


def asimov(likelihood: Likelihood, parameters: FloatArray) -> Likelihood:
    """The same likelihoods with data exactly as expected at ``parameters`` (N, P), auxiliary ones included."""
    data = Data(counts=likelihood.expected(parameters), auxiliary=likelihood.auxiliary(parameters))
    return Likelihood(nuisances=likelihood.nuisances, nominal=likelihood.nominal, effects=likelihood.effects, data=data)


def asimov_likelihood(templates: Templates, which: _Index, strength: FloatArray) -> Likelihood:
    """Likelihoods of the templates ``which`` with Asimov data of a signal ``strength`` and nominal nuisances."""
    number, bins, width = len(which), templates.nominal.shape[2], len(templates.nuisances.names)
    blank = Data(counts=np.zeros((number, bins)), auxiliary=np.zeros((number, width)))
    likelihood = Likelihood.of(templates, which, blank)
    return asimov(likelihood, start(likelihood, strength))


def observed_likelihood(templates: Templates, counts: FloatArray) -> Likelihood:
    """Observed ``counts`` (B,) and the auxiliary measurements, for every template."""
    shape = (templates.number, 1)
    data = Data(counts=np.tile(counts, shape), auxiliary=np.tile(templates.nuisances.measured, shape))
    return Likelihood.of(templates, np.arange(templates.number), data)


def expected_strengths(templates: Templates, confidence_level: float, counts: FloatArray | None = None) -> FloatArray:
    """Signal events excluded at -2 ... +2 standard deviations, shape (T, 5).

    The background is that of the nuisances which fit ``counts`` (B,) best, or of the nominal ones.
    """
    bands = np.asarray(BANDS, dtype=np.float64)
    wanted = ndtri(1.0 - (1.0 - confidence_level) * ndtr(bands)) + bands
    which = np.repeat(np.arange(templates.number), len(bands))
    background = asimov_likelihood(templates, which, np.zeros(len(which)))
    if counts is not None:
        fitted = conditional_fit(observed_likelihood(templates, counts), np.zeros(templates.number)).parameters
        background = asimov(background, fitted[which])
    root = _AsimovRoot(background)
    target = np.tile(wanted, templates.number)

    def excess(strength: FloatArray, index: _Index) -> tuple[FloatArray, FloatArray]:
        value, slope = root(strength, index)
        return value - target[index], slope

    return _rising_roots(excess, _guess(templates)[which] * target / 1.6).reshape(-1, len(bands))


def observed_strengths(templates: Templates, counts: FloatArray, confidence_level: float) -> FloatArray:
    """Signal events that ``counts`` (B,) exclude, shape (T,); Asimov data at the best nuisances without signal."""
    likelihood = observed_likelihood(templates, counts)
    best = best_fit(likelihood)
    without = conditional_fit(likelihood, np.zeros(templates.number)).parameters
    seen, pseudo = _AsimovRoot(likelihood, best.value), _AsimovRoot(asimov(likelihood, without))
    level = np.log(1.0 - confidence_level)

    def excess(strength: FloatArray, index: _Index) -> tuple[FloatArray, FloatArray]:
        (root, slope), (asimov_root, asimov_slope) = seen(strength, index), pseudo(strength, index)
        above = strength > best.strength[index]
        root, slope = np.where(above, root, 0.0), np.where(above, slope, 0.0)
        small = 1e-6 * (1.0 + asimov_root)
        along = (root + small * slope, asimov_root + small * asimov_slope)
        now = log_cls(root, asimov_root)
        return level - now, (now - log_cls(*along)) / small

    return _rising_roots(excess, best.strength + _guess(templates))


def discovery_strengths(templates: Templates, significance: float) -> FloatArray:
    """Signal events whose Asimov data have √q_0 = Z + N, N = -2 ... +2, shape (T, 5), Eq. (52) of arXiv:1007.1727."""
    bands = np.asarray(BANDS, dtype=np.float64)
    if not templates.number:
        return np.empty((0, len(bands)))
    target = np.tile(significance + bands, templates.number)
    which = np.repeat(np.arange(templates.number), len(bands))

    def root(strength: FloatArray, index: _Index) -> FloatArray:
        likelihood = asimov_likelihood(templates, which[index], strength)
        return np.sqrt(2.0 * conditional_fit(likelihood, np.zeros(len(index))).value)

    def excess(strength: FloatArray, index: _Index) -> tuple[FloatArray, FloatArray]:
        small = 1e-4 * strength
        value = root(strength, index)
        return value - target[index], (root(strength + small, index) - value) / small

    return _rising_roots(excess, _guess(templates)[which] * target / 1.6).reshape(-1, len(bands))


def log_cls(root: FloatArray, asimov_root: FloatArray) -> FloatArray:
    """ln CL_s for √q̃ and √q̃_A, Eqs. (65) and (66) of arXiv:1007.1727 in both of their ranges."""
    beyond = root > asimov_root
    safe = np.where(beyond, np.maximum(asimov_root, 1e-300), 1.0)
    both = np.where(beyond, (root**2 + asimov_root**2) / (2.0 * safe), root)
    background = np.where(beyond, (root**2 - asimov_root**2) / (2.0 * safe), root - asimov_root)
    return np.asarray(log_ndtr(-both) - log_ndtr(-background))


class _AsimovRoot:
    """√(2 (-ln L)) above a best value at fixed strengths, with slopes; a fit begins where the last one ended."""

    def __init__(self, likelihood: Likelihood, best: FloatArray | None = None) -> None:
        self._likelihood = likelihood
        self._best = np.zeros(likelihood.number) if best is None else best
        self._last = start(likelihood, np.zeros(likelihood.number))

    def __call__(self, strength: FloatArray, index: _Index) -> tuple[FloatArray, FloatArray]:
        found = conditional_fit(self._likelihood.take(index), strength, self._last[index])
        self._last[index] = found.parameters
        root = np.sqrt(2.0 * np.maximum(found.value - self._best[index], 0.0))
        return root, np.divide(found.slope, root, out=np.zeros_like(root), where=root > 0)


def _guess(templates: Templates) -> FloatArray:
    """Signal events of about 1.6 standard deviations of the best bins, shape (T,)."""
    signal, background = templates.nominal[:, 0], templates.nominal[:, 1:].sum(axis=1)
    return np.asarray(1.6 / np.sqrt(np.sum(signal**2 / (background + 1.0), axis=1)) + 1.0)


def _rising_roots(
    function: Callable[[FloatArray, _Index], tuple[FloatArray, FloatArray]], guess: FloatArray
) -> FloatArray:
    """Where each function, negative at 0 and rising, passes zero; it returns values and slopes.

    Newton's method between the points found on either side, halving or doubling where it leaves them.
    """
    x, low, high = guess.copy(), np.zeros_like(guess), np.full_like(guess, np.inf)
    left = np.arange(len(x))
    for _ in range(_STEPS):
        value, slope = function(x[left], left)
        low[left] = np.where(value < 0, x[left], low[left])
        high[left] = np.where(value < 0, high[left], x[left])
        trial = x[left] - np.divide(value, slope, out=np.full_like(value, np.nan), where=slope > 0)
        closed = np.isfinite(high[left])
        inside = (trial > low[left]) & (trial < high[left])
        outside = np.where(closed, 0.5 * (low[left] + np.where(closed, high[left], 0.0)), 4.0 * x[left])
        trial = np.where(inside, np.minimum(trial, 16.0 * x[left]), outside)
        settled = np.abs(trial - x[left]) <= _ACCURATE * x[left]
        x[left] = trial
        left = left[~settled]
        if not left.size:
            break
    return x
