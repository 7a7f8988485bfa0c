"""Fixed panels in ln m on which a yield is tabulated, independent of the requested masses.

The panels are [j w, (j + 1) w] in ln m, with w = ln 4 or a half, a quarter, ... of it: the widest that stays half its
width, and a quarter of the mass, away from the mass at which the yield stops being smooth. Their nodes are the same for
every experiment, so that tables at the nodes can be shared and kept.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from evanesce.numerics import panel_nodes
from evanesce.validation import FloatArray

__all__ = ["MASS_ORDER", "MassPanel", "mass_panels"]

MASS_ORDER: Final[int] = 8
"""Nodes per panel."""
_WIDTH: Final[float] = float(np.log(4.0))
_LEVELS: Final[int] = 4
"""Widths."""
_NEAREST: Final[float] = float(np.log(4.0 / 3.0))
"""Distance in ln m from the end, below which yields are computed mass by mass."""


class MassPanel(NamedTuple):
    """One panel in ln m, m in GeV."""

    level: int
    """Number of times that the widest panel is halved."""
    start: int
    """The panel begins at ``start`` times its width."""

    @property
    def masses(self) -> FloatArray:
        """Masses of the nodes in GeV, shape (order,)."""
        nodes, _ = panel_nodes(np.array([self.start, self.start + 1.0]) * self._width, MASS_ORDER)
        masses: FloatArray = np.exp(nodes[0])
        return masses

    def local(self, mass: FloatArray) -> FloatArray:
        """Position of ln m in the panel, from -1 to 1."""
        local: FloatArray = 2.0 * (np.log(mass) / self._width - self.start) - 1.0
        return local

    @property
    def _width(self) -> float:
        return _WIDTH / 2.0**self.level


def mass_panels(mass: FloatArray, end: float) -> list[tuple[MassPanel | None, npt.NDArray[np.intp]]]:
    """The panels that contain the masses in GeV, and the rows of each; None for masses close to ``end`` or beyond.

    >>> [(panel, rows.tolist()) for panel, rows in mass_panels(np.array([0.3, 0.3, 3.99]), 4.0)]
    [(MassPanel(level=0, start=-1), [0, 1]), (None, [2])]
    """
    log_mass, log_end = np.log(mass), np.log(end)
    level, start = np.full(len(mass), -1), np.zeros(len(mass), dtype=np.intp)
    for finer in range(_LEVELS):
        width = _WIDTH / 2.0**finer
        here = np.floor(log_mass / width)
        fits = (level < 0) & (log_end - (here + 1.0) * width >= max(0.5 * width, _NEAREST))
        level[fits], start[fits] = finer, here[fits]
    found: list[tuple[MassPanel | None, npt.NDArray[np.intp]]] = []
    for one, other in sorted(set(zip(level.tolist(), start.tolist(), strict=True))):
        rows = np.flatnonzero((level == one) & (start == other))
        found.append((MassPanel(one, other) if one >= 0 else None, rows))
    return sorted(found, key=lambda entry: entry[0] is None)
