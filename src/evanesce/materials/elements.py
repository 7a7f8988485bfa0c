"""Elements: symbols and atomic weights, those of xraylib except one that belongs to another element.

They are a table of the package, ``elements.csv`` with every digit of xraylib's, so that the limits of `published` and
`converged` need no compiled library; a test compares the two. For thulium xraylib has erbium's 167.27, 1 % too little.
The others agree with IUPAC's to 0.07 %, hydrogen (1.01) to 0.21 % and gold (197.2) to 0.12 %. Technetium, promethium,
plutonium and berkelium have no natural mixture; for these xraylib takes another isotope than some tables do.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Final

__all__ = ["atomic_symbol", "atomic_weight", "symbols", "tabulated_weight", "weight_note"]

_REPAIRED: Final[dict[int, float]] = {69: 168.93}
"""In g/mol: T. Prohaska et al., Pure Appl. Chem. 94 (2022) 573."""


def atomic_weight(Z: int) -> float:
    """Mean weight of an element's natural isotopes in g/mol.

    >>> atomic_weight(55), atomic_weight(69)
    (132.91, 168.93)

    Raises
    ------
    ValueError
        No weight is tabulated: the element is heavier than lawrencium.

    """
    return _REPAIRED.get(Z) or tabulated_weight(Z)


def tabulated_weight(Z: int) -> float:
    """Atomic weight in g/mol as xraylib has it.

    Raises
    ------
    ValueError
        None is tabulated.

    """
    weight = _table()[Z][1] if Z in _table() else None
    if weight is None:
        raise ValueError("Z out of range")
    return weight


def atomic_symbol(Z: int) -> str:
    """Symbol of an element.

    >>> atomic_symbol(82)
    'Pb'
    """
    return _table()[Z][0]


def symbols() -> dict[str, int]:
    """Atomic numbers of all symbols."""
    return {symbol: Z for Z, (symbol, _) in _table().items()}


def weight_note(Z: int) -> str:
    """The repair to the weight of an element in words; empty for all but one."""
    if Z not in _REPAIRED:
        return ""
    return f"{atomic_symbol(Z)}: {_REPAIRED[Z]:g} g/mol in place of the tabulated {tabulated_weight(Z):g}"


@lru_cache(maxsize=1)
def _table() -> dict[int, tuple[str, float | None]]:
    """Symbol, and weight in g/mol if there is one, by atomic number."""
    text = resources.files("evanesce.materials").joinpath("elements.csv").read_text(encoding="ascii")
    rows = (line.split(",") for line in text.splitlines()[1:])
    return {int(Z): (symbol, float(weight) if weight else None) for Z, symbol, weight in rows}
