"""Cross section and energy spectra of radiative Bhabha scattering, by importance sampling in each region.

The results depend only on the cuts; the factor α³ is applied outside. They take seconds and are kept on disk. The
random numbers have a fixed seed, so that equal cuts give equal results.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Final, NamedTuple

import numpy as np

from evanesce.cache import Layout, cached, digest
from evanesce.errors import InvalidValueError
from evanesce.memo import memoised
from evanesce.numerics import ImportanceMap, mean_and_error, scrambled_points
from evanesce.sources.radiative.cuts import Cuts
from evanesce.sources.radiative.phase_space import DIMENSIONS, Region, regions
from evanesce.validation import FloatArray

__all__ = ["VERSION", "Integrals", "Sums", "integrals", "integrals_key", "integrate", "set_sums", "trained"]

VERSION: Final[int] = 2
"""Version, to be increased with every change of the results, so that old files are not used."""
_SEED: Final[int] = 20221208
_INCREMENTS: Final[int] = 100
_TRAINING: Final[tuple[tuple[int, float], ...]] = ((20_000, 0.5),) * 8 + ((60_000, 0.3),) * 3
"""Points and damping of the rounds that adapt the map."""
_SETS: Final[int] = 32
_POINTS: Final[int] = 2**16
"""Number of points in a set."""
_FEWER: Final[int] = 4
"""Reduction of the number of points with the Z, whose amplitude has no short form."""
_BLOCK: Final[int] = 2**13
"""Points per block, so that their momenta stay in the processor's cache."""
_BINS: Final[int] = 384
_FLAT: Final[int] = 100_000
"""Trial points in the search for an event that passes the cuts."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Integrals:
    """Cross section and spectra at e = 1, in GeV⁻²."""

    cross_section: float
    error: float
    """Standard error of the cross section."""
    bins: FloatArray
    """Edges in GeV of equal bins in energy, shape (bins + 1,)."""
    spectra: FloatArray
    """Integral over each bin, for positron and electron, shape (2, bins)."""
    variances: FloatArray
    """Squared standard errors of these integrals."""
    maps: tuple[ImportanceMap, ...]
    """Adapted map of each region."""
    parts: FloatArray
    """Cross section in each region."""


def integrals_key(cuts: Cuts, z_exchange: bool) -> str:
    """Cache key of the integrals and of results made from them."""
    return digest(VERSION, astuple(cuts), z_exchange)


@memoised(maxsize=8)
def integrals(cuts: Cuts, z_exchange: bool) -> Integrals:
    """Return the integrals from memory or disk, or compute them.

    Raises
    ------
    InvalidValueError
        No event passes the cuts.

    """
    key = integrals_key(cuts, z_exchange)
    found = cached("radiative-bhabha", key, lambda: integrate(cuts, z_exchange), layout=_layout(cuts, z_exchange))
    return Integrals(
        cross_section=float(found["total"][0]),
        error=float(found["total"][1]),
        bins=found["bins"],
        spectra=found["spectra"],
        variances=found["variances"],
        maps=tuple(ImportanceMap(found[f"map{region}"]) for region in range(len(found["parts"]))),
        parts=found["parts"],
    )


def _layout(cuts: Cuts, z_exchange: bool) -> Layout:
    """Shapes of the cached arrays."""
    pieces = range(len(regions(cuts, z_exchange=z_exchange)))
    grids: Layout = {f"map{i}": (DIMENSIONS, _INCREMENTS + 1) for i in pieces}
    histograms = {"spectra": (2, _BINS), "variances": (2, _BINS), "bins": (_BINS + 1,)}
    return {**histograms, **grids, "parts": (len(pieces),), "total": (2,)}


def integrate(cuts: Cuts, z_exchange: bool) -> dict[str, FloatArray]:
    """Compute the results of :func:`integrals` as arrays for the cache."""
    pieces = regions(cuts, z_exchange=z_exchange)
    bins = np.linspace(*_energy_range(cuts), _BINS + 1)
    found: dict[str, FloatArray] = {"bins": bins}
    spectra, variances = np.zeros((2, 2, _BINS))
    parts, squares = np.zeros((2, len(pieces)))
    for i, region in enumerate(pieces):
        adapted = ImportanceMap.identity(DIMENSIONS, _INCREMENTS)
        if _possible(region):
            rng = np.random.default_rng([_SEED, i])
            adapted = trained(region, rng)
            sets = [set_sums(adapted, region, bins, rng) for _ in range(_SETS)]
            parts[i], error = mean_and_error(np.array([each.total for each in sets]))
            squares[i] = error**2
            spectra += np.mean([each.spectra for each in sets], axis=0)
            variances += _variances(sets)
        found[f"map{i}"] = adapted.edges
    if not parts.sum() > 0.0:
        raise InvalidValueError(_impossible(cuts))
    found |= {"spectra": spectra, "variances": variances, "parts": parts}
    found["total"] = np.array([parts.sum(), np.sqrt(squares.sum())])
    return found


class Sums(NamedTuple):
    """Unbiased estimates of a region from one set of points."""

    total: float
    """Cross section."""
    spectra: FloatArray
    """Histograms of positron and electron, shape (2, bins)."""
    squares: FloatArray
    """Variances of the histograms for independent points."""


def trained(region: Region, rng: np.random.Generator) -> ImportanceMap:
    """The map adapted to a region."""
    fewer = _FEWER if region.z_exchange else 1
    rounds = [(points // fewer, damping) for points, damping in _TRAINING]
    identity = ImportanceMap.identity(DIMENSIONS, _INCREMENTS)
    return identity.trained(lambda points: region(points).weight, rounds, rng)


def set_sums(adapted: ImportanceMap, region: Region, bins: FloatArray, rng: np.random.Generator) -> Sums:
    """Sum over one set of points in the image of the map."""
    count = _POINTS // (_FEWER if region.z_exchange else 1)
    even = scrambled_points(count, DIMENSIONS, rng)
    total, spectra, squares = 0.0, np.zeros((2, len(bins) - 1)), np.zeros((2, len(bins) - 1))
    for start in range(0, count, _BLOCK):
        points, jacobian = adapted(even[start : start + _BLOCK])
        sample = region(points)
        passed = np.flatnonzero(sample.weight)
        weight = (sample.weight * jacobian)[passed] / count
        total += float(weight.sum())
        for i, particle in enumerate((sample.momenta.positron, sample.momenta.electron)):
            spectra[i] += np.histogram(particle[0, passed], bins, weights=weight)[0]
            squares[i] += np.histogram(particle[0, passed], bins, weights=weight**2)[0]
    return Sums(total, spectra, squares)


def _variances(sets: list[Sums]) -> FloatArray:
    """Squared errors of the mean spectra.

    They are those of independent points, times a common factor for the smaller scatter between sets of points. The
    scatter in a single bin is only known to a quarter, and a fit would give too much weight to bins that happen to
    scatter less; the mean over all bins is known well.
    """
    _, error = mean_and_error(np.array([each.spectra for each in sets]))
    independent = np.sum([each.squares for each in sets], axis=0) / len(sets) ** 2
    ratio: FloatArray = np.sum(error**2, axis=1, keepdims=True) / np.sum(independent, axis=1, keepdims=True)
    return np.asarray(ratio * independent)


def _energy_range(cuts: Cuts) -> tuple[float, float]:
    """Smallest and largest energy in GeV; the largest is that of a recoil against the other two at their minimum."""
    recoil = max(0.5 * cuts.s / (cuts.total_energy - cuts.total_momentum * cosine) for cosine in cuts.cosines)
    return cuts.min_energy, min(recoil, cuts.total_energy - 2.0 * cuts.min_energy)


def _possible(region: Region) -> bool:
    """Whether any of many points passes the cuts; a map cannot adapt without."""
    rng = np.random.default_rng(_SEED)
    return region.reaches(rng.random((_FLAT, DIMENSIONS)))


def _impossible(cuts: Cuts) -> str:
    """Message that names the first cut that no event passes."""
    rng = np.random.default_rng(_SEED)
    samples = [region.events(rng.random((_FLAT, DIMENSIONS))) for region in regions(cuts)]
    left = [volume > 0.0 for _, volume in samples]  # without volume the energy cannot be shared
    steps = [cuts.steps(*momenta[2:]) for momenta, _ in samples]
    for name in steps[0]:
        left = [passed & step[name] for passed, step in zip(left, steps, strict=True)]
        if not any(passed.any() for passed in left):
            break
    values = {
        "min_energy": f"min_energy = {cuts.min_energy:g} GeV",
        "polar_angle": f"polar_angle_min to polar_angle_max = {cuts.polar_angle_min:g} to {cuts.polar_angle_max:g}",
        "min_separation": f"min_separation = {cuts.min_separation:g}",
        "min_separation_ee": f"min_separation_ee = {cuts.min_separation_ee:g}",
    }
    return f"{values[name]}: no radiative Bhabha event passes; loosen this cut"
