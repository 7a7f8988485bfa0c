"""Linear equations in depth: n(t) and ∫n dt for dn/dt = A n, also for stiff A.

Each step is the rational approximation of Nørsett, of order 5 with one real pole, L-stable: E. Hairer and G. Wanner,
Solving Ordinary Differential Equations II, section IV.6, table 6.4. Steps double, so that all scales of depth from
2^-levels of the total on are resolved.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np

from evanesce.validation import FloatArray

__all__ = ["depth_steps", "rational_coefficients", "track_length_integral"]

_STAGES: Final[int] = 5
_POLE: Final[float] = 0.27805384113645953
"""γ with L₅(1/γ) = 0 and A-stability: R(z) = P(z)/(1 - γz)⁵ has degree 4 above."""
_LEVELS: Final[int] = 12
"""Number of times that the first steps double."""
_FRESH: Final[float] = 0.125
"""Behind layers, ``accuracy`` steps of the first length cover this share of the depth crossed before."""


def rational_coefficients() -> FloatArray:
    """R(z) as a polynomial in u = 1/(1 - γz), from u⁰ to u⁵."""
    power = [math.comb(_STAGES, k) * (-_POLE) ** k for k in range(_STAGES + 1)]
    numerator = [sum(power[k] / math.factorial(j - k) for k in range(j + 1)) for j in range(_STAGES)]
    result = np.zeros(_STAGES + 1)
    for j, value in enumerate(numerator):
        # z^j u^5 = ((u - 1)/γ)^j u^(5-j)
        for k in range(j + 1):
            result[_STAGES - j + k] += value / _POLE**j * math.comb(j, k) * (-1.0) ** (j - k)
    return result


def track_length_integral(
    matrix: FloatArray,
    initial: FloatArray,
    start: float,
    stop: float,
    *,
    block: int,
    accuracy: int = 6,
    before: Sequence[tuple[FloatArray, float]] = (),
) -> FloatArray:
    """∫ n dt from ``start`` to ``stop`` with n(0) = ``initial``, as A⁻¹[n(stop) - n(start)]; shape of ``initial``.

    A is lower triangular except for blocks of size ``block`` on its diagonal. ``accuracy`` is the number of steps of
    each length, and the smallest number of steps per unit of depth. ``before`` are matrices and thicknesses of layers
    that are crossed first: what leaves one of them enters the next, and depth is counted from the last face.
    """
    state, crossed = initial, 0.0
    systems: _Systems = {}
    for layer, thickness in before:
        state = _advance(layer, state, thickness, block, accuracy, crossed, systems)
        crossed += thickness
    if start > 0:
        state = _advance(matrix, state, start, block, accuracy, crossed, systems)
    after = _advance(matrix, state, stop - start, block, accuracy, crossed, systems)
    return _BlockTriangular(matrix, block).solve(after - state)


@dataclass(frozen=True, eq=False)
class _BlockTriangular:
    """Solves with a block lower triangular matrix, scaled so that it becomes triangular."""

    matrix: FloatArray
    block: int

    @cached_property
    def _inverses(self) -> FloatArray:
        count = len(self.matrix) // self.block
        diagonal = np.arange(count)
        blocks = self.matrix.reshape(count, self.block, count, self.block)[diagonal, :, diagonal, :]
        return np.asarray(np.linalg.inv(blocks), dtype=np.float64)

    @cached_property
    def _triangle(self) -> FloatArray:
        count = len(self._inverses)
        scaled = self._inverses @ self.matrix.reshape(count, self.block, -1)
        return np.asfortranarray(scaled.reshape(self.matrix.shape))

    def solve(self, right: FloatArray) -> FloatArray:
        """Solve A x = ``right``, a vector."""
        from scipy.linalg.lapack import dtrtrs  # imported here so that limits with tables on disk do not load scipy

        scaled = np.einsum("bij,bj->bi", self._inverses, right.reshape(-1, self.block)).ravel()
        # the blocks on the diagonal are unit matrices after scaling, so that the matrix is lower triangular
        solution: FloatArray
        solution, _ = dtrtrs(self._triangle, scaled, lower=1, unitdiag=1)
        return solution


_Systems: TypeAlias = dict[tuple[int, float], _BlockTriangular]
"""Systems to solve by the identity of a matrix and the step: layers that repeat share them."""


def _advance(
    matrix: FloatArray,
    state: FloatArray,
    depth: float,
    block: int,
    accuracy: int,
    crossed: float,
    systems: _Systems,
) -> FloatArray:
    coefficients = rational_coefficients()
    identity = np.eye(len(matrix))
    for step, count in depth_steps(depth, accuracy, crossed):
        key = (id(matrix), step)
        if key not in systems:
            systems[key] = _BlockTriangular(identity - step * _POLE * matrix, block)
        for _ in range(count):
            value = coefficients[_STAGES] * state
            for k in range(_STAGES - 1, -1, -1):
                value = systems[key].solve(value) + coefficients[k] * state
            state = value
    return state


def depth_steps(depth: float, accuracy: int, crossed: float = 0.0) -> list[tuple[float, int]]:
    """Pairs (step, number of steps) that add up to ``depth``: ``accuracy`` steps of each doubling, then equal ones.

    Behind layers of ``crossed`` units of depth the densities have no smaller scale than these, and fewer doublings
    are needed.

    >>> sum(step * count for step, count in depth_steps(16.0, 6))
    16.0
    >>> len(depth_steps(16.0, 6)), len(depth_steps(16.0, 6, 0.25)), len(depth_steps(0.1, 6, 0.25))
    (13, 6, 1)
    """
    longest = min(1.0, 0.25 * depth) / accuracy
    levels = _LEVELS
    if crossed > 0:
        levels = min(max(math.ceil(math.log2(longest * accuracy / (_FRESH * crossed))), 0), _LEVELS)
    doubling = longest * (1.0 - 0.5**levels) * accuracy
    count = math.ceil((depth - doubling) / longest)
    short = [(longest * 0.5**k, accuracy) for k in range(levels, 0, -1)]
    return [*short, ((depth - doubling) / count, count)]
