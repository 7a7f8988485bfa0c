"""The interface of a source of tracks, and the registry of the sources that a card can name."""

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
    """Tracks that enter the calorimeter: number, charge and energy spectrum.

    A spectrum is a sum of smooth pieces (between consecutive ``edges``) and of lines. Two optional class attributes
    save time: ``spectrum_degree``, see :func:`spectrum_degree`, and ``smooth_at_edges``, see :func:`smooth_at_edges`.
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
        """dN/dE per GeV at ``energy`` (GeV, any shape), zero outside the edges; without the lines."""
        ...


def corners(source: Source) -> FloatArray:
    """Ascending energies in GeV at which the spectrum of a source may not be smooth: its edges and its lines."""
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
    """Degree of the spectrum as a polynomial between two edges; None if it is not a polynomial, or unknown."""
    degree: int | None = getattr(source, "spectrum_degree", None)
    return degree


def smooth_at_edges(source: Source) -> bool:
    """Whether the spectrum has neither a jump nor a kink at its edges, on the scale of the pieces between them."""
    return bool(getattr(source, "smooth_at_edges", False))


@runtime_checkable
class Directed(Protocol):
    """Optional interface of a source: the directions of its tracks."""

    def polar_cosines(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Cosines of the laboratory polar angles to z for tracks of these energies (GeV); ``rng`` for random draws."""
        ...


class CrossSection(NamedTuple):
    """A cross section in pb and its error."""

    value: float
    error: float | None
    """None if it is exact."""


@runtime_checkable
class WithCrossSection(Protocol):
    """Optional interface of a source: the cross section of its tracks."""

    def track_cross_section(self) -> CrossSection:
        """Cross section whose product with the luminosity is the number of tracks."""
        ...


@runtime_checkable
class EventSource(Protocol):
    """Optional interface of a source: complete events."""

    def events(self, number: int, *, seed: int) -> Iterator[EventBatch]:
        """Events in batches."""
        ...

    def run(self, seed: int) -> RunInfo:
        """Description of these events for a file."""
        ...


@runtime_checkable
class FromFiles(Protocol):
    """Optional interface of a source: the files it was read from."""

    def checksums(self) -> dict[str, str]:
        """SHA-256 of the files by path."""
        ...


@runtime_checkable
class Sampled(Protocol):
    """Optional interface of a source: replicas for the statistical error of anything computed from it.

    The spectrum of such a source comes from a limited number of tracks. We make K = 10 replicas, each without one of K
    groups of events and scaled to the exposure of all. A yield Y of the source then has the variance

        var Y = (K - 1) / K · Σ (Y_g - Ȳ)²,

    where Y_g is the yield of replica g and Ȳ the mean of the K (the delete-a-group jackknife, Kott, J. Off. Stat. 17
    (2001) 521). The error itself has a relative error of 1 / √(2 (K - 1)), a quarter. It does not include the error of
    the cross section that a file states.
    """

    @property
    def tracks(self) -> int:
        """Number of tracks in the spectrum."""
        ...

    def replicas(self) -> tuple[Source, ...]:
        """The K replicas, with the ``edges`` and the exposure of the source itself, so that folds are comparable."""
        ...


def luminosity_of(source: Source) -> float | None:
    """Integrated luminosity of a source in pb⁻¹; None for a source without one, such as a beam."""
    if not isinstance(source, WithCrossSection):
        return None
    return source.count / source.track_cross_section().value


SOURCES: Final[Registry[Source]] = Registry("source", "evanesce.sources", plug_ins="sources", interface=Source)
