"""What an analysis sees: one channel is a source, a target, a selection, its backgrounds and its counts.

:class:`VanishingTrack` is the track that enters and disappears, :class:`MonoPhoton` the photon with nothing else. A new
kind of channel is one file here with a class that offers :class:`Channel`.
"""

from evanesce.channels.base import CHANNELS, Channel, Expectation
from evanesce.channels.bins import Bins
from evanesce.channels.mono_photon import MonoPhoton, PhotonBackground
from evanesce.channels.scale import ScaleUncertainty
from evanesce.channels.vanishing_track import VanishingTrack

__all__ = [
    "CHANNELS",
    "Bins",
    "Channel",
    "Expectation",
    "MonoPhoton",
    "PhotonBackground",
    "ScaleUncertainty",
    "VanishingTrack",
]
