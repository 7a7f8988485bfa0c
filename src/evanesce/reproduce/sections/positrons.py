"""Section 2: positrons in the barrel of the calorimeter."""

from __future__ import annotations

import dataclasses
import math

from evanesce.constants import ALPHA
from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import Setting

__all__ = ["section"]

section = Section("2")

section.given("polar-angle-min", "smallest polar angle of the barrel", "°", "32.2", lambda s: s.bhabha.polar_angle_min)
section.given("polar-angle-max", "largest polar angle of the barrel", "°", "128.7", lambda s: s.bhabha.polar_angle_max)
section.given("electron-beam", "energy of the electron beam", "GeV", "7", lambda s: s.bhabha.electron_energy)
section.given("positron-beam", "energy of the positron beam", "GeV", "4", lambda s: s.bhabha.positron_energy)
section.given("luminosity", "integrated luminosity", "ab⁻¹", "50", lambda s: s.bhabha.luminosity)
section.given("inverse-alpha", "1/α", "", "≃ 137", lambda _: 1.0 / ALPHA)
section.given(
    "missing-fraction",
    "smallest missing share of the positron's energy",
    "",
    "0.95",
    lambda s: s.belle2.selection.missing_fraction,
    note="at most 5 % is deposited",
)


@section.computed("beta", "velocity β of the centre of mass", paper="3/11")
def beta(setting: Setting) -> float:
    """(E₋ - E₊)/(E₋ + E₊)."""
    return setting.bhabha.beta


@section.computed("sqrt-s", "centre-of-mass energy √s", "GeV", paper="10.58", note="stated in appendix D")
def sqrt_s(setting: Setting) -> float:
    """2 sqrt(E₋ E₊)."""
    return math.sqrt(setting.bhabha.s)


@section.computed("energy-min", "smallest positron energy in the barrel", "GeV", paper="≃ 4.35")
def energy_min(setting: Setting) -> float:
    """At the largest polar angle."""
    return setting.bhabha.energy_range[0]


@section.computed("energy-max", "largest positron energy in the barrel", "GeV", paper="≃ 6.62")
def energy_max(setting: Setting) -> float:
    """At the smallest polar angle."""
    return setting.bhabha.energy_range[1]


@section.computed(
    "bhabha-cross-section",
    "Bhabha cross section, positron in the barrel",
    "pb",
    paper="1.2e4",
    note="Eq. (2.1); stated below figure 7",
)
def bhabha_cross_section(setting: Setting) -> float:
    """Integral of Eq. (2.1)."""
    return setting.bhabha.cross_section


@section.computed("positrons", "positrons in the barrel", paper="~ 6e11")
def positrons(setting: Setting) -> float:
    """Cross section times luminosity."""
    return setting.bhabha.count


@section.computed(
    "bhabha-cross-section-both",
    "Bhabha cross section, both tracks in the barrel",
    "pb",
    note="the paper does not require the electron in the barrel",
)
def bhabha_cross_section_both(setting: Setting) -> float:
    """With the opposite charge in the acceptance."""
    return dataclasses.replace(setting.bhabha, opposite_in_acceptance=True).cross_section
