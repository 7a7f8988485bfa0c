"""Expected background events along a field of a card, by component."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evanesce.figures.results import BackgroundCurves
from evanesce.figures.style import LINES

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["draw_background"]


def draw_background(ax: Axes, scan: BackgroundCurves) -> tuple[Artist, ...]:
    """Draw every component and the total with its error as a band on ``ax``, and return the artists.

    The scale of the field is logarithmic where its values span more than a factor of ten.
    """
    x = scan.values
    order = np.argsort(x)
    x = x[order]
    if x[0] > 0.0 and x[-1] > 10.0 * x[0]:
        ax.set_xscale("log")
    ax.set_yscale("log")
    total, error = scan.total[order], scan.total_error[order]
    floor = np.maximum(total - error, 1e-3 * total)
    band = ax.fill_between(x, floor, total + error, color=LINES["search"]["color"], alpha=0.2, linewidth=0.0)
    artists: list[Artist] = [band, *ax.plot(x, total, label="total", **LINES["search"])]
    for name, events in scan.components.items():
        expected = events[order]
        artists += ax.plot(x, np.where(expected > 0.0, expected, np.nan), label=name, linewidth=1.5)
    ax.set_xlabel(scan.field)
    ax.set_ylabel("expected background events")
    artists.append(ax.legend(loc="best"))
    return tuple(artists)
