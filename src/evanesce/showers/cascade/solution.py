"""Track length of a slab for a range of incident energies, as plain arrays that a cache can keep."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.interactions import collisions
from evanesce.interactions.medium import Medium
from evanesce.materials import Material
from evanesce.memo import memoised
from evanesce.numerics import analysis_matrix, endpoint_to_log, gauss_legendre, log_to_endpoint, panel_nodes
from evanesce.particles import Particle
from evanesce.showers.cascade.depth import track_length_integral
from evanesce.showers.cascade.elements import Elements, cell_edges
from evanesce.showers.cascade.tables import RadiationTables
from evanesce.showers.cascade.transport import SPECIES, Transport
from evanesce.showers.setup import ShowerSetup
from evanesce.validation import FloatArray

__all__ = ["LOWEST_FRACTION", "Accuracy", "Solution", "solve"]

LOWEST_FRACTION: Final[float] = 1.0 / 125.0
"""Smallest v = E'/E₀."""
_LAST: Final[float] = -math.log(LOWEST_FRACTION)
_PANEL_ORDER: Final[int] = 12
_THIN: Final[float] = 0.9
"""In slabs thinner than this (X0) the energy at which tracks leave the slab is a corner of their density."""
_ENDPOINT: Final[float] = 1e-4
"""Below this ln(1/v) (or three times a front, if larger) only the error of all panels together counts."""
_FAINT: Final[FloatArray] = np.array([1e-3, 1e-5, 1e-3])[:, None]
"""Errors of panels below this share of the largest one are relative to this share, for each kernel."""

_NOTHING: Final[float] = 1e-30
"""Smaller track lengths in X0 are treated as zero: a beam after 100 X0."""


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """Numerical accuracy of the solution."""

    beam_order: int = 7
    """Nodes per cell for the beam particle, whose endpoint is important."""
    shower_order: int = 5
    """Nodes per cell for the coupled densities."""
    first: float = 1e-5
    """Largest first cell of the coupled densities in ln(1/v); that of the beam follows from slab and cut."""
    widest: float = 0.25
    """Widest cell in ln(1/v)."""
    depth: int = 5
    """Steps per radiation length, and number of steps of each length while they double."""
    tables: float = 0.03
    """Spacing of the tables of radiation in the logit of k/E."""

    @property
    def lower(self) -> Accuracy:
        """The accuracy with one order less, and other parameters twice as coarse, to estimate errors."""
        return Accuracy(
            beam_order=self.beam_order - 1,
            shower_order=self.shower_order - 1,
            first=2.0 * self.first,
            widest=self.widest,
            depth=self.depth - 1,
            tables=2.0 * self.tables,
        )


@dataclass(frozen=True, eq=False)
class Solution:
    """Three kernels g: the beam particle, other positrons, every electron and positron."""

    edges: FloatArray
    """Panels in the endpoint variable, shape (panels + 1,)."""
    coefficients: FloatArray
    """Legendre coefficients in ln E and in y, shape (3, energies, panels, order)."""
    errors: FloatArray
    """Estimate of the relative error of each kernel, shape (3,)."""
    changes: FloatArray
    """Change of the coefficients in y with one order less, at the middle energy, shape (3, panels, order)."""


