"""Columns of numbers in a file of digitised or published curves, whatever their separators.

Understood are CSV with commas, semicolons, tabs or blanks, with decimal points or decimal commas, several curves side
by side as WebPlotDigitizer writes them, HEPData's CSV with ``#:`` lines and tables one below the other, and HEPData's
YAML.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evanesce.errors import DataFileError, InvalidValueError, shortened
from evanesce.hepdata_tables import table_of
from evanesce.inputs import TABLE_BYTES, read_bytes, read_text
from evanesce.table_header import LIMIT_CURVE, header_fields
from evanesce.tables import parse_number

__all__ = ["Columns", "Titled", "read_columns"]

_COMMENT: Final = re.compile(r"#|^\s*(%|!|//)")
_COMMA: Final = re.compile(r"[-+]?\d+,\d+([eEdD][-+]?\d+)?", re.ASCII)
_POINT: Final = re.compile(r"[-+]?\d*\.\d*([eEdD][-+]?\d+)?", re.ASCII)
_THOUSANDS: Final = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)
_FORTRAN: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[dD][-+]?\d+", re.ASCII)
_UNCERTAINTY: Final = re.compile(r"[+-]\s*$|(?<![a-z])(error|err|unc|stat|sys)(?![a-z])|\b(low|high)$", re.IGNORECASE)
_LONGEST: Final = 10_000
_MOST_COLUMNS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Titled:
    """One column: its title, empty without one, and its fields by place."""

    title: str
    block: int
    """Columns of one block have their rows in common."""
    fields: tuple[tuple[str, str], ...]
    """Place in the file, which begins messages, and text; blank fields are left out."""

    @property
    def is_uncertainty(self) -> bool:
        """Whether the title is that of an uncertainty or of the edge of a bin."""
        return bool(_UNCERTAINTY.search(self.title))


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """All columns of a file, and its comments with their places."""

    path: Path
    columns: tuple[Titled, ...]
    comments: tuple[tuple[str, str], ...]

    def pair(self, chosen: tuple[int, int] | None) -> tuple[Titled, Titled]:
        """The column of masses and that of limits, by numbers from 1, or the only two.

        Raises
        ------
        InvalidValueError
            There are others to choose from, no column of this number, or two of different tables.

        """
        if chosen is None:
            found = [one for one in self.columns if not one.is_uncertainty]
            if len(found) != 2 or found[0].block != found[1].block:
                raise InvalidValueError(f"{self.path}: has {self._listed()}; give the two as --columns MASS,LIMIT")
            return found[0], found[1]
        for number in chosen:
            if not 1 <= number <= len(self.columns):
                raise InvalidValueError(f"--columns {number}: {self.path} has {self._listed()}")
        first, second = (self.columns[number - 1] for number in chosen)
        if first is second or first.block != second.block:
            raise InvalidValueError(f"--columns {chosen[0]},{chosen[1]}: must be two columns of one table")
        return first, second

    def _listed(self) -> str:
        names = [f"{i} '{shortened(one.title)}'" if one.title else str(i) for i, one in enumerate(self.columns, 1)]
        shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
        return f"{len(names)} column{'' if len(names) == 1 else 's'} ({shown})" if names else "no columns of numbers"


def read_columns(path: str | os.PathLike[str]) -> Columns:
    """Read the columns of a file.

    Raises
    ------
    DataFileError
        The file cannot be read, is not text or YAML, or has lines of different lengths or doubtful commas.

    """
    where = Path(path)
    if where.suffix.lower() in (".yaml", ".yml"):
        return _from_hepdata(where)
    text = read_text(where, TABLE_BYTES, expected=", give a table as CSV in UTF-8, or HEPData's YAML")
    lines: list[tuple[str, str]] = []
    comments: list[tuple[str, str]] = []
    apart: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        place, content = f"{where}, line {number}", line
        if mark := _COMMENT.search(line):
            content = line[: mark.start()]
            comments.append((place, line[mark.end() :].lstrip(":").strip()))
        if len(content) > _LONGEST:
            raise DataFileError(f"{place}: has {len(content)} characters, is not a table of numbers")
        if content.strip(" \t,;\"'"):
            lines.append((place, content.strip("\r\n")))
        elif lines:
            apart.add(lines[-1][0])
    rows = _rows(lines)
    return Columns(path=where, columns=tuple(_blocks(rows, apart, comments)), comments=tuple(comments))


def _rows(lines: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Fields of every line, with decimal points."""
    separator = _separator([content for _, content in lines])
    rows = [(place, _split(content, separator)) for place, content in lines]
    if separator == ",":
        return rows
    fields = [(place, field) for place, row in rows for field in row]
    with_comma = [(place, field) for place, field in fields if _COMMA.fullmatch(field)]
    if not with_comma:
        return rows
    place, first = with_comma[0]
    if any(_POINT.fullmatch(field) for _, field in fields):
        raise DataFileError(f"{place}: '{first}' has a comma where other numbers have a decimal point; write one kind")
    if all(_THOUSANDS.fullmatch(field) for _, field in with_comma):
        raise DataFileError(f"{place}: '{first}' may be a decimal or a thousand; write decimal points")
    return [(place, [f.replace(",", ".") if _COMMA.fullmatch(f) else f for f in row]) for place, row in rows]


