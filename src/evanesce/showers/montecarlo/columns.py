"""Columns of the table of rates: a row is an energy, and related columns are adjacent in memory.

Rates are per X0, energies in GeV. A rate R is linear in the energy up to the next row, R = a + b E; the column of a
has the name of the rate, and b is the next column. A spectrum is drawn from the row above with the rate ``..._ABOVE``,
otherwise from the row itself: their weighted mean is the spectrum in between.
"""

from typing import Final

__all__ = [
    "CHARGES",
    "COLUMNS",
    "CONVERSION",
    "CONVERSION_ABOVE",
    "ENERGY",
    "INTERACTION",
    "INVERSE",
    "LOSS",
    "MOST",
    "SCATTERING",
    "SCATTERING_ABOVE",
    "TOTAL",
    "WIDTH",
]

ENERGY: Final = 0
INTERACTION: Final = 1
"""Pairs and Compton scatterings of a photon."""
CONVERSION: Final = 3
"""Pairs of a photon."""
CONVERSION_ABOVE: Final = 5
CHARGES: Final = 7
"""First column of the electron; those of the positron are ``WIDTH`` later."""
MOST: Final = 0
"""Upper bound of the total collision rate from one row below to one row above."""
INVERSE: Final = 1
"""Inverse of the bound."""
LOSS: Final = 2
"""Continuous loss, GeV."""
SCATTERING: Final = 4
"""Rate of photons and of knock-on electrons above the cut; other collisions are annihilation."""
SCATTERING_ABOVE: Final = 6
TOTAL: Final = 8
"""Total collision rate."""
WIDTH: Final = 10
COLUMNS: Final = CHARGES + 2 * WIDTH
