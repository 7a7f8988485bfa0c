"""The arrays of a likelihood: signal templates, backgrounds and nuisance parameters of a prediction."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.errors import InvalidValueError
from evanesce.prediction import SIGNAL, Prediction, Systematic, component_key
from evanesce.validation import FloatArray

__all__ = ["MANY", "SMALLEST", "Nuisances", "Templates", "few_events", "observation_notes"]

MANY: Final[float] = 50.0
"""Expected counts from which the asymptotic median is within 4 % of the exact one, and the bands within 9 %."""
SMALLEST: Final[float] = 1e-10
"""Smallest factor of an expectation, in place of zero, so that logarithms stay finite."""
_AUXILIARY: Final[float] = 5.0
"""So many times fewer counts are enough in an auxiliary measurement."""
_DECIMALS: Final[int] = 12
"""Decimals of a template's share in each bin; templates that agree to them are one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nuisances:
    """Nuisance parameters, arrays of shape (K,): how each enters, and its auxiliary measurement."""

    names: tuple[str, ...]
    exponential: int
    """How many, the first, enter as a factor exp(κ θ), with the effect κ; the others as 1 + effect (θ - origin)."""
    gaussian: npt.NDArray[np.bool_]
    """Measured with a Gaussian of width 1."""
    counts: FloatArray
    """Expected counts of the auxiliary measurement at θ = 1; 0 where there is none."""
    origin: FloatArray
    """Value at which the factor is 1: 0 for Gaussian parameters, 1 for others."""
    nominal: FloatArray
    """Value without any data but the auxiliary."""
    measured: FloatArray
    """Auxiliary measurement: θ of a Gaussian, or the counts."""
    lower: FloatArray
    """Smallest value."""

    @classmethod
    def of(cls, systematics: tuple[Systematic, ...]) -> Nuisances:
        """Parameters of ``systematics``, log-normal first; λ is in units of the counts, or of one if there are none."""
        kinds = np.asarray([one.constraint for one in systematics], dtype=object)
        gaussian = np.isin(kinds, ("normal", "log-normal"))
        counts = np.asarray([math.nan if one.counts is None else one.counts for one in systematics], dtype=np.float64)
        unit = np.where(np.isnan(counts), 0.0, np.maximum(counts, 1.0))
        nominal = np.where(gaussian, 0.0, np.where(unit > 0, counts / np.where(unit > 0, unit, 1.0), 1.0))
        lower = np.where(gaussian, -np.inf, 2.0 * SMALLEST)
        return cls(
            names=tuple(one.name for one in systematics),
            exponential=int(np.sum(kinds == "log-normal")),
            gaussian=gaussian,
            counts=unit,
            origin=np.where(gaussian, 0.0, 1.0),
            nominal=np.maximum(nominal, lower),
            measured=np.where(unit > 0, counts, 0.0),
            lower=lower,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Templates:
    """Expectations of T templates in B bins: component 0 is the signal at strength 1, the others are backgrounds.

    Bins without signal and without systematic uncertainty do not affect a limit and are left out.
    """

    nominal: FloatArray
    """Expected events, shape (T, C, B); the signal of a template has one event in all bins together."""
    effects: FloatArray
    """Effect of each nuisance parameter, shape (T, K, C, B)."""
    nuisances: Nuisances
    observed: FloatArray | None
    """Observed events, shape (B,); None if a region has none."""
    total: FloatArray
    """Signal events at μ = 1 at each point of the grid."""
    group: npt.NDArray[np.intp]
    """Template of each point of the grid that has signal, -1 without."""

    @classmethod
    def of(cls, prediction: Prediction) -> Templates:
        """Templates of a prediction; points whose signals differ by a factor alone share one.

        Raises
        ------
        InvalidValueError
            A systematic that names a component which is not there, an effect of another shape, simulated counts that
            contradict the expectation, or an expectation that is negative or no number.

        """
        _check_keys(prediction)
        signal, background, effects = _assembled(prediction)
        total = signal.sum(axis=1)
        there = np.flatnonzero(np.isfinite(total) & (total > 0))
        share = signal[there] / total[there, None]
        rows = np.concatenate([share[:, None], effects[there, :, 0]], axis=1).round(_DECIMALS)
        flat = rows.reshape(len(rows), rows.shape[1] * rows.shape[2])
        different, inverse = np.unique(flat, axis=0, return_inverse=True)
        rows = different.reshape(len(different), *rows.shape[1:])
        components = np.broadcast_to(background, (len(rows), *background.shape))
        nominal = np.concatenate([rows[:, :1], components], axis=1)
        changes = np.tile(effects[:1], (len(rows), 1, 1, 1))
        changes[:, :, 0] = rows[:, 1:]
        # effects on nothing are no effects
        changes *= (nominal > 0)[:, None]
        kept = [k for k in range(changes.shape[1]) if np.any(changes[:, k])]
        kept.sort(key=lambda k: prediction.systematics[k].constraint != "log-normal")
        systematics = tuple(prediction.systematics[k] for k in kept)
        changes = changes[:, kept]
        bins = np.any(nominal[:, 0] > 0, axis=0) | np.any(changes, axis=(0, 1, 2))
        group = np.full(len(total), -1)
        group[there] = inverse.ravel()
        regions = prediction.regions.values()
        observed = None
        if all(region.observed is not None for region in regions):
            observed = np.concatenate([np.asarray(region.observed) for region in regions])[bins]
        return cls(
            nominal=nominal[..., bins],
            effects=changes[..., bins],
            nuisances=Nuisances.of(systematics),
            observed=observed,
            total=total.reshape(prediction.shape),
            group=group.reshape(prediction.shape),
        )

    @property
    def number(self) -> int:
        """Number of different templates."""
        return len(self.nominal)

    @property
    def is_one_count(self) -> bool:
        """Whether the likelihood is that of one Poisson count and nothing else."""
        return self.nominal.shape[2] == 1 and not self.nuisances.names

    def only(self, template: int) -> Templates:
        """One template alone."""
        return replace(
            self,
            nominal=self.nominal[template : template + 1],
            effects=self.effects[template : template + 1],
            group=np.where(self.group == template, 0, -1),
        )

    def representatives(self, among: npt.NDArray[np.intp], number: int) -> tuple[npt.NDArray[np.intp], FloatArray]:
        """``number`` templates as different as possible, and weights (among, number) that interpolate to the others.

        Each is the one farthest from those before; weights are as the inverse square of the distance, and 1 for the
        representative itself.
        """
        signal = np.concatenate([self.nominal[among, :1], self.effects[among, :, 0]], axis=1)
        place = signal.reshape(len(among), -1)
        chosen, square = [0], np.sum(np.square(place - place[0]), axis=1)[:, None]
        while len(chosen) < min(number, len(among)):
            chosen.append(int(np.argmax(square.min(axis=1))))
            square = np.column_stack([square, np.sum(np.square(place - place[chosen[-1]]), axis=1)])
        weights = 1.0 / np.maximum(square, 1e-12 * square.max() + 1e-300)
        weights[chosen] = np.eye(len(chosen))
        return among[chosen], weights / weights.sum(axis=1, keepdims=True)

    def spread(self, strengths: FloatArray) -> FloatArray:
        """μ at every point of the grid for ``strengths`` of shape (T, ...) in signal events; inf without signal."""
        there = self.group >= 0
        limits = np.full((*self.group.shape, *strengths.shape[1:]), np.inf)
        events = strengths[self.group[there]]
        total = self.total[there].reshape(-1, *(1,) * (strengths.ndim - 1))
        with np.errstate(over="ignore"):
            limits[there] = events / total
        return limits

    def effective_counts(self, strengths: FloatArray) -> FloatArray:
        """Expected counts at signal ``strengths`` (T,) in the bins that determine the limit, shape (T,).

        With ν expected in a bin and the weight a = s/(ν + σ²), σ from the systematic uncertainties, Σ a n has the
        skewness of a Poisson count with mean (Σ a² ν)³ / (Σ a³ ν)². An auxiliary measurement of counts that
        makes more than half of the error matters too.
        """
        nominal = self.nominal.copy()
        nominal[:, 0] *= strengths[:, None]
        mean, nuisances = nominal.sum(axis=1), self.nuisances
        widths = np.where(nuisances.gaussian, 1.0, 0.0)
        counted = nuisances.counts > 0
        widths[counted] = np.sqrt(nuisances.measured[counted] + 1.0) / nuisances.counts[counted]
        changes = (nominal[:, None] * self.effects).sum(axis=2) * widths[:, None]
        weight = self.nominal[:, 0] / np.maximum(mean + np.square(changes).sum(axis=1), SMALLEST)
        variance = np.sum(weight**2 * mean, axis=1)
        counts = variance**3 / np.square(np.sum(weight**3 * mean, axis=1))
        for k in np.flatnonzero(counted):
            matters = np.abs(np.sum(weight * changes[:, k], axis=1)) > 0.5 * np.sqrt(variance)
            counts = np.where(matters, np.minimum(counts, _AUXILIARY * nuisances.measured[k]), counts)
        return np.asarray(counts)


def few_events(name: str, templates: Templates, strengths: FloatArray) -> str:
    """A warning if few events are expected at signal ``strengths`` (T,) for asymptotic formulae; else empty."""
    effective = templates.effective_counts(strengths)
    few = int(np.sum(effective < MANY))
    return (
        f"criterion '{name}': asymptotic formulae for {few} of {templates.number} signals, but "
        f"{effective.min():.2g} events are expected where it matters (fewer than {MANY:g})"
        if few
        else ""
    )


def observation_notes(prediction: Prediction) -> tuple[str, ...]:
    """Says which observed counts are not used because another region has none."""
    seen = [label for label, region in prediction.regions.items() if region.observed is not None]
    if not seen or len(seen) == len(prediction.regions):
        return ()
    blank = [label for label in prediction.regions if label not in seen]
    return (f"limits are expected ones: {', '.join(seen)} has observed counts, {', '.join(blank)} has none",)


def _assembled(prediction: Prediction) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Signal (points, bins), backgrounds (components, bins) and effects (points, K, 1 + components, bins)."""
    points, systematics = int(np.prod(prediction.shape)), prediction.systematics
    most = max((len(region.background) for region in prediction.regions.values()), default=0)
    signals, backgrounds, effects = [], [], []
    for label, region in prediction.regions.items():
        bins = region.bins
        signal = np.broadcast_to(region.total_signal.value, (*prediction.shape, bins)).reshape(points, bins)
        rows = np.zeros((most, bins))
        changes = np.zeros((points, len(systematics), 1 + most, bins))
        parts: list[tuple[str, FloatArray]] = [(SIGNAL, signal)]
        parts += [(name, np.broadcast_to(part.value, (bins,))) for name, part in region.background.items()]
        for slot, (name, expected) in enumerate(parts):
            key = component_key(label, name)
            if np.any(expected[np.isfinite(expected)] < 0) or (slot and not np.all(np.isfinite(expected))):
                raise InvalidValueError(f"{key}: expects {expected} events; must be finite numbers, 0 or greater")
            shape = (points, bins) if slot == 0 else (bins,)
            value = expected
            for k, one in enumerate(systematics):
                if key in one.effects:
                    value, changes[:, k, slot] = _effect(one, key, value, _shaped(one, key, prediction, shape))
            if slot:
                rows[slot - 1] = value
            else:
                signal = value
        signals.append(signal)
        backgrounds.append(rows)
        effects.append(changes)
    return np.concatenate(signals, axis=-1), np.concatenate(backgrounds, axis=-1), np.concatenate(effects, axis=-1)


def _shaped(one: Systematic, key: str, prediction: Prediction, shape: tuple[int, ...]) -> FloatArray:
    """The effect on one component, (bins,) or (points, bins); no effect where it is no number."""
    full = (*prediction.shape, shape[-1]) if len(shape) == 2 else shape
    try:
        effect = np.broadcast_to(one.effects[key], full).reshape(shape)
    except ValueError:
        raise InvalidValueError(
            f"systematic '{one.name}': effect on {key} has shape {np.shape(one.effects[key])}; must be {full}"
        ) from None
    return np.nan_to_num(effect)


def _effect(one: Systematic, key: str, expected: FloatArray, effect: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Expectation at the origin of the parameter, and the effect in the form of :class:`Nuisances`."""
    if one.constraint == "log-normal":
        return expected, np.log1p(effect)
    if one.counts is None:
        return expected, effect
    made = effect * one.counts
    if not np.allclose(made[np.isfinite(expected)], expected[np.isfinite(expected)], rtol=1e-6, atol=1e-12):
        raise InvalidValueError(
            f"systematic '{one.name}': {one.counts:g} counts of {effect} events each are not the {expected} events "
            f"expected of {key}; give expected events over counts"
        )
    return effect * max(one.counts, 1.0), np.where(effect > 0, 1.0, 0.0)


def _check_keys(prediction: Prediction) -> None:
    known: Mapping[str, object] = {
        component_key(label, name): None
        for label, region in prediction.regions.items()
        for name in (SIGNAL, *region.background)
    }
    for one in prediction.systematics:
        if foreign := [key for key in one.effects if key not in known]:
            raise InvalidValueError(
                f"systematic '{one.name}': acts on {foreign[0]}, which is not there; components are {', '.join(known)}"
            )
