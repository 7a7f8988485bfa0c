r"""Collisions of radiating positrons over the square s' of the mediator's momentum, on atomic electrons.

The track length of :mod:`radiated`, folded with the source, takes the place of that without radiation in
:mod:`annihilation` and :mod:`bound`: every mass point is the same integral of a density times σ(s'). The density
depends on the mediator only through its vertex, so that a curve costs what it does without radiation.

For a bound electron the photon's logarithm is ln(2E'q/m_e²), q its light-cone momentum. Everything else scales with
E'q, so we add the convolution of the derivative by ln q with q G ln(q/m_e). The derivative is that between m_e and
e m_e: the radiator is linear in ln q but for its exponent.

Below s' = 2.2m_e² the density is taken as constant. (Longitudinal axial vectors make it grow as m_e²/s' there.)

Photons that take most of s are a smooth tail over many orders of magnitude. It is convolved with the electrons on a
fifty times coarser grid; with steps of ten times the electrons' nothing moves by more than 1e-9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.mediators import Vertex
from evanesce.memo import memoised
from evanesce.numerics import panel_nodes
from evanesce.production.annihilation import CollisionDensity, free_collisions
from evanesce.production.bound import LightConeDensity
from evanesce.production.log_grid import (
    ORDER,
    Convolution,
    Index,
    density,
    extended,
    resolve,
    spread,
    track_length_on_grid,
)
from evanesce.production.radiated import LEAST_ENERGY, RadiatedKernels, radiated_kernels, selection_limits
from evanesce.showers import Kernel
from evanesce.sources import Source, energies, whole_of
from evanesce.tracklength import Acceptance, FoldedTrackLength, fold_track_lengths
from evanesce.validation import FloatArray

__all__ = [
    "RadiatedTracks",
    "bound_radiated_collisions",
    "fold_radiated",
    "fold_radiated_kernels",
    "free_radiated_collisions",
]

_RAMP: Final[tuple[float, float]] = (0.3, 1.3)
"""The tail begins gradually between these distances in ln E'' below the smallest energy that passes."""
_NODES: Final[int] = 12
"""Nodes per panel of the fold with the source; with 16 the yields move by 1e-10."""
_INNER: Final[tuple[int, int]] = (12, 8)
"""Nodes of its integral, and of the check; with 16 and 11 the yields move by 2e-11."""
_CHECKED: Final[int] = 5
"""One of so many nodes is computed with twice the grid spacing, too."""
_COARSE: Final[int] = 50
"""Steps of the electrons' grid in one of the tail's."""
_LIGHTEST: Final[float] = 0.2
"""Smallest s' - 2m_e² in m_e²."""
_TAIL_PANEL: Final[float] = 1.0
"""Width in ln s' of the panels that only the tail reaches."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RadiatedTracks:
    """W(E'') of electrons at rest after radiation, and its derivative by ln(q/m_e)."""

    at_rest: FoldedTrackLength
    slope: FoldedTrackLength
    first: float
    """Smallest energy in GeV of a positron that passes without radiation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Everything:
    """An acceptance of all of a kernel that contains the selection already, down to a mediator of ``least`` GeV."""

    missing_fraction: float
    least: float

    def transition(self, energy: FloatArray) -> FloatArray:
        return self.least / np.asarray(energy, dtype=np.float64)[None]

    def probability(self, energy: FloatArray, taken: FloatArray) -> FloatArray:
        return np.asarray(1.0 * (taken * energy > self.least * (1.0 + 1e-9)))


def fold_radiated(
    source: Source,
    kernel: Kernel,
    vertex: Vertex,
    *,
    acceptance: Acceptance,
    soft: float,
    v_max: float = 1.0,
) -> RadiatedTracks:
    """Radiate the positrons of a kernel, and fold with the source and the selection; ``soft`` as there."""
    radiated = radiated_kernels(kernel, vertex, acceptance, energies(source), soft=soft, v_max=v_max)
    return fold_radiated_kernels(source, radiated, acceptance=acceptance, v_max=v_max)


def fold_radiated_kernels(
    source: Source, radiated: RadiatedKernels, *, acceptance: Acceptance, v_max: float = 1.0
) -> RadiatedTracks:
    """Fold kernels that are radiated already with a source, or with a slice of the one that they are made for."""
    last = energies(source)[1]
    low, high = energies(whole_of(source))
    middle = float(np.sqrt(low * high))
    fractions = acceptance.transition(np.array([middle]))[:, 0]
    whole = _Everything(
        missing_fraction=LEAST_ENERGY / last * (1.0 + 1e-6),
        least=ELECTRON_MASS + LEAST_ENERGY,
    )
    at_rest, slope = fold_track_lengths(
        source,
        (radiated.at_rest, radiated.slope),
        acceptance=whole,
        v_max=v_max,
        kinks=selection_limits(acceptance, middle),
        order=_NODES,
        inner=_INNER,
    )
    return RadiatedTracks(at_rest=at_rest, slope=slope, first=float(fractions[0] * low))


