"""Mesons that the photons of a shower make in a material, as a density of collisions in s."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS, GEV2_CM2
from evanesce.materials import Material
from evanesce.mediators import Mediator
from evanesce.numerics import Estimate, analysis_matrix, clenshaw, gauss_legendre, panel_nodes
from evanesce.production.annihilation import CollisionDensity, integrate_collisions, rows_of
from evanesce.production.vector_mesons import MESONS, VectorMeson, line_shape, nuclear_cross_section
from evanesce.sources import energies
from evanesce.tracklength.photons import PhotonTracks
from evanesce.validation import FloatArray

__all__ = ["invisible_decays", "meson_collisions", "meson_numbers"]

_ORDERS: Final[tuple[int, int]] = (8, 5)
_POINTS: Final[int] = 60
"""Photon energies at which nuclear cross sections are computed; linear in the logarithm in between."""
_ORDER: Final[int] = 12
"""Nodes per panel in s."""
_LAST: Final[float] = 9.0
"""Largest s in GeV²."""
_SMOOTH: Final[FloatArray] = np.array([0.0, 0.004, 0.016, 0.05, 0.14, 0.279, 0.4, 0.5, 0.55, 0.6])
"""Panels in the mediator's mass in GeV on which the number of decays is smooth, below every meson."""
_MASS_ORDER: Final[int] = 8
_FEW: Final[int] = 40
"""Masses that are computed one by one."""
_GRADES: Final[FloatArray] = np.array([0.0, 1.0, 3.0, 9.0, 27.0, 81.0])
"""Edges of panels next to a narrow meson, in units of mΓ."""


def meson_numbers(tracks: PhotonTracks, material: Material) -> Estimate:
    """ρ, ω and φ at unit exposure that take enough energy to pass the selection, shape (3,).

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
    first, last = energies(tracks.source)
    fraction = float(tracks.acceptance.transition(np.array([first, last]))[0].min())
    lowest = max(fraction * first - ELECTRON_MASS, meson.threshold * 1.0001)
    if not lowest < last:
        return lambda photon: np.zeros_like(photon)
    grid = np.geomspace(lowest, last, _POINTS)
    total = np.zeros(_POINTS)
    for nucleus in material.nuclei:
        total += nucleus.number_density * np.sum(nuclear_cross_section(meson, nucleus, grid), axis=0)
    logarithm = np.log(total)

    def at(photon: FloatArray) -> FloatArray:
        inside = np.exp(np.interp(np.log(photon), np.log(grid), logarithm))
        return np.asarray(np.where(photon >= lowest, inside, 0.0))

    return at


def meson_collisions(numbers: Estimate) -> CollisionDensity:
    """The line shape for numbers of ρ, ω, φ, such that ∫ D(s) σ(s) ds/(GeV⁻² in cm²) is the number of decays to χχ̄."""
    edges = _edges()
    nodes, _ = panel_nodes(edges, _ORDER)
    total = float(numbers.value.sum())
    error = float(numbers.error.sum()) / total if total > 0 else 0.0
    return CollisionDensity(edges=edges, values=line_shape(numbers.value, nodes), error=error + 1e-6)


def invisible_decays(shape: CollisionDensity, mediator: Mediator, mass: FloatArray) -> Estimate:
    """Decays to χχ̄ at ε = 1 for masses in GeV, shape (masses,).

    Below the mesons the number is a smooth function of the mass: for one pair of parameters it is interpolated between
    fixed masses.
    """
    alone = np.ndim(mediator.alpha_d) == 0 and np.ndim(mediator.mass_ratio) == 0
    light = np.flatnonzero(mass < _SMOOTH[-1]) if alone and len(mass) > _FEW else np.zeros(0, dtype=np.intp)
    heavy = np.setdiff1d(np.arange(len(mass)), light)
    value, error = np.zeros(len(mass)), np.zeros(len(mass))
    if len(heavy):
        some = rows_of(mediator, heavy)
        one = integrate_collisions(shape, some, mass[heavy])
        value[heavy], error[heavy] = one.value, one.error
    if len(light):
        panel = np.searchsorted(_SMOOTH, mass[light], side="right") - 1
        used, place = np.unique(panel, return_inverse=True)
        ends = np.stack([_SMOOTH[used], _SMOOTH[used + 1]], axis=-1)
        nodes = (ends.mean(axis=1)[:, None] + 0.5 * np.diff(ends) * gauss_legendre(_MASS_ORDER)[0]).ravel()
        known = integrate_collisions(shape, mediator, nodes)
        series = known.value.reshape(len(used), -1) @ analysis_matrix(_MASS_ORDER).T
        local = (2.0 * mass[light] - ends.sum(axis=1)[place]) / np.diff(ends)[place, 0]
        value[light] = clenshaw(series[place].T, local)
        worst = known.error.reshape(len(used), -1).max(axis=1) + np.abs(series[:, -2:]).sum(axis=1)
        error[light] = worst[place]
    return Estimate(value, error) * (1.0 / GEV2_CM2)


def _edges() -> FloatArray:
    """Panels in s, finer next to the narrow mesons and at the threshold of two pions."""
    edges = [
        np.array(
            [0.0, 0.02, 0.05, 4.0 * 0.13957039**2, 0.1, 0.15, 0.25, 0.35, 0.45, 0.52, 0.7, 0.8, 1.3, 2.0, 4.0, _LAST]
        )
    ]
    for meson in MESONS[1:]:
        reach = meson.mass * meson.width * _GRADES
        edges += [meson.mass**2 - reach, meson.mass**2 + reach]
    every = np.unique(np.concatenate(edges))
    return np.asarray(every[(every >= 0.0) & (every <= _LAST)])
