"""Part of docs/comparison.md: the single photon at Belle II and BaBar against the published curves, by mass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

import evanesce as ev

MASSES: Final = {
    "belle2-mono-photon": (0.003, 0.03, 0.1, 0.3, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0),
    "babar-mono-photon": (0.003, 0.03, 0.1, 0.3, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 7.5),
}
PUBLISHED: Final = {"belle2-mono-photon": "belle2-monophoton", "babar-mono-photon": "babar"}
ALL_PHOTONS: Final = {"channels.mono-photon.photon.energy_min": 1.5}
"""Heavier mediators than the cards are for, to see where their background ends."""


def ratio(name: str, masses: Sequence[float], alpha_d: float = 1e-3) -> np.ndarray:
    """Limit on ε over the published one, at masses in GeV."""
    at = np.array(masses)
    card = ev.experiment(name, ALL_PHOTONS)
    return ev.limit_curve(card, ev.DarkPhoton(alpha_d=alpha_d), at).epsilon / ev.constraint(PUBLISHED[name]).epsilon(at)


def background(name: str, masses: Sequence[float]) -> np.ndarray:
    """Events N_b for which √(2.71 N_b) signal events are the published limit."""
    at = np.array(masses)
    yields = ev.limit_curve(ev.experiment(name, ALL_PHOTONS), ev.DarkPhoton(), at).yields["mono-photon"]
    return np.square(yields * np.square(ev.constraint(PUBLISHED[name]).epsilon(at))) / 2.71


def rows() -> list[list[str]]:
    """Rows of the table; a cell for each mass."""
    found = []
    for name, masses in MASSES.items():
        found.append([f"`{name}`, GeV", *(f"{mass:g}" for mass in masses)])
        found.append(["ε over published", *(f"{value:.2f}" for value in ratio(name, masses))])
        found.append(["the same, α_D = 0.5", *(f"{value:.2f}" for value in ratio(name, masses, alpha_d=0.5))])
        found.append(["N_b of the published limit", *(f"{value:.3g}" for value in background(name, masses))])
    return found
