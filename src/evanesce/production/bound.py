"""Annihilation on moving, bound electrons: the density of collisions in s for the electrons of a material.

A positron of energy E' and an electron collide with s = 2 E' q + 2 m_e², where q is the electron's momentum along the
light cone. G(q) dq is the density of electrons times the flux factor; :mod:`evanesce.production.struck` has it shell by
shell in three descriptions (option ``binding``). What s neglects is of the order of (B + p²/2 m_e)/E' of it: 2e-5 for
the K shell of caesium at 4 GeV, 6e-5 for electrons of p = m_e.
Sources: F. Arias-Aragón, L. Darmé, G. Grilli di Cortona and E. Nardi, arXiv:2403.15387 (Phys. Rev. Lett. 132,
261801) and arXiv:2407.15941; binding: R. Plestid and M. B. Wise, arXiv:2403.12184.

Since s depends only on the product of E' and q, the density of collisions is a convolution in logarithms of the
track length W with one distribution G(q) for all shells of a material. We compute it once for an experiment on a
uniform grid and put it on panels; every mass point is then the same integral as for free electrons. The selection
in W is that of an electron at rest, E' + m_e: its energy differs by some keV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.cache import cached, digest
from evanesce.constants import ELECTRON_MASS
from evanesce.materials import Material
from evanesce.materials.compton import PROFILES
from evanesce.materials.orbitals import VERSION as ORBITALS
from evanesce.mediators import Mediator
from evanesce.memo import memoised
from evanesce.numerics import Estimate, panel_nodes
from evanesce.production.annihilation import CollisionDensity, integrate_collisions
from evanesce.production.log_grid import ORDER, Convolution, Tabulated, density, extended, resolve, track_length_on_grid
from evanesce.production.struck import BINDING, StruckShell, densities, struck_shells
from evanesce.tracklength import FoldedTrackLength
from evanesce.validation import FloatArray, choice

__all__ = [
    "BINDING",
    "LightConeDensity",
    "bound_annihilation",
    "bound_collisions",
    "bound_cross_section",
    "collision_density",
    "light_cone_density",
    "light_cone_electrons",
]

_VERSION: Final[int] = 2
"""Version in every cache key, to be increased with any change of the profiles that alters a density."""
STEP: Final[float] = 2e-4
"""Spacing of the grid in ln q and ln s; the most weakly bound electrons have widths of 1e-3."""
_LOWEST, _HIGHEST = 1e-4, 100.0
"""Range of q in units of m_e."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LightConeDensity:
    """G(q), the electrons times their flux factor, on a grid of q uniform in ln(q/m_e)."""

    first: int
    """ln(q/m_e) is (first + j) step."""
    step: float
    values: FloatArray
    """q G(q) in cm⁻³."""
    error: float = 0.0
    """Largest relative error of the tables that G was made from."""

    @property
    def momentum(self) -> FloatArray:
        """Return q in GeV at the points of the grid."""
        q: FloatArray = ELECTRON_MASS * np.exp(self.step * (self.first + np.arange(len(self.values))))
        return q

    @property
    def integral(self) -> float:
        """∫ G dq in cm⁻³: the electron density, apart from the ends of the grid."""
        return float(self.values.sum() * self.step)


def bound_cross_section(density: CollisionDensity, mediator: Mediator, mass: FloatArray) -> Estimate:
    """∫ dE' W ∫ dq G(q) σ(s) in X0/cm at ε = 1 for masses in GeV, shape (masses,).

    ``density`` is that of :func:`bound_collisions` and includes the electron density, so the yield is this times X0
    in cm. The mediator's parameters broadcast against shape (masses, 1).
    """
    return integrate_collisions(density, mediator, mass)


def bound_collisions(fold: FoldedTrackLength, material: Material, *, binding: str = "eikonal") -> CollisionDensity:
    """D(s) in X0·cm⁻³/GeV² for the electrons of a material; ``binding`` is one of :data:`BINDING`.

    Raises
    ------
    InvalidValueError
        An unknown ``binding``, or an element without Compton profiles.

    """
    return collision_density(fold, light_cone_electrons(material, binding))


def light_cone_electrons(material: Material, binding: str = "eikonal") -> LightConeDensity:
    """G(q) of the electrons of a material on a uniform grid in ln q.

    Raises
    ------
    InvalidValueError
        An unknown ``binding``, or an element without tabulated electrons.

    """
    return _stored(material, choice("binding", binding, BINDING))


