"""Track length of a slab for a range of incident energies, as plain arrays that a cache can keep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Final, TypeAlias

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.interactions import collisions
from evanesce.interactions.medium import Medium
from evanesce.materials import Material
from evanesce.memo import Memo, memoised
from evanesce.numerics import analysis_matrix, endpoint_to_log, gauss_legendre, log_to_endpoint, panel_nodes
from evanesce.particles import Incident, Particle
from evanesce.showers.cascade.depth import Passage, passage
from evanesce.showers.cascade.elements import Elements, cell_edges
from evanesce.showers.cascade.tables import RadiationTables
from evanesce.showers.cascade.transport import SPECIES, Transport
from evanesce.showers.setup import ShowerSetup
from evanesce.validation import FloatArray

__all__ = ["LOWEST_FRACTION", "Accuracy", "Solution", "Ways", "solve"]

LOWEST_FRACTION: Final[float] = 1.0 / 125.0
"""Smallest v = E'/E₀."""
_LAST: Final[float] = -math.log(LOWEST_FRACTION)
_PANEL_ORDER: Final[int] = 12
_THIN: Final[float] = 0.9
"""In slabs thinner than this (X0) the energy at which tracks leave the slab is a corner of their density."""
_THICK: Final[float] = 8.0
"""Through thicker slabs (X0) comes so little that three steps in a length do for five: bins move by 1e-7."""
_PIECES: Final[tuple[int, int]] = (16, 4)
"""Cells in the length of a front, in a slab alone and in one behind layers, where 4 change 3e-6 and cost half."""
_ENDPOINT: Final[float] = 1e-4
"""Below this ln(1/v) (or three times a front, if larger) only the error of all panels together counts."""
_FAINT: Final[FloatArray] = np.array([1e-3, 1e-5, 1e-3, 1e-5])[:, None]
"""Errors of panels below this share of the largest one are relative to this share, for each kernel."""

Ways: TypeAlias = tuple[tuple[float, ShowerSetup], ...]
"""One slab behind different layers: the share of the particles that come each way, and the setup."""
_Passed: TypeAlias = tuple[FloatArray, Passage]
_PASSED: Final[Memo[_Passed]] = Memo(maxsize=1024)
"""Cell edges and passage through a slab with the layers before it, so that the next layer begins where it ends."""
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
    """Four kernels g: the beam particle, other positrons, every electron and positron, photons but the incident one."""

    edges: FloatArray
    """Panels in the endpoint variable, shape (panels + 1,)."""
    coefficients: FloatArray
    """Legendre coefficients in ln E and in y, shape (4, energies, panels, order)."""
    errors: FloatArray
    """Estimate of the relative error of each kernel, shape (4,)."""
    changes: FloatArray
    """Change of the coefficients in y with one order less, at the middle energy, shape (4, panels, order)."""


