"""The tracks of a source in one bin of their energy, true or measured.

A track of energy E is measured at E (1 + σ g) with a normal random number g. It falls between two edges with the
probability P(E) = Φ((e₂/E - 1)/σ) - Φ((e₁/E - 1)/σ), a step function for σ = 0. The probabilities of adjacent slices
add up to 1 if the outer edges are 0 and infinity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.numerics import panel_nodes
from evanesce.particles import Particle
from evanesce.sources.base import Source, spectrum_degree
from evanesce.sources.incidence import Incidence, incidence_of
from evanesce.validation import FloatArray, between

__all__ = ["EnergySlice", "sliced", "track_shares", "whole_of"]

_DEVIATIONS: Final[tuple[float, ...]] = (-6.0, -2.0, 2.0, 6.0)
"""Tracks further outside, in standard deviations, are neglected; Φ(-6) is 1e-9. Few pieces make a fold cheap."""
_CLOSEST: Final[float] = 1e-9
"""Relative distance below which two edges are merged."""
_ORDER: Final[int] = 24
_COARSEST: Final[float] = 0.1
"""Largest σ: at 6 σ the true energy is still positive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergySlice:
    """Tracks of ``source`` whose energy lies from ``low`` to below ``high``.

    >>> from evanesce.sources import Bhabha
    >>> barrel = Bhabha()
    >>> soft = EnergySlice(source=barrel, high=5.0)
    >>> [round(e, 3) for e in soft.edges], round(soft.count / barrel.count, 4)
    ([4.349, 5.0], 0.7855)

    Raises
    ------
    InvalidValueError
        On construction: edges that do not increase, or a resolution above 10 %.

    """

    source: Source
    low: float = 0.0
    """Lower edge in GeV."""
    high: float = math.inf
    """Upper edge in GeV."""
    resolution: float = 0.0
    """σ of the measured energy, relative; 0 for the true energy."""
    edges: tuple[float, ...] = field(init=False, compare=False, repr=False)
    """Energies in GeV between which the spectrum is smooth; empty without a continuum in the slice."""

    def __post_init__(self) -> None:
        between("resolution of the track's energy", self.resolution, 0.0, _COARSEST, "")
        if not 0.0 <= self.low < self.high:
            raise InvalidValueError(f"bin from {self.low:g} to {self.high:g} GeV: its edges must increase from 0 on")
        object.__setattr__(self, "edges", self._smooth_between())

    @property
    def incident(self) -> Particle:
        """Charge of the track that vanishes."""
        return self.source.incident

    @property
    def spectrum_degree(self) -> int | None:
        """That of the source; none where the slice is smeared."""
        return spectrum_degree(self.source) if self.resolution == 0.0 else None

    @property
    def incidence(self) -> Incidence:
        """The angle at which tracks enter the calorimeter."""
        return incidence_of(self.source)

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """Monoenergetic parts of the source, with the particles that fall into the slice."""
        each = ((energy, number * float(self._inside(np.asarray(energy)))) for energy, number in self.source.lines)
        return tuple((energy, number) for energy, number in each if number > 0.0)

    @property
    def count(self) -> float:
        """Number of tracks: the spectrum integrated by quadrature, and the lines."""
        total = sum(number for _, number in self.lines)
        if self.edges:
            energy, weights = panel_nodes(np.array(self.edges), _ORDER)
            total += float(np.sum(weights * self.spectrum(energy)))
        return total

    def spectrum(self, energy: FloatArray) -> FloatArray:
        """dN/dE per GeV at ``energy`` (GeV, any shape), zero outside the edges."""
        energy = np.asarray(energy, dtype=np.float64)
        edges = self.edges
        if not edges:
            return np.zeros_like(energy)
        density = self.source.spectrum(energy)
        if self.resolution > 0.0:
            density = density * self._inside(energy)
        # the probability is a step between the edges: nodes on an edge belong to the piece inside
        return np.where((energy >= edges[0]) & (energy <= edges[-1]), density, 0.0)

    def of(self, source: Source) -> EnergySlice:
        """Return the same slice of another source."""
        return replace(self, source=source)

    def polar_cosines(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Cosines of the laboratory polar angles to z of the source's tracks; along z if it has no directions."""
        directed: Any = getattr(self.source, "polar_cosines", None)
        return np.ones(len(energy)) if directed is None else directed(energy, rng)

    def _smooth_between(self) -> tuple[float, ...]:
        if not self.source.edges:
            return ()
        first, last = self.source.edges[0], self.source.edges[-1]
        bends = sorted({*self.source.edges, *self._bends(self.low), *self._bends(self.high)})
        low, high = max(first, self._reach(self.low)[0]), min(last, self._reach(self.high)[1])
        inside = [energy for energy in bends if low <= energy <= high]
        kept = inside[:1]
        kept += [after for before, after in pairwise(inside) if after - before > _CLOSEST * after]
        return tuple(kept) if len(kept) > 1 else ()

    def _inside(self, energy: FloatArray) -> FloatArray:
        """Probability that a track falls into the slice."""
        if self.resolution == 0.0:
            return np.where((energy >= self.low) & (energy < self.high), 1.0, 0.0)
        from scipy.special import ndtr  # imported here so that limits without bins do not load scipy

        above, below = ((edge / energy - 1.0) / self.resolution for edge in (self.low, self.high))
        # small probabilities keep their digits on either side
        flip = above > 0.0
        return np.asarray(np.where(flip, ndtr(-above) - ndtr(-below), ndtr(below) - ndtr(above)))

    def _bends(self, edge: float) -> tuple[float, ...]:
        """Energies around an edge between which the probability is smooth."""
        if not 0.0 < edge < math.inf:
            return ()
        if self.resolution == 0.0:
            return (edge,)
        return tuple(edge / (1.0 - self.resolution * deviations) for deviations in _DEVIATIONS)

    def _reach(self, edge: float) -> tuple[float, float]:
        """Smallest and largest energy at which tracks cross an edge."""
        bends = self._bends(edge)
        return (bends[0], bends[-1]) if bends else (edge, edge)


def whole_of(source: Source) -> Source:
    """Return the source that ``source`` is a slice of, or itself."""
    return source.source if isinstance(source, EnergySlice) else source


def sliced(source: Source, edges: FloatArray, resolution: float = 0.0) -> tuple[EnergySlice, ...]:
    """Cut a source at ascending energies in GeV, shape (bins + 1,); tracks beyond the ends go to the outer slices.

    >>> from evanesce.sources import Bhabha
    >>> parts = sliced(Bhabha(), np.array([4.35, 5.0, 5.5, 6.62]), resolution=0.004)
    >>> round(sum(part.count for part in parts) / Bhabha().count, 9)
    1.0
    """
    inner = [0.0, *edges[1:-1].tolist(), math.inf]
    return tuple(EnergySlice(source=source, low=low, high=high, resolution=resolution) for low, high in pairwise(inner))


def track_shares(slices: Sequence[EnergySlice]) -> FloatArray:
    """Share of the tracks in each of the slices that make up a source, shape (slices,); they sum to 1 exactly."""
    counts = np.array([part.count for part in slices])
    return np.asarray(counts / counts.sum())