def _separator(lines: Sequence[str]) -> str | None:
    """The separator of a file: semicolon, tab, comma, or None for blanks."""
    for separator in (";", "\t"):
        if any(separator in line for line in lines):
            return separator
    blanks = [line.split() for line in lines]
    if blanks and any(
        len(row) > 1 and all(_COMMA.fullmatch(field) or _is_number(field) for field in row) for row in blanks
    ):
        return None  # 0,1 1,5e-4
    return "," if any("," in line for line in lines) else None


def _split(content: str, separator: str | None) -> list[str]:
    if separator != "," or '"' not in content:
        return [field.strip().strip("\"'") for field in content.split(separator)]
    import csv

    return [field.strip() for field in next(csv.reader([content], skipinitialspace=True))]


def _blocks(
    rows: Sequence[tuple[str, list[str]]], apart: set[str], comments: list[tuple[str, str]]
) -> Iterator[Titled]:
    """Columns of each table; two lines without any number are one head.

    A further table begins with a head after an empty line or a comment; ``apart`` are the places before these.
    """
    head: list[list[str]] = []
    body: list[tuple[str, list[str]]] = []
    block = 0
    for place, row in [*rows, ("", [])]:
        is_head = not any(_is_number(field) for field in row)
        if is_head and body and place and body[-1][0] not in apart:
            raise DataFileError(f"{place}: '{shortened(' '.join(row))}', must be numbers")
        if is_head and body:
            yield from _block(block, head, body, comments)
            block, head, body = block + 1, [], []
        if is_head:
            head.append(row)
            if len(head) > 1:  # names of curves, or text
                comments.append((place or "the end", " ".join(head[-2])))
        else:
            body.append((place, row))
    if block and head[:-1]:
        raise DataFileError(f"{rows[-1][0]}: '{shortened(' '.join(rows[-1][1]))}', must be numbers")


def _block(
    number: int, head: list[list[str]], body: list[tuple[str, list[str]]], comments: list[tuple[str, str]]
) -> Iterator[Titled]:
    titles = head[-1] if head else []
    width = max(len(row) for _, row in body)
    if head and len(titles) != width and (width == 2 or len(titles) == 1):
        # words of one title, or a head of another separator than the rows
        comments.append((body[0][0], " ".join(titles)))
        found = header_fields(" ".join(titles), LIMIT_CURVE)
        titles = found if len(found) == width else titles if len(titles) > 1 else []
    if width > _MOST_COLUMNS:
        raise DataFileError(f"{body[0][0]}: has {width} columns, more than a table of curves")
    if titles and len([title for title in titles if title]) > width:
        raise DataFileError(f"{body[0][0]}: has {width} columns, its head has {len(titles)}")
    names = head[-2] if len(head) > 1 else []
    for i in range(width):
        fields = tuple((place, row[i]) for place, row in body if i < len(row) and row[i])
        short = next((place for place, row in body if i >= len(row)), None)
        if short is not None and width == 2:
            raise DataFileError(f"{short}: has fewer than two columns")
        title = titles[i] if i < len(titles) else ""
        if not title and i < len(names):
            title = names[i]
        if fields or title:
            yield Titled(title=title, block=number, fields=fields)


def _from_hepdata(where: Path) -> Columns:
    columns = []
    comments = []
    for column in table_of(read_bytes(where, TABLE_BYTES), str(where)):
        title = f"{column.name} [{column.units}]" if column.units else column.name
        place = f"{where}, '{shortened(column.name)}'"
        comments += [(place, f"{name}: {value}") for name, value in column.qualifiers]
        fields = ((f"{place}, value {i}", value) for i, value in enumerate(column.values, 1))
        columns.append(
            Titled(title=title, block=0, fields=tuple((at, "-" if v is None else repr(v)) for at, v in fields))
        )
    return Columns(path=where, columns=tuple(columns), comments=tuple(dict.fromkeys(comments)))


def number_of(place: str, field: str) -> float:
    """Read a number of a field.

    Raises
    ------
    DataFileError
        It is none; the message begins with the place.

    """
    try:
        return parse_number(field.lower().replace("d", "e") if _FORTRAN.fullmatch(field) else field)
    except ValueError:
        raise DataFileError(f"{place}: '{shortened(field)}', must be a number") from None


def _is_number(field: str) -> bool:
    if _COMMA.fullmatch(field):
        return True
    try:
        number_of("", field)
    except DataFileError:
        return False
    return True
