"""The Monte Carlo as a shower model: kernels and bin averages with statistical errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from evanesce.cache import Layout, cached, digest
from evanesce.interactions.medium import CROSS_SECTIONS
from evanesce.memo import memoised
from evanesce.numerics import (
    analysis_matrix,
    endpoint_to_log,
    gauss_legendre,
    log_to_endpoint,
    panel_nodes,
)
from evanesce.particles import Tracked, check_tracked
from evanesce.physics import Option, PhysicsOptions
from evanesce.showers.base import SHOWERS
from evanesce.showers.bins import BinnedTrackLength, check_bins
from evanesce.showers.kernel import TrackLength, from_terms
from evanesce.showers.montecarlo.simulation import ShowerRun, simulate
from evanesce.showers.setup import ShowerSetup
from evanesce.showers.simulated import SIMULATION
from evanesce.validation import FloatArray

__all__ = ["MonteCarlo"]

_VERSION: Final[int] = 2
"""Version in every cache key, to be increased with any change that alters a result."""
_LOWEST: Final[float] = 0.25
"""Smallest v of the kernels: lower values cost time and are not needed in a missing-energy search."""
_LARGEST: Final[float] = 0.9999
_ENERGIES: Final[int] = 3
"""Number of simulated energies for a range of energies."""
_PANELS: Final[int] = 100
_NEAREST: Final[float] = 1e-7
"""One panel is enough below this ln(1/v): less than 1e-4 X0 of track length."""
_SELECTED: Final[float] = 0.9
"""Typical smallest v of a missing-energy selection."""
_LAYOUT: Final[Layout] = {"edges": ("panels+1",), "terms": (4, "energies", "panels", 2), "errors": (4,)}
"""Shapes of the cached arrays."""


@SHOWERS.register("montecarlo")
@dataclass(frozen=True, slots=True, kw_only=True)
class MonteCarlo:
    """Monte Carlo of electrons, positrons and photons, straight ahead, with the cross sections of the cascade.

    Results are those of :class:`evanesce.showers.cascade.Cascade` with statistical errors. For depths and
    multiplicities, track by track, see :func:`evanesce.showers.montecarlo.simulate_tracks`.

    >>> from evanesce.materials import material
    >>> setup = ShowerSetup(
    ...     incident="e+", material=material("CsI"), start=0.0, stop=16.0, energy_min=4.35, energy_max=4.35
    ... )
    >>> binned = MonteCarlo(histories=20000).binned(setup, np.array([0.5, 1.0]))
    >>> float((abs(binned.primary - 1.651) / binned.primary_error)[0]) < 4
    True
    """

    OPTIONS: ClassVar[tuple[Option, ...]] = SIMULATION
    histories: int = 1_000_000
    """Number of incident particles; for kernels they are divided among several energies."""
    seed: int = 1
    """The same seed gives the same result, on any number of threads."""
    lowest: float = _LOWEST
    """Smallest v = E'/E₀ of the kernels."""
    cut: float | None = None
    """Kinetic energy in GeV of the softest knock-on electron; softer ones are continuous loss. If None, 3.5e-5 of the
    incident energy, at most 150 keV."""

    @classmethod
    def from_options(cls, options: PhysicsOptions) -> MonteCarlo:
        """Take ``histories`` and ``seed`` from the physics options."""
        return cls(histories=options["histories"], seed=options["seed"])

    def track_length(self, setup: ShowerSetup) -> TrackLength:
        """Track length of the beam particle, of other positrons, of every electron and positron, and of photons.

        The kernels are piecewise linear in the endpoint variable, on panels with the integrals of the simulation. A
        range of energies is simulated at a few of them. Results are kept on disk.

        Raises
        ------
        InvalidValueError
            Energies outside 0.3 GeV to 100 TeV, depths beyond 100 X0.

        """
        return _track_length(self, setup)

    def binned(
        self, setup: ShowerSetup, edges: FloatArray, *, v_max: float = 1.0, of: Tracked = "e+"
    ) -> BinnedTrackLength:
        """Bins of the simulation; errors are one standard deviation, but at least that of one track."""
        check_tracked(of, setup.incident)
        edges = check_bins(edges)
        inner = np.unique(np.minimum(edges, v_max))
        run = ShowerRun(
            setup=setup,
            energy=setup.energy_max,
            histories=self.histories,
            seed=self.seed,
            lowest=min(float(edges[0]), _LARGEST),
            cut=self.cut,
        )
        mean, error = np.zeros((2, 4, len(edges) - 1))
        if len(inner) > 1:
            tally = simulate(run, inner)
            filled = len(inner) - 1
            mean[:, :filled], error[:, :filled] = tally.mean, tally.error
            # with few tracks or none, the error is at least that of one track as long as the beam particle's
            error[1:] = np.maximum(error[1:], mean[0] / self.histories)
        positron, other = float(setup.incident == "e+" == of), 3 if of == "gamma" else 1
        width = np.diff(edges)
        return BinnedTrackLength(
            edges=edges,
            primary=positron * mean[0] / width,
            secondary=mean[other] / width,
            primary_error=positron * error[0] / width,
            secondary_error=error[other] / width,
            provenance={"histories": self.histories, "seed": self.seed, "knock_on_cut_gev": run.knock_on_cut},
        )


