"""A catalogue of implementations that fills itself from the modules of one folder.

To add a mediator, a source, a shower or a background, add one file to its folder and decorate the class.

Threads may look up and register at the same time. The first look-up holds no lock of its own while it imports: a
module that another thread imports may look something up itself, and Python's import waits for whoever was first.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from evanesce.errors import InvalidValueError, unknown_name

__all__ = ["Registry", "catalogue"]

T = TypeVar("T")
C = TypeVar("C", bound=type[Any])


class Registry(Generic[T]):
    """Names to classes; the modules of ``package`` are imported at the first look-up, not before."""

    def __init__(self, kind: str, package: str) -> None:
        self._kind = kind
        self._package = package
        self._classes: dict[str, type[T]] = {}  # replaced and never changed, so that one can read it at any time
        self._lock = threading.Lock()
        self._discovered = False

    def register(self, name: str) -> Callable[[C], C]:
        """Class decorator that enters the class under ``name``."""

        def enter(cls: C) -> C:
            with self._lock:
                known = self._classes.get(name)
                if known is not None and (known.__module__, known.__qualname__) != (
                    cls.__module__,
                    cls.__qualname__,
                ):
                    raise InvalidValueError(f"{self._kind} '{name}' is registered already, choose another name")
                self._classes = {**self._classes, name: cls}
            return cls

        return enter

    def remove(self, name: str) -> None:
        """Forget the class registered under ``name``, a model of one's own that is no longer wanted."""
        self.get(name)
        del self._classes[name]

    def get(self, name: str) -> type[T]:
        """Return the class registered under ``name``."""
        self._discover()
        try:
            return self._classes[name]
        except (KeyError, TypeError):
            raise unknown_name(self._kind, name, self._classes) from None

    def names(self) -> tuple[str, ...]:
        """Every registered name, sorted."""
        self._discover()
        return tuple(sorted(self._classes))

    def name_of(self, cls: type[Any]) -> str | None:
        """The name a class is registered under, or None."""
        self._discover()
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


def catalogue(package: str, name: str) -> Registry[Any]:
    """Return the registry ``name`` that a package offers, for those beneath it who know it by name alone.

    Options of physics name a shower, and showers take options of physics: one of the two has to be looked up late.
    """
    registry: Registry[Any] = getattr(importlib.import_module(package), name)
    return registry
