r"""The Boltzmann equation of freeze-out, for many masses at once.

P. Gondolo and G. Gelmini, Nucl. Phys. B360 (1991) 145, section 2, with Y the number of all dark-matter particles over
the entropy and L = ln x = ln(m_χ/T):

.. math:: \frac{dY}{dL} = -Λ(L)\,(Y^2 - Y_{eq}^2), \qquad
          Λ = \sqrt{\frac{π}{45}}\,M_P\,m_χ\,\frac{\sqrt{g_*}}{x}\,⟨σ_{eff}v⟩, \qquad
          Y_{eq} = \frac{45\,g}{4π^4\,g_s}\,x^2 K_2(x).

The equation is stiff while Y follows Y_eq. We integrate it with an L-stable implicit Runge-Kutta method of third order
(R. Alexander, SIAM J. Numer. Anal. 14 (1977) 1006), whose stages are quadratic equations here, solved in closed form.
Once Y_eq is negligible, 1/Y grows by ∫Λ dL, which Gauss-Legendre panels give down to x = 10⁶. Beyond, nothing is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import kve

from evanesce.constants import ELECTRON_MASS, PLANCK_MASS
from evanesce.numerics import legendre_values, panel_nodes
from evanesce.numerics.legendre import analysis_matrix
from evanesce.targets.plasma import CRITICAL_DENSITY, ENTROPY_TODAY, plasma
from evanesce.validation import FloatArray

__all__ = ["EARLY", "LATE", "Cosmos", "relic_density"]

_START, _SPLIT, _END = np.log([5.0, 80.0, 1e6]).tolist()
_EARLY_EDGES: Final[FloatArray] = np.linspace(_START, _SPLIT, 17)
_LATE_EDGES: Final[FloatArray] = np.linspace(_SPLIT, _END, 25)
EARLY: Final[FloatArray] = np.exp(panel_nodes(_EARLY_EDGES, 8)[0])
"""x of the panels in which the equation is solved: freeze-out is at x of 10 to 30."""
LATE: Final[FloatArray] = np.exp(panel_nodes(_LATE_EDGES, 8)[0])
"""x of the panels after it."""
_STEPS: Final[int] = 300
_NOTHING: Final[float] = 1e-200
_GAMMA: Final[float] = 0.435866521508459
"""Root of γ³ - 3γ² + 3γ/2 - 1/6: the method is L-stable and of third order."""
_MIDDLE: Final[float] = 0.5 * (1.0 + _GAMMA)
_FIRST: Final[float] = -0.25 * (6.0 * _GAMMA**2 - 16.0 * _GAMMA + 1.0)
_SECOND: Final[float] = 0.25 * (6.0 * _GAMMA**2 - 20.0 * _GAMMA + 5.0)


@dataclass(frozen=True, slots=True, eq=False)
class Cosmos:
    """What does not depend on the coupling, for dark matter of masses in GeV, shape (masses,)."""

    dark_mass: FloatArray
    states: int
    """Spin states of particle and antiparticle."""
    rate: FloatArray
    """⟨σ_eff v⟩ in GeV⁻² at ε = 1 and x of :data:`EARLY` and :data:`LATE`, shape (masses, panels, 8)."""
    raised: float = 0.0
    """√g* is raised by so many of its uncertainties."""


def relic_density(cosmos: Cosmos, epsilon: FloatArray, *, steps: int = _STEPS) -> FloatArray:
    """Ω h² for couplings ε, shape (masses,)."""
    x = np.concatenate([EARLY, LATE])
    temperature = cosmos.dark_mass[:, None, None] / x
    root = plasma().root_g_star(temperature) * (1.0 + cosmos.raised * plasma().spread(temperature))
    scale = np.sqrt(np.pi / 45.0) * PLANCK_MASS * cosmos.dark_mass * epsilon**2
    strength = scale[:, None, None] * cosmos.rate * root / x
    early, late = strength[:, : len(EARLY)], strength[:, len(EARLY) :]
    left = _solve(cosmos, early, steps)
    _, weights = panel_nodes(_LATE_EDGES, LATE.shape[1])
    today = left / (1.0 + left * np.sum(late * weights, axis=(1, 2)))
    density: FloatArray = cosmos.dark_mass * today * (ENTROPY_TODAY / CRITICAL_DENSITY)
    return density


def equilibrium(dark_mass: FloatArray, states: int, x: FloatArray) -> FloatArray:
    """Y_eq of all particles, Maxwell-Boltzmann statistics; masses in GeV, shapes broadcast."""
    entropy = plasma().g_entropy(dark_mass / x)
    return np.asarray(45.0 * states / (4.0 * np.pi**4) * x**2 * kve(2, x) * np.exp(-x) / entropy)


def _solve(cosmos: Cosmos, strength: FloatArray, steps: int) -> FloatArray:
    """Y at the end of the early panels."""
    step = (_SPLIT - _START) / steps
    at = _START + step * (np.arange(steps)[:, None] + np.array([_GAMMA, _MIDDLE, 1.0]))
    # lighter than the electron: the rate falls as e^(-2(m_e - m_χ)/T), which no polynomial follows
    fall = np.maximum(2.0 * (ELECTRON_MASS / cosmos.dark_mass - 1.0), 0.0)
    smooth = _interpolated(strength * np.exp(fall[:, None, None] * EARLY), at)
    rate = smooth * np.exp(-fall * np.exp(at)[..., None]) * (step * _GAMMA)
    source = equilibrium(cosmos.dark_mass, cosmos.states, np.exp(at)[..., None]) ** 2
    y = equilibrium(cosmos.dark_mass, cosmos.states, np.asarray(np.exp(_START)))
    for c, q in zip(rate, source, strict=True):
        first = _stage(y, c[0], q[0])
        slope1 = (first - y) / _GAMMA
        base = y + (_MIDDLE - _GAMMA) * slope1
        second = _stage(base, c[1], q[1])
        slope2 = (second - base) / _GAMMA
        y = _stage(y + _FIRST * slope1 + _SECOND * slope2, c[2], q[2])
    return y


def _stage(known: FloatArray, c: FloatArray, source: FloatArray) -> FloatArray:
    """Y of Y = known - c (Y² - Y_eq²), without cancellation."""
    # a stage may undershoot zero where Y_eq falls within a step
    total = np.maximum(known + c * source, _NOTHING)
    y: FloatArray = 2.0 * total / (1.0 + np.sqrt(1.0 + 4.0 * c * total))
    return y


def _interpolated(values: FloatArray, at: FloatArray) -> FloatArray:
    """Series through values (masses, panels, n) at ln x of :data:`EARLY`, shape (*at, masses)."""
    panels, order = values.shape[1:]
    panel = np.clip(np.searchsorted(_EARLY_EDGES, at, side="right") - 1, 0, panels - 1)
    local = 2.0 * (at - _EARLY_EDGES[panel]) / (_EARLY_EDGES[1] - _EARLY_EDGES[0]) - 1.0
    series = values @ analysis_matrix(order).T
    basis = legendre_values(order, local)
    return np.asarray(np.einsum("mabn,nab->abm", series[:, panel], basis))
