"""Mixtures by mass fractions, as {"Pb": 0.9, "C8H8": 0.1} or in one word ``Pb=0.9,C8H8=0.1``.

The parts are formulas. The fractions must add up to 1; a sum that is off by rounding is normalised.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from evanesce.errors import InvalidValueError, shortened
from evanesce.materials.elements import atomic_weight
from evanesce.materials.formula import parse_formula
from evanesce.materials.material import Material

__all__ = ["is_mixture", "mass_fractions", "mixture_label", "parse_mixture"]

_ROUNDING: Final = 1e-3
"""Allowed difference of the sum from 1, for printed fractions of three digits."""
_DECIMALS: Final = 12
"""Digits of an element's fraction; so a mixture written out as its elements is read back as the same mixture."""
_EXAMPLE: Final = "{Pb: 0.9, C8H8: 0.1}"


def is_mixture(formula: object) -> bool:
    """Whether this is meant as mass fractions, and not as a chemical formula."""
    return isinstance(formula, Mapping) or (isinstance(formula, str) and "=" in formula)


def mixture_label(formula: str | Mapping[str, float]) -> str:
    """Mass fractions in one word.

    >>> mixture_label({"Pb": 0.9, "C8H8": 0.1})
    'Pb=0.9,C8H8=0.1'
    """
    parts = formula if isinstance(formula, Mapping) else _read(formula)
    return ",".join(f"{part}={float(share)!r}" for part, share in parts.items())


def mass_fractions(material: Material) -> dict[str, float]:
    """Mass fraction of each element of a material, by its symbol; :func:`compound` makes a mixture of them.

    >>> from evanesce.materials import material
    >>> {symbol: round(fraction, 4) for symbol, fraction in mass_fractions(material("CsI")).items()}
    {'I': 0.4885, 'Cs': 0.5115}
    """
    weights = {n.symbol: n.number_density * n.atomic_weight for n in material.nuclei}
    total = sum(weights.values())
    return {symbol: round(weight / total, _DECIMALS) for symbol, weight in weights.items()}


def parse_mixture(formula: str | Mapping[str, float]) -> dict[int, float]:
    """Mass fraction of each element, {Z: fraction}, in order of Z.

    >>> {Z: round(fraction, 6) for Z, fraction in parse_mixture({"Pb": 0.9, "C8H8": 0.1}).items()}
    {1: 0.007757, 6: 0.092243, 82: 0.9}

    Raises
    ------
    InvalidValueError
        A part is not a formula, a fraction is not a number in (0, 1], or they do not add up to 1.

    """
    parts = formula if isinstance(formula, Mapping) else _read(formula)
    if not parts:
        raise InvalidValueError(f"formula = {{}}: a mixture must have parts; write it like {_EXAMPLE}")
    shares = {part: _share(part, share) for part, share in parts.items()}
    total = sum(shares.values())
    if not abs(total - 1.0) <= _ROUNDING:
        raise InvalidValueError(
            f"formula: the mass fractions {mixture_label(shares)} add up to {total:g}, must be 1; {_about(total)}"
        )
    if abs(total - 1.0) <= 10.0 ** (3 - _DECIMALS):  # as read back from a card
        total = 1.0
    fractions: dict[int, float] = {}
    for part, share in shares.items():
        weights = {Z: count * atomic_weight(Z) for Z, count in parse_formula(part).items()}
        for Z, weight in weights.items():
            fractions[Z] = fractions.get(Z, 0.0) + share / total * (weight / sum(weights.values()))
    rounded = {Z: round(fraction, _DECIMALS) for Z, fraction in sorted(fractions.items())}
    return {Z: fraction for Z, fraction in rounded.items() if fraction > 0.0}


def _share(part: object, share: object) -> float:
    value = float(share) if isinstance(share, (int, float, np.integer, np.floating)) else 0.0
    if isinstance(share, bool) or not 0.0 < value <= 1.0:
        raise InvalidValueError(
            f"formula: {shortened(str(part))} = {shortened(str(share))}: must be a mass fraction in (0, 1], "
            f"as in {_EXAMPLE}; divide a number in percent by 100"
        )
    return value


def _about(total: float) -> str:
    return "a part is missing" if total < 1.0 else "are they numbers of atoms? then write a formula"


def _read(text: str) -> dict[str, float]:
    """Mass fractions from one word."""
    parts: dict[str, float] = {}
    for item in text.split(","):
        part, equals, share = (piece.strip() for piece in item.partition("="))
        try:
            value = float(share)
        except ValueError:
            value = np.nan
        if not (part and equals) or np.isnan(value):
            raise InvalidValueError(
                f"formula = {shortened(text)!r}: '{shortened(item)}' must be a part and its mass fraction, as in "
                "Pb=0.9,C8H8=0.1"
            )
        if part in parts:
            raise InvalidValueError(f"formula = {shortened(text)!r}: {shortened(part)} is there twice; add the two up")
        parts[part] = value
    return parts
