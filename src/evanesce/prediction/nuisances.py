"""From the uncertainties of a channel, and of the physics, to the nuisance parameters of a prediction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from evanesce.backgrounds import NORMALISATION, BackgroundEstimate, Constant, Constraint, Uncertainty
from evanesce.channels import Channel, Expectation
from evanesce.channels.base import scales_of
from evanesce.channels.bins import GIVEN
from evanesce.channels.scale import BACKGROUND, SIGNAL, ScaleUncertainty
from evanesce.numerics import Estimate
from evanesce.prediction.correlated import background_changes, summed_error
from evanesce.prediction.systematic import Systematic, component_key
from evanesce.validation import FloatArray

__all__ = ["Nuisances", "nuisances_of", "plain_background", "theory_systematics"]

_NEGLIGIBLE: Final[float] = 1e-9
"""Relative uncertainty below which a source is the numerical error of an integral, and no nuisance parameter."""
_SANE: Final[float] = 1e3
"""Largest factor between two calculations of the signal that enters as an uncertainty; beyond, the factor is this."""


class _Part(NamedTuple):
    """A component of the background, or those of its events that one Poisson count describes."""

    name: str
    events: Estimate


@dataclass(slots=True, kw_only=True, eq=False)
class Nuisances:
    """Collects background parts and systematics of one region, from its components and scale uncertainties."""

    region: str
    """``experiment/channel``."""
    signal_shape: tuple[int, ...]
    """Shape of the signal, (*grid, bins)."""
    background: dict[str, Estimate] = field(default_factory=dict)
    """Expected events of every part."""
    systematics: list[Systematic] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of the parts of each component."""

    @property
    def error(self) -> FloatArray:
        """Error of the total background in each bin, with what its components share."""
        bins = self.signal_shape[-1]
        return summed_error(background_changes(self.region, self.background, bins, self.systematics).values())

    def add(self, component: BackgroundEstimate) -> None:
        """Add a component, in as many parts as it has Poisson counts, and its nuisance parameters.

        The parts of a component are :math:`w n` of their counts: without any simulated event that is zero, and what
        stands for zero in a budget is left out. A component with a free normalisation is left with that one and the
        uncertainties that have a name, as those of the transfer factor.
        """
        acting = _acting(component)
        counts = [one for one in acting if one.constraint == "poisson"]
        others = [one for one in acting if one.constraint != "poisson"]
        parts = list(_parts(component, counts, others))
        self._parts[component.name] = tuple(part.name for part in parts)
        self.background |= {part.name: part.events for part in parts}
        left_out = component.expected - sum(float(part.events.value.sum()) for part in parts)
        if left_out > _NEGLIGIBLE * component.expected:
            self.notes.append(
                f"background '{component.name}': has a class without simulated events; its Poisson counts enter in "
                f"place of the {left_out:.3g} events that stand for it in the budget"
            )
        own = [one.source for one in acting if not one.name]
        for one in acting:
            unique = component_key(self.region, component.name) + (f": {one.source}" if len(own) > 1 else "")
            name = one.name or unique
            if one.constraint == "poisson":
                part = parts[counts.index(one)].name
                self._enter(name, "poisson", {part: np.array(component.shares) * (one.weight or 0.0)}, one.counts)
            elif one.constraint == "free":
                self._enter(name, "free", {part.name: 1.0 for part in parts})
            elif component.expected > 0.0:
                relative = one.events / component.expected
                self._enter(name, one.constraint, {part.name: relative for part in parts})
            else:
                self.warnings.append(
                    f"background '{component.name}' is 0 ± {one.events:.3g}: an uncertainty of nothing has no effect "
                    "on a likelihood; give an expectation, or kind poisson-simulated with its counts"
                )

    def scale(self, scales: Iterable[ScaleUncertainty], fixed: Sequence[str]) -> None:
        """Add uncertainties by a common factor; ``fixed`` are components that do not follow the exposure."""
        following = [part for name, parts in self._parts.items() if name not in fixed for part in parts]
        for one in scales:
            effects: dict[str, float] = {}
            for target in one.affects:
                names = following if target == BACKGROUND else self._parts.get(target, ())
                effects |= dict.fromkeys((SIGNAL,) if target == SIGNAL else names, one.relative)
            if effects:
                self._enter(one.name, one.constraint, effects)

    def _enter(
        self,
        name: str,
        constraint: Constraint,
        effects: Mapping[str, float | FloatArray],
        counts: float | None = None,
    ) -> None:
        keyed = {
            component_key(self.region, part): np.broadcast_to(
                value, self.signal_shape if part == SIGNAL else self.signal_shape[-1:]
            )
            for part, value in effects.items()
        }
        self.systematics.append(Systematic(name=name, constraint=constraint, effects=keyed, counts=counts))


