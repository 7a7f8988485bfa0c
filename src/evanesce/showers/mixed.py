"""Kernels as weighted sums of others, with weights that depend on the incident energy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import reduce
from typing import Any

import numpy as np

from evanesce.numerics import PiecewiseLegendre, analysis_matrix, gauss_legendre, panel_nodes
from evanesce.showers.base import Shower, WaysShower
from evanesce.showers.kernel import Kernel, TrackLength
from evanesce.showers.setup import ShowerSetup
from evanesce.validation import FloatArray

__all__ = ["energy_nodes", "mixed", "over_ways", "weighted"]


def energy_nodes(energies: tuple[float, float], order: int) -> FloatArray:
    """Incident energies in GeV at which the weights of :func:`mixed` are given; one if all energies are equal."""
    low, high = np.log(energies)
    if not high > low:
        return np.array(energies[:1], dtype=np.float64)
    nodes: FloatArray = np.exp(0.5 * (low + high) + 0.5 * (high - low) * gauss_legendre(order)[0])
    return nodes


def mixed(
    tracks: Sequence[TrackLength], weights: FloatArray, energies: tuple[float, float], last: FloatArray
) -> TrackLength:
    """Σ_j w_j(E) F_j(v; E), where ``weights`` are w_j at :func:`energy_nodes`, shape (tracks, nodes).

    The result is a Legendre series in ln E of as many terms as there are nodes. Its error is the largest of the
    kernels, and what the last two terms contribute, and the last term of the interpolation behind the weights, which is
    Σ_j ``last``_j F_j.
    """
    return _each(tracks, lambda own: _mixed(own, weights, energies, last))


def over_ways(shower: Shower, shares: Sequence[float], setups: Sequence[ShowerSetup]) -> TrackLength:
    """Mean track length in a slab, the same in all ``setups``, of particles that come through different layers."""
    if len(setups) == 1:
        return shower.track_length(setups[0])
    if isinstance(shower, WaysShower):
        return shower.over_ways(shares, setups)
    return weighted([shower.track_length(setup) for setup in setups], shares)


def weighted(tracks: Sequence[TrackLength], shares: Sequence[float]) -> TrackLength:
    """Σ_j ``shares``_j F_j for slabs with the same incident energies, exact to rounding on the panels of all kernels.

    Its error is the largest of the kernels.
    """
    return _each(tracks, lambda own: _weighted(own, shares))


def _each(tracks: Sequence[TrackLength], combined: Callable[[Sequence[Kernel]], Kernel]) -> TrackLength:
    """Every kind of kernel combined; a model may leave one out."""
    kernels: dict[str, list[Any]] = {
        entry.name: [getattr(track, entry.name) for track in tracks] for entry in fields(TrackLength)
    }
    known: dict[str, Any] = {name: combined(own) for name, own in kernels.items() if None not in own}
    return TrackLength(**known)


def _weighted(kernels: Sequence[Kernel], shares: Sequence[float]) -> Kernel:
    edges, order = _common_panels(kernels)
    y, _ = panel_nodes(edges, order)
    terms = np.zeros((max(len(kernel.variation) for kernel in kernels) + 1, *y.shape))
    change = np.zeros_like(y)
    for kernel, share in zip(kernels, shares, strict=True):
        for total, term in zip(terms, (kernel.series, *kernel.variation), strict=False):
            total += share * term(y)
        change += share * kernel.change(y) if kernel.change else 0.0
    every = [PiecewiseLegendre(edges, values @ analysis_matrix(order).T) for values in (*terms, change)]
    wide = max(kernels, key=lambda kernel: len(kernel.variation))
    return replace(
        wide,
        series=every[0],
        error=max(kernel.error for kernel in kernels),
        variation=tuple(every[1:-1]),
        change=every[-1] if all(kernel.change for kernel in kernels) else None,
    )


def _common_panels(kernels: Sequence[Kernel]) -> tuple[FloatArray, int]:
    """Edges in y of the panels of all kernels together, and the largest order."""
    edges: FloatArray = reduce(np.union1d, [kernel.edges for kernel in kernels])
    edges = edges[edges <= min(kernel.edges[-1] for kernel in kernels)]
    edges = edges[np.append(True, np.diff(edges) > 1e-12 * edges[1:])]
    return edges, max(kernel.series.coefficients.shape[1] for kernel in kernels)


def _mixed(kernels: Sequence[Kernel], weights: FloatArray, energies: tuple[float, float], last: FloatArray) -> Kernel:
    nodes = energy_nodes(energies, weights.shape[1])
    edges, order = _common_panels(kernels)
    y, measure = panel_nodes(edges, order)

    def series(values: FloatArray) -> PiecewiseLegendre:
        return PiecewiseLegendre(edges, values @ analysis_matrix(order).T)

    values, unresolved = np.zeros((len(nodes), *y.shape)), np.zeros_like(y)
    for kernel, shares, share in zip(kernels, weights, last, strict=True):
        own = np.stack([term(y) for term in (kernel.series, *kernel.variation)])
        values += np.tensordot((shares * kernel.powers(nodes)).T, own, axes=1)
        unresolved += share * own[0]
    terms = np.tensordot(analysis_matrix(len(nodes)), values, axes=1)
    unresolved = np.abs(unresolved) + (np.abs(terms[-2:]).sum(axis=0) if len(nodes) > 2 else 0.0)
    size = float(np.sum(measure * np.abs(terms[0])))
    tail = float(np.sum(measure * unresolved)) / size if size > 0 else 0.0
    changes = [kernel.change for kernel in kernels]
    known = [change(y) * share for change, share in zip(changes, weights.mean(axis=1), strict=True) if change]
    return Kernel(
        series=series(terms[0]),
        error=max(kernel.error for kernel in kernels) + tail,
        variation=tuple(series(term) for term in terms[1:]),
        energy_min=energies[0],
        energy_max=energies[1],
        change=series(np.sum(known, axis=0)) if len(known) == len(kernels) else None,
    )
