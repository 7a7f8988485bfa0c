"""Appendix E: a scalar mediator."""

from __future__ import annotations

from typing import Final

import numpy as np

from evanesce.mediators import Scalar
from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import BENCHMARK, BENCHMARK_MASS, GEV_MEV, Setting

__all__ = ["section"]

section = Section("E")
_SCALAR: Final = Scalar()
_SPINS: Final = {"scalar": 1.0, "vector": 3.0}
"""2J + 1."""


@section.computed("scalar-epsilon-best", "strongest limit on ε, scalar", paper="≃ 2.4e-5")
def scalar_epsilon_best(setting: Setting) -> float:
    """Smallest ε over the resonance window."""
    return setting.best(_SCALAR).epsilon


@section.computed(
    "scalar-epsilon-best-mass",
    "mass of the strongest limit, scalar",
    "MeV",
    paper="~ 66",
    note="as for the dark photon the paper drops the decimals",
)
def scalar_epsilon_best_mass(setting: Setting) -> float:
    """Where ε is smallest."""
    return GEV_MEV * setting.best(_SCALAR).mass


@section.computed("scalar-epsilon-benchmark", "limit on ε at 66.66 MeV, scalar")
def scalar_epsilon_benchmark(setting: Setting) -> float:
    """At the benchmark mass."""
    return setting.epsilon(_SCALAR)


@section.computed("scalar-events", "events at 66.66 MeV, scalar over dark photon")
def scalar_events(setting: Setting) -> float:
    """Ratio of the yields."""
    return setting.events(_SCALAR) / setting.events()


@section.computed(
    "scalar-narrow-width",
    "(2J+1) Γ(M → e⁺e⁻), scalar over dark photon",
    note="the limit of the ratio of events for a narrow mediator",
)
def scalar_narrow_width(_: Setting) -> float:
    """Ratio at the benchmark mass."""
    mass = np.asarray(BENCHMARK_MASS)
    scalar, vector = _SCALAR.electron_width(mass), BENCHMARK.electron_width(mass)
    return float(_SPINS["scalar"] * scalar / (_SPINS["vector"] * vector))
