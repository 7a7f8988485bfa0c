r"""Exact tree-level spectrum of e± + nucleus → e± + nucleus + mediator, no Weizsäcker-Williams approximation.

With u = -ũ, t = -(P_i - P_f)², V = |p - k| and A averaged over the azimuth of the recoil,

    dσ/dE_k = α³/(2p²) ∫ dt G₂(t)/t² ∫ du/V ⟨A⟩/8M²                            at ε = 1,

for a spin-0 nucleus with recoil and all masses: arXiv:1609.06781 Eqs. (5)-(8), with dcosθ = du/(2pk).
Both integrals are Gauss-Legendre in mapped variables: in ln t, which spans up to 16 decades, and in u on
panels adapted to the two collinear peaks, at the smallest u (mediator along the incident electron) and at
u = xt with a width of 2(t x u_min)^(1/2) (along the final one).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.mediators import Vertex
from evanesce.numerics import Estimate, gauss_integral, panel_nodes
from evanesce.production.amplitudes import amplitude_average
from evanesce.production.kinematics import Emission, invariants, largest_t, smallest_t, u_range
from evanesce.production.scatterers import Scatterer
from evanesce.validation import FloatArray

__all__ = ["angle_integral", "emission_spectrum"]

_T_ORDER: Final[int] = 10
_T_WIDTH: Final[float] = 4.0
"""Widest panel in ln t: the poles of the form factors lie at distance π from the real axis."""
_U_ORDER: Final[int] = 12
_CHUNK: Final[int] = 128
"""Panels in t per block, so that the arrays stay in the processor's cache."""

_REACH: Final[float] = 300.0
"""Largest t over the smallest, if the smallest lies beyond the form factor's scale."""

Rows = npt.NDArray[np.intp]


def emission_spectrum(
    vertex: Vertex,
    target: Scatterer,
    energy: FloatArray,
    left: FloatArray,
    mass: FloatArray,
    *,
    angle_order: int = _U_ORDER,
    t_order: int = _T_ORDER,
) -> Estimate:
    """dσ/dE_k times the weights of the target in GeV⁻³, and the error estimate of the quadrature.

    ``left`` is Δ = E - E_k in GeV, given instead of E_k because it may be of order m_e; shapes broadcast.
    ``angle_order`` and ``t_order`` are the numbers of nodes per panel in u and in ln t. Zero outside the kinematic
    limits.
    """
    emission = Emission(energy, energy - left, left, mass, np.asarray(target.mass))
    fields = np.broadcast_arrays(*emission)
    flat = Emission(*(np.asarray(field, dtype=np.float64).ravel() for field in fields))
    value, error = np.zeros(flat.energy.size), np.zeros(flat.energy.size)
    row, edges = _panels(flat, target.window)
    for start in range(0, len(row), _CHUNK):
        part = slice(start, start + _CHUNK)
        panel = _panel_integral(vertex, _take(flat, row[part]), target, edges[part], (t_order, angle_order))
        np.add.at(value, row[part], panel.value)
        np.add.at(error, row[part], panel.error)
    return Estimate(value.reshape(fields[0].shape), error.reshape(fields[0].shape))


def _take(e: Emission, rows: Rows) -> Emission:
    return Emission(*(field[rows] for field in e))


