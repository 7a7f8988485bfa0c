"""What determines the shape of a yield: the tracks at unit exposure, the target, and the selection of the detector.

Luminosity and efficiency are not part of a :class:`Setup`, because they only multiply the yield; nor are backgrounds
and criteria.
"""

from evanesce.setups.detector import seen_by, sharp_window
from evanesce.setups.efficiency import DepthStep, Efficiency, MissingEnergyPoint
from evanesce.setups.layers import Layer, Part, check_layers, main_layer, parts_of, total_thickness
from evanesce.setups.setup import Setup, joined
from evanesce.setups.target import Selection, Target

__all__ = [
    "DepthStep",
    "Efficiency",
    "Layer",
    "MissingEnergyPoint",
    "Part",
    "Selection",
    "Setup",
    "Target",
    "check_layers",
    "joined",
    "main_layer",
    "parts_of",
    "seen_by",
    "sharp_window",
    "total_thickness",
]
