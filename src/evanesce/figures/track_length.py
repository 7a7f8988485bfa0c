"""Track length of positrons in a shower, and its behaviour near the endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evanesce.figures.results import Curve, EndpointCurves
from evanesce.figures.style import BLUE, GREY, LINES

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["draw_endpoint", "draw_track_length"]


def draw_track_length(
    ax: Axes, curves: Sequence[Curve], *, title: str = "", y_range: tuple[float, float] = (0.02, 500.0)
) -> tuple[Artist, ...]:
    """Draw E·T_e/X0 against v = E'/E, with ``title`` over the legend, and return the artists."""
    artists: list[Artist] = []
    for curve in curves:
        artists += ax.plot(curve.x, curve.y, label=curve.label, **LINES[curve.role])
    ax.set_yscale("log")
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(*y_range)
    ax.set_xlabel("$v = E′/E$")
    ax.set_ylabel(r"track length $E\,T_e/X_0$")
    artists.append(ax.legend(loc="upper right", title=title, alignment="left"))
    return tuple(artists)


def draw_endpoint(ax: Axes, endpoint: EndpointCurves) -> tuple[Artist, ...]:
    """Draw (1 - v) E·T_e/X0 against 1 - v, shade the part that the cut drops, and return the artists.

    The first curve is the one whose share is shaded.
    """
    artists: list[Artist] = []
    for curve in endpoint.curves:
        artists += ax.plot(curve.x, curve.y, label=curve.label, **LINES[curve.role])
    widest = 2.0 * (1.0 - endpoint.selection)
    ax.set_xscale("log")
    ax.set_xlim(widest, min(curve.x.min() for curve in endpoint.curves))
    ax.set_ylim(0.0, 1.2 * max(curve.y[curve.x < widest].max() for curve in endpoint.curves))
    first = endpoint.curves[0]
    edge = 1.0 - endpoint.cut
    beyond = first.x < edge
    x, y = np.append(first.x[beyond], edge), np.append(first.y[beyond], np.interp(edge, first.x, first.y))
    artists.append(ax.fill_between(x, 0.0, y, color=BLUE, alpha=0.25, linewidth=0.0))
    share = (
        f"{100.0 * endpoint.dropped:.0f}% of the selected track length:\ndropped by a cut at $v \\leq {endpoint.cut:g}$"
    )
    texts = (
        (endpoint.selection, 0.97, f"selected: $v > {endpoint.selection:g}$ \u2192"),
        (endpoint.cut, 0.6, f"$v > {endpoint.cut:g}$ \u2192\n{share}\n(area is track length)"),
    )
    for v, height, text in texts:
        if v < 1.0:
            artists.append(ax.axvline(1.0 - v, 0.0, height, color=GREY, linewidth=1.0))
            artists.append(_note(ax, 1.0 - v, height, text))
    ax.set_xlabel(r"$1 - v$")
    ax.set_ylabel(r"$(1-v)\,E\,T_e/X_0$")
    artists.append(ax.legend(loc="upper right"))
    return tuple(artists)


def _note(ax: Axes, x: float, height: float, text: str) -> Artist:
    """Write to the right of x, at a height in fractions of the axes."""
    return ax.annotate(
        text,
        (x, height),
        xycoords=("data", "axes fraction"),
        xytext=(5.0, 0.0),
        textcoords="offset points",
        ha="left",
        va="top",
        color=GREY,
        fontsize="small",
    )
