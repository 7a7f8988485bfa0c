"""What a source of tracks has to offer, and the registry that cards look sources up in."""

from __future__ import annotations

from typing import Final, Protocol

from evanesce.particles import Particle
from evanesce.registry import Registry
from evanesce.validation import FloatArray

__all__ = ["LARGEST_ENERGY", "LARGEST_NUMBER", "SOURCES", "Source"]

LARGEST_ENERGY: Final[float] = 1e6
"""Largest energy of a track or a beam in GeV."""
LARGEST_NUMBER: Final[float] = 1e30
"""Largest number of tracks and largest luminosity in ab⁻¹; far beyond it the arithmetic overflows."""


class Source(Protocol):
    """Tracks that enter the calorimeter: how many, of which charge, at which energy.

    A spectrum is a sum of smooth pieces (between consecutive ``edges``) and of lines.
    """

    @property
    def incident(self) -> Particle:
        """Charge of the track that vanishes."""
        ...

    @property
    def edges(self) -> tuple[float, ...]:
        """Ascending energies in GeV between which ``spectrum`` is smooth; empty without a continuum."""
        ...

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """Monoenergetic parts as pairs (energy in GeV, number of particles)."""
        ...

    @property
    def count(self) -> float:
        """Total number of particles."""
        ...

    def spectrum(self, energy: FloatArray) -> FloatArray:
        """dN/dE per GeV at ``energy`` (GeV, any shape), zero outside the edges; lines are not in it."""
        ...


SOURCES: Final[Registry[Source]] = Registry("source", "evanesce.sources")