def nuisances_of(region: str, channel: Channel, expected: Expectation, shape: tuple[int, ...]) -> Nuisances:
    """Background parts and nuisance parameters of a channel; ``shape`` is that of its signal."""
    found = Nuisances(region=region, signal_shape=shape)
    for component in expected.components:
        found.add(component)
    own = getattr(channel, "backgrounds", ())
    found.scale(scales_of(channel), [GIVEN, *(part.label for part in own if isinstance(part, Constant))])
    return found


def plain_background(components: Iterable[BackgroundEstimate]) -> dict[str, Estimate]:
    """Expected events of each component with its error, without nuisance parameters."""
    return {one.name: _over_bins(one, one.expected, one.error) for one in components}


def _over_bins(component: BackgroundEstimate, expected: float, error: float) -> Estimate:
    """Events of a component in each bin; its bins are uncertain together."""
    shares = np.array(component.shares)
    return Estimate(expected * shares, error * shares)


def theory_systematics(
    nominal: Mapping[str, FloatArray], simpler: Mapping[str, Mapping[str, FloatArray]]
) -> Iterator[Systematic]:
    """Uncertainty of the signal by each refinement of the physics: +1σ is the signal without it.

    Parameters
    ----------
    nominal
        Sum of the processes by region, shape (*grid, bins).
    simpler
        The same with one refinement taken back, by the changed setting.

    """
    for change, signals in simpler.items():
        effects: dict[str, FloatArray] = {}
        for region, total in nominal.items():
            known = np.isfinite(total) & (total > 0.0) & np.isfinite(signals[region])
            ratio = np.divide(signals[region], total, out=np.ones(total.shape), where=known)
            effects[component_key(region, SIGNAL)] = np.clip(ratio, 1.0 / _SANE, _SANE) - 1.0
        yield Systematic(name=f"theory: {change}", constraint="log-normal", effects=effects)


def _acting(component: BackgroundEstimate) -> list[Uncertainty]:
    """Sources that change the component noticeably, and that its normalisation leaves."""
    sources = component.uncertainties
    if not sources and component.error > 0.0:  # a component from outside this package
        sources = (Uncertainty(source="error", events=component.error),)
    free = any(one.source == NORMALISATION for one in sources)
    return [
        one
        for one in sources
        if (one.constraint == "free" or one.weight or one.events > _NEGLIGIBLE * component.expected)
        and (one.name or not free)
    ]


def _parts(
    component: BackgroundEstimate, counts: Sequence[Uncertainty], others: Sequence[Uncertainty]
) -> Iterator[_Part]:
    if not counts:
        yield _Part(component.name, _over_bins(component, component.expected, component.error))
        return
    relative = math.hypot(*(one.events for one in others)) / component.expected if component.expected > 0.0 else 0.0
    for one in counts:
        expected = (one.weight or 0.0) * (one.counts or 0.0)
        name = component.name if len(counts) == 1 else f"{component.name}: {one.source}"
        yield _Part(name, _over_bins(component, expected, math.hypot(one.events, relative * expected)))
