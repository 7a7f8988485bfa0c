r"""The distribution of one component of a bound electron's momentum, from Dirac's orbitals.

f(p_z) = (1/2π) ∫ d²b Σ |∫ dz e^{-ip_z z} ψ|², the sum over the four components of ψ and the mean over the projections
of j: the Compton profile of one electron of a full subshell, ∫ f dp_z = 1. It is the light-cone distribution of
:mod:`~evanesce.materials.orbitals.wilson` without the positron: no phase, and the density ψ†ψ in place of ψ†(1 - α_z)ψ.
Momenta of a full subshell are isotropic, so that f determines their density. Units of m_e, ħ = c = 1.
"""

from __future__ import annotations

import math

import numpy as np

from evanesce.materials.orbitals.dirac import RadialState
from evanesce.materials.orbitals.wilson import Paths
from evanesce.validation import FloatArray

__all__ = ["momentum_distribution"]


def momentum_distribution(paths: Paths, state: RadialState, kappa: int, momentum: FloatArray) -> FloatArray:
    """Return f in 1/m_e at p_z = ``momentum``, 1-D."""
    inside, cosine, sine = paths.oscillation(state, momentum)
    large, small = paths.radial(state.large, kappa, inside), paths.radial(state.small, kappa, inside)
    area = paths.impact[1][: inside[0]]
    total = np.zeros_like(momentum)
    for even, upper, lower in paths.angular(kappa, inside):
        one, other = (cosine, sine) if even else (sine, cosine)  # the small component has the other parity in z
        total += area @ (np.square(2.0 * (large * upper) @ one) + np.square(2.0 * (small * lower) @ other))
    return np.asarray(total * 2.0 / (2.0 * math.pi * 2.0 * abs(kappa)))
