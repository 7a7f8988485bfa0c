"""Input of every number: the experiments and one set of physics options."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from evanesce.backgrounds import Background, BackgroundEstimate
from evanesce.constraints import Constraint, constraint
from evanesce.errors import InvalidValueError, unknown_name
from evanesce.experiments import Experiment
from evanesce.limits import LimitCurve, limit_curve
from evanesce.mediators import DarkPhoton, Mediator
from evanesce.numerics import panel_nodes
from evanesce.physics import PhysicsOptions
from evanesce.production import collision_s
from evanesce.sources import Beam, Bhabha, RadiativeBhabha
from evanesce.validation import FloatArray

__all__ = ["BENCHMARK", "BENCHMARK_MASS", "GEV_MEV", "Point", "Setting", "crossing"]

GEV_MEV: Final[float] = 1e3
"""1 GeV in MeV."""
BENCHMARK_MASS: Final[float] = 0.06666
"""Mediator mass in GeV of the paper's quoted limits (appendix B and section 5)."""
BENCHMARK: Final[DarkPhoton] = DarkPhoton()
"""The paper's dark photon, which is the package's default."""
_NODES: Final[int] = 32
_COARSE: Final[int] = 801
_ZOOM: Final[int] = 61


class Point(NamedTuple):
    """A point of a limit curve."""

    mass: float
    """Mediator mass in GeV."""
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Experiments and physics options, with the numbers that several rows share."""

    belle2: Experiment
    na64: Experiment
    radiative: Experiment
    """Experiment of appendix F; it is not affected by changes to the card of the collider experiment."""
    options: PhysicsOptions
    _best: dict[Mediator, Point] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def bhabha(self) -> Bhabha:
        """Source of the collider experiment."""
        source = self.belle2.source
        if not isinstance(source, Bhabha):
            raise InvalidValueError(f"source of {self.belle2.name}: must be Bhabha scattering")
        return source

    @property
    def beam(self) -> Beam:
        """Source of the beam experiment."""
        source = self.na64.source
        if not isinstance(source, Beam):
            raise InvalidValueError(f"source of {self.na64.name}: must be a beam")
        return source

    @property
    def radiative_bhabha(self) -> RadiativeBhabha:
        """Source of appendix F."""
        source = self.radiative.source
        if not isinstance(source, RadiativeBhabha):
            raise InvalidValueError(f"source of {self.radiative.name}: must be radiative Bhabha scattering")
        return source

    @property
    def mono_photon(self) -> Constraint:
        """Single-photon projection at the luminosity of the experiment."""
        return constraint("belle2-monophoton").rescaled(self.bhabha.luminosity)

    @property
    def window(self) -> tuple[float, float]:
        """Mediator masses in GeV on resonance for tracks without energy loss: sqrt(s) at the edges of the spectrum."""
        low, high = np.sqrt(collision_s(np.array(self.bhabha.energy_range)))
        return float(low), float(high)

    def first_part(self, share: float) -> float:
        """Fraction of the tracks with an energy in the first ``share`` of the energy range."""
        low, high = self.bhabha.energy_range
        energy, weights = panel_nodes(np.array([low, low + share * (high - low)]), _NODES)
        return float(np.sum(weights * self.bhabha.spectrum(energy))) / self.bhabha.count

    def component(self, label: str) -> Background:
        """Find the background component called ``label``."""
        for component in self.belle2.backgrounds:
            if component.label == label:
                return component
        raise unknown_name("background", label, [component.label for component in self.belle2.backgrounds])

    def estimate(self, label: str) -> BackgroundEstimate:
        """Estimate the background component called ``label``."""
        return self.component(label).estimate(self.belle2.exposure())

    def curve(
        self,
        mass: npt.ArrayLike,
        mediator: Mediator = BENCHMARK,
        *,
        experiment: Experiment | None = None,
        background: float | None = None,
    ) -> LimitCurve:
        """Limits of the collider experiment, or of another, at masses in GeV."""
        chosen = self.belle2 if experiment is None else experiment
        return limit_curve(chosen, mediator, np.atleast_1d(mass), physics=self.options, background=background)

    def epsilon(
        self,
        mediator: Mediator = BENCHMARK,
        *,
        mass: float = BENCHMARK_MASS,
        experiment: Experiment | None = None,
        background: float | None = None,
    ) -> float:
        """Limit at one mass in GeV."""
        return float(self.curve(mass, mediator, experiment=experiment, background=background).epsilon[0])

    def events(self, mediator: Mediator = BENCHMARK, *, mass: float = BENCHMARK_MASS) -> float:
        """Signal events of the collider experiment per ε², all processes."""
        return float(sum(part[0] for part in self.curve(mass, mediator).yields.values()))

    def best(self, mediator: Mediator = BENCHMARK) -> Point:
        """Strongest limit of the collider experiment in its resonance window, by successively finer grids."""
        if mediator not in self._best:
            self._best[mediator] = self._find_best(mediator)
        return self._best[mediator]

    def _find_best(self, mediator: Mediator) -> Point:
        low, high = self.window
        low *= math.sqrt(self.belle2.selection.missing_fraction)
        grid, epsilon = self._scan(mediator, low, high, _COARSE)
        for _ in range(3):
            best = int(epsilon.argmin())
            low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
            grid, epsilon = self._scan(mediator, low, high, _ZOOM)
        best = int(epsilon.argmin())
        return Point(float(grid[best]), float(epsilon[best]))

    def _scan(self, mediator: Mediator, low: float, high: float, points: int) -> tuple[FloatArray, FloatArray]:
        grid = np.linspace(low, high, points)
        return grid, self.curve(grid, mediator).epsilon


def crossing(function: Callable[[float], float], low: float, high: float, what: str) -> float:
    """Return the point between two positive numbers at which ``function`` changes sign, to twelve digits.

    Raises
    ------
    InvalidValueError
        There is no change of sign; ``what`` begins the message.

    """

    def of_log(log_x: float) -> float:
        return function(math.exp(log_x))

    ends = math.log(low), math.log(high)
    if not of_log(ends[0]) * of_log(ends[1]) < 0:
        raise InvalidValueError(f"{what}: there is none between {low:g} and {high:g}")
    return math.exp(float(brentq(of_log, *ends, xtol=1e-12)))
