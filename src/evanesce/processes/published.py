"""Bremsstrahlung yield derived from a published limit, Eq. (C.1) of arXiv:2212.04252."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from evanesce.constraints import Constraint, constraint, published_names
from evanesce.errors import InvalidValueError, unknown_name
from evanesce.mediators import DarkPhoton, Mediator
from evanesce.numerics import Estimate
from evanesce.physics import PhysicsOptions
from evanesce.processes.base import PROCESSES, Workshop
from evanesce.processes.bremsstrahlung import Bremsstrahlung, PreparedBremsstrahlung
from evanesce.sampling.bremsstrahlung import bremsstrahlung_samplers
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.sampler import Sampler
from evanesce.setups import Selection, Setup, Target, seen_by
from evanesce.sources import Source, unit_exposure
from evanesce.validation import FloatArray, fraction, positive

__all__ = ["PublishedBremsstrahlung"]


@PROCESSES.register("published-bremsstrahlung")
@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedBremsstrahlung:
    """N = N_s ε²/ε_published², for the experiment that published a limit on bremsstrahlung alone.

    The curve holds for the dark photon and for the experiment described here. Elsewhere, and for other mediators, the
    yield is scaled by the ratio of computed yields.

    Raises
    ------
    InvalidValueError
        On construction: a number outside its range.
    UnknownNameError
        No published curve has this name.

    """

    name: ClassVar[str] = "bremsstrahlung"
    standard: ClassVar[bool] = False
    reads: ClassVar[frozenset[str]] = Bremsstrahlung.reads | {"resolution"}
    axes: ClassVar[frozenset[str]] = frozenset({"mass"})
    curve: str
    """Name of the published curve, see ``evanesce constraints``."""
    signal_limit: float = 2.3
    """Signal events at the published limit."""
    source: Source
    """Tracks that the limit was published for."""
    target: Target
    """Calorimeter that it was published for."""
    selection: Selection = field(default_factory=Selection)
    """Selection that it was published for."""
    efficiency: float = 1.0
    """Efficiency that it was published for."""

    def __post_init__(self) -> None:
        if self.curve not in published_names():
            raise unknown_name("curve", self.curve, published_names())
        positive("signal_limit", self.signal_limit)
        if not fraction("efficiency", self.efficiency) > 0:
            raise InvalidValueError(f"efficiency = {self.efficiency}: must be greater than 0")

    def enabled(self, options: PhysicsOptions) -> bool:  # noqa: ARG002
        """Always: a card that names it wants it."""
        return True

    def prepare(self, setup: Setup, options: PhysicsOptions, workshop: Workshop) -> PreparedPublished:
        """Prepare the computed yields of this setup and of the published one."""
        there = seen_by(self.source, self.target, self.selection, None, _without_resolution(options))
        _, exposure = unit_exposure(self.source)
        return PreparedPublished(
            curve=constraint(self.curve),
            events=self.signal_limit / (exposure * self.efficiency),
            here=Bremsstrahlung().prepare(setup, options, workshop),
            there=None if there.key == setup.key else Bremsstrahlung().prepare(there, options, workshop),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedPublished:
    """A published curve, and the computed yields that scale it to another setup or mediator."""

    curve: Constraint
    events: float
    """Signal events at the published limit, per unit exposure."""
    here: PreparedBremsstrahlung
    there: PreparedBremsstrahlung | None
    """None where the published experiment is this one."""

    def rates(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Yield, shape (points, 1); NaN outside the masses of the curve."""
        epsilon = self.curve.epsilon(mass)
        known = np.isfinite(epsilon)
        value = np.full(len(mass), np.nan)
        value[known] = self.events / epsilon[known] ** 2
        published = Estimate(value, np.zeros(len(mass)))[:, None]
        if isinstance(mediator, DarkPhoton) and self.there is None:
            return published
        here = self.here.rates(mediator, mass)
        there = (self.there or self.here).rates(DarkPhoton(), mass)
        scale = np.divide(published.value, there.value, out=np.full(there.value.shape, np.nan), where=there.value > 0)
        scaled: Estimate = scale * here
        return scaled

    def samplers(self, point: SignalPoint) -> Sequence[Sampler]:
        """Computed events, scaled to the published yield."""
        mass = np.array([point.mass])
        wanted, computed = (float(part.rates(point.mediator, mass).value[0, 0]) for part in (self, self.here))
        return bremsstrahlung_samplers(point, wanted / computed if computed > 0 else 0.0)


def _without_resolution(options: PhysicsOptions) -> PhysicsOptions:
    """The options for the published experiment: its selection already contains its resolution."""
    return replace(options, resolution="ideal")
