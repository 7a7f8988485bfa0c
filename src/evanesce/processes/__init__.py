"""Production of the mediator, one process per file: prepared once per setup, then evaluated for any mediator and mass.

:class:`Annihilation`, or :class:`Isr` by option, and :class:`Bremsstrahlung` are part of every
channel; :class:`PublishedBremsstrahlung` is named on a card.
"""

from evanesce.processes.annihilation import Annihilation, annihilated
from evanesce.processes.base import PROCESSES, Generates, Prepared, Process, Workshop, chosen_processes
from evanesce.processes.bremsstrahlung import Bremsstrahlung
from evanesce.processes.isr import Isr
from evanesce.processes.published import PublishedBremsstrahlung

__all__ = [
    "PROCESSES",
    "Annihilation",
    "Bremsstrahlung",
    "Generates",
    "Isr",
    "Prepared",
    "Process",
    "PublishedBremsstrahlung",
    "Workshop",
    "annihilated",
    "chosen_processes",
]
