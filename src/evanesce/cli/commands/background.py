"""``evanesce background``: what else makes a track vanish in an experiment."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import Table, write_json, write_report

_NOTE: Final = {True: "upper limit", False: ""}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="background")(_background)


def _background(
    experiment: Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Built-in name or path of a YAML card.")],
    card: arg.Card = None,
    as_json: arg.Json = False,
) -> None:
    """Expected background, by component."""
    from evanesce.experiments import experiment as find_experiment

    found = find_experiment(experiment, arg.card_changes(card))
    budget: dict[str, Any] = found.background_budget().as_dict()
    if as_json:
        write_json({"experiment": found.name, **budget, "background": found.background})
        return
    rows = [
        (part["name"], part["expected"], part["error"], _NOTE[part["upper_limit"]], part["source"])
        for part in budget["components"]
    ]
    total = ("total", budget["total"], budget["total_error"], "", "")
    write_report(
        f"{found.name}: expected background events (--json has the inputs of each)",
        Table(columns=("component", "events", "error", "", "source"), rows=[*rows, total]),
        f"limits of this card are computed with {found.background:g}",
    )
