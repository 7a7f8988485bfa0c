"""Random numbers for compiled code: one stream per history, uniform and exponential numbers.

Streams: G. L. Steele, D. Lea and C. H. Flood, OOPSLA 2014 (SplitMix). Each has its own start and odd increment, so that
a result does not depend on the distribution of histories over threads. Exponential numbers: G. Marsaglia and W. W.
Tsang, J. Stat. Softw. 5 (2000) 8, with 256 layers. Needs numba.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from evanesce.numerics.compiled import compiled, inlined
from evanesce.validation import FloatArray

__all__ = ["exponential", "mix", "stream", "unit"]

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_M1: Final = np.uint64(0xBF58476D1CE4E5B9)
_M2: Final = np.uint64(0x94D049BB133111EB)
_G1: Final = np.uint64(0xFF51AFD7ED558CCD)
_G2: Final = np.uint64(0xC4CEB9FE1A85EC53)
_ALTERNATING: Final = np.uint64(0xAAAAAAAAAAAAAAAA)
_PAIRS: Final = np.uint64(0x5555555555555555)
_QUADS: Final = np.uint64(0x3333333333333333)
_BYTES: Final = np.uint64(0x0F0F0F0F0F0F0F0F)
_SUM: Final = np.uint64(0x0101010101010101)
_UNIT: Final = 2.0**-52
_WHOLE: Final = 2.0**53
_TAIL: Final = 7.69711747013104972
"""Point at which the lowest layer of the exponential distribution begins to fall."""
_AREA: Final = 3.949659822581572e-3
"""Area of a layer."""


def _layers() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Width of each layer over 2⁵³, the numbers below which a point in it is under the curve, and its heights."""
    width, inside, height = np.empty(256), np.empty(256), np.empty(256)
    edge = above = _TAIL
    lowest = _AREA / math.exp(-edge)
    width[0], width[255] = lowest / _WHOLE, edge / _WHOLE
    inside[0], inside[1] = edge / lowest * _WHOLE, 0.0
    height[0], height[255] = 1.0, math.exp(-edge)
    for layer in range(254, 0, -1):
        edge = -math.log(_AREA / edge + math.exp(-edge))
        inside[layer + 1] = edge / above * _WHOLE
        above = edge
        height[layer], width[layer] = math.exp(-edge), edge / _WHOLE
    return width, inside, height


_WIDTH, _INSIDE, _HEIGHT = _layers()


def _mix(z: Any) -> Any:
    z = (z ^ (z >> np.uint64(30))) * _M1
    z = (z ^ (z >> np.uint64(27))) * _M2
    return z ^ (z >> np.uint64(31))


mix: Any = inlined(_mix)


def _stream(seed: Any, history: Any) -> Any:
    """Start and odd increment of the stream of a history."""
    state = mix(mix(seed + _GOLDEN) ^ (history * _M2 + _GOLDEN))
    gamma = (state ^ (state >> np.uint64(33))) * _G1
    gamma = (gamma ^ (gamma >> np.uint64(33))) * _G2
    gamma = (gamma ^ (gamma >> np.uint64(33))) | np.uint64(1)
    flips = gamma ^ (gamma >> np.uint64(1))
    flips -= (flips >> np.uint64(1)) & _PAIRS
    flips = (flips & _QUADS) + ((flips >> np.uint64(2)) & _QUADS)
    count = (((flips + (flips >> np.uint64(4))) & _BYTES) * _SUM) >> np.uint64(56)
    if count < np.uint64(24):
        gamma ^= _ALTERNATING
    return mix(state), gamma


stream: Any = compiled(_stream)


def _unit(bits: Any) -> Any:
    """A number in (0, 1), ends excluded."""
    return (np.float64(bits >> np.uint64(12)) + 0.5) * _UNIT


unit: Any = inlined(_unit)


def _exponential(state: Any, step: Any) -> Any:
    """An exponentially distributed number of mean 1, and the new state of the stream."""
    while True:
        state += step
        bits = mix(state)
        layer = np.int64(bits & np.uint64(255))
        place = np.float64(np.int64(bits >> np.uint64(11)))
        x = place * _WIDTH[layer]
        if place < _INSIDE[layer]:
            return x, state
        state += step
        u = unit(mix(state))
        if layer == 0:
            return _TAIL - math.log(u), state
        if _HEIGHT[layer] + u * (_HEIGHT[layer - 1] - _HEIGHT[layer]) < math.exp(-x):
            return x, state


exponential: Any = compiled(_exponential)
