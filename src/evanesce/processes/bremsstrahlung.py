"""Radiation of the mediator in the field of a nucleus, Eq. (4.5) of arXiv:2212.04252 and beyond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.mediators import Mediator
from evanesce.memo import Memo
from evanesce.numerics import Estimate
from evanesce.physics import PhysicsOptions
from evanesce.processes.base import PROCESSES, Workshop
from evanesce.production import bremsstrahlung_yield, exact_yield, improved_yield
from evanesce.production.annihilation import rows_of
from evanesce.sampling.bremsstrahlung import bremsstrahlung_samplers
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.sampler import Sampler
from evanesce.setups import Setup
from evanesce.showers import Kernel
from evanesce.tracklength import FoldedRadiation, fold_radiation
from evanesce.validation import FloatArray

__all__ = ["Bremsstrahlung"]

_FOLD: frozenset[str] = frozenset({"track_length", "v_max", "bremsstrahlung_thickness"})
_FORMULAS = {"ww": bremsstrahlung_yield, "iww": improved_yield, "exact": exact_yield}
_HEAVY = 64
"""Folds of heavy masses that are kept."""


@PROCESSES.register("bremsstrahlung")
@dataclass(frozen=True, slots=True, kw_only=True)
class Bremsstrahlung:
    """e± + nucleus → e± + nucleus + mediator."""

    name: ClassVar[str] = "bremsstrahlung"
    standard: ClassVar[bool] = True
    reads: ClassVar[frozenset[str]] = _FOLD | {"bremsstrahlung", "form_factor"}
    axes: ClassVar[frozenset[str]] = frozenset({"mass"})

    def enabled(self, options: PhysicsOptions) -> bool:  # noqa: ARG002
        """Always."""
        return True

    def prepare(self, setup: Setup, options: PhysicsOptions, workshop: Workshop) -> PreparedBremsstrahlung:
        """Fold the tracks that radiate with the source."""
        kernel = setup.track_length(options, thickness=options.bremsstrahlung_thickness).radiating

        def fold() -> FoldedRadiation | None:
            return fold_radiation(setup.source, kernel, acceptance=setup.acceptance, v_max=options.v_max)

        shared = workshop.share(("radiating", setup.key, options.key(_FOLD)), fold)
        return PreparedBremsstrahlung(setup, options, kernel, shared)


@dataclass(frozen=True, slots=True, eq=False)
class PreparedBremsstrahlung:
    """The folded density of one setup; masses that alter the energy cut have folds of their own."""

    setup: Setup
    options: PhysicsOptions
    kernel: Kernel
    fold: FoldedRadiation | None
    heavy: Memo[FoldedRadiation | None] = field(default_factory=lambda: Memo(_HEAVY))

    def rates(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Yield of the chosen formula, shape (points, 1)."""
        lowest, highest = self.setup.energies
        least = lowest * float(self.setup.acceptance.transition(np.asarray(lowest))[0])
        value, error = np.zeros(len(mass)), np.zeros(len(mass))
        light = mass <= least
        if light.any() and self.fold is not None:
            value[light], error[light] = self._radiated(self.fold, rows_of(mediator, light), mass[light])
        for i in np.flatnonzero(~light & (mass < highest - ELECTRON_MASS)):
            one = np.arange(len(mass)) == i
            fold = self.heavy.get(float(mass[i]), lambda heavy=float(mass[i]): self._fold(heavy))  # type: ignore[misc]
            if fold is not None:
                value[one], error[one] = self._radiated(fold, rows_of(mediator, one), mass[one])
        return Estimate(value, error)[:, None]

    def samplers(self, point: SignalPoint) -> Sequence[Sampler]:
        """Events with the rate of the formula and the angles of the exact amplitude."""
        return bremsstrahlung_samplers(point, 1.0)

    def _fold(self, mass: float) -> FoldedRadiation | None:
        return fold_radiation(
            self.setup.source,
            self.kernel,
            acceptance=self.setup.acceptance,
            v_max=self.options.v_max,
            minimum_energy=mass,
        )

    def _radiated(self, fold: FoldedRadiation, mediator: Mediator, mass: FloatArray) -> Estimate:
        formula = _FORMULAS[self.options.bremsstrahlung]
        return formula(fold, self.setup.target.material, mediator, mass, self.options.form_factor)
