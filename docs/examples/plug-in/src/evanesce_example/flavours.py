"""A dark photon and three flavours of dark matter with one mass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from evanesce.mediators import DarkPhoton, Vertex, check_dark_sector
from evanesce.mediators.base import ByContent, Parameter
from evanesce.validation import FloatArray

__all__ = ["ThreeFlavours"]

_FLAVOURS: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThreeFlavours(ByContent):
    """Vector mediator that decays to three Dirac fermions of one mass, each with the coupling α_D."""

    vertex: ClassVar[Vertex] = "vector"
    alpha_d: Parameter = 1e-3
    """g_χ²/4π of each flavour."""
    mass_ratio: Parameter = 3.0
    """m/m_χ, greater than 2."""

    def __post_init__(self) -> None:
        check_dark_sector(self.alpha_d, self.mass_ratio)

    @property
    def one(self) -> DarkPhoton:
        """The same with one flavour."""
        return DarkPhoton(alpha_d=self.alpha_d, mass_ratio=self.mass_ratio)

    def width(self, mass: FloatArray) -> FloatArray:
        """Γ in GeV to dark matter of all flavours."""
        return _FLAVOURS * self.one.width(mass)

    def electron_width(self, mass: FloatArray) -> FloatArray:
        """Γ(→ e⁺e⁻) in GeV at ε = 1."""
        return self.one.electron_width(mass)

    def annihilation_numerator(self, s: FloatArray, mass: FloatArray) -> FloatArray:
        """N(s) of the annihilation to dark matter of all flavours, in GeV⁰ at ε = 1."""
        return _FLAVOURS * self.one.annihilation_numerator(s, mass)

    def splitting(self, x: FloatArray, mass: FloatArray) -> FloatArray:
        """P(x) in GeV⁻²; the radiation of a mediator does not depend on what it decays to."""
        return self.one.splitting(x, mass)
