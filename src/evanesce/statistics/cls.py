"""Upper limits by CLs, the ratio of tail probabilities with and without signal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

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
_MOST_TEMPLATES: Final[int] = 8
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
        if self.toys or (self.toys is None and few.size):
            number = self.toys or _TOYS
            replaced = np.arange(templates.number) if self.toys else few
            made = _Toys.of(templates, replaced, len(replaced) if self.toys else _MOST_TEMPLATES)
            notes += made.improve(expected, seen, counts, self.confidence_level, number, self.seed)
            method = f"toys ({number}, seed {self.seed})"
            if len(made.chosen) < templates.number:
                method += f" for {len(made.chosen)} of {templates.number} signals"
            if replaced.size < templates.number:
                method += ", else asymptotic"
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Toys:
    """Templates for which toys are made; others have their asymptotic limits times an interpolated ratio."""

    templates: Templates
    replaced: npt.NDArray[np.intp]
    """Templates whose limits are to be those of toys."""
    chosen: npt.NDArray[np.intp]
    weights: FloatArray

    @classmethod
    def of(cls, templates: Templates, replaced: npt.NDArray[np.intp], most: int) -> _Toys:
        chosen, weights = templates.representatives(replaced, most)
        return cls(templates=templates, replaced=replaced, chosen=chosen, weights=weights)

    def improve(
        self,
        expected: FloatArray,
        seen: FloatArray | None,
        counts: FloatArray | None,
        confidence_level: float,
        number: int,
        seed: int,
    ) -> tuple[str, ...]:
        """Replace asymptotic limits, ``expected`` (T, 5) and ``seen`` (T,), and say how accurate that is."""
        errors, ratios = [], []
        for one in self.chosen:
            found = toy_limits(self.templates.only(int(one)), counts, confidence_level, number, seed, expected[one])
            errors.append([*found.expected_errors, found.observed_error])
            observed = 1.0 if seen is None or found.observed is None else found.observed / seen[one]
            ratios.append([*(found.expected / expected[one]), observed])
        factor = np.exp(self.weights @ np.log(np.asarray(ratios)))
        expected[self.replaced] *= factor[:, : len(BANDS)]
        if seen is not None:
            seen[self.replaced] *= factor[:, -1]
        notes = (_statistical(np.asarray(errors), observed=seen is not None),)
        if len(self.chosen) == len(self.replaced):
            return notes
        low, high = (limit(np.asarray(ratios)[:, BANDS.index(0)]) for limit in (np.min, np.max))
        between = (
            f"toys for {len(self.chosen)} of {len(self.replaced)} signals with few events: medians are {low:.3g} to "
            f"{high:.3g} times those of asymptotic formulae, and the others have this ratio interpolated"
        )
        return (between, *notes)


def _statistical(errors: FloatArray, *, observed: bool) -> str:
    """The largest errors of :class:`~evanesce.statistics.toys.ToyLimits`, in percent."""
    median, bands, data = errors[:, BANDS.index(0)], errors[:, : len(BANDS)], errors[:, -1]
    parts = [f"{np.nanmax(median):.1%} of the median", f"{np.nanmax(bands):.1%} of the bands"]
    parts += [f"{np.nanmax(data):.1%} of the observed limit"] if observed else []
    return f"statistical error of the toys: {', '.join(parts)}"
