"""Track-length densities folded with a source, independent of the mediator.

:func:`fold_track_length` returns W(E') for annihilation, :func:`fold_radiation` D_n(x) for bremsstrahlung, and
:class:`RadiatingTracks` keeps the latter for light and for heavy mediators. The selection enters all of them as an
:class:`Acceptance`: :class:`SharpAcceptance` is the cut as printed, :class:`SmearedAcceptance` the same cut with the
:class:`Resolution` of a detector, :class:`EfficientAcceptance` multiplies either by an efficiency.
"""

from evanesce.tracklength.acceptance import (
    Acceptance,
    EfficientAcceptance,
    SharpAcceptance,
    SmearedAcceptance,
    sharp_cuts,
)
from evanesce.tracklength.annihilation import Endpoint, FoldedTrackLength, fold_track_length, fold_track_lengths
from evanesce.tracklength.bremsstrahlung import FoldedRadiation, fold_radiation
from evanesce.tracklength.radiating import RadiatingTracks
from evanesce.tracklength.resolution import CalorimeterPoint, Resolution

__all__ = [
    "Acceptance",
    "CalorimeterPoint",
    "EfficientAcceptance",
    "Endpoint",
    "FoldedRadiation",
    "FoldedTrackLength",
    "RadiatingTracks",
    "Resolution",
    "SharpAcceptance",
    "SmearedAcceptance",
    "fold_radiation",
    "fold_track_length",
    "fold_track_lengths",
    "sharp_cuts",
]