@dataclass(frozen=True, eq=False)
class _Problem:
    setup: ShowerSetup
    cut: float
    accuracy: Accuracy

    @cached_property
    def tables(self) -> dict[Material, RadiationTables]:
        """Rates of radiation in the slab and in the layers before it."""
        lowest = LOWEST_FRACTION * self.setup.energy_min
        materials = [*(material for material, _ in self.setup.before), self.setup.material]
        return {
            material: _tables(material, lowest, self.setup.energy_max, self.accuracy.tables) for material in materials
        }

    @cached_property
    def beam_edges(self) -> FloatArray:
        """Cells of the beam particle: those of the coupled densities, and finer ones near the endpoint."""
        setup, first = self.setup, self._first
        energy = math.sqrt(setup.energy_min * setup.energy_max)
        thin = min(setup.stop - setup.start, _THIN)
        smallest = min(self.cut / setup.energy_max, 0.125 * self._loss(setup.material, setup.energy_max, thin))
        doublings = max(1, math.ceil(math.log2(first / smallest)))
        fronts = tuple(self._front(energy, depth) for depth in self._thin)
        return cell_edges(first * 0.5**doublings, self.accuracy.widest, _LAST, fronts=fronts)

    @property
    def edges(self) -> FloatArray:
        """Every edge of a cell."""
        return self.shower_edges if self.setup.incident == "gamma" else self.beam_edges

    @property
    def _thin(self) -> tuple[float, ...]:
        """Depths at which tracks without a hard loss are visible as a corner."""
        setup = self.setup
        return tuple(depth for depth in (setup.start, setup.stop) if 0 < setup.crossed + depth < _THIN)

    @property
    def endpoint(self) -> float:
        """ln(1/v) below which only the total track length has an error estimate."""
        return max([_ENDPOINT, *(3.0 * self._front(self.setup.energy_min, depth) for depth in self._thin)])

    def _front(self, energy: float, depth: float) -> float:
        """ln(1/v) of a track that has only lost the continuous part of ionisation, in all layers and the slab."""
        lethargy = 0.0
        for material, thickness in (*self.setup.before, (self.setup.material, depth)):
            lethargy += self._loss(material, energy * math.exp(-lethargy), thickness)
        return lethargy

    def _loss(self, material: Material, energy: float, depth: float) -> float:
        particle: Particle = "e-" if self.setup.incident == "e-" else "e+"
        medium, left = self.tables[material].medium, energy
        for part in (0.5, 1.0):
            loss = float(collisions.restricted_loss(medium, particle, np.array(left), self.cut))
            left = max(energy - part * depth * loss, LOWEST_FRACTION * energy)
        return math.log(energy / left)

    @cached_property
    def shower_edges(self) -> FloatArray:
        return cell_edges(self._first, self.accuracy.widest, _LAST)

    @property
    def _first(self) -> float:
        """The first cell; its doublings reach exactly the point where the electron is at rest and pairs end."""
        end = -math.log1p(-ELECTRON_MASS / math.sqrt(self.setup.energy_min * self.setup.energy_max))
        return end * 2.0 ** math.floor(math.log2(self.accuracy.first / end))

    def panel_values(self, energy: float, edges: FloatArray) -> FloatArray:
        """The three g at the nodes of every panel for one incident energy, shape (3, panels, order).

        Panels lie between ``edges`` in ln(1/v), among which are all cells.
        """
        y, _ = panel_nodes(log_to_endpoint(edges), _PANEL_ORDER)
        lethargy = endpoint_to_log(y)
        middle = 0.5 * (edges[1:] + edges[:-1])

        def at_nodes(elements: Elements, density: FloatArray) -> FloatArray:
            cell = np.broadcast_to((np.searchsorted(elements.edges, middle) - 1)[:, None], y.shape)
            return elements.evaluate(density, lethargy, cell)

        first = np.zeros_like(y) if self.setup.incident == "gamma" else at_nodes(*self._beam(energy))
        elements, shower = self._shower(energy)
        electrons, positrons = (at_nodes(elements, shower[k]) for k in (1, 2))
        # per unit of v: dl = dv/v
        density = np.stack([first, positrons, first + electrons + positrons]) * np.exp(lethargy)
        values: FloatArray = density * lethargy / y**2
        return values

    def _beam(self, energy: float) -> tuple[Elements, FloatArray]:
        """Density of the incident electron or positron, on its own cells; other particles do not contribute."""
        order = self.accuracy.beam_order
        elements = Elements(self.beam_edges, order, self.cut / energy, ELECTRON_MASS / energy)
        beam: Particle = "e+" if self.setup.incident == "e+" else "e-"
        track = self._through(elements, energy, elements.point_source(), order, lambda found: found.charged(beam))
        return elements, track

    def _shower(self, energy: float) -> tuple[Elements, FloatArray]:
        """All densities of the shower, shape (species, size)."""
        incident, order = self.setup.incident, self.accuracy.shower_order
        elements = Elements(self.shower_edges, order, self.cut / energy, ELECTRON_MASS / energy)
        inside = Transport(self.tables[self.setup.material], elements, energy, self.cut)
        track = self._through(
            elements, energy, inside.start(incident), len(SPECIES) * order, lambda found: found.shower(incident)
        )
        return elements, inside.split(track)

    def _through(
        self,
        elements: Elements,
        energy: float,
        initial: FloatArray,
        block: int,
        matrix_of: Callable[[Transport], FloatArray],
    ) -> FloatArray:
        """Track length in the slab of what enters the first layer as ``initial``."""
        setup = self.setup
        matrices = {
            material: matrix_of(Transport(tables, elements, energy, self.cut))
            for material, tables in self.tables.items()
        }
        return track_length_integral(
            matrices[setup.material],
            initial,
            setup.start,
            setup.stop,
            block=block,
            accuracy=self.accuracy.depth,
            before=[(matrices[material], thickness) for material, thickness in setup.before],
        )


