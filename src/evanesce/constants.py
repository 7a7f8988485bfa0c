"""Physical constants and unit conversions, defined once (CODATA 2022).

Energies and masses are in GeV, lengths in cm, natural units (hbar = c = 1) elsewhere.
"""

from __future__ import annotations

import math
from typing import Final

__all__ = [
    "ALPHA",
    "ATOMIC_MASS_UNIT",
    "AVOGADRO",
    "ELECTRON_MASS",
    "E_SQUARED",
    "GEV2_CM2",
    "INVERSE_AB_PB",
    "MUON_MASS",
    "NEUTRON_MASS",
    "PB_CM2",
    "PION_MASS",
    "PLANCK_MASS",
    "PROTON_MASS",
    "TAU_MASS",
]

ALPHA: Final[float] = 0.0072973525643
"""Fine-structure constant at zero momentum transfer."""

E_SQUARED: Final[float] = 4.0 * math.pi * ALPHA
"""Squared elementary charge, e^2 = 4 pi alpha."""

ELECTRON_MASS: Final[float] = 0.51099895069 * 1e-3
"""Electron mass in GeV."""

MUON_MASS: Final[float] = 105.6583755 * 1e-3
"""Muon mass in GeV."""

TAU_MASS: Final[float] = 1776.86 * 1e-3
"""Tau mass in GeV."""

PION_MASS: Final[float] = 139.57039 * 1e-3
"""Mass of the charged pion in GeV, Review of Particle Physics, Phys. Rev. D 110 (2024) 030001."""

PROTON_MASS: Final[float] = 938.27208943 * 1e-3
"""Proton mass in GeV."""

NEUTRON_MASS: Final[float] = 939.56542194 * 1e-3
"""Neutron mass in GeV."""

ATOMIC_MASS_UNIT: Final[float] = 931.49410372 * 1e-3
"""A twelfth of the mass of carbon 12 in GeV."""

AVOGADRO: Final[float] = 6.02214076e23
"""Avogadro's number per mole."""

PLANCK_MASS: Final[float] = 1.220890e19
"""(hbar c/G)^(1/2) in GeV."""

_PLANCK, _LIGHT, _CHARGE = 6.62607015e-34, 299792458.0, 1.602176634e-19
"""h in J s, c in m/s and e in C: exact, they define the units."""
_HBARC_GEV_CM: Final[float] = _PLANCK / (2.0 * math.pi) * _LIGHT / _CHARGE * 1e-9 * 1e2
GEV2_CM2: Final[float] = _HBARC_GEV_CM**2
"""(hbar c)^2: 1 GeV^-2 in cm^2."""

PB_CM2: Final[float] = 1e-36
"""One picobarn in cm^2."""

INVERSE_AB_PB: Final[float] = 1e6
"""One inverse attobarn in inverse picobarns."""
