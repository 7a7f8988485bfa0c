"""One call for everything: the table and, if there is an output folder, its files and the figures."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from evanesce.figures import style_parameters
from evanesce.reproduce.output import table_files, write_files
from evanesce.reproduce.pictures import PICTURES
from evanesce.reproduce.row import Row
from evanesce.reproduce.sections import ENTRIES
from evanesce.reproduce.table import Progress, build_rows, make_settings

__all__ = ["run"]


def run(
    output: Path | None = None,
    *,
    changes: Mapping[str, Any] | None = None,
    paper_only: bool = False,
    progress: Progress | None = None,
) -> list[Row]:
    """Compute every number of arXiv:2212.04252 and return the table.

    Parameters
    ----------
    output
        Folder for ``table.json``, ``table.csv``, ``table.md`` and ``figures/``; if None, nothing is written.
        All files appear together at the end, or none if anything fails.
    changes
        Changes to the card of Belle II, by dotted names, as in :meth:`evanesce.Experiment.replace`.
    paper_only
        Leave out what is not in the paper: layers of the detector, bins, projections. It takes a quarter of the time.
    progress
        Called before each step with its name, the number of finished steps and their total; and once at the end.

    Raises
    ------
    CardError
        A change that the card does not allow.
    MissingExtraError
        With ``output``, if the plotting libraries are not installed; raised before the computation.
    DataFileError
        The files cannot be written.

    Examples
    --------
    >>> table = {row.id: row for row in run(changes={"source.luminosity": 25}, paper_only=True)}
    >>> f"{table['positrons'].paper:.0e}", f"{table['positrons'].published:.2e}"
    ('6e+11', '3.00e+11')

    """
    entries = [entry for entry in ENTRIES if not (paper_only and entry.beyond)]
    pictures = [] if output is None else [picture for picture in PICTURES if not (paper_only and picture.beyond)]
    if pictures:
        style_parameters()  # fails before the computation if figures cannot be drawn
    total = len(entries) + len(pictures)
    steps = count()

    def step(name: str) -> None:
        done = next(steps)
        if progress is not None:
            progress(name, done, total)

    settings = make_settings(changes)
    rows = build_rows(settings, entries, step)
    if output is not None:
        files = table_files(rows)
        for picture in pictures:
            step(picture.slug)
            contents = picture.make(settings)
            files |= {f"figures/{picture.slug}.{kind}": data for kind, data in contents.items()}
        write_files(Path(output), files)
    step("done")
    return rows
