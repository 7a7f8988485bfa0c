"""Writing the results: each file completely or not at all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from evanesce.errors import DataFileError
from evanesce.reproduce.row import Row
from evanesce.scratch import replacing

__all__ = ["table_files", "write_files"]

_COLUMNS: Final[tuple[str, ...]] = (
    "id", "section", "quantity", "unit", "kind", "comparison",
    "paper", "published", "converged", "reference", "note",
)  # fmt: skip
_NUMBERS: Final[tuple[str, ...]] = ("paper", "published", "converged", "reference")


def table_files(rows: Sequence[Row]) -> dict[str, bytes]:
    """Contents of the table as JSON, CSV and Markdown, by file name."""
    plain = [row.as_dict() for row in rows]
    return {
        "table.json": (json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode(),
        "table.csv": _csv(rows).encode(),
        "table.md": _markdown(rows).encode(),
    }


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files`` {relative name: contents} into ``folder``, which is made if necessary.

    All are written under temporary names first and then renamed, so a failure leaves neither half a file nor
    an empty folder.

    Raises
    ------
    DataFileError
        The folder cannot be made or written to.

    """
    targets = {folder / name: contents for name, contents in files.items()}
    made: list[Path] = []
    try:
        for parent in {target.parent for target in targets}:
            made += _missing(parent)
            parent.mkdir(parents=True, exist_ok=True)
        _replace(targets)
    except OSError as error:
        raise DataFileError(f"cannot write to '{folder}': {error.strerror or error}") from None
    finally:
        for path in sorted(made, reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()


def _missing(folder: Path) -> list[Path]:
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _replace(targets: Mapping[Path, bytes]) -> None:
    """Write every file under a temporary name, and rename them when all are complete."""
    with ExitStack() as all_written:
        for target, contents in targets.items():
            try:
                all_written.enter_context(replacing(target)).write_bytes(contents)
            except OSError as error:
                raise OSError(error.errno, f"'{target.name}' {error.strerror}") from None


def _csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        values = (getattr(row, column) for column in _COLUMNS)
        writer.writerow(["" if value is None else value for value in values])
    return text.getvalue()


def _markdown(rows: Sequence[Row]) -> str:
    header = ("section", "quantity", "unit", "kind", *_NUMBERS, "note")
    lines = [_line(header), _line(["---"] * 4 + ["---:"] * len(_NUMBERS) + ["---"])]
    for row in rows:
        numbers = [_short(getattr(row, column)) for column in _NUMBERS]
        if row.comparison not in ("", "="):
            numbers[0] = f"{row.comparison} {numbers[0]}"
        lines.append(_line([row.section, row.quantity, row.unit, row.kind, *numbers, row.note]))
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.5g}"
