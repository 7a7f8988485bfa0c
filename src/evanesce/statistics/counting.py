"""The counting criteria of arXiv:2212.04252: section 4, appendix C and appendix F."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from evanesce.errors import InvalidValueError
from evanesce.statistics.base import CRITERIA
from evanesce.validation import non_negative

__all__ = ["GaussianCounting", "OneExpected", "ZeroExpected"]


@CRITERIA.register("sqrt2.71")
@dataclass(frozen=True, slots=True)
class GaussianCounting:
    """N_s / sqrt(N_b) = sqrt(2.71): Δχ² = 2.71 with the Gaussian error of the background.

    Meant for many background events. The limit carries no systematic uncertainty of the background.
    """

    name: ClassVar[str] = "sqrt2.71"
    confidence_level: ClassVar[float] = 0.90
    description: ClassVar[str] = "N_s = sqrt(2.71 N_b)"
    reference: ClassVar[str] = "arXiv:2212.04252, section 4, after arXiv:2111.15533"

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
                "without any use criterion 'events-2.3'"
            )
        return math.sqrt(2.71) * math.sqrt(expected)


@CRITERIA.register("events-2.3")
@dataclass(frozen=True, slots=True)
class ZeroExpected:
    """N_s = 2.3: with nothing observed the Poisson limit is -ln 0.1 = 2.3026, which is quoted as 2.3.

    It holds with no background; a background is checked but does not enter.
    """

    name: ClassVar[str] = "events-2.3"
    confidence_level: ClassVar[float] = 0.90
    description: ClassVar[str] = "N_s = 2.3, Poisson limit with no event observed"
    reference: ClassVar[str] = "arXiv:2212.04252, appendix C"

    def signal_limit(self, background: float) -> float:
        """2.3 events, whatever the ``background``."""
        return _fixed(2.3, background)


@CRITERIA.register("events-3")
@dataclass(frozen=True, slots=True)
class OneExpected:
    """N_s = 3, used for about one expected background event.

    With one event expected and one observed the Poisson upper limit at 90 % is 3.89 - 1 = 2.89 events.
    A background is checked but does not enter.
    """

    name: ClassVar[str] = "events-3"
    confidence_level: ClassVar[float] = 0.90
    description: ClassVar[str] = "N_s = 3, about one background event expected"
    reference: ClassVar[str] = "arXiv:2212.04252, appendix F"

    def signal_limit(self, background: float) -> float:
        """3 events, whatever the ``background``."""
        return _fixed(3.0, background)


def _fixed(events: float, background: float) -> float:
    """Return ``events`` for any background that is finite and not negative, else raise InvalidValueError."""
    non_negative("background", background)
    return events
