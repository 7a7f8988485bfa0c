"""A user's own curve from a two-column text file."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Unpack

from evanesce.constraints.constraint import Constraint, Provenance
from evanesce.errors import DataFileError, unknown_name

__all__ = ["constraint_from_csv"]


def constraint_from_csv(path: str | os.PathLike[str], *, name: str, **provenance: Unpack[Provenance]) -> Constraint:
    """Read a curve from a file with a mass (GeV) and an ε on each line, masses increasing.

    Columns are separated by a comma or by white space; what follows ``#`` is a comment; the first line may
    be a header. ``provenance`` is any of the other properties of a :class:`Constraint` (``reference``,
    ``luminosity``, …); say them, they travel with the curve.

    Raises
    ------
    DataFileError
        The file cannot be read, or a line of it cannot; the message names the line.
    UnknownNameError
        A property that a constraint does not have.
    InvalidValueError
        A property out of its range.

    """
    for key in provenance:
        if key not in Provenance.__annotations__:
            raise unknown_name("constraint property", key, Provenance.__annotations__)
    points = _points(Path(path))
    defaults: Provenance = {"title": name, "reference": "given by the user", "notes": f"Read from {path}."}
    known: Provenance = {**defaults, **provenance}
    return Constraint(
        name=name,
        masses=tuple(mass for mass, _ in points),
        epsilons=tuple(epsilon for _, epsilon in points),
        **known,
    )


def _points(path: Path) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    header_allowed = True
    for number, line in enumerate(_read(path).splitlines(), start=1):
        fields = _split(line)
        if not fields:
            continue
        if header_allowed and all(_is_word(field) for field in (fields[0], fields[-1])):
            header_allowed = False
            continue
        header_allowed = False
        where = f"{path}, line {number}"
        point = _point(fields, where)
        if points and not point[0] > points[-1][0]:
            raise DataFileError(f"{where}: mass {point[0]:g} follows {points[-1][0]:g}, masses must increase")
        points.append(point)
    if len(points) < 2:
        raise DataFileError(f"{path}: has {len(points)} points, give at least two lines 'mass, epsilon'")
    return points


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataFileError(f"{path}: is not text, give a file with lines 'mass, epsilon'") from None
    except OSError as error:
        raise DataFileError(f"{path}: cannot be read ({error.strerror or error})") from None


def _split(line: str) -> list[str]:
    content = line.partition("#")[0].strip()
    if "," in content:
        return [field.strip() for field in content.split(",")]
    return content.split()


def _is_word(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return True
    return False


def _point(fields: list[str], where: str) -> tuple[float, float]:
    if len(fields) != 2:
        raise DataFileError(f"{where}: has {len(fields)} columns, must have two, 'mass, epsilon'")
    values = []
    for column, field in zip(("mass", "epsilon"), fields, strict=True):
        value = math.nan if _is_word(field) else float(field)
        if not (value > 0 and math.isfinite(value)):
            raise DataFileError(f"{where}: {column} = '{field}', must be a finite number greater than 0")
        values.append(value)
    return values[0], values[1]
