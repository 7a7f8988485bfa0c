"""``evanesce constraints``: published limits and projections, or a curve of your own."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.group import command_group
from evanesce.cli.options import option
from evanesce.cli.output import Table, write_json, write_report

if TYPE_CHECKING:
    from evanesce.constraints import Constraint


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = command_group("List or show published curves.")
    group.command(name="list")(_list)
    group.command(name="show")(_show)
    app.add_typer(group, name="constraints")


def _list(as_json: arg.Json = False) -> None:
    """List the published curves."""
    from evanesce.constraints import constraint, constraint_names

    curves = [constraint(name) for name in constraint_names()]
    if as_json:
        write_json([_about(curve) for curve in curves])
        return
    rows = [(c.name, c.kind, c.luminosity, len(c.masses), *_conventions(c), c.title, c.reference) for c in curves]
    conventions = ("published as", "alpha_d", "mass_ratio", "dark matter", "CL")
    columns = ("name", "kind", "luminosity [1/ab]", "points", *conventions, "title", "reference")
    write_report(Table(columns=columns, rows=rows))


def _show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a curve, or path of a CSV file.")],
    luminosity: Annotated[
        float | None,
        option("--luminosity", read=arg.number, metavar="L", help="Rescale to this luminosity in 1/ab."),
    ] = None,
    as_json: arg.Json = False,
) -> None:
    """Show a curve with its source and its assumptions."""
    from evanesce.constraints import constraint

    curve = constraint(name)
    if luminosity is not None:
        curve = curve.rescaled(luminosity)
    if as_json:
        y = None if None in (curve.alpha_d, curve.mass_ratio) else curve.y(curve.masses).tolist()
        write_json({**_about(curve), "mass_gev": curve.masses, "epsilon": curve.epsilons, "y": y})
        return
    about = [f"{key}: {value}" for key, value in _about(curve).items() if value not in (None, "")]
    rows = list(zip(curve.masses, curve.epsilons, strict=True))
    write_report("\n".join(about), Table(columns=("mass [GeV]", "epsilon"), rows=rows))


def _conventions(curve: Constraint) -> tuple[object, ...]:
    return (curve.quantity, curve.alpha_d, curve.mass_ratio, curve.dark_matter, curve.confidence_level)


def _about(curve: Constraint) -> dict[str, Any]:
    return {key: value for key, value in asdict(curve).items() if key not in ("masses", "epsilons")}
