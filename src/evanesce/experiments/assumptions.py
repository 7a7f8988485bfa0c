"""What a card assumes: fields whose values no publication states, each with the reason for its value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evanesce.errors import CardError, InvalidValueError
from evanesce.experiments.changes import value_of
from evanesce.validation import printable

__all__ = ["Assumption", "checked", "listed", "mapped", "still_made"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A field whose value is assumed or fitted, and not published.

    Raises
    ------
    InvalidValueError
        On construction: an empty name or an empty reason.

    """

    field: str
    """Dotted name of the field, as ``target.thickness``; of a whole part, if all of it is assumed."""
    reason: str
    """What was assumed and why; for a fitted number, to what it was fitted."""

    def __post_init__(self) -> None:
        for name in ("field", "reason"):
            if not printable(name, getattr(self, name)).strip():
                raise InvalidValueError(f"{name} = '{getattr(self, name)}': must not be empty")


def listed(assumed: Any) -> Any:
    """Return the mapping {field: reason} of a card as the list that it is short for; anything else unchanged.

    >>> listed({"efficiency": "fitted to the published curve"})
    [{'field': 'efficiency', 'reason': 'fitted to the published curve'}]
    """
    if isinstance(assumed, Mapping):
        return [{"field": name, "reason": reason} for name, reason in assumed.items()]
    return assumed


def mapped(assumed: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return plain assumptions in the short form of a card, {field: reason}."""
    return {entry["field"]: entry["reason"] for entry in assumed}


def checked(assumed: Any, card: Mapping[str, Any]) -> tuple[Assumption, ...]:
    """Return assumptions as a tuple after checking that ``card``, plain data, has their fields.

    Raises
    ------
    InvalidValueError
        Something that is not an assumption, a field that does not exist, or one that is given twice.

    """
    if not isinstance(assumed, (list, tuple)) or not all(isinstance(one, Assumption) for one in assumed):
        raise InvalidValueError("assumed: must be a list of assumptions; make one with Assumption(field=, reason=)")
    names = [one.field for one in assumed]
    for name in names:
        if names.count(name) > 1:
            raise InvalidValueError(f"assumed: '{name}' is given twice; keep one")
        try:
            value_of(card, name, "assumed")
        except CardError as error:
            raise InvalidValueError(f"{error}; name a field of this card, as target.thickness") from None
    return tuple(assumed)


def still_made(assumed: Sequence[Assumption], changes: Iterable[str]) -> tuple[Assumption, ...]:
    """Return the assumptions about fields that ``changes``, dotted names, leave as they are.

    >>> assumption = Assumption(field="target.thickness", reason="not published")
    >>> still_made([assumption], ["target"]), len(still_made([assumption], ["target.material"]))
    ((), 1)
    """
    names = tuple(changes)
    return tuple(one for one in assumed if not any(f"{one.field}.".startswith(f"{name}.") for name in names))
