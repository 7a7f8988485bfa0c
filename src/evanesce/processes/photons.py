"""Photons of the shower, shared by the processes that they start."""

from __future__ import annotations

from typing import Final

from evanesce.physics import PhysicsOptions
from evanesce.processes.base import Workshop
from evanesce.setups import Setup
from evanesce.showers.coarser import coarser
from evanesce.tracklength.photons import PhotonTracks

__all__ = ["READS", "photon_tracks"]

READS: Final[frozenset[str]] = frozenset({"track_length", "v_max"})
"""Options that the photons depend on."""


def photon_tracks(setup: Setup, options: PhysicsOptions, workshop: Workshop) -> PhotonTracks:
    """Source, photons and selection of a setup, made once.

    Raises
    ------
    InvalidValueError
        A shower without photons.

    """

    def make() -> PhotonTracks:
        kernel = coarser(setup.track_length(options).of_photons())
        return PhotonTracks(source=setup.source, kernel=kernel, acceptance=setup.acceptance, v_max=options.v_max)

    return workshop.share(("photons", setup.key, options.key(READS)), make)
