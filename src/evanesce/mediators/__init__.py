"""Mediators between the electron and dark matter: widths and couplings, small frozen objects.

Use :class:`DarkPhoton` or :class:`Scalar`, or write your own class with the methods of :class:`Mediator`.
"""

from evanesce.mediators.base import (
    MEDIATORS,
    Mediator,
    Parameter,
    check_dark_sector,
    dark_matter_velocity,
    with_parameters,
)
from evanesce.mediators.dark_photon import DarkPhoton
from evanesce.mediators.scalar import Scalar

__all__ = [
    "MEDIATORS",
    "DarkPhoton",
    "Mediator",
    "Parameter",
    "Scalar",
    "check_dark_sector",
    "dark_matter_velocity",
    "with_parameters",
]
