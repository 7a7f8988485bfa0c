"""The electrons of a material as a positron meets them: light-cone momentum and transverse momentum, shell by shell.

``binding`` selects one of four descriptions, each normalised to one electron:

- ``none``: q = m_e - p_z with the flux factor 1 - p_z/m_e, G(q) = f(m_e - q) q/m_e, f the Compton profile.
- ``on-shell``: where they collide the electron has the kinetic energy m_e - B - V and the positron, which the same
  field repels, E' + V. V cancels in the sum, and the electron is on its mass shell: q = E - p_z with
  E = √(m_e² + p²), flux 1 - p_z/E, momenta isotropic with the density ρ(p) = -2 p f'(p). Then
  G(q) = ∫ dp ρ(p) q/(2 p E) over |q - E| < p, which is q H(p_min) with p_min = |m_e² - q²|/(2q) and
  H(p) = -∫_p^∞ f'/E dp'.
- ``on-shell-orbitals``: the same with momenta of our own Dirac orbitals in place of the tabulated Compton profiles,
  :mod:`evanesce.materials.orbital_momenta`; it measures how far the yield depends on the tables.
- ``eikonal``: the positron's wave in that field has an eikonal phase, and G(q) comes from Dirac's orbitals with this
  phase, :mod:`evanesce.materials.orbitals`. Shells that its table lacks (the heaviest elements, and what the field does
  not bind) are on shell. The table knows q only; the transverse momentum is drawn for electrons on shell of this q.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.materials import Material
from evanesce.materials.compton import ElectronShell, MomentumProfile, electron_shells
from evanesce.materials.orbital_momenta import orbital_momenta
from evanesce.materials.orbitals import LightConeShell, light_cone_shells
from evanesce.memo import memoised
from evanesce.numerics import PiecewiseLegendre, analysis_matrix, gauss_legendre, panel_nodes
from evanesce.validation import FloatArray, choice

__all__ = ["BINDING", "StruckShell", "densities", "struck_shell", "struck_shells"]

BINDING: Final[tuple[str, ...]] = ("none", "on-shell", "on-shell-orbitals", "eikonal")
"""What the atom's field does to the collision; see the module."""
_ORDER: Final[int] = 4
_FINE: Final[int] = 8
_MISSING: Final[float] = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StruckShell:
    """The electrons of one shell of one element in a material, as a positron meets them."""

    name: str
    """Element and shell, for instance ``Cs L3``."""
    density: float
    """Electrons of the shell per cm³."""
    momenta: MomentumProfile
    """Weight of momenta beyond |p|: the profile f for ``none``, else H in 1/GeV²."""
    on_shell: bool
    """Whether q is E - p_z, or else m_e - p_z."""
    table: LightConeShell | None = None
    """G(q) of the orbital, if it is not that of the momenta."""

    def __call__(self, q: FloatArray) -> FloatArray:
        """Return G of one electron in 1/GeV at q in GeV, positive."""
        (density,) = densities((self,), q)
        return density

    @property
    def error(self) -> float:
        """Relative error of the table of G."""
        return 0.0 if self.table is None else self.table.error

    def draw(self, rng: np.random.Generator, q: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Draw p_z and the transverse momentum in GeV of electrons of given q, for isotropic momenta.

        The chance of |p| > p is H(p)/H(p_min), that of f(p)/f(p_z) for ``none``.
        """
        if not self.on_shell:
            p_z = ELECTRON_MASS - q
            magnitude = self.momenta.sample_magnitude(rng, p_z)
        else:
            magnitude = self.momenta.sample_magnitude(rng, _least_momentum(q))
            p_z = np.hypot(ELECTRON_MASS, magnitude) - q
        return p_z, np.sqrt(np.maximum(magnitude**2 - p_z**2, 0.0))


def densities(shells: Iterable[StruckShell], q: FloatArray) -> Iterator[FloatArray]:
    """Return G of one electron of each shell in 1/GeV at q in GeV; shells with the same panels share the look-up."""
    positions: dict[Hashable, FloatArray] = {}
    places: dict[Hashable, Any] = {}
    for shell in shells:
        if shell.table is not None:
            yield shell.table(q)
            continue
        momenta = shell.momenta
        unit = (shell.on_shell, momenta.scale)
        if unit not in positions:
            momentum = _least_momentum(q) if shell.on_shell else ELECTRON_MASS - q
            positions[unit] = np.log1p(np.abs(momentum) / momenta.scale)
        panels = (*unit, momenta.log_profile.edges.tobytes())
        if panels not in places:
            places[panels] = momenta.log_profile.place(positions[unit])
        beyond = np.exp(momenta.log_profile.at_place(*places[panels]))
        yield np.asarray(q * beyond if shell.on_shell else beyond * q / ELECTRON_MASS)


def _least_momentum(q: FloatArray) -> FloatArray:
    """Smallest |p| of an electron on shell with E - p_z = q: along the axis."""
    return np.asarray(0.5 * np.abs(ELECTRON_MASS**2 / q - q))


@memoised(maxsize=32)
def struck_shells(material: Material, binding: str) -> tuple[StruckShell, ...]:
    """Every shell of every element of a material.

    Raises
    ------
    InvalidValueError
        An unknown ``binding``, or an element heavier than Z = 99.

    """
    return tuple(struck_shell(shell, binding) for shell in electron_shells(material))


def struck_shell(shell: ElectronShell, binding: str) -> StruckShell:
    """One shell.

    Raises
    ------
    InvalidValueError
        An unknown ``binding``.

    """
    on_shell = choice("binding", binding, BINDING) != "none"
    momenta = orbital_momenta(shell.Z, shell.number) if binding == "on-shell-orbitals" else None
    profile = shell.profile if momenta is None else momenta
    return StruckShell(
        name=shell.name,
        density=shell.density,
        momenta=_beyond(profile) if on_shell else profile,
        on_shell=on_shell,
        table=light_cone_shells(shell.Z).get(shell.number) if binding == "eikonal" else None,
    )


@memoised(maxsize=512)
def _beyond(profile: MomentumProfile) -> MomentumProfile:
    """Return H(p) = -∫_p^∞ f'/E dp' in 1/GeV², on the panels of the profile."""
    edges = profile.log_profile.edges
    nodes, _ = panel_nodes(edges, _ORDER)
    inner, weights = gauss_legendre(_FINE)
    # from each node to the end of its panel, and over the whole panel
    starts = np.concatenate([nodes, edges[:-1, None]], axis=1)
    half = 0.5 * (edges[1:, None] - starts)
    t = starts[..., None] + half[..., None] * (1.0 + inner)
    momentum = profile.scale * np.expm1(t)
    falling = -profile.log_profile.slope(t) * profile(momentum) / np.hypot(ELECTRON_MASS, momentum)
    pieces = half * (falling @ weights)
    whole = pieces[:, -1]
    beyond = np.cumsum(whole[::-1])[::-1] - whole
    # beyond the last edge f falls as p^-4 or faster, and E is p: ∫ f'/E = f (4/5)/p
    end = profile.scale * np.expm1(edges[-1:])
    beyond += 0.8 * profile(end) / end
    log_values = np.log(np.maximum(pieces[:, :-1] + beyond[:, None], _MISSING))
    return MomentumProfile(PiecewiseLegendre(edges, log_values @ analysis_matrix(_ORDER).T), profile.scale)
