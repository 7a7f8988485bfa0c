"""A scan of the background in a file: its suffix selects the format."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evanesce.cli.limit_files import checked_path, reported
from evanesce.representation import strict
from evanesce.scratch import replacing

if TYPE_CHECKING:
    from evanesce.experiments import BackgroundScan

__all__ = ["check_scan_output", "write_scan"]


def check_scan_output(output: str) -> None:
    """Raise, before the computation, if a file of a scan cannot be written; as for limits."""
    checked_path(output, "format of a scan", _WRITERS)


def write_scan(scan: BackgroundScan, output: str) -> None:
    """Write a scan to a file, completely or not at all.

    Raises
    ------
    DataFileError
        The file cannot be written.
    MissingExtraError
        A figure without matplotlib.

    """
    path = Path(output)
    with reported(path), replacing(path) as staged:
        _WRITERS[path.suffix.lower()](scan, staged)


def _json(scan: BackgroundScan, path: Path) -> None:
    path.write_text(json.dumps(strict(scan.as_dict()), allow_nan=False) + "\n", encoding="utf-8")


def _csv(scan: BackgroundScan, path: Path) -> None:
    """One row for each value; a comment before the columns records the fields."""
    names = ["total", *scan.components]
    columns = zip([scan.total, *scan.expected], [scan.total_error, *scan.error], strict=True)
    values = [scan.values, *(column for pair in columns for column in pair)]
    with path.open("w", encoding="utf-8", newline="") as file:
        about = {"experiment": scan.experiment, "fields": list(scan.fields)}
        file.write(f"# {json.dumps(about, ensure_ascii=True)}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["value", *(column for name in names for column in (name, f"{name} error"))])
        writer.writerows(zip(*(column.tolist() for column in values), strict=True))


def _figure(scan: BackgroundScan, path: Path) -> None:
    from evanesce.figures import BackgroundCurves, draw_background, render

    shown = BackgroundCurves(
        field=scan.fields[0].rpartition(".")[2].replace("_", " "),
        values=scan.values,
        components=dict(zip(scan.components, scan.expected, strict=True)),
        total=scan.total,
        total_error=scan.total_error,
    )
    files = render([lambda ax: draw_background(ax, shown)])
    path.write_bytes(files[path.suffix.lower().removeprefix(".")])


_WRITERS: Final[dict[str, Callable[[BackgroundScan, Path], None]]] = {
    ".csv": _csv,
    ".json": _json,
    ".pdf": _figure,
    ".png": _figure,
}
