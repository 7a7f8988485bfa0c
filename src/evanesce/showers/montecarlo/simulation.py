"""Simulation of histories in several threads, and their sums."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.interactions.medium import Medium
from evanesce.materials import Material
from evanesce.memo import memoised
from evanesce.numerics import available_cores
from evanesce.showers.bins import check_bins
from evanesce.showers.montecarlo.tables import RateTables, joined_tables
from evanesce.showers.setup import ShowerSetup
from evanesce.validation import FloatArray, between, positive, whole

__all__ = ["KINDS", "ShowerRun", "Tally", "default_cut", "simulate"]

LARGEST_CUT: Final[float] = 150e-6
"""Kinetic energy in GeV of the softest knock-on electron for 4.3 GeV and more."""
_CUT_FRACTION: Final[float] = 3.5e-5
"""The same divided by the incident energy, for lower energies."""
KINDS: Final[dict[str, int]] = {"e-": 0, "e+": 1, "gamma": 2}
"""Numbers of the particles in compiled code."""
_BATCHES: Final[tuple[int, int]] = (200, 1000)
"""Number of batches in a run: enough to know errors to 5 %; more, of 2000 histories each, in a large run."""
_BATCH: Final[int] = 2000
_PART: Final[int] = 2**42
"""Largest number of histories in one part of a seed."""
_ENERGIES: Final[tuple[float, float]] = (0.3, 1e5)
"""Incident energies in GeV, as for the cascade equations."""
_DEPTH: Final[float] = 100.0
_FRACTIONS: Final[tuple[float, float]] = (1.0 / 125.0, 0.9999)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowerRun:
    """Configuration of a simulation: a slab behind layers or alone, one incident energy, histories, and seed."""

    setup: ShowerSetup
    """Slab and incident particle; track length is summed between its depths."""
    energy: float
    """Incident energy in GeV."""
    histories: int
    """Number of incident particles."""
    seed: int
    """Seed; the same seed gives the same result on any number of threads."""
    lowest: float
    """Particles below this fraction of the incident energy are dropped."""
    cut: float | None = None
    """Kinetic energy in GeV of the softest knock-on electron; :func:`default_cut` if it is not given."""
    part: int = 0
    """Runs with the same seed and different parts are independent."""

    def __post_init__(self) -> None:
        whole("histories", self.histories, 2, 10**12)
        whole("seed", self.seed, 0, 2**53)
        between("lowest fraction", self.lowest, *_FRACTIONS, "of the incident energy")
        between("energy of the shower", self.energy, *_ENERGIES, "GeV")
        if self.cut is not None:
            positive("cut of the Monte Carlo", self.cut, maximum=1e-3)
        _, stop = self.setup.depths
        if not stop <= _DEPTH:
            raise InvalidValueError(f"depth = {stop:g} X0: must be at most {_DEPTH:g} for the Monte Carlo")

    @property
    def tables(self) -> RateTables:
        """Rates of all materials at the energies in the simulation."""
        return _tables(self._materials, self.lowest * self.energy, self.energy, self.knock_on_cut)

    @property
    def layers(self) -> FloatArray:
        """First row of the tables, and depth in X0 at the end, of every layer and the slab, shape (layers, 2)."""
        setup, tables = self.setup, self.tables
        materials = [material for material, _ in setup.before] + [setup.material]
        rows = [self._materials.index(material) * tables.height for material in materials]
        ends = np.cumsum([thickness for _, thickness in setup.before])
        return np.column_stack([np.array(rows, dtype=np.float64), np.append(ends, setup.depths[1])])

    @property
    def _materials(self) -> tuple[Material, ...]:
        """Each material once."""
        setup = self.setup
        return tuple(dict.fromkeys([*(material for material, _ in setup.before), setup.material]))

    @property
    def knock_on_cut(self) -> float:
        """The cut in use, in GeV."""
        return default_cut(self.energy) if self.cut is None else self.cut

    @property
    def batches(self) -> list[tuple[int, int]]:
        """First history and number of histories of each batch; they do not depend on the machine."""
        few, many = _BATCHES
        count = min(self.histories, max(few, min(self.histories // _BATCH, many)))
        firsts = [self.part * _PART + self.histories * batch // count for batch in range(count + 1)]
        return [(first, after - first) for first, after in pairwise(firsts)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """Track length in X0 of one history in bins of v = E'/E₀: beam particle, other positrons and electrons, photons."""

    edges: FloatArray
    """Bin edges in v, ascending, shape (bins + 1,)."""
    batches: FloatArray
    """Means over batches of equal numbers of histories (to within one), shape (batches, 4, bins)."""

    @property
    def mean(self) -> FloatArray:
        """Mean over all histories, shape (4, bins)."""
        return np.asarray(self.batches.mean(axis=0))

    @property
    def error(self) -> FloatArray:
        """One standard deviation of the mean, from the spread of the batches, shape (4, bins)."""
        return np.asarray(self.batches.std(axis=0, ddof=1) / np.sqrt(len(self.batches)))

    def covariance(self, species: int) -> FloatArray:
        """Covariance matrix of the mean of one kind of track, shape (bins, bins)."""
        return np.atleast_2d(np.cov(self.batches[:, species], rowvar=False)) / len(self.batches)


def default_cut(energy: float) -> float:
    """Kinetic energy in GeV above which a knock-on electron is a collision; below, loss is continuous.

    For 4.35 GeV it is 150 keV. Compared with the 20 keV of the cascade, this changes the track length of positrons in
    CsI by 7e-4 between v = 0.999 and 0.9995, and by 3e-4 above.

    >>> round(1e6 * default_cut(0.5), 1), round(1e6 * default_cut(100.0), 1)
    (17.5, 150.0)
    """
    return min(LARGEST_CUT, _CUT_FRACTION * energy)


@memoised(maxsize=16)
def _tables(materials: tuple[Material, ...], lowest: float, highest: float, cut: float) -> RateTables:
    return joined_tables([Medium(material) for material in materials], lowest, highest, cut)


def simulate(run: ShowerRun, edges: FloatArray, *, threads: int | None = None) -> Tally:
    """Follow all histories and add up track length in bins between ``edges`` in v, ascending.

    ``threads`` (by default all available cores) does not change the result.
    """
    edges = check_bins(edges)
    from evanesce.showers.montecarlo.transport import follow  # compiled code, only loaded to run a shower

    setup, tables, layers = run.setup, run.tables, run.layers
    start, _ = setup.depths
    descending = np.ascontiguousarray(run.energy * edges[::-1])
    nothing = np.empty((0, 7))

    def batch(part: tuple[int, int]) -> FloatArray:
        lengths, _ = follow(
            tables, layers, KINDS[setup.incident], run.energy, run.lowest * run.energy, start,
            descending, run.seed, part[0], part[1], nothing,
        )  # fmt: skip
        mean: FloatArray = lengths[:, ::-1] / part[1]
        return mean

    with ThreadPoolExecutor(threads or available_cores()) as pool:
        means = list(pool.map(batch, run.batches))
    return Tally(edges=edges, batches=np.stack(means))
