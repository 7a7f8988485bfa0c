"""Appendix A: track length in a shower."""

from __future__ import annotations

import numpy as np

from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import Setting
from evanesce.showers import bin_averages
from evanesce.showers.tsai_whitis import CONVERSION, RADIATION

__all__ = ["dropped_share", "section"]

section = Section("A")

section.given("radiation", "b1, strength of bremsstrahlung", "1/X0", "4/3", lambda _: RADIATION)
section.given("pair-production", "b2, strength of pair production", "1/X0", "7/9", lambda _: CONVERSION)
section.given(
    "track-length-cut",
    "largest v = E'/E in the track length",
    "",
    None,
    lambda s: s.options.v_max,
    note="not in the paper: 0.999 is inferred from its numbers",
)


@section.computed("track-length-dropped", "share of the track length above 95 % that this cut drops", "%")
def track_length_dropped(setting: Setting) -> float:
    """1 - ∫ T_e up to the cut / ∫ T_e."""
    return 100.0 * dropped_share(setting)


def dropped_share(setting: Setting) -> float:
    """Share of the positron track length inside the selection that lies above ``v_max``, at the smallest energy."""
    kernel = setting.belle2.channel.setup(setting.options).track_length(setting.options).positrons
    bins = np.array([setting.belle2.selection.missing_fraction, 1.0])
    energy = setting.bhabha.energy_range[0]
    kept, whole = (bin_averages(kernel, bins, v_max=v, energy=energy)[0] for v in (setting.options.v_max, 1.0))
    return float(1.0 - kept / whole)
