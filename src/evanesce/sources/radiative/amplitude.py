r"""Tree amplitude of e⁻e⁺ → e⁻e⁺γ, all diagrams, with the electron mass; optionally with Z exchange.

There are two diagrams (annihilation, exchange) times four legs that may radiate. In the chiral basis a spinor is a
pair of two-component ones, and the exchanged boson joins two lines through Fierz identities,

    σ̄^μ_ab σ̄_μ cd = 2 ε_ac ε_bd,    σ̄^μ_ab σ_μ cd = 2 δ_ad δ_bc,

so that an amplitude is a sum of products of two-component products. A radiating leg has
(p̸ - k̸ + m) ε̸ u(p)/(-2 p·k) in place of u(p), and likewise for the other three. Kernels: plain float64, momenta
(E, x, y, z) in GeV, no checks.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from evanesce.constants import ELECTRON_MASS
from evanesce.validation import FloatArray

__all__ = ["Momenta", "dot", "massive_squared", "polarisations"]

ComplexArray: TypeAlias = npt.NDArray[np.complex128]
Spinor: TypeAlias = tuple[ComplexArray, ComplexArray]
"""Upper and lower two-component part, each of shape (2, spins, events)."""

_Z_MASS: Final[float] = 91.1876
_Z_WIDTH: Final[float] = 2.4952
_SIN2: Final[float] = 0.23122
"""Mass, width (GeV) and sin² of the mixing angle (MS-bar) of the Z: Particle Data Group, Review of Particle Physics."""


class Momenta(NamedTuple):
    """Four-momenta (E, x, y, z) in GeV, each of shape (4, events)."""

    electron_in: FloatArray
    positron_in: FloatArray
    electron: FloatArray
    positron: FloatArray
    photon: FloatArray


def dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """Minkowski product of vectors of shape (4, ...)."""
    product: FloatArray = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3]
    return product


def massive_squared(
    p: Momenta, *, mass: float = ELECTRON_MASS, z_exchange: bool = False, polarisation: FloatArray | None = None
) -> FloatArray:
    """|M|²/e⁶ in GeV⁻², summed over final and averaged over initial spins, shape (events,).

    ``polarisation`` of shape (4, states, events) replaces the two physical states of the photon.
    """
    eps = polarisations(p.photon) if polarisation is None else polarisation
    k = p.photon
    electron_in, electron = _particle(p.electron_in, mass), _bar(_particle(p.electron, mass))
    positron_in, positron = _bar(_antiparticle(p.positron_in, mass)), _antiparticle(p.positron, mass)
    if not z_exchange:  # by parity the other helicity of the incoming electron contributes the same
        electron_in = electron_in[0][:, :1], electron_in[1][:, :1]
    # axes of a helicity amplitude: e-, e+, e-', e+', photon, event
    legs = (
        _axes(electron_in, 0),
        _axes(positron_in, 1),
        _axes(electron, 2),
        _axes(positron, 3),
    )
    radiating = (
        _axes(_column(electron_in, eps, p.electron_in - k, mass, -2.0 * dot(p.electron_in, k)), 0, radiated=True),
        _axes(_row(positron_in, eps, k - p.positron_in, mass, -2.0 * dot(p.positron_in, k)), 1, radiated=True),
        _axes(_row(electron, eps, p.electron + k, mass, 2.0 * dot(p.electron, k)), 2, radiated=True),
        _axes(_column(positron, eps, -p.positron - k, mass, 2.0 * dot(p.positron, k)), 3, radiated=True),
    )
    s, s_out = dot(*[p.electron_in + p.positron_in] * 2), dot(*[p.electron + p.positron] * 2)
    t_minus, t_plus = (dot(*[a - b] * 2) for a, b in ((p.electron_in, p.electron), (p.positron_in, p.positron)))
    total: ComplexArray | float = 0.0
    for leg in range(4):
        u, vbar, ubar, v = (radiating[i] if i == leg else legs[i] for i in range(4))
        annihilation = _joined(vbar, u, ubar, v, s_out if leg < 2 else s, z_exchange)
        exchange = _joined(ubar, u, vbar, v, t_plus if leg in (0, 2) else t_minus, z_exchange)
        total = total + annihilation - exchange
    amplitude = np.asarray(total)
    summed = np.sum(amplitude.real**2 + amplitude.imag**2, axis=tuple(range(amplitude.ndim - 1)))
    return np.asarray(summed * (0.25 if z_exchange else 0.5))


def polarisations(photon: FloatArray) -> FloatArray:
    """Two real transverse polarisation vectors, shape (4, 2, events)."""
    n = photon[1:] / photon[0]
    across = np.hypot(n[0], n[1])
    safe = np.where(across > 0.0, across, 1.0)
    cos, sin = np.where(across > 0.0, n[0] / safe, 1.0), n[1] / safe
    zero = np.zeros_like(across)
    return np.stack([np.stack([zero, n[2] * cos, n[2] * sin, -across]), np.stack([zero, -sin, cos, zero])], axis=1)


def _particle(p: FloatArray, mass: float) -> Spinor:
    """u of both helicities, (√(p·σ) χ, √(p·σ̄) χ)."""
    small, large, chi = _roots(p, mass)
    return np.stack([large * chi[:, 0], small * chi[:, 1]], 1), np.stack([small * chi[:, 0], large * chi[:, 1]], 1)


def _antiparticle(p: FloatArray, mass: float) -> Spinor:
    """v of both helicities, (√(p·σ) χ, -√(p·σ̄) χ)."""
    upper, lower = _particle(p, mass)
    return upper, -lower


def _roots(p: FloatArray, mass: float) -> tuple[FloatArray, FloatArray, ComplexArray]:
    """√(E - |p|), √(E + |p|) and the eigenstates of -1, +1 of σ·p, shape (2, 2, events)."""
    momentum = np.sqrt(p[1] ** 2 + p[2] ** 2 + p[3] ** 2)
    large = np.sqrt(p[0] + momentum)
    half_cos = np.sqrt(np.maximum(0.5 * (1.0 + p[3] / momentum), 0.0))
    across = np.hypot(p[1], p[2])
    phase = np.where(across > 0.0, (p[1] + 1j * p[2]) / np.where(across > 0.0, across, 1.0), 1.0)
    half_sin = phase * np.sqrt(np.maximum(0.5 * (1.0 - p[3] / momentum), 0.0))
    minus, plus = np.stack([-np.conj(half_sin), half_cos + 0j]), np.stack([half_cos + 0j, half_sin])
    return mass / large, large, np.stack([minus, plus], axis=1)


def _bar(spinor: Spinor) -> Spinor:
    """ψ̄ = ψ†γ⁰ as a row."""
    return np.conj(spinor[1]), np.conj(spinor[0])


def _axes(spinor: Spinor, leg: int, *, radiated: bool = False) -> Spinor:
    """The spinor with an axis for each helicity, so that products run over all of them."""

    def place(part: ComplexArray) -> ComplexArray:
        shape = [1, 1, 1, 1, part.shape[2] if radiated else 1]
        shape[leg] = part.shape[1]
        return part.reshape(2, *shape, part.shape[-1])

    return place(spinor[0]), place(spinor[1])


def _column(spinor: Spinor, eps: FloatArray, q: FloatArray, mass: float, denominator: FloatArray) -> Spinor:
    """(q̸ + m) ε̸ ψ over the denominator, shape (2, spins, states, events) each."""
    a, b = (part[:, :, None] for part in spinor)
    e = eps[:, None]
    upper, lower = _sigma(e, b, -1.0), _sigma(e, a, 1.0)
    q = (q / denominator)[:, None, None]
    scale = mass / denominator
    return _sigma(q, lower, -1.0) + scale * upper, _sigma(q, upper, 1.0) + scale * lower


def _row(spinor: Spinor, eps: FloatArray, q: FloatArray, mass: float, denominator: FloatArray) -> Spinor:
    """ψ̄ ε̸ (q̸ + m) over the denominator."""
    a, b = (part[:, :, None] for part in spinor)
    e = eps[:, None]
    upper, lower = _sigma_left(b, e, 1.0), _sigma_left(a, e, -1.0)
    q = (q / denominator)[:, None, None]
    scale = mass / denominator
    return _sigma_left(lower, q, 1.0) + scale * upper, _sigma_left(upper, q, -1.0) + scale * lower


def _sigma(a: FloatArray, x: ComplexArray, sign: float) -> ComplexArray:
    """(a⁰ + sign a·σ) x."""
    return np.stack(
        [
            (a[0] + sign * a[3]) * x[0] + sign * (a[1] - 1j * a[2]) * x[1],
            sign * (a[1] + 1j * a[2]) * x[0] + (a[0] - sign * a[3]) * x[1],
        ]
    )


def _sigma_left(x: ComplexArray, a: FloatArray, sign: float) -> ComplexArray:
    """x (a⁰ + sign a·σ)."""
    return np.stack(
        [
            (a[0] + sign * a[3]) * x[0] + sign * (a[1] + 1j * a[2]) * x[1],
            sign * (a[1] - 1j * a[2]) * x[0] + (a[0] - sign * a[3]) * x[1],
        ]
    )


def _joined(r: Spinor, f: Spinor, s: Spinor, w: Spinor, q2: FloatArray, z_exchange: bool) -> ComplexArray:
    """(r γ^μ f)(s γ_μ w) over q², for the photon only, or with the Z for each chirality."""
    left = _cross(r[1], s[1]) * _cross(f[0], w[0])
    right = _cross(r[0], s[0]) * _cross(f[1], w[1])
    left_right = _along(r[1], w[1]) * _along(s[0], f[0])
    right_left = _along(r[0], w[0]) * _along(s[1], f[1])
    if not z_exchange:
        return np.asarray((left + right + left_right + right_left) * (2.0 / q2))
    z = 1.0 / (q2 - _Z_MASS**2 + 1j * np.where(q2 > 0.0, _Z_MASS * _Z_WIDTH, 0.0))
    norm = np.sqrt(_SIN2 * (1.0 - _SIN2))
    g_left, g_right = (_SIN2 - 0.5) / norm, _SIN2 / norm
    mixed = left_right + right_left
    photon = (left + right + mixed) / q2
    return np.asarray(2.0 * (photon + z * (g_left**2 * left + g_right**2 * right + g_left * g_right * mixed)))


def _cross(a: ComplexArray, b: ComplexArray) -> ComplexArray:
    product: ComplexArray = a[0] * b[1] - a[1] * b[0]
    return product


def _along(a: ComplexArray, b: ComplexArray) -> ComplexArray:
    product: ComplexArray = a[0] * b[0] + a[1] * b[1]
    return product
