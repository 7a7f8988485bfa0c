"""From two columns of a file to a curve of ε against the mass of the mediator in GeV."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from evanesce.constraints.columns import Columns, Titled, number_of
from evanesce.constraints.constraint import Constraint
from evanesce.constraints.conventions import ABSCISSAE, QUANTITIES, USUAL_MASSES, epsilon_of
from evanesce.constraints.statements import Conventions
from evanesce.errors import DataFileError, InvalidValueError, on_one_line
from evanesce.inputs import TABLE_BYTES, read_bytes
from evanesce.validation import choice, fraction, positive

__all__ = ["UNITS", "curve_of", "missing"]

UNITS: Final = {"eV": 1e-9, "keV": 1e-6, "MeV": 1e-3, "GeV": 1.0, "TeV": 1e3}
_EPSILONS: Final = (1e-8, 0.1)


def missing(known: Conventions) -> tuple[str, ...]:
    """Names of the conventions that a curve needs and that are not known, in the order to ask for them."""
    needed = ["quantity", "mass_unit", "abscissa", "confidence_level", "kind"]
    if known.quantity == "y":
        needed.append("alpha_d")
    if known.quantity == "y" or known.abscissa == "dark-matter":
        needed.append("mass_ratio")
    return tuple(name for name in needed if getattr(known, name) is None)


def curve_of(
    table: Columns,
    mass: Titled,
    limit: Titled,
    conventions: Conventions,
    *,
    name: str,
    in_order: bool = True,
    usual: bool = True,
    about: Mapping[str, Any] | None = None,
) -> tuple[Constraint, list[list[float]]]:
    """Return the curve in two columns of a file, and its points as they are kept.

    ``in_order`` refuses masses that do not run one way, ``usual`` masses and ε that no search has; ``about`` holds
    other properties of a :class:`Constraint`.

    Raises
    ------
    DataFileError
        A field that is not a positive number, or masses that turn back or come twice.
    InvalidValueError
        Conventions that are missing or out of their range, or unusual numbers.

    """
    if lacking := missing(conventions):
        raise InvalidValueError(f"constraint {name}: {', '.join(lacking)} must be known")
    quantity, unit, abscissa = (
        str(part) for part in (conventions.quantity, conventions.mass_unit, conventions.abscissa)
    )
    choice("quantity", quantity, QUANTITIES)
    choice("abscissa", abscissa, ABSCISSAE)
    choice("mass unit", unit, tuple(UNITS))
    level = fraction("confidence_level", _number(conventions.confidence_level), one_allowed=False)
    for option in ("alpha_d", "mass_ratio"):
        if getattr(conventions, option) is not None:
            positive(option, getattr(conventions, option))
    scale = UNITS[unit] * (_number(conventions.mass_ratio) if abscissa == "dark-matter" else 1.0)
    points = [[at * scale, value] for at, value in _ordered(_read(mass, limit), in_order)]
    parameters = {"alpha_d": conventions.alpha_d, "mass_ratio": conventions.mass_ratio}
    curve = Constraint(
        **{
            "title": name,
            "reference": "given by the user",
            **(about or {}),
            "name": name,
            "confidence_level": level,
            "kind": str(conventions.kind),
            "quantity": quantity,
            "abscissa": abscissa,
            **parameters,
            "notes": _notes(table, mass, limit, conventions),
            "masses": tuple(at for at, _ in points),
            "epsilons": tuple(epsilon_of(quantity, value, name=name, **parameters) for _, value in points),
        }
    )
    if usual:
        _check_usual(curve)
    return curve, points


def _read(mass: Titled, limit: Titled) -> list[tuple[str, float, float]]:
    """Place and numbers of every row with both fields."""
    firsts, seconds = _by_row(mass), _by_row(limit)
    rows = []
    for key in dict.fromkeys((*firsts, *seconds)):
        if key not in firsts or key not in seconds:
            place = (firsts.get(key) or seconds[key])[0]
            raise DataFileError(f"{place}: has {'no mass' if key not in firsts else 'no limit'}")
        (place, first), (_, second) = firsts[key], seconds[key]
        numbers = [number_of(place, field) for field in (first, second)]
        for what, value in zip(("mass", "limit"), numbers, strict=True):
            if not 0.0 < value < float("inf"):
                hint = "; is it a logarithm? convert it" if value < 0 else ""
                raise DataFileError(f"{place}: {what} = {value:g}, must be a finite number greater than 0{hint}")
        rows.append((place, numbers[0], numbers[1]))
    return rows


def _by_row(column: Titled) -> dict[str, tuple[str, str]]:
    """Place and field by what two columns of a row have in common: the line, or the number of the value."""
    return {place.rpartition(", ")[2]: (place, text) for place, text in column.fields}


def _ordered(rows: list[tuple[str, float, float]], in_order: bool) -> list[tuple[float, float]]:
    """Points with masses that increase."""
    if len(rows) > 1 and rows[0][1] > rows[-1][1]:
        rows = rows[::-1]
    if not in_order:
        rows = sorted(rows, key=lambda row: row[1])
    for (_, before, _), (place, after, _) in pairwise(rows):
        if after == before:
            raise DataFileError(f"{place}: the mass {after:g} comes twice, with two limits; keep one")
        if after < before:
            raise DataFileError(
                f"{place}: the mass turns back from {before:g} to {after:g}; give --sort if the points are of one "
                "upper limit, or keep the lower edge of a contour"
            )
    return [(first, second) for _, first, second in rows]


def _check_usual(curve: Constraint) -> None:
    low, high = curve.masses[0], curve.masses[-1]
    if not (USUAL_MASSES[0] <= low and high <= USUAL_MASSES[1]):
        raise InvalidValueError(
            f"constraint {curve.name}: mediator masses from {low:g} to {high:g} GeV are unusual, is the unit right? "
            "correct --mass-unit, or give --unusual"
        )
    low, high = min(curve.epsilons), max(curve.epsilons)
    if not (_EPSILONS[0] <= low and high <= _EPSILONS[1]):
        raise InvalidValueError(
            f"constraint {curve.name}: epsilon from {low:g} to {high:g} is unusual, is the quantity right (epsilon, "
            "epsilon2 or y)? correct --quantity, or give --unusual"
        )


def _notes(table: Columns, mass: Titled, limit: Titled, known: Conventions) -> str:
    digest = hashlib.sha256(read_bytes(table.path, TABLE_BYTES)).hexdigest()
    titles = " and ".join(f"'{on_one_line(column.title)}'" for column in (mass, limit))
    columns = f", columns {titles}" if mass.title or limit.title else ""
    of_dark_matter = f", times mass_ratio = {known.mass_ratio:g}" if known.abscissa == "dark-matter" else ""
    return (
        f"Read from {table.path.name} (sha256 {digest}){columns}: {known.quantity} against the {known.abscissa} mass "
        f"in {known.mass_unit}{of_dark_matter}."
    )


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
