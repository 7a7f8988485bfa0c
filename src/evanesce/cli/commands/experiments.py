"""``evanesce experiments``: list the built-in cards, show one, start or check your own."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.group import command_group
from evanesce.cli.options import names_of_experiments
from evanesce.cli.output import Table, knows_unicode, say, write, write_json, write_report
from evanesce.errors import InvalidValueError, shortened


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = command_group("List, show, start or validate experiment cards.")
    group.command(name="list")(_list)
    group.command(name="show")(_show)
    group.command(name="new")(_new)
    group.command(name="validate")(_validate)
    app.add_typer(group, name="experiments")


def _list(as_json: arg.Json = False) -> None:
    """List the built-in experiments, and those of plug-ins."""
    from evanesce.errors import CardError
    from evanesce.experiments import experiment, experiment_names

    found = []
    for name in experiment_names():
        try:
            found.append(experiment(name))
        except CardError as error:  # of a plug-in
            say(f"warning: experiment '{name}' is left out: {error}")
    if as_json:
        write_json([{"name": e.name, "title": e.title, "reference": e.reference} for e in found])
        return
    rows = [(e.name, e.title, e.reference) for e in found]
    write_report(Table(columns=("name", "title", "reference"), rows=rows))


def _show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Built-in name or path of a YAML card.", autocompletion=names_of_experiments
        ),
    ],
    card: arg.Card = None,
    as_json: arg.Json = False,
) -> None:
    """Show a card with its units and comments, as a start for your own.

    Without --card this is the text of the card as its author wrote it; with changes it lists every field, including
    defaults, with its meaning.
    """
    from evanesce.experiments import card_source, card_text, experiment

    changes = arg.card_changes(card)
    found = experiment(name, changes)
    if as_json:
        write_json(found.as_dict())
        return
    text = card_source(name) if not changes else ""
    write(text if text and (knows_unicode() or text.isascii()) else card_text(found, unicode=knows_unicode()))


def _new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of your experiment; the file is NAME.yaml.")],
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="What to start from: collider or beam.",
            autocompletion=lambda: ["beam", "collider"],
        ),
    ] = "collider",
    output: Annotated[
        str | None, typer.Option("--output", metavar="PATH", help="Path of the file. [default: NAME.yaml]")
    ] = None,
    as_json: arg.Json = False,
) -> None:
    """Write a card of your own to start from: every field with its meaning, unit and allowed words.

    A file that exists is not overwritten. The card is complete: 'evanesce limit NAME.yaml' works at once.
    """
    from evanesce.experiments import new_card

    text = new_card(name, kind)
    if output is None and Path(name).name != name:
        raise InvalidValueError(f"NAME = '{shortened(name)}': must be a name without folder; --output names the file")
    path = Path(output or f"{name}.yaml")
    if path.suffix not in (".yaml", ".yml"):
        raise InvalidValueError(f"--output = '{output}': must end in .yaml")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InvalidValueError(f"{path}: exists already; remove it, or choose another name or --output") from None
    if as_json:
        write_json({"name": name, "path": str(path), "kind": kind})
        return
    quoted = shlex.quote(str(path))
    write_report(
        f"{path}: written; every field has its meaning, unit and allowed words next to it. Try next:\n"
        f"  evanesce experiments validate {quoted}\n"
        f"  evanesce limit {quoted} --mass 0.01:0.3:50"
    )


def _validate(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A YAML card.")], as_json: arg.Json = False
) -> None:
    """Check a card: its fields, its numbers, its criterion and its backgrounds."""
    from evanesce.experiments import experiment, experiment_names

    found = experiment(path if path in experiment_names() else Path(path))
    one = len(found.channels) == 1
    data = {
        "valid": True,
        "path": path,
        "name": found.name,
        "criterion": found.criterion,
        "background": found.background,
        "signal_limit": found.signal_limit if one else None,
        "background_budget": found.background_budget().total,
    }
    if as_json:
        write_json(data)
    else:
        counts = f"excludes {found.signal_limit:.4g} signal events" if one else f"has {len(found.channels)} channels"
        write_report(f"{path}: valid; '{found.name}' {counts} ({found.criterion}, background {found.background:g})")
