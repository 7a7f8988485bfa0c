"""The coupled equations of electrons, positrons and photons as matrices on elements in l = ln(E₀/E)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.interactions import collisions as hit
from evanesce.interactions.medium import Medium
from evanesce.particles import Incident, Particle
from evanesce.showers.cascade.elements import Elements, Rate
from evanesce.showers.cascade.tables import RadiationTables
from evanesce.validation import FloatArray

__all__ = ["CUT", "SPECIES", "Transport"]

CUT: Final[float] = 20e-6
"""Kinetic energy in GeV above which a knock-on electron is a discrete loss; below, loss is continuous."""
SPECIES: Final[tuple[str, ...]] = ("beam", "e-", "e+", "photon")
"""Order of the densities in a shower."""


@dataclass(frozen=True, eq=False)
class Transport:
    """Rates of a medium on elements that begin at one incident energy in GeV."""

    tables: RadiationTables
    elements: Elements
    incident: float
    cut: float = CUT

    def energy(self, lethargy: FloatArray) -> FloatArray:
        """E = E₀ e^(-l)."""
        return self.incident * np.exp(-lethargy)

    def charged(self, particle: Particle) -> FloatArray:
        """Matrix of an electron's or positron's own losses: radiation, collisions, drift, annihilation."""
        medium = self.tables.medium

        def rate(step: FloatArray, start: FloatArray) -> FloatArray:
            energy = self.energy(start)
            transfer = np.maximum(-energy * np.expm1(-step), self.cut)
            return hit.knock_on_rate(medium, particle, energy, transfer)

        def speed(lethargy: FloatArray) -> FloatArray:
            energy = self.energy(lethargy)
            return hit.restricted_loss(medium, particle, energy, self.cut) / energy

        matrix = self.elements.divergence(self._radiation + self.elements.loss(rate) + self.elements.drift(speed))
        if particle == "e+":
            matrix -= self._sink(lambda energy: hit.annihilation_rate(medium, energy))
        return matrix

    @cached_property
    def _radiation(self) -> FloatArray:
        """Flux by radiation, the same for both charges."""
        return self.elements.loss(lambda step, start: self.tables.radiative_loss(self.energy(start), step))

    def shower(self, incident: Incident) -> FloatArray:
        """Matrix of all :data:`SPECIES` together, block lower triangular in cells of ``4 · order`` unknowns.

        An incident photon keeps its energy until it interacts. The first unknown is the number of remaining incident
        photons, and their products are smooth sources; so no density has to resolve a δ(l) that never widens.
        """
        losses: dict[Particle, FloatArray] = {"e-": self.charged("e-"), "e+": self.charged("e+")}
        photons = self._gain(self.tables.photons)
        from_charge: dict[Particle, FloatArray] = {"e-": photons, "e+": photons + self._annihilation()}
        pairs = self._gain(self.tables.pairs)
        zero = np.zeros_like(photons)
        knock_on = {particle: self._knock_on(particle) for particle in losses}
        if incident == "gamma":
            beam = self._incident_photon()
        else:
            beam = [losses[incident], knock_on[incident], zero, from_charge[incident]]
        blocks = [
            [beam[0], zero, zero, zero],
            [beam[1], losses["e-"] + knock_on["e-"], knock_on["e+"], self._electrons()],
            [beam[2], zero, losses["e+"], pairs],
            [beam[3], from_charge["e-"], from_charge["e+"], self._photon()],
        ]
        cells, order, count = self.elements.cells, self.elements.order, len(SPECIES)
        stacked = np.array(blocks).reshape(count, count, cells, order, cells, order)
        result: FloatArray = stacked.transpose(2, 0, 3, 4, 1, 5).reshape((cells * count * order,) * 2)
        return result

    def start(self, incident: Incident) -> FloatArray:
        """Unknowns of one incident particle at depth 0."""
        densities = np.zeros((len(SPECIES), self.elements.size))
        if incident == "gamma":
            densities[0, 0] = 1.0
        else:
            densities[0] = self.elements.point_source()
        return self.join(densities)

    def join(self, densities: FloatArray) -> FloatArray:
        """Unknowns of a shower, from densities of shape (species, size)."""
        shape = (len(SPECIES), self.elements.cells, self.elements.order)
        return densities.reshape(shape).transpose(1, 0, 2).ravel()

    def split(self, unknowns: FloatArray) -> FloatArray:
        """The inverse of :meth:`join`."""
        shape = (self.elements.cells, len(SPECIES), self.elements.order)
        result: FloatArray = unknowns.reshape(shape).transpose(1, 0, 2).reshape(len(SPECIES), -1)
        return result

    def _sink(self, rate: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """A rate on the diagonal, at the energy of every node."""
        return np.diag(rate(self.energy(self.elements.nodes)))

    def _gain(self, rate: Rate) -> FloatArray:
        """Gain from a rate that is a function of the energy before and the step in ln E."""
        return self.elements.gain(lambda step, start: rate(self.energy(start), step))

    def _incident_photon(self) -> list[FloatArray]:
        """Blocks of the incident photons in the first unknown: their loss, electrons, positrons, photons."""
        energy = np.array(self.incident)
        rates = (self._pairs_and_recoil, self.tables.pairs, self._scattered)
        blocks = [-self._attenuation(energy) * np.eye(self.elements.size)]
        for rate in rates:
            block = np.zeros_like(blocks[0])
            block[:, 0] = self.elements.project(partial(rate, energy))
            blocks.append(block)
        blocks[1][:, 0] += hit.faster_recoils(self.tables.medium, energy) * self.elements.point_source()
        return blocks

    def _electrons(self) -> FloatArray:
        """Electrons from photons; a recoil electron with up to m_e more than the photon gets the photon's energy."""
        return self._gain(self._pairs_and_recoil) + self._local(hit.faster_recoils)

    def _photon(self) -> FloatArray:
        return self._gain(self._scattered) - self._sink(self._attenuation)

    def _attenuation(self, photon: FloatArray) -> FloatArray:
        """Photons that convert or scatter per X0."""
        return self.tables.conversion(photon) + hit.compton_rate(self.tables.medium, photon)

    def _scattered(self, photon: FloatArray, step: FloatArray) -> FloatArray:
        """Photons per X0 and unit of s = ln(k/k') = ``step`` from Compton scattering."""
        after = photon * np.exp(-step)
        return after * hit.compton_photons(self.tables.medium, photon, after)

    def _pairs_and_recoil(self, photon: FloatArray, step: FloatArray) -> FloatArray:
        """Electrons per X0 and unit of s = ln(k/E) = ``step``."""
        electron = photon * np.exp(-step)
        scattered = photon + ELECTRON_MASS - electron
        recoil = electron * hit.compton_photons(self.tables.medium, photon, scattered)
        return self.tables.pairs(photon, step) + recoil

    def _knock_on(self, particle: Particle) -> FloatArray:
        medium = self.tables.medium

        def rate(energy: FloatArray, step: FloatArray) -> FloatArray:
            electron = energy * np.exp(-step)
            return electron * hit.knock_on_spectrum(medium, particle, energy, electron - ELECTRON_MASS)

        return self._gain(rate)

    def _local(self, rate: Callable[[Medium, FloatArray], FloatArray]) -> FloatArray:
        """Gain without a change of energy."""
        return self._sink(partial(rate, self.tables.medium))

    def _annihilation(self) -> FloatArray:
        medium = self.tables.medium

        def rate(energy: FloatArray, step: FloatArray) -> FloatArray:
            photon = energy * np.exp(-step)
            return photon * hit.annihilation_photons(medium, energy, photon)

        return self._gain(rate) + self._local(hit.harder_photons)
