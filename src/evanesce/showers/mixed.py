"""Kernels as weighted sums of others, with weights that depend on the incident energy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import reduce
from typing import Any

import numpy as np

from evanesce.numerics import PiecewiseLegendre, analysis_matrix, gauss_legendre, panel_nodes
from evanesce.showers.kernel import Kernel, TrackLength
from evanesce.validation import FloatArray

__all__ = ["energy_nodes", "mixed"]


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
    kernels: dict[str, list[Any]] = {
        entry.name: [getattr(track, entry.name) for track in tracks] for entry in fields(TrackLength)
    }
    # a model may leave a kernel out
    known: dict[str, Any] = {
        name: _mixed(own, weights, energies, last) for name, own in kernels.items() if None not in own
    }
    return TrackLength(**known)


def _mixed(kernels: Sequence[Kernel], weights: FloatArray, energies: tuple[float, float], last: FloatArray) -> Kernel:
    nodes = energy_nodes(energies, weights.shape[1])
    edges: FloatArray = reduce(np.union1d, [kernel.edges for kernel in kernels])
    edges = edges[edges <= min(kernel.edges[-1] for kernel in kernels)]
    edges = edges[np.append(True, np.diff(edges) > 1e-12 * edges[1:])]
    order = max(kernel.series.coefficients.shape[1] for kernel in kernels)
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
