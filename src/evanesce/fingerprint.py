"""Keys from the content of objects: equal content gives equal keys, arrays included.

Caches compare content and not identity: a card read twice is the same experiment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

__all__ = ["fingerprint"]


def fingerprint(value: Any) -> Hashable:
    """Return a hashable key of the content of ``value``: numbers, text, arrays, sequences, mappings, dataclasses.

    Any other object is identified by itself, and its key keeps it alive.

    >>> fingerprint([1.0, np.array([2.0])]) == fingerprint([1.0, np.array([2.0])])
    True
    """
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value), *(fingerprint(getattr(value, field.name)) for field in fields(value) if field.compare))
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        content = np.ascontiguousarray(value)
        return ("array", content.shape, content.dtype.str, hashlib.sha256(content.tobytes()).digest())
    if isinstance(value, Mapping):
        return ("mapping", *((key, fingerprint(item)) for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return ("sequence", *(fingerprint(item) for item in value))
    if isinstance(value, (bool, int, float, str, bytes, type(None), type)):
        return (type(value), value)
    return _Itself(value)


class _Itself:
    """An object compared by identity, which is unique as long as the key exists."""

    __slots__ = ("_object",)

    def __init__(self, value: Any) -> None:
        self._object = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self._object is other._object

    def __hash__(self) -> int:
        return id(self._object)
