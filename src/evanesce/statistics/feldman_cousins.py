"""The unified intervals of Feldman and Cousins as a criterion, for one bin without systematic uncertainties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.prediction import Prediction
from evanesce.statistics.base import BANDS, CRITERIA, Interval, in_signal_events, only_bin, scaled
from evanesce.statistics.intervals import lower_end, upper_limit
from evanesce.statistics.poisson import band_counts, checked_background
from evanesce.validation import between

__all__ = ["FeldmanCousins"]

_MOST: Final[float] = 1e5


@CRITERIA.register("feldman-cousins")
@dataclass(frozen=True, slots=True, kw_only=True)
class FeldmanCousins:
    """Upper end of the unified interval, made non-increasing in the background as in the published tables.

    Raises
    ------
    InvalidValueError
        On construction: a confidence level outside 0.5 to 0.999.

    """

    confidence_level: float = 0.90
    name: ClassVar[str] = "feldman-cousins"
    description: ClassVar[str] = "upper end of the unified interval for the counts (median: of the background)"
    reference: ClassVar[str] = "G. J. Feldman, R. D. Cousins, Phys. Rev. D 57 (1998) 3873, arXiv:physics/9711021"
    uses_systematics: ClassVar[bool] = False

    def __post_init__(self) -> None:
        between("confidence_level", self.confidence_level, 0.5, 0.999, "(0.9 is 90 %)")

    def signal_limit(self, background: float) -> float:
        """Signal events at the upper end for the median count of ``background`` expected events.

        >>> round(FeldmanCousins().signal_limit(0.0), 2)
        2.44
        """
        expected = checked_background(background, _MOST)
        return self._upper(float(band_counts(expected)[BANDS.index(0)]), expected)

    def upper_limit(self, prediction: Prediction) -> Interval:
        """Upper limits on μ from one bin; with observed counts also the lower ends.

        Raises
        ------
        InvalidValueError
            More than one bin, systematic uncertainties, a count that is not whole, or more than 1e5 events.

        """
        region, total, expected = only_bin(self.name, prediction)
        if prediction.systematics:
            names = ", ".join(f"'{one.name}'" for one in prediction.systematics)
            raise InvalidValueError(
                f"criterion '{self.name}': knows no systematic uncertainties, the prediction has {names}; "
                "use criterion 'cls'"
            )
        checked_background(expected, _MOST)
        events = np.asarray([self._upper(float(count), expected) for count in band_counts(expected)])
        signal_limit, observed, lower = float(events[BANDS.index(0)]), None, None
        if region.observed is not None:
            count = float(region.observed[0])
            signal_limit = self._upper(count, expected)
            observed = in_signal_events(total, signal_limit)
            lower = in_signal_events(total, lower_end(int(count), expected, self.confidence_level))
        return Interval(
            expected=scaled(total, events),
            observed=observed,
            lower=lower,
            signal_limit=signal_limit,
            signal_limits=events,
            method="exact",
        )

    def _upper(self, count: float, background: float) -> float:
        if count != int(between("observed count", count, 0.0, _MOST, "events; with more use criterion 'cls'")):
            raise InvalidValueError(f"criterion '{self.name}': observed count = {count}; must be a whole number")
        return upper_limit(int(count), background, self.confidence_level)
