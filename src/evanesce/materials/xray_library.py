"""xraylib, imported at the first use: only bound electrons and NIST's compounds need it."""

from __future__ import annotations

from typing import Any, Final

from evanesce.errors import MissingExtraError

__all__ = ["XRAYLIB"]


class _Late:
    """Stands for a module that is imported when one of its functions is used."""

    def __getattr__(self, name: str) -> Any:
        try:
            import xraylib
        except ImportError:
            raise MissingExtraError("this needs xraylib, which is not installed: pip install xraylib") from None
        found = getattr(xraylib, name)
        setattr(self, name, found)
        return found


XRAYLIB: Final[Any] = _Late()
