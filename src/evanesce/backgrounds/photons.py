"""Photons that carry the track's energy through the calorimeter and the veto behind it undetected."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from evanesce.backgrounds.base import BACKGROUNDS, BackgroundEstimate, Exposure
from evanesce.backgrounds.uncertainty import Uncertainty, named, quadratic_sum, shared_names
from evanesce.numerics import Estimate, distances, gauss_integral, panel_nodes
from evanesce.validation import FloatArray, fraction, non_negative, positive

__all__ = ["EscapeProbability", "Photons", "photon_escape_probability"]

_RADIATION: Final[float] = 4.0 / 3.0  # b1 of Eq. (3.1)
_CONVERSION: Final[float] = 7.0 / 9.0  # b2
_POLE: Final[float] = _CONVERSION / _RADIATION  # where both rates agree, in u = -ln(1 - x)
_LONGEST: Final[float] = 60.0  # exp(-60) is below any rounding
_VETO: Final = "veto efficiency"


class EscapeProbability(NamedTuple):
    """A probability and the numerical error of its integral."""

    value: float
    error: float


@lru_cache(maxsize=1024)
def photon_escape_probability(thickness: float, min_fraction: float) -> EscapeProbability:
    r"""Mean number of photons with more than ``min_fraction`` of the track's energy behind ``thickness`` X0.

    .. math::
       P = \int_{x_{\min}}^1 \frac{dx}{x} \frac{(1-x)^{b_1 t} - e^{-b_2 t}}{b_2 + b_1 \ln(1-x)},
       \quad b_1 = 4/3,\ b_2 = 7/9

    Source: Eqs. (3.1)-(3.2) of arXiv:2212.04252, after Tsai and Whitis, Phys. Rev. 149 (1966) 1248. With
    u = -ln(1-x) the fraction is exp(-min(b₁u, b₂) t) (1 - exp(-|z| t))/|z|, z = b₂ - b₁u, which avoids the
    0/0 at x = 0.442 and decays like exp(-u) towards x = 1. Relative accuracy 1e-10.

    >>> round(photon_escape_probability(16, 0.95).value * 1e8, 3)
    4.747

    Raises
    ------
    InvalidValueError
        A thickness that is not positive, a fraction outside (0, 1).

    """
    depth = positive("thickness", thickness)
    lowest = -math.log1p(-fraction("min_fraction", min_fraction, one_allowed=False))
    value = error = 0.0
    if lowest < _POLE:  # in ln u, because of the 1/x
        edges = _graded(math.log(lowest), math.log(_POLE), depth)
        below = _integrate(lambda log_u: np.exp(log_u) * _spectrum(np.exp(log_u), depth, lowest), edges)
        scale = math.exp(-_RADIATION * lowest * depth)
        value, error = float(below.value) * scale, float(below.error) * scale
    start = max(lowest, _POLE)
    tail = _integrate(lambda u: _spectrum(u, depth, start), start + _steps(_LONGEST, depth))
    scale = math.exp(-_CONVERSION * depth)
    return EscapeProbability(value + float(tail.value) * scale, error + float(tail.error) * scale)


def _spectrum(u: FloatArray, depth: float, start: float) -> FloatArray:
    """Eq. (3.1) per unit of u, divided by its attenuation at ``start`` to avoid underflow in deep targets."""
    attenuation = np.minimum(_RADIATION * u, _CONVERSION) - min(_RADIATION * start, _CONVERSION)
    z = np.maximum(np.abs(_CONVERSION - _RADIATION * u), 1e-16 / depth)
    window = -np.expm1(-z * depth) / z
    # 1/expm1(u), which does not overflow
    spectrum: FloatArray = np.exp(-u - attenuation * depth) / -np.expm1(-u) * window
    return spectrum


def _steps(length: float, depth: float) -> FloatArray:
    """Distances, up to ``length``, from a point near which the integrand may vary on the scale 1/depth."""
    return np.append(0.0, distances(min(1e-2 / (1.0 + depth), 0.1 * length), length, ratio=1.5))


def _graded(low: float, high: float, depth: float) -> FloatArray:
    """Panel edges, finer towards both ends."""
    middle = 0.5 * (low + high)
    steps = _steps(middle - low, depth)
    return np.unique(np.concatenate([low + steps, high - steps]))


def _integrate(function: Callable[[FloatArray], FloatArray], edges: FloatArray) -> Estimate:
    nodes, weights = panel_nodes(edges, 16)
    panels = gauss_integral(function(nodes))
    half = 0.5 * weights.sum(axis=1)
    return Estimate(panels.value @ half, panels.error @ half)


@BACKGROUNDS.register("photons")
@dataclass(frozen=True, slots=True, kw_only=True)
class Photons:
    """Tracks × photon escape probability × veto efficiency, section 3.1 of arXiv:2212.04252.

    The error has two parts: the numerical error of the integral, and the uncertainty of the veto
    efficiency; the references quote none.
    """

    veto_efficiency: float
    """Probability that the detector behind the calorimeter does not notice the photon."""
    veto_efficiency_error: float = 0.0
    """Its uncertainty, as a difference of efficiencies."""
    reference: str
    """Where the veto efficiency comes from."""
    label: str = "photons"
    uncertainties: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Names of nuisance parameters by source of uncertainty; components with the same name share it."""

    def __post_init__(self) -> None:
        fraction("veto_efficiency", self.veto_efficiency, zero_allowed=True)
        non_negative("veto_efficiency_error", self.veto_efficiency_error)
        object.__setattr__(self, "uncertainties", shared_names(self.label, self.uncertainties, (_VETO,)))

    def estimate(self, exposure: Exposure) -> BackgroundEstimate:
        """Estimate the photons of more than the missing fraction that pass calorimeter and veto."""
        probability = photon_escape_probability(exposure.thickness, exposure.missing_fraction)
        escaping = exposure.recorded_tracks * probability.value
        numerical = exposure.recorded_tracks * probability.error * self.veto_efficiency
        veto = escaping * self.veto_efficiency_error
        sources = named(
            self.uncertainties,
            Uncertainty(source=_VETO, events=veto, constraint="log-normal"),
            Uncertainty(source="integral", events=numerical),
        )
        return BackgroundEstimate(
            name=self.label,
            expected=escaping * self.veto_efficiency,
            error=quadratic_sum(sources),
            source=self.reference,
            inputs={
                "tracks": exposure.tracks,
                "efficiency": exposure.efficiency,
                "thickness_x0": exposure.thickness,
                "missing_fraction": exposure.missing_fraction,
                "escape_probability": probability.value,
                "escape_probability_error": probability.error,
                "before_veto": escaping,
                "veto_efficiency": self.veto_efficiency,
                "veto_efficiency_error": self.veto_efficiency_error,
                "error_from_integral": numerical,
                "error_from_veto": veto,
                "note": "veto_efficiency_error = 0: the references quote none",
            },
            uncertainties=sources,
        )

    def fraction_shares(self, exposure: Exposure, edges: FloatArray) -> FloatArray:
        """Escape probability between edges of the missing fraction, Eq. (3.1); the veto is the same for all."""
        above = [photon_escape_probability(exposure.thickness, float(edge)).value for edge in edges[:-1]]
        return -np.diff([*above, 0.0])
