"""A systematic uncertainty: one nuisance parameter, and what it does to signals and backgrounds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, get_args

import numpy as np

from evanesce.backgrounds import Constraint
from evanesce.channels.scale import SIGNAL
from evanesce.errors import InvalidValueError
from evanesce.validation import FloatArray, choice, non_negative, printable

__all__ = ["SIGNAL", "Constraint", "Systematic", "component_key"]

_SMALLEST_FACTOR: Final[float] = 1e-6


def component_key(region: str, component: str) -> str:
    """Key of a component in :attr:`Systematic.effects`: ``experiment/channel/component``.

    >>> component_key("belle2/vanishing-track", "photons")
    'belle2/vanishing-track/photons'
    """
    return f"{region}/{component}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Systematic:
    r"""One nuisance parameter θ; systematics of the same name in several regions are the same parameter.

    A component with nominal expectation ν becomes

    ============== ================================== =================================
    ``constraint`` expectation                         auxiliary measurement
    ============== ================================== =================================
    ``normal``     ν (1 + δ θ), at least 0             θ ~ N(0, 1)
    ``log-normal`` ν (1 + δ)^θ                         θ ~ N(0, 1)
    ``poisson``    w λ in place of ν = w n             n counts, Poisson with mean λ
    ``free``       ν f, f ≥ 0                          none
    ============== ================================== =================================

    with δ the relative change at one standard deviation, or w the events per count. Several systematics of one
    component multiply.

    Raises
    ------
    InvalidValueError
        On construction: no name, an unknown constraint, no effect, an effect that is not finite, counts that do not
        belong to ``poisson`` or are not a number, or a δ of -1 for ``log-normal``.

    """

    name: str
    constraint: Constraint = "log-normal"
    effects: Mapping[str, FloatArray] = field(hash=False)
    """δ (``normal``, ``log-normal``), w (``poisson``) or 1 (``free``) by :func:`component_key`.

    Shape (bins,) for a background, (*grid, bins) for the ``signal``.
    """
    counts: float | None = None
    """Counts n of the auxiliary measurement of ``poisson``, for instance simulated events."""

    def __post_init__(self) -> None:
        if not printable("name", self.name).strip():
            raise InvalidValueError("systematic: its name is empty; give it a name")
        choice("constraint", self.constraint, get_args(Constraint))
        if not self.effects:
            raise InvalidValueError(f"systematic '{self.name}': has no effect on any component; name at least one")
        effects = {key: np.atleast_1d(np.asarray(value, dtype=np.float64)) for key, value in self.effects.items()}
        lowest = {"log-normal": _SMALLEST_FACTOR - 1.0, "poisson": 0.0, "free": 0.0}.get(self.constraint, -math.inf)
        for key, value in effects.items():
            if np.any(np.isinf(value)) or np.any(value < lowest):
                raise InvalidValueError(
                    f"systematic '{self.name}': effect {value} on {key}; must be finite"
                    + (f" and at least {lowest:g}" if lowest > -math.inf else "")
                )
        object.__setattr__(self, "effects", effects)
        if (self.counts is not None) != (self.constraint == "poisson"):
            raise InvalidValueError(
                f"systematic '{self.name}': counts = {self.counts} with constraint '{self.constraint}'; "
                "counts belong to 'poisson', which needs them"
            )
        if self.counts is not None:
            non_negative("counts", self.counts)

    @classmethod
    def merged(cls, systematics: Iterable[Systematic]) -> tuple[Systematic, ...]:
        """One systematic for each name, with the effects of all.

        Raises
        ------
        InvalidValueError
            Two of one name with different constraints or counts, or two effects on one component.

        """
        found: dict[str, Systematic] = {}
        for new in systematics:
            known = found.setdefault(new.name, new)
            if known is new:
                continue
            if (known.constraint, known.counts) != (new.constraint, new.counts):
                raise InvalidValueError(
                    f"systematic '{new.name}': is given as {_described(known)} and as {_described(new)}; "
                    "one name is one nuisance parameter, give two names"
                )
            twice = known.effects.keys() & new.effects.keys()
            if twice:
                raise InvalidValueError(f"systematic '{new.name}': acts twice on {min(twice)}; give two names")
            found[new.name] = replace(known, effects={**known.effects, **new.effects})
        return tuple(found.values())


def _described(systematic: Systematic) -> str:
    counts = "" if systematic.counts is None else f" with {systematic.counts:g} counts"
    return f"'{systematic.constraint}'{counts}"
