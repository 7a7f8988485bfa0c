"""What the tracks run into: elements and compounds, with the properties that showers and targets need.

Use :func:`material` for a name (the catalogue's cited values, or any NIST compound), :func:`compound` for
a chemical formula of your own, and :class:`Material` itself only to write such a function.
:func:`material_names` and :func:`nist_material_names` list what :func:`material` knows.
:func:`elemental_radiation_length` is the formula behind every radiation length that is not cited.
:func:`electron_shells` says how the electrons of a material move and how they are bound.
:func:`table_notes` says what had to be repaired in the tabulated numbers of its elements.
"""

from evanesce.materials.catalogue import catalogue_formula, material, material_names, nist_material_names
from evanesce.materials.composition import compound
from evanesce.materials.compton import ATOMIC_MOMENTUM, ElectronShell, MomentumProfile, electron_shells, table_notes
from evanesce.materials.elements import atomic_weight
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
    "material",
    "material_names",
    "nist_material_names",
    "table_notes",
]
