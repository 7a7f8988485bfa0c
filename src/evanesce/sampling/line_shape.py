"""Draws of the mass of a vector meson off its mass shell, next to the mediator's resonance.

s is drawn from a mixture of Breit-Wigners, those of the mesons and that of the mediator, and weighted with the line
shape of :mod:`evanesce.production.vector_mesons`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.production.meson_yield import HIGHEST_S
from evanesce.production.vector_mesons import LIGHT, MESONS, line_amplitudes, line_shape
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.resonance import BreitWignerDraw
from evanesce.validation import FloatArray

__all__ = ["LineShapeDraw"]

_MEDIATOR: Final[float] = 0.4
"""Share of draws from the mediator's resonance; the mesons share the rest equally."""


@dataclass(frozen=True, slots=True, eq=False)
class LineShapeDraw:
    """Draws s and the meson for numbers of mesons in the order of MESONS."""

    point: SignalPoint
    numbers: FloatArray

    @property
    def empty(self) -> bool:
        """Whether no meson of these masses decays to dark matter."""
        return not (self._low < HIGHEST_S and self.numbers[:LIGHT].sum() > 0)

    @property
    def _low(self) -> float:
        return 4.0 * self.point.dark_mass**2 * (1.0 + 1e-12)

    def __call__(self, uniform: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Draw s in GeV²; return it, and the number of decays per s over the density of the draw."""
        low, high = np.asarray(self._low), np.asarray(HIGHEST_S)
        poles = [(self.point.mass**2, self.point.half_width)]
        poles += [(meson.mass**2, meson.mass * meson.width) for meson in MESONS[:LIGHT]]
        draws = [BreitWignerDraw(low, high, pole, half_width) for pole, half_width in poles]
        shares = np.array([_MEDIATOR, *np.full(LIGHT, (1.0 - _MEDIATOR) / LIGHT)])
        ends = np.cumsum(shares)
        which = np.minimum(np.searchsorted(ends, uniform, side="right"), LIGHT)
        inner = np.clip((uniform - (ends - shares)[which]) / shares[which], 0.0, 1.0)
        s, delta = np.empty_like(uniform), np.empty_like(uniform)
        for index, draw in enumerate(draws):
            here = which == index
            off = draw(inner[here])
            s[here] = np.clip(draw.pole + off, low, high)
            # next to the mediator's pole the difference itself has the digits
            delta[here] = off if index == 0 else s[here] - self.point.mass**2
        squared = delta**2 + self.point.half_width**2
        mixed = shares[0] * draws[0].half_width / draws[0].range
        for share, draw in zip(shares[1:], draws[1:], strict=True):
            density = draw.half_width / ((s - draw.pole) ** 2 + draw.half_width**2) / draw.range
            mixed = mixed + share * density * squared
        return s, line_shape(self.numbers, s) * self.point.numerator(s, delta) / mixed

    def shares(self, s: FloatArray) -> FloatArray:
        """Share of each of the LIGHT mesons at s, from the squares of their amplitudes, shape (mesons, *s.shape)."""
        squares = np.array([np.abs(amplitude) ** 2 for amplitude in line_amplitudes(self.numbers, s)])
        shares: FloatArray = squares / np.maximum(squares.sum(axis=0), 1e-300)
        return shares
