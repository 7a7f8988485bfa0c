"""Cross section and energy spectra of radiative Bhabha scattering, by adaptive Monte Carlo (vegas, a region at a time).

The numbers depend on cuts alone: α enters as α³ outside. They take seconds, and are kept on disk. The random numbers
have a fixed seed: the same cuts give the same numbers.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from evanesce.cache import Layout, cached, digest
from evanesce.errors import InvalidValueError
from evanesce.sources.radiative.cuts import Cuts
from evanesce.sources.radiative.phase_space import DIMENSIONS, Region, regions
from evanesce.validation import FloatArray

__all__ = ["Tables", "tables", "tables_key"]

_VERSION: Final[int] = 1
"""Goes up with every change of the numbers, so that none is taken from an old file."""
_SEED: Final[int] = 20221208
_TRAINING: Final[tuple[tuple[int, int, float], ...]] = ((8, 20_000, 0.5), (3, 100_000, 0.3))
"""Iterations, evaluations and damping of the adaptation."""
_ITERATIONS: Final[int] = 16
_EVALUATIONS: Final[int] = 100_000
_FEWER: Final[int] = 4
"""Factor fewer evaluations with the Z, whose amplitude has no short form."""
_BINS: Final[int] = 384
_FLAT: Final[int] = 100_000
"""Points that look for an event that passes the cuts."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """Integrals at e = 1, in GeV⁻²."""

    cross_section: float
    error: float
    """Standard error of the cross section."""
    bins: FloatArray
    """Edges in GeV of equal bins in energy, shape (bins + 1,)."""
    spectra: FloatArray
    """Estimate over each bin, of the positron and of the electron, shape (2, bins)."""
    variances: FloatArray
    """Squared standard errors of them."""
    grids: tuple[tuple[FloatArray, ...], ...]
    """Edges of vegas's increments on the unit interval, for each region and coordinate."""
    parts: FloatArray
    """Cross section in each region."""


def tables_key(cuts: Cuts, z_exchange: bool) -> str:
    """Names the integrals in the cache, and what is made from them."""
    return digest(_VERSION, astuple(cuts), z_exchange)


@lru_cache(maxsize=8)
def tables(cuts: Cuts, z_exchange: bool) -> Tables:
    """Integrate, or take from memory or disk.

    Raises
    ------
    InvalidValueError
        No event passes the cuts.

    """
    key = tables_key(cuts, z_exchange)
    found = cached("radiative-bhabha", key, lambda: _integrate(cuts, z_exchange), layout=_layout(cuts, z_exchange))
    grids = tuple(
        tuple(found[f"grid{region}{axis}"] for axis in range(DIMENSIONS)) for region in range(len(found["parts"]))
    )
    return Tables(
        cross_section=float(found["total"][0]),
        error=float(found["total"][1]),
        bins=found["bins"],
        spectra=found["spectra"],
        variances=found["variances"],
        grids=grids,
        parts=found["parts"],
    )


def _layout(cuts: Cuts, z_exchange: bool) -> Layout:
    """Shapes of what is kept."""
    pieces = range(len(regions(cuts, z_exchange=z_exchange)))
    grids = {f"grid{i}{axis}": (f"increments{i}{axis}+1",) for i in pieces for axis in range(DIMENSIONS)}
    histograms = {"spectra": (2, _BINS), "variances": (2, _BINS), "bins": (_BINS + 1,)}
    return {**histograms, **grids, "parts": (len(pieces),), "total": (2,)}


def _integrate(cuts: Cuts, z_exchange: bool) -> dict[str, FloatArray]:
    pieces = regions(cuts, z_exchange=z_exchange)
    bins = np.linspace(*_energy_range(cuts), _BINS + 1)
    found: dict[str, FloatArray] = {"bins": bins}
    spectra, variances = np.zeros((2, _BINS)), np.zeros((2, _BINS))
    parts, squares = np.zeros(len(pieces)), np.zeros(len(pieces))
    for i, region in enumerate(pieces):
        if not _possible(region):
            for axis in range(DIMENSIONS):
                found[f"grid{i}{axis}"] = np.array([0.0, 1.0])
            continue
        integrator = _trained(region, _FEWER if z_exchange else 1, seed=_SEED + i)
        passes = [_one_pass(integrator, region, bins) for _ in range(_ITERATIONS)]
        totals = np.array([total for total, _, _ in passes])
        parts[i], squares[i] = totals.mean(), totals.var(ddof=1) / _ITERATIONS
        spectra += np.mean([spectrum for _, spectrum, _ in passes], axis=0)
        variances += np.sum([variance for _, _, variance in passes], axis=0) / _ITERATIONS**2
        for axis in range(DIMENSIONS):
            size = int(integrator.map.ninc[axis]) + 1
            found[f"grid{i}{axis}"] = np.array(integrator.map.grid[axis])[:size]
    if not parts.sum() > 0.0:
        raise InvalidValueError(_impossible(cuts))
    found |= {"spectra": spectra, "variances": variances, "parts": parts}
    found["total"] = np.array([parts.sum(), np.sqrt(squares.sum())])
    return found


def _trained(region: Region, fewer: int, seed: int) -> Any:
    import vegas

    rng = np.random.default_rng(seed)
    integrator = vegas.Integrator([[0.0, 1.0]] * DIMENSIONS, ran_array_generator=rng.random)
    integrand = vegas.lbatchintegrand(lambda u: region(np.asarray(u)).weight)
    for iterations, evaluations, damping in _TRAINING:
        integrator(integrand, nitn=iterations, neval=evaluations // fewer, alpha=damping)
    integrator.set(neval=_EVALUATIONS // fewer, adapt=False)
    return integrator


def _one_pass(integrator: Any, region: Region, bins: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """Estimate, histograms of both charges, and the sums of squared weights in their bins."""
    total, spectra, squares = 0.0, np.zeros((2, _BINS)), np.zeros((2, _BINS))
    for u, volume in integrator.random_batch():
        sample = region(np.asarray(u))
        weight = sample.weight * volume
        total += float(weight.sum())
        for i, particle in enumerate((sample.momenta.positron, sample.momenta.electron)):
            spectra[i] += np.histogram(particle[0], bins, weights=weight)[0]
            squares[i] += np.histogram(particle[0], bins, weights=weight**2)[0]
    return total, spectra, squares


def _energy_range(cuts: Cuts) -> tuple[float, float]:
    """Smallest and largest energy in GeV: opposite the others, at an end of the window, but they need theirs."""
    recoil = max(0.5 * cuts.s / (cuts.total_energy - cuts.total_momentum * cosine) for cosine in cuts.cosines)
    return cuts.min_energy, min(recoil, cuts.total_energy - 2.0 * cuts.min_energy)


def _possible(region: Region) -> bool:
    """Whether any of many points passes the cuts; vegas does not adapt to nothing."""
    rng = np.random.default_rng(_SEED)
    return region.reaches(rng.random((_FLAT, DIMENSIONS)))


def _impossible(cuts: Cuts) -> str:
    """Say which cut leaves nothing of what those before it let pass."""
    rng = np.random.default_rng(_SEED)
    samples = [region.events(rng.random((_FLAT, DIMENSIONS))) for region in regions(cuts)]
    left = [volume > 0.0 for _, volume in samples]  # what has no volume cannot share its energy
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
    return f"{values[name]}: no radiative Bhabha event passes, loosen this cut"
