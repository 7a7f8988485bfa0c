"""The sections and appendices of arXiv:2212.04252, each listing its numbers.

To add a number, add one function to the module of its section; a new section is a new module here.
"""

from typing import Final

from evanesce.reproduce.entries import Entry
from evanesce.reproduce.sections import (
    bins,
    charged,
    control,
    coupling,
    dark_photon,
    detector,
    introduction,
    na64,
    neutrons,
    photons,
    positrons,
    radiative,
    scalar,
    showers,
)

__all__ = ["ENTRIES"]

_IN_ORDER: Final = (
    introduction,
    positrons,
    photons,
    neutrons,
    dark_photon,
    control,
    showers,
    coupling,
    na64,
    charged,
    scalar,
    radiative,
    detector,
    bins,
)
ENTRIES: Final[tuple[Entry, ...]] = tuple(entry for module in _IN_ORDER for entry in module.section.entries)
"""Every row of the table, in the order of the paper."""
