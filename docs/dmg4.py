"""Cross sections of DMG4's tables for lead beside ours, for the test and the documentation."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from scipy.integrate import quad

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2, PB_CM2
from evanesce.materials import material
from evanesce.mediators import DarkPhoton
from evanesce.production import bremsstrahlung_cross_section

TABLE = Path(__file__).parents[1] / "tests" / "data" / "dmg4_lead.csv"
COUPLING2 = 1e-8
"""ε² of the table."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """Cross sections in pb at ε = 1e-4."""

    energy: float
    mass: float
    tabulated: bool
    """Whether DMG4 has the cross section itself, and not its ratio to an approximation."""
    theirs: float
    elastic: float
    both: float
    """Ours with the inelastic form factor, too."""


def equivalent_photons(energy: float, mass: float, z: int = 82, a: int = 207) -> float:
    """Total cross section in pb, Eqs. (A14) to (A18) of Bjorken et al. with the elastic form factor, as in DMG4."""
    screening = (ELECTRON_MASS * z ** (1.0 / 3.0) / 111.0) ** 2
    size = 0.164 * a ** (-2.0 / 3.0)
    least, most = mass**4 / (4.0 * energy**2), mass**2

    def flux(logarithm: float) -> float:
        t = math.exp(logarithm)
        form = z * t / (screening + t) / (1.0 + t / size)
        return (t - least) / t * form**2

    number = quad(flux, math.log(least), math.log(most), epsrel=1e-10, limit=200)[0]
    cut = max(ELECTRON_MASS / mass, mass / energy)
    velocity = math.sqrt(1.0 - (mass / energy) ** 2)
    strength = 4.0 / 3.0 * ALPHA**3 * COUPLING2 * GEV2_CM2 / PB_CM2 / mass**2
    return strength * velocity * number * math.log(cut**-2)


def ours(energy: float, mass: float, form_factor: str) -> float:
    """Our exact total cross section in pb."""
    found = bremsstrahlung_cross_section(
        material("lead"), DarkPhoton(), energy=energy, mass=mass, formula="exact", form_factor=form_factor
    )
    return float(found.value) * COUPLING2


def points() -> list[Point]:
    """Every row of the table."""
    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    found = []
    for row in rows:
        energy, mass, value = (float(row[name]) for name in ("energy_gev", "mass_gev", "value"))
        tabulated = row["quantity"] == "total_pb"
        found.append(
            Point(
                energy=energy,
                mass=mass,
                tabulated=tabulated,
                theirs=value if tabulated else equivalent_photons(energy, mass) / value,
                elastic=ours(energy, mass, "elastic"),
                both=ours(energy, mass, "elastic+inelastic"),
            )
        )
    return found
