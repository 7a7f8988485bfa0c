"""Energy spectra of the tracks that enter a calorimeter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evanesce.figures.results import Curve
from evanesce.figures.style import LINES

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["draw_spectra"]


def draw_spectra(ax: Axes, curves: Sequence[Curve], *, title: str = "") -> tuple[Artist, ...]:
    """Draw normalised spectra in 1/GeV against energy in GeV, ``title`` over the legend, and return the artists.

    A curve falls to the axis at its ends, where its spectrum is cut off.
    """
    artists: list[Artist] = []
    for curve in curves:
        x = np.concatenate([curve.x[:1], curve.x, curve.x[-1:]])
        artists += ax.plot(x, np.concatenate([[0.0], curve.y, [0.0]]), label=curve.label, **LINES[curve.role])
    ax.set_xlim(np.floor(min(curve.x.min() for curve in curves)), np.ceil(max(curve.x.max() for curve in curves)))
    ax.set_ylim(0.0, 1.1 * max(curve.y.max() for curve in curves))
    ax.set_xlabel(r"$E_{e^+}$ [GeV]")
    ax.set_ylabel(r"$(1/\sigma)\,d\sigma/dE$ [1/GeV]")
    artists.append(ax.legend(loc="upper right", title=title, alignment="left"))
    return tuple(artists)
