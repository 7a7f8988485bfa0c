"""The coupling of a thermal relic: the root of Ω h²(ε) = 0.12, for many masses at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from evanesce.constants import ALPHA
from evanesce.dark_matter import DarkMatter
from evanesce.targets.final_states import hadrons, leptons
from evanesce.targets.freeze_out import EARLY, LATE, Cosmos, relic_density
from evanesce.targets.plasma import RELIC_DENSITY
from evanesce.targets.thermal import Annihilation, thermal_average
from evanesce.validation import FloatArray

__all__ = ["Couplings", "DarkSector", "thermal_couplings"]

_X: Final[FloatArray] = np.concatenate([EARLY, LATE])
_TYPICAL: Final[float] = 3e-9
"""⟨σ_eff v⟩ in GeV⁻² of a thermal relic, from where the search starts."""
_TOLERANCE: Final[float] = 1e-9
_ITERATIONS: Final[int] = 40
_STEP: Final[float] = 1e-3
_FLATTEST: Final[float] = -0.5
"""d ln Ω/d ln ε is about -1.9; far from the root it may be less steep."""
_LARGEST_STEP: Final[float] = 3.0
_VISIBLE: Final[float] = 1e-5
"""Share of the visible width from which on it is kept."""
_WIDE: Final[float] = 0.01
"""Share from which on each mass has its own root finding."""
_COARSE: Final[tuple[int, int]] = (8, 4)
_STEPS: Final[int] = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkSector:
    """Everything but the mass."""

    kind: DarkMatter
    alpha_d: float
    mass_ratio: float
    running: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Couplings:
    """ε of each mass, NaN where none below one gives the density, and relative errors by origin, shape (masses,)."""

    epsilon: FloatArray
    errors: dict[str, FloatArray]
    visible_width: FloatArray
    """ε² Γ(leptons and hadrons) over the invisible width."""


def thermal_couplings(sector: DarkSector, dark_mass: FloatArray) -> Couplings:
    """ε for which dark matter of these masses in GeV has Ω h² = 0.12, shape (masses,)."""
    mass = sector.mass_ratio * dark_mass
    invisible = sector.kind.width(mass, sector.alpha_d, sector.mass_ratio)
    visible = mass * ALPHA / 3.0 * (leptons(mass) + hadrons()(mass))

    def rate(width: FloatArray, rows: npt.NDArray[np.intp]) -> FloatArray:
        return np.stack([_average(sector, float(dark_mass[row]), float(width[row])) for row in rows.tolist()], axis=1)

    rates = rate(invisible, np.arange(len(dark_mass)))
    cosmos = Cosmos(dark_mass, sector.kind.states, rates[0])
    log_epsilon = _root(cosmos, 0.5 * np.log(_TYPICAL / rates[0][:, 7, 3]))
    share = np.exp(2.0 * np.minimum(log_epsilon, 0.0)) * visible / invisible
    narrow = np.flatnonzero((share > _VISIBLE) & (share <= _WIDE))
    for _ in range(2 if len(narrow) else 0):  # each shrinks the error by the share
        width = invisible + np.exp(2.0 * log_epsilon) * visible
        rates[:, narrow] = rate(width, narrow)
        part = Cosmos(dark_mass[narrow], sector.kind.states, rates[0][narrow])
        log_epsilon[narrow] = _root(part, log_epsilon[narrow])
    for row in np.flatnonzero((share > _WIDE) & (log_epsilon <= 0.0)):
        widths = (float(invisible[row]), float(visible[row]))
        log_epsilon[row] = _with_visible(sector, float(dark_mass[row]), widths, float(log_epsilon[row]))
        if log_epsilon[row] <= 0.0:
            rates[:, row] = rate(invisible + np.exp(2.0 * log_epsilon) * visible, np.array([row]))[:, 0]
    possible = log_epsilon <= 0.0
    log_epsilon = np.where(possible, log_epsilon, 0.0)
    width = invisible + np.exp(2.0 * log_epsilon) * visible
    errors = _errors(sector, cosmos, log_epsilon, rates, width)
    return Couplings(
        epsilon=np.where(possible, np.exp(log_epsilon), np.nan),
        errors={name: np.where(possible, error, np.nan) for name, error in errors.items()},
        visible_width=np.where(possible, np.exp(2.0 * log_epsilon) * visible / invisible, np.nan),
    )


def _average(
    sector: DarkSector, dark_mass: float, width: float, x: FloatArray = _X, orders: tuple[int, int] = (12, 6)
) -> FloatArray:
    """⟨σ_eff v⟩ at ε = 1, shape (2, *x.shape); the second with larger R."""
    point = Annihilation(
        kind=sector.kind,
        dark_mass=dark_mass,
        mass_ratio=sector.mass_ratio,
        alpha_d=sector.alpha_d,
        width=width,
        running=sector.running,
    )
    rate: FloatArray = sector.kind.counted * thermal_average(point, x, orders=orders)
    return rate


def _excess(cosmos: Cosmos, log_epsilon: FloatArray, steps: int = _STEPS) -> FloatArray:
    excess: FloatArray = np.log(relic_density(cosmos, np.exp(log_epsilon), steps=steps) / RELIC_DENSITY)
    return excess


def _slope(cosmos: Cosmos, log_epsilon: FloatArray, excess: FloatArray) -> FloatArray:
    slope: FloatArray = (_excess(cosmos, log_epsilon + _STEP) - excess) / _STEP
    return np.minimum(slope, _FLATTEST)


def _root(cosmos: Cosmos, start: FloatArray) -> FloatArray:
    """ln ε by Newton's method: Ω falls nearly as 1/ε². Couplings far above one are left as they are."""
    log_epsilon = np.minimum(start, 1.0)
    for _ in range(_ITERATIONS):
        excess = _excess(cosmos, log_epsilon)
        step = -excess / _slope(cosmos, log_epsilon, excess)
        log_epsilon = log_epsilon + np.clip(step, -_LARGEST_STEP, _LARGEST_STEP)
        if (np.abs(step) < _TOLERANCE).all():
            break
        log_epsilon = np.minimum(log_epsilon, _LARGEST_STEP)
    return log_epsilon


