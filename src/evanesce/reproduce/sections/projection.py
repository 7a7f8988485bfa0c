"""Beyond the paper: expected limits with the uncertainty of the background, for other luminosities.

The paper takes the square root of the expected background, without its uncertainty. Here the limit is the median of
CLs with the budget of the card. Background and signal grow with the luminosity. For the error of the background there
are two assumptions: it stays the same fraction, or there is none. The truth lies between them, since larger
simulations and control samples make it smaller. Below one ab⁻¹ less than two events are expected, and their error
changes nothing.
"""

from __future__ import annotations

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

section = Section("projection", beyond=True)
Scaling: TypeAlias = Literal["fraction", "none"]
"""Error of the background: the same fraction of it at every luminosity, or none."""
LUMINOSITIES: Final[dict[Scaling, tuple[float, ...]]] = {
    "none": (0.001, 0.01, 0.1, 1.0, 10.0, 50.0, 100.0),
    "fraction": (1.0, 10.0, 50.0, 100.0),
}
"""In ab⁻¹: from one fb⁻¹ to twice the design."""
_NOTE: Final = "median expected 90 % CLs limit at 66.66 MeV; signal and background grow with the luminosity"
_SCALINGS: Final[dict[Scaling, str]] = {
    "none": "background without error",
    "fraction": "error of the background in proportion to it",
}


def likelihood_curve(
    setting: Setting, mass: FloatArray | float, mediator: Mediator = BENCHMARK, *, experiment: Experiment | None = None
) -> LimitCurve:
    """Expected limits and bands from the likelihood with the systematic uncertainties of the card and the physics."""
    card = setting.belle2 if experiment is None else experiment
    return limit_curve(card, mediator, mass, physics=setting.options, criterion="cls")


def expected_limit(setting: Setting, luminosity: float, scaling: Scaling, mass: float = BENCHMARK_MASS) -> float:
    """Median expected limit at ``luminosity`` in ab⁻¹."""
    card = setting.belle2.replace({"source.luminosity": luminosity, "systematics": []})
    budget = card.background_budget()
    curve = limit_curve(
        card,
        BENCHMARK,
        mass,
        physics=setting.options,
        background=budget.total,
        background_error=budget.total_error if scaling == "fraction" else 0.0,
        criterion="cls",
        theory=False,
    )
    return float(curve.expected[..., BANDS.index(0)])


def _projected(luminosity: float, scaling: Scaling) -> Callable[[Setting], float]:
    return lambda setting: expected_limit(setting, luminosity, scaling)


for _scaling, _what in _SCALINGS.items():
    for _luminosity in LUMINOSITIES[_scaling]:
        section.computed(
            f"projection-{_luminosity:g}-{_scaling}",
            f"expected limit on ε for {_luminosity:g} ab⁻¹, {_what}",
            note=_NOTE,
        )(_projected(_luminosity, _scaling))
