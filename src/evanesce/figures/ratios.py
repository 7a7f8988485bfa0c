"""Ratios of limits to published ones against the mediator's mass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from evanesce.figures.mass_axis import label_mass
from evanesce.figures.results import Curve
from evanesce.figures.style import GREY, LINES

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["draw_ratios"]

_RANGE: Final[tuple[float, float]] = (0.5, 1.5)


def draw_ratios(
    ax: Axes, curves: Sequence[Curve], *, x_range: tuple[float, float], band: float = 0.1, title: str = ""
) -> tuple[Artist, ...]:
    """Draw ratios against mass in GeV, a band of ±``band`` around one, and return the artists."""
    artists: list[Artist] = [ax.axhspan(1.0 - band, 1.0 + band, color="#E6E6E6", zorder=0.5)]
    artists.append(ax.axhline(1.0, color=GREY, linewidth=1.0, zorder=1.0))
    for curve in curves:
        y = np.where(np.isfinite(curve.y), curve.y, np.nan)
        artists += ax.plot(curve.x, y, label=curve.label, **LINES[curve.role])
    ax.set_xscale("log")
    ax.set_xlim(*x_range)
    ax.set_ylim(*_RANGE)
    label_mass(ax, "A'", "log")
    ax.set_ylabel(r"$\varepsilon$, computed over published")
    artists.append(ax.legend(loc="lower left", title=title, alignment="left"))
    return tuple(artists)
