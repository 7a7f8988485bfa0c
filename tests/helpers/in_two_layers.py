"""The beam particle in the second of two layers, from one slab each: flux behind the first, then track length.

A check of layers that shares with them only the cascade in one slab.
"""

import numpy as np

from evanesce.numerics import endpoint_to_log, gauss_legendre, legendre_values, panel_nodes
from evanesce.showers import ShowerSetup, bin_averages
from evanesce.showers.cascade import Cascade

__all__ = ["beam_in_second"]

THIN = 1e-4
"""Thickness in X0 in which the track length is the flux times the thickness, to 1e-4 · b₁ ln(1/(1 - v))."""
PIECES, NODES, ENERGIES = 6, 20, 3


def flux(material, thickness, energy):
    """Energies as fractions, and numbers of beam particles behind a layer at quadrature nodes."""
    slab = slab_of(material, thickness, thickness + THIN, energy, energy)
    kernel = Cascade().track_length(slab).primary
    fine = np.unique(np.linspace(kernel.edges[:-1], kernel.edges[1:], PIECES + 1))
    y, weights = panel_nodes(fine, NODES)
    panel = np.clip(np.searchsorted(kernel.edges, y, side="right") - 1, 0, len(kernel.edges) - 2)
    lethargy = endpoint_to_log(y)
    v = np.exp(-lethargy)
    number = weights * kernel.on_panel(panel, y, np.array(energy)) / THIN * (1.0 + lethargy) * v
    return v.ravel(), number.ravel()


def beam_in_second(first, second, energy, edges):
    """Bin averages of the track length of the beam particle in X0 of ``second``; each is (material, thickness)."""
    v, number = flux(*first, energy)
    used = (v > edges[0]) & (np.abs(number) > 1e-14)
    v, number = v[used], number[used]
    lowest = energy * edges[0]
    kernel = Cascade().track_length(slab_of(second[0], 0.0, second[1], lowest, energy)).primary
    # track length below u = v'/v, at a few energies of the particle that enters the second layer
    u = np.append(np.exp(-np.geomspace(1.001 * -np.log(edges[0]), 1e-9, 700)), 1.0)
    nodes, _ = gauss_legendre(ENERGIES)
    at = np.exp(0.5 * np.log(lowest * energy) + 0.5 * np.log(energy / lowest) * nodes)
    below = [np.append(0.0, np.cumsum(bin_averages(kernel, u, energy=e) * np.diff(u))) for e in at.tolist()]
    local = 2.0 * np.log(v * energy / lowest) / np.log(energy / lowest) - 1.0
    shares = np.linalg.solve(legendre_values(ENERGIES, nodes), legendre_values(ENERGIES, local))
    # interpolated in ln(1/u), in which the tabulated points are dense everywhere
    log = np.log(-np.log(np.minimum(edges / v[:, None], 1.0 - 1e-13)))
    known = np.log(-np.log(np.minimum(u, 1.0 - 1e-13)))
    total = sum(share[:, None] * np.interp(-log, -known, table) for share, table in zip(shares, below, strict=True))
    return number @ np.diff(total, axis=1) / np.diff(edges)


def slab_of(material, start, stop, energy_min, energy_max):
    return ShowerSetup(
        incident="e+", material=material, start=start, stop=stop, energy_min=energy_min, energy_max=energy_max
    )
