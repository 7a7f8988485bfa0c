"""From a prediction to limits on the signal.

``cls`` is what an experiment would quote: exact for one count, a profile likelihood with systematic uncertainties or
several bins. ``feldman-cousins`` gives unified intervals of one count, ``discovery-3`` and ``discovery-5`` the reach
for evidence and discovery. Rules of arXiv:2212.04252: ``sqrt2.71`` for many background events, ``events-2.3`` for
none and ``events-3`` for about one. A new criterion is one file here with a registered class that offers
:class:`Criterion`. :func:`to_workspace` and :func:`from_workspace` exchange likelihoods with pyhf.
"""

from evanesce.statistics.base import BANDS, CRITERIA, Criterion, Interval, criterion, criterion_names
from evanesce.statistics.cls import CLs
from evanesce.statistics.counting import GaussianCounting, OneExpected, ZeroExpected
from evanesce.statistics.discovery import Discovery, Evidence
from evanesce.statistics.feldman_cousins import FeldmanCousins
from evanesce.statistics.from_workspace import from_workspace
from evanesce.statistics.workspace import to_workspace

__all__ = [
    "BANDS",
    "CRITERIA",
    "CLs",
    "Criterion",
    "Discovery",
    "Evidence",
    "FeldmanCousins",
    "GaussianCounting",
    "Interval",
    "OneExpected",
    "ZeroExpected",
    "criterion",
    "criterion_names",
    "from_workspace",
    "to_workspace",
]
