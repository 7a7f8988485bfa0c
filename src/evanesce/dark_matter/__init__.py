"""What a vector mediator decays to: kinds of dark matter, with their widths, annihilation and counting.

Use :class:`Dirac`, :class:`PseudoDirac`, :class:`ComplexScalar` or :class:`Majorana`, or write your own class with the
attributes and methods of :class:`DarkMatter`. All couple to the mediator with g_χ, α_D = g_χ²/4π.
"""

from evanesce.dark_matter.base import DARK_MATTER, DarkMatter, check_dark_matter, dark_matter, dark_matter_velocity
from evanesce.dark_matter.complex_scalar import ComplexScalar
from evanesce.dark_matter.dirac import Dirac
from evanesce.dark_matter.majorana import Majorana
from evanesce.dark_matter.pseudo_dirac import PseudoDirac

__all__ = [
    "DARK_MATTER",
    "ComplexScalar",
    "DarkMatter",
    "Dirac",
    "Majorana",
    "PseudoDirac",
    "check_dark_matter",
    "dark_matter",
    "dark_matter_velocity",
]
