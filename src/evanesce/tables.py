"""Numbers from text: one number, or a file of two columns.

Columns are separated by a comma, a semicolon or white space. Text after ``#`` and lines that begin with ``%``, ``!`` or
``//`` are comments. The first line may be a header that describes the columns, see :mod:`evanesce.table_header`.
Fortran's ``1.0D-4`` is a number; a decimal comma is an error. So are ``1_0`` and digits of other scripts, which Python
would accept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evanesce.errors import DataFileError, shortened
from evanesce.inputs import TABLE_BYTES, read_text
from evanesce.table_header import TableKind, what_is_said

__all__ = ["NumberPair", "TwoColumns", "parse_number", "read_two_columns"]

_COMMENT: Final = re.compile(r"#|^\s*(%|!|//)")
_FORTRAN: Final = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[dD][-+]?[0-9]+", re.ASCII)
_LIST_OF_NUMBERS: Final = re.compile(r"[0-9][:|][-+.0-9]")
_LONGEST: Final = 1000
"""Largest number of characters in a line."""
_DECIMAL_COMMA: Final = re.compile(r"[-+]?[0-9]+,[0-9]+([eEdD][-+]?[0-9]+)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPair:
    """Two numbers and their place in the file, which begins error messages."""

    first: float
    second: float
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoColumns:
    """The lines of a file, converted to GeV and to ε or 1/GeV, and a note on the conversion."""

    rows: tuple[NumberPair, ...]
    note: str
    """For instance "converted from MeV"; empty without conversion."""
    unit: bool
    """Whether the file states the unit of the first column."""


def parse_number(text: str) -> float:
    """Read a number in ASCII without underscores; infinity and NaN are allowed.

    >>> parse_number("4.5e-4")
    0.00045

    Raises
    ------
    ValueError
        The text is not a number.

    """
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    return float(text)


def read_two_columns(path: Path, kind: TableKind) -> TwoColumns:
    """Read a file with two numbers on each line, in the order and units of ``kind``.

    Raises
    ------
    DataFileError
        The file or one of its lines cannot be read, or its header describes another quantity, order or unit.

    """
    lines = read_text(path, TABLE_BYTES, expected=f", give a file with lines {kind.expected}").splitlines()
    header: str | None = None
    where = str(path)
    comments: list[tuple[str, str]] = []
    data: list[tuple[str, list[str]]] = []
    for number, line in enumerate(lines, start=1):
        content, place = line, f"{path}, line {number}"
        if mark := _COMMENT.search(line):
            content = line[: mark.start()]
            comments.append((place, line[mark.end() : mark.end() + _LONGEST]))
        if len(content) > _LONGEST:
            raise DataFileError(f"{place}: has {len(content)} characters, must be two numbers, {kind.expected}")
        fields = _split(content)
        if not any(fields):
            continue
        if header is None and not data and _is_header(content, fields):
            header, where = content.strip(), place
        else:
            data.append((place, fields))
    conversion = what_is_said(kind, header, comments, where, name=path.name)
    rows = (_row(fields, kind, place) for place, fields in data)
    converted = ((conversion(first, second), place) for first, second, place in rows)
    return TwoColumns(
        rows=tuple(NumberPair(first=first, second=second, where=place) for (first, second), place in converted),
        note=conversion.note,
        unit=conversion.unit,
    )


def _split(content: str) -> list[str]:
    """The fields of a line, separated by semicolons, else commas, else white space."""
    content = content.strip()
    for separator in (";", ","):
        if separator in content:
            return [field.strip().strip("\"'") for field in content.split(separator)]
    return [field.strip("\"'") for field in content.split()]


def _is_header(content: str, fields: list[str]) -> bool:
    numbers = _is_number(fields[0]) or _is_number(fields[-1])
    return not (numbers or _LIST_OF_NUMBERS.search(content))


def _row(fields: list[str], kind: TableKind, where: str) -> tuple[float, float, str]:
    comma = next((field for field in fields if _DECIMAL_COMMA.fullmatch(field)), None)
    if comma is not None:
        raise DataFileError(f"{where}: '{shortened(comma)}' has a decimal comma, write {comma.replace(',', '.')[:20]}")
    if len(fields) != 2:
        spaced = len(fields) == 4 or any(len(field.split()) > 1 for field in fields)
        hint = ", with decimal points and no commas in numbers" if spaced else ""
        raise DataFileError(f"{where}: has {len(fields)} columns, must have two, {kind.expected}{hint}")
    for column, field in zip((kind.first, kind.second), fields, strict=True):
        if not _is_number(field):
            raise DataFileError(f"{where}: {column.name} = '{shortened(field)}', must be a number")
    return _number(fields[0]), _number(fields[1]), where


def _number(field: str) -> float:
    return parse_number(field.lower().replace("d", "e") if _FORTRAN.fullmatch(field) else field)


def _is_number(field: str) -> bool:
    try:
        _number(field)
    except ValueError:
        return False
    return True
