"""A registry of implementations, filled from the modules of one folder.

To add a mediator, a source, a shower or a background, add one file to its folder and decorate the class. Classes of
other packages come as plug-ins (:mod:`evanesce.plugins`).

Threads may look up and register at the same time. The first look-up must not hold a lock while it imports: a module
that another thread imports may need a look-up itself, and with Python's import lock both threads would wait forever.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from evanesce import plugins
from evanesce.errors import InvalidValueError, UnknownNameError, retired_name, unknown_name

__all__ = ["Registry", "catalogue"]

T = TypeVar("T")
C = TypeVar("C", bound=type[Any])


class Registry(Generic[T]):
    """Classes by name; the modules of ``package`` are imported at the first look-up.

    ``retired`` has the names of earlier versions, each with a phrase that says what replaces it. With ``plug_ins``, one
    of :data:`evanesce.plugins.KINDS`, classes of other packages that offer ``interface`` are found, too: when a name is
    not one of the package's own, or when names are listed.
    """

    def __init__(
        self,
        kind: str,
        package: str,
        retired: Mapping[str, str] | None = None,
        *,
        plug_ins: str | None = None,
        interface: type[Any] | None = None,
    ) -> None:
        self._kind = kind
        self._plug_ins = plug_ins
        self._interface = interface
        self._retired = dict(retired or {})
        self._package = package
        self._classes: dict[str, type[T]] = {}  # replaced as a whole, never modified, so that reading needs no lock
        self._lock = threading.Lock()
        self._discovered = False
        self._plugged = plug_ins is None

    def register(self, name: str) -> Callable[[C], C]:
        """Class decorator that enters the class under ``name``."""

        def enter(cls: C) -> C:
            self._enter(name, cls)
            return cls

        return enter

    def _enter(self, name: str, cls: type[Any]) -> None:
        with self._lock:
            known = self._classes.get(name)
            if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
                raise InvalidValueError(f"{self._kind} '{name}' is registered already; choose another name")
            self._classes = {**self._classes, name: cls}

    def remove(self, name: str) -> None:
        """Remove the class registered under ``name``, for instance a model of one's own."""
        self.get(name)
        del self._classes[name]

    def get(self, name: str) -> type[T]:
        """Return the class registered under ``name``."""
        self._discover()
        if isinstance(name, str) and name not in self._classes:
            self._plug_in()
        try:
            return self._classes[name]
        except (KeyError, TypeError):
            raise self._unknown(name) from None

    def _unknown(self, name: object) -> UnknownNameError:
        if isinstance(name, str) and name in self._retired:
            return retired_name(self._kind, name, self._retired[name])
        return unknown_name(self._kind, name, self._classes)

    def names(self) -> tuple[str, ...]:
        """Every registered name, sorted."""
        self._plug_in()
        return tuple(sorted(self._classes))

    def name_of(self, cls: type[Any]) -> str | None:
        """The name a class is registered under, or None."""
        self._discover()
        if cls not in self._classes.values():
            self._plug_in()
        return next((name for name, known in self._classes.items() if known is cls), None)

    def classes(self) -> tuple[type[T], ...]:
        """Every registered class, by the name it is registered under."""
        return tuple(self._classes[name] for name in self.names())

    def _discover(self) -> None:
        if self._discovered:
            return
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self._package}.{module.name}")
        self._discovered = True

    def _plug_in(self) -> None:
        """Load the plug-ins, after the package's own classes, whose names are taken then."""
        self._discover()
        if not self._plugged and self._plug_ins is not None:
            self._plugged = plugins.load(self._plug_ins, self._accept)

    def _accept(self, name: str, made: Any) -> None:
        if not isinstance(made, type):
            raise InvalidValueError(f"it must be a class, not {type(made).__name__}")
        if self._interface is not None and (lacking := plugins.missing(made, self._interface)):
            raise InvalidValueError(f"the class {made.__name__} has no {', '.join(lacking)}")
        own = getattr(made, "name", name)
        if isinstance(own, str) and own != name:
            raise InvalidValueError(f"the class {made.__name__} calls itself '{own}'; give the entry point that name")
        self._enter(name, made)


def catalogue(package: str, name: str) -> Registry[Any]:
    """Return the registry ``name`` of a package by name, for modules in lower layers that cannot import it.

    The physics options name a shower, and showers read physics options: one of the two must be looked up at run time.
    """
    registry: Registry[Any] = getattr(importlib.import_module(package), name)
    return registry
