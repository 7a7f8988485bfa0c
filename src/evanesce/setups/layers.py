"""A target of several layers, and an efficiency in steps of depth, as parts of one material and one efficiency each.

A part is what a production process knows: one slab of one material, with what lies before it. The yield of a channel is
the sum over its parts.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.setups.target import LARGEST_UPSTREAM, THICKNESSES, Selection, Target, check_material
from evanesce.validation import between, fraction, printable, true_or_false

__all__ = ["Layer", "Part", "check_layers", "main_layer", "parts_of", "total_thickness"]

_MOST: Final[int] = 100
_MOST_PARTIAL: Final[int] = 4
"""Layers that cover a part of the tracks only: each doubles the number of different stacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of a target, from the front on: active, where the mediator is sought, or dead.

    Raises
    ------
    InvalidValueError
        On construction: a number outside its range, or not exactly one of the two thicknesses.

    """

    material: Material
    thickness: float | None = None
    """Thickness in X0; give this or ``thickness_cm``."""
    thickness_cm: float | None = None
    """Thickness in cm."""
    active: bool = True
    """Whether a track that vanishes in it is signal; in a dead layer the shower develops, and nothing is counted."""
    coverage: float = 1.0
    """Share of the tracks that cross it; the others meet nothing in its place."""
    label: str = ""
    """Name of the layer, different for each that has one."""

    def __post_init__(self) -> None:
        check_material(self.material)
        true_or_false("active", self.active)
        printable("label", self.label)
        fraction("coverage", self.coverage)
        smallest, largest = THICKNESSES
        length = self.material.radiation_length
        if self.thickness is not None and self.thickness_cm is None:
            between("thickness", self.thickness, smallest, largest, "X0")
        elif self.thickness_cm is not None and self.thickness is None:
            between("thickness_cm", self.thickness_cm, smallest * length, largest * length, "cm")
        else:
            given = "both are given" if self.thickness is not None else "neither is given"
            raise InvalidValueError(f"thickness: must be stated in X0, or thickness_cm in cm; {given}")

    @property
    def depth(self) -> float:
        """Thickness in X0."""
        if self.thickness_cm is not None:
            return self.thickness_cm / self.material.radiation_length
        return float(self.thickness or 0.0)


class Part(NamedTuple):
    """A slab in which the efficiency is constant."""

    weight: float
    """Efficiency times the share of the tracks that come this way."""
    target: Target
    """The slab; its ``upstream`` is what lies before it of the same layer."""
    before: tuple[tuple[Material, float], ...]
    """Layers before: material and thickness in X0."""
    layer: int | None
    """Number of the layer from 1 on; None for a target of one slab."""


def parts_of(target: Target | Sequence[Layer], selection: Selection) -> tuple[Part, ...]:
    """Return all parts of a target in which the selection accepts a collision.

    Raises
    ------
    InvalidValueError
        No part accepts a collision.

    """
    if isinstance(target, Target):
        first, last = target.upstream, target.upstream + target.thickness
        found = tuple(
            Part(weight, target if (low, high) == (first, last) else _slab(target.material, low, high), (), None)
            for low, high, weight in selection.intervals(first, last)
        )
    else:
        found = tuple(itertools.chain.from_iterable(_crossed(*way, selection) for way in _ways(target)))
    if not found:
        raise InvalidValueError("target: has no active part where the efficiency is not zero")
    return found


def check_layers(layers: Sequence[Layer]) -> None:
    """Check a list of layers.

    Raises
    ------
    InvalidValueError
        No active layer, too many, a label given twice, or too much dead material before the first active layer.

    """
    if not 1 <= len(layers) <= _MOST:
        raise InvalidValueError(f"target: has {len(layers)} layers; must be 1 to {_MOST}")
    labels = [layer.label for layer in layers if layer.label]
    for label in labels:
        if labels.count(label) > 1:
            raise InvalidValueError(f"target: '{label}' is given twice; give each layer its own label")
    if not any(layer.active for layer in layers):
        raise InvalidValueError("target: every layer is dead; give at least one with active: true")
    if sum(layer.coverage < 1.0 for layer in layers) > _MOST_PARTIAL:
        raise InvalidValueError(f"target: at most {_MOST_PARTIAL} layers may have a coverage below 1")
    dead = sum(layer.depth for layer in itertools.takewhile(lambda layer: not layer.active, layers))
    if not dead <= LARGEST_UPSTREAM:
        raise InvalidValueError(
            f"target: {dead:g} X0 are dead before the first active layer; must be at most {LARGEST_UPSTREAM:g} X0"
        )


def main_layer(layers: Sequence[Layer]) -> Layer:
    """Return the thickest active layer: the calorimeter."""
    return max((layer for layer in layers if layer.active), key=lambda layer: layer.depth)


def total_thickness(layers: Sequence[Layer]) -> float:
    """Thickness in X0 of all layers that every track crosses."""
    return sum(layer.depth for layer in layers if layer.coverage == 1.0)


def _ways(layers: Sequence[Layer]) -> Iterator[tuple[float, list[tuple[int, Layer]]]]:
    """Share of the tracks for every choice of the layers crossed, and these layers with their numbers."""
    choices = [[(1.0, True)] if layer.coverage == 1.0 else _covered(layer) for layer in layers]
    for choice in itertools.product(*choices):
        share = 1.0
        for chance, _ in choice:
            share *= chance
        numbered = enumerate(layers, 1)
        yield share, [pair for pair, (_, crossed) in zip(numbered, choice, strict=True) if crossed]


def _covered(layer: Layer) -> list[tuple[float, bool]]:
    return [(layer.coverage, True), (1.0 - layer.coverage, False)]


def _crossed(share: float, way: Sequence[tuple[int, Layer]], selection: Selection) -> Iterator[Part]:
    before: list[tuple[Material, float]] = []
    front = 0.0
    for number, layer in way:
        if layer.active:
            for low, high, weight in selection.intervals(front, front + layer.depth):
                yield Part(share * weight, _slab(layer.material, low - front, high - front), tuple(before), number)
        if before and before[-1][0] == layer.material:
            before[-1] = (layer.material, before[-1][1] + layer.depth)
        else:
            before.append((layer.material, layer.depth))
        front += layer.depth


def _slab(material: Material, low: float, high: float) -> Target:
    return Target(material=material, thickness=high - low, upstream=low)
