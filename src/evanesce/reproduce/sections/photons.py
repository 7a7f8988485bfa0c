"""Section 3.1: photons."""

from __future__ import annotations

from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import Setting

__all__ = ["section"]

section = Section("3.1")
_LABEL = "photons"

section.given("thickness", "thickness of the calorimeter", "X0", "16", lambda s: s.belle2.slab.thickness)
section.given(
    "radiation-length",
    "radiation length of the calorimeter",
    "cm",
    "1.86",
    lambda s: s.belle2.slab.material.radiation_length,
)
section.given(
    "photon-veto-efficiency",
    "share of photons that the veto misses",
    "",
    "4.5e-4",
    lambda s: s.estimate(_LABEL).inputs["veto_efficiency"],
)


@section.computed("photon-escape", "probability of an escaping photon, Eq. (3.2)", paper="≃ 4.7e-8")
def photon_escape(setting: Setting) -> float:
    """Integral of Eq. (3.1) above the missing fraction."""
    return float(setting.estimate(_LABEL).inputs["escape_probability"])


@section.computed("photons-before-veto", "photons behind the calorimeter", "events", paper="~ 2.8e4")
def photons_before_veto(setting: Setting) -> float:
    """Positrons times escape probability."""
    return float(setting.estimate(_LABEL).inputs["before_veto"])


@section.computed("photons", "photons after the veto", "events", paper="13")
def photons(setting: Setting) -> float:
    """Background events due to photons."""
    return setting.estimate(_LABEL).expected


@section.computed(
    "photons-better-veto",
    "photons with a veto ten times better",
    "events",
    paper="~ 1",
    note='printed "about a single event"',
)
def photons_better_veto(setting: Setting) -> float:
    """The veto misses a tenth."""
    efficiency = setting.estimate(_LABEL).inputs["veto_efficiency"] / 10.0
    better = setting.belle2.replace({f"backgrounds.{_LABEL}.veto_efficiency": efficiency})
    return next(b for b in better.backgrounds if b.label == _LABEL).estimate(better.exposure()).expected
