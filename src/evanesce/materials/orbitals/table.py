"""The tables of bound electrons that the orbitals give, one row per shell of each element from H to U.

``light_cone.npz`` is data, made by ``python -m evanesce.materials.orbitals``; the formula is in
:mod:`evanesce.materials.orbitals.wilson`. A row holds ln G in single precision at knots that are uniform in
asinh(p'/scale), p' = m_e - B - q, B the binding energy in the self-consistent field. Between the knots ln G is a cubic
spline. ``momenta.npz``, made by the same program, has ln f of :mod:`evanesce.materials.orbitals.momentum` at knots that
are uniform in ln(1 + p_z/αm_e).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Final

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.numerics import cubic_coefficients
from evanesce.validation import FloatArray

__all__ = [
    "HEAVIEST",
    "KNOTS",
    "REACH",
    "VERSION",
    "LightConeShell",
    "light_cone_shells",
    "momentum_knots",
    "momentum_shells",
]

VERSION: Final[int] = 1
"""Version of the table, part of the cache key of every result made from it."""
KNOTS: Final[int] = 481
REACH: Final[float] = 101.0
"""The knots start at p' = -REACH in units of m_e, and end at q = 0."""
MOMENTUM_KNOTS: Final[int] = 161
LARGEST_MOMENTUM: Final[float] = 2e4
"""The last knot of f in units of αm_e."""
HEAVIEST: Final[int] = 92
"""The last element of the table."""


@dataclass(frozen=True, slots=True, eq=False)
class LightConeShell:
    """G(q) of one electron of a shell."""

    binding: float
    """In units of m_e."""
    scale: float
    first: float
    """asinh(p'/scale) at the first knot."""
    step: float
    coefficients: FloatArray
    """Cubic polynomial of ln G in the distance from the knot in steps, shape (4, knots - 1), highest power first."""
    error: float
    """Largest relative error where G is not negligible."""

    def __call__(self, q: FloatArray) -> FloatArray:
        """Return G in 1/GeV at q in GeV, 0 < q < 100 m_e."""
        momentum = 1.0 - self.binding - np.asarray(q) / ELECTRON_MASS
        x = (np.arcsinh(momentum / self.scale) - self.first) / self.step
        knot = np.clip(x.astype(np.intp), 0, self.coefficients.shape[1] - 1)
        x = x - knot
        a, b, c, d = self.coefficients
        log = ((a[knot] * x + b[knot]) * x + c[knot]) * x + d[knot]
        density: FloatArray = np.exp(log) / ELECTRON_MASS
        return density


@lru_cache(maxsize=128)
def light_cone_shells(Z: int) -> dict[int, LightConeShell]:
    """Return the shells of an element that the table has, by the number of the shell."""
    table = _table("light_cone.npz")
    return {
        int(table["shell"][row]): _shell(
            table["log_density"][row].astype(np.float64),
            *(float(table[name][row]) for name in ("binding", "scale", "error")),
        )
        for row in np.flatnonzero(table["element"] == Z)
    }


def _shell(log_density: FloatArray, binding: float, scale: float, error: float) -> LightConeShell:
    first, last = -np.arcsinh(REACH / scale), np.arcsinh((1.0 - binding) / scale)
    coefficients = cubic_coefficients(np.arange(float(len(log_density))), log_density)
    step = float(last - first) / (len(log_density) - 1)
    return LightConeShell(binding, scale, float(first), step, coefficients, error)


def momentum_knots() -> FloatArray:
    """p_z at the knots of ln f, in units of m_e."""
    return ALPHA * np.expm1(np.linspace(0.0, np.log1p(LARGEST_MOMENTUM), MOMENTUM_KNOTS))


@lru_cache(maxsize=128)
def momentum_shells(Z: int) -> dict[int, FloatArray]:
    """Return ln f at the knots, f per m_e, of the shells of an element that the table has, by their numbers."""
    table = _table("momenta.npz")
    rows = np.flatnonzero(table["element"] == Z)
    return {int(table["shell"][row]): table["log_density"][row].astype(np.float64) for row in rows}


@lru_cache(maxsize=2)
def _table(name: str) -> dict[str, FloatArray]:
    data = files("evanesce.materials.orbitals").joinpath(name).read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
