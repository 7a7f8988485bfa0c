"""``evanesce geant4``: its data, and what is simulated with it."""

from __future__ import annotations

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import write_json, write_report


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Prepare data for Geant4, and simulate with it.")
    group.command(name="prepare")(_prepare)
    app.add_typer(group, name="geant4")


def _prepare(as_json: arg.Json = False) -> None:
    """Find the official data sets, or write stand-ins into the cache.

    Stand-ins validate nothing below 1 GeV. Nothing is downloaded.
    """
    from evanesce.showers.geant4 import geant4_data

    data = geant4_data(hadronic=True)
    about = {**data.as_dict(), "environment": data.environment()}
    if as_json:
        write_json(about)
        return
    lines = [f"data: {about['source']} ({', '.join(about['sets'])})"]
    if "valid" in about:
        lines.append(f"valid for: {about['valid']}")
    write_report("\n".join(lines), "\n".join(f"{name}={value}" for name, value in data.environment().items()))
