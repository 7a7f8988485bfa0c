"""Outcome and cautions of a point as codes with meanings, and the sentences for them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, IntFlag
from typing import Any, Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.production import collision_s

__all__ = ["Caution", "Outcome", "caution_text", "no_limit", "outcome_text"]


class Outcome(IntEnum):
    """Whether a point has a limit, and if not why."""

    LIMIT = 0
    TOO_HEAVY = 1
    """The tracks or beams cannot radiate the mediator, and annihilation lies below threshold."""
    NOTHING_SELECTED = 2
    """No track, or no photon, inside the selection can go with the mediator."""
    OUTSIDE_CURVE = 3
    """The published curve that fixes a yield ends before this mass."""
    NOT_FINITE = 4
    """The yield is not a finite number."""
    INACCURATE = 5
    """The numerical error of the yield exceeds a fifth of it."""
    FAILED = 6
    """The computation of a point of a scan raised an error."""
    NOT_COMPUTED = 7
    """The scan has not come to this point yet."""

    @property
    def meaning(self) -> str:
        """One word, as CF conventions require."""
        return self.name.lower()


class Caution(IntFlag):
    """Cautions at a point; several may apply."""

    VISIBLE_WIDTH = 1
    """The width to e⁺e⁻ at this ε exceeds 1 % of the invisible one: the yield no longer scales as ε²."""
    SHARP_WINDOW = 2
    """The resolution of the polar angle is not applied to this source."""
    SOURCE_STATISTICS = 4
    """The statistics of the source's events dominate the error."""
    FIXED_WIDTH = 8
    """The width is fixed, but the threshold lies within three widths of the resonance."""
    BOUND_ELECTRONS = 16
    """The yield differs by more than 20 % between eikonal and on-shell electrons; needs the theory uncertainty."""
    OFF_SHELL_MESONS = 32
    """The yield differs by more than 20 % with mesons of any mass; needs the theory uncertainty."""

    @property
    def meaning(self) -> str:
        """One word, as CF conventions require."""
        return (self.name or "").lower()


_TEXTS: Final[dict[Outcome, str]] = {
    Outcome.TOO_HEAVY: (
        "no signal: a mediator of {mass:g} GeV cannot be radiated by tracks or beams of at most {highest:.4g} GeV, "
        "and annihilation at sqrt(s) up to {root_s:.3g} GeV lies below threshold"
    ),
    Outcome.NOTHING_SELECTED: (
        "no signal: no track inside the selection can produce {mass:g} GeV; check v_max, missing_fraction, the "
        "material upstream, the efficiency, the cuts on a photon and the mediator's parameters"
    ),
    Outcome.OUTSIDE_CURVE: (
        "mass {mass:g} GeV lies outside the published curve '{curve}' that fixes the bremsstrahlung yield"
    ),
    Outcome.NOT_FINITE: (
        "the yield at {mass:g} GeV is not a finite number: check the luminosity or number of particles, alpha_d and "
        "the mediator's width"
    ),
    Outcome.INACCURATE: (
        "no limit: the numerical error of the yield at {mass:g} GeV exceeds 20 %, the mediator takes all the energy of "
        "the most energetic tracks ({highest:.4g} GeV)"
    ),
    Outcome.FAILED: "the computation at {mass:g} GeV raised an error; the attribute 'failures' of the scan has it",
    Outcome.NOT_COMPUTED: "the scan has not come to {mass:g} GeV yet; continue it with resume",
}


def outcome_text(outcome: Outcome, mass: float, context: Mapping[str, Any]) -> str | None:
    """Why there is no limit at ``mass`` in GeV, in one line; None where there is one.

    ``context`` holds the ``highest_energy`` in GeV of a track, or of beams in their centre of mass, and the name of a
    published ``curve``.
    """
    if outcome is Outcome.LIMIT:
        return None
    highest = float(context["highest_energy"])
    root_s = float(np.sqrt(collision_s(np.asarray(highest))))
    return _TEXTS[outcome].format(mass=mass, highest=highest, root_s=root_s, curve=context["curve"])


def caution_text(caution: Caution, visible: float, statistical: float, context: Mapping[str, Any]) -> str | None:
    """Cautions in one line; ``visible`` is the width to e⁺e⁻ over the invisible one at the limit."""
    texts = []
    if Caution.VISIBLE_WIDTH in caution:
        texts.append(
            f"the width to e+e- at this ε is {visible:.2g} of the invisible width: the yield no longer scales as ε²"
        )
    if Caution.SOURCE_STATISTICS in caution:
        texts.append(f"the source has few events here: their statistical error on ε is {statistical:.2g} of ε")
    if Caution.FIXED_WIDTH in caution:
        texts.append(
            "the threshold of χχ̄ lies within three widths of the resonance, where a fixed width makes ε too small; "
            "use width=running"
        )
    if Caution.BOUND_ELECTRONS in caution:
        texts.append(
            "fast electrons of inner shells dominate: with binding = on-shell instead of eikonal the yield "
            "changes by more than 20 %"
        )
    if Caution.OFF_SHELL_MESONS in caution:
        texts.append(
            "vector mesons matter: with off_shell_mesons = on, photoproduction of the mediator included, the yield "
            "changes by more than 20 %"
        )
    if Caution.SHARP_WINDOW in caution:
        texts += context["cautions"]
    return "; ".join(texts) or None


def no_limit(total: np.ndarray[Any, Any], mass: np.ndarray[Any, Any], context: Mapping[str, Any]) -> Any:
    """Return outcome codes (int8) for points without a limit: the ``total`` yield is NaN or zero."""
    heavy = mass >= float(context["highest_energy"]) - ELECTRON_MASS
    unknown = Outcome.OUTSIDE_CURVE if context["curve"] else Outcome.NOT_FINITE
    codes = np.where(heavy, Outcome.TOO_HEAVY, Outcome.NOTHING_SELECTED)
    return np.where(np.isnan(total), unknown, np.where(np.isfinite(total), codes, Outcome.NOT_FINITE)).astype(np.int8)
