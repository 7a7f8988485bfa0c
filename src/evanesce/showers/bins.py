"""Track length averaged over bins of v = E'/E, from a simulation or from kernels, with errors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from evanesce.errors import InvalidValueError
from evanesce.numerics import endpoint_to_log, log_to_endpoint, panel_nodes
from evanesce.particles import Tracked
from evanesce.showers.kernel import Kernel, TrackLength
from evanesce.validation import FloatArray, fraction

__all__ = ["BinnedTrackLength", "bin_averages", "bin_kernels", "check_bins"]

_COARSE_ORDER: Final[int] = 11
"""Number of nodes of the coarser quadrature that estimates the error of bin averages."""
_CHANCE: Final[float] = 0.5
"""Share of a change that counts as error: of the largest nearby, for one panel, at each edge of a bin, and inside."""
_NEARBY: Final[int] = 2
"""Number of panels on either side that count as nearby."""
_FLOOR: Final[float] = 2e-6
"""Share of the nearby track length that always counts as error."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BinnedTrackLength:
    """Averages of F(v) over bins, in X0 per unit v, with absolute errors; every array has shape (bins,).

    Errors of a deterministic shower are numerical estimates; those of a simulation are one standard deviation.
    """

    edges: FloatArray
    """Bin edges in v, shape (bins + 1,)."""
    primary: FloatArray
    """The beam particle, if it is a positron and positrons are asked for."""
    secondary: FloatArray
    """Every other positron, or every photon."""
    primary_error: FloatArray
    secondary_error: FloatArray
    provenance: dict[str, Any] = field(default_factory=dict)
    """Settings of a simulation, for instance histories, seed and data."""


def bin_averages(
    kernel: Kernel, edges: FloatArray, *, v_max: float = 1.0, order: int = 16, energy: float | None = None
) -> FloatArray:
    """Average of F(v) over the bins between ``edges`` in v, in X0 per unit v, shape (bins,).

    The endpoint v = 1 is integrated exactly; above ``v_max`` the density is cut. ``energy`` is the incident one
    in GeV, for a kernel that depends on it.
    """
    edges = check_bins(edges)
    smallest = float(np.exp(-endpoint_to_log(kernel.edges[-1])))
    if edges[0] < smallest:
        raise InvalidValueError(f"bin edge = {edges[0]:g}: must be at least {smallest:.2g}")
    below_cut = np.minimum(edges, v_max)
    upper, lower = log_to_endpoint(-np.log(below_cut[:-1])), log_to_endpoint(-np.log(below_cut[1:]))
    panels = np.clip(kernel.edges, lower[:, None], upper[:, None])
    y, weights = panel_nodes(panels, order)
    index = np.arange(len(kernel.edges) - 1)[:, None]
    lethargy = endpoint_to_log(y)
    g = kernel.on_panel(np.broadcast_to(index, y.shape), y, kernel.incident(energy))
    integral = np.sum(weights * g * (1.0 + lethargy) * np.exp(-lethargy), axis=(1, 2))
    averages: FloatArray = integral / np.diff(edges)
    return averages


def bin_kernels(
    track_length: TrackLength, edges: FloatArray, *, energy: float, v_max: float = 1.0, of: Tracked = "e+"
) -> BinnedTrackLength:
    """Bin averages from kernels, with the errors of the kernels and of the quadrature."""
    edges = check_bins(edges)

    def averages(kernel: Kernel) -> tuple[FloatArray, FloatArray]:
        values = bin_averages(kernel, edges, v_max=v_max, energy=energy)
        coarse = bin_averages(kernel, edges, v_max=v_max, energy=energy, order=_COARSE_ORDER)
        return values, np.abs(values - coarse) + _bin_errors(kernel, edges, v_max, values, energy)

    photons = of == "gamma"
    primary, primary_error = averages(track_length.primary * float(not photons))
    secondary, secondary_error = averages(track_length.of_photons() if photons else track_length.secondary)
    return BinnedTrackLength(
        edges=edges,
        primary=primary,
        secondary=secondary,
        primary_error=primary_error,
        secondary_error=secondary_error,
    )


def _bin_errors(kernel: Kernel, edges: FloatArray, v_max: float, values: FloatArray, energy: float) -> FloatArray:
    """Absolute errors of the averages, from the kernel's ``change`` if it is known, else from its relative error.

    The change of a bin may vanish by chance for some edges. We therefore add shares of three terms: of the changes near
    each edge (except at the endpoint), of the changes inside as if they were independent, and of the track length.
    """
    if kernel.change is None:
        return kernel.error * np.abs(values)
    change = replace(kernel, series=kernel.change, variation=())
    panels = np.exp(-endpoint_to_log(kernel.edges))[::-1]
    inside, around = (np.abs(bin_averages(k, panels, order=_COARSE_ORDER, energy=energy)) for k in (change, kernel))
    changes, lengths = _largest_nearby(inside), _largest_nearby(around)
    ends, width = np.minimum(edges, v_max), np.diff(edges)
    covered = np.diff(np.clip(panels, ends[:-1, None], ends[1:, None]), axis=1)
    errors: FloatArray = np.abs(bin_averages(change, edges, v_max=v_max, order=_COARSE_ORDER))
    errors += (_FLOOR * covered @ lengths + _CHANCE * np.sqrt(covered**2 @ inside**2)) / width
    panel = np.searchsorted(panels[1:-1], ends, side="right")
    for side in (slice(None, -1), slice(1, None)):
        moved = np.minimum(np.diff(panels)[panel[side]], np.diff(ends))
        errors += _CHANCE * np.where(ends[side] < 1.0, changes[panel[side]] * moved, 0.0) / width
    # a track length cannot be negative
    return np.maximum(errors, -values)


def _largest_nearby(values: FloatArray) -> FloatArray:
    """The largest of each panel and its neighbours."""
    windows = sliding_window_view(np.pad(values, _NEARBY, mode="edge"), 2 * _NEARBY + 1)
    largest: FloatArray = windows.max(axis=1)
    return largest


def check_bins(edges: FloatArray) -> FloatArray:
    """Return bin edges as an array; there must be two or more, increasing, in (0, 1]."""
    edges = np.asarray(edges, dtype=np.float64)
    if edges.ndim != 1 or len(edges) < 2:
        raise InvalidValueError(f"bin edges: {edges.size} given; give at least 2")
    for edge in edges:
        fraction("bin edge", float(edge))
    if not (np.diff(edges) > 0).all():
        raise InvalidValueError("bin edges: must increase strictly")
    return edges
