"""Resonant annihilation e⁺e⁻ → mediator → χχ̄ on atomic electrons, Eqs. (4.2) and (4.4).

The electrons and positrons of an experiment enter through one density of collisions in s, independent of the
mediator: :func:`free_collisions` for electrons at rest, :func:`~evanesce.production.bound.bound_collisions`
for those of an atom. Every mass point is then a one-dimensional integral of it times σ(s).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.constants import ELECTRON_MASS, GEV2_CM2
from evanesce.fingerprint import fingerprint
from evanesce.mediators import Mediator
from evanesce.memo import Memo
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
from evanesce.production.line_shape import WIDTH, RunningWidth, integrate_in_velocity, rows_of, running_width
from evanesce.tracklength import Endpoint, FoldedTrackLength
from evanesce.validation import FloatArray, choice

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

_WIDTHS: Final[Memo[RunningWidth]] = Memo(16)
"""Running widths of the last mediators, which layers and processes share."""
_CHUNK: Final[int] = 80
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


def annihilation_cross_section(
    mediator: Mediator, *, energy: FloatArray, mass: FloatArray, width: str = "fixed"
) -> FloatArray:
    """σ in cm² at ε = 1 for a positron of ``energy`` (GeV) on an electron at rest, Eqs. (4.2) and (E.3).

    ``width`` is ``fixed`` as printed, or ``running`` with s, see :mod:`evanesce.production.line_shape`.
    """
    s, mass = np.asarray(collision_s(energy)), np.asarray(mass)
    numerator = mediator.annihilation_numerator(s, mass)
    half_width = mass * mediator.width(mass)
    if choice("width", width, WIDTH) == "running":
        half_width = half_width * numerator / mediator.annihilation_numerator(mass**2, mass)
    sigma: FloatArray = numerator / ((s - mass**2) ** 2 + half_width**2) * GEV2_CM2
    return sigma


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


def integrate_collisions(
    density: CollisionDensity, mediator: Mediator, mass: FloatArray, *, width: str = "fixed"
) -> Estimate:
    """∫ ds D(s) σ(s) at ε = 1 for masses in GeV, shape (masses,), in units of D ds times cm², with its error.

    The mediator's parameters broadcast against shape (masses, 1). ``width`` is ``fixed``, that of a mediator on its
    mass shell, or ``running`` with s.
    """
    resonances = _Resonances.of(mediator, mass[:, None], choice("width", width, WIDTH))
    value, error = np.zeros(len(mass)), np.zeros(len(mass))
    isolated = np.flatnonzero(~resonances.near_threshold)
    for start in range(0, len(isolated), _CHUNK):
        rows = isolated[start : start + _CHUNK]
        value[rows], error[rows] = _isolated(density, resonances.rows(rows))
    close = np.flatnonzero(resonances.near_threshold)
    for start in range(0, len(close), _CHUNK):
        rows = close[start : start + _CHUNK]
        value[rows], error[rows] = _near_threshold(density, resonances.rows(rows))
    value, error = GEV2_CM2 * value, GEV2_CM2 * error
    return Estimate(value, error + (density.error + _ROUNDING) * np.abs(value))


@dataclass(frozen=True, slots=True)
class _Resonances:
    """A mediator at several masses, and its propagator."""

    mediator: Mediator
    mass: FloatArray
    """In GeV, shape (masses, 1)."""
    pole: FloatArray
    """Real part of s at the pole, GeV², shape (masses,)."""
    half_width: FloatArray
    """Imaginary part."""
    running: RunningWidth | None
    """The width off the mass shell; None for a fixed one."""

    @classmethod
    def of(cls, mediator: Mediator, mass: FloatArray, width: str) -> _Resonances:
        pole, half_width = mass[:, 0] ** 2, np.broadcast_to(mass * mediator.width(mass), mass.shape)[:, 0]
        if width == "fixed":
            return cls(mediator, mass, pole, half_width, None)
        key = (fingerprint(mediator), fingerprint(mass))
        running = _WIDTHS.get(key, lambda: running_width(mediator, mass))
        alone = ~running.near_threshold
        return cls(
            mediator,
            mass,
            np.where(alone, running.pole.real, pole),
            np.where(alone, running.pole.imag, half_width),
            running,
        )

    @property
    def near_threshold(self) -> npt.NDArray[np.bool_]:
        """Whether the pole of a running width cannot be isolated from the threshold."""
        return np.zeros(len(self.mass), dtype=np.bool_) if self.running is None else self.running.near_threshold

    def denominator(self, difference: FloatArray, numerator: FloatArray) -> FloatArray | None:
        """|D(s)|² of a running width from s - m² and N(s); None for a fixed one, which the integrals know."""
        return None if self.running is None else self.running.denominator(difference, numerator)

    def rows(self, rows: npt.NDArray[np.intp]) -> _Resonances:
        """Some of the resonances."""
        running = None if self.running is None else self.running.rows(rows)
        return _Resonances(
            rows_of(self.mediator, rows), self.mass[rows], self.pole[rows], self.half_width[rows], running
        )


def _isolated(density: CollisionDensity, resonances: _Resonances) -> Estimate:
    """∫ ds D N/|D(s)|² for poles that are simple and near the real axis, or have a fixed width."""
    mediator, mass = resonances.mediator, resonances.mass
    panels = len(density.values)
    first = int(np.searchsorted(density.edges[1:], threshold_s(mediator, mass).min(), side="right"))
    # panels below the threshold of every mass have nothing; they stay zeros, so that no sum is rounded in another way
    value, error = np.zeros((len(mass), panels)), np.zeros((len(mass), panels))
    if first < panels:
        above = replace(density, edges=density.edges[first:], values=density.values[first:])
        value[:, first:], error[:, first:] = _above_threshold(above, resonances)
    return _with_endpoints(Estimate(value.sum(axis=1), error.sum(axis=1)), density.endpoints, resonances)


def _above_threshold(density: CollisionDensity, resonances: _Resonances) -> Estimate:
    """The integral over each panel, shape (masses, panels)."""
    mediator, mass = resonances.mediator, resonances.mass
    nodes, _ = panel_nodes(density.edges, density.values.shape[1])
    numerator = mediator.annihilation_numerator(nodes.ravel(), mass).reshape(len(mass), *nodes.shape)
    denominator = resonances.denominator(nodes - mass[..., None] ** 2, numerator)
    integral = integrate_breit_wigner(
        numerator * density.values, density.edges, resonances.pole, resonances.half_width, denominator
    )
    _redo_near_threshold(integral, density, resonances)
    return integral


def _near_threshold(density: CollisionDensity, resonances: _Resonances) -> Estimate:
    """The same for mediators whose width reaches the threshold."""
    integral = integrate_in_velocity(density.edges, density.values, resonances.mediator, resonances.mass)
    return _with_endpoints(integral, density.endpoints, resonances)


def _with_endpoints(integral: Estimate, endpoints: tuple[Endpoint, ...], resonances: _Resonances) -> Estimate:
    value, error = integral
    for endpoint in endpoints:
        near = _next_to_endpoint(endpoint, resonances)
        value, error = value + near.value, error + near.error
    return Estimate(value, error)


def _next_to_endpoint(endpoint: Endpoint, resonances: _Resonances) -> Estimate:
    """∫ D σ over the last 1e-9 of a beam's energy, as a function of the distance; it may contain the pole."""
    mass = resonances.mass
    nodes, _ = panel_nodes(endpoint.edges, endpoint.values.shape[1])
    s = endpoint.origin + np.append(nodes.ravel(), 0.0)
    every = resonances.mediator.annihilation_numerator(s, mass)
    numerator = every[:, :-1].reshape(len(mass), *nodes.shape)
    beyond = mass[:, 0] ** 2 - endpoint.origin
    integral = integrate_breit_wigner(
        numerator * endpoint.values,
        endpoint.edges,
        resonances.pole - endpoint.origin,
        resonances.half_width,
        resonances.denominator(nodes - beyond[:, None, None], numerator),
    )
    last = resonances.denominator(-beyond, every[:, -1])
    if last is None:
        last = beyond**2 + resonances.half_width**2
    rest = every[:, -1] / last * endpoint.rest
    return Estimate(integral.value.sum(axis=1) + rest, integral.error.sum(axis=1))


