"""Appendix C: NA64 with annihilation of secondary positrons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from evanesce.constraints import constraint
from evanesce.errors import InvalidValueError
from evanesce.mediators import DarkPhoton
from evanesce.processes import annihilated
from evanesce.production import collision_s
from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import GEV_MEV, Setting

__all__ = ["COUPLINGS", "section"]

section = Section("C")
_MASS: Final[float] = 0.25
COUPLINGS: Final[tuple[float, ...]] = (0.1, 0.5)

section.given("na64-electrons", "electrons on target", "", "2.84e11", lambda s: s.beam.particles)
section.given("na64-energy", "beam energy", "GeV", "100", lambda s: s.beam.energy)
section.given("na64-efficiency", "efficiency", "", "≃ 0.5", lambda s: s.na64.efficiency)
section.given(
    "na64-missing-fraction",
    "smallest missing share of the energy",
    "",
    "0.5",
    lambda s: s.na64.selection.missing_fraction,
)
section.given("na64-signal-limit", "excluded signal events", "events", "2.3", lambda s: s.na64.signal_limit)
section.given(
    "na64-thickness",
    "thickness of the target",
    "X0",
    None,
    lambda s: s.na64.slab.thickness,
    note="the paper does not state its L_T; secondaries above half the energy do not depend on it",
)
section.given(
    "na64-bremsstrahlung",
    "published limit on ε from bremsstrahlung alone at 250 MeV",
    "",
    None,
    lambda s: float(constraint(_curve(s)).epsilon(_MASS)),
    note="arXiv:1906.00176, figure 3",
)


@section.computed("na64-resonance-min", "smallest mass on resonance", "MeV", paper="~ 2e2", note="stated in section 4")
def na64_resonance_min(setting: Setting) -> float:
    """√s at the smallest energy selected."""
    return _root_s(setting.beam.energy * setting.na64.selection.missing_fraction)


@section.computed("na64-resonance-max", "largest mass on resonance", "MeV", paper="~ 3e2", note="stated in section 4")
def na64_resonance_max(setting: Setting) -> float:
    """√s at the beam energy."""
    return _root_s(setting.beam.energy)


def _root_s(energy: float) -> float:
    return GEV_MEV * float(np.sqrt(collision_s(np.asarray(energy))))


def _curve(setting: Setting) -> str:
    name = setting.na64.bremsstrahlung_curve
    if name is None:
        raise InvalidValueError(f"{setting.na64.name}: has no bremsstrahlung_curve")
    return name


def _limit(alpha_d: float) -> Callable[[Setting], float]:
    return lambda s: s.epsilon(DarkPhoton(alpha_d=alpha_d), mass=_MASS, experiment=s.na64)


def _dominance(alpha_d: float) -> Callable[[Setting], float]:
    def value(setting: Setting) -> float:
        yields = setting.curve(_MASS, DarkPhoton(alpha_d=alpha_d), experiment=setting.na64).yields
        return float(annihilated(yields)[0] / yields["bremsstrahlung"][0])

    return value


for _alpha_d in COUPLINGS:
    section.computed(
        f"na64-epsilon-{_alpha_d:g}",
        f"limit on ε at 250 MeV, α_D = {_alpha_d:g}",
        note="drawn in figure 5; the simulated curves of arXiv:2108.04195 are not shipped",
    )(_limit(_alpha_d))
    section.computed(
        f"na64-dominance-{_alpha_d:g}",
        f"annihilation over bremsstrahlung events at 250 MeV, α_D = {_alpha_d:g}",
        note="the paper says that annihilation dominates here",
    )(_dominance(_alpha_d))
