"""Track-length densities folded with a source: what an experiment offers, before any mediator.

:func:`fold_track_length` gives W(E') for annihilation, :func:`fold_radiation` D_n(x) for bremsstrahlung.
"""

from evanesce.tracklength.annihilation import FoldedTrackLength, fold_track_length
from evanesce.tracklength.bremsstrahlung import FoldedRadiation, fold_radiation

__all__ = ["FoldedRadiation", "FoldedTrackLength", "fold_radiation", "fold_track_length"]
