"""The slabs in which collisions count: active layers, divided where the efficiency changes with depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.setups.target import DepthEfficiency, Layer, Target, layers_of

__all__ = ["Slab", "slabs_of"]

_DEEPEST: Final[float] = 40.0
"""Depth in X0 beyond which the track length is smaller than rounding errors."""
_THINNEST: Final[float] = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Slab:
    """Part of one layer, and what lies before it."""

    material: Material
    thickness: float
    """In X0 of its material."""
    upstream: float = 0.0
    """Inactive part of the same layer in front of it, in X0."""
    before: tuple[tuple[Material, float], ...] = ()
    """Layers before this one: material, and thickness in X0 of it."""
    number: int | None = None
    """Position of the layer in the target, from 0 on; None for a target of one layer."""
    weight: float = 1.0
    """Probability that an event in this slab is kept."""
    way: float = 0.0
    """Depth in X0 of its front behind that of the first active layer."""

    @property
    def front(self) -> tuple[float, float]:
        """Depth of the front of its layer in X0 and in cm."""
        depth = sum(thickness for _, thickness in self.before)
        return depth, sum(thickness * material.radiation_length for material, thickness in self.before)


def slabs_of(target: Target | Sequence[Layer], efficiency: Sequence[DepthEfficiency] = ()) -> tuple[Slab, ...]:
    """Return the slabs of a target from front to back.

    Raises
    ------
    InvalidValueError
        No slab in which an event counts.

    """
    if isinstance(target, Target) and not efficiency:
        return (Slab(material=target.material, thickness=target.thickness, upstream=target.upstream),)
    layers = layers_of(target)
    found: list[Slab] = []
    front = 0.0
    first = next((sum(each.depth for each in layers[:k]) for k, layer in enumerate(layers) if layer.active), 0.0)
    # a single calorimeter has its own material upstream, in which a track length begins at a depth
    offset = target.upstream if isinstance(target, Target) else 0.0
    for number, layer in enumerate(layers):
        if layer.active:
            before = () if offset else tuple((one.material, one.depth) for one in layers[:number])
            for start, stop, weight in _parts(front, front + layer.depth, efficiency):
                found.append(
                    Slab(
                        material=layer.material,
                        thickness=stop - start,
                        upstream=offset + start - front,
                        before=before,
                        number=None if isinstance(target, Target) else number,
                        weight=weight,
                        way=start - first,
                    )
                )
        front += layer.depth
    if not found:
        raise InvalidValueError("target: there is no active layer in which an event would be kept")
    return tuple(found)


def _parts(front: float, back: float, efficiency: Sequence[DepthEfficiency]) -> list[tuple[float, float, float]]:
    """Start, end and efficiency of the parts of a layer in which events are kept."""
    steps = efficiency or (DepthEfficiency(depth=0.0, efficiency=1.0),)
    ends = [step.depth for step in steps[1:]] + [float("inf")]
    parts = [(max(step.depth, front), min(end, back), step.efficiency) for step, end in zip(steps, ends, strict=True)]
    return [
        (start, stop, weight)
        for start, stop, weight in parts
        if weight > 0 and stop - start > _THINNEST and (start == front or start < _DEEPEST)
    ]
