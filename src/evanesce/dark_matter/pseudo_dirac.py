"""A Dirac fermion split into two Majorana states of nearly the same mass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from evanesce.dark_matter.base import DARK_MATTER
from evanesce.dark_matter.dirac import Dirac
from evanesce.validation import FloatArray

__all__ = ["PseudoDirac"]

_DIRAC = Dirac()


@DARK_MATTER.register("pseudo-dirac")
@dataclass(frozen=True, slots=True)
class PseudoDirac:
    """Two Majorana states χ₁, χ₂ with the current i g_χ χ̄₁γ^μχ₂, in the limit of a vanishing splitting.

    The mediator couples to χ₁χ₂ only, with every formula of :class:`Dirac`. Counting: each state has two spins, and
    ⟨σ_eff v⟩ = Σ n_i n_j/n² ⟨σ_ij v⟩ = σ₁₂/2 (Griest and Seckel, Phys. Rev. D 43 (1991) 3191), as for a particle and
    its antiparticle. A splitting that is not small against the temperature at freeze-out, m_χ/20, is not covered.
    """

    title: ClassVar[str] = "pseudo-Dirac fermion, mass splitting to zero"
    states: ClassVar[int] = 4
    counted: ClassVar[float] = 0.5

    def width(self, mass: FloatArray, alpha_d: Any, mass_ratio: Any) -> FloatArray:
        """Γ(mediator → χ₁χ₂) in GeV, that of :class:`Dirac`."""
        return _DIRAC.width(mass, alpha_d, mass_ratio)

    def production_numerator(self, s: FloatArray, mass: FloatArray, alpha_d: Any, mass_ratio: Any) -> FloatArray:
        """Numerator of σ(e⁺e⁻ → χ₁χ₂), that of :class:`Dirac`."""
        return _DIRAC.production_numerator(s, mass, alpha_d, mass_ratio)

    def annihilation_numerator(self, s: FloatArray, dark_mass: FloatArray, alpha_d: Any) -> FloatArray:
        """N β of σ(χ₁χ₂ → e⁺e⁻), that of :class:`Dirac`."""
        return _DIRAC.annihilation_numerator(s, dark_mass, alpha_d)

    def leading_rate(self, dark_mass: FloatArray, mass: FloatArray, alpha_d: Any) -> tuple[FloatArray, int]:
        """σv of χ₁χ₂ at small velocity, that of :class:`Dirac`."""
        return _DIRAC.leading_rate(dark_mass, mass, alpha_d)

    def forward_share(self, velocity2: FloatArray) -> FloatArray:
        """β²/(2 - β²), that of :class:`Dirac`."""
        return _DIRAC.forward_share(velocity2)
