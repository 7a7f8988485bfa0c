"""Thermal relic lines: ε and y against the mass of the mediator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.dark_matter import DARK_MATTER, DarkMatter
from evanesce.errors import InvalidValueError
from evanesce.mediators import DarkPhoton, Mediator
from evanesce.mediators import mediator as find_mediator
from evanesce.representation import Facts, html_table, summary
from evanesce.targets.coupling import Couplings, DarkSector, thermal_couplings
from evanesce.targets.plasma import RELIC_DENSITY
from evanesce.validation import FloatArray, choice, positive_array

__all__ = ["WIDTHS", "RelicLine", "relic_line", "thermal_range"]

WIDTHS: Final[tuple[str, ...]] = ("fixed", "running")
_LIGHTEST, _HEAVIEST = 1e-4, 10.0
"""Masses of dark matter in GeV: lighter is in equilibrium after the table of the plasma ends, heavier knows the Z."""
_RESONANT: Final[float] = 2.5
_NEUTRINOS: Final[float] = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RelicLine:
    """A thermal relic line; arrays have the shape of ``mass``."""

    dark_matter: str
    """Name of the kind of dark matter."""
    alpha_d: float
    """g_χ²/4π."""
    mass_ratio: float
    """m/m_χ."""
    width: str
    """Width in the propagator, ``fixed`` or ``running``."""
    mass: FloatArray
    """Mass of the mediator in GeV."""
    epsilon: FloatArray
    """Coupling for which Ω h² = 0.12; NaN where none below one does."""
    errors: dict[str, FloatArray]
    """Relative errors of ε by origin: ``numerics``, ``plasma`` (g*), ``hadrons`` (R)."""
    notes: tuple[str, ...]
    """What the result assumes at these parameters."""

    @property
    def dark_matter_mass(self) -> FloatArray:
        """m_χ in GeV."""
        return self.mass / self.mass_ratio

    @property
    def epsilon_error(self) -> FloatArray:
        """Error of ε, absolute: all origins in quadrature."""
        total = np.sqrt(sum((error**2 for error in self.errors.values()), start=np.zeros(())))
        return np.asarray(self.epsilon * total)

    @property
    def y(self) -> FloatArray:
        """Y = ε² α_D (m_χ/m)⁴."""
        return np.asarray(self.epsilon**2 * (self.alpha_d * self.mass_ratio**-4.0))

    def facts(self) -> Facts:
        """Names and values for printing."""
        yield "dark matter", self.dark_matter
        yield "alpha_d", self.alpha_d
        yield "mass_ratio", self.mass_ratio
        yield "width", self.width
        yield "mass [GeV]", tuple(np.atleast_1d(self.mass).tolist())
        yield "epsilon", tuple(np.atleast_1d(self.epsilon).tolist())
        yield from (("note", note) for note in self.notes)

    def __repr__(self) -> str:
        return summary("RelicLine", self.facts())

    def _repr_html_(self) -> str:
        return html_table("RelicLine", self.facts())


def relic_line(mediator: str | Mediator, mass: npt.ArrayLike, *, width: str = "fixed") -> RelicLine:
    """Return the coupling ε for which dark matter of mass m/(m/m_χ) freezes out with Ω h² = 0.12.

    Annihilation through the s channel of a dark photon to charged leptons and hadrons, Gondolo and Gelmini,
    Nucl. Phys. B360 (1991) 145: thermal average and Boltzmann equation, both integrated numerically. Dark matter has
    the temperature of the plasma throughout, equal numbers of χ and χ̄, and no other interaction.

    Parameters
    ----------
    mediator
        A :class:`~evanesce.mediators.DarkPhoton` with its α_D, m/m_χ (one number each) and kind of dark matter.
    mass
        Masses of the mediator in GeV, a number or 1-D.
    width
        In the propagator: ``fixed`` mΓ, as in published lines, or ``running`` as the phase space of χχ̄. For a Dirac
        fermion at α_D = 0.5 and m/m_χ = 3 the second gives y 7 % lower.

    Raises
    ------
    InvalidValueError
        Another mediator, parameters that are no single numbers, or a mass out of range.

    Examples
    --------
    >>> from evanesce.mediators import DarkPhoton
    >>> line = relic_line(DarkPhoton(alpha_d=0.5, dark_matter="majorana"), [0.03, 0.3])
    >>> [f"{y:.1e}" for y in line.y]
    ['6.7e-12', '8.3e-10']

    """
    sector = _sector(find_mediator(mediator), choice("width", width, WIDTHS))
    masses = positive_array("mass", mass)
    if masses.ndim > 1:
        raise InvalidValueError(f"mass: has {masses.ndim} dimensions; give one number or a list of numbers")
    low, high = thermal_range(mediator)
    for m in (float(masses.min()), float(masses.max())):
        if not low <= m <= high:
            raise InvalidValueError(
                f"mass = {m:g} GeV of the mediator: must lie between {low:.6g} and {high:.6g} GeV, "
                f"so that dark matter has {_LIGHTEST:g} to {_HEAVIEST:g} GeV"
            )
    found = thermal_couplings(sector, masses.ravel() / sector.mass_ratio)
    return RelicLine(
        dark_matter=DARK_MATTER.name_of(type(sector.kind)) or type(sector.kind).__name__,
        alpha_d=sector.alpha_d,
        mass_ratio=sector.mass_ratio,
        width=width,
        mass=masses,
        epsilon=found.epsilon.reshape(masses.shape),
        errors={name: error.reshape(masses.shape) for name, error in found.errors.items()},
        notes=tuple(_notes(sector, masses.ravel(), found)),
    )


def thermal_range(mediator: Mediator | str) -> tuple[float, float]:
    """Smallest and largest mass of the mediator in GeV that :func:`relic_line` computes.

    Raises
    ------
    InvalidValueError
        A mediator that it does not compute at all.

    """
    ratio = _sector(find_mediator(mediator), WIDTHS[0]).mass_ratio
    return _LIGHTEST * ratio, _HEAVIEST * ratio


def _sector(mediator: Mediator, width: str) -> DarkSector:
    if not isinstance(mediator, DarkPhoton):
        raise InvalidValueError(
            f"mediator {type(mediator).__name__}: thermal lines are those of a vector that couples to charge, "
            "use dark-photon"
        )
    kind: DarkMatter = mediator.kind
    numbers: dict[str, Any] = {"alpha_d": mediator.alpha_d, "mass_ratio": mediator.mass_ratio}
    for name, value in numbers.items():
        if np.ndim(value):
            raise InvalidValueError(f"{name}: has {np.size(value)} values, a thermal line needs one number")
    return DarkSector(kind=kind, running=width == "running", **{name: float(value) for name, value in numbers.items()})


def _notes(sector: DarkSector, mass: FloatArray, found: Couplings) -> list[str]:
    notes = []
    none = np.flatnonzero(np.isnan(found.epsilon))
    if len(none):
        notes.append(
            f"no coupling below 1 gives a density of {RELIC_DENSITY:g}: {len(none)} of {len(mass)} masses, "
            f"first at {mass[none[0]]:.4g} GeV"
        )
    if sector.mass_ratio < _RESONANT:
        notes.append(
            f"m/m_chi = {sector.mass_ratio:g}: near the resonance dark matter may leave kinetic equilibrium before it "
            "freezes out, which is not included"
        )
    if (mass / sector.mass_ratio < _NEUTRINOS).any():
        notes.append(
            "below 10 MeV dark matter heats photons or neutrinos alone: the effect on g* and the bounds on the number "
            "of neutrinos are not included"
        )
    return notes
