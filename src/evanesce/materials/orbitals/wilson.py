r"""The light-cone momentum of a bound electron that meets a fast positron, with the positron's phase.

G(q) = (1/2π) ∫ d²b Σ_spin |∫ dz e^{-ip'z - iχ(b,z)} w|², q = m_e - B - p',
for one electron of a full subshell, with w = U - σ_z L from the large and small components, |w|² = ψ†(1 - α_z)ψ, and
the eikonal phase of the positron, χ = ∫_0^z V₊ dz' = -∫_0^z V dz', V the field of the electron. (The phase from -∞ to
0 depends on b alone and drops out.) This is a parton density with its Wilson line: without the phase the current is not
conserved. Integrated over q it is 1, and its mean is E + <α·p>/3 - <V>, m_e + 5B/3 for hydrogenic states with Zα << 1.

w is even or odd in z up to complex conjugation, so the integral over z is twice the real or imaginary part of that
over z > 0. There each panel is a Legendre series, which is integrated with e^{-ip'z} in closed form (spherical Bessel
functions), so that a large p' needs no finer panels. Units of m_e, ħ = c = 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import sph_harm_y, spherical_jn

from evanesce.materials.orbitals.atom import SelfConsistentAtom
from evanesce.materials.orbitals.dirac import RadialState
from evanesce.numerics import analysis_matrix, gauss_legendre, legendre_values, panel_nodes
from evanesce.validation import FloatArray

__all__ = ["PathGrid", "Paths", "light_cone_distribution"]


@dataclass(frozen=True, slots=True)
class PathGrid:
    """Panels in the impact parameter b and along the path, in units of ħ/m_e c."""

    first: float = 1e-4
    """Length of the first panel of both."""
    ratio: float = 1.6
    """Ratio of the following edges."""
    order: int = 12
    """Points per panel along the path."""
    impact_order: int = 6
    """Points per panel of impact parameters."""
    negligible: float = 1e-8
    """The panels end where P and Q stay below this fraction of their largest value."""

    def edges(self, last: float) -> FloatArray:
        """Return panel edges from 0 to ``last`` or beyond."""
        panels = math.ceil(math.log(last / self.first) / math.log(self.ratio))
        return np.append(0.0, self.first * self.ratio ** np.arange(panels + 1))


@dataclass(frozen=True, eq=False)
class Paths:
    """Straight paths past the nucleus of an atom, and the positron's phase on them."""

    atom: SelfConsistentAtom
    grid: PathGrid = PathGrid()
    phase: bool = True
    """Without the phase the electron alone feels the nucleus: only for comparison."""

    @cached_property
    def edges(self) -> FloatArray:
        """Panel edges of impact parameters and of points along the path."""
        return self.grid.edges(0.5 * self.atom.grid.last)

    @cached_property
    def impact(self) -> tuple[FloatArray, FloatArray]:
        """Impact parameters and 2π b db, shape (impact,)."""
        b, db = panel_nodes(self.edges, self.grid.impact_order)
        return b.ravel(), 2.0 * math.pi * (b * db).ravel()

    @cached_property
    def along(self) -> FloatArray:
        """Points along the path, shape (points,)."""
        return panel_nodes(self.edges, self.grid.order)[0].ravel()

    @cached_property
    def eikonal(self) -> FloatArray:
        """χ(b, z), shape (impact, points)."""
        radius = self._radius
        field = CubicSpline(np.log(self.atom.grid.halves), self.atom.potential)
        repulsion = -field(np.log(radius)) / radius if self.phase else np.zeros_like(radius)
        panels = repulsion.reshape(len(radius), -1, self.grid.order)
        half = 0.5 * np.diff(self.edges)[:, None]
        inner = half * (panels @ _antiderivative(self.grid.order).T)
        whole = half[:, 0] * (panels @ gauss_legendre(self.grid.order)[1])
        before = np.cumsum(whole, axis=1) - whole
        return np.asarray((before[:, :, None] + inner).reshape(radius.shape))

    @cached_property
    def _radius(self) -> FloatArray:
        return np.hypot(self.impact[0][:, None], self.along)

    def within(self, last: float) -> tuple[int, int]:
        """Return how many impact parameters and points lie inside panels that reach to ``last``."""
        panels = min(int(np.searchsorted(self.edges, last)) or 1, len(self.edges) - 1)
        return panels * self.grid.impact_order, panels * self.grid.order

    def radius(self, inside: tuple[int, int]) -> FloatArray:
        """√(b² + z²) of these points."""
        return self._radius[: inside[0], : inside[1]]

    def oscillation(self, state: RadialState, momentum: FloatArray) -> tuple[tuple[int, int], FloatArray, FloatArray]:
        """How many points a state reaches, and weights (points, momenta) of ∫ cos(pz) dz and ∫ sin(pz) dz on them."""
        size = np.abs(state.large) + np.abs(state.small)
        reach = self.atom.grid.radius[np.flatnonzero(size > self.grid.negligible * size.max())[-1]]
        inside = self.within(float(reach))
        return inside, *_oscillation(self.edges[: inside[1] // self.grid.order + 1], self.grid.order, momentum)

    def radial(self, values: FloatArray, kappa: int, inside: tuple[int, int]) -> FloatArray:
        """P/r or Q/r at these points."""
        return _at(self.atom.grid.radius, values, kappa, self, self.radius(inside))

    def angular(self, kappa: int, inside: tuple[int, int]) -> Iterator[tuple[bool, FloatArray, FloatArray]]:
        """Parity in z and angular functions of U and of -i σ_z L for j_z > 0 and each spin along z."""
        return _components(kappa, self.along[: inside[1]] / self.radius(inside))


def light_cone_distribution(paths: Paths, state: RadialState, kappa: int, momentum: FloatArray) -> FloatArray:
    """G in 1/m_e at p' = ``momentum``, 1-D, for one electron of a full subshell.

    The sum is over the projections of j, half of which are mirror images of the others.
    """
    inside, cosine, sine = paths.oscillation(state, momentum)
    turn = np.exp(-1j * paths.eikonal[: inside[0], : inside[1]])
    large, small = paths.radial(state.large, kappa, inside), paths.radial(state.small, kappa, inside)
    area = paths.impact[1][: inside[0]]
    total = np.zeros_like(momentum)
    for even, upper, lower in paths.angular(kappa, inside):
        wave = turn * (large * upper - 1j * small * lower)
        real, imaginary = (wave.real, wave.imag) if even else (wave.imag, -wave.real)
        half = real @ cosine + imaginary @ sine
        total += area @ np.square(2.0 * half)
    return np.asarray(total * 2.0 / (2.0 * math.pi * 2.0 * abs(kappa)))


def _at(radii: FloatArray, values: FloatArray, kappa: int, paths: Paths, radius: FloatArray) -> FloatArray:
    """P/r or Q/r at ``radius``: r^(1-γ) times it is smooth at the nucleus."""
    gamma = math.sqrt(kappa**2 - float(paths.atom.potential[0]) ** 2)
    smooth = CubicSpline(np.log(radii), values * radii**-gamma)
    return np.asarray(smooth(np.log(radius)) * radius ** (gamma - 1.0))


def _components(kappa: int, cosine: FloatArray) -> Iterator[tuple[bool, FloatArray, FloatArray]]:
    """Parity in z and angular functions of U and of -i σ_z L for j_z > 0 and each spin along z."""
    twice_j = 2 * abs(kappa) - 1
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    for twice_m in range(1, twice_j + 1, 2):
        for spin in (1, -1):
            m = (twice_m - spin) // 2
            upper = _spinor(kappa, twice_m, spin, m, angle)
            lower = spin * _spinor(-kappa, twice_m, spin, m, angle)
            orbital = kappa if kappa > 0 else -kappa - 1
            yield (orbital - m) % 2 == 0, upper, lower


def _spinor(kappa: int, twice_m: int, spin: int, m: int, angle: FloatArray) -> FloatArray:
    """<spin|Ω_κm> at azimuth 0: a Clebsch-Gordan coefficient and a spherical harmonic."""
    orbital = kappa if kappa > 0 else -kappa - 1
    if m > orbital:
        return np.zeros_like(angle)
    ratio = 0.5 * twice_m / (2 * orbital + 1)
    coefficient = math.sqrt(0.5 + spin * ratio) if kappa < 0 else -spin * math.sqrt(0.5 - spin * ratio)
    return np.asarray(coefficient * sph_harm_y(orbital, m, angle, 0.0).real)


def _antiderivative(order: int) -> FloatArray:
    """Matrix (order, order) from values at Gauss nodes to ∫_-1^x at the nodes."""
    nodes, _ = gauss_legendre(order)
    values = legendre_values(order + 1, nodes)
    integrals = np.empty((order, order))
    integrals[0] = nodes + 1.0
    for n in range(1, order):
        integrals[n] = (values[n + 1] - values[n - 1]) / (2 * n + 1)
    return np.asarray(integrals.T @ analysis_matrix(order))


def _oscillation(edges: FloatArray, order: int, momentum: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weights (points, momenta) of ∫ cos(pz) g dz and ∫ sin(pz) g dz for values of g at the nodes of panels."""
    middle, half = 0.5 * (edges[1:] + edges[:-1]), 0.5 * np.diff(edges)
    n = np.arange(order)
    bessel = spherical_jn(n[:, None, None], np.abs(half[:, None] * momentum))
    signs = np.sign(momentum) ** n[:, None]
    terms = 2.0 * (-1j) ** n[:, None, None] * bessel * signs[:, None, :]
    terms *= half[:, None] * np.exp(-1j * middle[:, None] * momentum)
    weights = np.einsum("nkp,ni->kip", terms, analysis_matrix(order)).reshape(-1, len(momentum))
    return weights.real.copy(), -weights.imag
