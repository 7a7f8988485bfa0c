"""The reference of docs/cards.md: every field of every kind of a card, from the dataclasses themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import numpy.typing as npt

from evanesce.experiments import Experiment
from evanesce.experiments.notes import field_note
from evanesce.experiments.schema import REGISTRIES, Compound
from evanesce.materials import Material
from evanesce.representation import first_sentence, percent
from evanesce.statistics import criterion, criterion_names

EXAMPLES: Final = Path(__file__).parent / "examples"
TITLE: Final = """# Experiment cards

A card is a YAML file with the fields of the first table; a field without a default is required. This page is made by
`make tables` from the classes that read a card. [Your own experiment](howto/card.md) builds one step by step.

- `evanesce experiments new mine` writes a commented card to start from.
- `evanesce experiments show belle2` prints a built-in card, and what is assumed in it.
- `evanesce experiments validate mine.yaml` checks a card.
- `evanesce limit mine.yaml --mass 0.01:0.3:50` computes its limit.
- `evanesce limit belle2 --mass 0.0667 --card source.luminosity=25` changes a field for one command.

**One channel or several.** A card with one channel may have the fields of that channel in place of `channels`, as the
examples do. `bremsstrahlung_curve: NAME` next to them is short for a process of kind `published-bremsstrahlung` with
the source, target, selection and efficiency of that publication.

**Layers.** `target` is one slab, or a list of layers from the front on, as
`{material: Al, thickness: 0.06, active: false}`. The thickness is in X0, or in cm as `thickness_cm`.
`--card target.1.thickness_cm=1` changes the second layer (they are counted from 0), and
`--card target.quartz.active=false` the one with that label.

**Efficiency in depth.** It is written in `selection`, as
`efficiency: {depth: [{depth: 0, efficiency: 0}, {depth: 2, efficiency: 1}]}`: a track that vanishes in the first 2 X0
does not count.

**Bins.** `bins: {missing_fraction: [0.95, 0.97, 1], track_energy: 20}` has edges in one variable and a number of equal
bins in the other. A component of the background that does not know its spectrum gets one here, as
`shapes: [{label: neutrons, missing_fraction: uniform}]`.

**What is assumed.** `assumed: {target.thickness: why}` names the fields, or whole parts of the card, whose values no
publication states, or that were fitted. Every result keeps these marks with its card.

**Uncertainties of the background.** Each component states which of its inputs are uncertain. Each of these sources is
a nuisance parameter of likelihood criteria:

- `constant`: `error`
- `photons`: `veto efficiency`
- `muon-conversion`: `veto efficiency`, `upper estimate`
- `charged-pair`: `upper estimate`, and each factor by its name
- `neutrons`, `simulated-neutrons`: `counts of one neutron`, `counts of several neutrons`, `penetration`
- `leakage`: `probability`
- `poisson-simulated`: `simulated events`

`uncertainties: {veto efficiency: KLM veto}` gives the parameter of a source a name. Components and channels that use
the same name share the parameter; a source without a name has one of its own. `uncertainties: {normalisation: NAME}`
leaves the normalisation of a component free: a control region with a component of the same name measures it. Then only
sources with a name act besides, such as the error of a transfer factor.

