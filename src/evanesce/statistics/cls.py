"""Upper limits by CLs, the ratio of tail probabilities with and without signal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from evanesce.prediction import Prediction
from evanesce.statistics.asymptotic import expected_strengths, observed_strengths
from evanesce.statistics.base import BANDS, CRITERIA, Interval, in_signal_events, only_bin, scaled
from evanesce.statistics.poisson import band_counts, checked_background, cls_signal
from evanesce.statistics.templates import Templates, observation_notes
from evanesce.statistics.toys import toy_limits
from evanesce.validation import FloatArray, between, whole

__all__ = ["CLs"]

_MOST_TOYS: Final[int] = 10_000_000
_TOYS: Final[int] = 10_000
"""Pseudo-experiments for each signal strength where they are needed."""
_MANY: Final[float] = 50.0
"""Expected counts from which the asymptotic median is within 4 % of the exact one, and the bands within 9 %."""
_MOST_TEMPLATES: Final[int] = 10
"""Signals of different shape for which toys are made without being asked for; each takes seconds."""


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
            Systematics that do not fit the prediction.

        """
        bins = sum(region.bins for region in prediction.regions.values())
        if bins == 1 and not prediction.systematics and not self.toys:
            region, total, background = only_bin(self.name, prediction)
            return self._exact(total, background, None if region.observed is None else float(region.observed[0]))
        templates = Templates.of(prediction)
        notes = observation_notes(prediction)
        if not self.toys and templates.is_one_count:
            counts = None if templates.observed is None else float(templates.observed[0])
            return replace(self._exact(templates.total, float(templates.nominal[0, 1:].sum()), counts), notes=notes)
        return self._profile(templates, notes)

    def _exact(self, total: FloatArray, background: float, count: float | None) -> Interval:
        checked_background(background)
        events = np.asarray(cls_signal(band_counts(background), background, self.confidence_level))
        signal_limit, observed = float(events[BANDS.index(0)]), None
        if count is not None:
            signal_limit = float(cls_signal(count, background, self.confidence_level))
            observed = in_signal_events(total, signal_limit)
        return Interval(
            expected=scaled(total, events),
            observed=observed,
            signal_limit=signal_limit,
            signal_limits=events,
            method="exact",
        )

    def _profile(self, templates: Templates, notes: tuple[str, ...]) -> Interval:
        counts = templates.observed
        if not templates.number:
            blank = np.empty((0, len(BANDS)))
            seen = None if counts is None else templates.spread(blank[:, 0])
            return Interval(expected=templates.spread(blank), observed=seen, signal_limit=np.nan, notes=notes)
        expected = expected_strengths(templates, self.confidence_level, counts)
        seen = None if counts is None else observed_strengths(templates, counts, self.confidence_level)
        effective = templates.effective_counts(expected[:, BANDS.index(0)])
        few = np.flatnonzero(effective < _MANY)
        method, warnings = "asymptotic", []
        if self.toys or (self.toys is None and 0 < few.size <= _MOST_TEMPLATES):
            number, chosen = self.toys or _TOYS, np.arange(templates.number) if self.toys else few
            errors = []
            for one in chosen:
                found = toy_limits(
                    templates.only(int(one)), counts, self.confidence_level, number, self.seed, expected[one]
                )
                expected[one] = found.expected
                errors.append([*found.expected_errors, found.observed_error])
                if seen is not None and found.observed is not None:
                    seen[one] = found.observed
            method = f"toys ({number}, seed {self.seed})"
            if chosen.size < templates.number:
                method += f" for {chosen.size} of {templates.number} signals, else asymptotic"
            notes = (*notes, _statistical(np.asarray(errors), observed=seen is not None))
        elif few.size:
            warnings.append(
                f"criterion '{self.name}': asymptotic formulae for {few.size} of {templates.number} signals, but "
                f"{effective.min():.2g} events are expected where it matters (fewer than {_MANY:g}); "
                f"toys = {_TOYS} makes pseudo-experiments"
            )
        single = templates.number == 1
        best = expected[:, BANDS.index(0)] if seen is None else seen
        return Interval(
            expected=templates.spread(expected),
            observed=None if seen is None else templates.spread(seen),
            signal_limit=float(best[0]) if single else np.nan,
            signal_limits=expected[0] if single else None,
            method=method,
            notes=notes,
            warnings=tuple(warnings),
        )


def _statistical(errors: FloatArray, *, observed: bool) -> str:
    """The largest errors of :class:`~evanesce.statistics.toys.ToyLimits`, in percent."""
    median, bands, data = errors[:, BANDS.index(0)], errors[:, : len(BANDS)], errors[:, -1]
    parts = [f"{np.nanmax(median):.1%} of the median", f"{np.nanmax(bands):.1%} of the bands"]
    parts += [f"{np.nanmax(data):.1%} of the observed limit"] if observed else []
    return f"statistical error of the toys: {', '.join(parts)}"
