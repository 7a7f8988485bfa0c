"""The published curves known by name: one file each in ``data/``, read at the first look-up."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import yaml

from evanesce.constraints.constraint import Constraint
from evanesce.errors import unknown_name

__all__ = ["constraint", "constraint_names"]

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


@lru_cache(maxsize=64)
def _read(name: str) -> Constraint:
    file = resources.files("evanesce.constraints").joinpath("data").joinpath(name + _SUFFIX)
    card = yaml.safe_load(file.read_text(encoding="utf-8"))
    points = card.pop("points")
    return Constraint(
        name=name,
        masses=tuple(mass for mass, _ in points),
        epsilons=tuple(epsilon for _, epsilon in points),
        **card,
    )
