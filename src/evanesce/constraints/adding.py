"""Adding a curve of one's own from a file, and removing it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from evanesce.constraints.catalogue import published_names
from evanesce.constraints.columns import Columns, read_columns
from evanesce.constraints.constraint import Constraint, Provenance
from evanesce.constraints.converting import curve_of, missing
from evanesce.constraints.own import check_new, remove_own, write_own
from evanesce.constraints.statements import Conventions, agreed, said_by
from evanesce.errors import InvalidValueError

__all__ = ["QUESTIONS", "Wanted", "add_constraint", "remove_constraint"]

QUESTIONS: Final[dict[str, str]] = {
    "quantity": "--quantity epsilon|epsilon2|y",
    "mass_unit": "--mass-unit MeV|GeV",
    "abscissa": "--abscissa mediator|dark-matter",
    "confidence_level": "--confidence-level CL",
    "kind": "--observed or --projected",
    "alpha_d": "--alpha-d A",
    "mass_ratio": "--mass-ratio R",
}
"""Option of ``evanesce constraints add`` for each convention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a file is to be read."""

    conventions: Conventions = field(default_factory=Conventions)
    """What the user knows about the numbers; the file must not say otherwise."""
    columns: tuple[int, int] | None = None
    """Numbers of the columns of masses and limits, from 1, if there are more than two."""
    sort: bool = False
    """Whether to sort points by mass that are not in order."""
    unusual: bool = False
    """Whether masses and ε are right that no search at an accelerator has."""
    about: Provenance = field(default_factory=lambda: Provenance())
    """Other properties of the curve, as ``reference``."""


def add_constraint(
    path: str | os.PathLike[str],
    *,
    name: str,
    wanted: Wanted | None = None,
    ask: Callable[[str], Any] | None = None,
) -> tuple[Constraint, Path]:
    r"""Read a curve from a file and keep it in the user's folder; returns it, and where it is kept.

    The file may be CSV of any kind (also WebPlotDigitizer's and HEPData's) or YAML of HEPData. What neither the file
    nor ``wanted`` says is asked for: ``ask`` is called with the name of a field of :class:`Conventions`.

    Raises
    ------
    DataFileError
        The file cannot be read, or the curve not be written.
    InvalidValueError
        The file contradicts ``wanted``, a convention is missing, a number is unusual, or the name is taken.

    Examples
    --------
    The titles of this table say everything. The folder of data is one for the example only.

    >>> import os, tempfile
    >>> from unittest.mock import patch
    >>> import evanesce as ev
    >>> with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, EVANESCE_DATA_DIR=folder):
    ...     file = Path(folder) / "mine.csv"
    ...     _ = file.write_text("mass [MeV],epsilon (90% CL observed)\n10,1e-4\n20,2e-4\n")
    ...     curve, _ = ev.add_constraint(file, name="my-curve")
    >>> curve.masses, curve.epsilons
    ((0.01, 0.02), (0.0001, 0.0002))

    """
    how = Wanted() if wanted is None else wanted
    check_new(name, published_names())
    table = read_columns(path)
    mass, limit = table.pair(how.columns)
    said = said_by(table, mass, limit)
    known = _known(table, said, how.conventions)
    while lacking := missing(known):
        if ask is None:
            words = {"mass_unit": "unit of mass", "kind": "observed or projected"}
            names = ", ".join(words.get(one, one.replace("_", " ")) for one in lacking)
            options = ", ".join(QUESTIONS[one] for one in lacking)
            raise InvalidValueError(f"{os.fspath(path)}: does not say its {names}; give {options}")
        how = replace(how, conventions=replace(how.conventions, **{lacking[0]: ask(lacking[0])}))
        known = _known(table, said, how.conventions)
    curve, points = curve_of(
        table,
        mass,
        limit,
        known,
        name=name,
        in_order=not how.sort,
        usual=not how.unusual,
        about=how.about,
    )
    return curve, write_own(curve, points, taken=published_names())


def _known(table: Columns, said: Conventions, given: Conventions) -> Conventions:
    """Conventions of file and user; ε is taken against the mass of the mediator unless one of them says otherwise."""
    known = agreed(table, said, given)
    if known.abscissa is None and known.quantity in ("epsilon", "epsilon2"):
        return agreed(table, said, replace(given, abscissa="mediator"))
    return known


def remove_constraint(name: str) -> Path:
    """Remove a curve of the user's folder, and return where it was.

    Raises
    ------
    InvalidValueError
        A published curve.
    UnknownNameError
        No curve of the user has this name.

    """
    return remove_own(name, published=published_names())
