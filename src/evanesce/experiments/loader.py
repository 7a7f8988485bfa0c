"""Reading cards: built-in ones by name, anybody's by path."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import yaml

from evanesce.channels.plain import plain
from evanesce.errors import CardError, InvalidValueError, unknown_name
from evanesce.experiments.model import Experiment
from evanesce.experiments.notes import annotated

__all__ = ["card_source", "card_text", "card_value", "experiment", "experiment_names"]

_SUFFIX = ".yaml"
_NUMBERS: Final = {
    "tag:yaml.org,2002:int": re.compile(r"[-+]?(0|[1-9][0-9]*)$", re.ASCII),
    "tag:yaml.org,2002:float": re.compile(
        r"([-+]?(0|[1-9][0-9]*)?(\.[0-9]+|(?<=[0-9])\.?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$",
        re.ASCII,
    ),
}


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
        Neither a name, a path nor an experiment.

    """
    if not isinstance(name_or_path, (str, Path, Experiment)):
        raise InvalidValueError(f"experiment {name_or_path!r}: must be a name, the path of a card, or an Experiment")
    found = name_or_path if isinstance(name_or_path, Experiment) else _read(_located(name_or_path))
    return found.replace(overrides) if overrides else found


def experiment_names() -> tuple[str, ...]:
    """Names of the built-in experiments, sorted.

    >>> experiment_names()
    ('belle2', 'belle2-radiative', 'na64-2019')
    """
    files = (entry.name for entry in _data().iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX)))


def card_value(text: str) -> Any:
    """Read ``text`` as a card would: a number, true or false, a list, or else text.

    >>> card_value("2.84e11"), card_value("Pb"), card_value("[]")
    (284000000000.0, 'Pb', [])
    """
    return _parse(text, f"value '{text}'")


def card_source(name_or_path: str | Path) -> str:
    """Return the text of a card as its author wrote it, with units and comments; a bad card is refused.

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

    Without ``unicode`` other letters than ASCII become escapes.

    >>> print(card_text(experiment("belle2", {"name": "1e5"}))[:48])
    name: '1e5' # Its name, as in results and errors
    """

    def value(data: Any) -> str:
        flow = not isinstance(data, str)
        text: str = yaml.dump(
            data, Dumper=_CardDumper, allow_unicode=unicode, width=math.inf, default_flow_style=flow or None
        )
        return text.removesuffix("...\n").rstrip("\n")

    text = "".join(f"{line}\n" for line in annotated(found, plain(found), value))
    return text if unicode else text.encode("ascii", "backslashreplace").decode("ascii")


def _data() -> Traversable:
    return resources.files("evanesce.experiments") / "data"


def _located(name_or_path: str | Path) -> Path | Traversable:
    if isinstance(name_or_path, str) and name_or_path in experiment_names():
        return _data() / f"{name_or_path}{_SUFFIX}"
    path = Path(name_or_path)
    if isinstance(name_or_path, str) and not (path.suffix or len(path.parts) > 1):
        error = unknown_name("experiment", name_or_path, experiment_names())
        raise type(error)(f"{error} (or give the path of a {_SUFFIX} card)")
    return path


def _read(path: Path | Traversable) -> Experiment:
    where = f"card '{path.name}'"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CardError(f"{where}: is not text in UTF-8, it must be a YAML file") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or error
        raise CardError(f"cannot read card '{path}': {reason}") from None
    card = _parse(text, where)
    if not isinstance(card, dict):
        came = "is empty" if card is None else f"holds {type(card).__name__} data"
        raise CardError(f"{where}: {came}, it must be a mapping with name, source, target and background")
    return Experiment.from_dict(_anchored(card, Path(str(path)).parent), where)


def _anchored(card: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Make the file of a tabulated source relative to the card."""
    source = card.get("source")
    if isinstance(source, dict) and isinstance(source.get("file"), str):
        return card | {"source": source | {"file": str((folder / source["file"]).resolve())}}
    return card


def _parse(text: str, where: str) -> Any:
    try:
        return yaml.load(text, Loader=_CardLoader)  # noqa: S506 - derived from SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise CardError(f"{where}{line}: not valid YAML: {_flat(error.problem or error.context)}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CardError(f"{where}: not valid YAML: {_flat(error)}") from None


def _flat(value: object) -> str:
    return " ".join(str(value).split())


class _CardLoader(yaml.SafeLoader):
    """Safe YAML without repeated keys or aliases, whose numbers are plain decimal ones.

    YAML 1.1 reads 010 as 8, 1:30 as 90 and 1_0 as 10; here they are text, and 1e9 is a number.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - as its base has it
        letter: [(tag, pattern) for tag, pattern in resolvers if tag not in _NUMBERS]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):  # it could refer to itself, or multiply without end
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # PyYAML's stubs leave it untyped
            raise yaml.composer.ComposerError(None, None, "an alias (*) is not allowed, write it out", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"'{key.value}' is there twice, keep one", key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep)


class _CardDumper(yaml.SafeDumper):
    """Puts into quotes the text that would be read as a number."""


for _tag, _pattern in _NUMBERS.items():
    _CardLoader.add_implicit_resolver(_tag, _pattern, list("-+.0123456789"))
    _CardDumper.add_implicit_resolver(_tag, _pattern, list("-+.0123456789"))
