r"""The width of a mediator off its mass shell, and integrals over its line shape.

A resonance with a constant width, 1/((s - m²)² + m²Γ²), is an approximation. The self-energy of the mediator has the
imaginary part √s Γ(s), the width of a mediator of mass √s, which vanishes at the threshold s = 4 m_χ². By the optical
theorem it is proportional to the cross section without the propagator: the numerator N(s) of
σ(e⁺e⁻ → χχ̄) = N(s)/|D(s)|² is a constant times √s Γ(s), because the electrons are massless at these energies and
their coupling does not depend on s. So every mediator has

.. math:: |D(s)|^2 = (s - m^2)^2 + G(s)^2, \qquad G(s) = m Γ(m) N(s)/N(m^2).

The real part of the self-energy is absorbed in m, up to terms of relative size α_D in the shape.

Close to the real axis 1/|D|² has the poles s_p and s_p*, s_p = m² + i G(s_p) (Review of Particle Physics, Phys. Rev. D
110 (2024) 030001, the review "Resonances"). We find them by continuing a polynomial through N(s);
divided by the Breit-Wigner with these poles, |D|² is smooth, and the exact moments of a Breit-Wigner apply. If the
threshold lies so close that this fails, we integrate in u = √(s - 4 m_χ²), in which everything is smooth, with
panels in equal ratios down to the smallest scale of D.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.mediators import Mediator, with_parameters
from evanesce.numerics import (
    Estimate,
    PiecewiseLegendre,
    analysis_matrix,
    clenshaw,
    distances,
    gauss_integral,
    gauss_legendre,
    panel_nodes,
)
from evanesce.validation import FloatArray

__all__ = ["WIDTH", "RunningWidth", "integrate_in_velocity", "rows_of", "running_width"]

WIDTH: Final[tuple[str, ...]] = ("fixed", "running")
"""The width in the propagator: that of a mediator on its mass shell, or that of a mediator of mass √s."""
_ORDER: Final[int] = 24
_ITERATIONS: Final[int] = 6
_FARTHEST: Final[float] = 0.5
"""Largest distance of the pole from m², relative to half of m² - 4 m_χ². The polynomial is good to 1e-8 there."""
_VELOCITY_ORDER: Final[int] = 20
_RATIO: Final[float] = 2.0
_SMALLEST: Final[float] = 1e-2
"""Beginning of the panels in equal ratios, relative to the smallest scale of D(u)."""


@dataclass(frozen=True, slots=True, eq=False)
class RunningWidth:
    """G(s) of a mediator for several masses, and the poles of 1/|D|²."""

    factor: FloatArray
    """mΓ/N(m²), so that G(s) is this times N(s); shape (masses,)."""
    pole: npt.NDArray[np.complex128]
    """s_p in GeV², with positive imaginary part; shape (masses,)."""
    near_threshold: npt.NDArray[np.bool_]
    """The pole is too close to the threshold to be isolated; shape (masses,)."""

    def denominator(self, difference: FloatArray, numerator: FloatArray) -> FloatArray:
        """|D(s)|² in GeV⁴ from s - m² and N(s), shape (masses, ...)."""
        width = self.factor.reshape(-1, *np.ones(difference.ndim - 1, dtype=int)) * numerator
        squared: FloatArray = difference * difference + width * width
        return squared

    def rows(self, rows: slice | npt.NDArray[Any]) -> RunningWidth:
        """The same for some of the masses."""
        return RunningWidth(self.factor[rows], self.pole[rows], self.near_threshold[rows])


def running_width(mediator: Mediator, mass: FloatArray) -> RunningWidth:
    """G(s) of a mediator at masses in GeV, a column (masses, 1); its parameters broadcast against it."""
    on_shell = np.asarray(mediator.annihilation_numerator(mass**2, mass))
    half_width = np.broadcast_to(mass * mediator.width(mass), mass.shape)
    factor = half_width / on_shell
    threshold = 4.0 * (mass / np.asarray(mediator.mass_ratio)) ** 2
    reach = np.broadcast_to(0.5 * (mass**2 - threshold), mass.shape)[:, 0]
    nodes, _ = gauss_legendre(_ORDER)
    values = np.asarray(mediator.annihilation_numerator(mass**2 + reach[:, None] * nodes, mass))
    # G in units of the reach; row by row, because the rounding of a matrix product depends on the number of masses
    series = np.vecdot((factor * values / reach[:, None])[:, None, :], analysis_matrix(_ORDER)).T
    slope = np.polynomial.legendre.legder(series, axis=0)
    x = 1j * half_width[:, 0] / reach
    isolated = np.abs(x) <= _FARTHEST
    x = np.where(isolated, x, 0.0)
    for _ in range(_ITERATIONS):
        x = x - (x - 1j * clenshaw(series, x)) / (1.0 - 1j * clenshaw(slope, x))
    isolated &= np.abs(x) <= _FARTHEST
    return RunningWidth(factor[:, 0], np.where(isolated, mass[:, 0] ** 2 + reach * x, np.nan), ~isolated)


def integrate_in_velocity(edges: FloatArray, values: FloatArray, mediator: Mediator, mass: FloatArray) -> Estimate:
    """∫ D N/|D(s)|² ds above the threshold for masses in GeV, with panels in u = √(s - 4 m_χ²) for each of them.

    ``edges`` and ``values`` are those of the density of collisions; ``mass`` has shape (masses, 1), and the mediator's
    parameters broadcast against it. Value and error have shape (masses,).
    """
    pole = mass**2
    threshold = np.broadcast_to(4.0 * (mass / np.asarray(mediator.mass_ratio)) ** 2, mass.shape)
    distance = pole - threshold
    half_width = np.broadcast_to(mass * mediator.width(mass), mass.shape)
    factor = half_width / np.asarray(mediator.annihilation_numerator(mass**2, mass))
    scale = np.sqrt(distance) * np.minimum(1.0, distance / half_width)
    cuts = [_velocities(edges, float(t), float(d)) for t, d in zip(threshold[:, 0], scale[:, 0], strict=True)]
    row = np.repeat(np.arange(len(mass)), [len(each) - 1 for each in cuts])
    low, high = (np.concatenate([each[part] for each in cuts]) for part in (slice(None, -1), slice(1, None)))
    u = panel_nodes(np.stack([low, high], axis=-1), _VELOCITY_ORDER)[0][:, 0]
    s = threshold[row] + u * u
    middle = threshold[row, 0] + (0.5 * (high + low)) ** 2
    panel = np.clip(np.searchsorted(edges, middle, side="right") - 1, 0, len(edges) - 2)
    density = PiecewiseLegendre(edges, values @ analysis_matrix(values.shape[1]).T).on_panel(panel[:, None], s)
    numerator = np.asarray(rows_of(mediator, row).annihilation_numerator(s, mass[row]))
    squared = (u * u - distance[row]) ** 2 + (factor[row] * numerator) ** 2
    part = gauss_integral(2.0 * u * density * numerator / squared)
    half = 0.5 * (high - low)
    # mass by mass: the rounding of a sum depends on where it begins
    ends = np.cumsum([len(each) - 1 for each in cuts])[:-1]
    sums = [[each.sum() for each in np.split(half * terms, ends)] for terms in (part.value, part.error)]
    return Estimate(np.array(sums[0]), np.array(sums[1]))


def rows_of(mediator: Mediator, rows: slice | npt.NDArray[Any]) -> Mediator:
    """The mediator with its parameters restricted to some rows, where they are columns of shape (masses, 1)."""

    def pick(value: npt.ArrayLike) -> npt.ArrayLike:
        array = np.asarray(value)
        return array[rows] if array.ndim == 2 else array

    return with_parameters(mediator, pick(mediator.alpha_d), pick(mediator.mass_ratio))


def _velocities(edges: FloatArray, threshold: float, scale: float) -> FloatArray:
    """Boundaries in u: those of the density above the threshold, and equal ratios from the smallest scale on.

    u² - m² + 4 m_χ² - iG(u) has its smallest zero at about √(m² - 4 m_χ²), or closer if G is larger.
    """
    if edges[-1] <= threshold:
        return np.zeros(2)
    own = np.sqrt(np.maximum(edges - threshold, 0.0))
    graded = distances(_SMALLEST * scale, max(float(own[-1]), 2.0 * _SMALLEST * scale), _RATIO)
    cuts: FloatArray = np.unique(np.concatenate([own, graded[(graded > own[0]) & (graded < own[-1])]]))
    return cuts
