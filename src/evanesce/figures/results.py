"""Input of the drawing functions: finished numbers. Needs no plotting library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.validation import FloatArray

__all__ = ["BackgroundCurves", "Curve", "EndpointCurves", "ExpectedBand", "Limits", "Role", "ThermalLine"]

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
"""Role of a curve in its figure, which determines its style; the region above an excluded one is filled.

``search`` and ``second`` are two curves of the same kind; ``-weaker`` is the same with more background, ``-best`` the
same with the best physics, also ``best`` alone; ``part`` is the contribution of one process to ``search``.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """One curve, with a gap where y is not finite.

    Raises
    ------
    InvalidValueError
        On construction: x and y differ in length.

    """

    label: str
    role: Role
    x: FloatArray
    y: FloatArray

    def __post_init__(self) -> None:
        if np.ndim(self.x) != 1 or np.shape(self.x) != np.shape(self.y):
            raise InvalidValueError(
                f"curve '{self.label}': x has shape {np.shape(self.x)} and y {np.shape(self.y)}; "
                "give two lists of the same length"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThermalLine:
    """A thermal relic line, ε against the mediator's mass in GeV; or a band between two of them.

    Raises
    ------
    InvalidValueError
        On construction: x, y and the band differ in length.

    """

    label: str
    x: FloatArray
    y: FloatArray
    band: tuple[FloatArray, FloatArray] | None = None
    """Lower and upper edge of ε; then no line is drawn."""

    def __post_init__(self) -> None:
        shapes = [np.shape(values) for values in (self.x, self.y, *(self.band or ()))]
        if np.ndim(self.x) != 1 or len(set(shapes)) > 1:
            raise InvalidValueError(
                f"thermal line '{self.label}': its lists have shapes {', '.join(map(str, shapes))}; "
                "give lists of the same length"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExpectedBand:
    """Expected limits: the median with its bands of one and two standard deviations.

    Raises
    ------
    InvalidValueError
        On construction: the limits are not five for each x.

    """

    label: str
    x: FloatArray
    limits: FloatArray
    """At -2 ... +2 standard deviations, shape (x, 5)."""

    def __post_init__(self) -> None:
        if np.ndim(self.x) != 1 or np.shape(self.limits) != (len(self.x), 5):
            raise InvalidValueError(
                f"band '{self.label}': x has shape {np.shape(self.x)} and the limits {np.shape(self.limits)}; "
                "give five limits for each x"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """Limits on ε and competing limits, against mass (GeV) or against α_D."""

    curves: tuple[Curve, ...]
    against: Literal["mass", "alpha_d"] = "mass"
    mediator: str = "A'"
    """Symbol of the mediator, for the axis."""
    title: str = ""
    """Title of the legend: what all curves have in common."""
    thermal: tuple[ThermalLine, ...] = ()
    """Thermal relic lines and bands, drawn below the limits."""
    bands: tuple[ExpectedBand, ...] = ()
    """Expected limits, drawn below all curves."""
    confidence_level: float = 0.9
    """Of the limits, for the axis."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EndpointCurves:
    """Track length near the endpoint: (1 - v) F(v) against 1 - v; areas in ln(1 - v) are track lengths."""

    curves: tuple[Curve, ...]
    cut: float
    """The v above which the published track length is cut."""
    dropped: float
    """Share of the selected track length that this cut drops."""
    selection: float
    """Smallest v of the selection."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BackgroundCurves:
    """Expected background events against a field of a card."""

    field: str
    """Name of the field, for the axis."""
    values: FloatArray
    components: Mapping[str, FloatArray]
    """Events of each component, shape (values,)."""
    total: FloatArray
    total_error: FloatArray
