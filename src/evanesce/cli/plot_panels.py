"""The panels of ``evanesce plot``: all numbers are found first, so that only drawing is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from evanesce.cli import arguments as arg
from evanesce.cli.plot_sources import labels_of, map_of, mediator_of, searches_of, shared
from evanesce.errors import InvalidValueError
from evanesce.representation import percent

if TYPE_CHECKING:
    from evanesce.figures import Limits, ThermalLine
    from evanesce.interchange import LimitTable

__all__ = ["curves_panel", "map_panel"]

_LABELS: Final = {"epsilon": r"$\varepsilon$", "y": r"$y = \varepsilon^2 \alpha_D (m_\chi/m)^4$"}
Draw: TypeAlias = Callable[[Any], None]
Range: TypeAlias = tuple[float, float] | None


def map_panel(tables: Mapping[str, LimitTable], quantity: str, ranges: tuple[Range, Range]) -> Draw:
    """Draw the limits of one source over mass and α_D."""
    from evanesce.figures import Limits, draw_map

    ((name, table),) = tables.items()
    shown = map_of(table, quantity)
    symbol = mediator_of(tables)[1]
    title = labels_of({name: table})[name]

    def draw(figure: Any) -> None:
        top = figure.subplots()
        draw_map(top, shown, Limits(curves=(), mediator=symbol, title=title))
        for ends, limit in zip(ranges, (top.set_xlim, top.set_ylim), strict=True):
            if ends is not None:
                limit(*ends)

    return draw


def curves_panel(
    tables: Mapping[str, LimitTable],
    quantity: str,
    ratio_to: str | None,
    constraints: Sequence[str],
    thermal: bool,
    ranges: tuple[Range, Range],
) -> Draw:
    """Draw limits against the mass, with published curves, thermal lines and ratios.

    Raises
    ------
    InvalidValueError
        Different mediators, nothing to draw, or a ratio to several curves.

    """
    from evanesce.figures import add_y_axis, draw_limits, draw_quotients, draw_searches

    mediator, symbol = mediator_of(tables)
    labels = labels_of(tables)
    named = {name: searches_of(labels[name], table, quantity, len(tables) == 1) for name, table in tables.items()}
    searches = [search for several in named.values() for search in several]
    if ratio_to is not None and len(named[ratio_to]) != 1:
        raise InvalidValueError(f"--ratio-to '{ratio_to}': has {len(named[ratio_to])} curves; use --select")
    all_tables = list(tables.values())
    alpha_d, mass_ratio = shared(all_tables, "alpha_d"), shared(all_tables, "mass_ratio")
    if thermal and mediator != "dark-photon":
        raise InvalidValueError(
            f"--thermal: there are thermal lines for dark-photon only, not {mediator}; leave it out"
        )
    extra = _extras(all_tables, quantity, constraints, thermal, (alpha_d, mass_ratio))
    extra = replace(extra, mediator=symbol)
    known = np.concatenate([search.curve.y for search in searches])
    known = known[np.isfinite(known)]
    shown = np.concatenate([known, *(line.y[np.isfinite(line.y)] for line in extra.thermal if line.band is None)])
    masses = np.concatenate([search.curve.x for search in searches])
    if not known.size or masses.min() == masses.max():
        raise InvalidValueError("there is nothing to draw: give limits at two masses or more")
    x_range = ranges[0] or (float(masses.min()), float(masses.max()))
    y_range = ranges[1] or (
        float(10.0 ** np.floor(np.log10(shown.min()))),
        float(10.0 ** np.ceil(np.log10(shown.max()) + 0.3)),
    )
    levels = {table.about["confidence_level"] for table in all_tables}
    level = f" excluded at {percent(levels.pop())}% CL" if len(levels) == 1 else " excluded"

    def draw(figure: Any) -> None:
        panels = (
            figure.subplots(2, 1, sharex=True, height_ratios=(3, 1)) if ratio_to is not None else [figure.subplots()]
        )
        top = panels[0]
        draw_limits(top, extra, x_range=x_range, y_range=y_range, legend=None)
        draw_searches(top, searches, top=y_range[1])
        top.set_ylim(*y_range)
        top.set_ylabel(_LABELS[quantity] + level)
        if quantity == "epsilon" and alpha_d is not None and mass_ratio is not None:
            add_y_axis(top, alpha_d=alpha_d, mass_ratio=mass_ratio)
        top.legend(loc="best", fontsize="small", frameon=True, framealpha=0.85, edgecolor="none")
        if ratio_to is not None:
            draw_quotients(panels[1], searches, named[ratio_to][0])
            panels[1].set_title(f"over {labels[ratio_to]}", loc="left", fontsize="x-small")
            panels[1].set_xlabel(top.get_xlabel())
            top.set_xlabel("")

    return draw


def _extras(
    tables: Sequence[LimitTable],
    quantity: str,
    constraints: Sequence[str],
    thermal: bool,
    parameters: tuple[float | None, float | None],
) -> Limits:
    """Published curves and thermal lines, for the parameters that all limits share."""
    from evanesce.constraints import constraint as find
    from evanesce.figures import Curve, Limits

    if not constraints and not thermal:
        return Limits(curves=())
    alpha_d, mass_ratio = parameters
    if alpha_d is None or mass_ratio is None:
        raise InvalidValueError("--constraint and --thermal: need one alpha_d and one mass_ratio; use --select")
    scale = alpha_d * mass_ratio**-4.0
    curves = []
    for name in constraints:
        found = find(name).at(alpha_d=alpha_d, mass_ratio=mass_ratio)
        x = np.asarray(found.masses)
        y = found.epsilon(x)
        role: Any = "rival" if found.kind == "projection" else "excluded"
        curves.append(Curve(label=found.name, role=role, x=x, y=np.square(y) * scale if quantity == "y" else y))
    lines = _thermal(tables, alpha_d, mass_ratio) if thermal else ()
    if quantity == "y":
        lines = tuple(
            replace(
                line,
                y=np.square(line.y) * scale,
                band=None if line.band is None else (np.square(line.band[0]) * scale, np.square(line.band[1]) * scale),
            )
            for line in lines
        )
    return Limits(curves=tuple(curves), thermal=lines)


def _thermal(tables: Sequence[LimitTable], alpha_d: float, mass_ratio: float) -> tuple[ThermalLine, ...]:
    """The thermal line of the dark matter of all limits, where it has a mass that the line is computed for."""
    from evanesce.cli.limit_files import thermal_layer
    from evanesce.targets import relic_line, thermal_range

    kinds = sorted({str(table.about["dark_matter"]) for table in tables})
    if len(kinds) > 1:
        raise InvalidValueError(f"--thermal: the limits are for {' and '.join(kinds)}; give those of one kind")
    made = arg.mediator("dark-photon", alpha_d, mass_ratio, kinds[0])
    low, high = thermal_range(made)
    masses = np.unique(np.concatenate([table.points["mass"] for table in tables]))
    inside = masses[(masses >= low) & (masses <= high)]
    if inside.size < 2:
        raise InvalidValueError(f"--thermal: no line below {low:.4g} or above {high:.4g} GeV; leave it out")
    return thermal_layer(relic_line(made, inside))
