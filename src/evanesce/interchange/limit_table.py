"""Limits as a plain table: what every format of this folder can hold, and what is read back from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.errors import InvalidValueError, shortened, unknown_name
from evanesce.limits import LimitCurve
from evanesce.statistics import BANDS
from evanesce.validation import FloatArray, fraction, mapping, positive_array

__all__ = ["CONVENTIONS", "LimitTable"]

CONVENTIONS: Final = (
    "epsilon is the coupling of the mediator to electrons in units of e, mass is that of the mediator in GeV; "
    "it decays invisibly"
)
_SAME: Final = 1e-9
"""Relative difference below which a value of an axis is the one asked for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LimitTable:
    """One row for each point of a grid of limits; every array has the shape (points,)."""

    axes: tuple[str, ...]
    """Columns of ``points`` that are axes of the grid; ``mass`` always."""
    points: Mapping[str, FloatArray]
    """``mass`` in GeV, ``alpha_d``, ``mass_ratio``, and any other axis of a scan."""
    epsilon: FloatArray
    """The limit: observed where there are counts, else the median expected one; inf where there is none."""
    epsilon_error: FloatArray | None = None
    """Its numerical error."""
    observed: FloatArray | None = None
    expected: Mapping[int, FloatArray] = field(default_factory=dict)
    """Expected limits by standard deviations; empty if the criterion has no bands."""
    about: Mapping[str, Any]
    """How the limits were made: plain data, with the keys of the JSON of ``evanesce limit``."""

    def __post_init__(self) -> None:
        limits = {"epsilon": self.epsilon, **{f"expected {band:+d}": x for band, x in self.expected.items()}}
        limits |= {"observed": self.observed} if self.observed is not None else {}
        errors = {"epsilon_error": self.epsilon_error} if self.epsilon_error is not None else {}
        for name, values in {**self.points, **limits, **errors}.items():
            if np.shape(values) != np.shape(self.epsilon):
                raise InvalidValueError(
                    f"{name} has {values.size} values, epsilon {self.epsilon.size}; must be as many"
                )
        for name in ("mass", "alpha_d", "mass_ratio"):
            positive_array(name, self.points[name])
        for name, values in limits.items():
            if (values <= 0.0).any():
                raise InvalidValueError(f"{name} = {values[values <= 0.0][0]:g}: must be greater than 0")
        _check_about(self.about)

    @classmethod
    def of(cls, curve: LimitCurve) -> LimitTable:
        """The table of a curve or of a scan."""
        return cls(
            axes=tuple(dict.fromkeys((*curve.dims, "mass"))),
            points=curve.points(),
            epsilon=curve.epsilon.ravel(),
            epsilon_error=curve.epsilon_error.ravel(),
            observed=None if curve.observed is None else curve.observed.ravel(),
            expected={band: curve.expected[..., i].ravel() for i, band in enumerate(BANDS)} if curve.has_bands else {},
            about=_about(curve),
        )

    @property
    def y(self) -> FloatArray:
        """Y = ε² α_D (m_χ/m)⁴ at the limit."""
        return np.square(self.epsilon) * self.points["alpha_d"] * self.points["mass_ratio"] ** -4.0

    @property
    def has_limit(self) -> npt.NDArray[np.bool_]:
        """Where there is a limit."""
        return np.isfinite(self.epsilon)

    def where(self, rows: npt.NDArray[np.bool_]) -> LimitTable:
        """Keep some of the rows."""
        return LimitTable(
            axes=self.axes,
            points={name: values[rows] for name, values in self.points.items()},
            epsilon=self.epsilon[rows],
            epsilon_error=None if self.epsilon_error is None else self.epsilon_error[rows],
            observed=None if self.observed is None else self.observed[rows],
            expected={band: values[rows] for band, values in self.expected.items()},
            about=self.about,
        )

    def at(self, selection: Mapping[str, float]) -> LimitTable:
        """Keep the rows with these values of axes, which are then no axes.

        Raises
        ------
        UnknownNameError
            Not an axis of these limits.
        InvalidValueError
            A value that is not on its axis.

        """
        found = self
        for name, value in selection.items():
            if name not in found.points:
                raise unknown_name("axis of these limits", name, found.points)
            rows = np.isclose(found.points[name], value, rtol=_SAME, atol=0.0)
            if not rows.any():
                known = np.unique(found.points[name])
                shown = ", ".join(f"{one:g}" for one in known[:10]) + (", …" if known.size > 10 else "")
                raise InvalidValueError(f"{name} = {value:g}: is not on the grid; there are {shown}")
            found = found.where(rows)
        axes = tuple(name for name in self.axes if name == "mass" or name not in selection)
        return LimitTable(**{**{name: getattr(found, name) for name in _FIELDS}, "axes": axes})

    def single(self) -> LimitTable:
        """The rows with a limit of one curve in the mass.

        Raises
        ------
        InvalidValueError
            Another axis has several values, or there is no limit.

        """
        for name in self.points:
            values = np.unique(self.points[name])
            if name != "mass" and values.size > 1:
                raise InvalidValueError(
                    f"this format holds one curve, and {name} has {values.size} values: select one, as {name}="
                    f"{values[0]:g}"
                )
        return self.with_limits()

    def with_limits(self) -> LimitTable:
        """The rows with a limit.

        Raises
        ------
        InvalidValueError
            There is none.

        """
        if not self.has_limit.any():
            raise InvalidValueError("there is no limit at any point, nothing is written")
        return self.where(self.has_limit)


def _check_about(about: Mapping[str, Any]) -> None:
    """What figures and other formats use of ``about``, which may come from a file that another program changed."""
    for name in ("experiment", "mediator", "dark_matter", "criterion", "method"):
        if not isinstance(about.get(name, ""), str):
            raise InvalidValueError(f"{name} = {shortened(repr(about[name]))}: must be text")
    if "physics" in about:
        mapping("physics", about["physics"], "{'preset': 'reference'}")
        overrides = about["physics"].get("overrides", [])
        if not isinstance(about["physics"].get("preset"), str) or not isinstance(overrides, (list, tuple)):
            raise InvalidValueError("physics: must have a preset, and overrides as a list")
        if missing := [name for name in overrides if name not in about["physics"]]:
            raise InvalidValueError(f"physics: has no {missing[0]}, which it says is changed")
    if "confidence_level" in about:
        fraction("confidence_level", about["confidence_level"])
    cards = about.get("cards", [])
    if not isinstance(cards, (list, tuple)) or not all(
        isinstance(card, Mapping) and isinstance(card.get("name"), str) for card in cards
    ):
        raise InvalidValueError("cards: must be a list of cards with names")


_FIELDS: Final = ("axes", "points", "epsilon", "epsilon_error", "observed", "expected", "about")


def _about(curve: LimitCurve) -> dict[str, Any]:
    made = curve.provenance
    named = ("mediator", "dark_matter", "physics", "criterion", "confidence_level", "method", "background")
    cards = made.get("experiments", [made["experiment"]])
    about = {
        "experiment": made["experiment"]["name"],
        **{name: made[name] for name in named},
        "alpha_d": made["alpha_d"],
        "mass_ratio": made["mass_ratio"],
        "cards": cards,
        "conventions": CONVENTIONS,
        "evanesce_version": made["evanesce_version"],
        "notes": list(curve.notes),
    }
    plain: dict[str, Any] = json.loads(json.dumps(about))
    return plain
