"""Tracks that leak through a crack of the calorimeter, or through its whole depth, undetected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from evanesce.backgrounds.base import BACKGROUNDS, BackgroundEstimate, Exposure
from evanesce.backgrounds.uncertainty import Uncertainty, named, quadratic_sum, shared_names
from evanesce.validation import fraction, non_negative

__all__ = ["Leakage"]

_SOURCE: Final = "probability"


@BACKGROUNDS.register("leakage")
@dataclass(frozen=True, slots=True, kw_only=True)
class Leakage:
    """Tracks × the probability that one crosses calorimeter and veto without leaving more than the selection allows.

    As many events as the whole background of arXiv:2212.04252, 94 of 6·10¹¹ tracks, leak at a probability of
    1.6·10⁻¹⁰:

    >>> from evanesce.materials import material
    >>> exposure = Exposure(tracks=6e11, material=material("CsI"), thickness=16, missing_fraction=0.95)
    >>> cracks = Leakage(probability=1.6e-10, probability_error=0.8e-10, reference="a guess")
    >>> estimate = cracks.estimate(exposure)
    >>> round(estimate.expected, 6), round(estimate.error, 6)
    (96.0, 48.0)

    Raises
    ------
    InvalidValueError
        On construction: a probability outside [0, 1], a negative error, or an unknown source of uncertainty.

    """

    probability: float
    """Probability that a track leaks undetected, veto included."""
    probability_error: float = 0.0
    """Its uncertainty, as a difference of probabilities."""
    reference: str
    label: str = "leakage"
    uncertainties: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Names of nuisance parameters by source of uncertainty; components with the same name share it."""

    def __post_init__(self) -> None:
        fraction("probability", self.probability, zero_allowed=True)
        non_negative("probability_error", self.probability_error)
        object.__setattr__(self, "uncertainties", shared_names(self.label, self.uncertainties, (_SOURCE,)))

    def estimate(self, exposure: Exposure) -> BackgroundEstimate:
        """Return the tracks that leak."""
        tracks = exposure.recorded_tracks
        sources = named(
            self.uncertainties,
            Uncertainty(source=_SOURCE, events=tracks * self.probability_error, constraint="log-normal"),
        )
        return BackgroundEstimate(
            name=self.label,
            expected=tracks * self.probability,
            error=quadratic_sum(sources),
            source=self.reference,
            inputs={
                "tracks": exposure.tracks,
                "efficiency": exposure.efficiency,
                "probability": self.probability,
                "probability_error": self.probability_error,
            },
            uncertainties=sources,
        )
