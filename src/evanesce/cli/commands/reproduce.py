"""``evanesce reproduce``: every number and figure of the paper, next to the results of this package."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import progress, write_json, write_report
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.reproduce.row import Row

_PRESETS: Final = ("published", "converged", "reference")
_WIDTH: Final = 100
_NUMBER: Final = 13
"""Width of a column of numbers, with the gap before it."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="reproduce")(_reproduce)


def _reproduce(
    output: Annotated[
        str | None, typer.Option("--output", metavar="DIR", help="Write tables and figures to this folder.")
    ] = None,
    card: arg.Card = None,
    paper_only: Annotated[
        bool, typer.Option("--paper-only", help="Leave out layers of the detector, bins and projections.")
    ] = False,
    as_json: arg.Json = False,
) -> None:
    """Every number and figure of the paper.

    The paper is arXiv:2212.04252. --card changes its experiment, belle2.
    """
    changes, folder = arg.card_changes(card), _folder(output)

    from evanesce.reproduce import run

    with progress() as step:
        rows = run(output=folder, changes=changes or None, paper_only=paper_only, progress=step)
    if as_json:
        write_json([row.as_dict() for row in rows])
        return
    where = (
        [] if folder is None else [f"tables: {folder}/table.md (.csv, .json); figures: {folder}/figures (.pdf, .png)"]
    )
    write_report("\n".join(_lines(rows)), *where)


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table section by section, with notes below their numbers."""
    presets = [name for name in _PRESETS if any(getattr(row, name) is not None for row in rows)]
    room = _WIDTH - _NUMBER * (1 + len(presets))
    yield " " * room + "".join(name.rjust(_NUMBER) for name in ("paper", *presets))
    yield "(in): an input of the calculation"
    for section, members in groupby(rows, key=lambda row: row.section):
        yield f"\n{'section' if section[:1].isdigit() else 'appendix'} {section}"
        for row in members:
            unit = f" [{row.unit}]" if row.unit else ""
            about = f"{row.quantity}{unit}{' (in)' if row.kind == 'input' else ''}"
            sign = row.comparison if row.comparison not in ("", "=") and row.paper is not None else ""
            numbers = [f"{sign} {_number(row.paper)}".strip(), *(_number(getattr(row, name)) for name in presets)]
            *above, last = textwrap.wrap(about, room - 2, initial_indent="  ", subsequent_indent="    ")
            yield from above
            yield last.ljust(room) + "".join(number.rjust(_NUMBER) for number in numbers)
            if row.note:
                yield textwrap.fill(row.note, _WIDTH, initial_indent="      ", subsequent_indent="      ")


def _number(value: float | None) -> str:
    return "-" if value is None or value != value else f"{value:.5g}"


def _folder(output: str | None) -> Path | None:
    """Check ``--output`` before the computation."""
    if output is None:
        return None
    if not output.strip() or "\0" in output:
        raise InvalidValueError(f"--output = '{output}': must be the name of a folder")
    folder = Path(output)
    if folder.is_file():
        raise InvalidValueError(f"--output = '{output}': is a file; give a folder")
    return folder
