"""Pulls of nuisance parameters and their impacts on the fitted signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evanesce.figures.results import ImpactTable
from evanesce.figures.style import BLACK, BLUE, GREY, ORANGE

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["MOST_IMPACTS", "draw_impacts"]

MOST_IMPACTS: Final[int] = 20
"""Nuisances in one figure."""


def draw_impacts(ax: Axes, found: ImpactTable, *, most: int = MOST_IMPACTS) -> tuple[Artist, ...]:
    """Draw impacts as bars (upper axis, in events) and pulls as points (lower axis), and return the artists.

    Filled bars are impacts of the uncertainty after the fit, outlines of that before; at most ``most`` nuisances are
    shown, the largest impact at the top.
    """
    number = min(len(found.names), most)
    rows = np.arange(number)[::-1]
    bars = ax.twiny()
    bars.set_zorder(ax.get_zorder() - 1)
    ax.patch.set_visible(False)
    artists: list[Artist] = []
    for side, (label, colour) in enumerate((("down", BLUE), ("up", ORANGE))):
        before = np.nan_to_num(found.impacts_before[:number, side])
        artists += bars.barh(rows, before, 0.7, fill=False, edgecolor=colour, linewidth=1.0)
        after = found.impacts[:number, side]
        artists += bars.barh(rows, after, 0.7, color=colour, alpha=0.6, linewidth=0.0, label=f"θ {label}")
    sizes = np.abs(np.concatenate([found.impacts[:number], np.nan_to_num(found.impacts_before[:number])]))
    widest = 1.15 * float(np.max(sizes, initial=0.0)) or 1.0
    bars.set_xlim(-widest, widest)
    bars.set_xlabel(f"impact on the signal [events], {found.data} data; outlines: before the fit")
    pulls, errors = found.pulls[:number], found.pull_errors[:number]
    points = ax.errorbar(pulls, rows, xerr=errors, fmt="o", color=BLACK, markersize=5.0, linewidth=1.5)
    artists += [points.lines[0], *points.lines[2]]
    artists += [ax.axvline(value, color=GREY, linewidth=1.0, linestyle=(0, (2, 2))) for value in (-1.0, 0.0, 1.0)]
    reach = max(2.0, 1.15 * float(np.nanmax(np.abs(pulls) + errors, initial=0.0)))
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-1.6, number - 0.3)
    ax.set_yticks(rows, labels=found.names[:number])
    ax.tick_params(axis="y", which="minor", left=False, right=False)
    ax.set_xlabel(r"pull $(\hat\theta - \theta_0) / \Delta\theta$")
    artists.append(bars.legend(loc="lower center", ncols=2))
    return tuple(artists)
