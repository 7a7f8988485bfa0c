"""Self-consistent atoms: Dirac's orbitals in the field of the nucleus and of all other electrons.

The field is local: nucleus, electrons, Slater's exchange (J. C. Slater, Phys. Rev. 81 (1951) 385) and, where this
falls below it, the field of one charge that an electron far outside sees (R. Latter, Phys. Rev. 99 (1955) 510). A local
field is what the positron's phase needs; that of Thomas and Fermi or Molière has the wrong range for outer electrons
and would leave some of them unbound. The nucleus is a point: its size shows at momenta above 50 m_e in lead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.interpolate import CubicSpline

from evanesce.constants import ALPHA
from evanesce.materials.orbitals.dirac import RadialGrid, RadialState, bound_state
from evanesce.validation import FloatArray

__all__ = ["SelfConsistentAtom", "State", "hydrogenic", "self_consistent"]

_ROUNDS: Final[int] = 200
_MIXING: Final[float] = 0.35
_TOLERANCE: Final[float] = 1e-9
"""Largest change of r V, relative to Zα, at which the field is self-consistent."""

State = tuple[int, int]
"""Principal quantum number and κ."""


@dataclass(frozen=True, slots=True, eq=False)
class SelfConsistentAtom:
    """An atom's field and its orbitals, in units of m_e, ħ = c = 1."""

    grid: RadialGrid
    potential: FloatArray
    """r V of an electron at ``grid.halves``."""
    states: Mapping[State, RadialState | None]
    """None for a state that the field does not bind."""


def hydrogenic(Z: int, states: tuple[State, ...], grid: RadialGrid | None = None) -> SelfConsistentAtom:
    """States in the field of a bare nucleus."""
    grid = RadialGrid() if grid is None else grid
    potential = np.full(len(grid.halves), -Z * ALPHA)
    return SelfConsistentAtom(grid, potential, {state: bound_state(grid, potential, *state) for state in states})


def self_consistent(Z: int, electrons: Mapping[State, float], grid: RadialGrid | None = None) -> SelfConsistentAtom:
    """Return the neutral atom with these ``electrons`` in its subshells.

    >>> hydrogen = self_consistent(1, {(1, -1): 1.0})
    >>> round(2 * hydrogen.states[1, -1].binding / ALPHA**2, 5)
    1.00001
    """
    grid = RadialGrid() if grid is None else grid
    if sum(electrons.values()) <= 1.0:
        return hydrogenic(Z, tuple(electrons), grid)
    radius = grid.halves * ALPHA
    # Tietz' approximation to the Thomas-Fermi atom, to start from
    potential = -ALPHA * np.maximum(1.0, 1.0 + (Z - 1.0) / (1.0 + 0.6 * Z ** (1 / 3) * radius) ** 2)
    states: dict[State, RadialState | None] = {}
    for _ in range(_ROUNDS):
        states = {state: bound_state(grid, potential, *state, _last(states, state)) for state in electrons}
        wanted = _field(Z, grid, states, electrons)
        change = float(np.abs(wanted - potential).max())
        if change < _TOLERANCE * Z * ALPHA:
            break
        potential = (1.0 - _MIXING) * potential + _MIXING * wanted
    return SelfConsistentAtom(grid, potential, states)


def _last(states: Mapping[State, RadialState | None], state: State) -> float:
    found = states.get(state)
    return 0.0 if found is None else found.binding


def _field(
    Z: int, grid: RadialGrid, states: Mapping[State, RadialState | None], electrons: Mapping[State, float]
) -> FloatArray:
    """Return r V at ``grid.halves``."""
    radius, t = grid.radius, np.log(grid.radius)
    density = np.zeros_like(radius)
    for state, found in states.items():
        if found is not None:
            density += electrons[state] * (found.large**2 + found.small**2)
    inside = CubicSpline(t, density * radius).antiderivative()
    outside = CubicSpline(t, density).antiderivative()
    repulsion = (inside(t) - inside(t[0])) + radius * (outside(t[-1]) - outside(t))
    exchange = 1.5 * radius * np.cbrt(3.0 / math.pi * density / (4.0 * math.pi * radius**2))
    far = CubicSpline(t, repulsion - exchange)(np.log(grid.halves))
    return np.asarray(-ALPHA * np.maximum(Z - far, 1.0))
