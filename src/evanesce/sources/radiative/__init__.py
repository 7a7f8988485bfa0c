"""Radiative Bhabha scattering: the amplitude, phase space within cuts, its integral, and events.

:mod:`amplitude` has all diagrams with the electron mass, :mod:`massless` the closed formula without it;
:mod:`phase_space` flattens the peaks, :mod:`integral` integrates with adapted maps, :mod:`generator` makes events.
"""

from evanesce.sources.radiative.cuts import Cuts
from evanesce.sources.radiative.generator import ROLES, events, events_key
from evanesce.sources.radiative.integral import Integrals, integrals

__all__ = ["ROLES", "Cuts", "Integrals", "events", "events_key", "integrals"]
