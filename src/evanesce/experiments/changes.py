"""Changing a card's plain data by dotted field names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evanesce.channels.plain import plain
from evanesce.errors import CardError, unknown_name

__all__ = ["changed", "value_of"]


def changed(card: dict[str, Any], changes: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return ``card`` with ``changes`` {dotted name: value} made in place; ``where`` begins the messages.

    >>> changed({"target": {"thickness": 16.0}}, {"target.thickness": 8}, "card")
    {'target': {'thickness': 8}}

    Raises
    ------
    CardError
        A part of a name that leads nowhere.

    """
    for name, value in changes.items():
        node: Any = card
        *parents, last = str(name).split(".")
        for depth, part in enumerate(parents):
            here = ".".join(parents[:depth])
            node = node[_key(node, part, here, where)]
        here = ".".join(parents)
        node[last if isinstance(node, dict) else _key(node, last, here, where)] = plain(value)
    return card


def value_of(card: Mapping[str, Any], name: str, where: str) -> Any:
    """Return the value that plain ``card`` has at a dotted name; ``where`` begins the messages.

    >>> value_of({"target": {"thickness": 16.0}}, "target.thickness", "card")
    16.0

    Raises
    ------
    CardError
        A part of the name that leads nowhere.

    """
    node: Any = card
    parts = name.split(".")
    for depth, part in enumerate(parts):
        node = node[_key(node, part, ".".join(parts[:depth]), where)]
    return node


def _key(node: Any, part: str, here: str, where: str) -> str | int:
    """Return the key or position of ``part`` in ``node``, which the card calls ``here``."""
    if isinstance(node, dict):
        keys: dict[str, str | int] = {key: key for key in node}
    elif isinstance(node, list):
        keys = {str(i): i for i in range(len(node))}
        named = ((i, item.get("label", item.get("name"))) for i, item in enumerate(node) if isinstance(item, dict))
        keys |= {name: i for i, name in named if name is not None}
    else:
        raise CardError(f"{where}: {here} = {node!r}: has no fields, '{part}' cannot be changed in it")
    if part not in keys:
        kind = f"field of {here}" if here else "field"
        raise CardError(f"{where}: {unknown_name(kind, part, keys)}")
    return keys[part]
