"""``evanesce plot``: figures of limits that were computed before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import choice_of, option
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    from evanesce.figures import ThermalLine
    from evanesce.interchange import LimitTable

_FORMATS: Final = (".pdf", ".png", ".svg")
_LABELS: Final = {"epsilon": r"$\varepsilon$", "y": r"$y = \varepsilon^2 \alpha_D (m_\chi/m)^4$"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="plot")(_plot)


def _span(name: str, text: str) -> tuple[float, float]:
    """Read LO:HI with 0 < LO < HI."""
    low, colon, high = text.partition(":")
    if colon:
        ends = arg.number(name, low), arg.number(name, high)
        if 0 < ends[0] < ends[1]:
            return ends
    raise InvalidValueError(f"{name} = '{text}': must be LO:HI with 0 < LO < HI, as 1e-6:1e-3")


def _plot(
    source: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="Limits: a .nc, .json or .csv file, or the .zarr store of a scan."),
    ],
    output: Annotated[str, typer.Option("--output", metavar="FIGURE", help="Name of the figure: .pdf, .png or .svg.")],
    quantity: Annotated[
        str,
        option("--quantity", read=choice_of("epsilon", "y"), metavar="epsilon|y", help="What is drawn."),
    ] = "epsilon",
    ratio_to: Annotated[
        str | None,
        typer.Option("--ratio-to", metavar="SOURCE", help="A lower panel with the ratios to this one of the sources."),
    ] = None,
    as_map: Annotated[bool, typer.Option("--map", help="A map over mass and alpha_D, of one source.")] = False,
    constraint: Annotated[
        list[str] | None,
        typer.Option("--constraint", metavar="NAME", help="A published or an own curve, too; repeatable."),
    ] = None,
    thermal: Annotated[bool, typer.Option("--thermal", help="The thermal line of the same dark matter, too.")] = False,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="AXIS=VALUE", help="Of a grid, only this value, as alpha_d=0.1; repeatable."),
    ] = None,
    x_range: Annotated[Any, option("--x-range", read=_span, metavar="LO:HI", help="Range of the mass in GeV.")] = None,
    y_range: Annotated[Any, option("--y-range", read=_span, metavar="LO:HI", help="Range of what is drawn.")] = None,
) -> None:
    """Figure of limits that were computed before.

    Observed limits are filled, projections dashed; a second axis has y where alpha_D and m/m_chi are the same for all.
    The options and how the limits were made are in the metadata of the file.
    """
    from pathlib import Path

    from evanesce.cli.limit_files import checked_path, reported
    from evanesce.cli.plot_sources import map_of, read_table
    from evanesce.figures import Limits, draw_map, render_figure
    from evanesce.scratch import replacing

    path = checked_path(output, "format of figures", _FORMATS)
    given = {name: arg.number("--select", text) for name, text in arg.key_values("--select", select).items()}
    if ratio_to is not None and ratio_to not in source:
        raise InvalidValueError(f"--ratio-to '{ratio_to}': must be one of the sources, {', '.join(source)}")
    tables = {name: read_table(name, given) for name in source}
    draw: Callable[[Any], object]
    if as_map:
        if len(tables) > 1 or ratio_to or constraint or thermal:
            raise InvalidValueError("--map: takes one source, and no ratios, constraints or thermal lines")
        shown = map_of(tables[source[0]], quantity)

        def draw(figure: Any) -> object:
            return draw_map(figure.subplots(), shown, Limits(curves=()))
    else:
        draw = _curves(tables, quantity, ratio_to, constraint or [], thermal, (x_range, y_range))
    about = {
        "options": {
            "sources": source, "quantity": quantity, "ratio_to": ratio_to, "map": as_map, "thermal": thermal,
            "constraints": constraint or [], "select": given, "x_range": x_range, "y_range": y_range,
        },
        "limits": {name: {k: v for k, v in table.about.items() if k != "notes"} for name, table in tables.items()},
    }  # fmt: skip
    content = render_figure(
        draw, path.suffix.lower().removeprefix("."), json.dumps(about), height=7.5 if ratio_to else 6.5
    )
    with reported(path), replacing(Path(path)) as staged:
        staged.write_bytes(content)


def _curves(
    tables: dict[str, LimitTable],
    quantity: str,
    ratio_to: str | None,
    constraints: list[str],
    thermal: bool,
    ranges: Any,
) -> Callable[[Any], object]:
    """Everything of a panel of curves is made here, so that only drawing is left."""
    import numpy as np

    from evanesce.cli.plot_sources import searches_of, shared
    from evanesce.figures import add_y_axis, draw_limits, draw_quotients, draw_searches

    named = {name: searches_of(name, table, quantity, len(tables) == 1) for name, table in tables.items()}
    searches = [search for several in named.values() for search in several]
    if ratio_to is not None and len(named[ratio_to]) != 1:
        raise InvalidValueError(f"--ratio-to '{ratio_to}': has {len(named[ratio_to])} curves; use --select")
    all_tables = list(tables.values())
    alpha_d, mass_ratio = shared(all_tables, "alpha_d"), shared(all_tables, "mass_ratio")
    extra = _extras(all_tables, quantity, constraints, thermal, (alpha_d, mass_ratio))
    known = np.concatenate([search.curve.y for search in searches])
    known = known[np.isfinite(known)]
    masses = np.concatenate([search.curve.x for search in searches])
    if not known.size or masses.min() == masses.max():
        raise InvalidValueError("there is nothing to draw: give limits at two masses or more")
    x_range = ranges[0] or (float(masses.min()), float(masses.max()))
    y_range = ranges[1] or (
        float(10.0 ** np.floor(np.log10(known.min()))),
        float(10.0 ** np.ceil(np.log10(known.max()) + 0.3)),
    )

    def draw(figure: Any) -> None:
        panels = (
            figure.subplots(2, 1, sharex=True, height_ratios=(3, 1)) if ratio_to is not None else [figure.subplots()]
        )
        top = panels[0]
        draw_limits(top, extra, x_range=x_range, y_range=y_range, legend=None)
        draw_searches(top, searches, top=y_range[1])
        top.set_ylim(*y_range)
        level = 100.0 * all_tables[0].about["confidence_level"]
        top.set_ylabel(f"{_LABELS[quantity]}, {level:g}% CL")
        if quantity == "epsilon" and alpha_d is not None and mass_ratio is not None:
            add_y_axis(top, alpha_d=alpha_d, mass_ratio=mass_ratio)
        top.legend(loc="best")
        if ratio_to is not None:
            draw_quotients(panels[1], searches, named[ratio_to][0])
            panels[1].set_xlabel(top.get_xlabel())
            top.set_xlabel("")

    return draw


def _extras(
    tables: list[LimitTable],
    quantity: str,
    constraints: list[str],
    thermal: bool,
    parameters: tuple[float | None, float | None],
) -> Any:
    """Published curves and thermal lines, for the parameters that all limits share."""
    import numpy as np

    from evanesce.constraints import constraint as find
    from evanesce.figures import Curve, Limits

    alpha_d, mass_ratio = parameters
    if (constraints or thermal) and (alpha_d is None or mass_ratio is None):
        raise InvalidValueError("--constraint and --thermal: need one alpha_d and one mass_ratio; use --select")
    scale = 1.0 if alpha_d is None or mass_ratio is None else alpha_d * mass_ratio**-4.0
    curves = []
    for name in constraints:
        found = find(name).at(alpha_d=float(alpha_d or 0.0), mass_ratio=float(mass_ratio or 0.0))
        x = np.asarray(found.masses)
        y = found.epsilon(x)
        role: Any = "rival" if found.kind == "projection" else "excluded"
        curves.append(Curve(label=found.name, role=role, x=x, y=np.square(y) * scale if quantity == "y" else y))
    lines = _thermal(tables[0], float(alpha_d or 0.0), float(mass_ratio or 0.0)) if thermal else ()
    if quantity == "y":
        from dataclasses import replace

        lines = tuple(
            replace(
                line,
                y=np.square(line.y) * scale,
                band=None if line.band is None else (np.square(line.band[0]) * scale, np.square(line.band[1]) * scale),
            )
            for line in lines
        )
    return Limits(curves=tuple(curves), thermal=lines)


def _thermal(table: LimitTable, alpha_d: float, mass_ratio: float) -> tuple[ThermalLine, ...]:
    """The thermal line where dark matter has a mass that it is computed for."""
    import numpy as np

    from evanesce.cli.limit_files import thermal_layer
    from evanesce.targets import relic_line, thermal_range

    kind = table.about["dark_matter"]
    made = arg.mediator(table.about["mediator"], alpha_d, mass_ratio, None if kind == "dirac" else kind)
    low, high = thermal_range(made)
    masses = np.unique(table.points["mass"])
    return thermal_layer(relic_line(made, masses[(masses >= low) & (masses <= high)]))
