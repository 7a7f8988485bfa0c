"""Exact d²σ/dE_k dcosθ: a fixed angle means a fixed u, so that only the integral over t remains."""

from __future__ import annotations

from typing import Final

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.mediators import Vertex
from evanesce.numerics import Estimate, gauss_integral, panel_nodes
from evanesce.production.amplitudes import amplitude_average
from evanesce.production.kinematics import Emission, invariants, largest_t, smallest_t
from evanesce.production.scatterers import Scatterer
from evanesce.validation import FloatArray

__all__ = ["angular_spectrum"]

_ORDER: Final[int] = 16
_STEPS: Final[FloatArray] = np.concatenate([[0.0], 3.0 ** np.arange(-1.0, 20.0)])
"""Panel edges on either side of the peak in ln t, in units of its width."""
_WIDEST: Final[float] = 4.0
"""Widest panel in ln t: the poles of the form factors lie at distance π from the real axis."""


def angular_spectrum(vertex: Vertex, target: Scatterer, emission: Emission, angle: FloatArray) -> Estimate:
    """d²σ/dE_k dcosθ in GeV⁻³ times the weights of the target; all arrays have the same shape.

    = α³ (k/(p V)) ∫ dt G₂(t)/t² ⟨A⟩/8M², arXiv:1609.06781 Eq. (5), at u = u_min + 4 p k sin²(θ/2).
    """
    shape = emission.energy.shape
    e = Emission(*(np.ravel(field) for field in emission))
    u = e.forward + 4.0 * e.momenta * np.sin(0.5 * np.ravel(angle)) ** 2
    low = np.maximum(smallest_t(e, u), target.window[0])
    high = np.minimum(largest_t(e, u), np.maximum(target.window[1], 300.0 * low))
    possible = np.flatnonzero((e.radiated > e.mass) & (e.left > ELECTRON_MASS) & (low < high))
    value, error = np.zeros(e.energy.size), np.zeros(e.energy.size)
    for row in possible:
        one = Emission(*(field[row] for field in e))
        integral = _over_t(vertex, target, one, u[row], float(low[row]), float(high[row]))
        value[row], error[row] = integral
    return Estimate(value.reshape(shape), error.reshape(shape))


def _over_t(
    vertex: Vertex, target: Scatterer, e: Emission, u: FloatArray, low: float, high: float
) -> tuple[float, float]:
    # the final electron along the mediator: t = u E/E_k, of relative width 2 (u_min/u)^(1/2)
    peak, width = np.log(u * e.energy / e.radiated), 2.0 * np.sqrt(e.forward / u)
    steps = np.unique(np.concatenate([-_STEPS, _STEPS])) * width
    edges = np.concatenate([peak + steps, np.arange(np.log(low), np.log(high), _WIDEST), np.log([low, high])])
    edges = np.unique(np.clip(edges, np.log(low), np.log(high)))
    t = np.exp(panel_nodes(edges, _ORDER)[0])
    amplitude = amplitude_average(vertex, invariants(e, u, t))
    panel = gauss_integral(np.maximum(amplitude, 0.0) * target(t) / t)
    mediator = np.sqrt((e.radiated - e.mass) * (e.radiated + e.mass))
    electron = np.sqrt((e.energy - ELECTRON_MASS) * (e.energy + ELECTRON_MASS))
    scale = 0.5 * ALPHA**3 * mediator / (electron * np.sqrt(e.left2 + u)) * np.diff(edges)
    return float(panel.value @ scale), float(panel.error @ scale)
