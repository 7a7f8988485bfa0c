"""Physics options and their named presets; every result records the options it was made with.

``published`` reproduces arXiv:2212.04252 number by number; ``converged`` integrates the same equations
exactly, endpoint included; ``reference`` is the best physics of the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from evanesce.errors import InvalidValueError, unknown_name
from evanesce.validation import choice, fraction, positive, whole

__all__ = ["DEFAULT_PRESET", "PRESETS", "PhysicsOptions", "idle_options", "resolve_physics", "simpler_physics"]

_ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "track_length": ("tsai-whitis", "cascade", "montecarlo"),
    "pair_charges": ("both", "positron"),
    "electrons": ("free", "bound"),
    "binding": ("shell", "none"),
    "bremsstrahlung": ("ww", "iww", "exact"),
    "form_factor": ("elastic", "elastic+inelastic"),
    "resolution": ("ideal", "detector"),
    "non_resonant": ("off", "on"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhysicsOptions:
    """How the physics is computed. See docs/physics.md for what each option changes."""

    preset: str = "custom"
    """Name of the preset these options started from; overridden ones are named in ``overrides``."""
    overrides: tuple[str, ...] = ()
    track_length: str = "tsai-whitis"
    """Shower model behind the track-length density."""
    histories: int = 1_000_000
    """Primary particles of a simulated shower."""
    seed: int = 1
    """Seed of a simulated shower, a whole number; the same seed gives the same result on any number of threads."""
    v_max: float = 1.0
    """The track-length density is cut at v = E'/E <= v_max (both processes)."""
    pair_charges: str = "both"
    """Which tracks of a pair Eq. (A.3) counts: its factor 2 is ``both`` (``tsai-whitis`` only)."""
    electrons: str = "free"
    """Atomic electrons at rest (``free``), or moving in their shells (``bound``)."""
    binding: str = "shell"
    """Whether bound electrons pay the binding energy of their ``shell``, or ``none``."""
    bremsstrahlung: str = "ww"
    """Cross section of dark bremsstrahlung: Weizsäcker-Williams, Eqs. (4.6)-(4.7), improved, or exact."""
    form_factor: str = "elastic"
    """Form factors of the nucleus in bremsstrahlung."""
    bremsstrahlung_thickness: float = 1.0
    """Depth in X0 that counts for bremsstrahlung, at most the target's: Eq. (4.5) takes one radiation length."""
    resolution: str = "ideal"
    """Whether the selection is sharp (``ideal``) or made with the resolution on the card (``detector``)."""
    non_resonant: str = "off"
    """Whether e⁺e⁻ → γ + mediator in the target counts as a process of its own."""
    photon_cut: float = 1e-3
    """Smallest photon energy in GeV there, in the centre of mass: a softer photon belongs to the resonance."""

    def __post_init__(self) -> None:
        for name, allowed in _ALLOWED.items():
            choice(f"physics option {name}", getattr(self, name), allowed)
        fraction("physics option v_max", self.v_max)
        for name, smallest, largest in (("histories", 2, 10**12), ("seed", 0, 2**53)):
            object.__setattr__(self, name, whole(f"physics option {name}", getattr(self, name), smallest, largest))
        thickness = positive("physics option bremsstrahlung_thickness", self.bremsstrahlung_thickness)
        if thickness < 1e-6:
            raise InvalidValueError(
                f"physics option bremsstrahlung_thickness = {thickness:g}: must be at least 1e-6 X0"
            )
        photon_cut = positive("physics option photon_cut", self.photon_cut)
        if photon_cut < 1e-9:
            raise InvalidValueError(f"physics option photon_cut = {photon_cut:g}: must be at least 1e-9 GeV")

    def as_dict(self) -> dict[str, Any]:
        """Every option as plain data, for provenance.

        >>> resolve_physics("published").as_dict()["v_max"]
        0.999
        """
        return asdict(self) | {"overrides": list(self.overrides)}


