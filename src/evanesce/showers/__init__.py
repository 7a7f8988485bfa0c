"""Track length of positrons in a slab, with one module per shower model.

:class:`TsaiWhitis` is the analytic model of the paper. A new model is one file here with a class that
implements :class:`Shower`, or :class:`BinnedShower` if it has no kernels. :mod:`base` has these protocols,
:mod:`setup` their input, :mod:`kernel` and :mod:`bins` their results.
"""

from evanesce.showers.base import (
    SHOWERS,
    BinnedShower,
    LayeredShower,
    Shower,
    WaysShower,
    binned_layers,
    kernel_shower,
)
from evanesce.showers.bins import BinnedTrackLength, bin_averages, bin_kernels, check_bins
from evanesce.showers.kernel import Kernel, TrackLength, together
from evanesce.showers.mixed import energy_nodes, mixed, over_ways, weighted
from evanesce.showers.setup import ShowerSetup
from evanesce.showers.tsai_whitis import TsaiWhitis

__all__ = [
    "SHOWERS",
    "BinnedShower",
    "BinnedTrackLength",
    "Kernel",
    "LayeredShower",
    "Shower",
    "ShowerSetup",
    "TrackLength",
    "TsaiWhitis",
    "WaysShower",
    "bin_averages",
    "bin_kernels",
    "binned_layers",
    "check_bins",
    "energy_nodes",
    "kernel_shower",
    "mixed",
    "over_ways",
    "together",
    "weighted",
]
