r"""The source-folded density D_n(x) for bremsstrahlung, independent of the mediator.

Eq. (4.5) with dσ/dx = α³ φ(E') P(x) integrates n(E) F(l) e^(-l) φ(E') P(x) over E, l = ln(E/E') and
x = E_A'/E'. The photon flux φ varies slowly with E'. Expanded in Legendre polynomials of ln E',
φ = Σ c_n P_n, the yield becomes Σ_n c_n ∫ dx P(x) D_n(x), where
D_n(x) = ∫ dl F(l) e^(-l) ∫ dE n(E) P_n(ln E'), computed once for an experiment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.numerics import distances, gauss_legendre, panel_nodes
from evanesce.showers import Kernel
from evanesce.sources import Source, corners, energies
from evanesce.tracklength.acceptance import Acceptance, as_acceptance, common_transition, least_fraction
from evanesce.tracklength.panels import smallest_fraction
from evanesce.tracklength.radiation_fold import RadiationFold
from evanesce.validation import FloatArray

__all__ = ["FoldedRadiation", "fold_radiation"]

_ORDER: Final[int] = 12
"""Nodes per panel in x."""
_CHECKED: Final[int] = 4
"""Number of polynomials in the error estimate; higher ones contribute little to the flux."""
_CHECK: Final[int] = 10
"""Nodes per panel of the kernel, and reduction of the nodes in E by two, for the error estimate."""
_CLOSEST: Final[float] = 1e-12
"""Smallest 1 - x that is resolved; the splitting function varies at (m_e/m)²."""


_ENDPOINT: Final[float] = 1e-10
"""Grading where D_n behaves as 1/ln(1/δ)."""
_BEND: Final[float] = 1e-4
"""Grading where it behaves as δ/ln(1/δ)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoldedRadiation:
    """D_n(x) at the nodes of panels in x."""

    x: FloatArray
    """Nodes in x = E_A'/E', shape (panels, order)."""
    weights: FloatArray
    """Quadrature weights, shape (panels, order)."""
    values: FloatArray
    """D_n, X0 times number of tracks, shape (panels, order, n)."""
    energies: FloatArray
    """Energies E' in GeV of the Gauss nodes in ln E' at which the flux is needed, shape (n,)."""
    error: float
    """Estimate of the relative error of D_n."""


def fold_radiation(
    source: Source,
    kernel: Kernel,
    *,
    acceptance: Acceptance | None = None,
    missing_fraction: float | None = None,
    v_max: float = 1.0,
    minimum_energy: float = 0.0,
) -> FoldedRadiation | None:
    """Fold a kernel with the spectrum of a source, and with the selection on E_A', for Eq. (4.5).

    Give either an ``acceptance`` or the ``missing_fraction`` of a sharp one: the limits as printed, E_A' from
    max(``missing_fraction``·E, ``minimum_energy``) to E - m_e and E' from E_A' to ``v_max``·E, so that x
    reaches 1 (docs/physics.md). None if these limits leave no phase space, or none that the acceptance lets through.
    """
    selection = as_acceptance(acceptance, missing_fraction)
    first, last = energies(source)
    shortest = -np.log(v_max)
    least = least_fraction(selection, corners(source), smallest_fraction(kernel))
    x_min = max(least, minimum_energy / last) / v_max
    if not x_min < 1.0 or minimum_energy >= last - ELECTRON_MASS:
        return None
    span = np.log(np.array([max(least * first, minimum_energy, 1e-6 * first), last]))
    # the flux varies at most as a few powers of E': terms for 1e-9, more for a wider range
    terms = int(np.ceil(9.0 + 8.0 * (span[1] - span[0])))
    t, _ = gauss_legendre(terms)
    nodes = np.exp(0.5 * (span[1] - span[0]) * t + 0.5 * (span[0] + span[1]))
    x, weights = panel_nodes(_x_edges(source, selection, minimum_energy, v_max), _ORDER)
    fold = RadiationFold(source, kernel, selection, minimum_energy, shortest, span, terms)
    flat = x.ravel()
    values = fold(flat)
    if not values.any():  # an efficiency that is zero above the cut
        return None
    coarse = fold(flat[::7], _CHECK)
    error = kernel.error + float(np.abs(coarse - values[::7])[:, :_CHECKED].max() / np.abs(values[:, 0]).max())
    return FoldedRadiation(x=x, weights=weights, values=values.reshape(*x.shape, terms), energies=nodes, error=error)


def _x_edges(source: Source, acceptance: Acceptance, minimum_energy: float, v_max: float) -> FloatArray:
    """Edges in x, graded towards every point where D_n is not smooth or P has a peak.

    P has its peak at x = 1. The endpoint l = 0 enters the integral at the smallest x, and leaves it at
    x = 1 - m_e/E, where E_A' = E - m_e: one point for a line, one at each end of a continuum. A minimum
    energy adds x = minimum/E. With a smeared acceptance the endpoint enters smoothly.
    """
    lines = [energy for energy, _ in source.lines]
    ends = [source.edges[0], source.edges[-1]] if source.edges else []
    fractions = common_transition(acceptance, min(ends + lines), max(ends + lines))
    hard = minimum_energy / max(ends + lines)
    least = max(fractions[0], hard)
    # the endpoint enters at a point for a sharp cut or the minimum energy, over the width for a smeared cut
    width = (fractions[-1] - fractions[0]) / (1.0 - least)
    bends = [(least, _ENDPOINT if width == 0.0 or hard >= fractions[0] else min(width, 1.0))]
    bends += [((1.0 - ELECTRON_MASS / energy) / v_max, _ENDPOINT) for energy in lines]
    bends += [((1.0 - ELECTRON_MASS / energy) / v_max, _BEND) for energy in ends]
    bends += [(minimum_energy / energy / v_max, _BEND) for energy in ends + lines if minimum_energy > 0]
    widest = 1.0 - least / v_max
    below_one = [np.array([0.0, widest]), distances(min(_CLOSEST, 0.1 * widest), widest)]
    below_one += [1.0 - fractions[1:] / v_max]
    for x, closest in bends:
        bend = 1.0 - x
        if bend > 0.0:
            scale = min(bend, max(widest, 1.0 - least))
            reach = np.append(distances(closest * scale, scale), 0.0)
            below_one += [bend - reach, bend + reach]
    edges = np.unique(np.concatenate(below_one))
    edges = edges[(edges >= 0.0) & (edges <= widest)]
    return 1.0 - _without_slivers(edges)[::-1]


def _without_slivers(edges: FloatArray) -> FloatArray:
    """Drop edges from two gradings that almost coincide."""
    gaps = np.diff(edges)
    keep = np.ones(len(edges), dtype=bool)
    keep[1:-1] = gaps[:-1] > 1e-14
    return edges[keep]