**Common factors.** `systematics` change the signal and components by a common factor, as the luminosity does. `affects`
lists `signal`, labels of components, or `background` for all components that follow the exposure.
"""
PLAIN: Final[dict[Any, str]] = {
    float: "number",
    int: "whole number",
    str: "text",
    bool: "true or false",
    NoneType: "null",
    npt.ArrayLike: "list of numbers",
}
UNIT: Final = r"(1/ab|ab⁻¹|per GeV|GeV|degrees|mrad|pb\b|g/cm³|cm\b|X0\b|hadronic interaction lengths|units of c)"
UNITS: Final = (re.compile(rf"\bin {UNIT}"), re.compile(rf"(?<!\d )\b{UNIT}"))
"""As "X0 in cm" has it, or else anywhere but behind a number."""


def make() -> str:
    """Return the page as Markdown."""
    sections = [TITLE, *(_section(cls, title, about) for cls, title, about in _classes()), _criteria(), _examples()]
    return "\n".join(sections).rstrip() + "\n"


def _classes() -> Iterator[tuple[Any, str, str]]:
    """Yield each class of a card, what it is called, and what it is: the card first, then what its fields hold."""
    queue: list[tuple[Any, str, str]] = [(Experiment, "The card", "")]
    seen: set[str] = set()
    while queue:
        cls, title, about = queue.pop(0)
        if title in seen:
            continue
        seen.add(title)
        yield cls, title, about
        for name, hint in _hints(cls).items():
            for inner in _inner(hint):
                if inner in REGISTRIES:
                    registry = REGISTRIES[inner]
                    queue += [
                        (registry.get(kind), f"`{name}` of kind `{kind}`", first_sentence(registry.get(kind)))
                        for kind in registry.names()
                    ]
                elif inner is Material:
                    queue.append((Compound, f"`{name}` as a mapping", first_sentence(Compound)))
                elif is_dataclass(inner):
                    queue.append((inner, f"`{name}`", first_sentence(inner)))


def _section(cls: Any, title: str, about: str) -> str:
    rows = [("field", "type", "unit", "default", "meaning"), ("---",) * 5]
    hints = _hints(cls)
    for entry in fields(cls):
        if entry.init:
            kind, note = _type(hints[entry.name]), field_note(cls, entry.name)
            rows.append((f"`{entry.name}`", kind, _unit(kind, note), _default(entry), note))
    named = re.search(r"kind `(.*)`", title)
    if named:
        rows.insert(2, ("`kind`", "text", "–", "", f"`{named[1]}`"))
    return "\n\n".join([f"## {title}", *([f"{about}."] if about else []), _table(rows)])


def _table(rows: Sequence[Sequence[str]]) -> str:
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows)


def _hints(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {entry.name: hints[entry.name] for entry in fields(cls) if entry.init}


def _inner(hint: Any) -> list[Any]:
    """Types inside a type, itself if it has none."""
    arguments = get_args(hint)
    if not arguments or get_origin(hint) is Literal or hint == npt.ArrayLike:
        return [hint]
    return [inner for argument in arguments if argument is not Ellipsis for inner in _inner(argument)]


def _type(hint: Any) -> str:
    if hint in PLAIN:
        return PLAIN[hint]
    if get_origin(hint) is Mapping:
        return "mapping of text"
    if hint in REGISTRIES:
        return f"mapping with `kind`: {', '.join(REGISTRIES[hint].names())}"
    if hint is Material:
        return "text or mapping"
    if get_origin(hint) is Literal:
        return " or ".join(f"`{word}`" for word in get_args(hint))
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(_type(part) for part in get_args(hint))
    if get_args(hint):  # of a tuple, the first stands for all
        return f"list of {_type(get_args(hint)[0])}".replace("list of mapping", "list of mappings")
    return "mapping"


def _unit(kind: str, note: str) -> str:
    """Return the unit that the note of a number names."""
    found = next((match for pattern in UNITS if (match := pattern.search(note))), None)
    return found[1] if found and kind in ("number", "number or null", "list of numbers") else "–"


def _default(entry: Field[Any]) -> str:
    if entry.default is MISSING:
        if entry.default_factory is dict:
            return "{}"
        return "" if entry.default_factory is MISSING else "all defaults"
    if isinstance(entry.default, tuple):
        return f"[{', '.join(map(str, entry.default))}]"
    if entry.default is None or isinstance(entry.default, bool):
        return {None: "null", True: "true", False: "false"}[entry.default]
    return f"{entry.default:.10g}" if isinstance(entry.default, float) else entry.default or "empty"


def _criteria() -> str:
    rows = [("criterion", "what it requires", "CL", "reference"), ("---",) * 4]
    for name in criterion_names():
        found = criterion(name)
        rows.append((f"`{name}`", found.description, f"{percent(found.confidence_level)} %", found.reference))
    return f"## Values of `criterion`\n\n{_table(rows)}"


def _examples() -> str:
    names = ("collider", "beam", "lhe", "compound", "control-region")
    texts = ((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8") for name in names)
    about = "## Examples\n\nEach of them is complete; they are in `docs/examples`.\n"
    return "\n".join([about, *(f"```yaml\n{text}```\n" for text in texts)])
