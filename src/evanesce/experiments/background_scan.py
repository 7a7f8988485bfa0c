"""The background of a card along one of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.errors import EvanesceError, InvalidValueError, unknown_name
from evanesce.experiments.changes import value_of
from evanesce.experiments.loader import experiment as find_experiment
from evanesce.experiments.model import Experiment
from evanesce.representation import Facts, html_table, summary
from evanesce.validation import FloatArray, finite_array

__all__ = ["BackgroundScan", "background_scan"]

_MOST: Final[int] = 10_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class BackgroundScan:
    """Expected background events at each value of a field, by component."""

    experiment: str
    fields: tuple[str, ...]
    """Dotted names of the fields that have the value; several move together."""
    values: FloatArray
    components: tuple[str, ...]
    """Names of the components."""
    expected: FloatArray
    """Expected events, shape (components, values)."""
    error: FloatArray
    """Their uncertainties, shape (components, values)."""
    total: FloatArray
    """Sum of the components, shape (values,)."""
    total_error: FloatArray
    """Its uncertainty: what components share by name adds linearly, the rest in quadrature."""

    @property
    def notes(self) -> tuple[str, ...]:
        """A warning if no component depends on the fields, as on an input that another field of the card replaces."""
        if self.values.size < 2 or np.any(self.expected != self.expected[:, :1]):
            return ()
        names = ", ".join(self.fields)
        return (f"{names}: no component depends on it; a field of the card may replace it, as a quoted number does",)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "experiment": self.experiment,
            "fields": list(self.fields),
            "values": self.values.tolist(),
            "components": [
                {"name": name, "expected": expected.tolist(), "error": error.tolist()}
                for name, expected, error in zip(self.components, self.expected, self.error, strict=True)
            ],
            "total": self.total.tolist(),
            "total_error": self.total_error.tolist(),
        }

    def facts(self) -> Facts:
        """Names and values for printing."""
        yield "fields", self.fields
        yield "values", self.values
        yield from zip(self.components, self.expected, strict=True)
        yield "total", self.total
        yield "error of the total", self.total_error
        yield from (("note", note) for note in self.notes)

    def __repr__(self) -> str:
        return summary(f"Background of {self.experiment}", self.facts())

    def _repr_html_(self) -> str:
        return html_table(f"Background of {self.experiment}", self.facts())


def background_scan(experiment: str | Experiment, field: str | Sequence[str], values: npt.ArrayLike) -> BackgroundScan:
    """Estimate every component of the background at values of a field of the card.

    Parameters
    ----------
    experiment
        An experiment with one channel, its name or the path of its card.
    field
        Dotted name of a number on the card, as ``selection.missing_fraction``; its last part alone is enough where only
        one field ends in it. Several fields take the same value, as the veto efficiency of every component.
    values
        Values of the field, in its unit.

    Raises
    ------
    UnknownNameError
        No number on the card has this name.
    InvalidValueError
        A short name of several fields, no values, or a value at which the card or a component does not apply.

    Examples
    --------
    >>> scan = background_scan("belle2", "luminosity", [25, 50])
    >>> scan.fields, [round(float(events), 1) for events in scan.total]
    (('source.luminosity',), [47.4, 94.9])

    """
    card = find_experiment(experiment)
    if not card.backgrounds:
        raise InvalidValueError(f"experiment '{card.name}': has no background components, there is nothing to scan")
    plain = card.as_dict()
    names = [field] if isinstance(field, str) else list(field)
    if not names:
        raise InvalidValueError("field: give the name of a number on the card, as selection.missing_fraction")
    fields = tuple(_full_name(plain, name) for name in names)
    points = finite_array("values", values).ravel()
    if not 1 <= points.size <= _MOST:
        raise InvalidValueError(f"values: there are {points.size}, give 1 to {_MOST}")
    budgets = []
    for value in points.tolist():
        number: float | int = int(value) if _is_whole(value_of(plain, fields[0], card.name), value) else value
        try:
            budgets.append(card.replace(dict.fromkeys(fields, number)).background_budget())
        except EvanesceError as error:
            raise InvalidValueError(f"{fields[0]} = {value:g}: {error}") from None
    parts = [budget.components for budget in budgets]
    return BackgroundScan(
        experiment=card.name,
        fields=fields,
        values=points,
        components=tuple(part.name for part in parts[0]),
        expected=np.array([[part.expected for part in row] for row in parts]).reshape(len(parts), -1).T,
        error=np.array([[part.error for part in row] for row in parts]).reshape(len(parts), -1).T,
        total=np.array([budget.total for budget in budgets]),
        total_error=np.array([budget.total_error for budget in budgets]),
    )


def _is_whole(now: object, value: float) -> bool:
    return isinstance(now, int) and value == int(value)


def _full_name(card: dict[str, Any], name: str) -> str:
    """Return the dotted name of a number on the card from its end."""
    if not isinstance(name, str):
        raise InvalidValueError(f"field = {name!r}: must be the name of a field, as selection.missing_fraction")
    known = list(_numbers(card, ""))
    if name in known:
        return name
    matching = [one for one in known if one.endswith(f".{name}")]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise InvalidValueError(f"field '{name}': the card has {', '.join(matching)}; give one of them, or several")
    try:
        value = value_of(card, name, "field")
    except EvanesceError:
        raise unknown_name("number on the card", name, known) from None
    if not _is_number(value):
        raise InvalidValueError(f"field '{name}': is no number on this card, it cannot be scanned")
    return name


def _numbers(node: Any, prefix: str) -> Iterator[str]:
    """Yield dotted names of all numbers; items of a list by their label or name, else by position."""
    items: Any = ()
    if isinstance(node, dict):
        items = node.items()
    elif isinstance(node, list):
        items = ((_label(item, i), item) for i, item in enumerate(node))
    for key, value in items:
        name = f"{prefix}{key}"
        if _is_number(value):
            yield name
        else:
            yield from _numbers(value, f"{name}.")


def _label(item: Any, position: int) -> str:
    label = item.get("label", item.get("name")) if isinstance(item, dict) else None
    return str(position) if label is None or "." in str(label) else str(label)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
