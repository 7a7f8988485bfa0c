"""The table: every entry for every preset."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from evanesce.errors import EvanesceError
from evanesce.experiments import experiment
from evanesce.physics import resolve_physics
from evanesce.reproduce.entries import Entry
from evanesce.reproduce.row import Row
from evanesce.reproduce.setting import Setting

__all__ = ["COLUMNS", "Progress", "build_rows", "make_settings"]

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with the name of the next step, the number of finished steps and their total."""

COLUMNS: Final[tuple[str, ...]] = ("published", "converged", "reference")
"""Presets of the table, each a column of the same name."""


def make_settings(changes: Mapping[str, Any] | None = None) -> dict[str, Setting]:
    """Prepare the experiments for each preset; ``changes`` are applied to the card of Belle II."""
    belle2, na64, radiative = (
        experiment("belle2", changes),
        experiment("na64-2019-published"),
        experiment("belle2-radiative"),
    )
    return {
        name: Setting(belle2=belle2, na64=na64, radiative=radiative, options=resolve_physics(name)) for name in COLUMNS
    }


def build_rows(settings: Mapping[str, Setting], entries: Iterable[Entry], progress: Callable[[str], None]) -> list[Row]:
    """Compute the row of each entry; ``progress`` is called with its name before."""
    rows = []
    for entry in entries:
        progress(entry.id)
        rows.append(_row(entry, settings))
    return rows


def _row(entry: Entry, settings: Mapping[str, Setting]) -> Row:
    notes: list[str] = [entry.note] if entry.note else []
    values: dict[str, float | None] = {}
    for name, setting in settings.items():
        values[name], reason = _value(entry, setting)
        if reason and reason not in notes:
            notes.append(reason)
    stated = entry.paper
    return Row(
        id=entry.id,
        section=entry.section,
        quantity=entry.quantity,
        unit=entry.unit,
        kind=entry.kind,
        paper=None if stated is None else stated.value,
        comparison="" if stated is None else stated.comparison,
        rounding=None if stated is None else stated.rounding,
        note="; ".join(notes),
        **values,
    )


def _value(entry: Entry, setting: Setting) -> tuple[float | None, str]:
    """The number, or None and the reason: with a changed card a quantity may have no meaning."""
    try:
        value = float(entry.value(setting))
    except EvanesceError as error:
        return None, str(error)
    return (value, "") if math.isfinite(value) else (None, "no finite value")
