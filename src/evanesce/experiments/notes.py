"""The meaning of each field of a card, from the dataclasses, and a card with these notes as comments."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, Final, get_type_hints

from evanesce.experiments.schema import Compound
from evanesce.materials import Material
from evanesce.representation import attribute_notes, first_sentence

__all__ = ["annotated", "field_note"]

_COMMON: Final[dict[str, str]] = {
    "bremsstrahlung_curve": "Published limit that fixes the bremsstrahlung yield, Eq. (C.1) of arXiv:2212.04252",
    "kind": "Type of the entry",
    "label": "Name of the component in the budget, different for each",
    "material": "Name of a material, or a formula with its density",
    "name": "Name in results and errors",
    "reference": "Where the numbers come from",
    "source": "Where the tracks come from",
}
"""Default meaning of fields without a text of their own."""
_WIDTH: Final = 110


def field_note(cls: Any, name: str) -> str:
    """Return the meaning of a dataclass field with its unit, as one line without the final dot.

    >>> from evanesce.sources import Bhabha
    >>> field_note(Bhabha, "luminosity")
    'Integrated luminosity in ab⁻¹'
    """
    own = attribute_notes(cls).get(name)
    if own is None and name not in _COMMON:
        kind = get_type_hints(cls).get(name)
        own = first_sentence(kind) if is_dataclass(kind) else ""
    return (own or _COMMON.get(name, "")).replace("``", "").rstrip(".")


def annotated(
    owner: Callable[[str], Any],
    data: dict[str, Any],
    value: Callable[[Any], str],
    indent: str = "",
    *,
    allowed: Callable[[Any, str], str] = lambda cls, name: "",  # noqa: ARG005 - nothing is said of allowed words
) -> Iterator[str]:
    """Yield plain data as lines with notes; ``owner`` finds a field's object, ``value`` writes a leaf.

    ``allowed`` says which words a field of a class takes.
    """
    for name, item in data.items():
        thing = owner(name)
        cls = Compound if isinstance(thing, Material) else type(thing)
        note = first_sentence(cls) if name == "kind" else field_note(cls, name)
        words = allowed(cls, name)
        note = f"{note}; {words}" if words else note
        child = getattr(thing, name, None)
        if isinstance(item, dict) and isinstance(child, (tuple, Mapping)):  # a list in its short form, or names
            yield from _line(f"{indent}{name}:", note)
            yield from (f"{indent}  {value(key)}: {value(each)}" for key, each in item.items())
        elif isinstance(item, dict):
            yield from _line(f"{indent}{name}:", note)
            yield from annotated(_always(child), item, value, indent + "  ", allowed=allowed)
        elif isinstance(item, list) and item and all(isinstance(entry, dict) for entry in item):
            yield from _line(f"{indent}{name}:", note)
            for each, entry in zip(child or (), item, strict=True):
                first, *rest = annotated(_always(each), entry, value, indent + "    ", allowed=allowed)
                yield f"{indent}  - {first.strip()}"
                yield from rest
        else:
            yield from _line(f"{indent}{name}: {value(item)}", note)


def _always(thing: Any) -> Callable[[str], Any]:
    return lambda _: thing


def _line(text: str, note: str) -> Iterator[str]:
    """Yield a line with its comment behind it, or above it if there is no room."""
    if note and len(text) + len(note) + 3 > _WIDTH:
        indent = text[: len(text) - len(text.lstrip())]
        yield from textwrap.wrap(
            note, _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ", break_on_hyphens=False
        )
        note = ""
    yield f"{text} # {note}" if note else text
