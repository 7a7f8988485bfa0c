"""Mediators between the electron and dark matter: widths and couplings, small frozen objects.

Use :class:`DarkPhoton`, :class:`Scalar`, :class:`Pseudoscalar` or :class:`AxialVector`, or write your own
class with the methods of :class:`Mediator`.
"""

from evanesce.mediators.axial_vector import AxialVector
from evanesce.mediators.base import (
    MEDIATORS,
    Mediator,
    Parameter,
    Vertex,
    check_dark_sector,
    check_mediator,
    dark_matter_name,
    dark_matter_velocity,
    mediator,
    vertex_of,
    with_parameters,
)
from evanesce.mediators.dark_photon import DarkPhoton
from evanesce.mediators.pseudoscalar import Pseudoscalar
from evanesce.mediators.scalar import Scalar

__all__ = [
    "MEDIATORS",
    "AxialVector",
    "DarkPhoton",
    "Mediator",
    "Parameter",
    "Pseudoscalar",
    "Scalar",
    "Vertex",
    "check_dark_sector",
    "check_mediator",
    "dark_matter_name",
    "dark_matter_velocity",
    "mediator",
    "vertex_of",
    "with_parameters",
]
