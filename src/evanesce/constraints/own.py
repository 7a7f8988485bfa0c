"""Curves of the user: read from a file of any usual form, and kept in the user's folder of data.

A curve is kept as a file of the same kind as the published ones, with masses of the mediator in GeV and values of the
quantity that was published.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from evanesce.constraints.columns import Columns, Titled, number_of
from evanesce.constraints.constraint import Constraint
from evanesce.constraints.conventions import ABSCISSAE, QUANTITIES, epsilon_of
from evanesce.constraints.statements import Conventions
from evanesce.errors import CardError, DataFileError, InvalidValueError, unknown_name
from evanesce.inputs import CARD_BYTES, read_bytes, read_text
from evanesce.scratch import scratch_folder
from evanesce.user_data import data_folder
from evanesce.validation import choice, fraction, positive
from evanesce.yaml_cards import parse_yaml, write_value

__all__ = ["UNITS", "curve_of", "missing", "own_card", "own_names", "read_card", "remove_own", "write_own"]

UNITS: Final = {"eV": 1e-9, "keV": 1e-6, "MeV": 1e-3, "GeV": 1.0, "TeV": 1e3}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_+-]{0,63}", re.ASCII)
_SUFFIX: Final = ".yaml"
_MASSES: Final = (5e-4, 15.0)
"""Masses in GeV of invisible mediators that searches at accelerators have curves for: from that of the electron on."""
_EPSILONS: Final = (1e-8, 1.0)
_POINTS: Final = "points"


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


def own_names() -> tuple[str, ...]:
    """Names of the curves in the user's folder, sorted."""
    try:
        folder = _folder()
        return tuple(sorted(p.stem for p in folder.iterdir() if p.suffix == _SUFFIX and _NAME.fullmatch(p.stem)))
    except OSError:  # no folder, or nobody's home
        return ()


def own_card(name: str) -> dict[str, Any]:
    """Read the file of a curve of the user.

    Raises
    ------
    DataFileError
        It cannot be read, or is damaged.

    """
    return read_card(_path(name))


def read_card(path: Path) -> dict[str, Any]:
    """Read a file of a curve as plain data, with at least ``points``.

    Raises
    ------
    DataFileError
        It cannot be read, or is no such file.

    """
    try:
        card: Any = parse_yaml(read_text(path, CARD_BYTES, expected=", give the YAML of a constraint"), str(path))
    except CardError as error:
        raise DataFileError(str(error)) from None
    points: Any = card.get(_POINTS) if isinstance(card, dict) else None
    pairs = isinstance(points, list) and all(isinstance(p, list) and len(p) == 2 for p in points)
    if not pairs or not all(isinstance(v, (int, float)) and not isinstance(v, bool) for p in points for v in p):
        raise DataFileError(f"{path}: must have points: [[mass, limit], ...]")
    found: dict[str, Any] = card
    return found


def write_own(curve: Constraint, points: list[list[float]], *, taken: tuple[str, ...] = ()) -> Path:
    """Keep a curve in the user's folder, under its name; the file appears complete or not at all.

    Raises
    ------
    InvalidValueError
        A name that is ``taken`` or that files cannot have.
    DataFileError
        The folder cannot be written to.

    """
    check_new(curve.name, taken)
    kept = {key: value for key, value in asdict(curve).items() if key not in ("name", "masses", "epsilons")}
    lines = [f"{key}: {write_value(value, unicode=True)}\n" for key, value in kept.items() if value not in (None, "")]
    lines.append("# Mass of the mediator in GeV, value of the quantity.\n" + f"{_POINTS}:\n")
    lines += [f"- [{mass!r}, {value!r}]\n" for mass, value in points]
    target = _path(curve.name)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with scratch_folder(target.parent) as scratch:
            staged = scratch / target.name
            staged.write_text("".join(lines), encoding="utf-8")
            os.link(staged, target)  # unlike a rename, it never replaces a file
    except FileExistsError:
        raise _exists(curve.name) from None
    except OSError as error:
        raise DataFileError(f"cannot write '{target}': {error.strerror or error}") from None
    return target


def check_new(name: str, taken: tuple[str, ...]) -> None:
    """Raise unless a new curve may have this name.

    Raises
    ------
    InvalidValueError
        Other letters than are allowed, or a name of another curve.

    """
    if not _NAME.fullmatch(name):
        raise InvalidValueError(
            f"name '{name}': must be 1 to 64 lower-case letters, digits, _, + and -, beginning with a letter or digit"
        )
    if name in taken:
        raise InvalidValueError(f"name '{name}': is that of a published curve; give another")
    if os.path.lexists(_path(name)):
        raise _exists(name)


def remove_own(name: str, *, published: tuple[str, ...] = ()) -> Path:
    """Remove a curve from the user's folder and return where it was.

    Raises
    ------
    InvalidValueError
        A published curve.
    UnknownNameError
        No curve of the user has this name.
    DataFileError
        The folder cannot be written to.

    """
    if name in published:
        raise InvalidValueError(f"constraint '{name}': is published with evanesce, only your own can be removed")
    if name not in own_names():
        raise unknown_name("constraint of your own", name, own_names() or ["none"])
    path = _path(name)
    try:
        path.unlink()
    except OSError as error:
        raise DataFileError(f"cannot remove '{path}': {error.strerror or error}") from None
    return path


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
    if not (_MASSES[0] <= low and high <= _MASSES[1]):
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
    digest = hashlib.sha256(read_bytes(table.path, 1 << 30)).hexdigest()
    columns = f", columns '{mass.title}' and '{limit.title}'" if mass.title or limit.title else ""
    of_dark_matter = f", times mass_ratio = {known.mass_ratio:g}" if known.abscissa == "dark-matter" else ""
    return (
        f"Read from {table.path.name} (sha256 {digest}){columns}: {known.quantity} against the {known.abscissa} mass "
        f"in {known.mass_unit}{of_dark_matter}."
    )


def _exists(name: str) -> InvalidValueError:
    return InvalidValueError(f"name '{name}': is that of another curve of yours; give another, or remove it first")


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _folder() -> Path:
    return data_folder() / "constraints"


def _path(name: str) -> Path:
    return _folder() / f"{name}{_SUFFIX}"
