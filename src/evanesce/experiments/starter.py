"""A first card for an experiment of one's own: complete, valid, and commented from the classes that read it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import fields
from functools import partial
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from evanesce.errors import InvalidValueError, unknown_name
from evanesce.experiments.model import Experiment
from evanesce.experiments.notes import annotated, field_note
from evanesce.experiments.schema import REGISTRIES, Compound
from evanesce.materials import Material
from evanesce.statistics import criterion_names
from evanesce.yaml_cards import write_value

__all__ = ["STARTERS", "new_card"]

_TITLE: Final = "an example: put the title of your experiment here"
_WHY: Final = "an example: put where your number comes from here"
STARTERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "collider": {
        "source": {"kind": "bhabha"},
        "target": {"material": "CsI", "thickness": 16.0},
        "selection": {"missing_fraction": 0.95},
        "efficiency": 0.9,
        "backgrounds": [
            {"kind": "photons", "veto_efficiency": 1e-3, "veto_efficiency_error": 2e-4, "reference": _WHY},
            {"kind": "constant", "label": "others", "expected": 10.0, "error": 3.0, "reference": _WHY},
        ],
        "criterion": "sqrt2.71",
    },
    "beam": {
        "source": {"kind": "beam", "energy": 100.0, "particles": 1e11, "incident": "e-"},
        "target": {"material": "Pb", "thickness": 40.0},
        "selection": {"missing_fraction": 0.5},
        "efficiency": 0.5,
        "background": 0.0,
        "criterion": "events-2.3",
    },
}
"""What the cards start from."""
_HEAD: Final = """\
# An experiment of your own. Every number is an example until you change it; a line that you leave out has its default.
#   evanesce experiments validate {file}
#   evanesce limit {file} --mass 0.01:0.3:50
"""
_MORE: Final = "# Fields that a card may do without. Take away the # in front of one to use it."
_WIDTH: Final = 110


def new_card(name: str, kind: str = "collider") -> str:
    """Return the text of a card called ``name``: every field with its meaning, unit and allowed words.

    >>> print(new_card("mine", "beam").splitlines()[4].replace(" # ", "  # "))
    name: mine  # Name in results and errors

    Raises
    ------
    InvalidValueError
        A name that is empty or not printable.
    UnknownNameError
        ``kind`` is not one of :data:`STARTERS`.

    """
    if not name.strip() or not name.isprintable():
        raise InvalidValueError(f"name '{name}': must be printable text")
    if kind not in STARTERS:
        raise unknown_name("kind of card", kind, STARTERS)
    found = Experiment.from_dict({"name": name, "title": _TITLE, **deepcopy(dict(STARTERS[kind]))})
    own = {entry.name for entry in fields(found)}
    lines = annotated(
        lambda field: found if field in own else found.channel,
        found.as_dict(),
        partial(write_value, unicode=True),
        allowed=allowed_words,
    )
    return "\n".join([_HEAD.format(file=f"{name}.yaml"), *lines, "", _MORE, *_more(found)]) + "\n"


def _more(found: Experiment) -> Iterator[str]:
    """Fields that a card may do without, each as a comment with an example that is valid here, and its meaning."""
    channel = found.channel
    least = float(channel.selection.missing_fraction)
    examples = {
        "observed": "12",
        "systematics": "[{ name: my luminosity, relative: 0.01, affects: [signal] }]",
        "bins": f"{{ missing_fraction: [{least:g}, {0.5 * (1.0 + least):g}, 1] }}",
        "processes": "[]",
        "assumed": "{ efficiency: why this number }",
    }
    for name, example in examples.items():
        note = field_note(type(found if name == "assumed" else channel), name)
        yield f"# {name}: {example}"
        yield from textwrap.wrap(note, _WIDTH, initial_indent="#   ", subsequent_indent="#   ")


def allowed_words(cls: Any, name: str) -> str:
    """Say which words a field takes, as a clause; empty if it takes numbers or any text.

    >>> from evanesce.sources import Bhabha
    >>> allowed_words(Bhabha, "incident")
    'one of e+, e-'
    """
    if name == "kind":
        return _one_of(next((r.names() for r in REGISTRIES.values() if _holds(r, cls)), ()))
    if name == "criterion" and cls is Experiment:
        return _one_of(criterion_names())
    hint = get_type_hints(cls).get(name)
    if hint is Material or (cls is Compound and name == "formula"):
        return "'evanesce materials' lists names, and {formula: PbWO4, density: 8.3} is one of your own"
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    words = [str(word) for option in options if get_origin(option) is Literal for word in get_args(option)]
    return "true or false" if hint is bool else _one_of(words)


def _one_of(words: Sequence[str]) -> str:
    return f"one of {', '.join(words)}" if words else ""


def _holds(registry: Any, cls: Any) -> bool:
    return any(registry.get(name) is cls for name in registry.names())
