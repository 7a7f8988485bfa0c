"""``evanesce plugins``: what other installed packages add."""

from __future__ import annotations

import warnings

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import Table, write_json, write_report


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="plugins")(_plugins)


def _plugins(as_json: arg.Json = False) -> None:
    """Plug-ins of installed packages, and their faults.

    A plug-in adds a mediator, source, shower, process, background, criterion, or cards of experiments.
    """
    from evanesce.cli.describe import describe_kinds
    from evanesce.errors import PlugInWarning
    from evanesce.experiments import experiment_names
    from evanesce.plugins import found

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlugInWarning)  # the table says it
        describe_kinds()
        experiment_names()
    plug_ins = found()
    if as_json:
        keys = ("kind", "name", "package", "place", "problem")
        write_json([{key: getattr(each, key) for key in keys} for each in plug_ins])
        return
    if not plug_ins:
        write_report("No installed package has plug-ins; docs/plug-ins.md says how to write one.")
        return
    rows = [(each.kind, each.name, each.package, each.place, each.problem or "") for each in plug_ins]
    write_report(Table(columns=("kind", "name", "package", "place", "problem"), rows=rows))