PRESETS: Final[dict[str, PhysicsOptions]] = {
    "published": PhysicsOptions(preset="published", v_max=0.999),
    "converged": PhysicsOptions(preset="converged"),
    "reference": PhysicsOptions(
        preset="reference",
        track_length="cascade",
        pair_charges="positron",
        electrons="bound",
        bremsstrahlung="exact",
        form_factor="elastic+inelastic",
        bremsstrahlung_thickness=1e6,
    ),
}

DEFAULT_PRESET: Final[str] = "reference"

_SIMPLER: Final[tuple[tuple[str, str, str], ...]] = (
    ("electrons", "binding", "none"),
    ("bremsstrahlung", "bremsstrahlung", "ww"),
    ("track_length", "track_length", "tsai-whitis"),
)
"""Option whose refinement is in question, and the option and value that measure what hangs on it."""
_REFINED: Final[dict[str, tuple[str, ...]]] = {
    "electrons": ("bound",),
    "bremsstrahlung": ("exact",),
    "track_length": ("cascade", "montecarlo"),
}


_NEEDS: Final[dict[str, tuple[str, str]]] = {
    "pair_charges": ("track_length", "tsai-whitis"),
    "histories": ("track_length", "montecarlo"),
    "seed": ("track_length", "montecarlo"),
    "binding": ("electrons", "bound"),
    "photon_cut": ("non_resonant", "on"),
}
"""Options that matter only with a value of another."""


def resolve_physics(
    physics: str | PhysicsOptions = DEFAULT_PRESET, overrides: Mapping[str, str | float] | None = None
) -> PhysicsOptions:
    """Resolve a preset name, or options, and overrides ``{option: value}`` (strings are converted).

    >>> resolve_physics("published", {"v_max": "0.9995"}).v_max
    0.9995

    Raises
    ------
    UnknownNameError
        An unknown preset or option.
    InvalidValueError
        A value that the option does not allow.

    """
    if isinstance(physics, PhysicsOptions):
        options = physics
    elif physics in PRESETS:
        options = PRESETS[physics]
    else:
        raise unknown_name("physics preset", physics, PRESETS)
    if not overrides:
        return options
    numeric = {field.name for field in fields(PhysicsOptions) if field.type in ("float", "int")}
    values: dict[str, Any] = {}
    for name, value in overrides.items():
        if name not in _ALLOWED and name not in numeric:
            raise unknown_name("physics option", name, [*_ALLOWED, *numeric])
        values[name] = _as_float(value) if name in numeric else value
    changed = tuple(sorted(set(options.overrides) | values.keys()))
    return replace(options, overrides=changed, **values)


def idle_options(options: PhysicsOptions) -> dict[str, str]:
    """Return the overridden options that change nothing, and what they would need.

    >>> idle_options(resolve_physics("reference", {"histories": 1e5}))
    {'histories': 'track_length = montecarlo'}
    """
    return {
        name: f"{needs} = {value}"
        for name, (needs, value) in _NEEDS.items()
        if name in options.overrides and getattr(options, needs) != value
    }


def simpler_physics(options: PhysicsOptions) -> dict[str, PhysicsOptions]:
    """Return the options with one refinement taken back at a time, by what was set: they gauge the theory.

    Binding energies off, Weizsäcker-Williams for exact bremsstrahlung, Tsai-Whitis for the cascade; whichever of
    them the options use.

    >>> list(simpler_physics(resolve_physics("reference")))
    ['binding=none', 'bremsstrahlung=ww', 'track_length=tsai-whitis']
    >>> simpler_physics(resolve_physics("converged"))
    {}
    """
    return {
        f"{name}={value}": resolve_physics(options, {name: value})
        for refined, name, value in _SIMPLER
        if getattr(options, refined) in _REFINED[refined] and getattr(options, name) != value
    }


def _as_float(value: str | float) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value  # the option's own check names it
