"""Sums of estimates over processes, parts of a bin, and bins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evanesce.numerics import Estimate
from evanesce.validation import FloatArray

__all__ = ["in_step", "shared_out", "side_by_side", "summed"]


def summed(signal: Mapping[str, Estimate]) -> FloatArray:
    """Sum of the processes."""
    return np.asarray(np.sum([part.value for part in signal.values()], axis=0))


def in_step(one: Estimate, other: Estimate) -> Estimate:
    """Sum of two estimates with errors of the same sign."""
    return Estimate(one.value + other.value, one.error + other.error)


def shared_out(bins: Estimate, whole: Estimate) -> Estimate:
    """Bins scaled to the sum ``whole`` of one bin, where the two agree within their errors; elsewhere as they are."""
    total, error = bins.value.sum(axis=-1, keepdims=True), bins.error.sum(axis=-1, keepdims=True)
    close = (total > 0) & (np.abs(whole.value - total) <= error + whole.error)
    factor = np.divide(whole.value, total, out=np.ones_like(total), where=close)
    return Estimate(bins.value * factor, bins.error * factor)


def side_by_side(bins: Sequence[Estimate | None], shape: tuple[int, ...]) -> Estimate:
    """Join estimates of one bin each, shape (*grid, 1); nothing falls into a bin that is None."""
    if len(bins) == 1 and bins[0] is not None:
        return bins[0]
    empty = Estimate(np.zeros((*shape, 1)), np.zeros((*shape, 1)))
    columns = [empty if one is None else one for one in bins]
    return Estimate(
        np.concatenate([one.value for one in columns], axis=-1), np.concatenate([one.error for one in columns], axis=-1)
    )
