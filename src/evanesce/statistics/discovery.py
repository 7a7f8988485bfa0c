"""The signal strength at which a search would see evidence or make a discovery."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from evanesce.prediction import Prediction
from evanesce.statistics.asymptotic import discovery_strengths
from evanesce.statistics.base import BANDS, CRITERIA, Interval, only_bin, scaled
from evanesce.statistics.poisson import checked_background, discovery_signal
from evanesce.statistics.templates import Templates, few_events
from evanesce.validation import FloatArray

__all__ = ["Discovery", "Evidence"]

_IGNORED = "criterion '{}' does not use the observed counts, its μ is the one that would be seen"


@CRITERIA.register("discovery-3")
@dataclass(frozen=True, slots=True)
class Evidence:
    """μ with a median local significance of 3 σ: P(≥ n | b) = 0.00135 for one count, √q_0 = 3 otherwise.

    Bands are the μ with which fluctuations of -2 ... +2 standard deviations against the signal still reach 3 σ.
    """

    name: ClassVar[str] = "discovery-3"
    significance: ClassVar[float] = 3.0
    confidence_level: ClassVar[float] = 0.9986501019683699
    description: ClassVar[str] = "median local significance of 3 σ"
    reference: ClassVar[str] = "G. Cowan et al., arXiv:1007.1727, section 5"
    uses_systematics: ClassVar[bool] = True

    def signal_limit(self, background: float) -> float:
        """Signal events seen at 3 σ with a probability of one half.

        >>> round(Evidence().signal_limit(94), 1)
        30.7
        """
        return _median(background, self.significance)

    def upper_limit(self, prediction: Prediction) -> Interval:
        """μ at which the median significance is 3 σ.

        Raises
        ------
        InvalidValueError
            Systematics that do not fit the prediction.

        """
        return _reach(self, prediction)


@CRITERIA.register("discovery-5")
@dataclass(frozen=True, slots=True)
class Discovery:
    """μ with a median local significance of 5 σ: P(≥ n | b) = 2.87e-7 for one count, √q_0 = 5 otherwise."""

    name: ClassVar[str] = "discovery-5"
    significance: ClassVar[float] = 5.0
    confidence_level: ClassVar[float] = 0.9999997133484281
    description: ClassVar[str] = "median local significance of 5 σ"
    reference: ClassVar[str] = "G. Cowan et al., arXiv:1007.1727, section 5"
    uses_systematics: ClassVar[bool] = True

    def signal_limit(self, background: float) -> float:
        """Signal events seen at 5 σ with a probability of one half.

        >>> round(Discovery().signal_limit(94), 1)
        52.7
        """
        return _median(background, self.significance)

    def upper_limit(self, prediction: Prediction) -> Interval:
        """μ at which the median significance is 5 σ.

        Raises
        ------
        InvalidValueError
            Systematics that do not fit the prediction.

        """
        return _reach(self, prediction)


def _median(background: float, significance: float) -> float:
    return float(discovery_signal(checked_background(background), significance)[BANDS.index(0)])


def _reach(rule: Evidence | Discovery, prediction: Prediction) -> Interval:
    if sum(region.bins for region in prediction.regions.values()) == 1 and not prediction.systematics:
        _, total, background = only_bin(rule.name, prediction)
        interval = _exact(rule, total, background)
    else:
        templates = Templates.of(prediction)
        if templates.is_one_count:
            interval = _exact(rule, templates.total, float(templates.nominal[0, 1:].sum()))
        else:
            strengths = discovery_strengths(templates, rule.significance)
            single = templates.number == 1
            few = few_events(rule.name, templates, strengths[:, BANDS.index(0)])
            interval = Interval(
                expected=templates.spread(strengths),
                signal_limit=float(strengths[0, BANDS.index(0)]) if single else np.nan,
                signal_limits=strengths[0] if single else None,
                method="asymptotic",
                warnings=(few,) if few else (),
            )
    if any(region.observed is not None for region in prediction.regions.values()):
        interval = replace(interval, notes=(*interval.notes, _IGNORED.format(rule.name)))
    return interval


def _exact(rule: Evidence | Discovery, total: FloatArray, background: float) -> Interval:
    events = discovery_signal(checked_background(background), rule.significance)
    return Interval(
        expected=scaled(total, events),
        signal_limit=float(events[BANDS.index(0)]),
        signal_limits=events,
        method="exact",
    )