def free_radiated_collisions(tracks: RadiatedTracks, electron_density: float = 1.0) -> CollisionDensity:
    """D(s') of electrons at rest, in units of :func:`~evanesce.production.annihilation.free_collisions`."""
    return _down_to_zero(free_collisions(tracks.at_rest, electron_density))


def bound_radiated_collisions(tracks: RadiatedTracks, electrons: LightConeDensity) -> CollisionDensity:
    """D(s') of the electrons of a material in X0·cm⁻³/GeV², on panels, with the change with twice the grid spacing."""
    near, far = (_split(tracks, tail=tail) for tail in (False, True))
    curve = _curve(near, electrons)
    edges, values, error = resolve(curve)
    nodes = panel_nodes(edges[1:-1], ORDER)[0][:, ::_CHECKED]
    fine, coarse = (density(each, nodes) for each in (curve, _curve(near, _coarser(electrons, 2))))
    change = np.abs(np.divide(coarse, fine, out=np.ones_like(fine), where=fine > 0.0) - 1.0)
    tail = _curve(far, _coarser(electrons, _COARSE), pad=True)
    lowest = np.log(_LIGHTEST * ELECTRON_MASS**2)
    if np.log(edges[0]) > lowest:
        count = int(np.ceil((np.log(edges[0]) - lowest) / _TAIL_PANEL))
        more = np.exp(np.linspace(lowest, np.log(edges[0]), count + 1))
        edges = np.append(more[:-1], edges)
        values = np.concatenate([np.zeros((count, ORDER)), values])
    added = density(tail, panel_nodes(edges, ORDER)[0])
    total = values + added
    share = np.divide(values, total, out=np.zeros_like(total), where=total > 0)
    inner = share[-len(fine) - 1 : -1, ::_CHECKED]
    found = CollisionDensity(
        edges=edges + 2.0 * ELECTRON_MASS**2,
        values=total,
        error=tracks.at_rest.error + error + float((change * inner).max()),
    )
    return _down_to_zero(found)


def _down_to_zero(density: CollisionDensity) -> CollisionDensity:
    """With a panel below, where D is nearly constant: a light mediator is radiated like a photon."""
    lowest = (2.0 + _LIGHTEST) * ELECTRON_MASS**2
    start = int(np.argmax(density.edges[1:] > lowest))
    first = np.full((1, density.values.shape[1]), density.values[start, 0])
    values = np.concatenate([first, density.values[start:]])
    return replace(density, edges=np.append(0.0, density.edges[start:]), values=values)


class _Sum:
    """Curves on the same grid added."""

    def __init__(self, parts: Sequence[Convolution]) -> None:
        self._parts = parts
        self.first = parts[0].first
        self.step = parts[0].step

    def __len__(self) -> int:
        return len(self._parts[0])

    def at(self, index: Index) -> FloatArray:
        total: FloatArray = np.sum([part.at(index) for part in self._parts], axis=0)
        return total


def _curve(
    tracks: tuple[FoldedTrackLength, FoldedTrackLength], electrons: LightConeDensity, *, pad: bool = False
) -> _Sum:
    """S D on the electrons' grid; with ``pad`` also below what every track reaches."""
    step = electrons.step
    log_q = step * (electrons.first + np.arange(len(electrons.values)))
    parts = []
    for fold, values in zip(tracks, (electrons.values, electrons.values * log_q), strict=True):
        first, track = track_length_on_grid(fold, step, 2.0 * ELECTRON_MASS)
        more = len(track) if pad else 0
        wide = np.pad(values, more) if pad else extended(values, track, step)
        parts.append(Convolution(wide, track, first + electrons.first - more, step))
    return _Sum(parts)


@memoised(maxsize=16)
def _coarser(electrons: LightConeDensity, times: int) -> LightConeDensity:
    """The same on a grid with ``times`` the spacing; sums with polynomials of degree 5 agree."""
    position = (electrons.first + np.arange(float(len(electrons.values)))) / times
    first, values = spread(position, electrons.values / times)
    return LightConeDensity(first=first, step=times * electrons.step, values=values)


def _split(tracks: RadiatedTracks, *, tail: bool) -> tuple[FoldedTrackLength, FoldedTrackLength]:
    """The tail, or the rest: parts of unity that change smoothly."""
    lowest = tracks.first * np.exp(-_RAMP[1])

    def part(fold: FoldedTrackLength) -> FoldedTrackLength:
        nodes, _ = panel_nodes(fold.edges, fold.values.shape[1])
        below = np.clip((np.log(tracks.first / nodes) - _RAMP[0]) / (_RAMP[1] - _RAMP[0]), 0.0, 1.0)
        share = below**4 * (35.0 - 84.0 * below + 70.0 * below**2 - 20.0 * below**3)
        values = fold.values * (share if tail else 1.0 - share)
        here = fold.edges[1:] > lowest
        if tail or not here.any():
            return replace(fold, values=values, atom_lengths=0.0 * fold.atom_lengths if tail else fold.atom_lengths)
        start = int(np.argmax(here))
        return replace(fold, edges=fold.edges[start:], values=values[start:])

    return part(tracks.at_rest), part(tracks.slope)
