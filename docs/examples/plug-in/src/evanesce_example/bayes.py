"""The Bayesian upper limit of a counting experiment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import stats

from evanesce.prediction import Prediction
from evanesce.statistics import BANDS, Interval
from evanesce.statistics.base import in_signal_events, only_bin

__all__ = ["FlatPrior"]


@dataclass(frozen=True, slots=True)
class FlatPrior:
    """90 % credible limit with a prior that is constant for a signal s ≥ 0, and a background that is known.

    The posterior integrates to 1 - C = Q(n + 1, s + b)/Q(n + 1, b) above s, with the regularised incomplete Γ function
    (Review of Particle Physics, section Statistics). The inverse is that of a Γ distribution.
    """

    name: ClassVar[str] = "bayes-flat"
    confidence_level: ClassVar[float] = 0.90
    description: ClassVar[str] = "90 % of the posterior, prior constant in the signal"
    reference: ClassVar[str] = "Review of Particle Physics, section Statistics"
    uses_systematics: ClassVar[bool] = False

    def signal_limit(self, background: float) -> float:
        """Excluded events where the count is the median of the ``background``."""
        return self.excluded(int(stats.poisson.median(background)), background)

    def excluded(self, observed: int, background: float) -> float:
        """Excluded events for a count and a background."""
        posterior = stats.gamma(observed + 1)
        return float(posterior.isf((1.0 - self.confidence_level) * posterior.sf(background))) - background

    def upper_limit(self, prediction: Prediction) -> Interval:
        """Upper limit on μ from one bin: expected at the median count, and observed if there is a count."""
        region, signal, background = only_bin(self.name, prediction)
        median = self.signal_limit(background)
        expected = np.full((*np.shape(signal), len(BANDS)), math.nan)
        expected[..., BANDS.index(0)] = in_signal_events(signal, median)
        if region.observed is None:
            return Interval(expected=expected, signal_limit=median)
        events = self.excluded(int(region.observed[0]), background)
        return Interval(expected=expected, observed=in_signal_events(signal, events), signal_limit=events)
