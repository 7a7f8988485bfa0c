"""How far each nuisance is pulled by the data, and how much it moves the fitted signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.prediction import Prediction
from evanesce.representation import Facts, html_table, summary
from evanesce.statistics.asymptotic import asimov_likelihood, observed_likelihood
from evanesce.statistics.fit import best_fit, fit
from evanesce.statistics.likelihood import Likelihood
from evanesce.statistics.point import at_point
from evanesce.statistics.templates import Templates
from evanesce.validation import FloatArray, non_negative

__all__ = ["Impacts", "impacts"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Impacts:
    """Pulls and impacts of K nuisances, the largest impact first; signals in events."""

    names: tuple[str, ...]
    pulls: FloatArray
    """(fitted - expected) / uncertainty before the fit, shape (K,); NaN for a free parameter."""
    pull_errors: FloatArray
    """Uncertainty after the fit over that before, shape (K,); NaN for a free parameter."""
    impacts: FloatArray
    """Change of the fitted signal with the nuisance fixed one standard deviation of the fit down and up, (K, 2)."""
    impacts_before: FloatArray
    """The same for one standard deviation before the fit; NaN for a free parameter."""
    signal: float
    """Fitted signal events; negative for a deficit."""
    signal_error: float
    """Its uncertainty from the curvature of the likelihood."""
    total: float
    """Signal events at μ = 1: μ is ``signal`` over it."""
    data: str
    """``observed`` or ``Asimov``."""
    provenance: Mapping[str, Any]
    """Package version, cards, mediator, physics options: plain data."""
    coordinates: Mapping[str, FloatArray]
    """``mass`` in GeV, and the parameters that are axes of the grid."""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, with nuisances in the order of their impact."""
        made = dict(self.provenance)
        cards = made.pop("experiments")
        return {
            "experiment": " + ".join(card["name"] for card in cards),
            **{f"{name}_gev" if name == "mass" else name: float(axis) for name, axis in self.coordinates.items()},
            "data": self.data,
            "signal": self.signal,
            "signal_error": self.signal_error,
            "signal_at_epsilon_1": self.total,
            "nuisances": [
                {
                    "name": name,
                    "pull": self.pulls[k],
                    "pull_error": self.pull_errors[k],
                    "impact_down": self.impacts[k, 0],
                    "impact_up": self.impacts[k, 1],
                    "impact_before_down": self.impacts_before[k, 0],
                    "impact_before_up": self.impacts_before[k, 1],
                }
                for k, name in enumerate(self.names)
            ],
            **made,
            "cards": cards,
        }

    def facts(self) -> Facts:
        """Names and values for printing."""
        yield "data", self.data
        yield "fitted signal", f"{self.signal:.4g} ± {self.signal_error:.3g} events"
        regions = {name.rpartition("/")[0] for name in self.names if "/" in name}
        only = f"{regions.pop()}/" if len(regions) == 1 else ""
        for k, name in enumerate(self.names):
            down, up = self.impacts[k]
            pull = "free" if np.isnan(self.pulls[k]) else f"pull {self.pulls[k]:+.2f} ± {self.pull_errors[k]:.2f}"
            yield name.removeprefix(only), f"{pull}, impact {down:+.3g} {up:+.3g} events"

    def __repr__(self) -> str:
        return summary("Impacts", self.facts())

    def _repr_html_(self) -> str:
        return html_table("Impacts", self.facts())


def impacts(prediction: Prediction, *, point: int | tuple[int, ...] | None = None, signal: float = 0.0) -> Impacts:
    """Pulls of the nuisances and their impacts on the fitted signal at one point of the grid.

    Parameters
    ----------
    prediction
        What is expected, with systematic uncertainties.
    point
        Indices of the point, one an axis; None for a grid of one point.
    signal
        Signal events in the Asimov data that are fitted where a region has no observed counts.

    Raises
    ------
    InvalidValueError
        A point that is not on the grid, no signal there, no systematic uncertainty, or a negative signal.

    """
    here = at_point(prediction, point)
    templates = Templates.of(here)
    if not templates.number or not templates.nuisances.names:
        lacking = "signal" if not templates.number else "systematic uncertainty"
        raise InvalidValueError(f"impacts: the prediction has no {lacking} here; choose another point or experiment")
    strength = np.asarray([non_negative("signal", signal)])
    observed = templates.observed
    likelihood = (
        asimov_likelihood(templates, np.zeros(1, dtype=np.intp), strength)
        if observed is None
        else observed_likelihood(templates, observed)
    )
    smallest = _smallest(templates)
    best = best_fit(likelihood, smallest=smallest)
    x = best.parameters[0]
    errors = _errors(likelihood, best.parameters, smallest)
    nuisances = templates.nuisances
    before = np.where(nuisances.gaussian, 1.0, np.nan)
    counted = nuisances.counts > 0
    before[counted] = np.sqrt(np.maximum(nuisances.measured[counted], 1.0)) / nuisances.counts[counted]
    after = _moved(likelihood, x, errors[1:], smallest)
    order = np.argsort(-np.abs(after).max(axis=1), kind="stable")
    return Impacts(
        names=tuple(nuisances.names[k] for k in order),
        pulls=((x[1:] - nuisances.nominal) / before)[order],
        pull_errors=(errors[1:] / before)[order],
        impacts=after[order],
        impacts_before=_moved(likelihood, x, before, smallest)[order],
        signal=float(x[0]),
        signal_error=float(errors[0]),
        total=float(templates.total.reshape(-1)[0]),
        data="Asimov" if observed is None else "observed",
        provenance=here.provenance,
        coordinates=here.coordinates,
    )


def _smallest(templates: Templates) -> float:
    """Smallest signal, negative, with which every bin still expects events."""
    signal, background = templates.nominal[0, 0], templates.nominal[0, 1:].sum(axis=0)
    return -0.999 * float(np.min(background[signal > 0] / signal[signal > 0]))


def _errors(likelihood: Likelihood, x: FloatArray, smallest: float) -> FloatArray:
    """Standard deviations of all parameters from the inverse of the second derivatives; 0 at a bound."""
    lower = np.concatenate([[smallest], likelihood.nuisances.lower])
    free = np.flatnonzero(x[0] > lower)
    errors = np.zeros(x.shape[1])
    errors[free] = np.sqrt(np.diag(np.linalg.inv(likelihood.derivatives(x).hessian[0][np.ix_(free, free)])))
    return errors


def _moved(likelihood: Likelihood, x: FloatArray, steps: FloatArray, smallest: float) -> FloatArray:
    """Change of the fitted signal with each nuisance fixed one step down and up, shape (K, 2); NaN without a step."""
    number = len(steps)
    begin = np.tile(x, (2 * number, 1))
    fixed = np.zeros(begin.shape, dtype=bool)
    for k in range(number):
        for side, sign in enumerate((-1.0, 1.0)):
            fixed[2 * k + side, k + 1] = True
            begin[2 * k + side, k + 1] += sign * np.nan_to_num(steps[k])
    same = likelihood.take(np.zeros(2 * number, dtype=np.intp))
    found = fit(same, begin, fixed=fixed, smallest=smallest)
    change = (found.strength - x[0]).reshape(number, 2)
    return np.where(np.isnan(steps)[:, None], np.nan, change)