def _with_visible(sector: DarkSector, dark_mass: float, widths: tuple[float, float], start: float) -> float:
    """ln ε of one mass where the visible width matters; infinite where no ε below one gives the density.

    The visible width lowers the resonance, so the root lies above ``start``, that of the invisible width alone.
    """

    def excess(log_epsilon: float) -> float:
        width = widths[0] + float(np.exp(2.0 * log_epsilon)) * widths[1]
        rate = _average(sector, dark_mass, width)[0][None]
        one = Cosmos(np.array([dark_mass]), sector.kind.states, rate)
        return float(_excess(one, np.array([log_epsilon]))[0])

    share = widths[1] * float(np.exp(2.0 * start)) / widths[0]
    end = min(0.0, start + float(np.log1p(3.0 * share)))
    if end < 0.0 and excess(end) > 0.0:
        end = 0.0
    if start >= end or excess(end) > 0.0:
        return np.inf
    return float(brentq(excess, start - 1e-3, end, xtol=1e-9))


def _errors(
    sector: DarkSector, cosmos: Cosmos, log_epsilon: FloatArray, rates: FloatArray, width: FloatArray
) -> dict[str, FloatArray]:
    """Relative errors of ε: quadrature and steps, √g* of the plasma, R(s) of the hadrons."""
    cosmos = replace(cosmos, rate=rates[0])
    excess = _excess(cosmos, log_epsilon)
    slope = _slope(cosmos, log_epsilon, excess)

    def change(other: FloatArray) -> FloatArray:
        return np.asarray(np.abs((other - excess) / slope))

    steps = change(_excess(cosmos, log_epsilon, _STEPS // 2)) / 4.0  # third order: the error is a seventh
    return {
        "numerics": np.hypot(steps, 0.5 * _quadrature(sector, cosmos, width)),
        "plasma": change(_excess(replace(cosmos, raised=1.0), log_epsilon)),
        "hadrons": change(_excess(replace(cosmos, rate=rates[1]), log_epsilon)),
    }


def _quadrature(sector: DarkSector, cosmos: Cosmos, width: FloatArray) -> FloatArray:
    """Relative change of ⟨σv⟩ around freeze-out with rules of lower order."""
    x = _X[6:12:2]
    masses = zip(cosmos.dark_mass.tolist(), width.tolist(), strict=True)
    coarse = np.stack([_average(sector, mass, total, x, _COARSE)[0] for mass, total in masses])
    fine = cosmos.rate[:, 6:12:2]
    return np.asarray(np.max(np.abs(coarse / fine - 1.0), axis=(1, 2)))
