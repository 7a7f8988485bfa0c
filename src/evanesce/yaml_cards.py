"""The YAML of cards: mappings, lists, text and decimal numbers only.

YAML 1.1 reads 010 as 8, 1:30 as 90, 1_0 as 10 and 2026-01-01 as a date; here they are text, and 1e9 is a number.
Tags (``!!bool``), aliases (``*a``), merge keys and repeated keys are refused, and so is text that cannot be printed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any, Final

import yaml

from evanesce.errors import CardError

__all__ = ["parse_yaml", "write_value"]

_NUMBERS: Final = {
    "tag:yaml.org,2002:int": re.compile(r"[-+]?(0|[1-9][0-9]*)$", re.ASCII),
    "tag:yaml.org,2002:float": re.compile(
        r"([-+]?(0|[1-9][0-9]*)?(\.[0-9]+|(?<=[0-9])\.?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$",
        re.ASCII,
    ),
}
_LEFT_OUT: Final = frozenset({*_NUMBERS, *(f"tag:yaml.org,2002:{name}" for name in ("timestamp", "merge", "value"))})
_MOST_FIELDS: Final = 1000
"""Largest number of fields in a mapping: more than any card has; a million would take a minute to read."""


def parse_yaml(text: str, where: str) -> Any:
    """Read ``text`` as plain data; ``where`` begins the messages.

    >>> parse_yaml("{name: small, thickness: 16}", "card")
    {'name': 'small', 'thickness': 16}

    Raises
    ------
    CardError
        One line: the place and what is wrong with it.

    """
    try:
        return yaml.load(text, Loader=_CardLoader)  # noqa: S506 - derived from SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise CardError(f"{where}{line}: not valid YAML: {error.problem or error.context}") from None
    except yaml.reader.ReaderError as error:
        raise CardError(f"{where}: not valid YAML: the character U+{_code(error):04X} is not allowed") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise CardError(f"{where}: not valid YAML: {error}") from None
    except RecursionError:
        raise CardError(f"{where}: not valid YAML: too many brackets or lists within one another") from None


def write_value(data: Any, *, unicode: bool) -> str:
    """Write one value on one line, as :func:`parse_yaml` reads it."""
    flow = None if isinstance(data, str) else True
    text: str = yaml.dump(
        data, Dumper=_CardDumper, sort_keys=False, allow_unicode=unicode, width=math.inf, default_flow_style=flow
    )
    return text.removesuffix("...\n").rstrip("\n")


def _code(error: yaml.reader.ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(error.character)


class _CardLoader(yaml.SafeLoader):
    """Safe YAML without the features that the module's docstring excludes."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as in the base class
        letter: [(tag, pattern) for tag, pattern in resolvers if tag not in _LEFT_OUT]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # untyped in PyYAML's stubs
        if isinstance(event, yaml.AliasEvent):  # it could refer to itself, or grow without limit
            self._refuse("an alias (*) is not allowed; write it out", event.start_mark)
        tag = getattr(event, "tag", None)
        if tag is not None:
            name = tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(f"a tag ({name}) is not allowed; leave it out", event.start_mark)
        if isinstance(parent, yaml.MappingNode) and len(parent.value) > _MOST_FIELDS:
            self._refuse(f"a mapping has more than {_MOST_FIELDS} fields", event.start_mark)
        return super().compose_node(parent, index)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        value = super().construct_scalar(node)
        for letter in value if isinstance(value, str) and not value.isprintable() else "":
            if unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t":
                self._refuse(f"the character U+{ord(letter):04X} is not allowed in text", node.start_mark)
        return value

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    self._refuse(f"'{key.value}' is given twice; keep one", key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def _refuse(self, why: str, mark: Any) -> None:
        raise yaml.constructor.ConstructorError(None, None, why, mark)


class _CardDumper(yaml.SafeDumper):
    """Quotes text that would otherwise be read as a number."""


for _tag, _pattern in _NUMBERS.items():
    _CardLoader.add_implicit_resolver(_tag, _pattern, list("-+.0123456789"))
    _CardDumper.add_implicit_resolver(_tag, _pattern, list("-+.0123456789"))
