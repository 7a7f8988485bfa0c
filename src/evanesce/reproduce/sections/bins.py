"""Beyond the paper: what bins in the energy of the track do to the limit.

At one mass the tracks of annihilation have energies between m²/2m_e and 5 % more, while the background is spread over
all tracks. The paper counts all of them in one bin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from evanesce.engine import predict
from evanesce.experiments import Experiment
from evanesce.prediction import Prediction
from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import BENCHMARK, GEV_MEV, Setting
from evanesce.statistics import BANDS
from evanesce.statistics.asymptotic import expected_strengths
from evanesce.statistics.templates import Templates

__all__ = ["asymptotic_limit", "section"]

section = Section("bins", beyond=True)
_BINS: Final[int] = 20
_MASSES: Final[tuple[float, ...]] = (0.06, 0.0667, 0.07, 0.075, 0.08, 0.082)
_LEVEL: Final[float] = 0.9
_NOTE: Final = (
    "expected 90 % CLs limits from the likelihood of independent Poisson bins; background in proportion to the tracks; "
    "without Compton scattering and vector mesons"
)


def asymptotic_limit(prediction: Prediction) -> float:
    """Expected limit on μ by the asymptotic formulae for any number of bins, so that their ratios compare like to like.

    For one bin ``cls`` would take the exact Poisson distribution, whose median is 2.5 % higher at 94 events.
    """
    templates = Templates.of(prediction)
    limits = templates.spread(expected_strengths(templates, _LEVEL, None))
    return float(limits[..., BANDS.index(0)])


def _limit(setting: Setting, card: Experiment, mass: float) -> float:
    overrides = {"compton": "off", "vector_mesons": "off"}
    return asymptotic_limit(
        predict(card, BENCHMARK, mass, physics=setting.options, overrides=overrides, systematics=False)
    )


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
