"""What shapes a yield: the tracks at unit exposure, the target, and the selection as the detector makes it.

Luminosity, efficiency, backgrounds and criteria are no part of a :class:`Setup`: they only multiply.
"""

from evanesce.setups.detector import seen_by, sharp_window
from evanesce.setups.setup import Setup
from evanesce.setups.target import Selection, Target

__all__ = ["Selection", "Setup", "Target", "seen_by", "sharp_window"]
