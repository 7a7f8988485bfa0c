"""Predictions: signal and background of every region, in every bin, with their errors.

:func:`evanesce.predict` makes a :class:`Prediction`; :func:`combine` puts those of several experiments side by side.
Statistics, export and figures read predictions and nothing else.
"""

from evanesce.prediction.combination import combine
from evanesce.prediction.grid import Grid
from evanesce.prediction.model import Prediction, Region, Systematic

__all__ = ["Grid", "Prediction", "Region", "Systematic", "combine"]
