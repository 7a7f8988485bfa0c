"""Radiative Bhabha scattering: the amplitude, phase space within cuts, its integral, and events.

:mod:`amplitude` has every diagram with the electron mass, :mod:`massless` the closed formula without;
:mod:`phase_space` flattens the peaks, :mod:`integral` integrates with adapted maps, :mod:`generator` makes events.
"""

from evanesce.sources.radiative.cuts import Cuts
from evanesce.sources.radiative.generator import ROLES, events, events_key
from evanesce.sources.radiative.integral import Tables, tables

__all__ = ["ROLES", "Cuts", "Tables", "events", "events_key", "tables"]
