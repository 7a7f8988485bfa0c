"""Section 1: introduction."""

from __future__ import annotations

from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import Setting

__all__ = ["section"]

section = Section("1")


@section.computed(
    "positrons-order",
    "positrons from Bhabha scattering, order of magnitude",
    paper="~ 1e12",
    note="printed O(10^12)",
)
def positrons_order(setting: Setting) -> float:
    """N(e⁺) in the barrel."""
    return setting.bhabha.count
