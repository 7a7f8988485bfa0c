"""Beyond the paper: what bins in the energy of the track do to the limit.

At one mass the tracks of annihilation have energies between m²/2m_e and 5 % more, while the background is spread over
all tracks. The paper counts all of them in one bin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.optimize import brentq

from evanesce.engine import predict
from evanesce.experiments import Experiment
from evanesce.prediction import Region
from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import BENCHMARK, GEV_MEV, Setting

__all__ = ["asimov_limit", "section"]

section = Section("bins")
_BINS: Final[int] = 20
_MASSES: Final[tuple[float, ...]] = (0.06, 0.0667, 0.07, 0.075, 0.08, 0.082)
_DEVIATIONS: Final[float] = 1.6448536269514722
"""1 - Φ is 0.05 there: half of the 10 % of CLs, because with background alone one half lies above the median."""
_NOTE: Final = (
    "expected 90 % CLs limits from the likelihood of independent Poisson bins; background in proportion to the tracks; "
    "without Compton scattering and vector mesons"
)


def asimov_limit(region: Region) -> float:
    r"""Expected 90 % CLs limit on μ of independent Poisson bins without systematic uncertainties, at one mass.

    .. math:: 2 \sum_i [μ s_i - b_i \ln(1 + μ s_i / b_i)] = 1.645^2

    from the median of the counts, the background itself: Eqs. (16) and (27) of G. Cowan et al., arXiv:1007.1727.
    """
    signal, background = region.total_signal.value, region.total_background.value

    def excess(strength: float) -> float:
        ratio = strength * signal / background
        return float(2.0 * np.sum(background * (ratio - np.log1p(ratio)))) - _DEVIATIONS**2

    # one count more than the Gaussian limit of all bins together, times a factor
    most = 100.0 * (1.0 + np.sqrt(background.sum())) / float(signal.sum())
    return float(brentq(excess, 0.0, most, xtol=1e-30, rtol=1e-12))


def _limit(setting: Setting, card: Experiment, mass: float) -> float:
    overrides = {"compton": "off", "vector_mesons": "off"}
    prediction = predict(card, BENCHMARK, mass, physics=setting.options, overrides=overrides)
    return asimov_limit(next(iter(prediction.regions.values())))


def _gain(mass: float) -> Callable[[Setting], float]:
    def value(setting: Setting) -> float:
        several = setting.belle2.replace({"bins.track_energy": _BINS})
        return float(np.sqrt(_limit(setting, several, mass) / _limit(setting, setting.belle2, mass)))

    return value


for _mass in _MASSES:
    section.computed(
        f"bins-{GEV_MEV * _mass:g}",
        f"limit on ε at {GEV_MEV * _mass:g} MeV with {_BINS} bins in the track's energy over that with one",
        note=_NOTE,
    )(_gain(_mass))
