r"""Yields on a long axis of α_D or m/m_χ, interpolated between a few values of it.

For a fixed mass α_D enters a resonant yield through the width and a factor α_D only:

.. math:: ∫ \frac{α_D f(s)\, D(s)}{(s - m^2)^2 + α_D^2 g(s)^2}\, ds

is an analytic function for Re α_D > 0, because the poles s = m² ± iα_D g(s) meet the real axis for an imaginary α_D
only. Its logarithm is a Chebyshev series in ln α_D that falls geometrically: some 30 terms for four decades. In m/m_χ
the variable is ln(m/m_χ - 2). Where the threshold 4m_χ² passes an edge of the density, the series falls slowly, and
the yield is computed at every point.

The rule: an axis with more than :data:`MANY` values, of a process that declares it in ``smooth``, is interpolated. All
other yields are computed point by point. A series of n terms is accepted for a mass if the estimate of its relative
error is at most :data:`TOLERANCE`, or a hundredth of the numerical error that the yield has anyway; the estimate
is added to the error of the yield. After 17, 33, 65 and 129 terms, as far as that is less than half of the values, all
of them are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from evanesce.numerics import (
    Estimate,
    chebyshev_coefficients,
    chebyshev_points,
    chebyshev_sum,
    chebyshev_tail,
)
from evanesce.prediction.grid import Grid
from evanesce.validation import FloatArray

__all__ = ["MANY", "TOLERANCE", "interpolated", "is_long"]

MANY: Final[int] = 64
"""Longest axis that is computed value by value."""
TOLERANCE: Final[float] = 1e-6
"""Largest relative error of the interpolation."""
_SHARE: Final[float] = 0.01
_INTERVALS: Final[tuple[int, ...]] = (16, 32, 64, 128)
_BLOCK: Final[int] = 8192
"""Points that are computed at a time, which limits the memory."""
_ORDER: Final[tuple[str, str, str]] = ("alpha_d", "mass_ratio", "mass")

Rates: TypeAlias = Callable[[Grid], Estimate]
"""Rates at the points of a grid, shape (points, bins)."""


def is_long(grid: Grid, smooth: frozenset[str]) -> bool:
    """Whether :func:`interpolated` would interpolate along an axis."""
    return any(_worthwhile(grid.axes[name]) for name in smooth)


def interpolated(grid: Grid, smooth: frozenset[str], rates: Rates) -> Estimate:
    """Rates at the points of a grid, shape (points, bins), interpolated along the long axes named in ``smooth``."""
    axes = {name: np.atleast_1d(grid.axes[name]) for name in _ORDER}
    whole = replace(grid, axes=axes)
    names = tuple(name for name in _ORDER[:2] if name in smooth and _worthwhile(axes[name]))
    parts = [_on(block, names, rates) for block in _blocks(whole, names)]
    value, error = (np.concatenate([getattr(part, of) for part in parts], axis=2) for of in ("value", "error"))
    return Estimate(value.reshape(-1, value.shape[-1]), error.reshape(-1, value.shape[-1]))


def _worthwhile(axis: FloatArray) -> bool:
    return axis.size > MANY and bool(axis.min() < axis.max())


def _blocks(grid: Grid, names: tuple[str, ...]) -> Iterator[Grid]:
    """The grid in blocks of masses with a bounded number of points that are computed."""
    per_mass = int(np.prod([_INTERVALS[1] if name in names else len(grid.axes[name]) for name in _ORDER[:2]]))
    step = max(1, _BLOCK // per_mass)
    for start in range(0, len(grid.axes["mass"]), step):
        yield _at(grid, mass=grid.axes["mass"][start : start + step])


def _at(grid: Grid, **axes: FloatArray) -> Grid:
    return replace(grid, axes={**grid.axes, **axes})


def _on(grid: Grid, names: tuple[str, ...], rates: Rates) -> Estimate:
    """Rates of shape (alpha_d, mass_ratio, mass, bins), interpolated along ``names``."""
    if not names:
        parts = [_points(block, rates) for block in _blocks(grid, ())]
        return Estimate(*(np.concatenate([getattr(p, of) for p in parts], axis=2) for of in ("value", "error")))
    name, rest = names[0], names[1:]
    place, wanted = _ORDER.index(name), grid.axes[name]
    variable = _Variable.of(name, wanted)
    mass = grid.axes["mass"]
    pending = np.arange(len(mass))
    value = error = np.zeros(0)
    known: _Known | None = None
    for intervals in (n for n in _INTERVALS if 2 * n <= len(wanted)):
        new = chebyshev_points(intervals)[slice(None) if known is None else slice(1, None, 2)]
        added = _on(_at(grid, **{name: variable.back(new), "mass": mass[pending]}), rest, rates)
        known = _Known.of(added, place) if known is None else known.joined(_Known.of(added, place))
        series = _Series.of(known)
        done = series.accurate
        if value.size == 0:
            shape = list(added.value.shape)
            shape[place], shape[2] = len(wanted), len(mass)
            value, error = np.zeros(shape), np.zeros(shape)
        if done.any():
            found = series.of_masses(done).at(variable.to(wanted))
            value[:, :, pending[done]] = np.moveaxis(found.value, -1, place)
            error[:, :, pending[done]] = np.moveaxis(found.error, -1, place)
        pending, known = pending[~done], known.of_masses(~done)
        if not pending.size:
            return Estimate(value, error)
    exact = _on(_at(grid, mass=mass[pending]), rest, rates)
    value[:, :, pending], error[:, :, pending] = exact.value, exact.error
    return Estimate(value, error)


def _points(grid: Grid, rates: Rates) -> Estimate:
    found = rates(grid)
    shape = (*(len(grid.axes[name]) for name in _ORDER), -1)
    return Estimate(found.value.reshape(shape), found.error.reshape(shape))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variable:
    """The variable of a series: the logarithm of a parameter above its smallest possible value, scaled to [-1, 1]."""

    below: float
    low: float
    high: float

    @classmethod
    def of(cls, name: str, values: FloatArray) -> _Variable:
        return cls(below=2.0 if name == "mass_ratio" else 0.0, low=float(values.min()), high=float(values.max()))

    def _ends(self) -> tuple[float, float]:
        return float(np.log(self.low - self.below)), float(np.log(self.high - self.below))

    def to(self, values: FloatArray) -> FloatArray:
        first, last = self._ends()
        return np.clip((2.0 * np.log(values - self.below) - first - last) / (last - first), -1.0, 1.0)

    def back(self, x: FloatArray) -> FloatArray:
        first, last = self._ends()
        values = self.below + np.exp(0.5 * (first + last) + 0.5 * (last - first) * x)
        return np.clip(values, self.low, self.high)  # rounding must not leave the allowed range


@dataclass(frozen=True, slots=True)
class _Known:
    """Rates at the points of a series, the last axis; the masses are the second axis."""

    value: FloatArray
    error: FloatArray

    @classmethod
    def of(cls, rates: Estimate, place: int) -> _Known:
        """From (alpha_d, mass_ratio, mass, bins); ``place`` is the axis of the series."""
        return cls(np.moveaxis(rates.value, place, -1), np.moveaxis(rates.error, place, -1))

    def joined(self, between: _Known) -> _Known:
        """With the points between those that are known."""
        both = [np.empty((*self.value.shape[:-1], 2 * self.value.shape[-1] - 1)) for _ in range(2)]
        for array, old, new in zip(both, (self.value, self.error), (between.value, between.error), strict=True):
            array[..., ::2], array[..., 1::2] = old, new
        return _Known(*both)

    def of_masses(self, rows: npt.NDArray[np.bool_]) -> _Known:
        return _Known(self.value[:, rows], self.error[:, rows])


@dataclass(frozen=True, slots=True)
class _Series:
    """Series of the logarithm of the rates, or nothing where the rates vanish at every point."""

    coefficients: FloatArray
    relative: FloatArray
    """Relative numerical error at the points."""
    tail: FloatArray
    """Relative error of the interpolation."""
    exists: npt.NDArray[np.bool_]
    """Positive at every point."""
    vanishes: npt.NDArray[np.bool_]
    """Exactly zero at every point: closed by kinematics."""

    @classmethod
    def of(cls, known: _Known) -> _Series:
        finite = np.isfinite(known.value) & np.isfinite(known.error)
        exists = np.asarray((finite & (known.value > np.finfo(np.float64).tiny)).all(axis=-1))
        vanishes = np.asarray(((known.value == 0.0) & (known.error == 0.0)).all(axis=-1))
        positive = np.where(exists[..., None], known.value, 1.0)
        coefficients = chebyshev_coefficients(np.log(positive))
        relative = np.where(exists[..., None], known.error / positive, 0.0)
        return cls(coefficients, relative, chebyshev_tail(coefficients), exists, vanishes)

    @property
    def accurate(self) -> npt.NDArray[np.bool_]:
        """Masses at which every series is accurate enough."""
        allowed = np.maximum(TOLERANCE, _SHARE * self.relative.min(axis=-1))
        good = np.where(self.exists, self.tail <= allowed, self.vanishes)
        return np.asarray(good.all(axis=(0, 2)))

    def of_masses(self, rows: npt.NDArray[np.bool_]) -> _Series:
        return _Series(
            self.coefficients[:, rows],
            self.relative[:, rows],
            self.tail[:, rows],
            self.exists[:, rows],
            self.vanishes[:, rows],
        )

    def at(self, x: FloatArray) -> Estimate:
        """Rates at ``x`` in [-1, 1], the last axis; the numerical error is the larger one of the two nearest points."""
        value = np.where(self.exists[..., None], np.exp(chebyshev_sum(self.coefficients, x)), 0.0)
        points = chebyshev_points(self.coefficients.shape[-1] - 1)
        last = np.clip(np.searchsorted(-points, -x, side="left"), 1, len(points) - 1)
        nearest = np.maximum(self.relative[..., last - 1], self.relative[..., last])
        return Estimate(value, value * (nearest + self.tail[..., None]))
