"""Section 4, continued: the disappearing electron track as a control sample."""

from __future__ import annotations

from evanesce.control_sample import annihilation_ratio, suppression_factor
from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import BENCHMARK, BENCHMARK_MASS, Setting

__all__ = ["section"]

section = Section("4")


@section.computed(
    "control-track-length",
    "positron track length above 95 %, incident electron over positron",
    paper="~ 5e-4",
    note="between the cut at v <= 0.999 and the exact integral; half of it with positrons alone in Eq. (A.3)",
)
def control_track_length(setting: Setting) -> float:
    """Eq. (A.4) over Eq. (A.1)."""
    return suppression_factor(setting.belle2, setting.options)


@section.computed(
    "control-signal",
    "annihilation signal at 66.66 MeV, control sample over search",
    paper="~ 5e-4",
    note="the paper uses the ratio of track lengths, but few secondaries are near the endpoint, which resonates, "
    "and Bhabha electrons go forward",
)
def control_signal(setting: Setting) -> float:
    """Ratio of the yields."""
    return float(annihilation_ratio(setting.belle2, BENCHMARK, BENCHMARK_MASS, setting.options)[0])