def _panels(e: Emission, window: tuple[float, float]) -> tuple[Rows, FloatArray]:
    """Panels in ln t: the index of the emission, and the two ends, shape (panels, 2)."""
    backward = e.forward + 4.0 * e.momenta
    first, fold = smallest_t(e, e.forward), largest_t(e, e.forward)
    # if the recoil is too strong for u to reach its end, the final electron may come to rest
    at_rest = 2.0 * e.target_mass * (e.left - ELECTRON_MASS)
    last = np.fmin(largest_t(e, backward), at_rest)
    possible = (e.radiated > e.mass) & (e.left > ELECTRON_MASS) & (first > 0.0)
    low = np.maximum(np.where(possible, first, 1.0), window[0])
    high = np.where(possible, np.minimum(last, np.maximum(window[1], _REACH * first)), low)
    # the form of the limits changes at the t where u(t) reaches its smallest or largest value
    turns = [np.clip(np.nan_to_num(turn, nan=1e300), low, high) for turn in (fold, smallest_t(e, backward))]
    ends = np.log(np.sort(np.stack([low, *turns, np.maximum(high, low)], -1), -1))
    widths = np.diff(ends, axis=-1)
    count = np.ceil(widths / _T_WIDTH).astype(int)
    row, piece = np.nonzero(count)
    count = count[row, piece]
    owner = np.repeat(np.arange(len(row)), count)
    index = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    step = widths[row, piece] / count
    start = ends[row, piece][owner] + index * step[owner]
    return row[owner], np.stack([start, start + step[owner]], -1)


def _panel_integral(
    vertex: Vertex, e: Emission, target: Scatterer, edges: FloatArray, orders: tuple[int, int]
) -> Estimate:
    log_t, _ = panel_nodes(edges, orders[0])
    t = np.exp(log_t[:, 0])
    inner = angle_integral(vertex, Emission(*(field[:, None, None] for field in e)), t[..., None], orders[1])
    weight = target(t) / t
    outer = gauss_integral(inner.value * weight)
    missed = gauss_integral(inner.error * weight).value
    momentum2 = (e.energy - ELECTRON_MASS) * (e.energy + ELECTRON_MASS)
    scale = 0.25 * ALPHA**3 / momentum2 * (edges[:, 1] - edges[:, 0])
    return Estimate(scale * outer.value, scale * (outer.error + missed))


def angle_integral(vertex: Vertex, e: Emission, t: FloatArray, order: int = _U_ORDER) -> Estimate:
    """∫ du/V ⟨A⟩/8M² at every t, shape of ``t`` without its last axis, of length 1; GeV."""
    lower, upper = u_range(e, t)
    peak = t * e.radiated / e.energy
    width = 2.0 * np.sqrt(peak * e.forward) + e.forward
    first = np.clip(np.maximum(0.5 * peak, 3.0 * lower), lower, upper)
    second = np.clip(np.maximum(peak, 3.0 * first), lower, upper)
    v = np.arcsinh((np.concatenate([first, second, upper], -1) - peak) / width)
    ends = np.stack(
        [np.concatenate([np.log(lower), v[..., :2]], -1), np.concatenate([np.log(first), v[..., 1:]], -1)], -1
    )
    half = 0.5 * np.diff(ends)[..., 0]
    value, error = np.zeros_like(half), np.zeros_like(half)
    # a third of the panels and more are empty
    *row, _ = filled = np.nonzero(half)

    owner = np.ravel_multi_index((*row,), half.shape[:-1])

    def at_panels(field: FloatArray) -> FloatArray:
        return np.take(np.broadcast_to(field[..., 0], half.shape[:-1]), owner)

    # panels along the last axis: numpy takes a long one quickly
    nodes = np.ascontiguousarray(panel_nodes(ends[filled], order)[0][:, 0].T)
    by_log = filled[-1] == 0
    peak, width = at_panels(peak)[~by_log], at_panels(width)[~by_log]
    u, jacobian = np.empty_like(nodes), np.empty_like(nodes)
    u[:, by_log] = jacobian[:, by_log] = np.exp(nodes[:, by_log])
    u[:, ~by_log] = peak + width * np.sinh(nodes[:, ~by_log])
    jacobian[:, ~by_log] = width * np.cosh(nodes[:, ~by_log])
    u = np.clip(u, at_panels(lower), at_panels(upper))
    wide = Emission(*(at_panels(field) for field in e))
    amplitude = amplitude_average(vertex, invariants(wide, u, at_panels(t)))
    panel = gauss_integral((np.maximum(amplitude, 0.0) * jacobian / np.sqrt(wide.left2 + u)).T)
    value[filled], error[filled] = panel.value * half[filled], panel.error * half[filled]
    return Estimate(value.sum(-1), error.sum(-1))
