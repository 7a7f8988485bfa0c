"""Neutrons of photo-nuclear reactions that carry the energy through calorimeter and veto undetected."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Literal

from evanesce.backgrounds.base import BACKGROUNDS, BackgroundEstimate, Exposure
from evanesce.backgrounds.uncertainty import Uncertainty, counting, named, quadratic_sum, shared_names
from evanesce.errors import InvalidValueError
from evanesce.validation import choice, fraction, non_negative, positive

__all__ = ["SOURCES", "Neutrons"]

_NOTHING_SEEN: Final[float] = 2.3
"""Counts used in place of zero: the 90 % Poisson limit with no event observed."""
SOURCES: Final = ("counts of one neutron", "counts of several neutrons", "penetration")
"""Sources of uncertainty."""


@BACKGROUNDS.register("neutrons")
@dataclass(frozen=True, slots=True, kw_only=True)
class Neutrons:
    r"""Simulated counts × penetration probability, section 3.2 of arXiv:2212.04252.

    .. math:: N = \frac{\text{tracks}}{\text{simulated}} (n_1 P + n_2 P^2)

    with n₁ events of one neutron and n₂ of several, counted as two, and P the probability (3.3) that a
    neutron crosses the rest of the calorimeter, and the veto detector. The error is that of the Poisson
    counts; a count of zero is replaced by its limit of 2.3, with an error of the same size.

    The paper requires a neutron "with energy exceeding 3 GeV", but does not say which energy. Its 4950 events
    are nearer to the result with total energy (3540 ± 110 with Geant4 11.4.1 and the same physics list) than to
    kinetic energy (358 ± 30), with which this background would be ten times lower.
    """

    simulated_positrons: float
    """Number of simulated positrons."""
    simulated_energy: float
    """Their energy in GeV."""
    simulated_material: str
    """Material of the simulated target."""
    simulated_thickness: float
    """Thickness of the simulated target in X0."""
    simulated_missing_fraction: float
    """Missing fraction that the simulated events were required to exceed."""
    fast_neutron: int
    """Events with a fast neutron (3 GeV in the paper)."""
    low_deposit: int
    """Of these, events whose deposited energy is small enough."""
    no_charged: int
    """Of these, events without a proton or charged pion above 0.6 GeV."""
    single: int
    """Of these, events with one neutron above 280 MeV of kinetic energy."""
    multiple: int
    """Of these, events with several such neutrons."""
    penetration_model: Literal["quoted", "computed"] = "quoted"
    """``quoted`` takes ``penetration`` as given; ``computed`` is Eq. (3.3) with the two depths below."""
    penetration: float | None = None
    """P as quoted for the whole detector; it does not change with the thickness of the calorimeter."""
    penetration_error: float = 0.0
    """Uncertainty of P of the model in use, as a difference of probabilities."""
    veto_depth: float
    """Depth of the veto detector in hadronic interaction lengths."""
    calorimeter_depth: float
    """Depth of the calorimeter in hadronic interaction lengths, at ``calorimeter_thickness``."""
    calorimeter_thickness: float
    """Thickness in X0 that ``calorimeter_depth`` belongs to; other thicknesses scale with it."""
    reference: str
    """Where counts and depths come from."""
    label: str = "neutrons"
    uncertainties: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Names of nuisance parameters by source of uncertainty; components with the same name share it."""

    def __post_init__(self) -> None:
        for name in (
            "simulated_positrons",
            "simulated_energy",
            "simulated_thickness",
            "calorimeter_thickness",
        ):
            positive(name, getattr(self, name))
        fraction("simulated_missing_fraction", self.simulated_missing_fraction, one_allowed=False)
        for name in (*_CHAIN, "single", "multiple", "veto_depth", "calorimeter_depth"):
            non_negative(name, getattr(self, name))
        non_negative("penetration_error", self.penetration_error)
        object.__setattr__(self, "uncertainties", shared_names(self.label, self.uncertainties, SOURCES))
        choice("penetration_model", self.penetration_model, ("quoted", "computed"))
        if self.penetration is not None:
            fraction("penetration", self.penetration, zero_allowed=True)
        elif self.penetration_model == "quoted":
            raise InvalidValueError("penetration: is missing; give it or set penetration_model to computed")
        for before, after in pairwise(("simulated_positrons", *_CHAIN)):
            if not getattr(self, after) <= getattr(self, before):
                raise InvalidValueError(
                    f"{after} = {getattr(self, after)}: must be at most {before} = {getattr(self, before):g}"
                )
        if not self.single + self.multiple <= self.no_charged:
            raise InvalidValueError(
                f"single = {self.single}: with multiple = {self.multiple} must be at most "
                f"no_charged = {self.no_charged}"
            )

    def computed_penetration(self, thickness: float) -> float:
        """P of Eq. (3.3) for a calorimeter of ``thickness`` X0 without the simulated part, and the veto."""
        remaining = max(thickness - self.simulated_thickness, 0.0) / self.calorimeter_thickness
        return math.exp(-(self.veto_depth + self.calorimeter_depth * remaining))

    def estimate(self, exposure: Exposure) -> BackgroundEstimate:
        """Estimate the neutron events.

        A selection tighter than the simulated one makes the result an upper limit.

        Raises
        ------
        InvalidValueError
            A material other than the simulated one, or a looser selection, for which the counts are not valid.

        """
        self._check_applies(exposure)
        values = {} if self.penetration is None else {"quoted": self.penetration}
        values["computed"] = self.computed_penetration(exposure.thickness)
        scale = exposure.recorded_tracks / self.simulated_positrons
        sources = self._sources(scale, values[self.penetration_model])
        return BackgroundEstimate(
            name=self.label,
            expected=scale * self._events(values[self.penetration_model]),
            error=quadratic_sum(sources),
            source=self.reference,
            inputs={
                "tracks": exposure.tracks,
                "efficiency": exposure.efficiency,
                "thickness_x0": exposure.thickness,
                "missing_fraction": exposure.missing_fraction,
                **self._simulation(),
                "penetration_model": self.penetration_model,
                **{f"penetration_{name}": value for name, value in values.items()},
                **{f"expected_{name}": scale * self._events(value) for name, value in values.items()},
                "note": "statistical error of the counts; a count of 0 enters as 2.3 +- 2.3",
            },
            upper_limit=0 in (self.single, self.multiple)
            or exposure.missing_fraction > self.simulated_missing_fraction,
            uncertainties=sources,
        )

    def _events(self, penetration: float) -> float:
        """Events among the simulated positrons."""
        return _count(self.single) * penetration + _count(self.multiple) * penetration**2

    def _sources(self, scale: float, penetration: float) -> tuple[Uncertainty, ...]:
        """Poisson counts of both classes, and the penetration, which enters squared for several neutrons."""
        counted = (
            counting(source, count, scale * weight, events=None if count else scale * weight * _NOTHING_SEEN)
            for source, count, weight in zip(
                SOURCES[:2], (self.single, self.multiple), (penetration, penetration**2), strict=True
            )
        )
        worse = scale * (self._events(penetration + self.penetration_error) - self._events(penetration))
        return named(
            self.uncertainties, *counted, Uncertainty(source=SOURCES[2], events=worse, constraint="log-normal")
        )

    def _check_applies(self, exposure: Exposure) -> None:
        if exposure.material.name != self.simulated_material:
            raise InvalidValueError(
                f"background '{self.label}': was simulated in {self.simulated_material}, but the target is "
                f"{exposure.material.name}; give the counts of a simulation in it"
            )
        if exposure.missing_fraction < self.simulated_missing_fraction:
            raise InvalidValueError(
                f"background '{self.label}': missing_fraction = {exposure.missing_fraction}: must be at "
                f"least the simulated {self.simulated_missing_fraction}, or give the counts of a looser one"
            )

    def _simulation(self) -> dict[str, Any]:
        names = [name for name in self.__dataclass_fields__ if name not in _NOT_SIMULATED]
        return {name: getattr(self, name) for name in names}


def _count(count: int) -> float:
    """Return a count, or what stands for zero."""
    return float(count) if count else _NOTHING_SEEN


_CHAIN: Final = ("fast_neutron", "low_deposit", "no_charged")
_NOT_SIMULATED: Final = (
    "penetration_model",
    "penetration",
    "penetration_error",
    "reference",
    "label",
    "uncertainties",
)
