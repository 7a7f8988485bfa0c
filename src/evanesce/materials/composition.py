"""From a chemical formula, or mass fractions, to a :class:`Material`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evanesce.constants import AVOGADRO
from evanesce.materials.elements import atomic_symbol, atomic_weight
from evanesce.materials.formula import parse_formula
from evanesce.materials.mass_fractions import is_mixture, mixture_label, parse_mixture
from evanesce.materials.material import Material, Nucleus
from evanesce.materials.radiation_length import mixture_radiation_length
from evanesce.validation import positive, printable

__all__ = ["compound", "mixture"]

_COMPUTED: Final[str] = (
    "radiation length from Tsai's formula, as in the Particle Data Group's review, PTEP 2022, 083C01"
)


def compound(
    formula: str | Mapping[str, float],
    *,
    density: float,
    radiation_length: float | None = None,
    interaction_length: float | None = None,
    name: str | None = None,
    reference: str | None = None,
) -> Material:
    """Make a material from a chemical formula, or from the mass fractions of formulas.

    See :mod:`evanesce.materials.formula` and :mod:`evanesce.materials.mass_fractions` for the syntax. ``density`` in
    g/cm³, lengths in cm. If ``radiation_length`` is None it is computed from Tsai's formula; ``interaction_length`` is
    not estimated and stays None unless given.

    >>> lyso = compound("Lu1.8Y0.2SiO5", density=7.1)
    >>> round(lyso.radiation_length, 3)
    1.222
    >>> round(compound({"Pb": 0.9, "C8H8": 0.1}, density=5.9).radiation_length, 3)
    1.181

    Raises
    ------
    InvalidValueError
        The formula cannot be read, fractions do not add up to 1, a number is not positive, or a name is not text.

    """
    atoms = _atoms(formula)
    default = mixture_label(formula) if is_mixture(formula) else str(formula)
    label = default if name is None else printable("name", name)
    reference = None if reference is None else printable("reference", reference)
    density = positive(f"density of {label}", density)
    weights = {Z: atomic_weight(Z) * count for Z, count in atoms.items()}
    molar_mass = sum(weights.values())
    unit_density = density * AVOGADRO / molar_mass
    if radiation_length is None:
        fractions = {Z: weight / molar_mass for Z, weight in weights.items()}
        radiation_length = mixture_radiation_length(fractions) / density
        reference = reference or f"density given by the user; {_COMPUTED}"
    return Material(
        name=label,
        density=density,
        radiation_length=radiation_length,
        interaction_length=interaction_length,
        nuclei=tuple(_nucleus(Z, count, unit_density) for Z, count in sorted(atoms.items())),
        reference=reference or "given by the user",
    )


def _atoms(formula: str | Mapping[str, float]) -> dict[int, float]:
    """Numbers of atoms {Z: number}: per formula unit, or per atom of a mixture."""
    if not isinstance(formula, Mapping) and not is_mixture(formula):
        return parse_formula(formula)
    moles = {Z: fraction / atomic_weight(Z) for Z, fraction in parse_mixture(formula).items()}
    total = sum(moles.values())
    return {Z: mole / total for Z, mole in moles.items()}


def mixture(mass_fractions: Mapping[int, float], *, density: float, name: str, density_reference: str) -> Material:
    """Make a material from mass fractions {Z: w}, which are normalised to 1; ``density`` in g/cm³.

    A mixture has no formula: its unit is one mean atom, so ``atoms_per_unit`` sums to 1.
    """
    total = sum(mass_fractions.values())
    fractions = {Z: w / total for Z, w in sorted(mass_fractions.items())}
    moles = {Z: w / atomic_weight(Z) for Z, w in fractions.items()}  # per gram
    atoms = sum(moles.values())
    unit_density = density * AVOGADRO * atoms
    return Material(
        name=name,
        density=density,
        radiation_length=mixture_radiation_length(fractions) / density,
        nuclei=tuple(_nucleus(Z, mole / atoms, unit_density) for Z, mole in moles.items()),
        reference=f"{density_reference}; {_COMPUTED}",
    )


def _nucleus(Z: int, atoms_per_unit: float, unit_density: float) -> Nucleus:
    return Nucleus(
        Z=Z,
        symbol=atomic_symbol(Z),
        atomic_weight=atomic_weight(Z),
        atoms_per_unit=atoms_per_unit,
        number_density=atoms_per_unit * unit_density,
    )
