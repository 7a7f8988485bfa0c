"""Sources of the uncertainty of a background component, and the names by which components share them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from evanesce.errors import InvalidValueError, unknown_name
from evanesce.validation import choice, mapping, non_negative, printable, real_number

__all__ = [
    "NORMALISATION",
    "NOTHING_SEEN",
    "Constraint",
    "Uncertainty",
    "correlated_error",
    "counting",
    "named",
    "quadratic_sum",
    "shared_names",
]

Constraint = Literal["normal", "log-normal", "poisson", "free"]
NORMALISATION: Final = "normalisation"
"""Source that every component has: named, it frees the component's normalisation."""
NOTHING_SEEN: Final[float] = -math.log(0.15865525393145707)
"""Mean for which no count has a probability of 15.9 %: the upper end of the central 68.3 % interval, 1.84."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """One source of the uncertainty of a component.

    Raises
    ------
    InvalidValueError
        On construction: no source, a number that is not finite, a weight or counts without ``poisson``.

    """

    source: str
    """What is uncertain, as ``veto efficiency``."""
    events: float
    """Change of the expected events at +1σ."""
    name: str = ""
    """Name of the nuisance parameter; components that give the same name share it. Empty: it is the component's own."""
    constraint: Constraint = "normal"
    """How the nuisance is constrained; see :class:`~evanesce.prediction.Systematic`."""
    counts: float | None = None
    """Simulated counts n, for ``poisson`` only."""
    weight: float | None = None
    """Events per count, for ``poisson`` only."""

    def __post_init__(self) -> None:
        if not printable("source", self.source).strip():
            raise InvalidValueError("source: is empty; say what is uncertain, as veto efficiency")
        printable("name", self.name)
        choice("constraint", self.constraint, get_args(Constraint))
        if not math.isfinite(real_number("events", self.events)):
            raise InvalidValueError(f"events = {self.events}: must be a finite number")
        for name, value in (("counts", self.counts), ("weight", self.weight)):
            if (value is not None) != (self.constraint == "poisson"):
                raise InvalidValueError(f"{name} = {value}: belongs to the constraint 'poisson', which needs it")
            if value is not None:
                non_negative(name, value)


def counting(source: str, counts: float, weight: float, name: str = "", events: float | None = None) -> Uncertainty:
    """Uncertainty of ``counts`` simulated events that stand for ``weight`` expected ones each.

    At +1σ these are √counts; without any count the upper end of their central 68.3 % interval, 1.84, unless ``events``
    says otherwise.
    """
    error = math.sqrt(counts) if counts > 0 else NOTHING_SEEN
    change = weight * error if events is None else events
    return Uncertainty(
        source=source, events=change, name=name, constraint="poisson", counts=float(counts), weight=weight
    )


def shared_names(component: str, names: Mapping[str, str], sources: Sequence[str]) -> dict[str, str]:
    """Return ``names`` of nuisance parameters by source, after checking both.

    >>> shared_names("photons", {"KLM": "KLM veto"}, ["veto"])
    Traceback (most recent call last):
    evanesce.errors.UnknownNameError: unknown source of uncertainty of 'photons' 'KLM': known are normalisation, veto

    Raises
    ------
    InvalidValueError
        Something that is no mapping of text to text, or an empty name.
    UnknownNameError
        A source that the component does not have.

    """
    known = (*sources, NORMALISATION)
    for source, name in mapping("uncertainties", names, "{'veto efficiency': 'KLM veto'}").items():
        if source not in known:
            raise unknown_name(f"source of uncertainty of '{component}'", source, known)
        if known.count(source) > 1:
            raise InvalidValueError(f"uncertainties: '{component}' has '{source}' twice; give each its own name")
        if not printable("uncertainties", name).strip():
            raise InvalidValueError(f"uncertainties: the name for '{source}' is empty; give a name or leave it out")
    twice = [name for name, count in Counter(names.values()).items() if count > 1]
    if twice:
        raise InvalidValueError(f"uncertainties: '{twice[0]}' names two sources of '{component}'; give two names")
    return dict(names)


def named(names: Mapping[str, str], *uncertainties: Uncertainty) -> tuple[Uncertainty, ...]:
    """Return the uncertainties that change something under their ``names`` by source, and a free normalisation."""
    found = [replace(one, name=names.get(one.source, "")) for one in uncertainties if one.events or one.weight]
    if NORMALISATION in names:
        found.append(Uncertainty(source=NORMALISATION, events=0.0, name=names[NORMALISATION], constraint="free"))
    return tuple(found)


def quadratic_sum(uncertainties: Iterable[Uncertainty]) -> float:
    """Error of a component: the changes at +1σ in quadrature."""
    return math.hypot(*(one.events for one in uncertainties))


def correlated_error(components: Iterable[Sequence[Uncertainty]]) -> float:
    """Error of a sum of components: changes by one named nuisance add linearly, all others in quadrature.

    >>> veto = [Uncertainty(source="veto", events=3.0, name="KLM"), Uncertainty(source="veto", events=1.0, name="KLM")]
    >>> correlated_error([[veto[0]], [veto[1]]]), round(quadratic_sum(veto), 3)
    (4.0, 3.162)
    """
    own: list[float] = []
    shared: dict[str, float] = {}
    for uncertainties in components:
        for one in uncertainties:
            if one.name:
                shared[one.name] = shared.get(one.name, 0.0) + one.events
            else:
                own.append(one.events)
    return math.hypot(*own, *shared.values())
