"""Mesons that the photons of a shower make in a material, and their decays to dark matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS, GEV2_CM2
from evanesce.materials import Material, Nucleus
from evanesce.mediators import Mediator, with_parameters
from evanesce.memo import memoised
from evanesce.numerics import Estimate, analysis_matrix, clenshaw, gauss_legendre, panel_nodes
from evanesce.production.annihilation import CollisionDensity, integrate_collisions, rows_of
from evanesce.production.vector_mesons import (
    LIGHT,
    MESONS,
    VectorMeson,
    invisible_branching,
    line_shape,
    nuclear_cross_section,
)
from evanesce.sources import energies, whole_of
from evanesce.tracklength.photons import PhotonTracks
from evanesce.validation import FloatArray

__all__ = [
    "HIGHEST_S",
    "cross_sections_on_grid",
    "decays_on_shell",
    "decays_with_line_shape",
    "meson_collisions",
    "meson_numbers",
    "photon_grid",
    "photon_range",
]

_ORDERS: Final[tuple[int, int]] = (8, 5)
_POINTS: Final[int] = 80
"""Photon energies at which nuclear cross sections are computed; linear in the logarithm in between."""
_RUNG: Final[float] = 2.0**-0.5
"""Photon energies begin at a power of this, times the largest: cross sections are kept while a cut moves a little."""
_ORDER: Final[int] = 12
"""Nodes per panel in s."""
HIGHEST_S: Final[float] = 9.0
"""Largest s in GeV²."""
_SMOOTH: Final[FloatArray] = np.array([0.0, 0.004, 0.016, 0.05, 0.14, 0.279, 0.4, 0.5, 0.55, 0.6])
"""Panels in the mediator's mass in GeV on which the number of decays is smooth, below every meson."""
_MASS_ORDER: Final[int] = 8
_GRADES: Final[FloatArray] = np.array([0.0, 1.0, 3.0, 9.0, 27.0, 81.0])
"""Edges of panels next to a narrow meson, in units of mΓ."""


def meson_numbers(tracks: PhotonTracks, material: Material) -> Estimate:
    """Mesons at unit exposure that take enough energy to pass the selection, in the order of MESONS.

    The meson has the photon's energy: the recoil, some 0.1 GeV for a nucleon and nothing for a nucleus, is neglected.
    """
    fine, coarse = (
        np.array([tracks.passing(_interpolated(meson, material, tracks), order) for meson in MESONS])
        for order in _ORDERS
    )
    value = material.radiation_length * fine
    return Estimate(value, material.radiation_length * np.abs(fine - coarse) + (tracks.kernel.error + 1e-3) * value)


def _interpolated(meson: VectorMeson, material: Material, tracks: PhotonTracks) -> Callable[[FloatArray], FloatArray]:
    """Σ n σ(γA → V) in 1/cm over all nuclei as a function of the photon's energy in GeV."""
    lowest, last = photon_range(meson, tracks)
    if not lowest < last:
        return lambda photon: np.zeros_like(photon)
    grid = photon_grid(lowest, last)
    total = np.zeros(_POINTS)
    for nucleus in material.nuclei:
        coherent, incoherent = cross_sections_on_grid(meson, nucleus, lowest, last)
        total += nucleus.number_density * (coherent + incoherent)
    logarithm = np.log(total)

    def at(photon: FloatArray) -> FloatArray:
        inside = np.exp(np.interp(np.log(photon), np.log(grid), logarithm))
        return np.asarray(np.where(photon >= lowest, inside, 0.0))

    return at


def photon_range(meson: VectorMeson, tracks: PhotonTracks) -> tuple[float, float]:
    """Energies in GeV that contain those of all photons that count; none count if the first is not below the second."""
    first, last = energies(whole_of(tracks.source))
    fraction = float(tracks.acceptance.transition(np.array([first, last]))[0].min())
    lowest = max(fraction * first - ELECTRON_MASS, meson.threshold * 1.0001)
    rung = last * _RUNG ** np.ceil(np.log(lowest / last) / np.log(_RUNG) - 1e-9)
    return max(float(rung), meson.threshold * 1.0001), last


def photon_grid(lowest: float, last: float) -> FloatArray:
    """Energies of :func:`cross_sections_on_grid`."""
    return np.geomspace(lowest, last, _POINTS)


@memoised(maxsize=256)
def cross_sections_on_grid(
    meson: VectorMeson, nucleus: Nucleus, lowest: float, last: float
) -> tuple[FloatArray, FloatArray]:
    """Coherent and incoherent cross section in cm²; kept, because layers and showers share them."""
    return nuclear_cross_section(meson, nucleus, photon_grid(lowest, last))


