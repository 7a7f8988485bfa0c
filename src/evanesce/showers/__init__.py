"""How far positrons of each energy travel in a slab: one model of the shower a module.

:class:`TsaiWhitis` is the analytic model of the paper. A new model is one file here with a class that
offers :class:`Shower`.
"""

from evanesce.showers.base import (
    SHOWERS,
    BinnedTrackLength,
    Kernel,
    Shower,
    ShowerSetup,
    TrackLength,
    bin_averages,
    bin_kernels,
    check_bins,
)
from evanesce.showers.tsai_whitis import TsaiWhitis

__all__ = [
    "SHOWERS",
    "BinnedTrackLength",
    "Kernel",
    "Shower",
    "ShowerSetup",
    "TrackLength",
    "TsaiWhitis",
    "bin_averages",
    "bin_kernels",
    "check_bins",
]
