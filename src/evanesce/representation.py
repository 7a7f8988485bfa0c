"""Text and HTML representations of objects: a few lines in a terminal, a table in a notebook.

A class lists its facts once, as pairs of a name and a value, and uses these functions for both:

>>> class Slab:
...     def facts(self):
...         return [("material", "CsI"), ("thickness", "16 X0"), ("edges [GeV]", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0))]
...
...     def __repr__(self):
...         return summary("Slab", self.facts())
...
...     def _repr_html_(self):
...         return html_table("Slab", self.facts())
>>> Slab()
Slab
  material     CsI
  thickness    16 X0
  edges [GeV]  1, 2, 3, ..., 6 (6 values)
"""

from __future__ import annotations

import ast
import html
import inspect
import math
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, TypeAlias

__all__ = [
    "Facts",
    "attribute_notes",
    "field_facts",
    "field_html",
    "field_text",
    "first_sentence",
    "html_table",
    "percent",
    "shown",
    "strict",
    "summary",
]

Facts: TypeAlias = Iterable[tuple[str, object]]
"""Pairs of a name, with its unit where it has one, and a value; a value that is None or empty text is left out."""

_WIDTH: Final[int] = 100
_MOST_LINES: Final[int] = 20
"""Number of lines; with the title they fit a terminal of 24 lines."""
_MOST_VALUES: Final[int] = 5


def percent(level: float) -> str:
    """Return a confidence level in per cent, which never becomes 100 by rounding.

    >>> percent(0.9), percent(0.975), percent(0.9999997133484281)
    ('90', '97.5', '99.999971')
    """
    short = f"{100.0 * level:.5g}"
    return f"{100.0 * level:.8g}" if short == "100" else short


def summary(title: str, facts: Facts) -> str:
    """Return a title and one line a fact, no wider than 100 columns and no longer than a screen."""
    rows = _rows(facts)
    width = max((len(name) for name, _ in rows), default=0)
    room = _WIDTH - width - 4
    lines = [f"  {name:<{width}}  {textwrap.shorten(text, room, placeholder=' ...')}" for name, text in rows]
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"  ... and {len(lines) - _MOST_LINES + 1} more"]
    return "\n".join([title, *lines])


def html_table(title: str, facts: Facts) -> str:
    """Return the same as a table in HTML, where nothing is shortened; every text is escaped.

    >>> html_table("Slab", [("material", "<CsI>")])
    '<table><caption>Slab</caption><tr><th style="text-align:left">material</th><td>&lt;CsI&gt;</td></tr></table>'
    """
    rows = "".join(
        f'<tr><th style="text-align:left">{html.escape(name)}</th><td>{html.escape(text)}</td></tr>'
        for name, text in _rows(facts)
    )
    return f"<table><caption>{html.escape(title)}</caption>{rows}</table>"


def shown(value: object) -> str:
    """Return a value as one line: numbers with six digits, a long list by its ends and its length.

    >>> shown(0.1 + 0.2), shown([1, 2.5])
    ('0.3', '1, 2.5')
    """
    if isinstance(value, float):
        return f"{value:.6g}"
    if hasattr(value, "tolist"):  # an array or number of numpy, recognised without importing numpy
        return shown(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) <= _MOST_VALUES:
            return ", ".join(map(shown, value))
        ends = ", ".join([*map(shown, value[:3]), "...", shown(value[-1])])
        return f"{ends} ({len(value)} values)"
    return " ".join(str(value).split())


def strict(value: Any) -> Any:
    """Return plain data that strict JSON can hold; arrays become lists.

    >>> strict({"epsilon": [1e-5, float("inf")]})
    {'epsilon': [1e-05, None]}
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [strict(item) for item in value]
    if hasattr(value, "tolist"):  # an array or number of numpy, recognised without importing numpy
        return strict(value.tolist())
    return value


def field_facts(value: Any) -> list[tuple[str, object]]:
    """Return the init fields of a dataclass in order, as facts."""
    return [(entry.name, getattr(value, entry.name)) for entry in fields(value) if entry.init]


def field_text(value: Any) -> str:
    """Return the usual ``repr`` of a dataclass in one line, with long lists shortened.

    >>> from evanesce.sources import TabulatedSpectrum
    >>> TabulatedSpectrum(energies=range(1, 9), densities=8 * [1.0])
    TabulatedSpectrum(energies=(1, 2, 3, ..., 8: 8 values), densities=(1, 1, 1, ..., 1: 8 values), file=None, \
scale=1.0, incident='e+')
    """
    parts = (f"{name}={_short(item)}" for name, item in field_facts(value))
    return f"{type(value).__name__}({', '.join(parts)})"


def field_html(value: Any) -> str:
    """Return the fields of a dataclass as a table in HTML, each with the note in its source: unit and meaning.

    >>> from evanesce.sources import Beam
    >>> "<td>100 (Total energy of a beam particle in GeV.)</td>" in field_html(Beam(energy=100.0, particles=1e11))
    True
    """
    notes = attribute_notes(type(value))
    rows = [
        (name, f"{shown(item)} ({notes[name]})" if item is not None and name in notes else item)
        for name, item in field_facts(value)
    ]
    return html_table(type(value).__name__, rows)


def attribute_notes(cls: Any) -> dict[str, str]:
    """Return the docstring below each attribute in the source of ``cls``, as one line; empty without source code.

    >>> from evanesce.sources import Beam
    >>> attribute_notes(Beam)["particles"]
    'Number of particles on target.'
    """
    return dict(_attribute_notes(cls))


@lru_cache(maxsize=256)
def _attribute_notes(cls: Any) -> dict[str, str]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError):  # typed at a prompt, for instance
        return {}
    notes: dict[str, str] = {}
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    for statement, following in pairwise(body):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        ):
            notes[statement.target.id] = " ".join(following.value.value.split())
    return notes


def first_sentence(thing: Any) -> str:
    """Return the first paragraph of a docstring as one line, without final dot and markup.

    >>> first_sentence(summary)
    'Return a title and one line a fact, no wider than 100 columns and no longer than a screen'
    """
    paragraph = (inspect.getdoc(thing) or "").partition("\n\n")[0]
    return " ".join(re.sub(r":\w+:`~?([^`]*)`", r"\1", paragraph).replace("``", "").split()).rstrip(".")


def _rows(facts: Facts) -> list[tuple[str, str]]:
    return [(name, text) for name, value in facts if value is not None and (text := shown(value))]


def _short(value: object) -> str:
    if isinstance(value, tuple) and len(value) > _MOST_VALUES:
        return "(" + shown(value).replace(" (", ": ").replace(")", "") + ")"
    return repr(value)
