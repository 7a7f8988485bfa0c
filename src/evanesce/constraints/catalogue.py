"""The published curves known by name: one file each in ``data/``, read at the first look-up."""

from __future__ import annotations

import copy
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from evanesce.constraints.constraint import Constraint
from evanesce.constraints.conventions import epsilon_of
from evanesce.errors import unknown_name

__all__ = ["constraint", "constraint_names", "published_conditions", "published_conditions_names"]

_SUFFIX = ".yaml"


def constraint(name: str | Constraint) -> Constraint:
    """Look a published curve up by name; a :class:`Constraint` comes back as it is.

    >>> constraint("babar").reference
    'BaBar Collaboration, Phys. Rev. Lett. 119 (2017) 131804, arXiv:1702.03327'

    Raises
    ------
    UnknownNameError
        No file of that name; the message lists those that exist.

    """
    if isinstance(name, Constraint):
        return name
    if name not in constraint_names():
        raise unknown_name("constraint", name, constraint_names())
    return _read(name)


@lru_cache(maxsize=1)
def constraint_names() -> tuple[str, ...]:
    """Names of every published curve, sorted."""
    files = resources.files("evanesce.constraints").joinpath("data").iterdir()
    return tuple(sorted(f.name.removesuffix(_SUFFIX) for f in files if f.name.endswith(_SUFFIX)))


def published_conditions(name: str) -> dict[str, Any]:
    """Return the experiment that a bremsstrahlung limit was published for, as the plain data of a card.

    The keys are ``signal_limit``, ``source``, ``target``, ``selection`` and ``efficiency``.

    Raises
    ------
    UnknownNameError
        No curve of this name says so.

    """
    if name not in published_conditions_names():
        raise unknown_name("published bremsstrahlung limit", name, published_conditions_names())
    return copy.deepcopy(_card(name)["published_for"])


@lru_cache(maxsize=1)
def published_conditions_names() -> tuple[str, ...]:
    """Names of the curves that say which experiment their bremsstrahlung limit was published for."""
    return tuple(name for name in constraint_names() if "published_for" in _card(name))


@lru_cache(maxsize=64)
def _card(name: str) -> dict[str, Any]:
    file = resources.files("evanesce.constraints").joinpath("data").joinpath(name + _SUFFIX)
    card: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return card


@lru_cache(maxsize=64)
def _read(name: str) -> Constraint:
    card = {key: value for key, value in _card(name).items() if key != "published_for"}
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
