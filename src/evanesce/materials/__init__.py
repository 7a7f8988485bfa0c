"""Elements and compounds, with the properties that showers and targets need.

Use :func:`material` for a name (the catalogue's cited values, or any NIST compound), :func:`compound` for
a chemical formula or a mixture by mass fractions, and :class:`Material` itself only to write such a function.
:func:`mass_fractions` is the inverse of a mixture.
:func:`material_names` and :func:`nist_material_names` list the names that :func:`material` accepts.
:func:`elemental_radiation_length` is the formula for every radiation length that is not cited.
:func:`electron_shells` returns momentum distribution and binding of the electrons of a material.
:func:`table_notes` lists repairs to the tabulated numbers of its elements.
"""

from evanesce.materials.catalogue import catalogue_formula, material, material_names, nist_material_names
from evanesce.materials.composition import compound
from evanesce.materials.compton import ATOMIC_MOMENTUM, ElectronShell, MomentumProfile, electron_shells, table_notes
from evanesce.materials.elements import atomic_weight
from evanesce.materials.mass_fractions import mass_fractions
from evanesce.materials.material import Material, Nucleus
from evanesce.materials.radiation_length import elemental_radiation_length

__all__ = [
    "ATOMIC_MOMENTUM",
    "ElectronShell",
    "Material",
    "MomentumProfile",
    "Nucleus",
    "atomic_weight",
    "catalogue_formula",
    "compound",
    "electron_shells",
    "elemental_radiation_length",
    "mass_fractions",
    "material",
    "material_names",
    "nist_material_names",
    "table_notes",
]
