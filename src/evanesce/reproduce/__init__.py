"""The paper, number by number: arXiv:2212.04252 as a table beside what this package computes, and its figures.

:func:`run` does it all. A number is a function in the module of its section (:mod:`sections`), a figure an
entry in :mod:`pictures`, its curves a function in :mod:`curves`.
"""

from evanesce.reproduce.row import Kind, Row
from evanesce.reproduce.runner import run
from evanesce.reproduce.table import Progress

__all__ = ["Kind", "Progress", "Row", "run"]
