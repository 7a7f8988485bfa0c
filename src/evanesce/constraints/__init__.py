"""Published limits and projections of ε against mediator mass, each with its provenance and conventions.

Use :func:`constraint` for a curve by name (:func:`constraint_names` lists them), :func:`constraint_from_csv` for a
curve of your own, :func:`add_constraint` to keep it under a name, and :meth:`Constraint.rescaled` to take a collider
curve to another luminosity. To add a published curve, add one file with its reference to ``data/``.
"""

from evanesce.constraints.adding import Wanted, add_constraint, remove_constraint
from evanesce.constraints.catalogue import (
    constraint,
    constraint_names,
    published_conditions,
    published_conditions_names,
    published_names,
)
from evanesce.constraints.constraint import Constraint, Provenance
from evanesce.constraints.from_csv import constraint_from_csv
from evanesce.constraints.statements import Conventions

__all__ = [
    "Constraint",
    "Conventions",
    "Provenance",
    "Wanted",
    "add_constraint",
    "constraint",
    "constraint_from_csv",
    "constraint_names",
    "published_conditions",
    "published_conditions_names",
    "published_names",
    "remove_constraint",
]
