"""Plug-ins: classes and cards of other installed packages, announced by entry points.

A package announces a class in the entry-point group of its kind, as ``evanesce.mediators``; the name of the entry
point is the name in cards and on the command line. An entry point of ``evanesce.cards`` is a package with cards,
files ending in ``.yaml`` named after their experiments. docs/plug-ins.md has an example.

What is announced is read from the metadata of the installed packages. A plug-in is imported when somebody looks for a
name of its kind that evanesce itself does not have, or lists the names. One that cannot be used is reported once, as
a :class:`~evanesce.errors.PlugInWarning`, and the others are not affected.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from evanesce.errors import EvanesceError, InvalidValueError, PlugInWarning, on_one_line

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["KINDS", "PlugIn", "announced", "found", "load", "missing", "packages_of"]

KINDS: Final = ("mediators", "sources", "showers", "processes", "backgrounds", "criteria", "cards")
"""Kinds of plug-ins; the group of entry points is ``evanesce.`` and the kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugIn:
    """An entry point of an installed package."""

    kind: str
    """One of :data:`KINDS`."""
    name: str
    package: str
    """Name and version of the package that announces it."""
    place: str
    """Where it is, as ``module:Class``."""
    problem: str | None = None
    """Why it cannot be used, or None."""


_found: dict[tuple[str, str, str], PlugIn] = {}
_loading = threading.local()
_lock = threading.Lock()


@lru_cache(maxsize=1)
def announced() -> tuple[tuple[str, EntryPoint], ...]:
    """Every entry point of ours with its kind, by kind, package and name; nothing is imported."""
    from importlib.metadata import entry_points  # slow to import, and not every command looks here

    everything = entry_points()
    groups = {kind: sorted(everything.select(group=f"evanesce.{kind}"), key=_key) for kind in KINDS}
    return tuple((kind, point) for kind, points in groups.items() for point in points)


def found() -> tuple[PlugIn, ...]:
    """The plug-ins that were imported so far, usable or not."""
    return tuple(sorted(_found.values(), key=lambda each: (KINDS.index(each.kind), each.package, each.name)))


def load(kind: str, accept: Callable[[str, Any], None]) -> bool:
    """Import the plug-ins of a kind, and pass the name and the object of each to ``accept``.

    An :class:`EvanesceError` of ``accept`` means that the plug-in is refused. Returns False, without doing anything,
    if this thread is loading this kind already: a plug-in that is being imported looks up a name itself.
    """
    busy: set[str] = _loading.__dict__.setdefault("kinds", set())
    if kind in busy:
        return False
    busy.add(kind)
    try:
        for own, point in announced():
            if own == kind:
                _record(_tried(kind, point, accept))
    finally:
        busy.discard(kind)
    return True


def packages_of(things: Iterable[object]) -> list[str]:
    """Names and versions of the packages of plug-ins that these objects come from, for the provenance of a result."""
    tops = {type(thing).__module__.partition(".")[0] for thing in things}
    return sorted({each.package for each in found() if each.place.partition(":")[0].partition(".")[0] in tops})


def missing(made: type[Any], interface: type[Any]) -> tuple[str, ...]:
    """Attributes and methods of an interface that a class has neither as an attribute nor as a dataclass field.

    >>> from typing import Protocol
    >>> class Sized(Protocol):
    ...     size: float
    ...     def area(self) -> float: ...
    >>> missing(int, Sized)
    ('area', 'size')
    """
    having = {*dir(made), *getattr(made, "__dataclass_fields__", {})}
    parts = [part for part in interface.__mro__ if getattr(part, "_is_protocol", False) and part.__module__ != "typing"]
    wanted = {name for part in parts for name in (*vars(part), *part.__annotations__) if not name.startswith("_")}
    return tuple(sorted(wanted - having))


def _tried(kind: str, point: EntryPoint, accept: Callable[[str, Any], None]) -> PlugIn:
    """Import one plug-in; whatever goes wrong is its problem."""
    problem = None
    try:
        accept(point.name, point.load())
    except EvanesceError as error:
        problem = str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the code of others may raise anything
        problem = on_one_line(f"{type(error).__name__}: {error}")
    return PlugIn(kind=kind, name=point.name, package=_package(point), place=point.value, problem=problem)


def _record(plug_in: PlugIn) -> None:
    """Keep what was found, and report a problem the first time."""
    key = (plug_in.kind, plug_in.package, plug_in.name)
    with _lock:
        known = key in _found
        _found.setdefault(key, plug_in)
    if plug_in.problem is not None and not known:
        warnings.warn(
            f"plug-in '{plug_in.name}' of {plug_in.package} ({plug_in.kind}) is left out: {plug_in.problem}",
            PlugInWarning,
            stacklevel=2,
        )


def _key(point: EntryPoint) -> tuple[str, str]:
    return _package(point), point.name


def _package(point: EntryPoint) -> str:
    if point.dist is None:
        raise InvalidValueError(f"plug-in '{point.name}': comes from no installed package")
    return f"{point.dist.name} {point.dist.version}"
