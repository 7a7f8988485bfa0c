"""Form factors of nuclei and atoms for bremsstrahlung in their field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from evanesce.constants import ATOMIC_MASS_UNIT, ELECTRON_MASS, PROTON_MASS
from evanesce.materials import Nucleus
from evanesce.validation import FloatArray, choice

__all__ = [
    "FORM_FACTORS",
    "FormFactor",
    "FormFactorName",
    "elastic_form_factor",
    "form_factor_of",
    "inelastic_form_factor",
    "nuclear_mass",
    "nuclear_scale",
    "screening_scale",
]

FormFactorName: TypeAlias = Literal["elastic", "elastic+inelastic"]
FORM_FACTORS: Final[tuple[str, ...]] = get_args(FormFactorName)

_PROTON_MOMENT: Final[float] = 2.79
_NUCLEON_SCALE: Final[float] = 0.71


def screening_scale(z: int) -> float:
    """1/a² in GeV² with a = 111 Z^(-1/3)/m_e: screening by the atomic electrons, below Eq. (4.7)."""
    return float((ELECTRON_MASS * z ** (1.0 / 3.0) / 111.0) ** 2)


def nuclear_scale(mass_number: int) -> float:
    """d = 0.164 A^(-2/3) GeV²: the size of the nucleus, below Eq. (4.7)."""
    return float(0.164 * mass_number ** (-2.0 / 3.0))


def nuclear_mass(nucleus: Nucleus) -> float:
    """Mean mass of the natural isotopes in GeV, electrons included (they change it by 3e-4)."""
    return nucleus.atomic_weight * ATOMIC_MASS_UNIT


def elastic_form_factor(z: int, mass_number: int, t: FloatArray) -> FloatArray:
    """G₂(t) = [Z a² t/((1 + a²t)(1 + t/d))]², Eq. (4.7); t in GeV², any shape.

    Source: Bjorken et al., Phys. Rev. D 80 (2009) 075018, Eq. (A18), after Tsai.
    """
    screening, size = screening_scale(z), nuclear_scale(mass_number)
    amplitude = z * t / (screening + t) / (1.0 + t / size)
    squared: FloatArray = amplitude**2
    return squared


def inelastic_form_factor(z: int, t: FloatArray) -> FloatArray:
    """Quasi-elastic scattering off the Z protons: G₂(t) = Z [a'²t/(1 + a'²t)]² N(t); t in GeV², any shape.

    a' = 773 Z^(-2/3)/m_e, N(t) = [1 + t(μ_p² - 1)/4m_p²]/(1 + t/0.71 GeV²)⁴ with μ_p = 2.79. Tsai, Rev. Mod.
    Phys. 46 (1974) 815. Bjorken et al., Phys. Rev. D 80 (2009) 075018, appendix A, print N squared, which is a
    mistake: N is already the squared form factor of the proton, G_E² + τ G_M² with the dipole form (over 1 + τ,
    τ = t/4m_p², to first order); see Blinov et al., arXiv:2401.06843. The recoil is that of the nucleus, as in these
    papers; with the recoil of a proton this part would be 3 % smaller at m = 1 GeV, 100 GeV, and 44 % at 4.35 GeV.
    """
    scale = (ELECTRON_MASS * z ** (2.0 / 3.0) / 773.0) ** 2
    nucleon = (1.0 + t * (_PROTON_MOMENT**2 - 1.0) / (4.0 * PROTON_MASS**2)) / (1.0 + t / _NUCLEON_SCALE) ** 4
    squared: FloatArray = z * (t / (scale + t)) ** 2 * nucleon
    return squared


@dataclass(frozen=True, slots=True)
class FormFactor:
    """G₂ of one nucleus, hashable; call it with t in GeV²."""

    z: int
    mass_number: int
    inelastic: bool = False

    def __call__(self, t: FloatArray) -> FloatArray:
        """G₂(t), any shape; Z² in the range without screening in which the nucleus is not resolved."""
        total = elastic_form_factor(self.z, self.mass_number, t)
        return total + inelastic_form_factor(self.z, t) if self.inelastic else total

    @property
    def window(self) -> tuple[float, float]:
        """Range of t in GeV² that contains all but 1e-8 of a cross section."""
        size = _NUCLEON_SCALE if self.inelastic else nuclear_scale(self.mass_number)
        return 1e-5 * screening_scale(self.z), 1e3 * size


def form_factor_of(nucleus: Nucleus, name: str = "elastic") -> FormFactor:
    """The form factor called ``name``: ``elastic`` or ``elastic+inelastic``."""
    choice("form_factor", name, FORM_FACTORS)
    return FormFactor(nucleus.Z, nucleus.mass_number, inelastic=name == "elastic+inelastic")
