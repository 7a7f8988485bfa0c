"""Production of the mediator, one process per file: prepared once per setup, then evaluated for any mediator and mass.

:class:`Annihilation`, or :class:`Isr` by option, and :class:`Bremsstrahlung` are part of every channel of tracks in a
target; :class:`Compton` and :class:`VectorMesons` by option; :class:`PublishedBremsstrahlung` is named on a card.
:class:`MonoPhoton` is that of colliding beams.
"""

from evanesce.processes.annihilation import Annihilation, annihilated
from evanesce.processes.base import PROCESSES, Generates, Prepared, Process, Workshop, chosen_processes
from evanesce.processes.bremsstrahlung import Bremsstrahlung
from evanesce.processes.compton import Compton
from evanesce.processes.isr import Isr
from evanesce.processes.mono_photon import MonoPhoton
from evanesce.processes.published import PublishedBremsstrahlung
from evanesce.processes.vector_mesons import VectorMesons

__all__ = [
    "PROCESSES",
    "Annihilation",
    "Bremsstrahlung",
    "Compton",
    "Generates",
    "Isr",
    "MonoPhoton",
    "Prepared",
    "Process",
    "PublishedBremsstrahlung",
    "VectorMesons",
    "Workshop",
    "annihilated",
    "chosen_processes",
]
