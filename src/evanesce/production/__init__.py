"""Cross sections of the mediator and their integrals over a folded track-length density.

:mod:`annihilation` is for e⁺e⁻ → mediator on atomic electrons. :mod:`bremsstrahlung` is for radiation in the field of
a nucleus in the Weizsäcker-Williams approximation, based on :mod:`flux` and :mod:`form_factors`; :mod:`exact` is for
the same at tree level without approximation, from :mod:`amplitudes` and :mod:`kinematics`. :mod:`cross_section` has all
of them at one energy, and :mod:`radiation_yield` the yields for the tracks of an experiment. :mod:`non_resonant` is for
e⁺e⁻ → γ + mediator; :mod:`soft_photons`, :mod:`radiated` and :mod:`isr` make of it annihilation with radiation.
"""

from evanesce.production.annihilation import annihilation_cross_section, collision_s, effective_cross_section
from evanesce.production.bound import bound_annihilation
from evanesce.production.bremsstrahlung import bremsstrahlung_yield
from evanesce.production.cross_section import (
    FORMULAS,
    angular_cross_section,
    bremsstrahlung_cross_section,
    differential_cross_section,
)
from evanesce.production.flux import material_flux, photon_flux
from evanesce.production.form_factors import FORM_FACTORS
from evanesce.production.non_resonant import non_resonant_cross_section, non_resonant_spectrum
from evanesce.production.radiation_yield import RadiationYield, exact_yield, improved_yield

__all__ = [
    "FORMULAS",
    "FORM_FACTORS",
    "RadiationYield",
    "angular_cross_section",
    "annihilation_cross_section",
    "bound_annihilation",
    "bremsstrahlung_cross_section",
    "bremsstrahlung_yield",
    "collision_s",
    "differential_cross_section",
    "effective_cross_section",
    "exact_yield",
    "improved_yield",
    "material_flux",
    "non_resonant_cross_section",
    "non_resonant_spectrum",
    "photon_flux",
]
