"""``evanesce reproduce``: every number and figure of the paper, beside what this package gets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import Table, progress, write_json, write_report
from evanesce.errors import InvalidValueError

_PRESETS: Final = ("published", "converged", "reference")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="reproduce")(_reproduce)


def _reproduce(
    output: Annotated[
        str | None, typer.Option("--output", metavar="DIR", help="Write tables and figures to this folder.")
    ] = None,
    card: arg.Card = None,
    as_json: arg.Json = False,
) -> None:
    """Every number and figure of the paper.

    The paper is arXiv:2212.04252; --card varies its experiment, belle2.
    """
    changes, folder = arg.card_changes(card), _folder(output)

    from evanesce.reproduce import run

    with progress() as step:
        rows = run(output=folder, changes=changes or None, progress=step)
    data: list[dict[str, Any]] = [row.as_dict() for row in rows]
    if as_json:
        write_json(data)
        return
    presets = [name for name in _PRESETS if any(row[name] is not None for row in data)]
    columns = ("section", "quantity", "unit", "kind", "paper", *presets)
    table = Table(columns=columns, rows=[[row[name] for name in columns] for row in data])
    write_report(table, *([] if output is None else [f"tables and figures are in {output}"]))


def _folder(output: str | None) -> Path | None:
    """Read ``--output`` before the work begins."""
    if output is None:
        return None
    if not output.strip() or "\0" in output:
        raise InvalidValueError(f"--output = '{output}': must be the name of a folder")
    folder = Path(output)
    if folder.is_file():
        raise InvalidValueError(f"--output = '{output}': is a file, give a folder")
    return folder
