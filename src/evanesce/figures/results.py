"""What the drawing functions take: finished numbers, ready to draw. Needs no plotting library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.validation import FloatArray

__all__ = ["Curve", "EndpointCurves", "Limits", "Role"]

Role: TypeAlias = Literal[
    "search",
    "search-weaker",
    "search-best",
    "exact",
    "best",
    "rival",
    "second",
    "second-best",
    "part",
    "excluded",
    "excluded-faint",
]
"""What a curve is in its figure, which decides its looks; an excluded one is filled upwards.

``search`` and ``second`` are two of a kind; ``-weaker`` is the same with more background, ``-best`` the same with the
best physics, where ``best`` alone stands for it; ``part`` is what a part of ``search`` contributes.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """One curve; where y is not finite it has a gap.

    Raises
    ------
    InvalidValueError
        x and y are not of one length, at birth.

    """

    label: str
    role: Role
    x: FloatArray
    y: FloatArray

    def __post_init__(self) -> None:
        if np.ndim(self.x) != 1 or np.shape(self.x) != np.shape(self.y):
            raise InvalidValueError(
                f"curve '{self.label}': x has shape {np.shape(self.x)} and y {np.shape(self.y)}, "
                "give two lists of one length"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """Limits on ε and what they compete with, against mass (GeV) or against α_D."""

    curves: tuple[Curve, ...]
    against: Literal["mass", "alpha_d"] = "mass"
    mediator: str = "A'"
    """Symbol of the mediator, for the axis."""
    title: str = ""
    """What holds for every curve: stands over the legend."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EndpointCurves:
    """Track length towards the endpoint: (1 - v) F(v) against 1 - v, whose area in ln(1 - v) is track length."""

    curves: tuple[Curve, ...]
    cut: float
    """The v above which the published track length is cut."""
    dropped: float
    """Share of the track length of the selection that this drops."""
    selection: float
    """Smallest v of the selection."""
