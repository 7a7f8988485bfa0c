"""Options that several commands share, and how their text is read.

Every option arrives as text, so that each mistake is reported in the same words and as it was typed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.errors import InvalidValueError
from evanesce.tables import parse_number

if TYPE_CHECKING:
    from evanesce.materials import Material
    from evanesce.validation import FloatArray

__all__ = [
    "AlphaD",
    "Card",
    "Density",
    "Json",
    "MassRatio",
    "Mediator",
    "Physics",
    "Settings",
    "card_changes",
    "key_values",
    "mass_grid",
    "mediator",
    "number",
    "number_between",
    "number_list",
    "optional_number",
    "target_material",
    "track_energy",
    "whole_number",
]

Json = Annotated[bool, typer.Option("--json", help="Strict JSON instead of a table.")]
Card = Annotated[
    list[str] | None,
    typer.Option(
        "--card", metavar="KEY=VALUE", help="Change a field of the card, as source.luminosity=25; repeatable."
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a physics option, as v_max=0.99; repeatable."),
]
Physics = Annotated[
    str | None, typer.Option("--physics", metavar="PRESET", help="Physics preset, for instance published.")
]
Mediator = Annotated[
    str, typer.Option("--mediator", metavar="NAME", help="Mediator, for instance dark-photon or scalar.")
]
AlphaD = Annotated[str, typer.Option("--alpha-d", metavar="A", help="Dark coupling squared over 4 pi.")]
MassRatio = Annotated[
    str, typer.Option("--mass-ratio", metavar="R", help="Mass of the mediator over that of dark matter.")
]
Density = Annotated[
    str | None,
    typer.Option("--density", metavar="G/CM3", help="Density; MATERIAL is then a chemical formula."),
]

_MOST_POINTS: Final = 1_000_000
_HIGHEST_ENERGY: Final = 1e9
"""In GeV; beyond it the arithmetic overflows, not the physics."""


def number(name: str, text: str) -> float:
    """Read a finite number; ``name`` is what the option is called.

    >>> number("--background", "94")
    94.0
    """
    try:
        value = parse_number(text)
    except ValueError:
        raise InvalidValueError(f"{name} = '{text}': must be a number") from None
    if not math.isfinite(value):
        raise InvalidValueError(f"{name} = '{text}': must be a finite number")
    return value


def number_between(name: str, text: str, *, smallest: float, largest: float, unit: str) -> float:
    """Read a number from ``smallest`` to ``largest``."""
    value = number(name, text)
    if not smallest <= value <= largest:
        raise InvalidValueError(f"{name} = '{text}': must lie between {smallest:.6g} and {largest:g} {unit}")
    return value


def optional_number(name: str, text: str | None) -> float | None:
    """Read a finite number, or None where the option was not given."""
    return None if text is None else number(name, text)


def whole_number(name: str, text: str, *, smallest: int, largest: int) -> int:
    """Read a whole number between two others."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and smallest <= int(text) <= largest):
        raise InvalidValueError(f"{name} = '{text}': must be a whole number from {smallest} to {largest}")
    return int(text)


def number_list(name: str, text: str) -> list[float]:
    """Read numbers separated by commas.

    >>> number_list("--edges", "0.9,0.95,1")
    [0.9, 0.95, 1.0]
    """
    return [number(name, item.strip()) for item in text.split(",")]


def key_values(name: str, items: Sequence[str] | None) -> dict[str, str]:
    """Read repeated KEY=VALUE, each key once.

    >>> key_values("--set", ["v_max=0.99", "pair_charges=positron"])
    {'v_max': '0.99', 'pair_charges': 'positron'}
    """
    values: dict[str, str] = {}
    for item in items or ():
        key, equals, value = (part.strip() for part in item.partition("="))
        if not (key and equals):
            raise InvalidValueError(f"{name} '{item}': must be KEY=VALUE")
        if key in values:
            raise InvalidValueError(f"{name} '{item}': {key} is there twice, keep one")
        values[key] = value
    return values


def card_changes(items: Sequence[str] | None) -> dict[str, Any]:
    """Read the changes of ``--card``; a value is what it would be in a card."""
    pairs = key_values("--card", items)
    if not pairs:
        return {}
    from evanesce.experiments import card_value

    return {key: card_value(value) for key, value in pairs.items()}


def mass_grid(text: str) -> FloatArray:
    """Read masses in GeV: one, or lo:hi:n spaced in log.

    >>> mass_grid("0.01:1:3").round(6).tolist()
    [0.01, 0.1, 1.0]
    """
    try:
        return _masses(text.split(":"))
    except ValueError:
        raise InvalidValueError(
            f"--mass '{text}': must be one mass in GeV greater than 0, as 0.05, or lo:hi:n spaced in log "
            f"with 0 < lo < hi and n from 2 to {_MOST_POINTS}, as 0.02:0.2:400"
        ) from None


def _masses(parts: Sequence[str]) -> FloatArray:
    import numpy as np

    from evanesce.validation import positive

    if len(parts) == 1:
        return np.array([positive("mass", parse_number(parts[0]))])
    low, high = (positive("mass", parse_number(part)) for part in parts[:-1])
    points = whole_number("n", parts[-1].strip(), smallest=2, largest=_MOST_POINTS)
    if not low < high:
        raise InvalidValueError(f"lo = {low}: must be less than hi = {high}")
    return np.geomspace(low, high, points)


def mediator(name: str, alpha_d: str, mass_ratio: str) -> Any:
    """Make the mediator of that name."""
    from evanesce.mediators import MEDIATORS

    kind: Any = MEDIATORS.get(name)
    return kind(alpha_d=number("--alpha-d", alpha_d), mass_ratio=number("--mass-ratio", mass_ratio))


def target_material(name: str, density: str | None) -> Material:
    """Look a material up, or make a compound if a density is given."""
    from evanesce.materials import compound, material

    return material(name) if density is None else compound(name, density=number("--density", density))


def track_energy(text: str) -> float:
    """Read the total energy of a track in GeV."""
    from evanesce.constants import ELECTRON_MASS

    return number_between("--energy", text, smallest=ELECTRON_MASS, largest=_HIGHEST_ENERGY, unit="GeV")
