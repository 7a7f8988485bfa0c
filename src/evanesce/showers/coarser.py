"""Kernels on fewer panels, for integrals that would otherwise cost a sum over many panels each."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from evanesce.memo import memoised
from evanesce.numerics import PiecewiseLegendre, analysis_matrix, panel_nodes
from evanesce.showers.kernel import Kernel
from evanesce.validation import FloatArray

__all__ = ["coarser"]

_TOLERANCE: Final[float] = 1e-11
"""Largest change of g relative to its largest value on a panel: rounding, for panels inside one cell of a cascade."""


@memoised(maxsize=16)
def coarser(kernel: Kernel, tolerance: float = _TOLERANCE) -> Kernel:
    """The kernel with neighbouring panels joined where one series holds both, at all incident energies.

    A cascade puts all particles on panels between the cells of the incident one, which are fine at the endpoint and
    where tracks leave a layer. Other particles have wider cells, and are polynomials on each of them. g changes by less
    than ``tolerance`` of its largest value on each panel. A kernel without a known ``change`` is not one of cells and
    stays as it is: its panels are as wide as few nodes allow.
    """
    if kernel.change is None:
        return kernel
    every = (kernel.series, *kernel.variation)
    order = kernel.series.coefficients.shape[1]
    y, _ = panel_nodes(kernel.edges, order)
    values = np.stack([term(y) for term in every])
    to_series = analysis_matrix(order).T
    starts, joined = [0], []
    while starts[-1] < len(y):
        start = starts[-1]
        last, kept = start + 1, values[:, start] @ to_series
        for stop in range(start + 2, len(y) + 1):
            ends = kernel.edges[[start, stop]]
            nodes, _ = panel_nodes(ends, order)
            series = np.stack([term(nodes[0]) for term in every]) @ to_series
            if not _holds(ends, series, y[start:stop], values[:, start:stop], tolerance):
                break
            last, kept = stop, series
        starts.append(last)
        joined.append(kept)
    edges = kernel.edges[starts]
    found = [PiecewiseLegendre(edges, np.stack([panel[k] for panel in joined])) for k in range(len(every))]
    return replace(kernel, series=found[0], variation=tuple(found[1:]), change=None)


def _holds(ends: FloatArray, series: FloatArray, y: FloatArray, values: FloatArray, tolerance: float) -> bool:
    """Whether the series of all terms between ``ends`` has the known values."""
    worst = 0.0
    for own, known in zip(series, values, strict=True):
        fit = PiecewiseLegendre(ends, own[None])(y)
        worst = worst + float(np.abs(fit - known).max())
    return worst <= tolerance * float(np.abs(values[0]).max())
