"""Axes of a scan over numbers of a card, and over physics options that are numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from evanesce.errors import InvalidValueError, on_one_line
from evanesce.experiments import Experiment
from evanesce.experiments.changes import value_of
from evanesce.physics import PhysicsOptions, describe_options, resolve_physics
from evanesce.validation import finite_array, mapping

__all__ = ["FieldAxis", "field_axes"]

_GRID: Final[frozenset[str]] = frozenset({"alpha_d", "mass_ratio", "mass"})
_MOST: Final[int] = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAxis:
    """Values of one field of the card, or of one physics option."""

    name: str
    """Dotted name of a number on the card, as ``source.luminosity``, or name of a physics option, as ``v_max``."""
    of: Literal["card", "physics"]
    values: tuple[float, ...]

    def changed(self, cards: Sequence[Experiment], options: PhysicsOptions, value: float) -> Any:
        """The experiments and physics options with this ``value``.

        Raises
        ------
        EvanesceError
            A value that the card or the option does not allow.

        """
        if self.of == "physics":
            return list(cards), resolve_physics(options, {self.name: value})
        return [card.replace({self.name: self._number(card, value)}) for card in cards], options

    def _number(self, card: Experiment, value: float) -> float | int:
        whole = isinstance(value_of(card.as_dict(), self.name, card.name), int) and value == int(value)
        return int(value) if whole else value


def field_axes(
    given: Mapping[str, npt.ArrayLike] | None, cards: Sequence[Experiment], options: PhysicsOptions
) -> tuple[FieldAxis, ...]:
    """Check axes ``{name: values}`` against the cards and the physics options.

    Raises
    ------
    InvalidValueError
        An axis that is empty, not one-dimensional, repeats a value, or belongs to something that is not a number.
    CardError
        No field of a card and no physics option has this name.

    """
    if given is None:
        return ()
    return tuple(
        _axis(str(name), values, cards, options)
        for name, values in mapping("axes", given, "{'source.luminosity': [1, 10, 50]}").items()
    )


def _axis(name: str, given: npt.ArrayLike, cards: Sequence[Experiment], options: PhysicsOptions) -> FieldAxis:
    if name in _GRID:
        raise InvalidValueError(f"axis {name}: give it as mass, or with the mediator, not among the other axes")
    values = finite_array(f"axis {name}", given)
    if values.ndim > 1 or not 1 <= values.size <= _MOST:
        raise InvalidValueError(f"axis {name}: give a list of 1 to {_MOST} numbers, not shape {values.shape}")
    values = np.atleast_1d(values)
    if len(np.unique(values)) != values.size:
        raise InvalidValueError(f"axis {name}: a value is given twice; keep one")
    known = {option.name for option in describe_options()}
    of: Literal["card", "physics"] = "physics" if name in known else "card"
    now = [options[name]] if of == "physics" else [value_of(card.as_dict(), name, f"axis {name}") for card in cards]
    for value in now:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InvalidValueError(
                f"axis {name}: is {on_one_line(repr(value))[:60]}, not a number; run one scan for each choice"
            )
    return FieldAxis(name=name, of=of, values=tuple(values.tolist()))
