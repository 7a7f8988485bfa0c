"""Columns of the table of rates: a row is an energy, what belongs together lies together in memory.

Rates are per X0, energies in GeV.
"""

from typing import Final

__all__ = [
    "CHARGES",
    "COLUMNS",
    "CONVERSION",
    "ENERGY",
    "INTERACTION",
    "INVERSE",
    "LOSS",
    "LOSS_SLOPE",
    "MOST",
    "SCATTERING",
    "SLOPE",
    "TOTAL",
    "WIDTH",
]

ENERGY: Final = 0
SLOPE: Final = 1
"""One over the distance to the next row."""
INTERACTION: Final = 2
"""Pairs and Compton scatterings of a photon."""
CONVERSION: Final = 3
"""Pairs of a photon."""
CHARGES: Final = 4
"""Where the columns of the electron begin; those of the positron follow ``WIDTH`` later."""
TOTAL: Final = 0
"""All collisions."""
SCATTERING: Final = 1
"""Photons and knock-on electrons above the cut; the rest is annihilation."""
MOST: Final = 2
"""An upper bound of all from one row below to one row above."""
INVERSE: Final = 3
"""One over the bound."""
LOSS: Final = 4
"""Continuous loss, GeV."""
LOSS_SLOPE: Final = 5
"""Its derivative to the next row."""
WIDTH: Final = 6
COLUMNS: Final = CHARGES + 2 * WIDTH
