"""Beyond the paper: expected limits with the uncertainty of the background, for other luminosities.

The paper takes the square root of the expected background, without its uncertainty. Here the limit is the median of
the profile likelihood with the budget of the card and its errors. How these errors change with luminosity is an
assumption, so two are shown: they stay the same fraction of the background, or they fall with one over the root of the
luminosity, as errors do that control samples of the same data determine.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from evanesce.experiments import Experiment
from evanesce.limits import LimitCurve, limit_curve
from evanesce.mediators import Mediator
from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import BENCHMARK, BENCHMARK_MASS, Setting
from evanesce.statistics import BANDS
from evanesce.validation import FloatArray

__all__ = ["LUMINOSITIES", "Scaling", "expected_limit", "likelihood_curve", "section"]

section = Section("projection")
Scaling: TypeAlias = Literal["fraction", "root"]
"""Relative error of the background with luminosity: constant, or as one over its root."""
LUMINOSITIES: Final[tuple[float, ...]] = (0.001, 0.01, 0.1, 1.0, 10.0, 50.0, 100.0)
"""In ab⁻¹: from one fb⁻¹ to twice the design."""
_NOTE: Final = "median expected 90 % CLs limit at 66.66 MeV with the uncertainty of the background budget; "
_SCALINGS: Final[dict[Scaling, str]] = {
    "fraction": "its relative error is the same at every luminosity",
    "root": "its relative error falls with one over the root of the luminosity",
}


def likelihood_curve(
    setting: Setting, mass: FloatArray | float, mediator: Mediator = BENCHMARK, *, experiment: Experiment | None = None
) -> LimitCurve:
    """Expected limits and bands from the likelihood with the systematic uncertainties of the card."""
    card = setting.belle2 if experiment is None else experiment
    return limit_curve(card, mediator, mass, physics=setting.options, criterion="cls")


def expected_limit(setting: Setting, luminosity: float, scaling: Scaling, mass: float = BENCHMARK_MASS) -> float:
    """Median expected limit at ``luminosity`` in ab⁻¹."""
    card = setting.belle2.replace({"source.luminosity": luminosity})
    budget = card.background_budget()
    of_card = setting.bhabha.luminosity
    error = budget.total_error * (math.sqrt(of_card / luminosity) if scaling == "root" else 1.0)
    curve = limit_curve(
        card,
        BENCHMARK,
        mass,
        physics=setting.options,
        background=budget.total,
        background_error=error,
        criterion="cls",
        theory=False,
    )
    return float(curve.expected[..., BANDS.index(0)])


def _projected(luminosity: float, scaling: Scaling) -> Callable[[Setting], float]:
    return lambda setting: expected_limit(setting, luminosity, scaling)


for _luminosity in LUMINOSITIES:
    for _scaling, _what in _SCALINGS.items():
        section.computed(
            f"projection-{_luminosity:g}-{_scaling}",
            f"expected limit on ε for {_luminosity:g} ab⁻¹, background error as {_scaling}",
            note=_NOTE + _what,
        )(_projected(_luminosity, _scaling))
