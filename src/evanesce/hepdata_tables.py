"""Tables of HEPData: a data file in YAML, or a submission that this package wrote."""

from __future__ import annotations

import io
import os
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from evanesce.errors import DataFileError, shortened
from evanesce.inputs import STORE_BYTES, read_bytes

__all__ = ["Column", "read_hepdata", "table_of"]

_MOST_MEMBERS: Final = 1000
_NUMBERS: Final = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # the one in C where there is one
    """Leaves numbers as they are written: YAML would read 010 as 8 and 1:10 as 70."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NUMBERS]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A variable of a table."""

    name: str
    units: str
    values: tuple[float | None, ...]
    """None where the table has no number, as ``-``; the middle of a bin without a value of its own."""
    errors: Mapping[str, tuple[tuple[float, float] | None, ...]]
    """Change of the value downwards and upwards, by label."""
    qualifiers: tuple[tuple[str, str], ...]
    independent: bool


def read_hepdata(path: str | os.PathLike[str]) -> dict[str, tuple[Column, ...]]:
    """Read the tables of a submission, by name: a folder, or an archive ending in ``.tar.gz``.

    Raises
    ------
    DataFileError
        It cannot be read, or is not a submission.

    """
    where = Path(path)
    content = _folder(where) if where.is_dir() else _archive(where)
    if "submission.yaml" not in content:
        raise DataFileError(f"'{where}': has no submission.yaml, give a submission of HEPData")
    found = {}
    for entry in _documents(where, content["submission.yaml"]):
        if "data_file" in entry:
            name = str(entry["data_file"])
            if name not in content:
                raise DataFileError(f"'{where}': has no {name}, which its submission.yaml names")
            found[str(entry.get("name", name))] = table_of(content[name], f"{where}, {name}")
    return found


def table_of(content: bytes, where: str) -> tuple[Column, ...]:
    """Read the variables of a data file, the independent ones first; ``where`` begins messages.

    Raises
    ------
    DataFileError
        It is not a table of HEPData.

    """
    documents = _documents(Path(where), content)
    data: Any = documents[0] if len(documents) == 1 else None
    try:
        columns: list[Column] = []
        for key in ("independent_variables", "dependent_variables"):
            columns += [_column(variable, independent=key.startswith("in")) for variable in data[key]]
        lengths = {len(column.values) for column in columns}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataFileError(f"{where}: is not a table of HEPData ({type(error).__name__}: {error})") from None
    if len(lengths) != 1:
        raise DataFileError(f"{where}: has columns of {sorted(lengths)} values; they must be as long as each other")
    return tuple(columns)


def _column(variable: Mapping[str, Any], *, independent: bool) -> Column:
    header = variable["header"]
    labels: dict[str, list[tuple[float, float] | None]] = {}
    values: list[float | None] = []
    for at, entry in enumerate(variable["values"]):
        if "value" in entry:
            values.append(_number(entry["value"]))
        else:
            values.append(0.5 * (float(entry["low"]) + float(entry["high"])))
        for place, error in enumerate(entry.get("errors") or ()):
            label = str(error.get("label", f"error {place + 1}"))
            known = labels.setdefault(label, [None] * len(variable["values"]))
            known[at] = _error(error)
    return Column(
        name=str(header["name"]),
        units=str(header.get("units", "")),
        values=tuple(values),
        errors={label: tuple(changes) for label, changes in labels.items()},
        qualifiers=tuple((str(q["name"]), str(q.get("value", ""))) for q in variable.get("qualifiers") or ()),
        independent=independent,
    )


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        if "_" in str(value):  # which Python takes for a separator
            raise ValueError(value)
        return float(value)
    except ValueError:
        if re.fullmatch(r"[-–−.\s]*|n/?a", str(value).lower()):
            return None
        raise ValueError(f"'{shortened(str(value))}' is not a number") from None


def _error(error: Mapping[str, Any]) -> tuple[float, float] | None:
    try:
        if "symerror" in error:
            size = abs(float(error["symerror"]))
            return (-size, size)
        return (float(error["asymerror"]["minus"]), float(error["asymerror"]["plus"]))
    except ValueError:  # a share, as "5%"
        return None


def _documents(where: Path, content: bytes) -> list[dict[str, Any]]:
    try:
        found = [one for one in yaml.load_all(content, _Loader) if one is not None]
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise DataFileError(f"{where}: is not YAML ({str(error).splitlines()[0]})") from None
    if not all(isinstance(one, dict) for one in found):
        raise DataFileError(f"{where}: is not YAML of HEPData")
    return found


def _folder(where: Path) -> dict[str, bytes]:
    return {file.name: read_bytes(file, STORE_BYTES) for file in sorted(where.glob("*.yaml"))}


def _archive(where: Path) -> dict[str, bytes]:
    content: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(read_bytes(where, STORE_BYTES)), mode="r:*") as archive:
            for number, member in enumerate(archive):
                if number >= _MOST_MEMBERS or member.size > STORE_BYTES:
                    raise DataFileError(f"'{where}': holds more than a submission can")
                file = archive.extractfile(member) if member.isfile() and member.name.endswith(".yaml") else None
                if file is not None:
                    content[Path(member.name).name] = file.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, DataFileError):
            raise
        raise DataFileError(f"'{where}': is not a submission of HEPData in one file ({error})") from None
    return content
