"""Resonant annihilation e⁺e⁻ → mediator → χχ̄ on atomic electrons at rest, Eqs. (4.2) and (4.4)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.constants import ELECTRON_MASS, GEV2_CM2
from evanesce.mediators import Mediator, with_parameters
from evanesce.numerics import (
    Integral,
    analysis_matrix,
    clenshaw,
    integrate_breit_wigner,
    panel_nodes,
    two_pole_panels,
)
from evanesce.tracklength import FoldedTrackLength
from evanesce.validation import FloatArray

__all__ = ["annihilation_cross_section", "collision_s", "effective_cross_section", "rows_of", "threshold_s"]

_CHUNK: Final[int] = 24
"""Masses at a time: the arrays of a chunk stay in the processor's cache."""
_THRESHOLD_ORDER: Final[int] = 32
_ROUNDING: Final[float] = 1e-9
"""Relative error added for energies next to a corner of the source, which round; brute force sees 1e-10."""


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
    s = collision_s(energy)
    width = mediator.width(mass)
    breit_wigner = (s - mass**2) ** 2 + (mass * width) ** 2
    sigma: FloatArray = mediator.annihilation_numerator(s, mass) / breit_wigner * GEV2_CM2
    return sigma


def effective_cross_section(fold: FoldedTrackLength, mediator: Mediator, mass: FloatArray) -> Integral:
    """∫ dE' W(E') σ(E') in X0·cm² at ε = 1 for masses in GeV, shape (masses,); its error estimate beside it.

    Times n_e X0 it is the yield of Eq. (4.4). ``alpha_d`` and ``mass_ratio`` of the mediator broadcast
    against shape (masses, 1).
    """
    parts = [_chunk(fold, mediator, mass, slice(start, start + _CHUNK)) for start in range(0, len(mass), _CHUNK)]
    value = np.concatenate([part.value for part in parts])
    error = np.concatenate([part.error for part in parts]) + (fold.error + _ROUNDING) * np.abs(value)
    return Integral(value, error)


def _chunk(fold: FoldedTrackLength, mediator: Mediator, mass: FloatArray, part: slice) -> Integral:
    mediator, column = rows_of(mediator, part), mass[part, None]
    edges = collision_s(fold.edges)
    nodes, _ = panel_nodes(edges, fold.values.shape[1])
    pole = column[:, 0] ** 2
    half_width = np.broadcast_to(column * mediator.width(column), column.shape)[:, 0]
    numerator = mediator.annihilation_numerator(nodes.ravel(), column).reshape(len(column), *nodes.shape)
    integral = integrate_breit_wigner(numerator * fold.values, edges, pole, half_width)
    threshold = np.broadcast_to(threshold_s(mediator, column), column.shape)
    _redo_near_threshold(integral, fold, edges, mediator, column, threshold)
    atoms = annihilation_cross_section(mediator, energy=fold.atom_energies, mass=column) / GEV2_CM2
    scale = GEV2_CM2 / (2.0 * ELECTRON_MASS)
    value = integral.value.sum(axis=1) * scale + GEV2_CM2 * (atoms @ fold.atom_lengths)
    return Integral(value, integral.error.sum(axis=1) * scale)


def _redo_near_threshold(
    integral: Integral,
    fold: FoldedTrackLength,
    edges: FloatArray,
    mediator: Mediator,
    mass: FloatArray,
    threshold: FloatArray,
) -> None:
    """Replace panels at or just above s = 4 m_χ², where the velocity of χ goes as a square root.

    In u = sqrt(s - 4 m_χ²) the integrand is smooth, and the Breit-Wigner becomes a pair of simple poles.
    """
    left, right = edges[:-1], edges[1:]
    row, panel = np.nonzero((right > threshold) & (left < threshold + 2.0 * (right - left)))
    if not row.size:
        return
    start = threshold[row, 0]
    middle, half = 0.5 * (left + right)[panel], 0.5 * (right - left)[panel]
    lowest = np.sqrt(np.maximum(left[panel] - start, 0.0))
    highest = np.sqrt(right[panel] - start)
    u, _ = panel_nodes(np.stack([lowest, highest], axis=-1), _THRESHOLD_ORDER)
    u = u[:, 0]
    s = start[:, None] + u**2
    series = fold.values @ analysis_matrix(fold.values.shape[1]).T
    w = clenshaw(series[panel].T[..., None], (s - middle[:, None]) / half[:, None])
    chosen = rows_of(mediator, row)
    f = w * chosen.annihilation_numerator(s, mass[row]) * 2.0 * u
    pole = np.sqrt(mass[row, 0] ** 2 - start + 1j * (mass[row] * chosen.width(mass[row]))[:, 0])
    redone = two_pole_panels(f, lowest, highest, pole)
    integral.value[row, panel] = redone.value
    integral.error[row, panel] = redone.error


def rows_of(mediator: Mediator, rows: slice | npt.NDArray[Any]) -> Mediator:
    """The mediator with its parameters restricted to some rows, where they are columns of shape (masses, 1)."""

    def pick(value: npt.ArrayLike) -> npt.ArrayLike:
        array = np.asarray(value)
        return array[rows] if array.ndim == 2 else array

    return with_parameters(mediator, pick(mediator.alpha_d), pick(mediator.mass_ratio))
