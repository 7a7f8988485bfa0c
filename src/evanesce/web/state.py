"""What the explorer shows: a checked set of choices that fits into an address.

Everything that a visitor can choose is a field of :class:`State`, with a ceiling where a computation grows with it.
Only names of the package are accepted, never a path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal, TypeAlias, get_args
from urllib.parse import parse_qsl, urlencode

from evanesce.constraints import constraint_names
from evanesce.dark_matter import DARK_MATTER
from evanesce.errors import InvalidValueError, unknown_name
from evanesce.experiments import experiment_names
from evanesce.mediators import MEDIATORS
from evanesce.physics import DEFAULT_PRESET, PRESETS
from evanesce.statistics import criterion_names
from evanesce.tables import parse_number
from evanesce.validation import between, choice, true_or_false, whole

__all__ = ["EXPOSURES", "MOST_POINTS", "VIEWS", "Scheme", "State", "View"]

View: TypeAlias = Literal["mass-epsilon", "mass-y", "dark-mass-y", "coupling-epsilon"]
"""Axes of the main figure."""
VIEWS: Final[tuple[View, ...]] = get_args(View)
Scheme: TypeAlias = Literal["", "light", "dark"]

MOST_POINTS: Final[int] = 1000
"""Largest number of points of a curve."""
_MOST_EXPERIMENTS: Final[int] = 4
_LONGEST_QUERY: Final[int] = 4000
_MOST_COUNTS: Final[int] = 100
_MASSES: Final[tuple[float, float]] = (1.1e-3, 10.0)
"""Masses of the mediator in GeV: above the threshold of an electron pair."""
_COUPLINGS: Final[tuple[float, float]] = (1e-8, 1.0)
_RATIOS: Final[tuple[float, float]] = (2.001, 100.0)
EXPOSURES: Final[tuple[float, float]] = (1e-4, 1e4)
"""Smallest and largest exposure, in units of that on the card."""
_CUTS: Final[tuple[float, float]] = (0.05, 0.999)
_MOST_EVENTS: Final[float] = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One set of choices; equal states show equal numbers.

    >>> State(alpha_d=0.1).query
    'alpha_d=0.1'
    >>> State.from_query("alpha_d=0.1&view=mass-y").view
    'mass-y'

    Raises
    ------
    UnknownNameError
        On construction: a name that the package does not know.
    InvalidValueError
        On construction: a number outside its range, or choices that exclude each other.

    """

    experiments: tuple[str, ...] = ("belle2",)
    """Names; several are combined in one likelihood."""
    mediator: str = "dark-photon"
    dark_matter: str = "dirac"
    """Decay products of a dark photon."""
    alpha_d: float = 1e-3
    mass_ratio: float = 3.0
    exposure: float = 1.0
    """Luminosity or number of particles, in units of that on the card."""
    cut: float | None = None
    """Smallest missing fraction of the energy; None for that on the card."""
    background: float | None = None
    """Expected background events; None for what the card says."""
    background_error: float | None = None
    observed: tuple[float, ...] | None = None
    """Observed events, one number a bin; None for those of the card, if it has any."""
    criterion: str = ""
    """Name of the criterion; empty for that of the card, or CLs where it counts in one bin only."""
    toys: bool = False
    """Whether pseudo-experiments may be used where the counts are small; else only formulae are."""
    theory: bool = False
    """Whether the uncertainty of the physics is worked out, too."""
    physics: str = DEFAULT_PRESET
    compare: str = ""
    """Another preset to compare with; empty for none."""
    view: View = "mass-epsilon"
    lightest: float = 0.01
    """Ends of the axis of masses, in GeV."""
    heaviest: float = 1.0
    mass: float = 0.0667
    """Mass in GeV of the curve against α_D."""
    points: int = 400
    constraints: tuple[str, ...] = ("babar", "na64-2019")
    """Published curves to draw."""
    thermal: bool = True
    """Whether the thermal line is drawn."""
    scheme: Scheme = ""
    """Colours of the page; empty for those that the browser asks for."""

    def __post_init__(self) -> None:
        self._check_names()
        for name, (smallest, largest) in _RANGES.items():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, between(name, value, smallest, largest, _UNITS.get(name, "")))
        for name in ("background", "background_error"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, between(name, value, 0.0, _MOST_EVENTS, "events"))
        if self.observed is not None:
            if not 1 <= len(self.observed) <= _MOST_COUNTS:
                raise InvalidValueError(f"observed: give 1 to {_MOST_COUNTS} numbers of events")
            counts = tuple(between("observed", count, 0.0, _MOST_EVENTS, "events") for count in self.observed)
            object.__setattr__(self, "observed", counts)
        object.__setattr__(self, "points", whole("points", self.points, 2, MOST_POINTS))
        if not self.lightest < self.heaviest:
            raise InvalidValueError(f"lightest = {self.lightest:g}: must be below heaviest = {self.heaviest:g} GeV")
        for name in ("toys", "theory", "thermal"):
            true_or_false(name, getattr(self, name))
        self._check_combination()

    def _check_names(self) -> None:
        if not 1 <= len(self.experiments) <= _MOST_EXPERIMENTS or len(set(self.experiments)) < len(self.experiments):
            raise InvalidValueError(f"experiments: give 1 to {_MOST_EXPERIMENTS} different names")
        for name, given, known in (
            *(("experiment", one, experiment_names()) for one in self.experiments),
            ("mediator", self.mediator, MEDIATORS.names()),
            ("kind of dark matter", self.dark_matter, DARK_MATTER.names()),
            ("criterion", self.criterion, ("", *criterion_names())),
            ("physics preset", self.physics, tuple(PRESETS)),
            ("physics preset", self.compare, ("", *PRESETS)),
            *(("constraint", one, constraint_names()) for one in self.constraints),
        ):
            if given not in known:
                raise unknown_name(name, given, [one for one in known if one])
        if len(set(self.constraints)) < len(self.constraints):
            raise InvalidValueError("constraints: one is given twice; keep one")
        choice("view", self.view, VIEWS)
        choice("scheme", self.scheme, get_args(Scheme))

    def _check_combination(self) -> None:
        if self.dark_matter != "dirac" and self.mediator != "dark-photon":
            raise InvalidValueError(f"dark_matter = {self.dark_matter}: only a dark photon has a choice; use dirac")
        if self.background_error is not None and self.background is None:
            raise InvalidValueError("background_error: is that of a number; give background, too")
        if len(self.experiments) > 1:
            for name in _OF_ONE_EXPERIMENT:
                if getattr(self, name) != _DEFAULTS[name]:
                    raise InvalidValueError(f"{name}: belongs to one experiment, {len(self.experiments)} are chosen")

    @property
    def query(self) -> str:
        """What differs from the first page, as the query of an address."""
        changed = {
            entry.name: _written(value)
            for entry in fields(self)
            if (value := getattr(self, entry.name)) != _DEFAULTS[entry.name]
        }
        return urlencode(changed, safe=",")

    @classmethod
    def from_query(cls, query: str) -> State:
        """Read the query of an address.

        Raises
        ------
        UnknownNameError
            A choice that does not exist, or a name that is not known.
        InvalidValueError
            A value that cannot be read or is not allowed.

        """
        if len(query) > _LONGEST_QUERY:
            raise InvalidValueError(f"the address has {len(query)} letters; at most {_LONGEST_QUERY} are read")
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=len(_DEFAULTS))
        given: dict[str, Any] = {}
        for name, text in pairs:
            if name not in _READERS:
                raise unknown_name("choice", name, _READERS)
            if name in given:
                raise InvalidValueError(f"{name}: is in the address twice; keep one")
            given[name] = _READERS[name](name, text)
        return cls(**given)

    def but(self, **changes: Any) -> State:
        """Return the state with other choices; those that no longer apply go back to what the card says."""
        several = len(changes.get("experiments", self.experiments)) > 1
        if several or changes.get("experiments", self.experiments) != self.experiments:
            changes = {name: _DEFAULTS[name] for name in _OF_ONE_EXPERIMENT} | changes
        if changes.get("mediator", self.mediator) != "dark-photon":
            changes["dark_matter"] = "dirac"
        if changes.get("background", self.background) is None:
            changes["background_error"] = None
        return replace(self, **changes)


