"""The coupled equations of electrons, positrons and photons as matrices on elements in l = ln(E₀/E)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.particles import Particle
from evanesce.showers.cascade import collisions as hit
from evanesce.showers.cascade.elements import Elements, Rate
from evanesce.showers.cascade.tables import RadiationTables
from evanesce.validation import FloatArray

__all__ = ["CUT", "SPECIES", "Transport"]

CUT: Final[float] = 20e-6
"""Kinetic energy in GeV above which a knock-on electron is a discrete loss; below, loss is continuous."""
SPECIES: Final[tuple[str, ...]] = ("beam", "e-", "e+", "photon")
"""The order of the densities in a shower."""


@dataclass(frozen=True, eq=False)
class Transport:
    """Rates of a medium on elements that start at one incident energy in GeV."""

    tables: RadiationTables
    elements: Elements
    incident: float
    cut: float = CUT

    def energy(self, length: FloatArray) -> FloatArray:
        """E = E₀ e^(-l)."""
        return self.incident * np.exp(-length)

    def charged(self, particle: Particle) -> FloatArray:
        """Matrix of an electron's or positron's own losses: radiation, collisions, drift, annihilation."""
        medium = self.tables.medium

        def rate(step: FloatArray, start: FloatArray) -> FloatArray:
            energy = self.energy(start)
            transfer = np.maximum(-energy * np.expm1(-step), self.cut)
            radiated = self.tables.radiative_loss(energy, step)
            return radiated + hit.knock_on_rate(medium, particle, energy, transfer)

        def speed(length: FloatArray) -> FloatArray:
            energy = self.energy(length)
            return hit.restricted_loss(medium, particle, energy, self.cut) / energy

        matrix = self.elements.loss(rate) + self.elements.drift(speed)
        if particle == "e+":
            matrix -= self._sink(lambda energy: hit.annihilation_rate(medium, energy))
        return matrix

    def shower(self, incident: Particle) -> FloatArray:
        """Matrix of all :data:`SPECIES` together, block lower triangular in cells of ``4 · order`` unknowns."""
        losses: dict[Particle, FloatArray] = {"e-": self.charged("e-"), "e+": self.charged("e+")}
        photons = self._gain(self.tables.photons)
        from_charge: dict[Particle, FloatArray] = {"e-": photons, "e+": photons + self._annihilation()}
        pairs = self._gain(self.tables.pairs)
        zero = np.zeros_like(photons)
        knock_on = {particle: self._knock_on(particle) for particle in losses}
        blocks = [
            [losses[incident], zero, zero, zero],
            [knock_on[incident], losses["e-"] + knock_on["e-"], knock_on["e+"], pairs + self._recoil()],
            [zero, zero, losses["e+"], pairs],
            [from_charge[incident], from_charge["e-"], from_charge["e+"], self._photon()],
        ]
        cells, order, count = self.elements.cells, self.elements.order, len(SPECIES)
        stacked = np.array(blocks).reshape(count, count, cells, order, cells, order)
        result: FloatArray = stacked.transpose(2, 0, 3, 4, 1, 5).reshape((cells * count * order,) * 2)
        return result

    def join(self, densities: FloatArray) -> FloatArray:
        """From densities of shape (species, size) to the unknowns of a shower."""
        shape = (len(SPECIES), self.elements.cells, self.elements.order)
        return densities.reshape(shape).transpose(1, 0, 2).ravel()

    def split(self, unknowns: FloatArray) -> FloatArray:
        """The inverse of :meth:`join`."""
        shape = (self.elements.cells, len(SPECIES), self.elements.order)
        result: FloatArray = unknowns.reshape(shape).transpose(1, 0, 2).reshape(len(SPECIES), -1)
        return result

    def _sink(self, rate: Callable[[FloatArray], FloatArray]) -> FloatArray:
        return np.diag(rate(self.energy(self.elements.nodes)))

    def _gain(self, rate: Rate) -> FloatArray:
        """Gain from a rate that is a function of the energy before and the step in ln E."""
        return self.elements.gain(lambda step, start: rate(self.energy(start), step))

    def _photon(self) -> FloatArray:
        medium = self.tables.medium

        def scattered(energy: FloatArray, step: FloatArray) -> FloatArray:
            after = energy * np.exp(-step)
            return after * hit.compton_photons(medium, energy, after)

        lost = self._sink(lambda energy: self.tables.conversion(energy) + hit.compton_rate(medium, energy))
        return self._gain(scattered) - lost

    def _recoil(self) -> FloatArray:
        medium = self.tables.medium

        def rate(energy: FloatArray, step: FloatArray) -> FloatArray:
            electron = energy * np.exp(-step)
            photon = energy + ELECTRON_MASS - electron
            return electron * hit.compton_photons(medium, energy, photon)

        return self._gain(rate)

    def _knock_on(self, particle: Particle) -> FloatArray:
        medium = self.tables.medium

        def rate(energy: FloatArray, step: FloatArray) -> FloatArray:
            electron = energy * np.exp(-step)
            return electron * hit.knock_on_spectrum(medium, particle, energy, electron - ELECTRON_MASS)

        return self._gain(rate)

    def _annihilation(self) -> FloatArray:
        medium = self.tables.medium

        def rate(energy: FloatArray, step: FloatArray) -> FloatArray:
            photon = energy * np.exp(-step)
            return photon * hit.annihilation_photons(medium, energy, photon)

        return self._gain(rate)
