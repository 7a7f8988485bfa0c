"""Bound states of Dirac's radial equation in a central potential, by shooting from both ends.

P' = -κP/r + (1 + E - V) Q,  Q' = κQ/r - (E - 1 - V) P, in units of the electron's mass, ħ = c = 1; the state is
ψ = (P Ω_κm, i Q Ω_-κm)/r. Both are integrated in ln r with the Runge-Kutta rule of fourth order, outwards from the
nucleus and inwards from where the state has died out. The energy is found from the number of nodes, then from the
jump of Q where P is joined (J. P. Desclaux, Comput. Phys. Commun. 9 (1975) 31, has the same scheme). Needs numba.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evanesce.errors import MissingExtraError, install
from evanesce.validation import FloatArray

try:
    import numba
except ImportError:
    raise MissingExtraError(f"Dirac's equation needs numba, which is not installed: {install('montecarlo')}") from None

__all__ = ["RadialGrid", "RadialState", "bound_state"]


@dataclass(frozen=True, slots=True, eq=False)
class RadialGrid:
    """Radii uniform in ln r, in units of ħ/m_e c. Potentials are given at the midpoints, too."""

    step: float = 0.005
    """Spacing in ln r."""
    first: float = 1e-5
    last: float = 1e4
    """Smallest and largest radius, in units of ħ/m_e c; the largest is 73 Bohr radii."""

    @property
    def radius(self) -> FloatArray:
        """Radii of the states, shape (points,)."""
        return np.asarray(self.halves[::2])

    @property
    def halves(self) -> FloatArray:
        """Radii and the midpoints between them, shape (2 points - 1,)."""
        steps = math.ceil(math.log(self.last / self.first) / self.step)
        halves: FloatArray = self.first * np.exp(0.5 * self.step * np.arange(2 * steps + 1))
        return halves


@dataclass(frozen=True, slots=True, eq=False)
class RadialState:
    """A bound state, ∫ (P² + Q²) dr = 1."""

    binding: float
    """1 - E in units of m_e."""
    large: FloatArray
    small: FloatArray
    """P and Q at the radii of the grid."""


@numba.njit(cache=True)
def _slopes(kappa: float, energy: float, r: float, rv: float, p: float, q: float) -> tuple[float, float]:
    """r P' and r Q' at E = 1 + ``energy``; ``rv`` is r V."""
    return -kappa * p + (r * (2.0 + energy) - rv) * q, kappa * q - (r * energy - rv) * p


@numba.njit(cache=True)
def _advance(
    kappa: float, energy: float, r: FloatArray, rv: FloatArray, at: int, way: int, h: float, p: float, q: float
) -> tuple[float, float]:
    """One step from the point ``at`` of the half grid, outwards (``way`` = 1) or inwards (-1)."""
    h = h * way
    a, b, c = at, at + way, at + 2 * way
    p1, q1 = _slopes(kappa, energy, r[a], rv[a], p, q)
    p2, q2 = _slopes(kappa, energy, r[b], rv[b], p + 0.5 * h * p1, q + 0.5 * h * q1)
    p3, q3 = _slopes(kappa, energy, r[b], rv[b], p + 0.5 * h * p2, q + 0.5 * h * q2)
    p4, q4 = _slopes(kappa, energy, r[c], rv[c], p + h * p3, q + h * q3)
    return p + h / 6.0 * (p1 + 2.0 * p2 + 2.0 * p3 + p4), q + h / 6.0 * (q1 + 2.0 * q2 + 2.0 * q3 + q4)


@numba.njit(cache=True)
def _shoot(
    kappa: float, energy: float, r: FloatArray, rv: FloatArray, h: float, large: FloatArray, small: FloatArray
) -> tuple[int, float]:
    """Fill P and Q at E = 1 + ``energy``; return the nodes of P and the change of energy that mends the jump of Q."""
    points = (len(r) + 1) // 2
    match = 10
    for i in range(points - 2, 10, -1):
        x = r[2 * i]
        if (x * energy - rv[2 * i]) * (x * (2.0 + energy) - rv[2 * i]) > kappa * (kappa + 1.0):
            match = i
            break
    decay = math.sqrt(-energy * (2.0 + energy))
    end = points - 1
    for i in range(match + 1, points):
        if decay * (r[2 * i] - r[2 * match]) > 45.0:
            end = i
            break
    strength = -rv[0]
    large[:], small[:] = 0.0, 0.0
    large[0] = 1e-10
    small[0] = large[0] * (math.sqrt(kappa * kappa - strength * strength) + kappa) / strength
    nodes = 0
    for i in range(match):
        large[i + 1], small[i + 1] = _advance(kappa, energy, r, rv, 2 * i, 1, h, large[i], small[i])
        if large[i + 1] * large[i] < 0.0:
            nodes += 1
    joined, out = large[match], small[match]
    large[end], small[end] = 1e-25, -1e-25 * math.sqrt(-energy / (2.0 + energy))
    for i in range(end, match, -1):
        large[i - 1], small[i - 1] = _advance(kappa, energy, r, rv, 2 * i, -1, h, large[i], small[i])
    scale = joined / large[match]
    for i in range(match, end + 1):
        large[i] *= scale
        small[i] *= scale
    norm = 0.0
    for i in range(points):
        norm += (large[i] ** 2 + small[i] ** 2) * r[2 * i] * h
    change = joined * (out - small[match]) / norm
    root = 1.0 / math.sqrt(norm)
    for i in range(points):
        large[i] *= root
        small[i] *= root
    return nodes, change


@numba.njit(cache=True)
def _search(
    kappa: float, nodes: int, lowest: float, r: FloatArray, rv: FloatArray, h: float, guess: float,
    large: FloatArray, small: FloatArray,
) -> float:  # fmt: skip
    """Energy - 1 of the state, or 0 if it is not bound."""
    low, high = lowest, -1e-9
    energy = guess if low < guess < high else max(0.5 * low, low)
    for _ in range(200):
        found, change = _shoot(kappa, energy, r, rv, h, large, small)
        if found > nodes:
            high = min(high, energy)
            energy = -math.sqrt(low * high)
        elif found < nodes:
            low = max(low, energy)
            energy = -math.sqrt(low * high)
        else:
            if change > 0.0:
                low = max(low, energy)
            else:
                high = min(high, energy)
            if abs(change) < 1e-11 * abs(energy):
                return energy
            energy = energy + change
            if not low < energy < high:
                energy = -math.sqrt(low * high)
        if high / low > 1.0 - 1e-13:
            return energy if found == nodes else 0.0
    return 0.0


def bound_state(grid: RadialGrid, potential: FloatArray, n: int, kappa: int, guess: float = 0.0) -> RadialState | None:
    """Return the state with principal quantum number ``n`` and κ, or None if there is none.

    ``potential`` is r V at ``grid.halves``, shape (2 points - 1,), -Zα at the nucleus; ``guess`` a binding energy in
    m_e to start from.
    """
    radius = grid.halves
    large, small = np.empty((len(radius) + 1) // 2), np.empty((len(radius) + 1) // 2)
    strength = -float(potential[0])
    gamma = math.sqrt(kappa**2 - strength**2)
    hydrogenic = 1.0 / math.hypot(1.0, strength / (gamma + n - abs(kappa))) - 1.0
    nodes = n - (kappa if kappa > 0 else -kappa - 1) - 1
    energy = _search(
        float(kappa), nodes, 1.02 * hydrogenic, radius, potential, grid.step, -guess or 0.9 * hydrogenic, large, small
    )
    if energy == 0.0:
        return None
    return RadialState(-energy, large, small)
