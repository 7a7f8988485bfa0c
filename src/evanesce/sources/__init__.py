"""Sources of tracks: collisions at a collider, a beam, or a table.

Use :class:`Bhabha` or :class:`RadiativeBhabha` for e⁺e⁻ colliders, :class:`LheSource` for events of another
generator, :class:`Beam` for fixed energy, :class:`TabulatedSpectrum` for anything else. A new kind of source is
one file here with a class that implements :class:`Source` and, where possible, :class:`Directed`,
:class:`WithCrossSection`, :class:`EventSource`, :class:`FromFiles` or :class:`Sampled`.
"""

from evanesce.sources.base import (
    SOURCES,
    Directed,
    EventSource,
    FromFiles,
    Sampled,
    Source,
    WithCrossSection,
    corners,
    energies,
    luminosity_of,
    smooth_at_edges,
    spectrum_degree,
)
from evanesce.sources.beam import Beam
from evanesce.sources.beams import Beams
from evanesce.sources.bhabha import Bhabha
from evanesce.sources.binned import BinnedSpectrum, binned_spectrum
from evanesce.sources.exposure import unit_exposure
from evanesce.sources.incidence import Incidence, incidence_of, path_factors
from evanesce.sources.lhe import LheSource
from evanesce.sources.radiative_bhabha import RadiativeBhabha
from evanesce.sources.slice import EnergySlice, sliced, track_shares, whole_of
from evanesce.sources.smeared import SmearedBhabha, keeps_sharp_window, with_angular_resolution
from evanesce.sources.tabulated import TabulatedSpectrum

__all__ = [
    "SOURCES",
    "Beam",
    "Beams",
    "Bhabha",
    "BinnedSpectrum",
    "Directed",
    "EnergySlice",
    "EventSource",
    "FromFiles",
    "Incidence",
    "LheSource",
    "RadiativeBhabha",
    "Sampled",
    "SmearedBhabha",
    "Source",
    "TabulatedSpectrum",
    "WithCrossSection",
    "binned_spectrum",
    "corners",
    "energies",
    "incidence_of",
    "keeps_sharp_window",
    "luminosity_of",
    "path_factors",
    "sliced",
    "smooth_at_edges",
    "spectrum_degree",
    "track_shares",
    "unit_exposure",
    "whole_of",
    "with_angular_resolution",
]
