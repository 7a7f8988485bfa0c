"""Limits of several searches in one panel, their ratios, and maps in mass and α_D."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evanesce.figures.mass_axis import label_mass
from evanesce.figures.results import Curve, Limits
from evanesce.figures.style import BLACK, BLUE, EXPECTED_BANDS, GREEN, GREY, ORANGE
from evanesce.validation import FloatArray

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["CouplingMap", "Search", "add_y_axis", "draw_map", "draw_quotients", "draw_searches"]

_COLOURS: Final = (BLUE, ORANGE, GREEN, BLACK)
_DASHES: Final = ((0, (6, 2)), (0, (2, 1.5)), (0, (8, 2, 1.5, 2)), (0, (4, 1)))
_FILL: Final = 0.18


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Search:
    """One curve of limits against the mediator's mass in GeV."""

    curve: Curve
    observed: bool
    """Whether events were counted: an exclusion is filled, a projection is dashed."""
    expected: FloatArray | None = None
    """Expected limits at -2 ... +2 standard deviations, shape (x, 5)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CouplingMap:
    """Limits over a grid in the mass (GeV) and α_D; NaN without a limit."""

    mass: FloatArray
    alpha_d: FloatArray
    values: FloatArray
    """Shape (alpha_d, mass)."""
    name: str
    """What the values are, for the colour bar."""


def draw_searches(ax: Axes, searches: Sequence[Search], *, top: float) -> tuple[Artist, ...]:
    """Draw searches on logarithmic axes and return the artists; exclusions are filled up to ``top``."""
    artists: list[Artist] = []
    for i, search in enumerate(searches):
        colour, dashes = _style(i)
        y = _finite(search.curve.y)
        if search.expected is not None:
            for (low, high), style in zip(((0, 4), (1, 3)), EXPECTED_BANDS, strict=True):
                edges = _finite(search.expected[:, [low, high]])
                name = rf"expected, $\pm{(high - low) // 2}\sigma$"
                artists.append(ax.fill_between(search.curve.x, edges[:, 0], edges[:, 1], label=name, **style))
        if search.observed:
            fill = ax.fill_between(search.curve.x, y, top, color=colour, alpha=_FILL, linewidth=0.0, zorder=1.2)
            artists.append(fill)
        line = "-" if search.observed else dashes
        artists += ax.plot(
            search.curve.x, y, color=colour, linestyle=line, linewidth=2.2, label=search.curve.label, zorder=4.0
        )
    return tuple(artists)


def draw_quotients(ax: Axes, searches: Sequence[Search], reference: Search) -> tuple[Artist, ...]:
    """Draw each search over the reference, interpolated in log ε against log m, and return the artists.

    The axis is logarithmic where the ratios span more than a factor of ten.
    """
    artists: list[Artist] = [ax.axhline(1.0, color=GREY, linewidth=1.0, zorder=1.0)]
    known = np.isfinite(reference.curve.y)
    x, y = np.log(reference.curve.x[known]), np.log(reference.curve.y[known])
    found = [np.ones(1)]
    for i, search in enumerate(searches):
        if search is reference:
            continue
        below = np.exp(np.interp(np.log(search.curve.x), x, y, left=np.nan, right=np.nan))
        colour, dashes = _style(i)
        line = "-" if search.observed else dashes
        quotient = _finite(search.curve.y) / below
        found.append(quotient[np.isfinite(quotient)])
        artists += ax.plot(search.curve.x, quotient, color=colour, linestyle=line, linewidth=2.0)
    every = np.concatenate(found)
    if every.max() > 10.0 * every.min():
        ax.set_yscale("log")
    ax.set_ylabel("ratio")
    return tuple(artists)


def add_y_axis(ax: Axes, *, alpha_d: float, mass_ratio: float) -> Artist:
    """Add an axis in y = ε² α_D (m_χ/m)⁴ on the right of one in ε, and return it."""
    scale = alpha_d * mass_ratio**-4.0
    ax.tick_params(axis="y", which="both", right=False)
    second = ax.secondary_yaxis(
        "right", functions=(lambda e: np.square(e) * scale, lambda y: np.sqrt(np.maximum(y, 0.0) / scale))
    )
    second.set_ylabel(r"$y = \varepsilon^2 \alpha_D (m_\chi/m)^4$")
    return second


def draw_map(ax: Axes, shown: CouplingMap, limits: Limits) -> tuple[Artist, ...]:
    """Draw a map with contours at whole decades, and return the artists; ``limits`` has the names and the title."""
    from matplotlib.colors import LogNorm
    from matplotlib.patheffects import AbstractPathEffect, withStroke

    values = np.ma.masked_invalid(_finite(shown.values))
    norm = LogNorm(values.min(), values.max())
    mesh = ax.pcolormesh(shown.mass, shown.alpha_d, values, norm=norm, cmap="cividis", shading="nearest")
    ax.set_xscale("log")
    ax.set_yscale("log")
    artists: list[Artist] = [mesh]
    powers = np.arange(np.ceil(np.log10(values.min())), np.floor(np.log10(values.max())) + 1.0)
    if powers.size and min(values.shape) > 1:
        outline: list[AbstractPathEffect] = [withStroke(linewidth=3.0, foreground=BLACK)]
        lines = ax.contour(shown.mass, shown.alpha_d, values, levels=10.0**powers, colors="white")
        lines.set_path_effects(outline)
        names = ax.clabel(lines, fmt=lambda level: rf"$10^{{{np.log10(level):.0f}}}$", fontsize="small")
        for name in names:
            name.set_path_effects(outline)
        artists += names
    ax.set_xlim(shown.mass.min(), shown.mass.max())
    ax.set_ylim(shown.alpha_d.min(), shown.alpha_d.max())
    label_mass(ax, limits.mediator, "log")
    ax.set_ylabel(r"$\alpha_D$")
    if limits.title:
        ax.set_title(limits.title, fontsize="medium")
    ax.figure.colorbar(mesh, ax=ax, label=shown.name)
    return tuple(artists)


def _style(i: int) -> tuple[str, tuple[int, tuple[float, ...]]]:
    return _COLOURS[i % len(_COLOURS)], _DASHES[(i // len(_COLOURS) + i) % len(_DASHES)]


def _finite(values: FloatArray) -> FloatArray:
    found: FloatArray = np.where(np.isfinite(values), values, np.nan)
    return found
