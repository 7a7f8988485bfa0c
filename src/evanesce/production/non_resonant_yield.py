r"""Yield of non-resonant e⁺e⁻ → γM: positron tracks times the cross section that passes the selection.

N = n_e X0 ∫dE n(E) ∫dl F(l) e^(-l) ∫dω dσ/dω A(E, E_M/E) per ε², E' = E e^(-l), E_M = E' + m_e - ω: the photon is
visible energy. For a sharp cut the ω integral is elementary; a smeared cut is a mixture of sharp ones. Electrons are
at rest: their motion shifts s by some per cent, which is only important close to the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.materials import Material
from evanesce.mediators import Mediator, Vertex, vertex_of
from evanesce.numerics import Estimate, distances, panel_nodes
from evanesce.production.annihilation import collision_s
from evanesce.production.non_resonant import accepted_cross_section, least_photon, resonance_energy, threshold_energy
from evanesce.showers import Kernel
from evanesce.sources import Source, corners
from evanesce.tracklength import Acceptance
from evanesce.tracklength.acceptance import least_fraction
from evanesce.tracklength.panels import kernel_nodes, smallest_fraction, smooth_pieces
from evanesce.validation import FloatArray, positive

__all__ = ["non_resonant_yield", "sharp_cuts"]

_ORDERS: Final[tuple[int, int]] = (12, 8)
"""Nodes per panel in E and in l, and of the check."""
_SMEAR_ORDER: Final[int] = 5
"""Number of sharp cuts per piece of a smeared one."""
_CLOSEST: Final[float] = 1e-10
"""Grading ends at this relative distance above the threshold, where the track length behaves as 1/ln(1/δ)."""
_STEP: Final[float] = 1e-5
"""Step of the numerical derivative of the acceptance, relative to the width of its piece."""


def non_resonant_yield(
    source: Source,
    kernel: Kernel,
    material: Material,
    mediator: Mediator,
    mass: FloatArray,
    *,
    acceptance: Acceptance,
    photon_cut: float = 1e-3,
    v_max: float = 1.0,
) -> Estimate:
    """Events at ε = 1 for masses in GeV, shape (masses,), and the error estimate.

    The photon has more than ``photon_cut`` GeV and more than the width Γ in the centre of mass; softer photons are
    part of the resonance. ``kernel`` is that of all positrons. The mediator's parameters broadcast against (masses, 1).

    Raises
    ------
    InvalidValueError
        A cut that is not positive, a mediator without ``vertex``, or a selection that the kernel does not cover.

    """
    positive("photon_cut", photon_cut)
    vertex = vertex_of(mediator)
    least_fraction(acceptance, corners(source), smallest_fraction(kernel))
    column = mass[:, None]
    cut = np.maximum(photon_cut, np.broadcast_to(mediator.width(column), column.shape)[:, 0])
    tracks = _Tracks(source, kernel, acceptance, -float(np.log(v_max)))
    fine, coarse = (
        np.array([tracks.rate(vertex, float(m), float(c), order) for m, c in zip(mass, cut, strict=True)])
        for order in _ORDERS
    )
    scale = material.electron_density * material.radiation_length
    return Estimate(scale * fine, scale * (np.abs(fine - coarse) + (kernel.error + 1e-9) * fine))


@dataclass(frozen=True, slots=True)
class _Tracks:
    source: Source
    kernel: Kernel
    acceptance: Acceptance
    shortest: float

    def rate(self, vertex: Vertex, mass: float, cut: float, order: int) -> float:
        """∫dE n(E) ∫dl F e^(-l) σ in X0·cm², with ``order`` nodes per panel."""
        energy, number = self._incident(mass, cut, order)
        opened = energy * np.exp(-self.shortest) > threshold_energy(np.asarray(mass), np.asarray(cut))
        energy, number = energy[opened], number[opened]
        if not energy.size:
            return 0.0
        fractions, weights = sharp_cuts(self.acceptance, energy)
        parts = [
            np.sum(number * weight * self._one(vertex, mass, cut, energy, fraction * energy, order))
            for fraction, weight in zip(fractions, weights, strict=True)
        ]
        return float(np.sum(parts))

    def _incident(self, mass: float, cut: float, order: int) -> tuple[FloatArray, FloatArray]:
        """Incident energies, and their weights as numbers of tracks."""
        energies = [np.array([line for line, _ in self.source.lines])]
        numbers = [np.array([number for _, number in self.source.lines])]
        pieces = np.array(smooth_pieces(self.source))
        if len(pieces):
            edges = self._energy_edges(pieces, mass, cut)
            nodes, weights = panel_nodes(edges, order)
            nodes = np.clip(nodes, pieces[0], pieces[-1])
            energies.append(nodes.ravel())
            numbers.append((weights * self.source.spectrum(nodes)).ravel())
        return np.concatenate(energies), np.concatenate(numbers)

    def _energy_edges(self, pieces: FloatArray, mass: float, cut: float) -> FloatArray:
        """Pieces of the source, graded towards the energies at which the threshold and the cut enter."""
        threshold = float(threshold_energy(np.asarray(mass), np.asarray(cut)))
        resonance = float(resonance_energy(np.asarray(mass)))
        begin = threshold * np.exp(self.shortest)
        centres = [(begin, _CLOSEST * begin)]
        middle = float(np.sqrt(pieces[0] * pieces[-1]))
        for fraction in sharp_cuts(self.acceptance, np.array([middle]))[0][:, 0]:
            centres += [(at / fraction, 0.1 * ELECTRON_MASS) for at in (resonance, threshold)]
        edges = [pieces]
        for centre, closest in centres:
            if pieces[0] < centre < pieces[-1]:
                reach = np.append(0.0, distances(closest, pieces[-1] - pieces[0]))
                edges += [centre - reach, centre + reach]
        merged = np.unique(np.concatenate(edges))
        inside: FloatArray = merged[(merged >= pieces[0]) & (merged <= pieces[-1])]
        return inside

    def _one(
        self, vertex: Vertex, mass: float, cut: float, energy: FloatArray, least: FloatArray, order: int
    ) -> FloatArray:
        """∫dl F e^(-l) σ(E_M > ``least``) for every incident energy, shape (energies,)."""
        threshold = threshold_energy(np.asarray(mass), np.asarray(cut))
        lowest = np.maximum(threshold, _lowest_positron(mass, least))
        begin = np.full_like(energy, self.shortest)
        end = np.maximum(begin, np.log(energy / lowest))
        # σ varies on the scale of the softest photon at the cut, and of the distance to the pole at s = m²
        pole = float((threshold - resonance_energy(np.asarray(mass))) / threshold)
        scale = min(0.25 * ELECTRON_MASS / float(energy.max()), 0.5 * pole)
        depth = max(2, int(np.ceil(np.log(max(float((end - begin).max()), 1e-300) / scale) / np.log(4.0))) + 1)
        shares = np.append(4.0 ** -np.arange(float(depth)), 0.0)
        stops = end - (end - begin) * shares[:, None]
        total = np.zeros_like(energy)
        for lower, upper in pairwise(stops):
            nodes = kernel_nodes(self.kernel, lower, upper, order)
            incident = energy[nodes.row, None]
            g = self.kernel.on_panel(nodes.panel[:, None], nodes.y, incident)
            positron = np.maximum(incident * np.exp(-nodes.lethargy), lowest[nodes.row, None])
            sigma = accepted_cross_section(
                vertex, energy=positron, mass=np.asarray(mass), least_energy=least[nodes.row, None]
            )
            terms = np.sum(nodes.measure * np.exp(-nodes.lethargy) * g * sigma, axis=1)
            total += np.bincount(nodes.row, terms, minlength=len(energy))
        return total


def _lowest_positron(mass: float, least: FloatArray) -> FloatArray:
    """Smallest E' at which the mediator can have the energy ``least``, E' + m_e - ω for the softest photon."""
    start = np.maximum(least - ELECTRON_MASS, 1.001 * ELECTRON_MASS)
    positron = start
    for _ in range(8):  # a contraction by about m_e/E'
        sigma = 2.0 * ELECTRON_MASS * (positron - resonance_energy(np.asarray(mass)))
        photon = least_photon(collision_s(positron), np.maximum(sigma, 0.0)) / (2.0 * ELECTRON_MASS)
        positron = np.maximum(start, least - ELECTRON_MASS + photon)
    return positron


def sharp_cuts(acceptance: Acceptance, energy: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fractions E_M/E and weights, shape (cuts, energies): A(a) is the sum of the weights of fractions below a."""
    bounds = acceptance.transition(energy)
    if len(bounds) == 1:
        return bounds, np.ones_like(bounds)
    nodes, measure = panel_nodes(bounds.T, _SMEAR_ORDER)
    step = _STEP * np.diff(bounds.T, axis=1)[..., None]
    at = energy[:, None, None]
    rise = acceptance.probability(at, nodes + step) - acceptance.probability(at, nodes - step)
    slope = np.divide(rise, 2.0 * step, out=np.zeros_like(rise), where=step > 0)
    shape = (len(energy), -1)
    return nodes.reshape(shape).T, (measure * slope).reshape(shape).T
