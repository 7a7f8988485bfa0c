"""Muon pairs that the track radiates in the calorimeter: e + N → e + N + μ⁺ + μ⁻."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from evanesce.backgrounds.base import BACKGROUNDS, BackgroundEstimate, Exposure
from evanesce.backgrounds.uncertainty import Uncertainty, named, quadratic_sum, shared_names
from evanesce.constants import PB_CM2
from evanesce.validation import fraction, non_negative, positive

__all__ = ["MuonConversion"]

_UPPER: Final = "upper estimate"
_VETO: Final = "veto efficiency"


@BACKGROUNDS.register("muon-conversion")
@dataclass(frozen=True, slots=True, kw_only=True)
class MuonConversion:
    """Tracks × nuclei per area × cross section × (veto efficiency)², appendix D of arXiv:2212.04252.

    Both muons escape the veto independently. Nuclei are counted as formula units: in CsI the paper's
    density is that of each of the two species. We assume that every such pair takes more than the
    missing fraction, so the result is an upper limit, with an error of the same size.
    """

    cross_section: float
    """Cross section per formula unit in pb."""
    veto_efficiency: float
    """Probability that the detector behind the calorimeter does not notice one muon."""
    veto_efficiency_error: float = 0.0
    """Its uncertainty, as a difference of efficiencies."""
    depth: float = 1.0
    """Depth in X0 over which the track still has its energy."""
    reference: str
    label: str = "e+N->e+N mu+mu-"
    uncertainties: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Names of nuisance parameters by source of uncertainty; components with the same name share it."""

    def __post_init__(self) -> None:
        positive("cross_section", self.cross_section)
        fraction("veto_efficiency", self.veto_efficiency, zero_allowed=True)
        non_negative("veto_efficiency_error", self.veto_efficiency_error)
        positive("depth", self.depth)
        object.__setattr__(self, "uncertainties", shared_names(self.label, self.uncertainties, (_UPPER, _VETO)))

    def estimate(self, exposure: Exposure) -> BackgroundEstimate:
        """Upper limit on the conversions of which the veto misses both muons."""
        depth = min(self.depth, exposure.thickness)
        density = exposure.material.formula_unit_density
        nuclei = density * depth * exposure.material.radiation_length  # per cm²
        produced = exposure.recorded_tracks * nuclei * self.cross_section * PB_CM2
        expected = produced * self.veto_efficiency**2
        worse = produced * (self.veto_efficiency + self.veto_efficiency_error) ** 2
        sources = named(
            self.uncertainties,
            Uncertainty(source=_UPPER, events=expected),
            Uncertainty(source=_VETO, events=worse - expected, constraint="log-normal"),
        )
        return BackgroundEstimate(
            name=self.label,
            expected=expected,
            error=quadratic_sum(sources),
            source=self.reference,
            inputs={
                "tracks": exposure.tracks,
                "efficiency": exposure.efficiency,
                "formula_units_per_cm3": density,
                "radiation_length_cm": exposure.material.radiation_length,
                "depth_x0": depth,
                "cross_section_pb": self.cross_section,
                "before_veto": produced,
                "veto_efficiency_per_muon": self.veto_efficiency,
                "note": "upper limit, with an error of the same size",
            },
            upper_limit=True,
            uncertainties=sources,
        )
