"""Upper limits by CLs, the ratio of tail probabilities with and without signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from evanesce.prediction import Prediction
from evanesce.statistics.base import BANDS, CRITERIA, Interval, in_signal_events, only_bin, scaled
from evanesce.statistics.poisson import band_counts, checked_background, cls_signal
from evanesce.validation import between, whole

__all__ = ["CLs"]

_MOST_TOYS: Final[int] = 10_000_000


@CRITERIA.register("cls")
@dataclass(frozen=True, slots=True, kw_only=True)
class CLs:
    r"""CL_s = p_{s+b} / (1 - p_b) = 1 - CL, A. L. Read, J. Phys. G 28 (2002) 2693.

    ``toys`` is the number of pseudo-experiments for each signal strength: None to use them where the expected counts
    are too small for asymptotic formulae, 0 never to.

    Raises
    ------
    InvalidValueError
        On construction: a confidence level outside 0.5 to 0.999, or toys or a seed that are not whole numbers.

    """

    confidence_level: float = 0.90
    toys: int | None = None
    seed: int = 1
    name: ClassVar[str] = "cls"
    description: ClassVar[str] = "CLs = 1 - CL, Poisson or profile likelihood"
    reference: ClassVar[str] = "A. L. Read, J. Phys. G 28 (2002) 2693; G. Cowan et al., arXiv:1007.1727"
    uses_systematics: ClassVar[bool] = True

    def __post_init__(self) -> None:
        between("confidence_level", self.confidence_level, 0.5, 0.999, "(0.9 is 90 %)")
        if self.toys is not None:
            whole("toys", self.toys, 0, _MOST_TOYS)
        whole("seed", self.seed, 0, 2**63 - 1)

    def signal_limit(self, background: float) -> float:
        """Signal events excluded by the median count of ``background`` expected events without uncertainty.

        >>> round(CLs().signal_limit(0.5), 3), round(CLs().signal_limit(94), 2)
        (2.303, 17.3)
        """
        expected = checked_background(background)
        return float(cls_signal(band_counts(expected)[BANDS.index(0)], expected, self.confidence_level))

    def upper_limit(self, prediction: Prediction) -> Interval:
        """Upper limits on μ, from the exact Poisson distribution or from the profile likelihood.

        Raises
        ------
        InvalidValueError
            Systematics that do not fit the prediction, or more toys than the grid allows.

        """
        return self._exact(prediction)

    def _exact(self, prediction: Prediction) -> Interval:
        region, total, background = only_bin(self.name, prediction)
        checked_background(background)
        events = cls_signal(band_counts(background), background, self.confidence_level)
        signal_limit, observed = float(events[BANDS.index(0)]), None
        if region.observed is not None:
            signal_limit = float(cls_signal(region.observed[0], background, self.confidence_level))
            observed = in_signal_events(total, signal_limit)
        return Interval(
            expected=scaled(total, np.asarray(events)),
            observed=observed,
            signal_limit=signal_limit,
            signal_limits=np.asarray(events),
            method="exact",
        )