@memoised(maxsize=16)
def _stored(material: Material, binding: str) -> LightConeDensity:
    """G(q) of a material, kept on disk, because the profiles of all shells take longer than the rest of a limit."""
    atoms = tuple((nucleus.Z, nucleus.number_density) for nucleus in material.nuclei)

    def compute() -> dict[str, FloatArray]:
        made = light_cone_density(struck_shells(material, binding))
        return {"first": np.array(float(made.first)), "values": made.values, "error": np.array(made.error)}

    key = digest(_VERSION, PROFILES, ORBITALS, atoms, binding, STEP, _LOWEST, _HIGHEST)
    stored = cached("electrons", key, compute, layout={"first": (), "values": ("points",), "error": ()})
    return LightConeDensity(
        first=int(stored["first"]), step=STEP, values=stored["values"], error=float(stored["error"])
    )


def bound_annihilation(
    material: Material,
    mediator: Mediator,
    *,
    energy: float,
    mass: FloatArray,
    binding: str = "eikonal",
    width: str = "fixed",
) -> Estimate:
    """∫ dq G(q) σ(s)/n_e in cm² at ε = 1 for a positron of ``energy`` and masses in GeV.

    This is the mean over the electrons of the material with the flux factor, shape (masses,). Its error is that of the
    integral, the change with twice the grid spacing in ln q, and that of the tables. ``binding`` is one of
    :data:`BINDING`, ``width`` is ``fixed`` or ``running``.

    Raises
    ------
    InvalidValueError
        An unknown ``binding``, or an element without Compton profiles.

    """
    electrons = light_cone_electrons(material, binding)
    fine, coarse = (
        integrate_collisions(_at_one_energy(grid, energy, material.electron_density), mediator, mass, width=width)
        for grid in (electrons, _every_other(electrons))
    )
    error = fine.error + np.abs(fine.value - coarse.value) + electrons.error * np.abs(fine.value)
    return Estimate(fine.value, error)


def _at_one_energy(electrons: LightConeDensity, energy: float, electron_density: float) -> CollisionDensity:
    """D(s) = G(q)/(2E' n_e) in 1/GeV² at q = (s - 2 m_e²)/(2E')."""
    edges, values, _ = resolve(Tabulated(electrons.values / electron_density, electrons.first, electrons.step))
    scale = 2.0 * energy * ELECTRON_MASS
    return CollisionDensity(
        edges=scale * edges + 2.0 * ELECTRON_MASS**2,
        values=values / scale,
        error=0.0,
    )


def light_cone_density(shells: Sequence[StruckShell], *, step: float = STEP) -> LightConeDensity:
    """G(q) of shells; ``step`` times m_e must be a few times smaller than the width of the profiles."""
    first, last = round(np.log(_LOWEST) / step), round(np.log(_HIGHEST) / step)
    q = ELECTRON_MASS * np.exp(step * np.arange(first, last + 1))
    total, uncertain = np.zeros_like(q), np.zeros_like(q)
    for shell, each in zip(shells, densities(shells, q), strict=True):
        density = shell.density * each
        total += density
        uncertain += shell.error * density
    return LightConeDensity(first=first, step=step, values=q * total, error=float((uncertain / total).max()))


def collision_density(fold: FoldedTrackLength, electrons: LightConeDensity) -> CollisionDensity:
    """D(s) = ∫ dE' W(E') G(q)/(2E') at q = (s - 2 m_e²)/(2E'), in X0·cm⁻³/GeV², on panels.

    The error estimate is the largest change with twice the grid spacing, the resolution of the panels, and the error of
    the tables of electrons.
    """
    curve = _convolve(fold, electrons)
    edges, values, error = resolve(curve)
    nodes, _ = panel_nodes(edges[1:-1], ORDER)
    fine, coarse = (density(grid, nodes) for grid in (curve, _convolve(fold, _every_other(electrons))))
    # without any track inside the cut there is nothing to compare
    change = np.divide(coarse, fine, out=np.ones_like(fine), where=fine > 0.0) - 1.0
    return CollisionDensity(
        edges=edges + 2.0 * ELECTRON_MASS**2,
        values=values,
        error=fold.error + error + electrons.error + float(np.abs(change).max()),
    )


def _every_other(electrons: LightConeDensity) -> LightConeDensity:
    """The same on a grid with twice the spacing."""
    first = electrons.first + electrons.first % 2
    return LightConeDensity(
        first=first // 2, step=2.0 * electrons.step, values=electrons.values[first - electrons.first :: 2]
    )


def _convolve(fold: FoldedTrackLength, electrons: LightConeDensity) -> Convolution:
    first, track = track_length_on_grid(fold, electrons.step, 2.0 * ELECTRON_MASS)
    values = extended(electrons.values, track, electrons.step)
    return Convolution(values, track, first + electrons.first, electrons.step)
