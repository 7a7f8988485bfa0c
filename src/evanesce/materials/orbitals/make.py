"""The program that makes the tables of the orbitals: ``python -m evanesce.materials.orbitals``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.materials.orbitals.atom import self_consistent
from evanesce.materials.orbitals.dirac import RadialGrid, RadialState
from evanesce.materials.orbitals.momentum import momentum_distribution
from evanesce.materials.orbitals.table import KNOTS, REACH, VERSION, momentum_knots
from evanesce.materials.orbitals.wilson import PathGrid, Paths, light_cone_distribution
from evanesce.materials.profile_table import occupied_shells, quantum_numbers
from evanesce.validation import FloatArray

__all__ = [
    "COARSE",
    "FINE",
    "Accuracy",
    "MomentumRow",
    "Row",
    "columns",
    "element_momenta",
    "element_rows",
    "momentum_columns",
]

_MEASURED: Final[float] = 1e-6
"""Errors are measured where G exceeds this, per m_e; its integral is 1."""
_SPLINE_ORDER: Final[float] = 8.0
"""Half the spacing of knots reduces the error of the cubic spline by at least this factor; 16 is its order."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Grids of the calculation."""

    radial: RadialGrid
    paths: PathGrid


FINE: Final = Accuracy(RadialGrid(), PathGrid())
COARSE: Final = Accuracy(RadialGrid(step=0.01), PathGrid(first=2e-4, ratio=2.0, order=10, impact_order=5))


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One shell of one element."""

    Z: int
    shell: int
    binding: float
    """Binding energy in the self-consistent field, in units of m_e."""
    scale: float
    """1/<r> in units of m_e: the knots are uniform in asinh(p'/scale)."""
    log_density: FloatArray
    """ln G at the knots, G per m_e."""
    error: float
    """Largest relative error of G where it matters: grids and interpolation."""


def element_rows(Z: int, fine: Accuracy = FINE, coarse: Accuracy | None = COARSE) -> list[Row]:
    """Every bound shell of an element; without ``coarse`` the error is that of the interpolation."""
    electrons = occupied_shells(Z)
    configuration = {quantum_numbers(shell): count for shell, count in electrons.items()}
    used = [fine] if coarse is None else [fine, coarse]
    atoms = [self_consistent(Z, configuration, one.radial) for one in used]
    paths = [Paths(atom, one.paths) for atom, one in zip(atoms, used, strict=True)]
    rows = []
    for shell in electrons:
        n, kappa = quantum_numbers(shell)
        states = [atom.states[n, kappa] for atom in atoms]
        if any(state is None for state in states):
            continue
        found = [state for state in states if state is not None]
        binding, scale = found[0].binding, _scale(fine.radial, found[0])
        t = knots(binding, scale, KNOTS)
        momentum = scale * np.sinh(t)
        density = [
            light_cone_distribution(way, state, kappa, momentum) for way, state in zip(paths, found, strict=True)
        ]
        error = _interpolation(t, density[0]) + _difference(density)
        rows.append(Row(Z, shell, binding, scale, np.log(density[0]), error))
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class MomentumRow:
    """The momenta of one shell of one element."""

    Z: int
    shell: int
    log_density: FloatArray
    """ln f at the knots, f per m_e."""


def element_momenta(Z: int, accuracy: Accuracy = FINE) -> list[MomentumRow]:
    """Momenta in every bound shell of an element."""
    electrons = occupied_shells(Z)
    atom = self_consistent(Z, {quantum_numbers(shell): count for shell, count in electrons.items()}, accuracy.radial)
    paths = Paths(atom, accuracy.paths, phase=False)
    rows = []
    for shell in electrons:
        n, kappa = quantum_numbers(shell)
        state = atom.states[n, kappa]
        if state is not None:
            density = momentum_distribution(paths, state, kappa, momentum_knots())
            rows.append(MomentumRow(Z, shell, np.log(density)))
    return rows


def momentum_columns(rows: Iterable[MomentumRow]) -> dict[str, FloatArray]:
    """The rows as arrays of single precision."""
    listed = list(rows)
    return {
        "version": np.array(VERSION),
        "element": np.array([row.Z for row in listed], dtype=np.int16),
        "shell": np.array([row.shell for row in listed], dtype=np.int16),
        "log_density": np.array([row.log_density for row in listed], dtype=np.float32),
    }


def columns(rows: Iterable[Row]) -> dict[str, FloatArray]:
    """The rows as arrays of single precision, which keeps ln G to 1e-6, G to 2e-6."""
    listed = list(rows)
    return {
        "version": np.array(VERSION),
        "element": np.array([row.Z for row in listed], dtype=np.int16),
        "shell": np.array([row.shell for row in listed], dtype=np.int16),
        "binding": np.array([row.binding for row in listed]),
        "scale": np.array([row.scale for row in listed]),
        "error": np.array([row.error for row in listed], dtype=np.float32),
        "log_density": np.array([row.log_density for row in listed], dtype=np.float32),
    }


def knots(binding: float, scale: float, count: int) -> FloatArray:
    """Values of asinh(p'/scale) at the knots, from p' = -REACH to q = 0."""
    return np.linspace(-np.arcsinh(REACH / scale), np.arcsinh((1.0 - binding) / scale), count)


def _scale(grid: RadialGrid, state: RadialState) -> float:
    """1/<r>."""
    radius = grid.radius
    return 1.0 / float(np.sum((state.large**2 + state.small**2) * radius**2) * grid.step)


def _interpolation(t: FloatArray, density: FloatArray) -> float:
    """Error of a cubic spline of ln G, from that through every other knot."""
    from scipy.interpolate import CubicSpline

    log = np.log(density)
    change = np.abs(np.exp(CubicSpline(t[::2], log[::2])(t[1::2]) - log[1::2]) - 1.0)
    return float(change[_matters(density[1::2])].max()) / _SPLINE_ORDER


def _difference(density: list[FloatArray]) -> float:
    """Largest relative change with coarser grids."""
    if len(density) == 1:
        return 0.0
    return float(np.abs(density[1] / density[0] - 1.0)[_matters(density[0])].max())


def _matters(density: FloatArray) -> npt.NDArray[np.bool_]:
    return density > _MEASURED
