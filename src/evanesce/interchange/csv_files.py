"""Limits as CSV: one row for each point, after comments that say how they were made."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any, Final

import numpy as np

from evanesce.errors import DataFileError, shortened
from evanesce.inputs import STORE_BYTES, read_text
from evanesce.interchange.limit_table import LimitTable
from evanesce.limits import LimitCurve, Outcome
from evanesce.representation import strict
from evanesce.statistics import BANDS

__all__ = ["read_csv", "write_csv"]

_NAMES: Final = {"mass": "mass_GeV", "alpha_d": "alpha_D"}
"""Columns called otherwise than in Python."""
_BAND: Final = "epsilon_expected_"
_OUTCOMES: Final = frozenset(outcome.meaning for outcome in Outcome)


def write_csv(curve: LimitCurve, path: str | os.PathLike[str]) -> None:
    """Write limits to a file, with all digits.

    Raises
    ------
    OSError
        The file cannot be written.

    """
    table = LimitTable.of(curve)
    columns: dict[str, Any] = {_NAMES.get(name, name): table.points[name] for name in table.axes}
    columns |= {"epsilon": table.epsilon, "epsilon_error": curve.epsilon_error, "y": curve.thermal_y}
    if table.observed is not None:
        columns["epsilon_observed"] = table.observed
    columns |= {f"{_BAND}{band:+d}": values for band, values in table.expected.items()}
    columns |= {f"events_at_epsilon_1_{name}": values for name, values in curve.yields.items()}
    columns["outcome"] = np.vectorize(lambda code: Outcome(int(code)).meaning, otypes=[object])(curve.outcome)
    about = {name: value for name, value in table.about.items() if name != "notes"} | {"points": table.epsilon.size}
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {json.dumps(strict(about), ensure_ascii=True)}\n")
        for note in curve.notes:
            file.write(f"# {note}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*(np.ravel(values).tolist() for values in columns.values()), strict=True))


def read_csv(path: str | os.PathLike[str]) -> LimitTable:
    """Read limits that :func:`write_csv` wrote.

    Raises
    ------
    DataFileError
        The file cannot be read, or was not written by this package.

    """
    lines = read_text(path, STORE_BYTES, expected=", give limits as CSV").splitlines()
    comments = [line[1:].strip() for line in lines if line.startswith("#")]
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    try:
        about: dict[str, Any] = json.loads(comments[0])
        about["notes"] = comments[1:]
        named = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
        _check_whole(named.pop("outcome"), about.pop("points", None))
        columns = {name: np.array([float(text) for text in texts]) for name, texts in named.items()}
        return _table(columns, about)
    except (AttributeError, IndexError, KeyError, ValueError, TypeError, RecursionError) as error:
        raise DataFileError(f"{os.fspath(path)}: is not a file of limits that evanesce wrote ({error})") from None


def _check_whole(outcomes: tuple[str, ...], points: int | None) -> None:
    """Raise for a file that is cut off: between two rows, or in its last field."""
    if points is not None and len(outcomes) != points:
        raise ValueError(f"{len(outcomes)} rows of {points}; it was cut off, write it again")
    if other := [one for one in outcomes if one not in _OUTCOMES]:
        raise ValueError(f"outcome '{shortened(other[0])}'; it was cut off or changed, write it again")


def _table(columns: dict[str, Any], about: dict[str, Any]) -> LimitTable:
    names = {shown: name for name, shown in _NAMES.items()}
    before = list(columns)[: list(columns).index("epsilon")]
    points = {names.get(name, name): columns[name] for name in before}
    axes = tuple(points)
    for name in ("alpha_d", "mass_ratio"):
        if name not in points:
            points[name] = np.full(len(columns["epsilon"]), float(about[name]))
    bands = {band: columns[f"{_BAND}{band:+d}"] for band in BANDS if f"{_BAND}{band:+d}" in columns}
    return LimitTable(
        axes=axes,
        points=points,
        epsilon=columns["epsilon"],
        epsilon_error=columns["epsilon_error"],
        observed=columns.get("epsilon_observed"),
        expected=bands,
        about=about,
    )
