"""What a file says about its curve: in the titles of its columns, its comments, its qualifiers and its own name."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from evanesce.constraints.columns import Columns, Titled
from evanesce.constraints.from_csv import NOT_Y, Y
from evanesce.errors import DataFileError, InvalidValueError, shortened
from evanesce.table_header import (
    LIMIT_CURVE,
    OTHER_MASS,
    comment_titles,
    mentions,
    plain_title,
    title_of,
    unit_of,
)

__all__ = ["Conventions", "agreed", "said_by"]

_WORDS: Final = re.compile(
    r"\b(upper|lower|limits?|value|values|observed|obs|expected|exp|median|projected|projections?|sensitivity|exclusion|"
    r"excluded|reach|curve|dataset|data|set|line|on|the|at|cl|c\.l\.|confidence|level|points?)\b|[\d%().,:_\s-]+"
)
_DARK_MATTER: Final = re.compile(r"chi|χ|(?<![a-z])m?_?dm(?![a-z])|dark.?matter|wimp")
_OF_MEDIATOR: Final = re.compile(
    r"mediator|prime|['′]|dark.?photon|(?<![a-z])m_?[({]?(a|v|z|s|phi|med|zp|ap)[)}]?(?![a-z])"
)
_LEVEL: Final = re.compile(
    r"(?<![\d.])(\d{2}(?:\.\d+)?)\s*%\s*_?c(?:onfidence|\.?\s*l\.?)"
    r"|(?<![a-z])(?:c\.?l\.?|confidence level)[\s:=,]*(?:(\d{2}(?:\.\d+)?)\s*%|(0?\.\d+)(?!\d))"
)
_PROJECTED: Final = re.compile(r"(?<![a-z])(expected|project(ed|ion)s?|sensitivity|reach|prospect)")
_OBSERVED: Final = re.compile(r"(?<![a-z])observed")
_NUMBER: Final = r"([0-9]*\.?[0-9]+(?:e[-+]?[0-9]+)?)"
_ALPHA: Final = re.compile(rf"(?:alpha|α)_?(?:d|dark|x)?\s*[=:]\s*{_NUMBER}")
_RATIO: Final = re.compile(
    rf"m_?(?:a'?|v|z'?|med|mediator|a_?prime)?\s*/\s*m_?(?:chi|χ|dm)\s*[=:]\s*{_NUMBER}"
    rf"|m_?(?:a'?|v|z'?|med|mediator|a_?prime)\s*=\s*{_NUMBER}\s*\*?\s*m_?(?:chi|χ|dm)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """What the numbers of a file are; None where it is not known."""

    quantity: str | None = None
    """``epsilon``, ``epsilon2`` or ``y``."""
    mass_unit: str | None = None
    """``MeV`` or ``GeV``, or ``eV``, ``keV``, ``TeV`` if the file says so."""
    abscissa: str | None = None
    """Whose mass: ``mediator`` or ``dark-matter``."""
    confidence_level: float | None = None
    kind: str | None = None
    """``measurement`` or ``projection``."""
    alpha_d: float | None = None
    mass_ratio: float | None = None


def said_by(table: Columns, mass: Titled, limit: Titled) -> Conventions:
    """Conventions that a file states.

    Raises
    ------
    DataFileError
        A title that is not of a mass or of a limit that can be read (a logarithm, another quantity or scale).

    """
    where = str(table.path)
    own, comments = _written_by_this_package(table.comments)
    titles = (mass.title, limit.title)
    if not any(titles) and len(table.columns) == 2:
        found = [pair for _, text in comments if (pair := comment_titles(text, LIMIT_CURVE))]
        if len(found) > 1:
            raise DataFileError(f"{where}: two comments describe the columns; keep one")
        if found:
            titles = (found[0][0], found[0][1])
    axes_only = [title.strip().lower() for title in titles] == ["x", "y"]  # of WebPlotDigitizer, without a meaning
    said = Conventions() if axes_only else _of_titles(titles, where)
    text = plain_title(" ; ".join([*(one for _, one in comments), *titles]))
    alone = _ALPHA.search(text)
    ratio = _RATIO.search(text)
    levels = {_level(match) for match in _LEVEL.finditer(text)}
    kinds = [kind for kind, word in (("measurement", _OBSERVED), ("projection", _PROJECTED)) if word.search(text)]
    of_limit = plain_title(limit.title)
    if len(kinds) > 1:
        kinds = ["measurement"] if _OBSERVED.search(of_limit) else ["projection"] if _PROJECTED.search(of_limit) else []
    return replace(
        said,
        confidence_level=own.get("confidence_level") or (levels.pop() if len(levels) == 1 else None),
        kind=kinds[0] if len(kinds) == 1 else None,
        alpha_d=own.get("alpha_d") or (float(alone[1]) if alone else None),
        mass_ratio=own.get("mass_ratio") or (float(ratio[1] or ratio[2]) if ratio else None),
    )


def agreed(table: Columns, said: Conventions, given: Conventions) -> Conventions:
    """Conventions of the file and of the user together.

    Raises
    ------
    InvalidValueError
        The file says another thing than the user, in a title or in passing.

    """
    together = {}
    for one in fields(Conventions):
        there, told = getattr(said, one.name), getattr(given, one.name)
        if None not in (there, told) and there != told and not _squared_by_hand(one.name, there, told):
            raise InvalidValueError(
                f"{_option(one.name)} {_shown(told)}: {table.path} says {_shown(there)}; "
                "leave the option out, or correct the file"
            )
        together[one.name] = there if told is None else told
    _check_in_passing(table, said, given)
    return Conventions(**together)


def _squared_by_hand(name: str, there: Any, told: Any) -> bool:
    """A column called epsilon that holds its square, as in some public tables, if the user says so."""
    return name == "quantity" and (there, told) == ("epsilon", "epsilon2")


def _check_in_passing(table: Columns, said: Conventions, given: Conventions) -> None:
    """Raise if a comment or the name of the file contradicts what only the user says."""
    _, comments = _written_by_this_package(table.comments)
    for place, text in [*comments, (f"the name of {table.path}", table.path.stem)]:
        found = mentions(text)
        named = {unit.lower() for unit in found.units}
        if said.mass_unit is None and given.mass_unit and named and given.mass_unit.lower() not in named:
            raise InvalidValueError(
                f"--mass-unit {given.mass_unit}: {place} says {sorted(found.units)[0]}; if it is not the unit of the "
                f"masses, begin the file with the line 'mass [{given.mass_unit}], ...'"
            )
        if said.quantity is None and given.quantity == "epsilon" and (found.square or found.y):
            other = "epsilon2" if found.square else "y"
            raise InvalidValueError(
                f"--quantity epsilon: {place} mentions {'a square' if found.square else 'y'}; give --quantity {other}, "
                "or begin the file with the line 'mass [GeV], epsilon' (or MeV)"
            )
        if said.quantity == "epsilon" and given.quantity is None and found.square:
            raise InvalidValueError(
                f"{table.path}: the title of the column is epsilon, and {place} mentions a square; "
                "give --quantity epsilon or --quantity epsilon2"
            )
        if said.abscissa is None and given.abscissa == "mediator" and found.dark_matter_mass:
            raise InvalidValueError(
                f"--abscissa mediator: {place} mentions the mass of dark matter; give --abscissa dark-matter, or name "
                "the column, as 'm_A [GeV]'"
            )


def _of_titles(titles: Sequence[str], where: str) -> Conventions:
    mass, limit = titles
    said = Conventions()
    if mass:
        said = _of_mass(mass, where)
    if limit and _WORDS.sub("", plain_title(limit)):
        said = replace(said, quantity=_of_limit(limit, where))
    return said


def _of_mass(title: str, where: str) -> Conventions:
    unit, rest = unit_of(title, f"{where}: the title '{shortened(title)}' has")
    plain = plain_title(rest)
    if not _WORDS.sub("", plain.replace("[", " ").replace("]", " ")) or plain.strip() in ("x", "x-axis"):
        return Conventions(mass_unit=unit)
    made = OTHER_MASS.search(plain)
    if (
        _DARK_MATTER.search(plain)
        and not made
        and not re.search(r"/|\^|\*\*|sq|log", plain)
        and not _OF_MEDIATOR.search(plain)
    ):
        return Conventions(mass_unit=unit, abscissa="dark-matter")
    title_of(title, LIMIT_CURVE.first, LIMIT_CURVE, where)
    return Conventions(mass_unit=unit, abscissa="mediator" if _OF_MEDIATOR.search(plain) else None)


def _of_limit(title: str, where: str) -> str:
    bare = _RATIO.sub(" ", _ALPHA.sub(" ", plain_title(title)))
    bare = _PROJECTED.sub(" ", _OBSERVED.sub(" ", bare))
    is_y = Y.search(bare) and not NOT_Y.search(bare.partition("=")[0])
    column = replace(LIMIT_CURVE.second, name="y", known=Y, refused=NOT_Y) if is_y else LIMIT_CURVE.second
    found = title_of(bare.partition("=")[0] if is_y else bare, column, LIMIT_CURVE, where)
    if found.unit is not None:
        raise DataFileError(
            f"{where}: the title '{shortened(title)}' has a unit, which {column.name} has not; correct the title, or "
            "choose with --columns MASS,LIMIT"
        )
    return "y" if is_y else "epsilon2" if found.root else "epsilon"


def _written_by_this_package(comments: Sequence[tuple[str, str]]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """What a CSV of this package says about itself, and the other comments."""
    own: dict[str, Any] = {}
    others = []
    for place, text in comments:
        try:
            found = json.loads(text) if text.startswith("{") else None
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and "evanesce_version" in found:
            own = {key: found.get(key) for key in ("confidence_level", "alpha_d", "mass_ratio")}
            own = {key: value for key, value in own.items() if isinstance(value, float)}
        else:
            others.append((place, text))
    return own, others


def _level(match: re.Match[str]) -> float:
    percent = match[1] or match[2]
    return round(float(percent) / 100.0, 6) if percent else float(match[3])


def _option(name: str) -> str:
    return {"kind": "--observed/--projected"}.get(name, "--" + name.replace("_", "-"))


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
