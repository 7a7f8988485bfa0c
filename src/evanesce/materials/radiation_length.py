"""Radiation length of an element and of a mixture, for materials without a tabulated value.

Y.-S. Tsai, Rev. Mod. Phys. 46 (1974) 815, as given in the review "Passage of particles through matter" of
the Particle Data Group, PTEP 2022, 083C01: 1/X0 = 4 α r_e² (N_A/A) {Z² [L_rad − f(Z)] + Z L'_rad}, with f(Z)
of H. Davies, H. A. Bethe and L. C. Maximon, Phys. Rev. 93 (1954) 788. It agrees with the tabulated values to
about a per mille.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from evanesce.constants import ALPHA, AVOGADRO, ELECTRON_MASS, GEV2_CM2
from evanesce.errors import InvalidValueError
from evanesce.materials.elements import atomic_weight

__all__ = ["Z_MAX", "elemental_radiation_length", "mixture_radiation_length"]

_ELECTRON_RADIUS: Final[float] = ALPHA * math.sqrt(GEV2_CM2) / ELECTRON_MASS
_SCALE: Final[float] = 4.0 * ALPHA * _ELECTRON_RADIUS**2 * AVOGADRO

# L_rad and L'_rad where the Thomas-Fermi model is too rough: H, He, Li, Be.
_LIGHT: Final[dict[int, tuple[float, float]]] = {
    1: (5.31, 6.144),
    2: (4.79, 5.621),
    3: (4.74, 5.805),
    4: (4.71, 5.924),
}
Z_MAX: Final[int] = 103
"""The heaviest element with a known atomic weight."""


def elemental_radiation_length(Z: int) -> float:
    """Radiation length in g/cm² of the element with atomic number ``Z``.

    >>> round(elemental_radiation_length(82), 2)
    6.37

    Raises
    ------
    InvalidValueError
        ``Z`` is not an atomic number between 1 and 103.

    """
    if isinstance(Z, bool) or not isinstance(Z, int) or not 1 <= Z <= Z_MAX:
        raise InvalidValueError(f"Z = {Z!r}: must be an integer between 1 and {Z_MAX}")
    elastic, inelastic = _LIGHT.get(Z, (math.log(184.15 * Z ** (-1.0 / 3.0)), math.log(1194.0 * Z ** (-2.0 / 3.0))))
    strength = Z**2 * (elastic - _coulomb_correction(Z)) + Z * inelastic
    return atomic_weight(Z) / (_SCALE * strength)


def mixture_radiation_length(mass_fractions: Mapping[int, float]) -> float:
    """Radiation length in g/cm² of a mixture {Z: mass fraction}: 1/X0 = Σ w_i/X_i."""
    return 1.0 / sum(w / elemental_radiation_length(Z) for Z, w in mass_fractions.items())


def _coulomb_correction(Z: int) -> float:
    """f(Z), the correction to the Born approximation; four digits up to uranium."""
    a2 = (ALPHA * Z) ** 2
    return a2 * (1.0 / (1.0 + a2) + 0.20206 - 0.0369 * a2 + 0.0083 * a2**2 - 0.002 * a2**3)
