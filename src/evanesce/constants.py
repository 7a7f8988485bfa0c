"""Physical constants and unit conversions, defined once (CODATA through scipy).

Energies and masses are in GeV, lengths in cm, natural units (hbar = c = 1) elsewhere.
"""

from __future__ import annotations

from typing import Final

from scipy import constants as _si

__all__ = [
    "ALPHA",
    "AVOGADRO",
    "ELECTRON_MASS",
    "E_SQUARED",
    "GEV2_CM2",
    "INVERSE_AB_PB",
    "PB_CM2",
]

ALPHA: Final[float] = float(_si.fine_structure)
"""Fine-structure constant at zero momentum transfer."""

E_SQUARED: Final[float] = 4.0 * float(_si.pi) * ALPHA
"""Squared elementary charge, e^2 = 4 pi alpha."""

ELECTRON_MASS: Final[float] = float(_si.physical_constants["electron mass energy equivalent in MeV"][0]) * 1e-3
"""Electron mass in GeV."""

AVOGADRO: Final[float] = float(_si.Avogadro)
"""Avogadro's number per mole."""

_HBARC_GEV_CM: Final[float] = float(_si.hbar * _si.c / _si.e) * 1e-9 * 1e2
GEV2_CM2: Final[float] = _HBARC_GEV_CM**2
"""(hbar c)^2: 1 GeV^-2 in cm^2."""

PB_CM2: Final[float] = 1e-36
"""One picobarn in cm^2."""

INVERSE_AB_PB: Final[float] = 1e6
"""One inverse attobarn in inverse picobarns."""
