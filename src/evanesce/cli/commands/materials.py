"""``evanesce materials``: materials of a calorimeter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import Density
from evanesce.cli.output import Table, write_json, write_report
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.materials import Material


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="materials")(_materials)


def _materials(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="Name in the catalogue or NIST list, or a formula with --density."),
    ] = None,
    density: Density = None,
    nist: Annotated[bool, typer.Option("--nist", help="List the names of the NIST compounds instead.")] = False,
    as_json: arg.Json = False,
) -> None:
    """List the materials known by name, or show one.

    A radiation length is one X0, the unit of every thickness.
    """
    if nist and name is not None:
        raise InvalidValueError("--nist lists all names; leave it or the name out")
    if name is not None:
        _show(name, density, as_json)
        return
    if density is not None:
        raise InvalidValueError("--density belongs to a formula, as evanesce materials Lu1.8Y0.2SiO5 --density 7.1")
    from evanesce.materials import material, material_names, nist_material_names

    if nist:
        names = list(nist_material_names())
        write_json(names) if as_json else write_report("\n".join(names))
        return
    found = [_about(material(each)) for each in material_names()]
    if as_json:
        write_json(found)
        return
    columns = ("name", "formula", "density [g/cm3]", "X0 [cm]", "nuclear length [cm]", "source")
    keys = ("name", "formula", "density_g_cm3", "radiation_length_cm", "interaction_length_cm", "reference")
    write_report(
        Table(columns=columns, rows=[[row[key] for key in keys] for row in found]),
        f"{len(nist_material_names())} NIST compounds are available by name, too: evanesce materials --nist",
    )


def _show(name: str, density: float | None, as_json: bool) -> None:
    found = arg.target_material(name, density)
    if as_json:
        write_json(_about(found))
    else:
        write_report("\n".join(f"{key}: {value}" for key, value in _about(found).items() if value is not None))


def _about(found: Material) -> dict[str, Any]:
    from evanesce.materials import catalogue_formula, material_names

    return {
        "name": found.name,
        "formula": catalogue_formula(found.name) if found.name in material_names() else None,
        "atoms": found.composition,
        "density_g_cm3": found.density,
        "radiation_length_cm": found.radiation_length,
        "radiation_length_g_cm2": found.radiation_length_g_cm2,
        "interaction_length_cm": found.interaction_length,
        "electrons_per_cm3": found.electron_density,
        "reference": found.reference,
    }
