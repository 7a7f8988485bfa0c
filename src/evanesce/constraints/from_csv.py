"""A curve from a user's two-column text file."""

from __future__ import annotations

import math
import os
from itertools import pairwise
from pathlib import Path
from typing import Unpack

from evanesce.constraints.constraint import Constraint, Provenance
from evanesce.errors import DataFileError, InvalidValueError, unknown_name
from evanesce.table_header import LIMIT_CURVE
from evanesce.tables import TwoColumns, read_two_columns

__all__ = ["constraint_from_csv"]


def constraint_from_csv(path: str | os.PathLike[str], *, name: str, **provenance: Unpack[Provenance]) -> Constraint:
    """Read a curve from a file with a mass (GeV) and an ε on each line, masses increasing.

    See :mod:`evanesce.tables` for the format. A header may give other units or ε², as ``mass [MeV], eps^2``; the notes
    then record the conversion. ``provenance`` sets other properties of the :class:`Constraint` (``reference``,
    ``luminosity``, …), which stay with the curve.

    Raises
    ------
    DataFileError
        The file or one of its lines cannot be read; the message names the line.
    UnknownNameError
        A property that a constraint does not have.
    InvalidValueError
        A property out of its range, or an argument that is not a path.

    """
    if not isinstance(path, (str, os.PathLike)):
        raise InvalidValueError(f"path = {path!r}: must be the path of a file with two columns")
    for key in provenance:
        if key not in Provenance.__annotations__:
            raise unknown_name("constraint property", key, Provenance.__annotations__)
    table = _points(Path(path))
    rows = table.rows
    done = f", {table.note}" if table.note else ""
    defaults: Provenance = {"title": name, "reference": "given by the user", "notes": f"Read from {path}{done}."}
    known: Provenance = {**defaults, **provenance}
    return Constraint(
        name=name,
        masses=tuple(row.first for row in rows),
        epsilons=tuple(row.second for row in rows),
        **known,
    )


def _points(path: Path) -> TwoColumns:
    table = read_two_columns(path, LIMIT_CURVE)
    rows = table.rows
    for row in rows:
        for column, value in (("mass", row.first), ("epsilon", row.second)):
            if not (value > 0 and math.isfinite(value)):
                raise DataFileError(f"{row.where}: {column} = {value:g}, must be a finite number greater than 0")
    for before, row in pairwise(rows):
        if not row.first > before.first:
            raise DataFileError(f"{row.where}: mass {row.first:g} follows {before.first:g}, masses must increase")
    if len(rows) < 2:
        raise DataFileError(f"{path}: has {len(rows)} points, give at least two lines 'mass, epsilon'")
    return table
