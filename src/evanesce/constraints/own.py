"""Curves of the user, kept in the folder of data.

Each is a file of the same kind as the published ones, with masses of the mediator in GeV and values of the quantity
that was published.
"""

from __future__ import annotations

import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from evanesce.constraints.constraint import Constraint
from evanesce.errors import CardError, DataFileError, InvalidValueError, unknown_name
from evanesce.inputs import CARD_BYTES, read_text
from evanesce.scratch import scratch_folder
from evanesce.user_data import data_folder
from evanesce.yaml_cards import parse_yaml, write_value

__all__ = ["check_new", "own_card", "own_names", "read_card", "remove_own", "write_own"]

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_+-]{0,63}", re.ASCII)
_SUFFIX: Final = ".yaml"
_POINTS: Final = "points"


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
            read_card(staged)
            os.link(staged, target)  # unlike a rename, it never replaces a file
    except FileExistsError:
        raise _exists(curve.name) from None
    except DataFileError as error:
        raise DataFileError(f"constraint {curve.name}: cannot be kept as it is ({error})") from None
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


def _exists(name: str) -> InvalidValueError:
    return InvalidValueError(f"name '{name}': is that of another curve of yours; give another, or remove it first")


def _folder() -> Path:
    return data_folder() / "constraints"


def _path(name: str) -> Path:
    return _folder() / f"{name}{_SUFFIX}"
