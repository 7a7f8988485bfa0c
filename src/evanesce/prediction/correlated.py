"""Errors of sums of background components, which share nuisance parameters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from evanesce.backgrounds import NOTHING_SEEN
from evanesce.numerics import Estimate
from evanesce.prediction.systematic import Systematic, component_key
from evanesce.validation import FloatArray

__all__ = ["background_changes", "summed_error"]


def background_changes(
    region: str, background: Mapping[str, Estimate], bins: int, systematics: Iterable[Systematic]
) -> dict[str, FloatArray]:
    """Change of the total background of a region by one standard deviation of each nuisance, shape (bins,).

    A free normalisation adds nothing, since it has no standard deviation. A component on which no nuisance acts has
    its own error, under the component's key.
    """
    parts = {
        component_key(region, name): (np.broadcast_to(part.value, (bins,)), np.broadcast_to(part.error, (bins,)))
        for name, part in background.items()
    }
    changes: dict[str, FloatArray] = {}
    left = dict(parts)
    for one in systematics:
        acting = one.effects.keys() & parts.keys()
        total = np.zeros(bins)
        for key in acting:
            left.pop(key, None)
            total = total + one.effects[key] * _deviation(one, parts[key][0])
        if acting:
            changes[one.name] = changes.get(one.name, np.zeros(bins)) + total
    return changes | {key: error for key, (_, error) in left.items()}


def _deviation(one: Systematic, expected: FloatArray) -> FloatArray:
    """Factor of the effect of one standard deviation."""
    if one.constraint == "free":
        return np.zeros_like(expected)
    if one.counts is None:
        return expected
    return np.full_like(expected, math.sqrt(one.counts) if one.counts > 0 else NOTHING_SEEN)


def summed_error(changes: Iterable[FloatArray]) -> FloatArray:
    """Independent changes in quadrature."""
    total: FloatArray = np.sqrt(np.sum([np.square(change) for change in changes], axis=0))
    return total
