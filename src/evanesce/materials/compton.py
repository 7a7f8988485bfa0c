"""Motion of atomic electrons: momentum distribution and binding energy of every shell of a material.

The Compton profile J(p_z) = 2π ∫_{|p_z|}^∞ n(p) p dp is the distribution of one component of the momentum.
Up to 100 atomic units we take the profiles of xraylib (``ComptonProfile_Partial``), a spline through the
Hartree-Fock profiles (Dirac-Hartree-Fock from Z = 36 on) of F. Biggs, L. B. Mendelsohn and J. B. Mann, At. Data
Nucl. Data Tables 16 (1975) 201, printed with two to three digits. Beyond lie 8e-4 of the electrons of caesium
iodide and 3e-3 of those of lead; there we continue the profile with the lowest hydrogenic Dirac state of the
shell's κ (one for n = |κ|, one for n > |κ|), matched at 100 atomic units. From 40 to 100 the table has the same
shape to 3 % for K shells, and to 20 % for the other important shells of caesium and lead; for K shells the
absolute size agrees, too (tests/materials). Each shell is normalised to one electron, which changes the table by
0.3 % for most shells and by 1 % at worst in CsI.

If the table has no row for half of a subshell, we use the profile of the other half (the same in the
non-relativistic limit). Outermost shells without an edge energy are taken as unbound: it is a few eV. Misprints
in the table are repaired, see :mod:`evanesce.materials.profile_table`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.errors import InvalidValueError
from evanesce.materials.elements import weight_note
from evanesce.materials.hydrogenic import profile_beyond
from evanesce.materials.material import Material
from evanesce.materials.profile_table import KNOTS, SHELLS, occupied_shells, profile_notes, profile_row, quantum_numbers
from evanesce.materials.xray_library import XRAYLIB
from evanesce.memo import memoised
from evanesce.numerics import PiecewiseLegendre, analysis_matrix, panel_nodes
from evanesce.validation import FloatArray

__all__ = ["ATOMIC_MOMENTUM", "PROFILES", "ElectronShell", "MomentumProfile", "electron_shells", "table_notes"]

PROFILES: Final[int] = 1
"""Version in the cache key of results made from profiles, to be increased with any change of a profile."""

ATOMIC_MOMENTUM: Final[float] = ALPHA * ELECTRON_MASS
"""The atomic unit of momentum in GeV."""
_LARGEST: Final[float] = 2e4
_TAIL_PANELS: Final[int] = 80
_CUBIC: Final[int] = 4
_FINE: Final[int] = 64
"""Points per panel of the table that inverts a profile."""
_NORM_TOLERANCE: Final = 0.03
"""Allowed deviation of a profile's integral from 1: the worst of 1,572 rows up to Z = 99 deviates by 1.3 %."""


@dataclass(frozen=True, slots=True, eq=False)
class MomentumProfile:
    """Distribution f(p_z) of one Cartesian component of an electron's momentum, even, ∫ f dp_z = 1."""

    log_profile: PiecewiseLegendre
    """ln f as a function of ln(1 + |p_z|/scale), f in 1/GeV."""
    scale: float = ATOMIC_MOMENTUM
    """Unit of momentum in GeV."""

    def __call__(self, momentum: FloatArray) -> FloatArray:
        """Return f in 1/GeV at p_z in GeV, of either sign."""
        density: FloatArray = np.exp(self.log_profile(np.log1p(np.abs(momentum) / self.scale)))
        return density

    def moment(self, power: float) -> float:
        """Mean of |p_z|^power, in GeV^power."""
        t, weights = panel_nodes(self.log_profile.edges, 16)
        momentum = self.scale * np.expm1(t)
        measure = 2.0 * weights * (momentum + self.scale)
        return float(np.sum(measure * self(momentum) * momentum**power))

    def scaled(self, factor: float) -> MomentumProfile:
        """The same shape with every momentum times ``factor``."""
        coefficients = self.log_profile.coefficients.copy()
        coefficients[:, 0] -= np.log(factor)
        return MomentumProfile(PiecewiseLegendre(self.log_profile.edges, coefficients), self.scale * factor)

    def sample(self, rng: np.random.Generator, size: int) -> FloatArray:
        """Draw p_z in GeV, shape (size,), by inversion of the cumulative profile."""
        momentum = self._fine()
        t = np.log1p(momentum / self.scale)
        density = self(momentum) * (momentum + self.scale)
        cumulative = np.append(0.0, np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(t)))
        drawn = np.interp(rng.random(size) * cumulative[-1], cumulative, t)
        signed: FloatArray = np.where(rng.random(size) < 0.5, -1.0, 1.0) * self.scale * np.expm1(drawn)
        return signed

    def sample_magnitude(self, rng: np.random.Generator, component: FloatArray) -> FloatArray:
        """Draw |p| in GeV at fixed p_z = ``component``: for an isotropic distribution P(|p| > p) is f(p)/f(p_z).

        This follows from f(p_z) = 2π ∫ n(p) p dp. The transverse momentum is sqrt(|p|² - p_z²), uniform in azimuth.
        """
        fall, at = _fall(self)
        level = np.log(rng.random(component.shape)) + np.log(self(component))
        t = np.interp(-level, fall, at)
        magnitude: FloatArray = np.maximum(self.scale * np.expm1(t), np.abs(component))
        return magnitude

    def _fine(self) -> FloatArray:
        edges = self.log_profile.edges
        position = np.linspace(0.0, len(edges) - 1.0, _FINE * (len(edges) - 1) + 1)
        fine: FloatArray = self.scale * np.expm1(np.interp(position, np.arange(len(edges)), edges))
        return fine


