"""A published curve of ε against mass, with its source and its assumptions."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, TypedDict

import numpy as np
import numpy.typing as npt

from evanesce.constraints.conventions import ABSCISSAE, DARK_MATTER, QUANTITIES, SCALINGS, epsilon_factor
from evanesce.errors import InvalidValueError
from evanesce.representation import html_table, summary
from evanesce.validation import FloatArray, choice, fraction, positive, positive_array

__all__ = ["Constraint", "Provenance"]

_LUMINOSITY: Final = re.compile(
    r",?\s*\(?((expected|rescaled|as expected)\s*)?((with|at|from|for|to|of)\s+)?\d[\d.,]*\s*(/\s*)?[afp]b(arn)?"
    r"([\^{$(\s]*[-⁻−][1¹][})$]*)?\)?"
)
"""The luminosity in a title, with the words before it."""
_KINDS: Final[tuple[str, ...]] = ("measurement", "projection")


class Provenance(TypedDict, total=False):
    """Properties of a curve other than its name and points; see :class:`Constraint`."""

    title: str
    reference: str
    confidence_level: float
    kind: str
    mediator: str
    decays: str
    alpha_d: float | None
    mass_ratio: float | None
    luminosity: float | None
    quantity: str
    abscissa: str
    dark_matter: str
    scaling: str
    source: str
    processes: str
    conventions: str
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """Upper limit on ε, the coupling to electrons in units of e, against the mediator mass in GeV.

    Raises
    ------
    InvalidValueError
        Fewer than two points, masses that do not increase, or a number out of its range.

    """

    name: str
    title: str
    reference: str
    """Collaboration, journal and arXiv number."""
    confidence_level: float = 0.90
    kind: str = "measurement"
    """``measurement`` or ``projection``."""
    mediator: str = "dark-photon"
    """Name of the mediator the curve holds for."""
    decays: str = "invisible"
    """Assumed decay of the mediator."""
    alpha_d: float | None = None
    """The α_D the curve holds for; None if it does not depend on it."""
    mass_ratio: float | None = None
    """The m_mediator/m_χ the curve holds for; None if it does not depend on it."""
    luminosity: float | None = None
    """Integrated luminosity in ab⁻¹, if one number describes the data."""
    quantity: str = "epsilon"
    """What was published: ``epsilon``, ``epsilon2`` or ``y``; the points here are ε."""
    abscissa: str = "mediator"
    """Whose mass it was published against: ``mediator`` or ``dark-matter``; the points here are of the mediator."""
    dark_matter: str = "unstated"
    """``any``, ``dirac``, ``pseudo-dirac``, ``scalar``, ``majorana`` or ``unstated``."""
    scaling: str = "none"
    """What the search limits at fixed masses: ``epsilon``, ``epsilon4-alpha_d`` or ``none`` (its own parameters
    only); see :mod:`evanesce.constraints.conventions`."""
    source: str = ""
    """Where the numbers were taken from: the figure, or the repository and file; and whether tabulated or read off."""
    processes: str = ""
    """What the search counts, as ``bremsstrahlung`` with or without annihilation."""
    conventions: str = ""
    """Normalisation of ε and the conditions under which the curve holds."""
    notes: str = ""
    """How the points were obtained, and later changes to them."""
    masses: tuple[float, ...]
    """Mediator masses in GeV, increasing."""
    epsilons: tuple[float, ...]
    """The limit at each mass."""

    def __post_init__(self) -> None:
        if len(self.masses) != len(self.epsilons) or len(self.masses) < 2:
            raise InvalidValueError(
                f"constraint {self.name}: has {len(self.masses)} masses and {len(self.epsilons)} epsilons, "
                "give at least two points"
            )
        masses = positive_array(f"masses of {self.name}", self.masses)
        epsilons = positive_array(f"epsilons of {self.name}", self.epsilons)
        falling = np.flatnonzero(~(np.diff(masses) > 0))
        if falling.size:
            first, second = masses[falling[0]], masses[falling[0] + 1]
            raise InvalidValueError(f"masses of {self.name}: {second:g} follows {first:g}; masses must increase")
        object.__setattr__(self, "masses", tuple(masses.tolist()))
        object.__setattr__(self, "epsilons", tuple(epsilons.tolist()))
        fraction(f"confidence_level of {self.name}", self.confidence_level, one_allowed=False)
        choice(f"kind of {self.name}", self.kind, _KINDS)
        choice(f"quantity of {self.name}", self.quantity, QUANTITIES)
        choice(f"abscissa of {self.name}", self.abscissa, ABSCISSAE)
        choice(f"dark_matter of {self.name}", self.dark_matter, DARK_MATTER)
        choice(f"scaling of {self.name}", self.scaling, SCALINGS)
        for option in ("alpha_d", "mass_ratio", "luminosity"):
            if getattr(self, option) is not None:
                positive(f"{option} of {self.name}", getattr(self, option))

    def __repr__(self) -> str:
        return summary(f"Constraint {self.name}", self.facts())

    def _repr_html_(self) -> str:
        return html_table(f"Constraint {self.name}", self.facts())

    def facts(self) -> list[tuple[str, object]]:
        """Names and values for printing."""
        best = min(range(len(self.masses)), key=self.epsilons.__getitem__)
        return [
            ("title", self.title),
            ("kind", f"{self.kind}, {self.confidence_level:.0%} CL"),
            ("mediator", f"{self.mediator}, {self.decays} decays"),
            ("alpha_d", self.alpha_d),
            ("mass_ratio", self.mass_ratio),
            ("luminosity [1/ab]", self.luminosity),
            ("published as", f"{self.quantity} against the {self.abscissa} mass, {self.dark_matter} dark matter"),
            ("scaling", self.scaling),
            ("points", f"{len(self.masses)}, from {self.masses[0]:.4g} to {self.masses[-1]:.4g} GeV"),
            ("smallest epsilon", f"{self.epsilons[best]:.4g} at {self.masses[best]:.4g} GeV"),
            ("processes", self.processes),
            ("conventions", self.conventions),
            ("notes", self.notes),
            ("reference", self.reference),
            ("source", self.source),
        ]

    def epsilon(self, mass: npt.ArrayLike) -> FloatArray:
        """Return the limit on ε at ``mass`` (GeV, any shape), interpolated linearly in log ε against log m.

        Outside the range of the points there is no limit: +inf.

        >>> from evanesce.constraints import constraint
        >>> constraint("na64-2019").epsilon([0.01, 2.0]).round(7).tolist()
        [3.3e-05, inf]

        Raises
        ------
        InvalidValueError
            A mass is not a finite number greater than 0.

        """
        log_mass = np.log(positive_array("mass", mass))
        log_epsilon = np.interp(log_mass, np.log(self.masses), np.log(self.epsilons), left=np.inf, right=np.inf)
        return np.asarray(np.exp(log_epsilon), dtype=np.float64)

    def y(self, mass: npt.ArrayLike) -> FloatArray:
        """Return the limit on y = ε² α_D (m_χ/m)⁴ at the mediator ``mass`` m (GeV, any shape); +inf where no limit is.

        >>> from evanesce.constraints import constraint
        >>> float(constraint("babar").at(alpha_d=0.5, mass_ratio=3).y(0.1).round(12))
        5.571e-09

        Raises
        ------
        InvalidValueError
            The curve knows no α_D or m/m_χ (see :meth:`at`), or a mass is not a finite number greater than 0.

        """
        if self.alpha_d is None or self.mass_ratio is None:
            raise InvalidValueError(
                f"constraint {self.name}: y needs an alpha_d and a mass_ratio, take the curve to them first"
            )
        return np.asarray(self.epsilon(mass) ** 2 * (self.alpha_d / self.mass_ratio**4), dtype=np.float64)

    def at(self, *, alpha_d: float, mass_ratio: float, dark_matter: str = "any") -> Constraint:
        """Return the curve for another α_D and m/m_χ, where that is legitimate.

        ``dark_matter`` is the kind wanted, ``any`` the curve's own. What is legitimate, and why, is said in
        :mod:`evanesce.constraints.conventions`.

        Raises
        ------
        InvalidValueError
            The curve cannot be taken there, with the reason; or a value out of its range.

        """
        alpha_d, mass_ratio = positive("alpha_d", alpha_d), positive("mass_ratio", mass_ratio)
        choice("dark_matter", dark_matter, DARK_MATTER[:-1])
        factor = epsilon_factor(self, alpha_d=alpha_d, mass_ratio=mass_ratio, dark_matter=dark_matter)
        step = f"Taken to alpha_d = {alpha_d:g}, mass_ratio = {mass_ratio:g}: epsilon times {factor:.4g}."
        return replace(
            self,
            alpha_d=alpha_d,
            mass_ratio=mass_ratio,
            dark_matter=self.dark_matter if dark_matter == "any" else dark_matter,
            notes=f"{self.notes} {step}".strip(),
            epsilons=tuple(epsilon * factor for epsilon in self.epsilons),
        )

    def rescaled(self, luminosity: float) -> Constraint:
        """Return the curve at another ``luminosity`` (ab⁻¹), ε ∝ L^(−1/4), arXiv:2212.04252, section 4.

        This is valid while the background dominates and its systematic error does not; the paper doubts it below
        2 GeV at Belle II, where cosmic rays matter. The result is a projection with the new luminosity in its title;
        title and notes state the rescaling, and the reference remains that of the data.

        >>> from evanesce.constraints import constraint
        >>> round(float(constraint("belle2-monophoton").rescaled(50.0).epsilon(1.0)), 7)
        4.38e-05

        Raises
        ------
        InvalidValueError
            The curve has no luminosity to rescale from, or ``luminosity`` is not positive.

        """
        luminosity = positive("luminosity", luminosity)
        if self.luminosity is None:
            raise InvalidValueError(
                f"constraint {self.name}: has no luminosity to rescale from; use a collider curve that has one"
            )
        factor = (self.luminosity / luminosity) ** 0.25
        step = f"{self.luminosity:g} to {luminosity:g} ab^-1 with L^(-1/4)"
        name, title = self.name.removesuffix(f"-{self.luminosity:g}ab"), _LUMINOSITY.sub("", self.title).rstrip(" ,;")
        return replace(
            self,
            name=f"{name}-{luminosity:g}ab",
            title=f"{title or name}, rescaled to {luminosity:g} ab^-1",
            kind="projection",
            luminosity=luminosity,
            notes=f"{self.notes} Rescaled from {step}: factor {factor:.4g}.".strip(),
            epsilons=tuple(epsilon * factor for epsilon in self.epsilons),
        )
