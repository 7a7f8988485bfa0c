"""``evanesce background``: expected background of an experiment, by component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import ExperimentName
from evanesce.cli.output import Table, patience, say, write_json, write_report
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.experiments import Experiment

_NOTE: Final = {True: "upper limit", False: ""}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="background")(_background)


def _background(
    experiment: ExperimentName,
    scan: Annotated[
        str | None,
        typer.Option(
            "--scan",
            metavar="FIELD[,FIELD...]=V[,V...]|LO:HI:N",
            help="Background along a number on the card, as missing_fraction=0.95:0.99:20, spaced in log; "
            "several fields take the same value.",
        ),
    ] = None,
    card: arg.Card = None,
    output: Annotated[
        str | None,
        typer.Option("--output", metavar="FILE", help="Write a scan to a file: .csv .json .pdf .png."),
    ] = None,
    as_json: arg.Json = False,
) -> None:
    """Expected background, by component."""
    from evanesce.experiments import experiment as find_experiment

    if output is not None and scan is None:
        raise InvalidValueError(f"--output '{output}': is the file of a scan; give --scan too, or --json alone")
    found = find_experiment(experiment, arg.card_changes(card))
    if scan is not None:
        _scan(found, scan, output, as_json)
        return
    from evanesce.backgrounds import stated_error

    with patience("background"):
        budget: dict[str, Any] = found.background_budget().as_dict()
        used = found.background
    if as_json:
        write_json({"experiment": found.name, **budget, "background": used})
        return
    rows = [
        (
            part["name"],
            part["expected"],
            stated_error(part["expected"], part["error"]),
            part["poisson_error"],
            _NOTE[part["upper_limit"]],
            part["source"],
        )
        for part in budget["components"]
    ]
    total_error = stated_error(budget["total"], budget["total_error"])
    total = ("total", budget["total"], total_error, budget["total_poisson_error"], "", "")
    write_report(
        f"{found.name}: expected background events (--json has the inputs of each)",
        Table(columns=("component", "events", "error", "Poisson", "", "source"), rows=[*rows, total]),
        "error: of the expectation, if known; Poisson: of the count in the data\n"
        f"limits of this card are computed with {used:g}",
    )


def _scan(found: Experiment, text: str, output: str | None, as_json: bool) -> None:
    from evanesce.cli.background_files import check_scan_output, write_scan
    from evanesce.experiments import background_scan

    names, equals, values = text.rpartition("=")
    if not equals:
        raise InvalidValueError(f"--scan '{text}': must be FIELD=LO:HI:N, as missing_fraction=0.95:0.99:20")
    if output is not None:
        check_scan_output(output)
    with patience("background"):
        made = background_scan(found, names.split(","), arg.numbers("--scan", values))
    if output is not None:
        write_scan(made, output)
    for note in made.notes:
        say(f"warning: {note}")
    if as_json:
        write_json(made.as_dict())
        return
    columns = (made.fields[0].rpartition(".")[2], *made.components, "total", "error")
    rows = list(zip(*(c.tolist() for c in (made.values, *made.expected, made.total, made.total_error)), strict=True))
    write_report(
        f"{found.name}: expected background events along {', '.join(made.fields)}",
        Table(columns=columns, rows=rows),
    )
