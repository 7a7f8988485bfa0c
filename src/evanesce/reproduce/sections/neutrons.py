"""Section 3.2: neutrons, and the sum of the backgrounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from evanesce.backgrounds import BackgroundEstimate, Neutrons, SimulatedNeutrons
from evanesce.errors import InvalidValueError
from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import Setting

__all__ = ["section"]

section = Section("3.2")
_LABEL: Final = "neutrons"
_RESULT: Final = "csi-4.35gev-1x0"
"""Our own simulation of the paper's setup."""


def _field(name: str) -> Callable[[Setting], float]:
    return lambda setting: float(getattr(setting.component(_LABEL), name))


section.given("simulated-positrons", "simulated positrons", "", "1e9", _field("simulated_positrons"))
section.given("simulated-energy", "energy of the simulated positrons", "GeV", "4.35", _field("simulated_energy"))
section.given("simulated-thickness", "thickness of the simulated target", "X0", "1", _field("simulated_thickness"))
section.given(
    "fast-neutron",
    "simulated events with a neutron above 3 GeV",
    "events",
    "4950",
    _field("fast_neutron"),
    note="nearer to total than to kinetic energy above 3 GeV",
)
section.given("low-deposit", "of these, less than 5 % deposited", "events", "100", _field("low_deposit"))
section.given("no-charged", "of these, no charged hadron above 0.6 GeV", "events", "64", _field("no_charged"))
section.given("single-neutron", "of these, one neutron above 280 MeV", "events", "13", _field("single"))
section.given("more-neutrons", "of these, several neutrons", "events", "51", _field("multiple"))
section.given("veto-depth", "depth of the KLM", "λ0", "~ 3.9", _field("veto_depth"))
section.given("calorimeter-depth", "depth of the calorimeter", "λ0", "~ 0.8", _field("calorimeter_depth"))


@section.computed("first-tenth", "positrons in the first tenth of the energy range", "%", paper="~ 5e1")
def first_tenth(setting: Setting) -> float:
    """Share of Eq. (2.2) in that interval."""
    return 100.0 * setting.first_part(0.1)


@section.computed("neutron-penetration", "probability that a neutron is not detected, Eq. (3.3)", paper="≃ 0.01")
def neutron_penetration(setting: Setting) -> float:
    """From the depths of the remaining calorimeter and of the KLM."""
    return float(setting.estimate(_LABEL).inputs["penetration_computed"])


@section.computed("neutrons", "neutrons with the probability as quoted", "events", paper="~ 81")
def neutrons(setting: Setting) -> float:
    """With P = 0.01."""
    return float(setting.estimate(_LABEL).inputs["expected_quoted"])


@section.computed("neutrons-computed", "neutrons with the probability of Eq. (3.3)", "events")
def neutrons_computed(setting: Setting) -> float:
    """With P as computed."""
    return float(setting.estimate(_LABEL).inputs["expected_computed"])


@section.computed("background-sum", "photons and neutrons", "events", paper="~ 94")
def background_sum(setting: Setting) -> float:
    """Sum of both estimates."""
    return setting.estimate("photons").expected + setting.estimate(_LABEL).expected


def _simulated(setting: Setting, energy: Literal["kinetic", "total"]) -> BackgroundEstimate:
    """The same background with the counts of our own simulation in place of the paper's."""
    component = setting.component(_LABEL)
    if not isinstance(component, Neutrons):
        raise InvalidValueError(f"background '{_LABEL}' of {setting.belle2.name}: must be of kind neutrons")
    simulated = SimulatedNeutrons(
        result=_RESULT,
        neutron_energy=energy,
        veto_depth=component.veto_depth,
        calorimeter_depth=component.calorimeter_depth,
        calorimeter_thickness=component.calorimeter_thickness,
    )
    return simulated.estimate(setting.belle2.exposure())


def _enter(energy: Literal["kinetic", "total"]) -> None:
    """Add the rows of our own simulation, for kinetic or total energy of the neutron."""

    def fast(setting: Setting) -> float:
        inputs = _simulated(setting, energy).inputs
        return 1e9 * float(inputs["fast_neutron"]) / float(inputs["simulated_positrons"])

    def expected(setting: Setting) -> float:
        return _simulated(setting, energy).expected

    def ratio(setting: Setting) -> float:
        photons = setting.estimate("photons").expected
        here, paper = (photons + part for part in (expected(setting), setting.estimate(_LABEL).expected))
        return setting.epsilon(background=here) / setting.epsilon(background=paper)

    what = f"{energy} energy above 3 GeV, our Geant4"
    section.computed(
        f"fast-neutron-{energy}",
        f"events with a neutron of {what}, per 1e9 positrons",
        "events",
        note="the paper's 4950 do not say which energy",
    )(fast)
    section.computed(f"neutrons-{energy}", f"neutrons, {what}", "events", note="upper limit where no event is left")(
        expected
    )
    section.computed(f"epsilon-{energy}", f"ε at 66.66 MeV with them over ε with the paper's, {what}")(ratio)


_enter("kinetic")
_enter("total")
