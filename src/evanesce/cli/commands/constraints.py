"""``evanesce constraints``: published limits and projections, or a curve of your own."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evanesce.cli import arguments as arg
from evanesce.cli import own_constraints as own
from evanesce.cli.group import command_group
from evanesce.cli.options import choice_of, names_of_constraints, option
from evanesce.cli.output import Table, write_json, write_report

if TYPE_CHECKING:
    from evanesce.constraints import Constraint


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = command_group("Published curves, and your own.")
    group.command(name="list")(_list)
    group.command(name="show")(_show)
    group.command(name="add")(own.add)
    group.command(name="remove")(own.remove)
    app.add_typer(group, name="constraints")


_AlphaD = Annotated[
    float | None, option("--alpha-d", read=arg.number, metavar="A", help="Take the curve to this alpha_D.")
]
_Ratio = Annotated[
    float | None, option("--mass-ratio", read=arg.number, metavar="R", help="Take the curve to this m/m_chi.")
]


def _list(alpha_d: _AlphaD = None, mass_ratio: _Ratio = None, as_json: arg.Json = False) -> None:
    """List the curves, published and your own, or those that may be taken to some alpha_D and m/m_chi."""
    from evanesce.constraints import constraint, constraint_names
    from evanesce.errors import DataFileError, InvalidValueError

    curves: list[Constraint] = []
    refused: list[dict[str, Any]] = []
    for name in constraint_names():
        try:
            curves.append(_taken(constraint(name), alpha_d, mass_ratio))
        except (DataFileError, InvalidValueError) as error:  # the file of one's own curve may be damaged
            refused.append({"name": name, "refused": str(error)})
    if not curves:  # the parameters themselves are out of range
        raise InvalidValueError(refused[0]["refused"])
    if as_json:
        write_json([*(_about(curve) for curve in curves), *refused])
        return
    rows = [(c.name, c.kind, c.luminosity, len(c.masses), *_conventions(c), c.title, c.reference) for c in curves]
    conventions = ("published as", "alpha_d", "mass_ratio", "dark matter", "CL")
    columns = ("name", "kind", "luminosity [1/ab]", "points", *conventions, "title", "reference")
    reasons = [one["refused"] for one in refused]
    write_report(Table(columns=columns, rows=rows), *reasons)


def _show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Name of a curve, or path of a CSV file.", autocompletion=names_of_constraints
        ),
    ],
    luminosity: Annotated[
        float | None,
        option("--luminosity", read=arg.number, metavar="L", help="Rescale to this luminosity in 1/ab."),
    ] = None,
    alpha_d: _AlphaD = None,
    mass_ratio: _Ratio = None,
    quantity: Annotated[
        str, option("--quantity", read=choice_of("epsilon", "y"), metavar="epsilon|y", help="What to print.")
    ] = "epsilon",
    as_json: arg.Json = False,
) -> None:
    """Show a curve with its source and its assumptions, as published or for another alpha_D and m/m_chi."""
    from evanesce.constraints import constraint

    curve = constraint(name)
    if luminosity is not None:
        curve = curve.rescaled(luminosity)
    curve = _taken(curve, alpha_d, mass_ratio)
    if as_json:
        y = None if quantity != "y" and None in (curve.alpha_d, curve.mass_ratio) else curve.y(curve.masses).tolist()
        write_json({**_about(curve), "mass_gev": curve.masses, "epsilon": curve.epsilons, "y": y})
        return
    about = [f"{key}: {value}" for key, value in _about(curve).items() if value not in (None, "")]
    values = curve.y(curve.masses).tolist() if quantity == "y" else curve.epsilons
    rows = list(zip(curve.masses, values, strict=True))
    write_report("\n".join(about), Table(columns=("mass [GeV]", quantity), rows=rows))


def _taken(curve: Constraint, alpha_d: float | None, mass_ratio: float | None) -> Constraint:
    """The curve at these parameters; what is not given stays as it was published."""
    from evanesce.errors import InvalidValueError

    if alpha_d is None and mass_ratio is None:
        return curve
    to_alpha_d = curve.alpha_d if alpha_d is None else alpha_d
    to_ratio = curve.mass_ratio if mass_ratio is None else mass_ratio
    if to_alpha_d is None or to_ratio is None:
        missing = "--alpha-d" if to_alpha_d is None else "--mass-ratio"
        raise InvalidValueError(f"constraint {curve.name}: was published without one of its own, give {missing} too")
    return curve.at(alpha_d=to_alpha_d, mass_ratio=to_ratio)


def _conventions(curve: Constraint) -> tuple[object, ...]:
    return (curve.quantity, curve.alpha_d, curve.mass_ratio, curve.dark_matter, curve.confidence_level)


def _about(curve: Constraint) -> dict[str, Any]:
    return {key: value for key, value in asdict(curve).items() if key not in ("masses", "epsilons")}
