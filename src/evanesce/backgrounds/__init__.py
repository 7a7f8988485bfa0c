"""Backgrounds of a vanishing track: photons, neutrons and charged pairs, each with its error and inputs.

:func:`budget` adds up the components of a card for an :class:`Exposure`. A new component is one file here
with a registered class that implements :class:`Background`.
"""

from evanesce.backgrounds.base import (
    BACKGROUNDS,
    Background,
    BackgroundEstimate,
    Budget,
    Exposure,
    budget,
    stated_error,
)
from evanesce.backgrounds.constant import Condition, Constant
from evanesce.backgrounds.conversion import MuonConversion
from evanesce.backgrounds.leakage import Leakage
from evanesce.backgrounds.neutrons import Neutrons
from evanesce.backgrounds.pairs import ChargedPair, Factor
from evanesce.backgrounds.photons import EscapeProbability, Photons, photon_escape_probability
from evanesce.backgrounds.shape import Shape, Shaped, background_shares
from evanesce.backgrounds.simulated_events import SimulatedEvents
from evanesce.backgrounds.simulated_neutrons import SimulatedNeutrons, simulated_neutron_results
from evanesce.backgrounds.uncertainty import NORMALISATION, NOTHING_SEEN, Constraint, Uncertainty

__all__ = [
    "BACKGROUNDS",
    "NORMALISATION",
    "NOTHING_SEEN",
    "Background",
    "BackgroundEstimate",
    "Budget",
    "ChargedPair",
    "Condition",
    "Constant",
    "Constraint",
    "EscapeProbability",
    "Exposure",
    "Factor",
    "Leakage",
    "MuonConversion",
    "Neutrons",
    "Photons",
    "Shape",
    "Shaped",
    "SimulatedEvents",
    "SimulatedNeutrons",
    "Uncertainty",
    "background_shares",
    "budget",
    "photon_escape_probability",
    "simulated_neutron_results",
    "stated_error",
]
