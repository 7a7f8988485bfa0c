"""A material for shower and production: lengths, and numbers of nuclei and electrons per cm³."""

from __future__ import annotations

from dataclasses import dataclass

from evanesce.constants import AVOGADRO
from evanesce.errors import InvalidValueError
from evanesce.representation import html_table, summary
from evanesce.validation import positive

__all__ = ["Material", "Nucleus"]

_MASS_TOLERANCE = 1e-6  # relative; far above rounding, far below any real mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Nucleus:
    """One kind of nucleus in a material, with its natural mixture of isotopes."""

    Z: int
    """Atomic number."""
    symbol: str
    atomic_weight: float
    """Mean atomic weight of the natural isotopes in g/mol."""
    atoms_per_unit: float
    """Number per formula unit."""
    number_density: float
    """Nuclei of this kind per cm³."""

    def __post_init__(self) -> None:
        if not self.Z >= 1:
            raise InvalidValueError(f"Z = {self.Z}: must be an atomic number, 1 or greater")
        for name in ("atomic_weight", "atoms_per_unit", "number_density"):
            positive(f"{name} of {self.symbol}", getattr(self, name))

    @property
    def mass_number(self) -> int:
        """The integer nearest to the atomic weight: 127 for iodine, 133 for caesium."""
        return round(self.atomic_weight)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """An element or compound, hashable; :func:`material` and :func:`compound` make one.

    Raises
    ------
    InvalidValueError
        A length or density is not positive, or the nuclei do not add up to the density.

    """

    name: str
    density: float
    """Mass density in g/cm³."""
    radiation_length: float
    """X0 in cm."""
    interaction_length: float | None = None
    """Nuclear interaction length in cm, or None if unknown."""
    nuclei: tuple[Nucleus, ...]
    """Every kind of nucleus, by rising Z."""
    reference: str = "given by the user"
    """Where density and lengths come from."""

    def __post_init__(self) -> None:
        positive(f"density of {self.name}", self.density)
        positive(f"radiation length of {self.name}", self.radiation_length)
        if self.interaction_length is not None:
            positive(f"interaction length of {self.name}", self.interaction_length)
        weight = sum(nucleus.number_density * nucleus.atomic_weight for nucleus in self.nuclei) / AVOGADRO
        if not abs(weight / self.density - 1.0) <= _MASS_TOLERANCE:
            raise InvalidValueError(
                f"nuclei of {self.name}: weigh {weight:g} g/cm3, must be its density {self.density:g} g/cm3"
            )

    def __repr__(self) -> str:
        return summary(f"Material {self.name}", self.facts())

    def _repr_html_(self) -> str:
        return html_table(f"Material {self.name}", self.facts())

    def facts(self) -> list[tuple[str, object]]:
        """Names and values for printing."""
        return [
            ("atoms", self.composition),
            ("density [g/cm3]", self.density),
            ("radiation length [cm]", self.radiation_length),
            ("interaction length [cm]", self.interaction_length),
            ("electrons per cm3", self.electron_density),
            ("reference", self.reference),
        ]

    @property
    def composition(self) -> str:
        """Atoms of one formula unit by rising Z; in a mixture they add up to 1.

        >>> from evanesce.materials import material
        >>> material("PbWO4").composition
        'O 4, W 1, Pb 1'
        """
        return ", ".join(f"{nucleus.symbol} {nucleus.atoms_per_unit:.4g}" for nucleus in self.nuclei)

    @property
    def electron_density(self) -> float:
        """Electrons per cm³, Σ Z n."""
        return sum(nucleus.Z * nucleus.number_density for nucleus in self.nuclei)

    @property
    def formula_unit_density(self) -> float:
        """Formula units per cm³, density N_A / molar mass; see ``atoms_per_unit`` for the content of a unit."""
        return self.nuclei[0].number_density / self.nuclei[0].atoms_per_unit

    @property
    def radiation_length_g_cm2(self) -> float:
        """X0 in g/cm²."""
        return self.radiation_length * self.density
