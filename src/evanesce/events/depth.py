"""How deep a track collides: drawn from the shower's track length up to each of a few depths.

Any shower gives the track length between two depths. Its share up to some depth, at a given loss l and energy E, is a
distribution; its logarithm is smooth in the logarithm of the depth and of y, the endpoint variable, with which the
depth scales for small losses. The table holds quantiles; between rows they are interpolated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.interpolate import PchipInterpolator

from evanesce.numerics import endpoint_to_log, gauss_legendre, log_to_endpoint
from evanesce.showers import Kernel
from evanesce.validation import FloatArray

__all__ = ["DepthTable", "depth_windows"]

_WINDOWS: Final[int] = 12
_FIRST: Final[float] = 0.02
"""First depth in X0 beyond the start, or its share of a thinner target."""
_ROWS: Final[int] = 48
_FLATTEST: Final[float] = 2e-3
"""Smallest y of the table: nearer the endpoint the quantiles scale with y."""
_LEVELS: Final[int] = 160
_FINE: Final[int] = 600
_SHALLOWEST: Final[float] = 1e-9
"""Depths are followed down to this share of the target."""


def depth_windows(thickness: float) -> FloatArray:
    """Depths in X0 behind the start up to which a shower is asked for its track length.

    >>> depth_windows(16.0).round(2).tolist()[:3], float(depth_windows(16.0)[-1])
    ([0.02, 0.04, 0.07], 16.0)
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
        """Ask for the kernel up to each depth, for l up to ``longest`` and incident energies from ... to in GeV."""
        windows = depth_windows(thickness)
        kernels = [kernel_to(depth) for depth in windows.tolist()]
        y = np.geomspace(_FLATTEST, float(log_to_endpoint(longest)), _ROWS)
        low, high = np.log(energies.min()), np.log(energies.max())
        several = any(kernel.variation for kernel in kernels) and high > low
        log_energy = 0.5 * (low + high) + 0.5 * (high - low) * gauss_legendre(3 if several else 1)[0]
        quantiles = np.stack([_rows(kernels, windows, y, float(np.exp(e))) for e in log_energy])
        return cls(y, log_energy, quantiles, thickness)

    def __call__(self, uniform: FloatArray, length: FloatArray, energy: FloatArray) -> FloatArray:
        """Depths in X0 behind the start, for numbers in (0, 1), losses l and incident energies in GeV."""
        y = np.asarray(log_to_endpoint(length))
        row = np.log(np.clip(y / self.y[0], 1.0, None)) / np.log(self.y[1] / self.y[0])
        level = np.arcsin(np.sqrt(uniform)) * (2.0 / np.pi * (_LEVELS - 1))
        row_at = np.clip(row.astype(np.intp), 0, _ROWS - 2)
        level_at = np.clip(level.astype(np.intp), 0, _LEVELS - 2)
        across, along = np.clip(row - row_at, 0.0, 1.0), level - level_at
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


def _rows(kernels: Sequence[Kernel], windows: FloatArray, y: FloatArray, energy: float) -> FloatArray:
    """ln(depth/y) at the levels, shape (rows, levels)."""
    length = endpoint_to_log(y)
    upto = np.stack([np.maximum(_density(kernel, y, energy), 0.0) for kernel in kernels], axis=-1)
    upto = np.maximum.accumulate(upto, axis=-1)
    share = upto / np.where(upto[:, -1:] > 0, upto[:, -1:], 1.0)
    levels = np.sin(0.5 * np.pi * np.arange(_LEVELS) / (_LEVELS - 1)) ** 2
    fine = np.linspace(np.log(_SHALLOWEST * windows[-1]), np.log(windows[-1]), _FINE)
    result = np.empty((len(length), _LEVELS))
    for i in range(len(length)):
        result[i] = _quantiles(np.log(windows), share[i], levels, fine) - np.log(y[i])
    return result


def _density(kernel: Kernel, y: FloatArray, energy: float) -> FloatArray:
    panel = np.clip(np.searchsorted(kernel.edges, y, side="right") - 1, 0, len(kernel.edges) - 2)
    return kernel.on_panel(panel, y, np.asarray(energy))


def _quantiles(log_depth: FloatArray, share: FloatArray, levels: FloatArray, fine: FloatArray) -> FloatArray:
    """ln depth at the levels of one distribution; below the first depth it goes as a power."""
    seen = share > 1e-12
    if seen.sum() < 2:
        return np.full(len(levels), log_depth[-1])
    log_share, at = np.log(share[seen]), log_depth[seen]
    cumulative = PchipInterpolator(at, log_share)(np.maximum(fine, at[0]))
    slope = max((log_share[1] - log_share[0]) / (at[1] - at[0]), 1.0)
    cumulative = np.exp(cumulative + slope * np.minimum(fine - at[0], 0.0))
    cumulative = np.maximum.accumulate(cumulative) + 1e-14 * np.arange(len(fine))  # strictly, for the inverse
    return np.interp(levels, cumulative / cumulative[-1], fine)
