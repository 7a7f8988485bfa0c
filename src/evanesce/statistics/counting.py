"""The counting criteria of arXiv:2212.04252: section 4, appendix C and appendix F.

Each turns one expected background into one number of signal events, without observed counts and without systematic
uncertainties. Each is valid for a range of backgrounds only: ``events-2.3`` where the median count is zero,
``events-3`` where it is one, ``sqrt2.71`` where the counts are nearly Gaussian. sqrt(2.71) = 1.646 is the one-sided
95 % quantile of a Gaussian, which is also the median of the 90 % CLs limit when many events are expected: that is why
the limit is quoted at 90 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.prediction import Prediction
from evanesce.statistics.base import BANDS, CRITERIA, Interval, in_signal_events, only_bin
from evanesce.validation import non_negative

__all__ = ["GaussianCounting", "OneExpected", "ZeroExpected"]

_MEDIAN_ZERO: Final[float] = math.log(2.0)
"""Expected events below which the median count is zero."""
_MEDIAN_ONE: Final[float] = 1.6783469900166605
"""Expected events below which it is at most one: (1 + b) exp(-b) = 1/2."""
_MANY: Final[float] = 10.0
"""Expected events from which sqrt(2.71 N_b) is within 30 % of the median of the exact 90 % CLs limit."""


@CRITERIA.register("sqrt2.71")
@dataclass(frozen=True, slots=True)
class GaussianCounting:
    """N_s / sqrt(N_b) = sqrt(2.71): Δχ² = 2.71 with the Gaussian error of the background.

    Meant for many background events. The limit carries no systematic uncertainty of the background. Against the exact
    median of 90 % CLs it is 8 % low at 94 events, 21 % at 10 and half at 1.
    """

    name: ClassVar[str] = "sqrt2.71"
    confidence_level: ClassVar[float] = 0.90
    description: ClassVar[str] = "N_s = sqrt(2.71 N_b)"
    reference: ClassVar[str] = "arXiv:2212.04252, section 4, after arXiv:2111.15533"
    uses_systematics: ClassVar[bool] = False

    def signal_limit(self, background: float) -> float:
        """Excluded number of signal events for ``background`` > 0 expected background events.

        >>> round(GaussianCounting().signal_limit(1000) / GaussianCounting().signal_limit(94), 2)
        3.26

        Raises
        ------
        InvalidValueError
            A background that is negative, not finite, or zero: the limit would be zero events.

        """
        expected = non_negative("background", background)
        if expected == 0:
            raise InvalidValueError(
                f"background = {background}: criterion '{self.name}' needs a background greater than 0; "
                "without background use criterion 'events-2.3'"
            )
        return math.sqrt(2.71) * math.sqrt(expected)

    def upper_limit(self, prediction: Prediction) -> Interval:
        """Upper limit on μ from one bin.

        Raises
        ------
        InvalidValueError
            More than one bin, or no background.

        """
        return _one_bin(self, prediction, (_MANY, math.inf), "'events-2.3' or 'events-3'")


@CRITERIA.register("events-2.3")
@dataclass(frozen=True, slots=True)
class ZeroExpected:
    """N_s = 2.3: with no event observed the 90 % Poisson limit is -ln 0.1 = 2.3026, quoted as 2.3.

    Valid without background; a given background is checked but not used.
    """

    name: ClassVar[str] = "events-2.3"
    confidence_level: ClassVar[float] = 0.90
    description: ClassVar[str] = "N_s = 2.3, Poisson limit with no event observed"
    reference: ClassVar[str] = "arXiv:2212.04252, appendix C"
    uses_systematics: ClassVar[bool] = False

    def signal_limit(self, background: float) -> float:
        """2.3 events for any ``background``."""
        return _fixed(2.3, background)

    def upper_limit(self, prediction: Prediction) -> Interval:
        """Upper limit on μ from one bin.

        Raises
        ------
        InvalidValueError
            More than one bin.

        """
        return _one_bin(self, prediction, (0.0, _MEDIAN_ZERO), "'events-3' or 'sqrt2.71'")


@CRITERIA.register("events-3")
@dataclass(frozen=True, slots=True)
class OneExpected:
    """N_s = 3, used for about one expected background event.

    With one event expected and one observed the Poisson upper limit at 90 % is 3.89 - 1 = 2.89 events.
    The given background is checked but not used.
    """

    name: ClassVar[str] = "events-3"
    confidence_level: ClassVar[float] = 0.90
    description: ClassVar[str] = "N_s = 3, about one background event expected"
    reference: ClassVar[str] = "arXiv:2212.04252, appendix F"
    uses_systematics: ClassVar[bool] = False

    def signal_limit(self, background: float) -> float:
        """3 events for any ``background``."""
        return _fixed(3.0, background)

    def upper_limit(self, prediction: Prediction) -> Interval:
        """Upper limit on μ from one bin.

        Raises
        ------
        InvalidValueError
            More than one bin.

        """
        return _one_bin(self, prediction, (_MEDIAN_ZERO, _MEDIAN_ONE), "'events-2.3' or 'sqrt2.71'")


def _fixed(events: float, background: float) -> float:
    """Return ``events`` for any background that is finite and not negative, else raise InvalidValueError."""
    non_negative("background", background)
    return events


def _one_bin(
    rule: GaussianCounting | ZeroExpected | OneExpected,
    prediction: Prediction,
    validity: tuple[float, float],
    others: str,
) -> Interval:
    """Limit of one bin from the number of events that a criterion excludes."""
    region, total, background = only_bin(rule.name, prediction)
    events = rule.signal_limit(background)
    expected = np.full((*np.shape(total), len(BANDS)), np.nan)
    expected[..., BANDS.index(0)] = in_signal_events(total, events)
    warnings = []
    low, high = validity
    if not low <= background <= high:
        span = f"from {low:.3g} to {high:.3g}" if high < math.inf else f"of {low:g} or more"
        warnings.append(
            f"criterion '{rule.name}' is meant for a background {span} events, not {background:.3g}: the limit is not "
            f"one at {rule.confidence_level:.0%} CL; look at {others}"
        )
    if region.observed is not None:
        warnings.append(f"criterion '{rule.name}' does not use the observed counts, the limit is the expected one")
    return Interval(expected=expected, signal_limit=events, warnings=tuple(warnings))
