"""Cross sections of electrons, positrons and photons in matter, per radiation length of a medium.

:mod:`radiation` has bremsstrahlung and pair production, :mod:`screening` their screening and suppression,
:mod:`collisions` the scattering on atomic electrons. :mod:`medium` has the properties of a material that all of them
use; :mod:`atom` is for a single atom. The cascade, its Monte Carlo and the stand-in data for Geant4 share them.
"""

from evanesce.interactions.medium import CROSS_SECTIONS, Medium, mean_excitation_energy

__all__ = ["CROSS_SECTIONS", "Medium", "mean_excitation_energy"]
