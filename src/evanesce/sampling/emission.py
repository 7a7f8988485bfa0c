"""Phase space of e± + nucleus → e± + nucleus + mediator at a given E' and E_k: t, u and the azimuth of the recoil.

The differential cross section is that of :mod:`evanesce.production.exact` before the average over the azimuth:
dσ = α³/(2p²) dE_k dt G₂(t)/t² du/V dφ/2π A/8M². We draw ln t uniformly, u from two maps, one for each collinear peak,
and the azimuth from 1/s̃.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.mediators import Vertex
from evanesce.production.amplitudes import Invariants, amplitude_at
from evanesce.production.form_factors import FormFactor
from evanesce.production.kinematics import Emission, invariants, largest_t, smallest_t, u_range
from evanesce.validation import FloatArray

__all__ = ["DrawnEmission", "draw_emission", "outgoing"]

_REACH: Final[float] = 300.0
"""Largest t over the smallest, if that lies beyond the form factor's scale; the same as in the yield."""


class DrawnEmission(NamedTuple):
    """Points of phase space, shape (events,) each."""

    value: FloatArray
    """dσ/dE_k in GeV⁻³ over the density of the draw: the mean over the cube is the spectrum. Zero outside."""
    t: FloatArray
    u: FloatArray
    azimuth: FloatArray
    """Azimuth of the recoil around p - k, with s̃ = a - b cos φ."""


def draw_emission(vertex: Vertex, form_factor: FormFactor, e: Emission, cube: FloatArray) -> DrawnEmission:
    """Draw t, u and the azimuth from uniform numbers in (0, 1), shape (events, 3)."""
    t, measure = _draw_t(form_factor, e, cube[:, 0])
    u, density = _draw_u(e, t, cube[:, 1])
    possible = (measure > 0) & (density > 0)
    i = invariants(e, u, t)
    azimuth, around, shift = _draw_azimuth(i, cube[:, 2])
    amplitude = np.maximum(amplitude_at(vertex, i, shift), 0.0) * around
    momentum2 = (e.energy - ELECTRON_MASS) * (e.energy + ELECTRON_MASS)
    scale = 0.5 * ALPHA**3 / momentum2 * measure * form_factor(t) / t
    value = scale * amplitude / np.sqrt(e.left2 + u) / np.where(possible, density, 1.0)
    return DrawnEmission(np.where(possible & np.isfinite(value), value, 0.0), t, u, azimuth)


def _draw_t(form_factor: FormFactor, e: Emission, uniform: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Draw t uniformly in ln t; return it, and the range of ln t (zero without phase space)."""
    first = smallest_t(e, e.forward)
    at_rest = 2.0 * e.target_mass * (e.left - ELECTRON_MASS)
    last = np.fmin(largest_t(e, e.forward + 4.0 * e.momenta), at_rest)
    lowest, highest = form_factor.window
    possible = (e.radiated > e.mass) & (e.left > ELECTRON_MASS) & (first > 0.0)
    low = np.where(possible, np.fmax(first, lowest), 1.0)
    high = np.where(possible, np.fmin(last, np.fmax(highest, _REACH * first)), 1.0)
    spread = np.log(np.maximum(high / low, 1.0))
    return low * np.exp(uniform * spread), spread


def _draw_u(e: Emission, t: FloatArray, uniform: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Draw u, half of the time along the incident and half along the final electron; return it and its density."""
    low, high = u_range(e, t)
    spread = np.log(high / low)
    peak = t * e.radiated / e.energy
    width = 2.0 * np.sqrt(peak * e.forward) + e.forward
    first, last = np.arcsinh((low - peak) / width), np.arcsinh((high - peak) / width)
    by_log = uniform < 0.5
    inner = np.where(by_log, 2.0 * uniform, 2.0 * uniform - 1.0)
    u = np.where(by_log, low * np.exp(inner * spread), peak + width * np.sinh(first + inner * (last - first)))
    u = np.clip(u, low, high)
    open_ = (spread > 0.0) & (last > first)
    by_width = np.hypot(u - peak, width) * np.where(open_, last - first, 1.0)
    density = 0.5 / (u * np.where(open_, spread, 1.0)) + 0.5 / by_width
    return u, np.where(open_, density, 0.0)


def _draw_azimuth(i: Invariants, uniform: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Draw φ from 1/s̃; return φ, 1/(2π density), and a - s̃ = b cos φ."""
    b = np.sqrt(i.b2)
    root = np.sqrt(np.maximum(i.a * i.a - i.b2, 1e-24 * i.a * i.a))
    ratio = root / (i.a + b)  # sqrt((a - b)/(a + b))
    half = np.arctan(ratio * np.tan(np.pi * (uniform - 0.5)))
    shift = b * np.cos(2.0 * half)
    return 2.0 * half, (i.a - shift) / root, shift


def outgoing(e: Emission, drawn: DrawnEmission) -> tuple[FloatArray, FloatArray]:
    """Mediator and nucleus, four-vectors (events, 4) with the incident electron along z and the mediator in x-z.

    The final electron follows from momentum conservation, with the nucleus initially at rest.
    """
    incident = np.sqrt((e.energy - ELECTRON_MASS) * (e.energy + ELECTRON_MASS))
    radiated = np.sqrt(np.maximum((e.radiated - e.mass) * (e.radiated + e.mass), 0.0))
    half_sine2 = np.clip((drawn.u - e.forward) / (4.0 * e.momenta), 0.0, 1.0)
    sine = 2.0 * np.sqrt(half_sine2 * (1.0 - half_sine2))
    across, along = radiated * sine, radiated * (1.0 - 2.0 * half_sine2)
    # V = p - k, in the x-z plane; n is its direction and m perpendicular to it, towards -k's part across V
    length = np.sqrt(e.left2 + drawn.u)
    n_x, n_z = -across / length, (incident - along) / length
    recoil_along = 0.5 * (drawn.u + drawn.t * (1.0 + e.left / e.target_mass)) / length
    square = drawn.t + 0.25 * (drawn.t / e.target_mass) ** 2 - recoil_along**2
    recoil_across = np.sqrt(np.maximum(square, 0.0))
    # s̃ grows with q·k: cos φ = 1 is opposite to k's part across V, which is along (n_z, -n_x)
    first = -recoil_across * np.cos(drawn.azimuth)
    second = recoil_across * np.sin(drawn.azimuth)
    nucleus_x, nucleus_z = recoil_along * n_x + first * n_z, recoil_along * n_z - first * n_x
    kinetic = drawn.t / (2.0 * e.target_mass)
    nothing = np.zeros_like(across)
    mediator = np.stack([across, nothing, along, e.radiated], axis=-1)
    nucleus = np.stack([nucleus_x, second, nucleus_z, e.target_mass + kinetic], axis=-1)
    return mediator, nucleus