def _redo_near_threshold(integral: Estimate, density: CollisionDensity, resonances: _Resonances) -> None:
    """Replace panels at or just above s = 4 m_χ², where the velocity of χ behaves as a square root.

    In u = sqrt(s - 4 m_χ²) the integrand is smooth, and the Breit-Wigner becomes a pair of simple poles.
    """
    mass = resonances.mass
    threshold = np.broadcast_to(threshold_s(resonances.mediator, mass), mass.shape)
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
    chosen = resonances.rows(row)
    numerator = chosen.mediator.annihilation_numerator(s, mass[row])
    f = w * numerator * 2.0 * u
    pole = np.sqrt(chosen.pole - start + 1j * chosen.half_width)
    fixed = np.abs(u**2 - pole[:, None] ** 2) ** 2
    running = chosen.denominator(s - mass[row] ** 2, numerator)
    half_u = 0.5 * (highest - lowest)
    redone = gauss_integral(f / (fixed if running is None else running))
    integral.value[row, panel] = redone.value * half_u
    integral.error[row, panel] = redone.error * half_u
    near = ~far_from_pole((pole - 0.5 * (lowest + highest)) / half_u, _THRESHOLD_ORDER)
    if near.any():
        f = f if running is None else f * (fixed / running)
        redone = two_pole_panels(f[near], lowest[near], highest[near], pole[near])
        integral.value[row[near], panel[near]] = redone.value
        integral.error[row[near], panel[near]] = redone.error