@dataclass(frozen=True, eq=False)
class _Problem:
    ways: Ways
    """The slab, by every way that particles come, and the share of each."""
    cut: float
    accuracy: Accuracy
    last: bool = True
    """Whether nothing matters of what leaves the slab."""

    @property
    def setup(self) -> ShowerSetup:
        """The slab; what lies before it is that of the first way."""
        return self.ways[0][1]

    @cached_property
    def medium(self) -> Medium:
        return _medium(self.setup.material)

    @cached_property
    def tables(self) -> RadiationTables:
        setup = self.setup
        return _tables(setup.material, LOWEST_FRACTION * setup.energy_min, setup.energy_max, self.accuracy.tables)

    @cached_property
    def before(self) -> tuple[tuple[_Problem, ...], ...]:
        """For each way every layer before the slab, with the layers before it."""
        return tuple(
            tuple(
                _Problem(((1.0, setup.layer(k)),), self.cut, self.accuracy, last=False)
                for k in range(len(setup.before))
            )
            for _, setup in self.ways
        )

    @property
    def _spread(self) -> bool:
        """Whether layers before the slab have spread all energies already."""
        return all(len(layers) > 0 for layers in self.before)

    @cached_property
    def beam_edges(self) -> FloatArray:
        """Cells of the beam particle: those of the coupled densities, and finer ones near the endpoint."""
        setup, first = self.setup, self._first
        energy = math.sqrt(setup.energy_min * setup.energy_max)
        thin = min(setup.stop - setup.start, _THIN)
        left = self._slowed(setup.energy_max, setup.energy_max, thin)
        smallest = min(self.cut / setup.energy_max, 0.125 * math.log(setup.energy_max / left))
        doublings = max(1, math.ceil(math.log2(first / smallest)))
        pieces = _PIECES[self._spread]
        fronts = self._fronts(energy)
        return cell_edges(first * 0.5**doublings, self.accuracy.widest, _LAST, fronts=fronts, pieces=pieces)

    @property
    def edges(self) -> FloatArray:
        """Every edge of a cell."""
        return self.shower_edges if self.setup.incident == "gamma" else self.beam_edges

    @property
    def endpoint(self) -> float:
        """ln(1/v) below which only the total track length has an error estimate."""
        return max([_ENDPOINT, *(3.0 * front for front in self._fronts(self.setup.energy_min))])

    def _fronts(self, energy: float) -> tuple[float, ...]:
        """ln(1/v) of tracks without a hard loss that enter or leave the slab, where they are visible as a corner."""
        thin = (
            (setup, layers, depth)
            for (_, setup), layers in zip(self.ways, self.before, strict=True)
            for depth in (setup.start, setup.stop)
        )
        return tuple(
            self._front(energy, layers, depth) for setup, layers, depth in thin if 0 < setup.upstream + depth < _THIN
        )

    def _front(self, energy: float, layers: tuple[_Problem, ...], depth: float) -> float:
        """ln(1/v) of a track that has only lost the continuous part of ionisation, in all layers and the slab."""
        entering = energy
        for layer in layers:
            entering = layer._slowed(energy, entering, layer.setup.stop)
        return math.log(energy / self._slowed(energy, entering, depth))

    def _slowed(self, energy: float, entering: float, depth: float) -> float:
        """Energy at a depth of the slab of such a track that had ``entering`` at its front, and ``energy`` at first."""
        particle: Particle = "e-" if self.setup.incident == "e-" else "e+"
        left = entering
        for part in (0.5, 1.0):
            loss = float(collisions.restricted_loss(self.medium, particle, np.array(left), self.cut))
            left = max(entering - part * depth * loss, LOWEST_FRACTION * energy)
        return left

    @cached_property
    def shower_edges(self) -> FloatArray:
        return cell_edges(self._first, self.accuracy.widest, _LAST)

    @property
    def _first(self) -> float:
        """The first cell; its doublings reach exactly the point where the electron is at rest and pairs end."""
        end = -math.log1p(-ELECTRON_MASS / math.sqrt(self.setup.energy_min * self.setup.energy_max))
        return end * 2.0 ** math.floor(math.log2(self.accuracy.first / end))

    def panel_values(self, energy: float, edges: FloatArray) -> FloatArray:
        """The four g at the nodes of every panel for one incident energy, shape (4, panels, order).

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
        electrons, positrons, photons = (at_nodes(elements, shower[k]) for k in (1, 2, 3))
        # per unit of v: dl = dv/v
        density = np.stack([first, positrons, first + electrons + positrons, photons]) * np.exp(lethargy)
        values: FloatArray = density * lethargy / y**2
        return values

    def _beam(self, energy: float) -> tuple[Elements, FloatArray]:
        """Density of the incident electron or positron, on its own cells; other particles do not contribute."""
        edges, passed = self._passed("beam", energy)
        return self._elements(edges, self.accuracy.beam_order, energy), passed.track

    def _shower(self, energy: float) -> tuple[Elements, FloatArray]:
        """All densities of the shower, shape (species, size)."""
        edges, passed = self._passed("shower", energy)
        elements = self._elements(edges, self.accuracy.shower_order, energy)
        return elements, Transport(self.tables, elements, energy, self.cut).split(passed.track)

    def _elements(self, edges: FloatArray, order: int, energy: float) -> Elements:
        return Elements(edges, order, self.cut / energy, ELECTRON_MASS / energy)

    def _passed(self, kind: str, energy: float) -> _Passed:
        """The ``beam`` or the ``shower`` in the slab, and its edges; the layers before it come first."""
        every: list[_Passed | None] = []
        for layers in self.before:
            entering = None
            for layer in layers:
                entering = layer._passage(kind, energy, (entering,))
            every.append(entering)
        return self._passage(kind, energy, tuple(every))

    def _passage(self, kind: str, energy: float, entering: tuple[_Passed | None, ...]) -> _Passed:
        """Through the slab, with what enters it by every way."""
        compute = self._beam_passage if kind == "beam" else self._shower_passage
        ways = tuple((share, setup.key) for share, setup in self.ways)
        key = (kind, energy, ways, self.cut, self.accuracy, self._depth_accuracy)
        return _PASSED.get(key, lambda: compute(energy, entering))

    def _beam_passage(self, energy: float, entering: tuple[_Passed | None, ...]) -> _Passed:
        """Cells are fine where tracks leave this slab, so each layer has its own."""
        order, edges = self.accuracy.beam_order, self.beam_edges
        elements = self._elements(edges, order, energy)
        matrix = Transport(self.tables, elements, energy, self.cut).charged(
            "e+" if self.setup.incident == "e+" else "e-"
        )

        def adopted(passed: _Passed | None) -> FloatArray:
            if passed is None:
                return elements.point_source()
            return elements.adopt(self._elements(passed[0], order, energy), passed[1].leaving)

        return edges, self._cross(matrix, self._mean([adopted(passed) for passed in entering]), order)

    def _shower_passage(self, energy: float, entering: tuple[_Passed | None, ...]) -> _Passed:
        """Cells of the coupled densities are those of every layer."""
        setup, order = self.setup, self.accuracy.shower_order
        edges = tuple(self.shower_edges.tolist())
        matrix = _shower_matrix(self.tables, setup.incident, energy, edges, order, self.cut)
        if None in entering:
            elements = _common(edges, order, self.cut / energy, ELECTRON_MASS / energy)
            start = Transport(self.tables, elements, energy, self.cut).start(setup.incident)
        initial = self._mean([start if passed is None else passed[1].leaving for passed in entering])
        return self.shower_edges, self._cross(matrix, initial, len(SPECIES) * order)

    def _mean(self, entering: Sequence[FloatArray]) -> FloatArray:
        """Mean of unknowns over the ways."""
        return reduce(np.add, [share * each for (share, _), each in zip(self.ways, entering, strict=True)])

    def _cross(self, matrix: FloatArray, initial: FloatArray, block: int) -> Passage:
        setup = self.setup
        return passage(matrix, initial, setup.start, setup.stop, block=block, accuracy=self._depth_accuracy)

    @property
    def _depth_accuracy(self) -> int:
        """Fewer steps if little comes through the slab, and none of that matters: a thick slab, the last one."""
        unseen = self.last and self.setup.start == 0.0 and self.setup.stop > _THICK
        return self.accuracy.depth - 2 * unseen


@memoised(maxsize=2)
def _common(edges: tuple[float, ...], order: int, resolution: float, corner: float) -> Elements:
    """The elements of one energy, with panels that all layers have in common."""
    return Elements(np.array(edges), order, resolution, corner)


@memoised(maxsize=16)
def _shower_matrix(
    tables: RadiationTables, incident: Incident, energy: float, edges: tuple[float, ...], order: int, cut: float
) -> FloatArray:
    """:meth:`Transport.shower` of a material, which is that of every layer of it, thick or thin."""
    elements = _common(edges, order, cut / energy, ELECTRON_MASS / energy)
    return Transport(tables, elements, energy, cut).shower(incident)


@memoised(maxsize=16)
def _medium(material: Material) -> Medium:
    return Medium(material)


@memoised(maxsize=16)
def _tables(material: Material, lowest: float, highest: float, step: float) -> RadiationTables:
    return RadiationTables(_medium(material), lowest, highest, step)


def solve(ways: Ways, *, cut: float, accuracy: Accuracy) -> Solution:
    """Solve the coupled equations at Gauss nodes in ln E between the setup's energies.

    A slab behind different layers is solved once, with the mean of what enters it: the equations are linear.
    The error is the change with one order less at the middle energy, and the last Legendre term in ln E.
    """
    problem, coarse = _Problem(ways, cut, accuracy), _Problem(ways, cut, accuracy.lower)
    setup = problem.setup
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
    """Largest change of a panel's track length relative to the track length, for each kernel."""

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
