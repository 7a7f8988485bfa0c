"""Limits on ε against the mediator's mass or against α_D, with competing limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from evanesce.figures.mass_axis import label_mass
from evanesce.figures.results import Curve, Limits
from evanesce.figures.style import EXPECTED_BANDS, FAINT, FILLS, LABELS, LINES, MEDIAN, THERMAL, THERMAL_BAND
from evanesce.representation import percent

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["draw_limits"]

Place: TypeAlias = Literal["best", "upper left", "upper right", "lower left", "lower right", "center left"]
_LARGEST_EPSILON: Final[float] = 1.0
_GAP: Final[float] = 6.0
"""Points between a curve and its label."""


def draw_limits(
    ax: Axes,
    limits: Limits,
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float] = (1e-5, 1e-2),
    x_scale: str = "log",
    label_at: Mapping[str, float] | None = None,
    legend: Place | None = "best",
) -> tuple[Artist, ...]:
    """Draw every curve and thermal line of ``limits`` on ``ax`` and return the artists.

    ``y_range`` is widened downwards to a decade if a curve goes below. ``label_at`` {label: x} writes labels
    along their curves instead of into the legend: above it, for an excluded region inside. ``legend`` is a
    place as matplotlib names it, or None.
    """
    label_at = label_at or {}
    ax.set_xscale(x_scale)
    ax.set_yscale("log")
    ax.set_xlim(*x_range)
    ax.set_ylim(_lower_end(limits, x_range, y_range[0]), y_range[1])
    artists = [*_expected(ax, limits), *_thermal(ax, limits)]
    published = 0
    for curve in limits.curves:
        y = np.where(np.isfinite(curve.y), curve.y, np.nan)
        direct = curve.label in label_at
        if curve.role in FILLS:
            artists.append(ax.fill_between(curve.x, y, _LARGEST_EPSILON, **FILLS[curve.role]))
        line = dict(LINES[curve.role])
        named = not direct and (curve.role not in FILLS or _in_view(ax, curve))
        if named and curve.role == "excluded-faint":
            line["linestyle"] = FAINT[published % len(FAINT)]
            published += 1
        artists += ax.plot(curve.x, y, label=curve.label if named else None, **line)
        if direct:
            artists.append(_label(ax, curve, label_at[curve.label]))
    _axes(ax, limits, x_scale)
    if legend is not None and ax.get_legend_handles_labels()[1]:
        artists.append(ax.legend(loc=legend, title=limits.title, alignment="left"))
    return tuple(artists)


def _in_view(ax: Axes, curve: Curve) -> bool:
    """Whether a part of the curve, and not only of the region above it, lies inside the axes."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    kept = np.isfinite(curve.y) & (curve.y > 0) & (curve.x > 0)
    if not kept.any():
        return False
    x = np.geomspace(max(left, curve.x[kept][0]), min(right, curve.x[kept][-1]), 400)
    y = np.exp(np.interp(np.log(x), np.log(curve.x[kept]), np.log(curve.y[kept])))
    return bool(np.any((x >= left) & (x <= right) & (y >= low) & (y <= high)))


def _expected(ax: Axes, limits: Limits) -> list[Artist]:
    """Median expected limits with their bands."""
    artists: list[Artist] = []
    for band in limits.bands:
        values = np.where(np.isfinite(band.limits), band.limits, np.nan)
        for (low, high), style, name in zip(
            ((0, 4), (1, 3)), EXPECTED_BANDS, (r"$\pm2\sigma$", r"$\pm1\sigma$"), strict=True
        ):
            artists.append(ax.fill_between(band.x, values[:, low], values[:, high], label=name, **style))
        artists += ax.plot(band.x, values[:, 2], label=band.label, **MEDIAN)
    return artists


def _thermal(ax: Axes, limits: Limits) -> list[Artist]:
    """Bands and lines where dark matter has its observed density."""
    artists: list[Artist] = []
    lines = 0
    for line in limits.thermal:
        if line.band is not None:
            artists.append(ax.fill_between(line.x, *line.band, label=line.label, **THERMAL_BAND))
            continue
        y = np.where(np.isfinite(line.y), line.y, np.nan)
        artists += ax.plot(line.x, y, label=line.label, **THERMAL[lines % len(THERMAL)])
        lines += 1
    return artists


def _axes(ax: Axes, limits: Limits, x_scale: str) -> None:
    ax.set_ylabel(_of_limits(limits) if limits.curves or limits.bands else r"$\varepsilon$")
    if limits.against == "alpha_d":
        ax.set_xlabel(r"$\alpha_D$")
        return
    label_mass(ax, limits.mediator, x_scale)


def _of_limits(limits: Limits) -> str:
    return rf"$\varepsilon$ excluded at {percent(limits.confidence_level)}% CL"


def _lower_end(limits: Limits, x_range: tuple[float, float], lower: float) -> float:
    """The given end, or a power of ten below every curve."""
    for curve in limits.curves:
        shown = (curve.x >= x_range[0]) & (curve.x <= x_range[1]) & np.isfinite(curve.y) & (curve.y > 0)
        if shown.any() and curve.y[shown].min() < lower:
            lower = 10.0 ** math.floor(math.log10(curve.y[shown].min()))
    return lower


def _label(ax: Axes, curve: Curve, x: float) -> Artist:
    """Write the label of a curve above it at x, along it."""
    finite = np.isfinite(curve.y) & (curve.y > 0)
    around = x * np.array([1.0 / 1.05, 1.05])
    heights = np.exp(np.interp(np.log(around), np.log(curve.x[finite]), np.log(curve.y[finite])))
    (x0, y0), (x1, y1) = ax.transData.transform(np.column_stack([around, heights]))
    slope = math.atan2(y1 - y0, x1 - x0)
    return ax.annotate(
        curve.label,
        (x, math.sqrt(heights[0] * heights[1])),
        xytext=(-_GAP * math.sin(slope), _GAP * math.cos(slope)),
        textcoords="offset points",
        rotation=math.degrees(slope),
        rotation_mode="anchor",
        ha="center",
        va="bottom",
        color=LABELS.get(curve.role, LINES[curve.role]["color"]),
        fontsize="small",
        zorder=6.0,
    )
