"""What determines the shape of a yield: the tracks at unit exposure, the target, and the selection of the detector.

:class:`Setup` is for tracks in a target, :class:`Collision` for a photon from the vertex of a collider, and
:class:`AnySetup` is what they have in common. Luminosity and efficiency are not part of a setup, because they only
multiply the yield; nor are backgrounds and criteria.
"""

from evanesce.setups.base import AnySetup
from evanesce.setups.collision import Collision, PhotonSelection
from evanesce.setups.detector import resolution_in_use, seen_by, sharp_window
from evanesce.setups.efficiency import DepthStep, Efficiency, MissingEnergyPoint
from evanesce.setups.layers import Layer, Part, check_layers, main_layer, parts_of, total_thickness
from evanesce.setups.setup import Setup, joined
from evanesce.setups.target import Selection, Target

__all__ = [
    "AnySetup",
    "Collision",
    "DepthStep",
    "Efficiency",
    "Layer",
    "MissingEnergyPoint",
    "Part",
    "PhotonSelection",
    "Selection",
    "Setup",
    "Target",
    "check_layers",
    "joined",
    "main_layer",
    "parts_of",
    "resolution_in_use",
    "seen_by",
    "sharp_window",
    "total_thickness",
]
