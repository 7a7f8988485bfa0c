"""Columns of the table of rates: a row is an energy, what belongs together lies together in memory.

Rates are per X0, energies in GeV. A rate R is linear in the energy up to the next row: R = a + b E, the column of a
has its name, b is the next. Where a spectrum is drawn, it is that of the row above with the rate named ``..._ABOVE``,
else that of the row itself: their mean is the spectrum in between.
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
"""Where the columns of the electron begin; those of the positron follow ``WIDTH`` later."""
MOST: Final = 0
"""An upper bound of all collisions from one row below to one row above."""
INVERSE: Final = 1
"""One over the bound."""
LOSS: Final = 2
"""Continuous loss, GeV."""
SCATTERING: Final = 4
"""Photons and knock-on electrons above the cut; the rest is annihilation."""
SCATTERING_ABOVE: Final = 6
TOTAL: Final = 8
"""All collisions."""
WIDTH: Final = 10
COLUMNS: Final = CHARGES + 2 * WIDTH
