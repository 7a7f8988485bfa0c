"""Cross sections of the mediator and their integrals over a folded track-length density.

:mod:`annihilation` for e⁺e⁻ → mediator on atomic electrons, :mod:`bremsstrahlung` for radiation in the
field of a nucleus, with :mod:`flux` and :mod:`form_factors` beneath it.
"""

from evanesce.production.annihilation import annihilation_cross_section, collision_s, effective_cross_section
from evanesce.production.bremsstrahlung import bremsstrahlung_cross_section, bremsstrahlung_yield
from evanesce.production.flux import material_flux, photon_flux

__all__ = [
    "annihilation_cross_section",
    "bremsstrahlung_cross_section",
    "bremsstrahlung_yield",
    "collision_s",
    "effective_cross_section",
    "material_flux",
    "photon_flux",
]
