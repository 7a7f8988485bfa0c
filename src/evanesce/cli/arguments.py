"""Readers for the text of options: numbers, lists and grids of numbers, KEY=VALUE, names.

Every option arrives as text, so that each error has the same form and repeats the text as typed; ``name`` is the
name of the option. :mod:`evanesce.cli.options` makes options from these readers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.errors import InvalidValueError, shortened

if TYPE_CHECKING:
    from evanesce.materials import Material
    from evanesce.validation import FloatArray

__all__ = [
    "AlphaD",
    "Card",
    "DarkMatterName",
    "Json",
    "MassRatio",
    "Mediator",
    "Physics",
    "Settings",
    "card_changes",
    "key_values",
    "layer",
    "mass_grid",
    "mediator",
    "number",
    "number_between",
    "number_list",
    "numbers",
    "optional_number",
    "single_number",
    "target_material",
    "track_energy",
    "whole_number",
]

Json = Annotated[bool, typer.Option("--json", help="Print strict JSON instead of a table.")]
Card = Annotated[
    list[str] | None,
    typer.Option(
        "--card", metavar="KEY=VALUE", help="Change a field of the card, as source.luminosity=25; repeatable."
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a physics option, as v_max=0.99; repeatable. 'evanesce physics' lists them.",
    ),
]
Physics = Annotated[
    str | None,
    typer.Option(
        "--physics",
        metavar="PRESET",
        help="Physics preset: published, converged or reference. [default: reference]",
        autocompletion=lambda: ["published", "converged", "reference"],
    ),
]
Mediator = Annotated[
    str,
    typer.Option(
        "--mediator",
        metavar="NAME",
        help="Mediator: dark-photon, scalar, pseudoscalar or axial-vector.",
        autocompletion=lambda: ["dark-photon", "scalar", "pseudoscalar", "axial-vector"],
    ),
]
DarkMatterName = Annotated[
    str | None,
    typer.Option(
        "--dark-matter",
        metavar="NAME",
        help="What a dark photon decays to: dirac, pseudo-dirac, complex-scalar or majorana. [default: dirac]",
        autocompletion=lambda: ["dirac", "pseudo-dirac", "complex-scalar", "majorana"],
    ),
]
AlphaD = Annotated[
    str,
    typer.Option(
        "--alpha-d",
        metavar="A[,A...]|LO:HI:N",
        help="Dark coupling squared over 4 pi: one, several, or a grid spaced in log.",
    ),
]
MassRatio = Annotated[
    str, typer.Option("--mass-ratio", metavar="R", help="Mass of the mediator over that of dark matter.")
]

_MOST_POINTS: Final = 1_000_000
_HIGHEST_ENERGY: Final = 1e9
"""Largest energy in GeV, a limit of the arithmetic, not of the physics."""
_WHOLE: Final = re.compile(r"\d{1,40}(\.\d{0,40})?([eE][+-]?\d{1,4})?", re.ASCII)
_LIST_OR_GRID: Final = re.compile(r"[,:]")


def number(name: str, text: str) -> float:
    """Read a finite number.

    >>> number("--background", "94")
    94.0
    """
    from evanesce.tables import parse_number

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
    """Read a finite number, or return None if the option was not given."""
    return None if text is None else number(name, text)


def single_number(name: str, text: str) -> float:
    """Read one finite number, for an option that accepts several in other commands.

    >>> single_number("--mass", "0.05,0.06")
    Traceback (most recent call last):
    evanesce.errors.InvalidValueError: --mass '0.05,0.06': must be one number here, as 0.05
    """
    if len(_LIST_OR_GRID.split(text)) > 1:
        first = _LIST_OR_GRID.split(text)[0].strip() or "0.05"
        raise InvalidValueError(f"{name} '{text}': must be one number here, as {first}")
    return number(name, text)


def whole_number(name: str, text: str, *, smallest: int, largest: int) -> int:
    """Read a whole number between two others, also in scientific notation.

    >>> whole_number("-n", "1.5e3", smallest=1, largest=10**12)
    1500
    """
    value = Decimal(text) if _WHOLE.fullmatch(text) else Decimal("NaN")
    # a huge number such as 1e999999 is only compared, never converted to an integer
    if value.is_nan() or not smallest <= value <= largest or value != value.to_integral_value():
        raise InvalidValueError(f"{name} = '{text}': must be a whole number from {smallest} to {largest}")
    return int(value)


def number_list(name: str, text: str) -> list[float]:
    """Read numbers separated by commas.

    >>> number_list("--edges", "0.9,0.95,1")
    [0.9, 0.95, 1.0]
    """
    return [number(name, item.strip()) for item in text.split(",")]


def numbers(name: str, text: str) -> tuple[float, ...]:
    """Read positive numbers: one, several separated by commas, or lo:hi:n spaced in log.

    >>> numbers("--alpha-d", "1e-4,1e-3"), [round(x, 6) for x in numbers("--mass", "0.01:1:3")]
    ((0.0001, 0.001), [0.01, 0.1, 1.0])
    """
    found: list[float] = []
    for item in text.split(","):
        found += _grid(name, text, item) if ":" in item else [number(name, item.strip())]
        if len(found) > _MOST_POINTS:
            raise InvalidValueError(f"{name}: has more than {_MOST_POINTS} values; give fewer")
    return tuple(found)


def _grid(name: str, text: str, item: str) -> list[float]:
    import numpy as np

    from evanesce.validation import positive

    try:
        low, high, count = (part.strip() for part in item.split(":"))
        points = whole_number("n", count, smallest=2, largest=_MOST_POINTS)
        start, stop = (positive("end", number("end", end)) for end in (low, high))
        if not start < stop:
            raise ValueError(item)
    except ValueError:
        raise InvalidValueError(
            f"{name} '{text}': must be lo:hi:n spaced in log, with 0 < lo < hi and n from 2 to {_MOST_POINTS}"
        ) from None
    grid: list[float] = np.geomspace(start, stop, points).tolist()
    return grid


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
            raise InvalidValueError(f"{name} '{item}': {key} is given twice; keep one")
        values[key] = value
    return values


def card_changes(items: Sequence[str] | None) -> dict[str, Any]:
    """Read the changes of ``--card``; a value is read as in a card."""
    pairs = key_values("--card", items)
    if not pairs:
        return {}
    from evanesce.experiments import card_value

    return {key: card_value(value) for key, value in pairs.items()}


def mass_grid(text: str) -> FloatArray:
    """Read masses in GeV: one, several separated by commas, or lo:hi:n spaced in log.

    >>> mass_grid("0.01:1:3").round(6).tolist(), mass_grid("0.05,0.06").tolist()
    ([0.01, 0.1, 1.0], [0.05, 0.06])
    """
    import numpy as np

    from evanesce.validation import positive_array

    try:
        return positive_array("mass", np.array(numbers("--mass", text)))
    except ValueError:
        raise InvalidValueError(
            f"--mass '{text}': must be one mass in GeV greater than 0, as 0.05, several as 0.05,0.06, or lo:hi:n "
            f"spaced in log with 0 < lo < hi and n from 2 to {_MOST_POINTS}, as 0.02:0.2:400"
        ) from None


def mediator(
    name: str, alpha_d: str | float | tuple[float, ...], mass_ratio: str | float, dark_matter: str | None = None
) -> Any:
    """Make the mediator of this name; several ``alpha_d`` become an array."""
    from dataclasses import fields

    from evanesce.mediators import MEDIATORS

    kind: Any = MEDIATORS.get(name)
    couplings = numbers("--alpha-d", alpha_d) if isinstance(alpha_d, str) else alpha_d
    if isinstance(couplings, tuple) and len(couplings) == 1:
        couplings = couplings[0]
    ratio = number("--mass-ratio", mass_ratio) if isinstance(mass_ratio, str) else mass_ratio
    if dark_matter is None:
        return kind(alpha_d=couplings, mass_ratio=ratio)
    if "dark_matter" not in {field.name for field in fields(kind)}:
        raise InvalidValueError(f"--dark-matter: does not apply to {name}; leave it out, or use dark-photon")
    return kind(alpha_d=couplings, mass_ratio=ratio, dark_matter=dark_matter)


def target_material(name: str, density: float | None) -> Material:
    """Look up a material, or make a compound or mixture if a density is given."""
    from evanesce.materials import compound, material

    if density is None and "=" in name:
        raise InvalidValueError(f"'{shortened(name)}': a mixture needs its density, give --density G/CM3")
    return material(name) if density is None else compound(name, density=density)


def layer(name: str, text: str) -> tuple[Material, float]:
    """Read a layer, its material and thickness in X0, from MATERIAL:X0."""
    which, colon, thickness = text.rpartition(":")
    if not (which and colon):
        raise InvalidValueError(f"{name} = '{shortened(text)}': must be MATERIAL:X0, as Al:0.06")
    return target_material(which, None), number_between(
        f"{name} {which}", thickness, smallest=1e-6, largest=1e6, unit="X0"
    )


def track_energy(name: str, text: str) -> float:
    """Read the total energy of a track in GeV."""
    from evanesce.constants import ELECTRON_MASS

    return number_between(name, text, smallest=ELECTRON_MASS, largest=_HIGHEST_ENERGY, unit="GeV")
