"""A background of which n events of a simulation survive the selection; n may be zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from evanesce.backgrounds.base import BACKGROUNDS, BackgroundEstimate, Exposure
from evanesce.backgrounds.uncertainty import counting, named, quadratic_sum, shared_names
from evanesce.errors import InvalidValueError
from evanesce.validation import positive, whole

__all__ = ["SimulatedEvents"]

_SOURCE: Final = "simulated events"
_MOST: Final = 10**15


@BACKGROUNDS.register("poisson-simulated")
@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedEvents:
    """Surviving events of a simulation, scaled to the data: N = w n with n of a Poisson distribution.

    The weight w is recorded tracks over simulated tracks, or luminosity × efficiency over simulated luminosity. With
    n = 0 the expectation is zero, and not an upper limit put in by hand: a likelihood constrains the mean λ of the
    simulation by its Poisson probability of n. The error is w√n, and for n = 0 the upper end of the central 68.3 %
    interval, 1.84 w.

    >>> from evanesce.materials import material
    >>> exposure = Exposure(tracks=6e11, material=material("CsI"), thickness=16, missing_fraction=0.95)
    >>> none = SimulatedEvents(events=0, simulated_tracks=6e11, reference="our simulation").estimate(exposure)
    >>> none.expected, round(none.error, 2), none.upper_limit
    (0.0, 1.84, True)

    Raises
    ------
    InvalidValueError
        On construction: events that are no whole number, both or neither of the two sizes of the simulation, or one
        that is not positive.

    """

    events: int
    """Simulated events that pass the whole selection."""
    simulated_tracks: float | None = None
    """Number of simulated tracks; this or the luminosity."""
    simulated_luminosity: float | None = None
    """Luminosity that the simulation corresponds to in ab⁻¹; this or the tracks."""
    reference: str
    label: str = "simulated events"
    uncertainties: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Names of nuisance parameters by source of uncertainty; components with the same name share it."""

    def __post_init__(self) -> None:
        whole("events", self.events, 0, _MOST)
        if (self.simulated_tracks is None) == (self.simulated_luminosity is None):
            raise InvalidValueError(
                "simulated_tracks: give the size of the simulation, either simulated_tracks or simulated_luminosity"
            )
        for name in ("simulated_tracks", "simulated_luminosity"):
            if getattr(self, name) is not None:
                positive(name, getattr(self, name))
        object.__setattr__(self, "uncertainties", shared_names(self.label, self.uncertainties, (_SOURCE,)))

    def estimate(self, exposure: Exposure) -> BackgroundEstimate:
        """Return the simulated events scaled to the data.

        Raises
        ------
        InvalidValueError
            A simulated luminosity, if the exposure has none.

        """
        weight = self._weight(exposure)
        sources = named(self.uncertainties, counting(_SOURCE, self.events, weight))
        return BackgroundEstimate(
            name=self.label,
            expected=weight * self.events,
            error=quadratic_sum(sources),
            source=self.reference,
            inputs={
                "tracks": exposure.tracks,
                "luminosity_per_ab": exposure.luminosity,
                "efficiency": exposure.efficiency,
                "events": self.events,
                "simulated_tracks": self.simulated_tracks,
                "simulated_luminosity_per_ab": self.simulated_luminosity,
                "events_per_simulated_event": weight,
                "note": "without a simulated event the error is the upper end of the central 68.3 % interval",
            },
            upper_limit=self.events == 0,
            uncertainties=sources,
        )

    def _weight(self, exposure: Exposure) -> float:
        if self.simulated_tracks is not None:
            return exposure.recorded_tracks / self.simulated_tracks
        if exposure.luminosity is None or self.simulated_luminosity is None:
            raise InvalidValueError(
                f"background '{self.label}': needs a collider's luminosity, but the source has none; "
                "give simulated_tracks"
            )
        return exposure.luminosity * exposure.efficiency / self.simulated_luminosity
