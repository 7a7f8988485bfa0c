"""Depth of a collision, drawn from the shower's track length up to each of several depths.

A shower provides the track length between two depths. The share up to some depth, at fixed loss l and energy E, is the
cumulative distribution of the depth. The table holds its quantiles in units of the endpoint variable y, with which the
depth scales for small losses; between rows they are interpolated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.numerics import endpoint_to_log, gauss_legendre, log_to_endpoint
from evanesce.showers import Kernel
from evanesce.validation import FloatArray

__all__ = ["DepthTable", "depth_windows"]

_WINDOWS: Final[int] = 18
_FIRST: Final[float] = 0.005
"""First depth in X0 beyond the start; for a thinner target, this share of its thickness."""
_FLATTEST: Final[float] = 2e-3
"""Smallest y of the table: nearer the endpoint the quantiles scale with y."""
_STEEP: Final[float] = 1e-7
"""Above this loss l rows must be close, because ionisation limits the depth to about l/3e-3 X0."""
_STEP: Final[float] = 0.15
"""Distance of these rows in ln l."""
_ROWS: Final[int] = 24
"""Number of rows below that loss."""
_LEVELS: Final[int] = 160
_FINE: Final[int] = 600
_POINTS: Final[int] = 4
"""Number of windows used in one interpolation."""
_FAINTEST: Final[float] = 1e-14
"""Shares below this are rounding errors."""
_SHALLOWEST: Final[float] = 1e-8
"""Smallest tabulated depth as a share of the target."""


def depth_windows(thickness: float) -> FloatArray:
    """Depths in X0 behind the start up to which the track length of a shower is computed.

    >>> depth_windows(16.0).round(3).tolist()[:3], float(depth_windows(16.0)[-1])
    ([0.005, 0.008, 0.013], 16.0)
    """
    return np.geomspace(_FIRST * min(1.0, thickness), thickness, _WINDOWS)


@dataclass(frozen=True, slots=True, eq=False)
class DepthTable:
    """Quantiles of the depth at rows of y and of ln E."""

    y: FloatArray
    log_energy: FloatArray
    """Incident energies, shape (energies,)."""
    quantiles: FloatArray
    """ln(depth/y) at levels sin²(πj/2n), shape (energies, rows, levels)."""
    thickness: float

    @classmethod
    def of(
        cls, kernel_to: Callable[[float], Kernel], thickness: float, longest: float, energies: FloatArray
    ) -> DepthTable:
        """Tabulate the kernels up to each depth, for l up to ``longest`` and a range of incident energies in GeV."""
        windows = depth_windows(thickness)
        kernels = [kernel_to(depth) for depth in windows.tolist()]
        steep = np.exp(np.linspace(np.log(_STEEP), np.log(longest), int(np.log(longest / _STEEP) / _STEP) + 2))
        below = np.geomspace(_FLATTEST, float(log_to_endpoint(_STEEP)), _ROWS, endpoint=False)
        y = np.append(below, log_to_endpoint(steep))
        low, high = np.log(energies.min()), np.log(energies.max())
        several = any(kernel.variation for kernel in kernels) and high > low
        log_energy = 0.5 * (low + high) + 0.5 * (high - low) * gauss_legendre(3 if several else 1)[0]
        quantiles = np.stack(
            [_rows([kernel.at(energy) for kernel in kernels], windows, y) for energy in np.exp(log_energy).tolist()]
        )
        return cls(y, log_energy, quantiles, thickness)

    def __call__(self, uniform: FloatArray, lethargy: FloatArray, energy: FloatArray) -> FloatArray:
        """Depths in X0 behind the start, for uniform numbers in (0, 1), losses l and incident energies in GeV."""
        y = np.asarray(log_to_endpoint(lethargy))
        level = np.arcsin(np.sqrt(uniform)) * (2.0 / np.pi * (_LEVELS - 1))
        row_at = np.clip(np.searchsorted(self.y, y, side="right") - 1, 0, len(self.y) - 2)
        level_at = np.clip(level.astype(np.intp), 0, _LEVELS - 2)
        across = np.clip((y - self.y[row_at]) / (self.y[row_at + 1] - self.y[row_at]), 0.0, 1.0)
        along = level - level_at
        log_ratio = np.zeros_like(y)
        for table, share in zip(self.quantiles, self._shares(energy), strict=True):
            flat = table.ravel()
            at = row_at * _LEVELS + level_at
            near = flat[at] + along * (flat[at + 1] - flat[at])
            far = flat[at + _LEVELS] + along * (flat[at + _LEVELS + 1] - flat[at + _LEVELS])
            log_ratio += share * (near + across * (far - near))
        return np.minimum(y * np.exp(log_ratio), self.thickness)

    def _shares(self, energy: FloatArray) -> Sequence[FloatArray]:
        """Lagrange weights in ln E."""
        log = np.log(energy)
        shares = []
        for j, node in enumerate(self.log_energy):
            share = np.ones_like(log)
            for other in np.delete(self.log_energy, j):
                share = share * (log - other) / (node - other)
            shares.append(share)
        return shares


def _rows(kernels: Sequence[Kernel], windows: FloatArray, y: FloatArray) -> FloatArray:
    """ln(depth/y) at the levels for kernels of one energy, shape (rows, levels)."""
    fine = np.linspace(np.log(_SHALLOWEST * windows[-1]), np.log(windows[-1]), _FINE)
    cumulative = np.exp(_log_share(kernels, windows, endpoint_to_log(y), np.exp(fine)))
    # strictly monotonic, for the inverse
    cumulative = np.maximum.accumulate(cumulative, axis=1) + 1e-14 * np.arange(_FINE)
    levels = np.sin(0.5 * np.pi * np.arange(_LEVELS) / (_LEVELS - 1)) ** 2
    return np.stack([np.interp(levels, row / row[-1], fine) for row in cumulative]) - np.log(y)[:, None]


def _log_share(kernels: Sequence[Kernel], windows: FloatArray, lethargy: FloatArray, depth: FloatArray) -> FloatArray:
    """Logarithm of the track length up to a depth over that of the whole target, shape (losses, depths).

    We use a cubic in ln(depth) through four windows, along lines of constant depth/l. Ionisation ends the range of
    depths at a fixed depth/l, so the function is smooth along these lines. Below the first window it continues as a
    power.
    """
    first, weights = _stencil(np.log(windows), np.log(depth))
    values = np.zeros((len(lethargy), len(depth)))
    for k in range(len(windows)):
        used = np.flatnonzero((first <= k) & (k < first + _POINTS))
        share = _log_share_to(kernels, k, lethargy[:, None] * windows[k] / depth[used])
        values[:, used] += weights[used, k - first[used]] * share
    shallow = depth < windows[0]
    along = lethargy[:, None] / depth[shallow]
    one, two = (_log_share_to(kernels, k, along * windows[k]) for k in (0, 1))
    slope = np.maximum(two - one, 0.0) / np.log(windows[1] / windows[0])
    values[:, shallow] = one + slope * np.log(depth[shallow] / windows[0])
    return np.minimum(values, 0.0)


def _log_share_to(kernels: Sequence[Kernel], index: int, lethargy: FloatArray) -> FloatArray:
    """The same at one of the windows, for any losses."""
    longest = float(min(endpoint_to_log(kernel.edges[-1]) for kernel in kernels)) * (1.0 - 1e-9)
    lethargy = np.clip(lethargy, 1e-300, longest)
    part, whole = (kernel.at_lethargy(lethargy) for kernel in (kernels[index], kernels[-1]))
    possible = (part > _FAINTEST * whole) & (whole > 0.0)
    share = np.where(possible, part, 0.0) / np.where(possible, whole, 1.0)
    return np.log(np.clip(share, _FAINTEST, 1.0))


def _stencil(nodes: FloatArray, x: FloatArray) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """First of four nodes around each x, and Lagrange weights."""
    first = np.clip(np.searchsorted(nodes, x) - _POINTS // 2, 0, len(nodes) - _POINTS)
    near = nodes[first[:, None] + np.arange(_POINTS)]
    weights = np.ones_like(near)
    for i in range(_POINTS):
        for j in range(_POINTS):
            if i != j:
                weights[:, i] *= (x - near[:, j]) / (near[:, i] - near[:, j])
    return first, weights
