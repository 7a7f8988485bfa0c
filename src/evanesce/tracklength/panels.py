"""Where a folded density bends: panel boundaries, and integrals of a kernel up to its endpoint."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evanesce.numerics import distances, endpoint_to_log, log_to_endpoint, panel_nodes
from evanesce.showers import Kernel
from evanesce.validation import FloatArray

__all__ = ["KernelNodes", "graded_edges", "kernel_nodes", "smallest_fraction", "subdivide"]

Index = npt.NDArray[np.intp]


class KernelNodes(NamedTuple):
    """Quadrature nodes for integrals over F(l) dl, one row for each non-empty piece."""

    row: Index
    """Which integral a piece belongs to, shape (pieces,)."""
    panel: Index
    """Panel of the kernel the piece lies on, shape (pieces,)."""
    y: FloatArray
    """Endpoint variable at the nodes, shape (pieces, order)."""
    length: FloatArray
    """l = ln(E/E') at the nodes."""
    measure: FloatArray
    """Weight such that sum(measure · g) is ∫ F dl."""


def kernel_nodes(kernel: Kernel, lower: FloatArray, upper: FloatArray, order: int) -> KernelNodes:
    """Nodes for ∫ F(l) dl, times a smooth function, from ``lower`` to ``upper`` (rows,); none where reversed."""
    low, high = log_to_endpoint(lower), log_to_endpoint(np.maximum(lower, upper))
    row, panel = np.nonzero(
        (kernel.edges[:-1] < high[:, None]) & (kernel.edges[1:] > low[:, None]) & (high > low)[:, None]
    )
    ends = np.stack([np.maximum(kernel.edges[panel], low[row]), np.minimum(kernel.edges[panel + 1], high[row])], -1)
    y, weights = panel_nodes(ends, order)
    y, weights = y[:, 0], weights[:, 0]
    length = endpoint_to_log(y)
    return KernelNodes(row, panel, y, length, weights * (1.0 + length))


def smallest_fraction(kernel: Kernel) -> float:
    """Smallest v = E'/E that a kernel covers."""
    return float(np.exp(-endpoint_to_log(kernel.edges[-1])))


def graded_edges(lower: float, upper: float, singular: float, closest: float) -> FloatArray:
    """Panel edges on [lower, upper], in equal ratios of the distance to ``singular`` >= upper.

    No panel comes nearer than ``closest``; the last one reaches ``upper`` all the same.
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
    """Split every panel wider than ``widest`` times its upper end into equal parts."""
    parts = np.maximum(1, np.ceil(np.diff(edges) / (widest * edges[1:]))).astype(int)
    pieces = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(edges[:-1], edges[1:], parts, strict=True)]
    return np.append(np.concatenate(pieces), edges[-1])
