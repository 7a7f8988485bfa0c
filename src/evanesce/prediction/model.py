"""A prediction: expected events of an experiment at each point of a grid."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evanesce.backgrounds import stated_error
from evanesce.mediators import Mediator
from evanesce.numerics import Estimate
from evanesce.prediction.correlated import background_changes
from evanesce.prediction.systematic import Systematic
from evanesce.representation import Facts, html_table, summary
from evanesce.validation import FloatArray

__all__ = ["Prediction", "Region"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """The bins of one channel."""

    signal: Mapping[str, Estimate]
    """Events at μ = ε² = 1 by process, shape (*grid, bins), with numerical errors."""
    background: Mapping[str, Estimate]
    """Expected events by component, shape (bins,), with their uncertainties."""
    observed: FloatArray | None = None
    """Observed events, shape (bins,)."""
    source_error: FloatArray | None = None
    """Error of the signal of all processes from the statistics of the source's events, shape (*grid, bins)."""
    background_error: FloatArray | None = None
    """Error of the total background in each bin with what components share, shape (bins,); None if they share nothing.
    """
    axes: Mapping[str, FloatArray] = field(default_factory=dict)
    """Edges of the bins by axis, in GeV for ``track_energy``; empty for one bin.

    The bins are all combinations of one bin of each axis, the last axis running fastest.
    """

    @property
    def total_signal(self) -> Estimate:
        """Sum of the processes."""
        return sum(self.signal.values(), Estimate(np.asarray(0.0), np.asarray(0.0)))

    @property
    def total_background(self) -> Estimate:
        """Sum of the components, with :attr:`background_error` if it is given, else errors in quadrature."""
        total = sum(self.background.values(), Estimate(np.zeros(1), np.zeros(1)))
        return total if self.background_error is None else Estimate(total.value, self.background_error)

    @property
    def bins(self) -> int:
        """Number of bins."""
        return int(next(iter(self.signal.values())).value.shape[-1])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Prediction:
    """Signal at ε = 1 and background of one experiment or of several, on a grid of masses and parameters.

    Rates scale as μ = ε². Statistics, export and figures read only this object.
    """

    coordinates: Mapping[str, FloatArray]
    """``alpha_d`` and ``mass_ratio`` if they are axes, and ``mass`` in GeV; one number makes no axis."""
    mediator: Mediator
    """Mediator with the parameters as given."""
    regions: Mapping[str, Region]
    """Regions by ``experiment/channel``."""
    systematics: tuple[Systematic, ...] = ()
    """Nuisance parameters; regions and components that name the same one share it."""
    highest_energy: float
    """Largest energy in GeV of any track, or of colliding beams in their centre of mass."""
    notes: tuple[str, ...] = ()
    """What was done differently from the cards, and options without effect."""
    warnings: tuple[str, ...] = ()
    """Warnings about the backgrounds."""
    cautions: tuple[str, ...] = ()
    """What the selection neglects at every point."""
    curves: tuple[str, ...] = ()
    """Published curves that fix a yield; there is no yield outside their mass range."""
    provenance: Mapping[str, Any]
    """Package version, cards, mediator, physics options: plain data."""

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the axes, in order."""
        return tuple(name for name, axis in self.coordinates.items() if np.ndim(axis))

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values along each axis."""
        return tuple(len(axis) for axis in self.coordinates.values() if np.ndim(axis))

    @property
    def signal(self) -> dict[str, Estimate]:
        """Events at ε = 1 by process, in all bins of all regions together, shape of the grid."""
        total: dict[str, Estimate] = {}
        for region in self.regions.values():
            for name, estimate in region.signal.items():
                part = Estimate(estimate.value.sum(axis=-1), np.sqrt(np.square(estimate.error).sum(axis=-1)))
                total[name] = total[name] + part if name in total else part
        return total

    @property
    def background(self) -> Estimate:
        """Expected background events in all bins of all regions together, with what they share by :attr:`systematics`.

        Without systematics the components are independent, and the bins of each are uncertain together.
        """
        return self._background(self.regions)

    def _background(self, labels: Iterable[str]) -> Estimate:
        total, changes = 0.0, Counter[str]()
        for label in labels:
            region = self.regions[label]
            total += sum(float(part.value.sum()) for part in region.background.values())
            found = background_changes(label, region.background, region.bins, self.systematics)
            changes.update({name: float(change.sum()) for name, change in found.items()})
        return Estimate(np.asarray(total), np.asarray(math.hypot(*changes.values())))

    @property
    def source_error(self) -> FloatArray | None:
        """Error of the total signal from the statistics of the sources' events, shape of the grid; None without."""
        parts = [r.source_error for r in self.regions.values() if r.source_error is not None]
        # bins that share a source fluctuate together
        return np.sqrt(np.sum([np.square(part.sum(axis=-1)) for part in parts], axis=0)) if parts else None

    def facts(self) -> Facts:
        """Names and values for printing."""
        yield "mediator", self.provenance["mediator"]
        yield "physics", self.provenance["physics"]["preset"]
        yield from (
            (f"{name} [GeV]" if name == "mass" else name, tuple(np.atleast_1d(axis)))
            for name, axis in self.coordinates.items()
        )
        for label, region in self.regions.items():
            background = self._background([label])
            by = f" in {' and '.join(region.axes)}" if region.axes else ""
            bins = f"{region.bins} bin{'s' if region.bins > 1 else ''}{by}"
            yield label, f"{bins}, background {background.value:.4g} ± {background.error:.2g}"
            if self.shape:
                yield f"{label}: processes", ", ".join(region.signal)
            else:
                yield from _events("signal at ε = 1", region.signal)
            if len(region.background) > 1:
                yield from _events("background", region.background)
        yield from (("note", note) for note in (*self.warnings, *self.notes))

    def __repr__(self) -> str:
        return summary("Prediction", self.facts())

    def _repr_html_(self) -> str:
        return html_table("Prediction", self.facts())


def _events(what: str, parts: Mapping[str, Estimate]) -> Facts:
    """Events by process or component in all bins of the region that was named before."""
    for name, events in parts.items():
        value = float(events.value.sum())
        error = stated_error(value, math.hypot(*np.ravel(events.error)))
        yield f"  {what}: {name}", f"{value:.4g}" if error is None else f"{value:.4g} ± {error:.2g}"
