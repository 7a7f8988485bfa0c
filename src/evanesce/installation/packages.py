"""Installed packages next to what evanesce asks for, from the metadata of its own installation."""

from __future__ import annotations

import importlib.metadata as metadata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement

from evanesce.errors import install

__all__ = ["CORE", "PackageFacts", "asked_for", "compare", "state_of_packages"]

CORE: Final = "core"
"""In place of an extra, for what evanesce always needs."""
_BUNDLES: Final = ("all", "dev")
"""Extras that repeat others, or that only a developer needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFacts:
    """One package that evanesce needs, or that one of its extras needs."""

    extra: str
    """Name of the extra, or :data:`CORE`."""
    package: str
    wanted: str
    """Allowed versions, as ``>=2.0``."""
    version: str | None
    """Installed version, None without it."""
    state: str
    """``ok``, ``not installed`` or ``wrong version``."""
    advice: str = ""
    """What to do, empty if nothing."""

    @property
    def broken(self) -> bool:
        """Whether this is a fault: the core lacks it, or its version is not allowed. A missing extra is none."""
        return self.state == "wrong version" or (self.state != "ok" and self.extra == CORE)


def state_of_packages() -> tuple[PackageFacts, ...]:
    """Compare every package that this installation of evanesce asks for; none if it has no metadata."""
    try:
        lines = metadata.requires("evanesce") or []
    except metadata.PackageNotFoundError:
        return ()
    return tuple(compare(extra, wanted, _version(wanted.name)) for extra, wanted in asked_for(lines))


def asked_for(lines: Iterable[str]) -> list[tuple[str, Requirement]]:
    """Read requirements as metadata write them, each with its extra.

    >>> [(extra, str(wanted.specifier)) for extra, wanted in asked_for(["numpy>=2", "pyhf>=0.7; extra == 'stats'"])]
    [('core', '>=2'), ('stats', '>=0.7')]
    """
    found = []
    for line in lines:
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue
        text = str(wanted.marker or "")
        extra = text.partition("extra == ")[2].strip("\"' )") or CORE
        here = wanted.marker is None or wanted.marker.evaluate({"extra": extra})
        if here and extra not in _BUNDLES and wanted.name != "evanesce":
            found.append((extra, wanted))
    return found


def compare(extra: str, wanted: Requirement, version: str | None) -> PackageFacts:
    """Say whether a version is what is wanted, and what to do if it is not.

    >>> compare("stats", Requirement("pyhf>=0.7.6"), "0.7.0").advice
    "pip install 'pyhf>=0.7.6'"
    """
    allowed = str(wanted.specifier)
    if version is None:
        state = "not installed"
        advice = f"pip install '{wanted.name}{allowed}'" if extra == CORE else install(extra)
    elif wanted.specifier.contains(version, prereleases=True):
        state, advice = "ok", ""
    else:
        state, advice = "wrong version", f"pip install '{wanted.name}{allowed}'"
    return PackageFacts(extra=extra, package=wanted.name, wanted=allowed, version=version, state=state, advice=advice)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
