"""evanesce: sensitivity of searches for light dark matter in which a track vanishes in a calorimeter.

The import is light: every public name is loaded on first use. The names are listed in ``__init__.pyi``.

>>> import evanesce as ev
>>> float(ev.geomspace(0.02, 0.2, 3)[1].round(6))
0.063246
"""

from __future__ import annotations

from typing import Any

import lazy_loader

_named, _listed, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("evanesce")
    return _named(name)


def __dir__() -> list[str]:
    return sorted([*_listed(), "__version__"])
