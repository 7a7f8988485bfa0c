"""Panel boundaries for folded densities, and quadrature of a kernel up to its endpoint."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from evanesce.numerics import distances, endpoint_to_log, gauss_integral, log_to_endpoint, panel_nodes
from evanesce.showers import Kernel
from evanesce.sources import Source
from evanesce.validation import FloatArray

__all__ = [
    "PIECE_ORDER",
    "KernelNodes",
    "endpoint_nodes",
    "graded_edges",
    "kernel_nodes",
    "smallest_fraction",
    "smooth_pieces",
    "subdivide",
]

PIECE_ORDER: Final[int] = 20
"""Number of nodes for the integral of a spectrum over one of its pieces."""

Index = npt.NDArray[np.intp]


class KernelNodes(NamedTuple):
    """Quadrature nodes for integrals over F(l) dl, one row for each non-empty piece."""

    row: Index
    """Index of the integral of each piece, shape (pieces,)."""
    panel: Index
    """Panel of the kernel for each piece, shape (pieces,)."""
    y: FloatArray
    """Endpoint variable at the nodes, shape (pieces, order)."""
    lethargy: FloatArray
    """l = ln(E/E') at the nodes."""
    measure: FloatArray
    """Weight such that sum(measure · g) is ∫ F dl."""


def kernel_nodes(kernel: Kernel, lower: FloatArray, upper: FloatArray, order: int) -> KernelNodes:
    """Nodes for ∫ F(l) dl times a smooth function, from ``lower`` to ``upper`` (rows,); none if lower > upper."""
    return endpoint_nodes(kernel, log_to_endpoint(lower), log_to_endpoint(np.maximum(lower, upper)), order)


def endpoint_nodes(kernel: Kernel, low: FloatArray, high: FloatArray, order: int) -> KernelNodes:
    """The same between limits in the endpoint variable y."""
    row, panel = np.nonzero(
        (kernel.edges[:-1] < high[:, None]) & (kernel.edges[1:] > low[:, None]) & (high > low)[:, None]
    )
    ends = np.stack([np.maximum(kernel.edges[panel], low[row]), np.minimum(kernel.edges[panel + 1], high[row])], -1)
    y, weights = panel_nodes(ends, order)
    y, weights = y[:, 0], weights[:, 0]
    lethargy = endpoint_to_log(y)
    return KernelNodes(row, panel, y, lethargy, weights * (1.0 + lethargy))


def smallest_fraction(kernel: Kernel) -> float:
    """Smallest v = E'/E that a kernel covers."""
    return float(np.exp(-endpoint_to_log(kernel.edges[-1])))


def graded_edges(lower: float, upper: float, singular: float, closest: float) -> FloatArray:
    """Panel edges on [lower, upper], in equal ratios of the distance to ``singular`` >= upper.

    Grading ends at the distance ``closest``; the last panel extends to ``upper``.
    """
    near, far = singular - upper, singular - lower
    if near >= closest or far <= closest:
        start = max(near, np.finfo(np.float64).tiny)
        inner = singular - distances(start, far)[::-1] if far > closest else np.array([lower, upper])
    else:
        inner = np.append(singular - distances(closest, far)[::-1], upper)
    inner[0], inner[-1] = lower, upper
    return inner


def subdivide(edges: FloatArray, widest: float) -> FloatArray:
    """Split every panel whose ends have a ratio above 1 + ``widest``, evenly in the logarithm."""
    lower = np.maximum(edges[:-1], 1e-12 * edges[-1])
    parts = np.maximum(1, np.ceil(np.log(edges[1:] / lower) / np.log1p(widest))).astype(int)
    pieces = [
        np.append(a, np.geomspace(low, b, n + 1)[1:-1]) if n > 1 else [a]
        for a, low, b, n in zip(edges[:-1], lower, edges[1:], parts, strict=True)
    ]
    return np.append(np.concatenate(pieces), edges[-1])


def smooth_pieces(source: Source) -> tuple[float, ...]:
    """Edges of a source, with more edges in between where the spectrum or the range of energies needs them.

    On each piece a Gauss rule of :data:`PIECE_ORDER` nodes integrates the spectrum to 1e-12, and E changes by
    less than a factor 1.8.
    """
    if not source.edges:
        return ()
    done = [source.edges[0]]
    stack = list(source.edges[:0:-1])
    while stack:
        low, high = done[-1], stack[-1]
        nodes, _ = panel_nodes(np.array([low, high]), PIECE_ORDER)
        rule = gauss_integral(source.spectrum(nodes))
        resolved = rule.error[0] <= 1e-12 * abs(rule.value[0]) + 1e-300
        if (resolved and high < 1.8 * low) or high - low < 1e-9 * high:
            done.append(stack.pop())
        else:
            stack.append(float(np.sqrt(low * high)))
    return tuple(done)
