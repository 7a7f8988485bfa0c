"""Cross sections of electrons, positrons and photons in matter, per radiation length of a medium.

:mod:`radiation` has bremsstrahlung and pair production, :mod:`screening` what weakens them, :mod:`collisions` what
happens on atomic electrons; :mod:`medium` is what all of them need to know of a material, and :mod:`atom` leaves it
out. The cascade, its Monte Carlo and the data that stand in for Geant4's share them.
"""

from evanesce.interactions.medium import CROSS_SECTIONS, Medium, mean_excitation_energy

__all__ = ["CROSS_SECTIONS", "Medium", "mean_excitation_energy"]
