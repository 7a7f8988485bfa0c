"""Reading cards: built-in ones and those of plug-ins by name, others by path."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from evanesce import plugins
from evanesce.errors import CardError, DataFileError, InvalidValueError, shortened, unknown_name
from evanesce.experiments.model import Experiment
from evanesce.experiments.notes import annotated
from evanesce.inputs import CARD_BYTES, read_text
from evanesce.memo import Memo
from evanesce.validation import mapping
from evanesce.yaml_cards import parse_yaml, write_value

__all__ = ["as_experiments", "card_source", "card_text", "card_value", "experiment", "experiment_names"]

_SUFFIX = ".yaml"
_BUILT_IN: Final[Memo[Experiment]] = Memo(64)
_PLUGGED_IN: Final[list[Mapping[str, Traversable]]] = []
"""The cards of plug-ins, once they were looked for."""


def experiment(name_or_path: str | Path | Experiment, overrides: Mapping[str, Any] | None = None) -> Experiment:
    """Return a built-in experiment, or the one in a YAML card, with ``overrides`` {dotted name: value}.

    >>> experiment("belle2").background
    94.0
    >>> experiment("belle2", {"background": 1000}).signal_limit > experiment("belle2").signal_limit
    True

    Raises
    ------
    CardError
        A card that cannot be read: one line with the file, the field, what came and what is allowed.
    UnknownNameError
        No built-in experiment has this name.
    InvalidValueError
        An argument that is neither a name, a path nor an experiment.

    """
    if not isinstance(name_or_path, (str, Path, Experiment)):
        raise InvalidValueError(f"experiment {name_or_path!r}: must be a name, the path of a card, or an Experiment")
    found = name_or_path if isinstance(name_or_path, Experiment) else _found(name_or_path)
    if overrides is None:
        return found
    changes = mapping("overrides", overrides, "{'source.luminosity': 25}")
    return found.replace(changes) if changes else found


def as_experiments(given: str | Experiment | Sequence[str | Experiment]) -> list[Experiment]:
    """Return a list of experiments; each is given by name, by path or as an object.

    Raises
    ------
    InvalidValueError
        An empty list.

    """
    several: list[Any] = [*given] if isinstance(given, (list, tuple)) else [given]
    if not several:
        raise InvalidValueError("experiment: the list is empty; give at least one experiment")
    return [experiment(one) for one in several]


def experiment_names() -> tuple[str, ...]:
    """Names of the built-in experiments and of those of plug-ins, sorted.

    >>> experiment_names()[:3]
    ('babar', 'babar-mono-photon', 'belle2')
    """
    return tuple(sorted({**_cards_in(_data()), **_plugged_in()}))


def card_value(text: str) -> Any:
    """Read ``text`` as a card would: a number, true or false, a list, or else text.

    >>> card_value("2.84e11"), card_value("Pb"), card_value("[]")
    (284000000000.0, 'Pb', [])
    """
    return parse_yaml(text, f"value '{shortened(text)}'")


def card_source(name_or_path: str | Path) -> str:
    """Return the text of a valid card as its author wrote it, with units and comments.

    >>> card_source("belle2").splitlines()[0]
    '# Disappearing positron track in the barrel of Belle II: Liang, Liu, Yang, arXiv:2212.04252.'

    Raises
    ------
    CardError, UnknownNameError
        As :func:`experiment` does.

    """
    path = _located(name_or_path)
    _read(path)
    return path.read_text(encoding="utf-8")


def card_text(found: Experiment, *, unicode: bool = True) -> str:
    """Write an experiment as the YAML of a card, every field with its unit and meaning as a comment.

    Without ``unicode`` non-ASCII letters are escaped.

    >>> print(card_text(experiment("belle2", {"name": "1e5"}))[:40])
    name: '1e5' # Name in results and errors
    """
    card = found.as_dict()
    own = {entry.name for entry in fields(found)}

    def owner(name: str) -> Any:
        return found if name in own or "channels" in card else found.channel

    lines = annotated(owner, card, lambda data: write_value(data, unicode=unicode))
    text = "".join(f"{line}\n" for line in lines)
    return text if unicode else text.encode("ascii", "backslashreplace").decode("ascii")


def _data() -> Traversable:
    return resources.files("evanesce.experiments") / "data"


def _cards_in(folder: Traversable) -> dict[str, Traversable]:
    return {e.name.removesuffix(_SUFFIX): e for e in folder.iterdir() if e.name.endswith(_SUFFIX)}


def _plugged_in() -> Mapping[str, Traversable]:
    """Cards of plug-ins by name, found once."""
    if not _PLUGGED_IN:
        several: dict[str, Traversable] = {}
        taken = _cards_in(_data())

        def accept(_: str, package: Any) -> None:
            if not isinstance(package, ModuleType) or not hasattr(package, "__path__"):
                raise InvalidValueError(f"it must be a package with {_SUFFIX} cards, as my_package.cards")
            own = _cards_in(resources.files(package))
            several.update({card: path for card, path in own.items() if card not in taken and card not in several})
            if refused := sorted(card for card, path in own.items() if several.get(card) is not path):
                raise InvalidValueError(f"experiment '{refused[0]}' exists already; give the card another name")
            if not own:
                raise InvalidValueError(f"there is no {_SUFFIX} card in {package.__name__}")

        plugins.load("cards", accept)
        _PLUGGED_IN.append(several)
    return _PLUGGED_IN[0]


def _located(name_or_path: str | Path) -> Path | Traversable:
    if isinstance(name_or_path, str) and name_or_path in (own := _cards_in(_data())):
        return own[name_or_path]
    path = Path(name_or_path)
    if isinstance(name_or_path, str) and not (path.suffix or len(path.parts) > 1):
        if name_or_path in _plugged_in():
            return _plugged_in()[name_or_path]
        error = unknown_name("experiment", name_or_path, experiment_names())
        raise type(error)(f"{error} (or give the path of a {_SUFFIX} card)")
    return path


def _found(name_or_path: str | Path) -> Experiment:
    """A card of the package is read once; a file may change."""
    path = _located(name_or_path)
    if isinstance(name_or_path, str) and name_or_path in _cards_in(_data()):
        return _BUILT_IN.get(name_or_path, lambda: _read(path))
    return _read(path)


def _read(path: Path | Traversable) -> Experiment:
    where = f"card '{path.name}'"
    text = _text(path, where) if isinstance(path, Path) else path.read_text(encoding="utf-8")
    card = parse_yaml(text, where)
    if not isinstance(card, dict):
        came = "is empty" if card is None else f"holds {type(card).__name__} data"
        raise CardError(f"{where}: {came}, it must be a mapping with name, source, target and background")
    return Experiment.from_dict(_anchored(card, Path(str(path)).parent), where)


def _text(path: Path, where: str) -> str:
    try:
        return read_text(path, CARD_BYTES, expected=" in UTF-8, it must be a YAML file")
    except DataFileError as error:
        _, unreadable, reason = str(error).rpartition("cannot be read (")
        if unreadable:
            raise CardError(f"cannot read card '{path}': {reason.removesuffix(')')}") from None
        raise CardError(f"{where}: {str(error).removeprefix(f'{path}: ')}") from None


def _anchored(card: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Make paths of files on a card, for sources and simulated neutrons, relative to the card, in every channel."""

    def beside(part: Any, field: str) -> Any:
        if isinstance(part, dict) and isinstance(part.get(field), str):
            return part | {field: os.path.realpath(folder / part[field])}
        return part

    def is_file(part: Any) -> bool:  # a result may be the name of one that the package brings
        return isinstance(part, dict) and str(part.get("result", "")).endswith(".json")

    anchored = dict(card)
    if "source" in card:
        anchored["source"] = beside(card["source"], "file")
    if isinstance(card.get("backgrounds"), list):
        anchored["backgrounds"] = [beside(part, "result") if is_file(part) else part for part in card["backgrounds"]]
    if isinstance(card.get("channels"), list):
        anchored["channels"] = [
            _anchored(part, folder) if isinstance(part, dict) else part for part in card["channels"]
        ]
    return anchored
