"""A curve from a user's two-column text file."""

from __future__ import annotations

import math
import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final, Unpack

from evanesce.constraints.constraint import Constraint, Provenance
from evanesce.constraints.conventions import ABSCISSAE, QUANTITIES, USUAL_MASSES, epsilon_of
from evanesce.errors import DataFileError, InvalidValueError, unknown_name
from evanesce.table_header import LIMIT_CURVE, TableKind
from evanesce.tables import TwoColumns, read_two_columns
from evanesce.validation import choice, positive

__all__ = ["NOT_Y", "Y", "constraint_from_csv"]

_ROOT_TAKEN: Final = "root of epsilon squared taken"
_DARK_MATTER: Final = re.compile(r"mass|chi|χ|(?<![a-z])m(_?dm)?(?![a-z])")
_NOT_OF_DARK_MATTER: Final = re.compile(
    r"(\^|\*\*)\s*2|squared?|sqrt|/|mediator|prime|['′]|dark.?photon|(?<![a-z])m_?(a|v|z|s|phi|med|zp|ap)(?![a-z])"
)
Y: Final = re.compile(r"(?<![a-z])y(?![a-z])")
NOT_Y: Final = re.compile(r"eps|ε|ϵ|mixing|sqrt|root|1\s*/")


def constraint_from_csv(path: str | os.PathLike[str], *, name: str, **provenance: Unpack[Provenance]) -> Constraint:
    r"""Read a curve from a file with a mass and a limit on each line, masses increasing.

    Without more they are the mediator's in GeV and ε. ``quantity`` (``epsilon``, ``epsilon2``, ``y``) and ``abscissa``
    (``mediator``, ``dark-matter``) say otherwise; y needs ``alpha_d`` and ``mass_ratio``, a dark-matter mass needs
    ``mass_ratio``. The file is read as :mod:`evanesce.tables` says; a header may give other units or ε², as
    ``mass [MeV], eps^2``, and the notes then say what was converted. ``provenance`` is any of the other properties of
    a :class:`Constraint` (``reference``, ``luminosity``, ``scaling``, …); say them, they travel with the curve.

    Raises
    ------
    DataFileError
        The file or one of its lines cannot be read; the message names the line.
    UnknownNameError
        A property that a constraint does not have.
    InvalidValueError
        A property out of its range or, if the conversion needs it, missing; or an argument that is not a path.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "mine.csv"
    ...     _ = file.write_text("mass [MeV],eps^2\n10,1e-8\n20,4e-8\n")
    ...     curve = constraint_from_csv(file, name="mine", reference="this work")
    >>> curve.masses, [f"{epsilon:.1e}" for epsilon in curve.epsilons]
    ((0.01, 0.02), ['1.0e-04', '2.0e-04'])

    """
    if not isinstance(path, (str, os.PathLike)):
        raise InvalidValueError(f"path = {path!r}: must be the path of a file with two columns")
    for key in provenance:
        if key not in Provenance.__annotations__:
            raise unknown_name("constraint property", key, Provenance.__annotations__)
    quantity, abscissa = _conventions(name, provenance)
    table = _points(Path(path), _kind(quantity, abscissa))
    if quantity == "epsilon" and _ROOT_TAKEN in table.note:
        quantity = "epsilon2"
    alpha_d, mass_ratio = provenance.get("alpha_d"), provenance.get("mass_ratio")
    scale = mass_ratio if abscissa == "dark-matter" and mass_ratio is not None else 1.0
    taken = "epsilon" if _ROOT_TAKEN in table.note else quantity
    done = f", {table.note}" if table.note else ""
    defaults: Provenance = {"title": name, "reference": "given by the user", "notes": f"Read from {path}{done}."}
    known: Provenance = {**defaults, **provenance, "quantity": quantity}
    return Constraint(
        name=name,
        masses=tuple(row.first * scale for row in table.rows),
        epsilons=tuple(
            epsilon_of(taken, row.second, name=name, alpha_d=alpha_d, mass_ratio=mass_ratio) for row in table.rows
        ),
        **known,
    )


def _conventions(name: str, provenance: Provenance) -> tuple[str, str]:
    """The quantity and the abscissa of the file, whose parameters are there and positive."""
    quantity, abscissa = provenance.get("quantity", "epsilon"), provenance.get("abscissa", "mediator")
    choice(f"quantity of {name}", quantity, QUANTITIES)
    choice(f"abscissa of {name}", abscissa, ABSCISSAE)
    needed = {"alpha_d": quantity == "y", "mass_ratio": quantity == "y" or abscissa == "dark-matter"}
    said = {"alpha_d": provenance.get("alpha_d"), "mass_ratio": provenance.get("mass_ratio")}
    for option, value in said.items():
        if value is not None:
            positive(f"{option} of {name}", value)
        elif needed[option]:
            raise InvalidValueError(
                f"constraint {name}: {quantity} against the {abscissa} mass needs {option} to become epsilon against "
                f"the mediator's, give {option}=..."
            )
    return quantity, abscissa


def _kind(quantity: str, abscissa: str) -> TableKind:
    """How the columns of such a file may be called; what the caller says goes before the prose of the file."""
    if (quantity, abscissa) == ("epsilon", "mediator"):
        return LIMIT_CURVE
    first, second = LIMIT_CURVE.first, LIMIT_CURVE.second
    if abscissa == "dark-matter":
        first = replace(first, known=_DARK_MATTER, refused=_NOT_OF_DARK_MATTER)
    if quantity == "y":
        second = replace(second, name="y", known=Y, refused=NOT_Y)
    return replace(LIMIT_CURVE, first=first, second=second)


def _points(path: Path, kind: TableKind) -> TwoColumns:
    table = read_two_columns(path, kind)
    rows = table.rows
    for row in rows:
        for column, value in ((kind.first.name, row.first), (kind.second.name, row.second)):
            if not (value > 0 and math.isfinite(value)):
                raise DataFileError(f"{row.where}: {column} = {value:g}, must be a finite number greater than 0")
    for before, row in pairwise(rows):
        if not row.first > before.first:
            raise DataFileError(f"{row.where}: mass {row.first:g} follows {before.first:g}, masses must increase")
    if rows and not table.unit and rows[-1].first > USUAL_MASSES[1]:
        raise DataFileError(
            f"{path}: masses up to {rows[-1].first:g} without a unit, no search for an invisible mediator is above "
            f"{USUAL_MASSES[1]:g} GeV; {kind.advice}"
        )
    if len(rows) < 2:
        raise DataFileError(f"{path}: has {len(rows)} points, give at least two lines {kind.expected}")
    return table
