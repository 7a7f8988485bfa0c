"""Thermal relic lines: the coupling for which dark matter has its observed density.

:func:`relic_line` computes them for a dark photon and each kind of :mod:`evanesce.dark_matter`; :func:`published_line`
returns those drawn with the projections of LDMX.
"""

from evanesce.targets.line import RelicLine, relic_line, thermal_range
from evanesce.targets.plasma import RELIC_DENSITY
from evanesce.targets.published import PUBLISHED_BAND, published_epsilon, published_line

__all__ = [
    "PUBLISHED_BAND",
    "RELIC_DENSITY",
    "RelicLine",
    "published_epsilon",
    "published_line",
    "relic_line",
    "thermal_range",
]
