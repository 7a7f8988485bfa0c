"""What determines the shape of a yield: the tracks at unit exposure, the target, and the selection of the detector.

Luminosity and efficiency are not part of a :class:`Setup`, because they only multiply the yield; nor are backgrounds
and criteria.
"""

from evanesce.setups.detector import seen_by, sharp_window
from evanesce.setups.setup import Setup
from evanesce.setups.target import Selection, Target

__all__ = ["Selection", "Setup", "Target", "seen_by", "sharp_window"]
