"""Appendix B: dependence on α_D."""

from __future__ import annotations

from typing import Final

import numpy as np

from evanesce.mediators import DarkPhoton
from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import BENCHMARK, BENCHMARK_MASS, GEV_MEV, Setting, crossing

__all__ = ["coupling_where_equal", "section"]

section = Section("B")
_VANISHING: Final[float] = 1e-6
_LARGEST: Final[float] = 10.0

section.given("benchmark-mass", "mass of the benchmark", "MeV", "66.66", lambda _: GEV_MEV * BENCHMARK_MASS)


@section.computed("epsilon-saturated", "limit on ε at 66.66 MeV for small α_D", paper="≲ 1.7e-5")
def epsilon_saturated(setting: Setting) -> float:
    """In the limit of a vanishing width."""
    return setting.epsilon(DarkPhoton(alpha_d=_VANISHING))


@section.computed("saturation", "limit at α_D = 0.001 over the limit for small α_D")
def saturation(setting: Setting) -> float:
    """Ratio of the two limits; 1 if saturated."""
    return setting.epsilon() / epsilon_saturated(setting)


@section.computed("alpha-d-crossing", "largest α_D that beats the single-photon projection", paper="≲ 0.5")
def alpha_d_crossing(setting: Setting) -> float:
    """Where both limits are equal."""
    return coupling_where_equal(setting)


def coupling_where_equal(setting: Setting) -> float:
    """Find the α_D at which the search and the single-photon projection are equal at 66.66 MeV."""
    rival = float(setting.mono_photon.epsilon(BENCHMARK_MASS))

    def excess(alpha_d: float) -> float:
        return float(np.log(setting.epsilon(DarkPhoton(alpha_d=alpha_d)) / rival))

    return crossing(excess, float(np.asarray(BENCHMARK.alpha_d)), _LARGEST, "equal limits")
