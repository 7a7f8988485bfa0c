"""Numbers from text: one number, or a file of two columns.

Columns are separated by a comma or by white space, what follows ``#`` is a comment, and the first line may be
a header. Python reads ``1_0`` and digits of every script as numbers; here they are mistakes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evanesce.errors import DataFileError

__all__ = ["Row", "parse_number", "read_two_columns"]

_OTHER_UNIT: Final = re.compile(r"(?<![A-Za-z])(eV|keV|MeV|TeV)(?![A-Za-z])")
_STEM: Final = 3
"""Letters of a column's name by which a header is recognised: eps for epsilon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Two numbers and where they stand, which begins the message of an error."""

    first: float
    second: float
    where: str


def parse_number(text: str) -> float:
    """Read a number in ASCII without underscores; infinity and NaN are numbers here.

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


def read_two_columns(path: Path, columns: tuple[str, str]) -> list[Row]:
    """Read a file with two numbers on each line, in the order of ``columns``, energies and masses in GeV.

    Raises
    ------
    DataFileError
        The file or a line of it cannot be read, or its header tells of another order or unit.

    """
    expected = f"'{', '.join(columns)}'"
    rows: list[Row] = []
    header_allowed = True
    for number, line in enumerate(_text(path, expected).splitlines(), start=1):
        fields = _split(line)
        if not fields:
            continue
        where = f"{path}, line {number}"
        if header_allowed and not (_is_number(fields[0]) or _is_number(fields[-1])):
            _check_header(fields, columns, where)
        else:
            rows.append(_row(fields, columns, where))
        header_allowed = False
    return rows


def _text(path: Path, expected: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataFileError(f"{path}: is not text, give a file with lines {expected}") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or error
        raise DataFileError(f"{path}: cannot be read ({reason})") from None


def _split(line: str) -> list[str]:
    content = line.partition("#")[0].strip()
    if "," in content:
        return [field.strip() for field in content.split(",")]
    return content.split()


def _check_header(fields: list[str], columns: tuple[str, str], where: str) -> None:
    if fields[0].lower().startswith(columns[1][:_STEM]):
        raise DataFileError(f"{where}: the first column is '{fields[0]}', must be '{', '.join(columns)}' in this order")
    unit = _OTHER_UNIT.search(" ".join(fields))
    if unit:
        raise DataFileError(f"{where}: the header says {unit[0]}, convert the column to GeV")


def _row(fields: list[str], columns: tuple[str, str], where: str) -> Row:
    if len(fields) != len(columns):
        raise DataFileError(f"{where}: has {len(fields)} columns, must have two, '{', '.join(columns)}'")
    for column, field in zip(columns, fields, strict=True):
        if not _is_number(field):
            raise DataFileError(f"{where}: {column} = '{field}', must be a number")
    return Row(first=parse_number(fields[0]), second=parse_number(fields[1]), where=where)


def _is_number(field: str) -> bool:
    try:
        parse_number(field)
    except ValueError:
        return False
    return True