@memoised(maxsize=12)
def _tables(material: Material, lowest: float, highest: float, step: float) -> RadiationTables:
    """Rates of a material, kept because the layers of a target are solved one after the other."""
    return RadiationTables(Medium(material), lowest, highest, step)


def solve(setup: ShowerSetup, *, cut: float, accuracy: Accuracy) -> Solution:
    """Solve the coupled equations at Gauss nodes in ln E between the setup's energies.

    The error is the change with one order less at the middle energy, and the last Legendre term in ln E.
    """
    problem, coarse = _Problem(setup, cut, accuracy), _Problem(setup, cut, accuracy.lower)
    energies = _energies(setup.energy_min, setup.energy_max)
    edges = np.union1d(problem.edges, coarse.edges)
    values = np.stack([problem.panel_values(energy, edges) for energy in energies], axis=1)
    middle = len(energies) // 2
    change = coarse.panel_values(energies[middle], edges) - values[:, middle]
    terms = np.einsum("ke,aepn->akpn", analysis_matrix(len(energies)), values)
    edges = log_to_endpoint(edges)
    relative = _Relative(edges, problem.endpoint, values[:, middle])
    errors = relative(change)
    if len(energies) > 1:
        last, before = relative(terms[:, -1]), relative(terms[:, -2])
        # estimate of the first omitted term, extrapolated from the last two
        errors = errors + last * np.minimum(last / np.maximum(before, _NOTHING), 1.0)
    series = analysis_matrix(_PANEL_ORDER).T
    return Solution(edges, terms @ series, errors, change @ series)


def _energies(low: float, high: float) -> list[float]:
    """Gauss nodes in ln E, enough for a relative error of some 1e-5."""
    span = math.log(high / low)
    if span < 1e-12:
        return [low]
    x, _ = gauss_legendre(3 + math.ceil(2.0 * span))
    return [low * math.exp(0.5 * span * (1.0 + t)) for t in x.tolist()]


class _Relative:
    """Largest change of a panel's track length relative to the track length, for each of three kernels."""

    def __init__(self, edges: FloatArray, endpoint: float, values: FloatArray) -> None:
        y, weights = panel_nodes(edges, _PANEL_ORDER)
        lethargy = endpoint_to_log(y)
        self._measure = weights * (1.0 + lethargy) * np.exp(-lethargy)
        inner = int(np.searchsorted(endpoint_to_log(edges[1:]), endpoint))
        self._starts = np.unique([0, *range(min(inner, len(edges) - 2), len(edges) - 1)])
        size = np.abs(self._panels(values))
        self._size = np.maximum(size, np.maximum(_FAINT * size.max(axis=-1, keepdims=True), _NOTHING))

    def _panels(self, values: FloatArray) -> FloatArray:
        panels: FloatArray = np.add.reduceat(np.sum(self._measure * values, axis=-1), self._starts, axis=-1)
        return panels

    def __call__(self, change: FloatArray) -> FloatArray:
        """One number for each kernel."""
        largest: FloatArray = np.max(np.abs(self._panels(change)) / self._size, axis=-1)
        return largest
