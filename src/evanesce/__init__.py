"""evanesce: how far searches for light dark matter see when a track vanishes in a calorimeter.

Light to import: every public name is loaded at its first use.

>>> import evanesce as ev
>>> float(ev.geomspace(0.02, 0.2, 3)[1].round(6))
0.063246
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import geomspace, linspace

    from evanesce.errors import EvanesceError
    from evanesce.physics import PhysicsOptions

_HOMES = {
    "EvanesceError": "evanesce.errors",
    "PhysicsOptions": "evanesce.physics",
    "geomspace": "numpy",
    "linspace": "numpy",
}

__all__ = ["EvanesceError", "PhysicsOptions", "geomspace", "linspace"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("evanesce")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'evanesce' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
