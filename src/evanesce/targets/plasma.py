"""Degrees of freedom of the plasma of the Standard Model, and the cosmological constants of freeze-out.

The table is that of K. Saikawa and S. Shirai, JCAP 05 (2018) 035, arXiv:1803.01038.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from scipy.interpolate import CubicSpline

from evanesce.targets.files import read_columns
from evanesce.validation import FloatArray

__all__ = ["CRITICAL_DENSITY", "ENTROPY_TODAY", "RELIC_DENSITY", "Plasma", "plasma"]

RELIC_DENSITY: Final[float] = 0.12
"""Ω h² of dark matter, Planck Collaboration, Astron. Astrophys. 641 (2020) A6: 0.1200 ± 0.0012."""
ENTROPY_TODAY: Final[float] = 2891.2
"""Entropy density in cm⁻³, Review of Particle Physics, table "Astrophysical constants"."""
CRITICAL_DENSITY: Final[float] = 1.0537e-5
"""ρ_c/h² in GeV cm⁻³, same source."""


@dataclass(frozen=True, slots=True, eq=False)
class Plasma:
    """Splines through g_s and √g* against ln T."""

    logarithm: FloatArray
    entropy: CubicSpline[np.float64]
    energy: CubicSpline[np.float64]
    spreads: FloatArray

    def g_entropy(self, temperature: FloatArray) -> FloatArray:
        """g_s of the entropy density s = 2π²/45 g_s T³; constant beyond the table, 10 keV to 20 GeV."""
        return np.asarray(np.exp(self.entropy(self._inside(temperature))))

    def root_g_star(self, temperature: FloatArray) -> FloatArray:
        """√g* = g_s/√g_ρ (1 + ⅓ d ln g_s/d ln T), as Gondolo and Gelmini, Nucl. Phys. B360 (1991) 145."""
        at = self._inside(temperature)
        slope = np.where(at > self.logarithm[0], self.entropy(at, 1), 0.0)
        root: FloatArray = np.exp(self.entropy(at) - 0.5 * self.energy(at)) * (1.0 + slope / 3.0)
        return root

    def spread(self, temperature: FloatArray) -> FloatArray:
        """Relative uncertainty of √g*, see the head of the table."""
        return np.asarray(np.interp(np.log(temperature), self.logarithm, self.spreads))

    def _inside(self, temperature: FloatArray) -> FloatArray:
        return np.asarray(np.clip(np.log(temperature), self.logarithm[0], self.logarithm[-1]))


@lru_cache(maxsize=1)
def plasma() -> Plasma:
    """Read the table.

    >>> round(float(plasma().g_entropy(np.array(1e-3))), 2)
    10.54
    """
    temperature, entropy, energy, spread = read_columns("plasma.csv")
    logarithm = np.log(temperature)
    return Plasma(logarithm, CubicSpline(logarithm, np.log(entropy)), CubicSpline(logarithm, np.log(energy)), spread)
