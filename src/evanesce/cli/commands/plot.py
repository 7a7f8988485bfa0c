"""``evanesce plot``: figures of limits that were computed before."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import choice_of, names_of_constraints, option
from evanesce.errors import InvalidValueError

_FORMATS: Final = (".pdf", ".png", ".svg")


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
        typer.Argument(metavar="SOURCE", help="Limits: a .nc, .json or .csv file, or the .zarr store of a scan."),
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
        typer.Option(
            "--constraint",
            metavar="NAME",
            help="A published curve, or one of your own, too; repeatable.",
            autocompletion=names_of_constraints,
        ),
    ] = None,
    thermal: Annotated[bool, typer.Option("--thermal", help="The thermal line of the same dark matter, too.")] = False,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="AXIS=VALUE", help="Of a grid, only this value, as alpha_d=0.1; repeatable."),
    ] = None,
    x_range: Annotated[Any, option("--x-range", read=_span, metavar="LO:HI", help="Range of the mass in GeV.")] = None,
    y_range: Annotated[
        Any, option("--y-range", read=_span, metavar="LO:HI", help="Range of what is drawn; of alpha_D in a map.")
    ] = None,
) -> None:
    """Figure of limits that were computed before.

    Observed limits are filled, projections dashed; a second axis has y where alpha_D and m/m_chi are the same for all.
    The options and how the limits were made are in the metadata of the file.
    """
    from pathlib import Path

    from evanesce.cli.limit_files import checked_path, reported
    from evanesce.cli.plot_panels import curves_panel, map_panel
    from evanesce.cli.plot_sources import read_table
    from evanesce.figures import render_figure
    from evanesce.scratch import replacing

    path = checked_path(output, "format of figures", _FORMATS)
    given = {name: arg.number("--select", text) for name, text in arg.key_values("--select", select).items()}
    if ratio_to is not None and ratio_to not in source:
        raise InvalidValueError(f"--ratio-to '{ratio_to}': must be one of the sources, {', '.join(source)}")
    tables = {name: read_table(name, given) for name in source}
    if as_map:
        if len(tables) > 1 or ratio_to or constraint or thermal:
            raise InvalidValueError("--map: takes one source, and no ratios, constraints or thermal lines")
        draw = map_panel(tables, quantity, (x_range, y_range))
    else:
        draw = curves_panel(tables, quantity, ratio_to, constraint or [], thermal, (x_range, y_range))
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