_DEFAULTS: Final[Mapping[str, Any]] = {entry.name: entry.default for entry in fields(State)}
_OF_ONE_EXPERIMENT: Final[tuple[str, ...]] = ("exposure", "cut", "background", "background_error", "observed")
_RANGES: Final[dict[str, tuple[float, float]]] = {
    "alpha_d": _COUPLINGS,
    "mass_ratio": _RATIOS,
    "exposure": EXPOSURES,
    "cut": _CUTS,
    "lightest": _MASSES,
    "heaviest": _MASSES,
    "mass": _MASSES,
}
_UNITS: Final[dict[str, str]] = {"lightest": "GeV", "heaviest": "GeV", "mass": "GeV", "exposure": "of the card's"}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(map(_written, value))
    return repr(value) if isinstance(value, float) else str(value)


def _number(name: str, text: str) -> float:
    try:
        return parse_number(text)
    except ValueError:
        raise InvalidValueError(f"{name} = '{text[:40]}': must be a number") from None


def _word(name: str, text: str) -> str:
    del name
    return text


def _words(name: str, text: str) -> tuple[str, ...]:
    del name
    return tuple(part for part in text.split(",") if part)


def _yes(name: str, text: str) -> bool:
    return choice(name, text, ("yes", "no")) == "yes"


def _numbers(name: str, text: str) -> tuple[float, ...]:
    return tuple(_number(name, part) for part in text.split(","))


_KINDS: Final[tuple[tuple[Callable[[str, str], Any], tuple[str, ...]], ...]] = (
    (_words, ("experiments", "constraints")),
    (_numbers, ("observed",)),
    (_yes, ("toys", "theory", "thermal")),
    (_number, (*_RANGES, "background", "background_error", "points")),
)
_READERS: Final[dict[str, Callable[[str, str], Any]]] = dict.fromkeys(_DEFAULTS, _word) | {
    name: read for read, names in _KINDS for name in names
}
