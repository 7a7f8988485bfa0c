"""The curves known by name: published ones, a file each in ``data/``, and those of the user's folder."""

from __future__ import annotations

import copy
import os
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from evanesce.constraints.constraint import Constraint
from evanesce.constraints.conventions import epsilon_of
from evanesce.constraints.from_csv import constraint_from_csv
from evanesce.constraints.own import own_card, own_names
from evanesce.errors import DataFileError, EvanesceError, unknown_name

__all__ = [
    "constraint",
    "constraint_names",
    "published_conditions",
    "published_conditions_names",
    "published_names",
]

_SUFFIX = ".yaml"


def constraint(name: str | os.PathLike[str] | Constraint) -> Constraint:
    """Look up a curve by name, or read the file at a path; a :class:`Constraint` is returned unchanged.

    Names are those of the published curves and of those that were added with :func:`add_constraint`.

    A file is read by :func:`constraint_from_csv`, which also accepts the provenance of the curve.

    >>> constraint("babar").reference
    'BaBar Collaboration, Phys. Rev. Lett. 119 (2017) 131804, arXiv:1702.03327'

    Raises
    ------
    UnknownNameError
        No curve of that name; the message lists those that exist.
    DataFileError
        A file that cannot be read, with the line.

    """
    if isinstance(name, Constraint):
        return name
    if isinstance(name, str) and name in published_names():
        return _read(name)
    if isinstance(name, str) and name in own_names():
        return _own(name)
    path = Path(name) if isinstance(name, (str, os.PathLike)) else Path()
    if path.suffix or len(path.parts) > 1:
        return constraint_from_csv(path, name=path.stem)
    raise unknown_name("constraint", name, constraint_names())


def constraint_names() -> tuple[str, ...]:
    """Names of every curve, published or of the user, sorted.

    >>> "babar" in constraint_names()
    True
    """
    return tuple(sorted({*published_names(), *own_names()}))


@lru_cache(maxsize=1)
def published_names() -> tuple[str, ...]:
    """Names of the curves that come with the package, sorted."""
    files = resources.files("evanesce.constraints").joinpath("data").iterdir()
    return tuple(sorted(f.name.removesuffix(_SUFFIX) for f in files if f.name.endswith(_SUFFIX)))


def published_conditions(name: str) -> dict[str, Any]:
    """Return the experiment that a bremsstrahlung limit was published for, as the plain data of a card.

    The keys are ``signal_limit``, ``source``, ``target``, ``selection`` and ``efficiency``.

    Raises
    ------
    UnknownNameError
        No curve of this name with such an experiment.

    """
    if name not in published_conditions_names():
        raise unknown_name("published bremsstrahlung limit", name, published_conditions_names())
    return copy.deepcopy(_card(name)["published_for"])


@lru_cache(maxsize=1)
def published_conditions_names() -> tuple[str, ...]:
    """Names of the curves whose file describes the experiment of a bremsstrahlung limit."""
    return tuple(name for name in published_names() if "published_for" in _card(name))


@lru_cache(maxsize=64)
def _card(name: str) -> dict[str, Any]:
    file = resources.files("evanesce.constraints").joinpath("data").joinpath(name + _SUFFIX)
    card: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return card


@lru_cache(maxsize=64)
def _read(name: str) -> Constraint:
    return _of_card(name, {key: value for key, value in _card(name).items() if key != "published_for"})


def _own(name: str) -> Constraint:
    """A curve of the user; its file may have been edited."""
    card = own_card(name)
    try:
        return _of_card(name, card)
    except DataFileError:
        raise
    except (TypeError, EvanesceError) as error:
        raise DataFileError(f"constraint {name} of your own: its file is damaged ({error}); remove it") from None


def _of_card(name: str, card: dict[str, Any]) -> Constraint:
    points = card.pop("points")  # masses of the mediator, values of the published quantity
    alpha_d, mass_ratio = card.get("alpha_d"), card.get("mass_ratio")
    quantity = card.get("quantity", "epsilon")
    return Constraint(
        name=name,
        masses=tuple(mass for mass, _ in points),
        epsilons=tuple(
            epsilon_of(quantity, value, name=name, alpha_d=alpha_d, mass_ratio=mass_ratio) for _, value in points
        ),
        **card,
    )