@memoised(maxsize=256)
def _fall(profile: MomentumProfile) -> tuple[FloatArray, FloatArray]:
    """-ln f of a profile in ascending order, and ln(1 + p/scale) at these values."""
    momentum = profile._fine()
    fall = -np.minimum.accumulate(np.log(profile(momentum)))  # a rounded table can rise by a digit
    return fall, np.log1p(momentum / profile.scale)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ElectronShell:
    """The electrons of one shell of one element in a material."""

    name: str
    """Element and shell, for instance ``Cs L3``."""
    Z: int
    number: int
    """Atomic number, and the number of the shell in the order of xraylib."""
    density: float
    """Electrons of the shell per cm³."""
    binding: float
    """Binding energy of one electron in GeV."""
    profile: MomentumProfile


@memoised(maxsize=128)
def electron_shells(material: Material) -> tuple[ElectronShell, ...]:
    """Every shell of every element of a material; the densities add up to its electron density.

    Raises
    ------
    InvalidValueError
        An element is heavier than Z = 99: no profiles are tabulated.

    """
    shells = []
    for nucleus in material.nuclei:
        atom = _atom(nucleus.Z)
        electrons = sum(one.electrons for one in atom)  # Z, apart from rounding errors of thirds
        shells += [
            ElectronShell(
                name=f"{nucleus.symbol} {SHELLS[one.number]}",
                Z=nucleus.Z,
                number=one.number,
                density=nucleus.number_density * one.electrons * nucleus.Z / electrons,
                binding=one.binding,
                profile=one.profile,
            )
            for one in atom
        ]
    return tuple(shells)


def table_notes(material: Material) -> tuple[str, ...]:
    """Repairs to the tabulated numbers of a material's elements, one sentence each; empty for most materials.

    >>> from evanesce.materials import compound
    >>> table_notes(compound("CsI", density=4.51))
    ()
    >>> table_notes(compound("Tm", density=9.3))
    ('Tm: 168.93 g/mol in place of the tabulated 167.27',)
    """
    notes = []
    for nucleus in material.nuclei:
        notes += [note for note in (weight_note(nucleus.Z), *profile_notes(nucleus.Z)) if note]
    return tuple(notes)


class _Shell(NamedTuple):
    """A shell of a free atom."""

    number: int
    electrons: float
    binding: float
    profile: MomentumProfile


@memoised(maxsize=128)
def _atom(Z: int) -> tuple[_Shell, ...]:
    """Number, electrons, binding in GeV and profile of each shell of an element."""
    occupied = occupied_shells(Z)
    if not occupied:
        raise InvalidValueError(f"Z = {Z}: has no Compton profiles, elements must not be heavier than Z = 99")
    return tuple(_Shell(shell, count, _edge(Z, shell), _profile(Z, shell)) for shell, count in occupied.items())


def _edge(Z: int, shell: int) -> float:
    """Edge energy in GeV, or 0 where xraylib has none."""
    try:
        return 1e-6 * float(XRAYLIB.EdgeEnergy(Z, shell))
    except ValueError:
        return 0.0


def _profile(Z: int, shell: int) -> MomentumProfile:
    """Profile of a shell: tabulated up to 100 atomic units, hydrogenic beyond, normalised to 1."""
    table = profile_row(Z, shell)
    inner = np.log1p(np.array(KNOTS))
    nodes, _ = panel_nodes(inner, _CUBIC)
    values = table.values(np.expm1(nodes).ravel())
    end = table.values(np.array(KNOTS[-1:]))
    outer = _outer_edges()
    principal, kappa = quantum_numbers(shell)
    tail = _tail(Z, kappa, principal > abs(kappa))
    log_values = np.log(np.concatenate([values, end * tail]) / ATOMIC_MOMENTUM).reshape(-1, _CUBIC)
    edges = np.append(inner, outer[1:])
    raw = MomentumProfile(PiecewiseLegendre(edges, log_values @ analysis_matrix(_CUBIC).T))
    norm = raw.moment(0.0)
    if not abs(norm - 1.0) < _NORM_TOLERANCE:
        raise InvalidValueError(
            f"Compton profile of Z = {Z}, {SHELLS[shell]}: integrates to {norm:.3g}, must be near 1"
        )
    raw.log_profile.coefficients[:, 0] -= np.log(norm)
    return raw


def _outer_edges() -> FloatArray:
    """ln(1 + p) at the edges of the panels beyond the table, p in atomic units."""
    return np.linspace(np.log1p(KNOTS[-1]), np.log1p(_LARGEST), _TAIL_PANELS + 1)


@memoised(maxsize=128)
def _tail(Z: int, kappa: int, excited: bool) -> FloatArray:
    """The hydrogenic profile on the panels beyond the table relative to its value at the first edge."""
    nodes, _ = panel_nodes(_outer_edges(), _CUBIC)
    beyond = ALPHA * np.append(KNOTS[-1], np.expm1(nodes).ravel())
    return profile_beyond(Z, kappa, excited, beyond)[1:]
