"""Limits as plain data: the JSON of ``evanesce limit``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from evanesce.limits import LimitCurve
    from evanesce.validation import FloatArray

__all__ = ["limits_as_dict"]


def limits_as_dict(curve: LimitCurve) -> dict[str, Any]:
    """Everything about a curve, with the expected and observed limits if the criterion has them."""
    made = curve.provenance
    statistical = curve.statistical_error
    return {
        "experiment": made["experiment"]["name"],
        "mediator": made["mediator"],
        "alpha_d": made["alpha_d"],
        "mass_ratio": made["mass_ratio"],
        "dark_matter": made["dark_matter"],
        "physics": made["physics"],
        "criterion": made["criterion"],
        "confidence_level": made["confidence_level"],
        "method": made["method"],
        "background": made["background"],
        "signal_limit": _events(curve, curve.epsilon, curve.signal_limit),
        **_other_axes(curve),
        "mass_gev": curve.coordinates["mass"],
        "epsilon": curve.epsilon,
        "epsilon_error": curve.epsilon_error,
        **({} if statistical is None else {"epsilon_statistical_error": statistical}),
        **_bands(curve),
        "y": curve.thermal_y,
        "outcome": curve.outcome_names,
        "visible_width": curve.visible_width,
        "reason": curve.reason,
        "warning": curve.warning,
        "theory_uncertainty": curve.theory,
        "yield_per_epsilon2": curve.yields,
        "yield_error": curve.yield_errors,
        "card": made["experiment"],
        **({"cards": made["experiments"]} if "experiments" in made else {}),
        "evanesce_version": made["evanesce_version"],
        **({"plug_ins": made["plug_ins"]} if "plug_ins" in made else {}),
        "notes": list(curve.notes),
    }


def _other_axes(curve: LimitCurve) -> dict[str, Any]:
    """Axes of a scan over fields of a card, which come before those of the mediator."""
    others = {name: curve.coordinates[name] for name in curve.dims if name not in ("alpha_d", "mass_ratio", "mass")}
    return {"axes": others} if others else {}


def _bands(curve: LimitCurve) -> dict[str, Any]:
    """Expected limits by standard deviations, observed limits, and the signal events of each."""
    found: dict[str, Any] = {}
    events: dict[str, Any] = {}
    if curve.has_bands:
        from evanesce.statistics import BANDS

        found["expected"] = {str(band): curve.expected[..., i] for i, band in enumerate(BANDS)}
        events |= {name: _events(curve, values) for name, values in found["expected"].items()}
    if curve.observed is not None:
        found["observed_epsilon"] = curve.observed
        events["observed"] = _events(curve, curve.observed)
    return {**found, **({"signal_limits": events} if events else {})}


def _events(curve: LimitCurve, epsilon: FloatArray, number: float = float("nan")) -> float | FloatArray:
    """Signal events at a limit: one number if it is the same at every point, else one a point."""
    if not np.isnan(number):
        return number
    events = curve.events(epsilon)
    known = events[np.isfinite(events)]
    same = known.size > 0 and np.allclose(known, known.flat[0], rtol=1e-9, atol=0.0)
    return float(known.flat[0]) if same else events
