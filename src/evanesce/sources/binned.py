"""A source as a histogram, with its cross section."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.numerics import panel_nodes
from evanesce.sources.base import CrossSection, Source, WithCrossSection
from evanesce.validation import FloatArray

__all__ = ["BinnedSpectrum", "binned_spectrum"]

_ORDER: Final[int] = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BinnedSpectrum:
    """Averages over equal bins; empty without a continuum."""

    edges: FloatArray
    """Bin edges in GeV, shape (bins + 1,)."""
    spectrum: FloatArray
    """dN/dE per GeV averaged over each bin."""
    cross_section: CrossSection | None
    """Cross section of the tracks in pb; its error is that of the source, or the deviation of the binned integral."""
    differential: FloatArray | None
    """dσ/dE in pb/GeV averaged over each bin."""


def binned_spectrum(source: Source, count: int) -> BinnedSpectrum:
    """Average the continuum of a source over ``count`` bins by quadrature."""
    edges, spectrum = _averages(source, count)
    if not isinstance(source, WithCrossSection):
        return BinnedSpectrum(edges=edges, spectrum=spectrum, cross_section=None, differential=None)
    sigma, error = source.track_cross_section()
    differential = spectrum * (sigma / source.count)
    if error is None:
        error = abs(math.fsum(differential * np.diff(edges)) - sigma) if len(edges) else 0.0
    return BinnedSpectrum(
        edges=edges, spectrum=spectrum, cross_section=CrossSection(sigma, error), differential=differential
    )


def _averages(source: Source, count: int) -> tuple[FloatArray, FloatArray]:
    if len(source.edges) < 2:
        return np.zeros(0), np.zeros(0)
    edges: FloatArray = np.linspace(source.edges[0], source.edges[-1], count + 1)
    pieces = np.union1d(edges, source.edges)
    energy, weights = panel_nodes(pieces, _ORDER)
    integrals = np.sum(weights * source.spectrum(energy), axis=-1)
    owner = np.searchsorted(edges, 0.5 * (pieces[:-1] + pieces[1:])) - 1
    return edges, np.bincount(owner, integrals, minlength=count) / np.diff(edges)
