"""Light-cone distributions of bound electrons that a fast positron meets, from Dirac's orbitals.

:mod:`table` reads them. :mod:`make` is the program that made them (``python -m evanesce.materials.orbitals``):
:mod:`dirac` solves the radial equation, :mod:`atom` finds the self-consistent field, :mod:`wilson` integrates along the
positron's path, :mod:`momentum` makes distributions of momenta. Only the program needs numba.
"""

from evanesce.materials.orbitals.table import (
    HEAVIEST,
    VERSION,
    LightConeShell,
    light_cone_shells,
    momentum_knots,
    momentum_shells,
)

__all__ = ["HEAVIEST", "VERSION", "LightConeShell", "light_cone_shells", "momentum_knots", "momentum_shells"]
