"""One-line messages for errors in cards."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from evanesce.errors import EvanesceError, shortened, unknown_name

__all__ = ["FieldError", "check_names", "located", "one_line", "short"]

_MUST: Final[dict[str, str]] = {
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
}


class FieldError(ValueError):
    """An error in a field of the mapping under validation; ``field`` is "" for the mapping itself."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(field + text)
        self.field = field
        self.text = text


def check_names(value: Any, allowed: Sequence[str], required: Sequence[str]) -> None:
    """Raise for unknown and missing fields of a mapping; pydantic handles values of other types."""
    if not isinstance(value, Mapping):
        return
    for name in value:
        if name not in allowed:
            text = str(unknown_name("field", name, allowed)).partition(": known are ")[2]
            raise FieldError(shortened(str(name)), f": unknown field; allowed are {text}")
    missing = [name for name in required if name not in value]
    if missing:
        raise FieldError(missing[0], f": is missing; required: {', '.join(required)}")


def located(error: EvanesceError, value: Mapping[str, Any]) -> FieldError:
    """Assign a message such as "luminosity = -3.0: must be ..." to its field of ``value``."""
    text = str(error)
    match = re.match(r"(\w+)( = (?P<number>[^:]+))?(?P<rest>:.*)", text, re.DOTALL)
    if match is None or match[1] not in value:
        return FieldError("", f": {text}")
    came = value[match[1]]
    if match["number"] and isinstance(came, (int, float)):  # as written on the card: -3, not -3.0
        return FieldError(match[1], f" = {came}{match['rest']}")
    return FieldError(match[1], text.removeprefix(match[1]))


def one_line(error: ValidationError, card: Any) -> str:
    """Describe the first error, and count the others."""
    errors = error.errors(include_url=False)
    first = errors[0]
    path = _path(first["loc"], card)
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, FieldError):
        path += [cause.field] if cause.field else []
        text = cause.text if path else cause.text.removeprefix(": ")
    else:
        must = _MUST.get(first["type"]) or first["msg"].replace("Input should be", "must be").lower()
        text = f" = {short(first['input'])}: {must}" if path else f"is {short(first['input'])}, {must}"
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return " ".join((".".join(path) + text + more).split())


def _path(loc: Sequence[str | int], card: Any) -> list[str]:
    """Remove the kinds of entries from a location; pydantic counts them as a level."""
    path: list[str] = []
    node = card
    for step in loc:
        if isinstance(node, Mapping) and step not in node and node.get("kind") == step:
            continue
        path.append(str(step))
        if isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node):
            node = node[step]
    return path


def short(value: Any) -> str:
    """Return ``value`` as text of at most 60 characters or so."""
    brief = reprlib.Repr()
    brief.maxother = brief.maxstring = 60
    return shortened(" ".join(brief.repr(list(value) if isinstance(value, tuple) else value).split()))
