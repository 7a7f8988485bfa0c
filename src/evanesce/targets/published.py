"""Published thermal lines, for comparison: α_D = 0.5 and m/m_χ = 3."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.errors import unknown_name
from evanesce.targets.files import read_columns, read_names
from evanesce.targets.line import RelicLine
from evanesce.validation import FloatArray, positive_array

__all__ = ["PUBLISHED_ALPHA_D", "PUBLISHED_BAND", "PUBLISHED_MASS_RATIO", "published_epsilon", "published_line"]

PUBLISHED_BAND: Final[float] = 0.1
"""Relative uncertainty in y with which a published line is shown: public tables of one line differ by 7 to 25 %."""
PUBLISHED_ALPHA_D: Final[float] = 0.5
PUBLISHED_MASS_RATIO: Final[float] = 3.0
_RANGE: Final[tuple[float, float]] = (0.003, 0.3)
"""m_χ in GeV where calculation and published lines agree within 12 %; below it they differ by up to 42 %."""


def published_line(dark_matter: str, mass: npt.ArrayLike) -> FloatArray:
    """Y at the mass of the mediator in GeV (any shape), from 0.009 to 0.9 GeV; NaN elsewhere.

    The lines drawn with the projections of LDMX (2022), interpolated in log y against log m.

    >>> float(published_line("majorana", 0.03).round(14))
    6.14e-12

    Raises
    ------
    UnknownNameError
        No published line for this kind of dark matter.
    InvalidValueError
        A mass is not a finite number greater than 0.

    """
    names = read_names("published.csv")
    column = {"dirac": "pseudo-dirac"}.get(dark_matter, dark_matter)
    if column not in names[1:]:
        raise unknown_name("published thermal line", dark_matter, [*names[1:], "dirac"])
    table = read_columns("published.csv")
    dark_mass = positive_array("mass", mass) / PUBLISHED_MASS_RATIO
    line = np.exp(np.interp(np.log(dark_mass), np.log(table[0]), np.log(table[names.index(column)])))
    inside = (dark_mass >= _RANGE[0] * (1.0 - 1e-12)) & (dark_mass <= _RANGE[1] * (1.0 + 1e-12))
    return np.asarray(np.where(inside, line, np.nan))


def published_epsilon(line: RelicLine) -> FloatArray | None:
    """ε of the published line at the masses of ``line``; None if its α_D, m/m_χ or kind of dark matter is another."""
    same = (line.alpha_d, line.mass_ratio) == (PUBLISHED_ALPHA_D, PUBLISHED_MASS_RATIO)
    if not same or line.dark_matter not in ("dirac", *read_names("published.csv")[1:]):
        return None
    y = published_line(line.dark_matter, line.mass)
    return np.asarray(np.sqrt(y * (line.mass_ratio**4 / line.alpha_d)))
