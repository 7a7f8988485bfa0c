"""Momentum density of electrons close to a nucleus: Dirac's hydrogenic states at high momentum, in closed form.

Momenta far above Z/n atomic units come from distances at which an electron sees the bare nucleus, and all states
of one κ have the same momentum density up to a factor. So the lowest hydrogenic state of a given κ continues a
tabulated profile beyond its end. The states are those of
H. A. Bethe and E. E. Salpeter, Quantum Mechanics of One- and Two-Electron Atoms (1957), sections 8 and 14.
Energies and momenta are in units of m_e here, c = ħ = 1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from evanesce.constants import ALPHA
from evanesce.numerics import panel_nodes
from evanesce.validation import FloatArray

__all__ = ["momentum_density", "profile_beyond"]

_REACH = 1e4
"""Integrals over momentum end at this multiple of the largest requested momentum."""
_RATIO = 1.3
_ORDER = 10


class _State(NamedTuple):
    """Radial functions r^γ e^{-λr} (a₀ + a₁ r) of both components; not normalised."""

    gamma: float
    decay: float
    large: tuple[float, float]
    small: tuple[float, float]


def momentum_density(Z: int, kappa: int, excited: bool, momentum: FloatArray) -> FloatArray:
    """n(p) p² per unit of p, in arbitrary units, of the hydrogenic state with n = |κ|, or |κ| + 1 if ``excited``.

    |φ_l(p)|² + |φ_l'(p)|² of the Dirac spinor, l and l' the orbital angular momenta of its large and small
    component: ∫ r P(r) j_l(pr) dr is a finite sum of (λ - ip)^-s. For Z α → 0 and κ = -1 it tends to
    p²/(p² + Z²α²)⁴. States with κ > 0 exist from n = κ + 1. Accurate for p of order Zα/n and above.
    """
    state = _state(Z, kappa, excited or kappa > 0)
    large_l = kappa if kappa > 0 else -kappa - 1
    small_l = kappa - 1 if kappa > 0 else -kappa
    large = _transform(state.gamma, state.decay, state.large, large_l, momentum)
    small = _transform(state.gamma, state.decay, state.small, small_l, momentum)
    density: FloatArray = momentum**2 * (large**2 + small**2)
    return density


def profile_beyond(Z: int, kappa: int, excited: bool, momentum: FloatArray) -> FloatArray:
    """J(p) ∝ ∫_p^∞ n(p') p' dp' of that state at ascending ``momentum`` (1-D), divided by its first value.

    For κ = -1 and Z α → 0 it falls as (p² + Z²α²)^-3.
    """
    top = momentum[-1] * _REACH
    steps = math.ceil(math.log(_REACH) / math.log(_RATIO))
    edges = np.append(momentum, np.geomspace(momentum[-1], top, steps + 1)[1:])
    log_p, weights = panel_nodes(np.log(edges), _ORDER)
    pieces = np.sum(weights * momentum_density(Z, kappa, excited, np.exp(log_p)), axis=1)
    integral = np.cumsum(pieces[::-1])[::-1][: len(momentum)]
    ratio: FloatArray = integral / integral[0]
    return ratio


def _state(Z: int, kappa: int, excited: bool) -> _State:
    """Solve P' + κP/r = (1 + E + Zα/r) Q, Q' - κQ/r = (1 - E - Zα/r) P, power by power."""
    strength = Z * ALPHA
    g = math.sqrt(kappa**2 - strength**2)
    energy = 1.0 / math.hypot(1.0, strength / (g + (1.0 if excited else 0.0)))
    decay = math.sqrt(1.0 - energy**2)
    q0 = (g + kappa) / strength
    if not excited:
        return _State(g, decay, (1.0, 0.0), (q0, 0.0))
    p1 = (decay + (1.0 + energy) * q0) / (g + 1.0 + kappa + strength * decay / (1.0 + energy))
    return _State(g, decay, (1.0, p1), (q0, -decay * p1 / (1.0 + energy)))


def _transform(g: float, decay: float, terms: tuple[float, float], l: int, p: FloatArray) -> FloatArray:  # noqa: E741
    """∫ r j_l(pr) r^γ e^{-λr} (a₀ + a₁ r) dr, with j_l as a finite sum of e^{ix} x^-(k+1)."""
    from scipy.special import gamma  # imported here so that limits with tables on disk do not load scipy

    total = np.zeros_like(p)
    pole = decay - 1j * p
    for k in range(l + 1):
        factor = math.factorial(l + k) / (math.factorial(k) * math.factorial(l - k)) * (-1j) ** (l + 1)
        for power, term in enumerate(terms):
            if term:
                s = g + 1.0 + power - k
                total += (term * factor * (0.5j / p) ** k * gamma(s) * pole**-s / p).real
    return total
