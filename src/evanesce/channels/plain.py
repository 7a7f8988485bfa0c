"""From objects back to a card's plain data: mappings, lists, text and numbers."""

from __future__ import annotations

import contextlib
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from evanesce.backgrounds import BACKGROUNDS
from evanesce.channels.base import CHANNELS
from evanesce.errors import InvalidValueError, UnknownNameError
from evanesce.materials import Material, compound, mass_fractions, material
from evanesce.processes import PROCESSES
from evanesce.sources import SOURCES

__all__ = ["plain", "value_at"]

_KINDS = (SOURCES, BACKGROUNDS, PROCESSES, CHANNELS)
"""Registries whose classes a card distinguishes by the field ``kind``."""


def plain(value: Any) -> Any:
    """Return plain data from which a card rebuilds ``value``.

    >>> from evanesce.sources import Beam
    >>> plain(Beam(energy=100.0, particles=1e11))
    {'kind': 'beam', 'energy': 100.0, 'particles': 100000000000.0, 'incident': 'e-'}
    """
    if isinstance(value, Material):
        return _material(value)
    if is_dataclass(value) and not isinstance(value, type):
        data = {entry.name: plain(getattr(value, entry.name)) for entry in fields(value) if entry.init}
        kind = next((name for registry in _KINDS if (name := registry.name_of(type(value)))), None)
        return {"kind": kind, **data} if kind else data
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value.tolist() if isinstance(value, (np.generic, np.ndarray)) else value


def _material(value: Material) -> Any:
    """Return the name of a known material, or the arguments of a compound."""
    try:
        if material(value.name) == value:
            return value.name
    except UnknownNameError:
        pass
    rest: dict[str, Any] = {
        "name": value.name,
        "formula": "",  # in the order of a card
        "density": value.density,
        "radiation_length": value.radiation_length,
        "interaction_length": value.interaction_length,
        "reference": value.reference,
    }
    formula: Any = "".join(_counted(n.symbol, n.atoms_per_unit) for n in value.nuclei)
    written = (formula, mass_fractions(value))
    # the unit of a mixture is one atom: its mass fractions say more than its formula
    unit = sum(n.atoms_per_unit for n in value.nuclei)
    for one in written[::-1] if abs(unit - 1.0) < 1e-9 and len(value.nuclei) > 1 else written:
        with contextlib.suppress(InvalidValueError):
            if compound(**{**rest, "formula": one}) == value:
                return {**rest, "formula": one}
    return {**rest, "formula": formula}


def value_at(card: Any, name: str) -> Any:
    """Return the plain value at a dotted name, None where there is none.

    >>> value_at({"target": {"thickness": 16.0}}, "target.thickness")
    16.0
    """
    node = card
    for part in name.split("."):
        if isinstance(node, list):
            labels = [item.get("label", item.get("name")) if isinstance(item, dict) else None for item in node]
            node = dict(zip([*map(str, range(len(node))), *labels], [*node, *node], strict=True))
        node = node.get(part) if isinstance(node, dict) else None
    return node


def _counted(symbol: str, count: float) -> str:
    """An element and its count as written in a formula: without exponent, and hundreds behind a bracket."""
    text = np.format_float_positional(count, trim="-")
    return f"({symbol}){text}" if count >= 100.0 else f"{symbol}{text}"
