"""Nucleons of a nucleus along straight lines, for Glauber's theory: Woods and Saxon's density.

R = 1.12 A^(1/3) - 0.86 A^(-1/3) fm and a diffuseness of 0.54 fm, as in :mod:`vector_mesons`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from evanesce.numerics import panel_nodes
from evanesce.validation import FloatArray

__all__ = ["Matter", "woods_saxon"]

_DIFFUSENESS: Final[float] = 0.54


class Matter(NamedTuple):
    """A nucleus on a grid of impact parameters b and of z along the beam, lengths in fm."""

    b: FloatArray
    """Impact parameters, shape (b,)."""
    b_weight: FloatArray
    """Weights of b, with 2πb."""
    z: FloatArray
    """Shape (z,)."""
    strip: FloatArray
    """Nucleons in every step of z in fm⁻², shape (b, z)."""
    behind: FloatArray
    """Those behind the middle of the step, T_z."""


def woods_saxon(mass_number: int) -> Matter:
    """The density, with integral A."""
    radius = 1.12 * mass_number ** (1.0 / 3.0) - 0.86 * mass_number ** (-1.0 / 3.0)
    last = radius + 12.0 * _DIFFUSENESS
    nodes, weights = panel_nodes(np.linspace(0.0, last, 5), 8)
    b, b_weight = nodes.ravel(), 2.0 * np.pi * nodes.ravel() * weights.ravel()
    z = np.linspace(-last, last, 241)
    z_weight = np.full(len(z), z[1] - z[0])
    r = np.hypot(b[:, None], z)
    density = 1.0 / (1.0 + np.exp((r - radius) / _DIFFUSENESS))
    density *= mass_number / np.sum(b_weight[:, None] * z_weight * density)
    strip = density * z_weight
    behind = np.cumsum(strip[:, ::-1], axis=1)[:, ::-1] - 0.5 * strip
    return Matter(b, b_weight, z, strip, behind)
