"""Dark photon, Eqs. (4.1)-(4.3) and (4.6) of arXiv:2212.04252."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.dark_matter import DarkMatter, Dirac
from evanesce.dark_matter import dark_matter as find_dark_matter
from evanesce.mediators.base import MEDIATORS, ByContent, Parameter, Vertex, check_dark_sector
from evanesce.validation import FloatArray

__all__ = ["DarkPhoton"]

_DIRAC: Final = Dirac()


@MEDIATORS.register("dark-photon")
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DarkPhoton(ByContent):
    """Vector mediator A' with couplings eε to electrons and g_χ to χ, Eq. (4.1).

    >>> float(DarkPhoton(alpha_d=1e-3).width(0.0666)).__round__(8)
    2.022e-05
    >>> DarkPhoton(dark_matter="majorana").dark_matter
    Majorana()
    """

    vertex: ClassVar[Vertex] = "vector"
    alpha_d: Parameter = 1e-3
    """g_χ²/4π."""
    mass_ratio: Parameter = 3.0
    """m_A'/m_χ, greater than 2."""
    dark_matter: DarkMatter | str = _DIRAC
    """χ, a kind of :mod:`evanesce.dark_matter` or its name."""

    def __post_init__(self) -> None:
        check_dark_sector(self.alpha_d, self.mass_ratio)
        object.__setattr__(self, "dark_matter", find_dark_matter(self.dark_matter))

    @property
    def kind(self) -> DarkMatter:
        """The kind of dark matter, as an object."""
        return find_dark_matter(self.dark_matter)

    def width(self, mass: FloatArray) -> FloatArray:
        """Γ(A' → χχ̄) in GeV, Eq. (4.3) for a Dirac fermion."""
        return self.kind.width(mass, self.alpha_d, self.mass_ratio)

    def electron_width(self, mass: FloatArray) -> FloatArray:
        """Γ(A' → e⁺e⁻) in GeV at ε = 1: Eq. (4.3) with α for α_D and the electron mass."""
        r2 = (ELECTRON_MASS / np.asarray(mass)) ** 2
        width: FloatArray = mass * ALPHA / 3.0 * (1.0 + 2.0 * r2) * np.sqrt(np.maximum(1.0 - 4.0 * r2, 0.0))
        return width

    def annihilation_numerator(self, s: FloatArray, mass: FloatArray) -> FloatArray:
        """Numerator of Eq. (4.2) at ε = 1: e² α_D/3 (s + 2 m_χ²) β for a Dirac fermion."""
        return self.kind.production_numerator(s, mass, self.alpha_d, self.mass_ratio)

    def splitting(self, x: FloatArray, mass: FloatArray) -> FloatArray:
        """P(x) of Eq. (4.6): 4 x (1 - x + x²/3)/(m²(1 - x) + m_e² x²)."""
        splitting: FloatArray = 4.0 * x * (1.0 - x + x**2 / 3.0) / (mass**2 * (1.0 - x) + ELECTRON_MASS**2 * x**2)
        return splitting
