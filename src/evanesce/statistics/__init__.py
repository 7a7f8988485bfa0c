"""From an expected background to the number of signal events that is excluded.

Use ``sqrt2.71`` when many background events are expected, ``events-2.3`` when none is, ``events-3`` when
about one is. A new criterion is one file here with a registered class that offers :class:`Criterion`.
"""

from evanesce.statistics.base import BANDS, CRITERIA, Criterion, Interval, criterion, criterion_names
from evanesce.statistics.counting import GaussianCounting, OneExpected, ZeroExpected

__all__ = [
    "BANDS",
    "CRITERIA",
    "Criterion",
    "GaussianCounting",
    "Interval",
    "OneExpected",
    "ZeroExpected",
    "criterion",
    "criterion_names",
]
