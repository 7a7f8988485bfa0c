"""Predictions: signal and background of every region, in every bin, with their errors.

:func:`evanesce.predict` makes a :class:`Prediction`; :func:`combine` puts those of several experiments side by side.
Statistics, export and figures read predictions and nothing else.
"""

from evanesce.prediction.combination import combine
from evanesce.prediction.grid import Grid
from evanesce.prediction.model import Prediction, Region
from evanesce.prediction.nuisances import nuisances_of, plain_background, theory_systematics
from evanesce.prediction.smooth import interpolated, is_long
from evanesce.prediction.sums import in_step, shared_out, side_by_side, summed
from evanesce.prediction.systematic import SIGNAL, Systematic, component_key

__all__ = [
    "SIGNAL",
    "Grid",
    "Prediction",
    "Region",
    "Systematic",
    "combine",
    "component_key",
    "in_step",
    "interpolated",
    "is_long",
    "nuisances_of",
    "plain_background",
    "shared_out",
    "side_by_side",
    "summed",
    "theory_systematics",
]
