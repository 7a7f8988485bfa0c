"""Resonant annihilation e⁺e⁻ → mediator → χχ̄ on atomic electrons, Eqs. (4.2) and (4.4).

The electrons and positrons of an experiment enter through one density of collisions in s, independent of the
mediator: :func:`free_collisions` for electrons at rest, :func:`~evanesce.production.bound.bound_collisions`
for those of an atom. Every mass point is then a one-dimensional integral of it times σ(s).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.constants import ELECTRON_MASS, GEV2_CM2
from evanesce.mediators import Mediator, with_parameters
from evanesce.numerics import (
    Estimate,
    analysis_matrix,
    clenshaw,
    gauss_integral,
    integrate_breit_wigner,
    panel_nodes,
    two_pole_panels,
)
from evanesce.numerics.resonance import far_from_pole
from evanesce.tracklength import Endpoint, FoldedTrackLength
from evanesce.validation import FloatArray

__all__ = [
    "CollisionDensity",
    "annihilation_cross_section",
    "collision_s",
    "effective_cross_section",
    "free_collisions",
    "integrate_collisions",
    "rows_of",
    "threshold_s",
]

_CHUNK: Final[int] = 50
"""Masses per block: few enough for the memory, many enough that the overhead of calls is small."""
_THRESHOLD_ORDER: Final[int] = 32
_ROUNDING: Final[float] = 1e-8
"""Relative error added for rounding of energies close to a corner of the source; brute force finds 5e-9."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CollisionDensity:
    """D(s), track length per unit of s, times a density of electrons or per electron."""

    edges: FloatArray
    """Panel boundaries in s, GeV², shape (panels + 1,)."""
    values: FloatArray
    """D at the Gauss nodes of each panel, per GeV², shape (panels, order)."""
    endpoints: tuple[Endpoint, ...] = ()
    """D close to the endpoint of a beam, as a function of the distance in s."""
    error: float
    """Estimate of the relative error of D."""

    @property
    def integral(self) -> float:
        """∫ D ds."""
        _, weights = panel_nodes(self.edges, self.values.shape[1])
        total = float(np.sum(weights * self.values))
        for endpoint in self.endpoints:
            _, weights = panel_nodes(endpoint.edges, endpoint.values.shape[1])
            total += float(np.sum(weights * endpoint.values)) + endpoint.rest
        return total


def collision_s(energy: FloatArray) -> FloatArray:
    """s = 2 m_e E' + 2 m_e² in GeV² for a positron of energy E' on an electron at rest."""
    s: FloatArray = 2.0 * ELECTRON_MASS * (np.asarray(energy) + ELECTRON_MASS)
    return s


def threshold_s(mediator: Mediator, mass: FloatArray) -> FloatArray:
    """4 m_χ² in GeV²."""
    threshold: FloatArray = 4.0 * (mass / np.asarray(mediator.mass_ratio)) ** 2
    return threshold


def annihilation_cross_section(mediator: Mediator, *, energy: FloatArray, mass: FloatArray) -> FloatArray:
    """σ in cm² at ε = 1 for a positron of ``energy`` (GeV) on an electron at rest, Eqs. (4.2) and (E.3)."""
    return _cross_section(mediator, collision_s(energy), mass)


def effective_cross_section(fold: FoldedTrackLength, mediator: Mediator, mass: FloatArray) -> Estimate:
    """∫ dE' W(E') σ(E') in X0·cm² at ε = 1 for masses in GeV, shape (masses,), with its error estimate.

    Electrons at rest; times n_e X0 it is the yield of Eq. (4.4). ``alpha_d`` and ``mass_ratio`` of the
    mediator broadcast against shape (masses, 1).
    """
    return integrate_collisions(free_collisions(fold), mediator, mass)


def free_collisions(fold: FoldedTrackLength, electron_density: float = 1.0) -> CollisionDensity:
    """D(s) = n_e W(E')/(2 m_e) for electrons at rest: per electron in X0/GeV², or in X0·cm⁻³/GeV²."""
    return CollisionDensity(
        edges=collision_s(fold.edges),
        values=fold.values * (electron_density / (2.0 * ELECTRON_MASS)),
        endpoints=tuple(
            endpoint.scaled(float(collision_s(np.asarray(endpoint.origin))), 2.0 * ELECTRON_MASS, electron_density)
            for endpoint in fold.endpoints
        ),
        error=fold.error,
    )


def integrate_collisions(density: CollisionDensity, mediator: Mediator, mass: FloatArray) -> Estimate:
    """∫ ds D(s) σ(s) at ε = 1 for masses in GeV, shape (masses,), in units of D ds times cm², with its error.

    The mediator's parameters broadcast against shape (masses, 1).
    """
    parts = [_chunk(density, mediator, mass, slice(start, start + _CHUNK)) for start in range(0, len(mass), _CHUNK)]
    value = np.concatenate([part.value for part in parts])
    error = np.concatenate([part.error for part in parts]) + (density.error + _ROUNDING) * np.abs(value)
    return Estimate(value, error)


