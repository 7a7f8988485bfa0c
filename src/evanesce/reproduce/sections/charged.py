"""Appendix D: charged particles."""

from __future__ import annotations

from collections.abc import Callable

from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import Setting

__all__ = ["section"]

section = Section("D")
_PIONS = "pi+pi-"
_MUONS = "mu+mu-"
_CONVERSION = "e+N->e+N mu+mu-"


def _input(label: str, name: str, scale: float = 1.0) -> Callable[[Setting], float]:
    return lambda setting: scale * float(setting.estimate(label).inputs[name])


def _factor(label: str, name: str) -> Callable[[Setting], float]:
    return lambda setting: float(setting.estimate(label).inputs["factors"][name])


def _expected(label: str) -> Callable[[Setting], float]:
    return lambda setting: setting.estimate(label).expected


section.given("pions-cross-section", "cross section of π⁺π⁻", "pb", "≃ 0.3", _input(_PIONS, "cross_section_pb"))
section.given("pions-misidentified", "π⁻ taken for e⁻", "", "~ 3e-5", _factor(_PIONS, "misidentification"))
section.given("pions-low-deposit", "π⁺ depositing less than 5 %", "", "≲ 1e-5", _factor(_PIONS, "low deposit"))
section.computed("pions-produced", "π⁺π⁻ pairs", "events", paper="≃ 1.5e7")(_input(_PIONS, "produced"))
section.computed("pions", "background from π⁺π⁻", "events", paper="≃ 4.5e-3")(_expected(_PIONS))

section.given("muons-cross-section", "cross section of μ⁺μ⁻", "pb", "≃ 5e2", _input(_MUONS, "cross_section_pb"))
section.given("muons-full-deposit", "μ⁻ depositing more than 98 %", "", "≲ 1e-7", _factor(_MUONS, "full deposit"))
section.given("muons-low-deposit", "μ⁺ depositing less than 5 %", "", "≃ 0.9", _factor(_MUONS, "low deposit"))
section.given("muons-veto", "share of μ⁺ that the KLM misses", "", "~ 4.5e-4", _factor(_MUONS, "veto efficiency"))
section.computed("muons-produced", "μ⁺μ⁻ pairs", "events", paper="≃ 2.5e10")(_input(_MUONS, "produced"))
section.computed("muons", "background from μ⁺μ⁻", "events", paper="~ 1", note='printed "a single event"')(
    _expected(_MUONS)
)

section.given(
    "conversion-cross-section",
    "cross section of e⁺N → e⁺N μ⁺μ⁻",
    "nb",
    "~ 3e2",
    _input(_CONVERSION, "cross_section_pb", 1e-3),
)
section.computed(
    "conversion-produced",
    "muon pairs radiated in one X0",
    "events",
    paper="~ 3.4e3",
    note="with the printed 300 nb; 3400 corresponds to 292 nb",
)(_input(_CONVERSION, "before_veto"))
section.computed("conversion", "background from radiated muon pairs", "events", note='the paper says "negligible"')(
    _expected(_CONVERSION)
)
