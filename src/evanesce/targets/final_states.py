r"""What dark matter annihilates to through a virtual photon-like mediator: charged leptons and hadrons.

The cross section is that of a massless lepton of unit charge times

.. math:: F(s) = \sum_ℓ \sqrt{1 - 4m_ℓ^2/s}\,(1 + 2m_ℓ^2/s) + R(s).

R is measured from 0.30 GeV on. Between 2m_π and 0.30 GeV we continue it as β_π³, the p wave of two pions. Above the
table, 36 GeV, its last value stays. The table has no π⁰γ (R < 10⁻³ below ω); narrow vector mesons are lines of area
∫R d√s = 9πΓ_ee/2α², from σ = 12π²Γ_ee δ(s - M²)/M at a resonance and 4πα²/3s for muons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS, MUON_MASS, PION_MASS, TAU_MASS
from evanesce.targets.files import read_columns
from evanesce.validation import FloatArray

__all__ = ["LEPTONS", "NARROW", "Hadrons", "hadrons", "leptons"]

LEPTONS: Final[tuple[float, ...]] = (ELECTRON_MASS, MUON_MASS, TAU_MASS)
"""Masses in GeV."""
NARROW: Final[tuple[tuple[float, float], ...]] = (
    (3.096900, 5.53e-6),
    (3.686097, 2.33e-6),
    (9.46040, 1.340e-6),
    (10.02340, 0.612e-6),
    (10.3551, 0.443e-6),
)
"""Mass and Γ_ee in GeV of J/ψ, ψ(2S), Υ(1S, 2S, 3S): Review of Particle Physics, Phys. Rev. D 110 (2024) 030001."""


def leptons(energy: FloatArray) -> FloatArray:
    """Σ √(1 - 4m²/s)(1 + 2m²/s) over e, μ, τ at √s in GeV."""
    total = np.zeros(np.shape(energy))
    for mass in LEPTONS:
        ratio = (2.0 * mass / energy) ** 2
        total += np.sqrt(np.maximum(1.0 - ratio, 0.0)) * (1.0 + 0.5 * ratio)
    return total


@dataclass(frozen=True, slots=True, eq=False)
class Hadrons:
    """R(s), linear between the points of the table."""

    energy: FloatArray
    """√s in GeV, ascending."""
    ratio: FloatArray
    error: FloatArray
    """Error of R, absolute."""

    def __call__(self, energy: FloatArray) -> FloatArray:
        """R at √s in GeV; zero below 2m_π."""
        return self._below(energy) * np.interp(energy, self.energy, self.ratio)

    def uncertainty(self, energy: FloatArray) -> FloatArray:
        """Error of R at √s in GeV, absolute; that of the first point is taken relative below it."""
        return self._below(energy) * np.interp(energy, self.energy, self.error)

    def _below(self, energy: FloatArray) -> FloatArray:
        """β_π³ over that of the first point, below it; one above."""
        cube = np.maximum(1.0 - (2.0 * PION_MASS / energy) ** 2, 0.0) ** 1.5
        first = (1.0 - (2.0 * PION_MASS / self.energy[0]) ** 2) ** 1.5
        return np.asarray(np.where(energy < self.energy[0], cube / first, 1.0))


@lru_cache(maxsize=1)
def hadrons() -> Hadrons:
    """Read the table.

    >>> round(float(hadrons()(np.array(2.0))), 1)
    2.2
    """
    return Hadrons(*read_columns("hadrons.csv"))


def line_area(width: float) -> float:
    """∫ R d√s in GeV of a narrow meson with Γ_ee in GeV."""
    return 4.5 * np.pi * width / ALPHA**2