def _cross_section(mediator: Mediator, s: FloatArray, mass: FloatArray) -> FloatArray:
    """σ(s) in cm² at ε = 1."""
    breit_wigner = (s - mass**2) ** 2 + (mass * mediator.width(mass)) ** 2
    sigma: FloatArray = mediator.annihilation_numerator(s, mass) / breit_wigner * GEV2_CM2
    return sigma


def _chunk(density: CollisionDensity, mediator: Mediator, mass: FloatArray, part: slice) -> Estimate:
    mediator, column = rows_of(mediator, part), mass[part, None]
    nodes, _ = panel_nodes(density.edges, density.values.shape[1])
    pole = column[:, 0] ** 2
    half_width = np.broadcast_to(column * mediator.width(column), column.shape)[:, 0]
    numerator = mediator.annihilation_numerator(nodes.ravel(), column).reshape(len(column), *nodes.shape)
    integral = integrate_breit_wigner(numerator * density.values, density.edges, pole, half_width)
    threshold = np.broadcast_to(threshold_s(mediator, column), column.shape)
    _redo_near_threshold(integral, density, mediator, column, threshold)
    value, error = integral.value.sum(axis=1), integral.error.sum(axis=1)
    for endpoint in density.endpoints:
        near = _next_to_endpoint(endpoint, mediator, column, half_width)
        value, error = value + near.value, error + near.error
    return Estimate(GEV2_CM2 * value, GEV2_CM2 * error)


def _next_to_endpoint(endpoint: Endpoint, mediator: Mediator, mass: FloatArray, half_width: FloatArray) -> Estimate:
    """∫ D σ over the last 1e-9 of a beam's energy, as a function of the distance; it may contain the pole."""
    nodes, _ = panel_nodes(endpoint.edges, endpoint.values.shape[1])
    s = endpoint.origin + nodes.ravel()
    numerator = mediator.annihilation_numerator(s, mass).reshape(len(mass), *nodes.shape)
    pole = mass[:, 0] ** 2 - endpoint.origin
    integral = integrate_breit_wigner(numerator * endpoint.values, endpoint.edges, pole, half_width)
    rest = _cross_section(mediator, np.array([endpoint.origin]), mass)[:, 0] / GEV2_CM2 * endpoint.rest
    return Estimate(integral.value.sum(axis=1) + rest, integral.error.sum(axis=1))


def _redo_near_threshold(
    integral: Estimate, density: CollisionDensity, mediator: Mediator, mass: FloatArray, threshold: FloatArray
) -> None:
    """Replace panels at or just above s = 4 m_χ², where the velocity of χ behaves as a square root.

    In u = sqrt(s - 4 m_χ²) the integrand is smooth, and the Breit-Wigner becomes a pair of simple poles.
    """
    left, right = density.edges[:-1], density.edges[1:]
    row, panel = np.nonzero((right > threshold) & (left < threshold + (right - left)))
    if not row.size:
        return
    start = threshold[row, 0]
    middle, half = 0.5 * (left + right)[panel], 0.5 * (right - left)[panel]
    lowest = np.sqrt(np.maximum(left[panel] - start, 0.0))
    highest = np.sqrt(right[panel] - start)
    u, _ = panel_nodes(np.stack([lowest, highest], axis=-1), _THRESHOLD_ORDER)
    u = u[:, 0]
    s = start[:, None] + u**2
    series = density.values @ analysis_matrix(density.values.shape[1]).T
    w = clenshaw(series[panel].T[..., None], (s - middle[:, None]) / half[:, None])
    chosen = rows_of(mediator, row)
    f = w * chosen.annihilation_numerator(s, mass[row]) * 2.0 * u
    pole = np.sqrt(mass[row, 0] ** 2 - start + 1j * (mass[row] * chosen.width(mass[row]))[:, 0])
    half_u = 0.5 * (highest - lowest)
    redone = gauss_integral(f / np.abs(u**2 - pole[:, None] ** 2) ** 2)
    integral.value[row, panel] = redone.value * half_u
    integral.error[row, panel] = redone.error * half_u
    near = ~far_from_pole((pole - 0.5 * (lowest + highest)) / half_u, _THRESHOLD_ORDER)
    if near.any():
        redone = two_pole_panels(f[near], lowest[near], highest[near], pole[near])
        integral.value[row[near], panel[near]] = redone.value
        integral.error[row[near], panel[near]] = redone.error


def rows_of(mediator: Mediator, rows: slice | npt.NDArray[Any]) -> Mediator:
    """The mediator with its parameters restricted to some rows, where they are columns of shape (masses, 1)."""

    def pick(value: npt.ArrayLike) -> npt.ArrayLike:
        array = np.asarray(value)
        return array[rows] if array.ndim == 2 else array

    return with_parameters(mediator, pick(mediator.alpha_d), pick(mediator.mass_ratio))
