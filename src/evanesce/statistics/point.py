"""One point of a prediction's grid as a prediction of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.numerics import Estimate
from evanesce.prediction import SIGNAL, Prediction, Region, Systematic, component_key
from evanesce.validation import FloatArray

__all__ = ["at_point"]


def at_point(prediction: Prediction, point: int | tuple[int, ...] | None = None) -> Prediction:
    """The prediction at the indices ``point`` of its grid, one an axis; None for a grid of one point.

    Raises
    ------
    InvalidValueError
        A point that is not on the grid, or none for a grid of several.

    """
    shape = prediction.shape
    index = (0,) * len(shape) if point is None else (point,) if isinstance(point, int) else tuple(point)
    if point is None and int(np.prod(shape)) != 1:
        raise InvalidValueError(f"point: the prediction has {shape} points; give the indices of one")
    if len(index) != len(shape) or not all(-size <= at < size for at, size in zip(index, shape, strict=False)):
        raise InvalidValueError(f"point = {index}: must be indices in a grid of shape {shape}")
    coordinates, rest = {}, list(index)
    for name, axis in prediction.coordinates.items():
        coordinates[name] = np.asarray(axis[rest.pop(0)] if np.ndim(axis) else axis)

    def here(values: FloatArray, bins: int) -> FloatArray:
        return np.asarray(np.broadcast_to(values, (*shape, bins))[index])

    def region(found: Region) -> Region:
        signal = {
            name: Estimate(here(part.value, found.bins), here(part.error, found.bins))
            for name, part in found.signal.items()
        }
        error = None if found.source_error is None else here(found.source_error, found.bins)
        return replace(found, signal=signal, source_error=error)

    signals = {component_key(label, SIGNAL): part.bins for label, part in prediction.regions.items()}

    def systematic(one: Systematic) -> Systematic:
        effects = {key: here(effect, signals[key]) if key in signals else effect for key, effect in one.effects.items()}
        return replace(one, effects=effects)

    return replace(
        prediction,
        coordinates=coordinates,
        regions={label: region(found) for label, found in prediction.regions.items()},
        systematics=tuple(systematic(one) for one in prediction.systematics),
    )
