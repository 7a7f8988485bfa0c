"""The atomic electron struck by a positron, for the generation of events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.materials.compton import ElectronShell
from evanesce.validation import FloatArray

__all__ = ["sample_electrons"]


def sample_electrons(
    rng: np.random.Generator,
    shells: Sequence[ElectronShell],
    energy: FloatArray,
    s: FloatArray,
    *,
    binding: bool = True,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Electrons struck in collisions of given positron ``energy`` (GeV) and ``s`` (GeV²), shape (events,).

    Returns their energy m_e - B, p_z along the positron and transverse momentum in GeV. p_z follows from s and
    the shell, which is drawn from n f(p_z) (1 - p_z/m_e); |p| given p_z is drawn from the isotropic
    distribution behind f. The mediator has the energy E' + m_e - B.
    """
    q = (s - 2.0 * ELECTRON_MASS**2) / (2.0 * energy)
    cost = np.array([shell.binding if binding else 0.0 for shell in shells])
    momentum = ELECTRON_MASS - cost[:, None] - q
    weight = np.stack([shell.density * shell.profile(p) for shell, p in zip(shells, momentum, strict=True)])
    weight *= np.maximum(1.0 - momentum / ELECTRON_MASS, 0.0)
    cumulative = np.cumsum(weight, axis=0)
    drawn = np.argmax(cumulative >= rng.random(len(q)) * cumulative[-1], axis=0)
    p_z = momentum[drawn, np.arange(len(q))]
    magnitude = np.abs(p_z)
    for index in np.unique(drawn):
        here = drawn == index
        magnitude[here] = shells[index].profile.sample_magnitude(rng, p_z[here])
    transverse = np.sqrt(np.maximum(magnitude**2 - p_z**2, 0.0))
    return ELECTRON_MASS - cost[drawn], p_z, transverse
