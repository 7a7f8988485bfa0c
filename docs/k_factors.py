"""K-factors of dark bremsstrahlung on lead, DMG4's and ours: docs/validation.md and tests/production/test_dmg4.py."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2, PB_CM2
from evanesce.materials import material
from evanesce.mediators import DarkPhoton, Mediator
from evanesce.numerics import panel_nodes
from evanesce.production import bremsstrahlung_cross_section
from evanesce.production.cross_section import exact_total
from evanesce.production.form_factors import FormFactor, elastic_form_factor, nuclear_scale, screening_scale
from evanesce.production.scatterers import Scatterer, scatterers

TABLE: Final = Path(__file__).parents[1] / "tests" / "data" / "dmg4_lead.csv"
Z, A = 82, 207
"""Lead as DMG4 has it, the same nucleus as ours."""

RADIUS: Final = 5.50 / 0.1973
"""Measured charge radius of lead in GeV⁻¹, 5.50 fm: Angeli and Marinova, At. Data Nucl. Data Tables 99 (2013) 69."""


def published(quantity: str) -> dict[tuple[float, float], float]:
    """DMG4's figures called ``quantity`` by energy and mass in GeV."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [line.split(",") for line in lines[1:]]
    return {(float(energy), float(mass)): float(value) for name, energy, mass, value in rows if name == quantity}


def approximate(energy: float, mass: float) -> float:
    """σ in GeV⁻² at ε = 1 that DMG4 divides by K: (4/3) α³ χ β ln(1/δ²)/m², δ = max(m_e/m, m/E).

    It is the improved Weizsäcker-Williams spectrum integrated over x to leading logarithm, with the velocity at
    x = 1. The flux is χ = ∫dt (t - t_min)/t² G₂(t) from t_min = (m²/2E)² to m², with the elastic G₂.
    """
    lowest = (0.5 * mass**2 / energy) ** 2
    edges = np.linspace(np.log(lowest), np.log(mass**2), 40)
    y, weights = panel_nodes(edges, 12)
    t = np.exp(y)
    flux = float(np.sum(weights * elastic_form_factor(Z, A, t) * (1.0 - lowest / t)))
    velocity = np.sqrt(1.0 - (mass / energy) ** 2)
    logarithm = -2.0 * np.log(max(ELECTRON_MASS / mass, mass / energy))
    return float(4.0 / 3.0 * ALPHA**3 * flux * velocity * logarithm / mass**2)


@lru_cache
def exact(energy: float, mass: float, form_factor: str = "elastic", mediator: Mediator | None = None) -> float:
    """Our exact σ in GeV⁻² at ε = 1, of the dark photon unless ``mediator`` is given."""
    sigma = bremsstrahlung_cross_section(
        material("Pb"),
        mediator or DarkPhoton(),
        energy=energy,
        mass=mass,
        formula="exact",
        form_factor=form_factor,
    )
    return float(sigma.value) * PB_CM2 / GEV2_CM2


class _MeasuredRadius(FormFactor):
    """The elastic form factor with the measured radius of lead: d = 6/r² in place of 0.164 GeV² A^(-2/3)."""

    @property
    def window(self) -> tuple[float, float]:
        return 1e-5 * screening_scale(Z), 1e4 * nuclear_scale(A)

    def __call__(self, t: Any) -> Any:
        return (Z * t / (screening_scale(Z) + t) / (1.0 + t * RADIUS**2 / 6.0)) ** 2


def effect_of_the_radius(energy: float, mass: float) -> float:
    """Relative change of our exact σ with the measured radius; the form factor of Tsai makes lead 28 % larger."""
    nucleus = scatterers(material("Pb"))[0].mass
    sigma = exact_total("vector", Scatterer(nucleus, ((1.0, _MeasuredRadius(Z, A)),)), energy, mass, 0.0)
    return float(sigma.value) / exact(energy, mass) - 1.0


def k_factors(form_factor: str = "elastic") -> dict[float, tuple[Any, Any, Any]]:
    """Energies, DMG4's K and ours, by mass in GeV."""
    table = published("k")
    found = {}
    for mass in sorted({mass for _, mass in table}):
        energies = np.array(sorted(energy for energy, m in table if m == mass))
        theirs = np.array([table[energy, mass] for energy in energies])
        ours = np.array([approximate(energy, mass) / exact(energy, mass, form_factor) for energy in energies])
        found[mass] = (energies, theirs, ours)
    return found


def step_at_one_mev() -> float:
    """By how much DMG4's table of K lies below its table of light masses where they meet, at 1 MeV, in σ.

    No number of ours: the light masses are continued by a parabola in the logarithms.
    """
    light = published("sigma_per_GeV2")
    mass, sigma = np.array([m for _, m in light]), np.array(list(light.values()))
    continued = np.exp(np.polyval(np.polyfit(np.log(mass / 1e-3), np.log(sigma), 2), 0.0))
    return float(1.0 - approximate(100.0, 1e-3) / published("k")[100.0, 1e-3] / continued)
