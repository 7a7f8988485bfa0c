"""Linear equations in depth: n(t) and ∫n dt for dn/dt = A n, also for stiff A.

Each step is the rational approximation of Nørsett, of order 5 with one real pole, L-stable: E. Hairer and G. Wanner,
Solving Ordinary Differential Equations II, section IV.6, table 6.4. The first steps are shorter, and double. That n
varies much faster still at the front does not matter: only n at the ends enters, and the method damps the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from evanesce.validation import FloatArray

__all__ = ["Passage", "depth_steps", "passage", "rational_coefficients", "track_length_integral"]

_STAGES: Final[int] = 5
_POLE: Final[float] = 0.27805384113645953
"""γ with L₅(1/γ) = 0 and A-stability: R(z) = P(z)/(1 - γz)⁵ has degree 4 above."""
_LEVELS: Final[int] = 2
"""Number of times that the first steps double; with 12 track lengths change by a twentieth of their errors at most."""


class Passage(NamedTuple):
    """What comes of unknowns that pass through a slab."""

    track: FloatArray
    """∫ n dt over the slab."""
    leaving: FloatArray
    """n behind it."""


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
    matrix: FloatArray, initial: FloatArray, start: float, stop: float, *, block: int, accuracy: int = 6
) -> FloatArray:
    """∫ n dt from ``start`` to ``stop`` with n(0) = ``initial``; shape of ``initial``. See :func:`passage`."""
    return passage(matrix, initial, start, stop, block=block, accuracy=accuracy).track


def passage(
    matrix: FloatArray,
    initial: FloatArray,
    start: float,
    stop: float,
    *,
    block: int,
    accuracy: int = 6,
) -> Passage:
    """n(stop), and ∫ n dt from ``start`` to ``stop`` as A⁻¹[n(stop) - n(start)], with n(0) = ``initial``.

    A is lower triangular except for blocks of size ``block`` on its diagonal. ``accuracy`` is the number of steps of
    each length, and the smallest number of steps per unit of depth.
    """
    before = _advance(matrix, initial, block, depth_steps(start, accuracy)) if start > 0 else initial
    after = _advance(matrix, before, block, depth_steps(stop - start, accuracy))
    return Passage(_BlockTriangular(matrix, block).solve(after - before), after)


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
        """The scaled matrix, transposed: it lies in memory by columns, as LAPACK takes it."""
        count = len(self._inverses)
        scaled = self._inverses @ self.matrix.reshape(count, self.block, -1)
        return scaled.reshape(self.matrix.shape).T

    def solve(self, right: FloatArray) -> FloatArray:
        """Solve A x = ``right``, a vector."""
        from scipy.linalg.lapack import dtrtrs  # imported here so that limits with tables on disk do not load scipy

        scaled = (self._inverses @ right.reshape(-1, self.block, 1)).ravel()
        # the blocks on the diagonal are unit matrices after scaling, so that the matrix is lower triangular
        solution: FloatArray
        solution, _ = dtrtrs(self._triangle, scaled, lower=0, trans=1, unitdiag=1, overwrite_b=1)
        return solution


def _advance(matrix: FloatArray, state: FloatArray, block: int, steps: list[tuple[float, int]]) -> FloatArray:
    coefficients = rational_coefficients()
    diagonal = np.arange(len(matrix))
    for step, count in steps:
        moved = (-step * _POLE) * matrix
        moved[diagonal, diagonal] += 1.0
        system = _BlockTriangular(moved, block)
        for _ in range(count):
            value = coefficients[_STAGES] * state
            for k in range(_STAGES - 1, -1, -1):
                value = system.solve(value) + coefficients[k] * state
            state = value
    return state


def depth_steps(depth: float, accuracy: int) -> list[tuple[float, int]]:
    """Pairs (step, number of steps) that add up to ``depth``: ``accuracy`` steps of each doubling, then equal ones.

    >>> round(sum(step * count for step, count in depth_steps(16.0, 6)), 12)
    16.0
    """
    longest = min(1.0, 0.25 * depth) / accuracy
    doubling = longest * (1.0 - 0.5**_LEVELS) * accuracy
    count = math.ceil((depth - doubling) / longest)
    short = [(longest * 0.5**k, accuracy) for k in range(_LEVELS, 0, -1)]
    return [*short, ((depth - doubling) / count, count)]
