"""What determines the shape of a yield: the tracks at unit exposure, the target, and the selection of the detector.

Luminosity and efficiency are not part of a :class:`Setup`, because they only multiply the yield; nor are backgrounds
and criteria.
"""

from evanesce.setups.detector import seen_by, sharp_window
from evanesce.setups.setup import Setup
from evanesce.setups.slabs import Slab, slabs_of
from evanesce.setups.target import DepthEfficiency, EnergyEfficiency, Layer, Selection, Target, layers_of

__all__ = [
    "DepthEfficiency",
    "EnergyEfficiency",
    "Layer",
    "Selection",
    "Setup",
    "Slab",
    "Target",
    "layers_of",
    "seen_by",
    "sharp_window",
    "slabs_of",
]
