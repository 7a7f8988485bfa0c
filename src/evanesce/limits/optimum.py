"""The value of a card's field with the best expected limit at each mass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evanesce.engine import Engine
from evanesce.errors import InvalidValueError
from evanesce.experiments import Experiment
from evanesce.experiments import experiment as find_experiment
from evanesce.experiments.changes import value_of
from evanesce.limits.calculation import limit_curve
from evanesce.limits.curve import LimitCurve
from evanesce.mediators import Mediator
from evanesce.physics import DEFAULT_PRESET, PhysicsOptions
from evanesce.representation import Facts, html_table, summary
from evanesce.statistics import BANDS, Criterion
from evanesce.validation import FloatArray, finite_array

__all__ = ["Optimum", "optimise"]

_MEDIAN = BANDS.index(0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Optimum:
    """The best value of a field at each mass, among the values that were tried."""

    field: str
    """Dotted name of the field."""
    card_value: float
    """Its value on the card."""
    tried: FloatArray
    """Values tried, increasing, shape (values,)."""
    epsilon_tried: FloatArray
    """Median expected limits, shape (values, masses); inf where there is none."""
    mass: FloatArray
    """Masses in GeV, shape (masses,)."""
    epsilon_card: FloatArray
    """Median expected limits of the card as it is, shape (masses,)."""
    notes: tuple[str, ...]
    """What was done differently from the card, and warnings."""
    provenance: Mapping[str, Any]
    """How the limits of the card were made."""

    @property
    def value(self) -> FloatArray:
        """Best value at each mass, NaN where no value gives a limit; exact to the spacing of ``tried``."""
        best = self.tried[np.argmin(self.epsilon_tried, axis=0)]
        return np.where(np.isfinite(self.epsilon), best, np.nan)

    @property
    def epsilon(self) -> FloatArray:
        """Median expected limit with the best value, inf where there is none."""
        return np.asarray(self.epsilon_tried.min(axis=0))

    @property
    def gain(self) -> FloatArray:
        """ε of the card over the best ε: above 1 where another value is better; NaN without a limit."""
        both = np.isfinite(self.epsilon) & np.isfinite(self.epsilon_card)
        return np.asarray(
            np.divide(self.epsilon_card, self.epsilon, out=np.full(self.epsilon.shape, np.nan), where=both)
        )

    def facts(self) -> Facts:
        """Names and values for printing."""
        yield "field", f"{self.field}, {self.card_value:g} on the card"
        yield "tried", tuple(self.tried)
        yield "mass [GeV]", tuple(self.mass)
        yield "best value", tuple(self.value)
        yield "gain in ε", tuple(self.gain)
        yield from (("note", note) for note in self.notes)

    def __repr__(self) -> str:
        return summary("Optimum", self.facts())

    def _repr_html_(self) -> str:
        return html_table("Optimum", self.facts())


def optimise(
    experiment: str | Experiment,
    mediator: str | Mediator,
    mass: npt.ArrayLike,
    *,
    field: str = "selection.missing_fraction",
    values: npt.ArrayLike,
    physics: str | PhysicsOptions = DEFAULT_PRESET,
    overrides: Mapping[str, str | float] | None = None,
    criterion: str | Criterion = "cls",
    engine: Engine | None = None,
) -> Optimum:
    """Find the value of a card's field with the best median expected limit at each mass.

    The background follows the field: it is the sum of the card's components at each value, with their systematic
    uncertainties if the criterion uses any. Observed counts are not used.

    Parameters
    ----------
    experiment, mediator, mass, physics, overrides, criterion, engine
        As for :func:`~evanesce.limit`; one α_D and one mass ratio.
    field
        Dotted name of a field that is a number.
    values
        Values to try, at least two.

    Raises
    ------
    InvalidValueError
        Fewer than two values, values that repeat, several α_D, a field that is not a number, or a card without
        components of the background.
    CardError
        A field that does not exist, or a value that it does not allow; the message names the value.

    Examples
    --------
    >>> import evanesce as ev
    >>> found = ev.optimise(
    ...     "belle2", ev.DarkPhoton(), 0.0667, field="target.thickness", values=[14, 16], physics="published",
    ...     criterion="sqrt2.71",
    ... )
    >>> found.value.tolist()
    [16.0]

    """
    tried = np.unique(finite_array("values", values))
    if tried.size < 2 or tried.size != np.size(values):
        raise InvalidValueError(f"values: {np.size(values)} given, {tried.size} of them different; give two or more")
    card = find_experiment(experiment)
    now = _number_on(card, field)
    if not all(channel.budget().components for channel in card.channels):
        raise InvalidValueError(
            f"optimise: the background of '{card.name}' is one number, which does not follow {field}; describe it by "
            "its components ('backgrounds' of the card), of kind constant if it stays"
        )

    def limits(one: Experiment) -> LimitCurve:
        return limit_curve(
            one,
            mediator,
            mass,
            physics=physics,
            overrides=overrides,
            background="budget",
            criterion=criterion,
            theory=False,
            engine=engine,
        )

    before = limits(card)
    if before.dims not in ((), ("mass",)):
        raise InvalidValueError(f"optimise: got axes {', '.join(before.dims)}; give one alpha_d and one mass_ratio")
    curves = [limits(card.replace({field: float(value)})) for value in tried]
    return Optimum(
        field=field,
        card_value=now,
        tried=tried,
        epsilon_tried=np.array([np.atleast_1d(curve.expected[..., _MEDIAN]) for curve in curves]),
        mass=np.atleast_1d(before.coordinates["mass"]),
        epsilon_card=np.atleast_1d(before.expected[..., _MEDIAN]),
        notes=tuple(dict.fromkeys(note for curve in (before, *curves) for note in curve.notes)),
        provenance=before.provenance,
    )


def _number_on(card: Experiment, field: str) -> float:
    value = value_of(card.as_dict(), field, f"card '{card.name}'")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidValueError(f"field '{field}': is not a number on this card; name one that is")
    return float(value)
