"""``evanesce background``: expected background of an experiment, by component."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import Table, write_json, write_report

_NOTE: Final = {True: "upper limit", False: ""}
_NUMERICAL: Final = 1e-9
"""A smaller relative error is only the numerical error of an integral."""


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
        (
            part["name"],
            part["expected"],
            _shown(part["expected"], part["error"]),
            part["poisson_error"],
            _NOTE[part["upper_limit"]],
            part["source"],
        )
        for part in budget["components"]
    ]
    total_error = _shown(budget["total"], budget["total_error"])
    total = ("total", budget["total"], total_error, budget["total_poisson_error"], "", "")
    write_report(
        f"{found.name}: expected background events (--json has the inputs of each)",
        Table(columns=("component", "events", "error", "Poisson", "", "source"), rows=[*rows, total]),
        "error: of the expectation, if known; Poisson: of the count in the data\n"
        f"limits of this card are computed with {found.background:g}",
    )


def _shown(expected: float, error: float) -> float | None:
    """Return the error, or None if it is only numerical."""
    return error if error > _NUMERICAL * expected else None
