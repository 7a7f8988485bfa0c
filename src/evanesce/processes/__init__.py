"""Production of the mediator, one process per file: prepared once per setup, then evaluated for any mediator and mass.

:class:`Annihilation` and :class:`Bremsstrahlung` are part of every channel; :class:`NonResonant`, :class:`Compton` and
:class:`VectorMesons` by option;
:class:`PublishedBremsstrahlung` is named on a card.
"""

from evanesce.processes.annihilation import Annihilation
from evanesce.processes.base import PROCESSES, Generates, Prepared, Process, Workshop, chosen_processes
from evanesce.processes.bremsstrahlung import Bremsstrahlung
from evanesce.processes.compton import Compton
from evanesce.processes.non_resonant import NonResonant
from evanesce.processes.published import PublishedBremsstrahlung
from evanesce.processes.vector_mesons import VectorMesons

__all__ = [
    "PROCESSES",
    "Annihilation",
    "Bremsstrahlung",
    "Compton",
    "Generates",
    "NonResonant",
    "Prepared",
    "Process",
    "PublishedBremsstrahlung",
    "VectorMesons",
    "Workshop",
    "chosen_processes",
]
