"""The paper, number by number: a table of arXiv:2212.04252 next to the results of this package, and its figures.

:func:`run` does everything. A number is a function in the module of its section (:mod:`sections`), a figure an
entry in :mod:`pictures`, its curves a function in :mod:`curves`.
"""

from evanesce.reproduce.row import Kind, Row
from evanesce.reproduce.runner import run
from evanesce.reproduce.table import Progress

__all__ = ["Kind", "Progress", "Row", "run"]
