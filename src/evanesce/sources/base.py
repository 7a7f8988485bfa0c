"""What a source of tracks has to offer, and the registry that cards look sources up in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol, runtime_checkable

import numpy as np

from evanesce.formats import EventBatch, RunInfo
from evanesce.particles import Particle
from evanesce.registry import Registry
from evanesce.validation import FloatArray

__all__ = [
    "LARGEST_ENERGY",
    "LARGEST_NUMBER",
    "SOURCES",
    "CrossSection",
    "Directed",
    "EventSource",
    "FromFiles",
    "Sampled",
    "Source",
    "WithCrossSection",
    "corners",
    "energies",
    "luminosity_of",
    "smooth_at_edges",
    "spectrum_degree",
]

LARGEST_ENERGY: Final[float] = 1e6
"""Largest energy of a track or a beam in GeV."""
LARGEST_NUMBER: Final[float] = 1e30
"""Largest number of tracks and largest luminosity in ab⁻¹; far beyond it the arithmetic overflows."""


class Source(Protocol):
    """Tracks that enter the calorimeter: how many, of which charge, at which energy.

    A spectrum is a sum of smooth pieces (between consecutive ``edges``) and of lines. Two class attributes may say
    more, which saves time: ``spectrum_degree``, see :func:`spectrum_degree`, and ``smooth_at_edges``, see
    :func:`smooth_at_edges`.
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


def corners(source: Source) -> FloatArray:
    """Ascending energies in GeV at which the spectrum of a source may bend: its edges and its lines."""
    return np.array(sorted({*source.edges, *(energy for energy, _ in source.lines)}), dtype=np.float64)


def energies(source: Source) -> tuple[float, float]:
    """Smallest and largest energy in GeV of the tracks of a source.

    >>> from evanesce.sources import Beam
    >>> energies(Beam(energy=100.0, particles=1.0))
    (100.0, 100.0)
    """
    every = corners(source)
    return float(every[0]), float(every[-1])


def spectrum_degree(source: Source) -> int | None:
    """Degree of the polynomial that the spectrum is between two edges; None where it is none, or not known."""
    degree: int | None = getattr(source, "spectrum_degree", None)
    return degree


def smooth_at_edges(source: Source) -> bool:
    """Whether the spectrum has neither a jump nor a kink at its edges, on the scale of the pieces between them."""
    return bool(getattr(source, "smooth_at_edges", False))


@runtime_checkable
class Directed(Protocol):
    """What a source may offer besides: where its tracks fly."""

    def polar_cosines(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Cosines of the polar angles to z in the laboratory of tracks of these energies (GeV), drawn if need be."""
        ...


class CrossSection(NamedTuple):
    """In pb."""

    value: float
    error: float | None
    """None where it is exact."""


@runtime_checkable
class WithCrossSection(Protocol):
    """What a source may offer besides: the cross section of its tracks."""

    def track_cross_section(self) -> CrossSection:
        """Cross section whose product with the luminosity is the number of tracks."""
        ...


@runtime_checkable
class EventSource(Protocol):
    """What a source may offer besides: whole events."""

    def events(self, number: int, *, seed: int) -> Iterator[EventBatch]:
        """Events in batches."""
        ...

    def run(self, seed: int) -> RunInfo:
        """What a file of these events says about them."""
        ...


@runtime_checkable
class FromFiles(Protocol):
    """What a source may offer besides: which files it was read from."""

    def checksums(self) -> dict[str, str]:
        """SHA-256 of the files by path."""
        ...


@runtime_checkable
class Sampled(Protocol):
    """What a source may offer besides: the statistical error of anything that is computed from it.

    The spectrum of such a source comes from a limited number of tracks. For K = 10 it comes K times over, each time
    without one of K groups of events and scaled to the exposure of all. A yield Y of the source then has the variance

        var Y = (K - 1) / K · Σ (Y_g - Ȳ)²,

    where Y_g is the yield of replica g and Ȳ the mean of the K (the delete-a-group jackknife, Kott, J. Off. Stat. 17
    (2001) 521). The error itself has a relative error of 1 / √(2 (K - 1)), a quarter. The error of the cross section
    that a file states is not in it.
    """

    @property
    def tracks(self) -> int:
        """How many tracks the spectrum comes from."""
        ...

    def replicas(self) -> tuple[Source, ...]:
        """The K sources, with the ``edges`` and the exposure of the source itself, so that folds can be compared."""
        ...


def luminosity_of(source: Source) -> float | None:
    """Integrated luminosity in pb⁻¹ behind the tracks of a source; None where it has none, as a beam."""
    if not isinstance(source, WithCrossSection):
        return None
    return source.count / source.track_cross_section().value


SOURCES: Final[Registry[Source]] = Registry("source", "evanesce.sources")
