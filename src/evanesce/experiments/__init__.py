"""Experiments: a source, a target, a selection, backgrounds and a criterion, as validated cards.

Use :func:`experiment` for a built-in name (:func:`experiment_names` lists them) or the path of your own
YAML card, and :meth:`Experiment.replace` to vary one. A new built-in experiment is one file in ``data/``.
"""

from evanesce.experiments.assumptions import Assumption
from evanesce.experiments.background_scan import BackgroundScan, background_scan
from evanesce.experiments.loader import as_experiments, card_source, card_text, card_value, experiment, experiment_names
from evanesce.experiments.model import Experiment
from evanesce.experiments.starter import STARTERS, new_card
from evanesce.setups import Selection, Target
from evanesce.tracklength import CalorimeterPoint, Resolution

__all__ = [
    "STARTERS",
    "Assumption",
    "BackgroundScan",
    "CalorimeterPoint",
    "Experiment",
    "Resolution",
    "Selection",
    "Target",
    "as_experiments",
    "background_scan",
    "card_source",
    "card_text",
    "card_value",
    "experiment",
    "experiment_names",
    "new_card",
]