@memoised(maxsize=64)
def _track_length(model: MonteCarlo, setup: ShowerSetup) -> TrackLength:
    key = digest(_VERSION, CROSS_SECTIONS, setup.key, model)
    found = cached("montecarlo", key, lambda: _kernels(model, setup), layout=_LAYOUT)
    return from_terms(setup, found["edges"], found["terms"], found["errors"])


def _kernels(model: MonteCarlo, setup: ShowerSetup) -> dict[str, FloatArray]:
    """Panels in the endpoint variable, Legendre terms in ln E and on them (4, energies, panels, 2), and errors (4,)."""
    low, high = setup.energy_min, setup.energy_max
    x, _ = gauss_legendre(_ENERGIES if high > low else 1)
    energies = np.sqrt(low * high) * (high / low) ** (0.5 * x)
    lethargy = _log_edges(model.lowest)
    fractions = np.exp(-lethargy[::-1])
    fractions[-1] = 1.0
    series, errors = [], []
    for part, energy in enumerate(energies.tolist()):
        run = ShowerRun(
            setup=setup,
            energy=energy,
            histories=max(model.histories // len(energies), 2),
            seed=model.seed,
            lowest=model.lowest,
            cut=model.cut,
            part=part,
        )
        batches = simulate(run, fractions).batches[..., ::-1]
        # beam particle, other positrons, every electron and positron, photons
        batches = np.stack([batches[:, 0], batches[:, 1], batches[:, :3].sum(axis=1), batches[:, 3]], axis=1)
        series.append(_piecewise_linear(log_to_endpoint(lethargy), batches.mean(axis=0)))
        errors.append(_relative_errors(batches, fractions[::-1]))
    terms = np.einsum("ke,eapc->akpc", analysis_matrix(len(energies)), np.stack(series))
    return {"edges": log_to_endpoint(lethargy), "terms": terms, "errors": np.max(errors, axis=0)}


def _relative_errors(batches: FloatArray, edges: FloatArray) -> FloatArray:
    """Relative errors of the track lengths, (4,): that of all v or of the typical selection, whichever is larger."""
    high = edges[1:] >= _SELECTED
    lengths = np.stack([batches.sum(axis=-1), batches[..., high].sum(axis=-1)])
    mean, error = lengths.mean(axis=1), lengths.std(axis=1, ddof=1) / np.sqrt(len(batches))
    populated = mean > 3.0 * error
    relative = np.divide(error, mean, out=np.zeros_like(mean), where=populated)
    return np.asarray(np.where(populated.any(axis=0), relative.max(axis=0), 1.0))


def _log_edges(lowest: float) -> FloatArray:
    """Panels in l = ln(1/v), each with some per cent of the track length, down to the end set by ionisation."""
    return np.concatenate([[0.0], np.geomspace(_NEAREST, -math.log(lowest), _PANELS)])


def _piecewise_linear(edges: FloatArray, integrals: FloatArray) -> FloatArray:
    """Legendre coefficients (kinds, panels, 2) of g with the given track lengths, shape (kinds, panels).

    The slope is the mean of those to both neighbours, limited so that g stays positive (B. van Leer, J. Comput. Phys.
    23 (1977) 276), and zero at an extremum.
    """
    y, weights = panel_nodes(edges, 8)
    lethargy = endpoint_to_log(y)
    measure = weights * (1.0 + lethargy) * np.exp(-lethargy)  # F dv = g (1 + l) v dy
    middle, half = 0.5 * (edges[1:] + edges[:-1]), 0.5 * np.diff(edges)
    local = (y - middle[:, None]) / half[:, None]
    whole, first = measure.sum(axis=1), np.sum(measure * local, axis=1)
    mean = integrals / whole
    steps = np.diff(mean, axis=1) / np.diff(middle)
    before, after = np.pad(steps, ((0, 0), (1, 0)), mode="edge"), np.pad(steps, ((0, 0), (0, 1)), mode="edge")
    slope = half * 0.5 * (before + after)
    largest = np.minimum(2.0 * half * np.minimum(np.abs(before), np.abs(after)), mean)
    slope = np.where(before * after > 0, np.clip(slope, -largest, largest), 0.0)
    return np.stack([mean - slope * first / whole, slope], axis=-1)