def decays_on_shell(numbers: Estimate, mediator: Mediator, mass: FloatArray) -> Estimate:
    """Decays to χχ̄ at ε = 1 of mesons on their mass shell, for masses in GeV, shape (masses,).

    The mediator's parameters broadcast against shape (masses, 1).
    """
    found = Estimate(np.zeros(len(mass)), np.zeros(len(mass)))
    for index, meson in enumerate(MESONS):
        branching = np.broadcast_to(invisible_branching(meson, mediator, mass[:, None]), (len(mass), 1))[:, 0]
        found = found + Estimate(numbers.value[index] * branching, numbers.error[index] * branching)
    return found


def decays_with_line_shape(
    numbers: Estimate, shape: CollisionDensity, mediator: Mediator, mass: FloatArray, *, width: str = "fixed"
) -> Estimate:
    """Decays to χχ̄ at ε = 1, shape (masses,): light mesons of any mass by their line ``shape``, others on shell."""
    heavy = np.arange(len(MESONS)) >= LIGHT
    on_shell = decays_on_shell(Estimate(numbers.value * heavy, numbers.error * heavy), mediator, mass)
    return on_shell + _decays_of_shape(shape, mediator, mass, width)


def meson_collisions(numbers: Estimate) -> CollisionDensity:
    """The line shape for numbers of ρ, ω, φ, such that ∫ D(s) σ(s) ds/(GeV⁻² in cm²) is the number of decays to χχ̄."""
    edges = _edges()
    nodes, _ = panel_nodes(edges, _ORDER)
    total = float(numbers.value[:LIGHT].sum())
    error = float(numbers.error[:LIGHT].sum()) / total if total > 0 else 0.0
    return CollisionDensity(edges=edges, values=line_shape(numbers.value, nodes), error=error + 1e-6)


def _decays_of_shape(shape: CollisionDensity, mediator: Mediator, mass: FloatArray, width: str) -> Estimate:
    """Decays of the line shape at ε = 1 for masses in GeV, shape (masses,).

    Below the mesons the number is a smooth function of the mass, interpolated between fixed masses.
    """
    light = np.flatnonzero(mass < _SMOOTH[-1])
    heavy = np.flatnonzero(~(mass < _SMOOTH[-1]))
    value, error = np.zeros(len(mass)), np.zeros(len(mass))
    if len(heavy):
        value[heavy], error[heavy] = integrate_collisions(shape, rows_of(mediator, heavy), mass[heavy], width=width)
    if len(light):
        value[light], error[light] = _interpolated_decays(shape, rows_of(mediator, light), mass[light], width)
    return Estimate(value, error) * (1.0 / GEV2_CM2)


def _interpolated_decays(shape: CollisionDensity, mediator: Mediator, mass: FloatArray, width: str) -> Estimate:
    """Masses below the mesons: one series a panel and pair of parameters, so that no mass depends on the others."""
    alpha, ratio = (
        np.broadcast_to(np.reshape(value, -1), len(mass)) for value in (mediator.alpha_d, mediator.mass_ratio)
    )
    panel = np.searchsorted(_SMOOTH, mass, side="right") - 1
    cases, place = np.unique(np.stack([alpha, ratio, panel], axis=-1), axis=0, return_inverse=True)
    used = cases[:, 2].astype(np.intp)
    low, high = _SMOOTH[used, None], _SMOOTH[used + 1, None]
    nodes = 0.5 * (low + high) + 0.5 * (high - low) * gauss_legendre(_MASS_ORDER)[0]
    parameters = (np.repeat(cases[:, column], _MASS_ORDER)[:, None] for column in (0, 1))
    known = integrate_collisions(shape, with_parameters(mediator, *parameters), nodes.ravel(), width=width)
    # row by row, because the rounding of a matrix product depends on the number of rows
    series = np.vecdot(known.value.reshape(len(cases), 1, -1), analysis_matrix(_MASS_ORDER))
    worst = known.error.reshape(len(cases), -1).max(axis=1) + np.abs(series[:, -2:]).sum(axis=1)
    place = place.reshape(-1)
    local = (2.0 * mass - (low + high)[place, 0]) / (high - low)[place, 0]
    return Estimate(clenshaw(series[place].T, local), worst[place])


def _edges() -> FloatArray:
    """Panels in s, finer next to the narrow mesons and at the threshold of two pions."""
    wide = [0.0, 0.02, 0.05, 4.0 * 0.13957039**2, 0.1, 0.15, 0.25, 0.35, 0.45, 0.52, 0.7, 0.8, 1.3, 2.0, 4.0]
    edges = [np.array([*wide, HIGHEST_S])]
    for meson in MESONS[1:LIGHT]:
        reach = meson.mass * meson.width * _GRADES
        edges += [meson.mass**2 - reach, meson.mass**2 + reach]
    every = np.unique(np.concatenate(edges))
    return np.asarray(every[(every >= 0.0) & (every <= HIGHEST_S)])
