"""Colours and style sheets of the page, light and dark.

The colours of curves are those of :mod:`evanesce.figures.style`, brighter on dark paper; dashes and widths also
distinguish the curves. Icons and fonts come with the page or the system, nothing from another host.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

__all__ = ["DARK", "LIGHT", "Colours", "script", "style_sheet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """Colours of a figure."""

    paper: str
    text: str
    grid: str
    limit: str
    compared: str
    observed: str
    thermal: str
    published: str
    one_sigma: str
    two_sigma: str
    processes: tuple[str, ...]


LIGHT: Final = Colours(
    paper="#ffffff",
    text="#1c2330",
    grid="#e3e6ea",
    limit="#0072b2",
    compared="#d55e00",
    observed="#000000",
    thermal="#8b3f6b",
    published="#6b6f76",
    one_sigma="#8fd0bc",
    two_sigma="#f5e9a3",
    processes=("#0072b2", "#d55e00", "#009e73", "#8b3f6b", "#8a6d00", "#3b3f46"),
)
DARK: Final = Colours(
    paper="#171b21",
    text="#e6e9ee",
    grid="#2d333c",
    limit="#6cc0f5",
    compared="#f5a05a",
    observed="#ffffff",
    thermal="#e3a5c9",
    published="#a3a9b3",
    one_sigma="#2c6b58",
    two_sigma="#5d5628",
    processes=("#6cc0f5", "#f5a05a", "#4fd1a5", "#e3a5c9", "#e6cf5c", "#c4c9d1"),
)


@lru_cache(maxsize=8)
def style_sheet(name: str) -> str:
    """Return a style sheet of the folder ``style``, as ``page`` for the outermost box or ``widget`` for controls."""
    return _read(f"{name}.css")


@lru_cache(maxsize=1)
def script() -> str:
    """Return the element that names the controls for screen readers; it runs where it is put into a page."""
    return f"<script>{_read('names.js')}</script>"


def _read(name: str) -> str:
    return resources.files("evanesce.web").joinpath("style", name).read_text(encoding="utf-8")
