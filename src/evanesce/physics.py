"""Physics options and their named presets; every result records its options.

``published`` reproduces arXiv:2212.04252 number by number; ``converged`` integrates the same equations
exactly, endpoint included; ``reference`` is the best physics of the package.

Options shared by all models are fields of :class:`PhysicsOptions`. A shower or process declares further options in a
class attribute ``OPTIONS`` and reads them from ``options[name]``; models outside the package can do the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, NamedTuple

from evanesce.errors import InvalidValueError, retired_name, unknown_name
from evanesce.registry import Registry, catalogue
from evanesce.validation import choice, mapping, printable, real_number, whole

__all__ = [
    "DEFAULT_PRESET",
    "PRESETS",
    "Option",
    "OptionText",
    "PhysicsOptions",
    "describe_options",
    "idle_options",
    "resolve_physics",
    "simpler_physics",
]


def _as_float(value: Any) -> Any:
    try:
        return value if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return value  # the option's own check raises the error


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One physics option: its meaning and its allowed values."""

    name: str
    default: str | float | int
    help: str
    """One sentence: what the option changes."""
    allowed: tuple[str, ...] = ()
    """Allowed words; empty for a number."""
    smallest: float = 0.0
    """Smallest value of a number."""
    largest: float = float("inf")
    whole: bool = False
    """Whether the number is a whole one."""
    unit: str = ""
    needs: tuple[str, str] | None = None
    """Another option and the value of it that this one needs to have an effect."""
    retired: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Words that earlier versions allowed, with a phrase that says what replaces them."""

    def check(self, value: Any) -> Any:
        """Return ``value`` if the option allows it; text that is a number becomes a number.

        Raises
        ------
        InvalidValueError
            Anything else; the message names the option.

        """
        name = f"physics option {self.name}"
        if isinstance(value, str) and value in self.retired:
            raise InvalidValueError(f"{name} = '{value}': {self.retired[value]}")
        if isinstance(self.default, str):
            return choice(name, value, self.allowed) if self.allowed else printable(name, value)
        value = _as_float(value)
        if self.whole:
            return whole(name, value, int(self.smallest), int(self.largest))
        value = real_number(name, value)
        if not self.smallest <= value <= self.largest or value == float("inf"):
            unit = f" {self.unit}" if self.unit else ""
            bounds = (
                f"be a finite number, at least {self.smallest:g}"
                if self.largest == float("inf")
                else f"lie between {self.smallest:g} and {self.largest:g}"
            )
            raise InvalidValueError(f"{name} = {value:g}: must {bounds}{unit}")
        return value


_SHARED: Final[tuple[Option, ...]] = (
    Option(name="track_length", default="tsai-whitis", help="Shower model for the track-length density."),
    Option(
        name="v_max",
        default=1.0,
        smallest=1e-3,
        largest=1.0,
        help="Upper cut on the track-length density, v = E'/E <= v_max, for every process.",
    ),
    Option(
        name="electrons",
        default="free",
        allowed=("free", "bound"),
        help="Atomic electrons at rest (free), or moving in their shells (bound).",
    ),
    Option(
        name="binding",
        default="eikonal",
        allowed=("none", "on-shell", "on-shell-orbitals", "eikonal"),
        needs=("electrons", "bound"),
        retired={"shell": "was replaced by on-shell and eikonal, which also count the positron's energy in the field"},
        help="The atom's field in a collision: none, local kinematics with momenta of tables (on-shell) or of our "
        "orbitals, the positron's phase (eikonal).",
    ),
    Option(
        name="bremsstrahlung",
        default="ww",
        allowed=("ww", "iww", "exact"),
        help="Cross section of dark bremsstrahlung: Weizsäcker-Williams, Eqs. (4.6)-(4.7), improved, or exact.",
    ),
    Option(
        name="form_factor",
        default="elastic",
        allowed=("elastic", "elastic+inelastic"),
        help="Form factors of the nucleus in bremsstrahlung.",
    ),
    Option(
        name="bremsstrahlung_thickness",
        default=1.0,
        smallest=1e-6,
        unit="X0",
        help="Depth of the target used for bremsstrahlung, at most all of it; Eq. (4.5) takes one radiation length. "
        "Of several layers, at most this much of each.",
    ),
    Option(
        name="resolution",
        default="ideal",
        allowed=("ideal", "detector"),
        help="Whether the selection is sharp (ideal) or smeared by the resolution on the card (detector).",
    ),
)
_RETIRED: Final[dict[str, str]] = {
    "non_resonant": "use isr = on, the resonance with soft and hard photons",
    "photon_cut": "use soft_photons, the share of s below which photons are soft",
}
"""Options of earlier versions, with a phrase that says what replaces each."""
_MODELS: Final[tuple[tuple[str, str], ...]] = (("evanesce.showers", "SHOWERS"), ("evanesce.processes", "PROCESSES"))
"""Registries whose classes may declare options; loaded on first use."""


@dataclass(frozen=True, kw_only=True)
class PhysicsOptions:
    """How the physics is computed; :func:`describe_options` describes each option.

    >>> resolve_physics("reference")["seed"]
    1

    Raises
    ------
    InvalidValueError
        On construction: a value that an option does not allow.

    """

    preset: str = "custom"
    """Name of the preset these options started from; overridden ones are named in ``overrides``."""
    overrides: tuple[str, ...] = ()
    track_length: str = "tsai-whitis"
    v_max: float = 1.0
    electrons: str = "free"
    binding: str = "eikonal"
    bremsstrahlung: str = "ww"
    form_factor: str = "elastic"
    bremsstrahlung_thickness: float = 1.0
    resolution: str = "ideal"
    models: tuple[tuple[str, str | float], ...] = ()
    """Options that belong to a shower or a process, as pairs of name and value; see :meth:`__getitem__`."""

    def __post_init__(self) -> None:
        for option in _SHARED:
            object.__setattr__(self, option.name, option.check(getattr(self, option.name)))
        try:
            models = tuple(sorted(dict(self.models).items()))
        except (TypeError, ValueError):
            raise InvalidValueError("models: must be pairs of the name of an option and its value") from None
        object.__setattr__(self, "models", models)

    def __getitem__(self, name: str) -> Any:
        """Value of any option by name, those of the models included.

        Raises
        ------
        UnknownNameError
            No model declares an option of this name.

        """
        if name in _SHARED_NAMES:
            return getattr(self, name)
        given = dict(self.models)
        return given[name] if name in given else _option(name).default

    def as_dict(self) -> dict[str, Any]:
        """Every option as plain data, for provenance.

        >>> resolve_physics("published").as_dict()["v_max"]
        0.999
        """
        return dict(self._plain)

    @cached_property
    def _plain(self) -> dict[str, Any]:
        about = {"preset": self.preset, "overrides": list(self.overrides)}
        return about | {option.name: self[option.name] for option in _options()}

    def key(self, names: frozenset[str]) -> tuple[tuple[str, Any], ...]:
        """Values of some options as a cache key; ``track_length`` adds the options of the shower."""
        found = {name: self[name] for name in names}
        if "track_length" in names:
            shower = catalogue(*_MODELS[0]).get(self.track_length)
            found |= {option.name: self[option.name] for option in getattr(shower, "OPTIONS", ())}
        return tuple(sorted(found.items()))


_SHARED_NAMES: Final = frozenset(option.name for option in _SHARED)

PRESETS: Final[dict[str, PhysicsOptions]] = {
    "published": PhysicsOptions(preset="published", v_max=0.999),
    "converged": PhysicsOptions(preset="converged"),
    "reference": PhysicsOptions(
        preset="reference",
        track_length="cascade",
        electrons="bound",
        bremsstrahlung="exact",
        form_factor="elastic+inelastic",
        bremsstrahlung_thickness=1e6,
        models=(
            ("compton", "on"),
            ("isr", "on"),
            ("pair_charges", "positron"),
            ("vector_mesons", "on"),
            ("width", "running"),
        ),
    ),
}

DEFAULT_PRESET: Final[str] = "reference"

_SIMPLER: Final[tuple[tuple[str, str, str], ...]] = (
    ("electrons", "binding", "on-shell"),
    ("electrons", "binding", "on-shell-orbitals"),
    ("bremsstrahlung", "bremsstrahlung", "ww"),
    ("track_length", "track_length", "tsai-whitis"),
    ("vector_mesons", "off_shell_mesons", "on"),
)
"""For each refined option, the option and the value of another calculation that measure how sure it is."""
_REFINED: Final[dict[str, tuple[str, ...]]] = {
    "electrons": ("bound",),
    "bremsstrahlung": ("exact",),
    "track_length": ("cascade", "montecarlo"),
    "vector_mesons": ("on",),
}


def resolve_physics(
    physics: str | PhysicsOptions = DEFAULT_PRESET, overrides: Mapping[str, str | float] | None = None
) -> PhysicsOptions:
    """Resolve a preset name, or options, and overrides ``{option: value}`` (strings are converted).

    >>> resolve_physics("published", {"v_max": "0.9995"}).v_max
    0.9995

    Raises
    ------
    UnknownNameError
        An unknown preset, option or shower.
    InvalidValueError
        A value that the option does not allow.

    """
    if isinstance(physics, PhysicsOptions):
        options = physics
    elif isinstance(physics, str) and physics in PRESETS:
        options = PRESETS[physics]
    else:
        raise unknown_name("physics preset", physics, PRESETS)
    if overrides is None:
        return options
    given = mapping("overrides", overrides, "{'v_max': 0.99}")
    if not given:
        return options
    values = {name: _option(name).check(value) for name, value in given.items()}
    if "track_length" in values:
        catalogue(*_MODELS[0]).get(values["track_length"])  # refuse an unknown shower here rather than later
    shared = {name: value for name, value in values.items() if name in _SHARED_NAMES}
    own = {name: value for name, value in values.items() if name not in _SHARED_NAMES}
    changed = tuple(sorted(set(options.overrides) | values.keys()))
    return replace(options, overrides=changed, models=tuple((dict(options.models) | own).items()), **shared)


def idle_options(options: PhysicsOptions) -> dict[str, str]:
    """Return the overridden options without effect, and the setting that each would need.

    >>> idle_options(resolve_physics("reference", {"histories": 1e5}))
    {'histories': 'track_length = montecarlo'}
    """
    overridden = [_option(name) for name in options.overrides]
    return {
        option.name: f"{option.needs[0]} = {option.needs[1]}"
        for option in overridden
        if option.needs is not None and options[option.needs[0]] != option.needs[1]
    }


def simpler_physics(options: PhysicsOptions) -> dict[str, PhysicsOptions]:
    """Return the options with one ingredient computed in another way at a time, by the changed setting.

    They measure the theory uncertainty: electrons on shell in place of the
    eikonal tables, with tabulated momenta and with those of the orbitals,
    Weizsäcker-Williams in place of exact bremsstrahlung,
    Tsai-Whitis in place of the cascade, as far as the options use these refinements,
    and vector mesons off their mass shell, too, if the options have vector mesons.

    >>> list(simpler_physics(resolve_physics("reference")))  # doctest: +NORMALIZE_WHITESPACE
    ['binding=on-shell', 'binding=on-shell-orbitals', 'bremsstrahlung=ww',
     'track_length=tsai-whitis', 'off_shell_mesons=on']
    >>> simpler_physics(resolve_physics("converged"))
    {}
    """
    return {
        f"{name}={value}": resolve_physics(options, {name: value})
        for refined, name, value in _SIMPLER
        if options[refined] in _REFINED[refined] and options[name] != value
    }


class OptionText(NamedTuple):
    """Description of an option for printing."""

    name: str
    presets: dict[str, Any]
    """Value in each preset."""
    allowed: str
    help: str
    belongs_to: str
    """The shower or process that declares it; empty for an option shared by all models."""


def describe_options() -> list[OptionText]:
    """Every option, those of registered models included, with its value in each preset.

    >>> [option.name for option in describe_options()][:2]
    ['track_length', 'v_max']
    """
    owners = {option.name: owner for option, owner in _declared()}
    return [
        OptionText(
            option.name,
            {name: preset[option.name] for name, preset in PRESETS.items()},
            _allowed(option),
            option.help,
            owners.get(option.name, ""),
        )
        for option in _options()
    ]


def _allowed(option: Option) -> str:
    if option.name == "track_length":
        return " | ".join(catalogue(*_MODELS[0]).names())
    if isinstance(option.default, str):
        return " | ".join(option.allowed) or "text"
    kind = "a whole number" if option.whole else "a number"
    upper = "" if option.largest == float("inf") else f", at most {option.largest:g}"
    return f"{kind}, at least {option.smallest:g}{upper}{' ' + option.unit if option.unit else ''}"


def _options() -> tuple[Option, ...]:
    return (*_SHARED, *(option for option, _ in _declared()))


def _declared() -> Iterator[tuple[Option, str]]:
    """Options of the registered models, and the name of the model."""
    seen: set[str] = set()  # the simulations share their seed
    for package, name in _MODELS:
        registry: Registry[Any] = catalogue(package, name)
        for owner in registry.names():
            for option in getattr(registry.get(owner), "OPTIONS", ()):
                if option.name not in seen:
                    seen.add(option.name)
                    yield option, owner


def _option(name: str) -> Option:
    """Find an option by its name.

    Raises
    ------
    UnknownNameError
        Neither a shared option nor one of a registered model.

    """
    for option in _SHARED:
        if option.name == name:
            return option
    known = {option.name: option for option in _options()}
    if name in _RETIRED:
        raise retired_name("physics option", name, _RETIRED[name])
    if name not in known:
        raise unknown_name("physics option", name, known)
    return known[name]
