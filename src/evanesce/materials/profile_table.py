"""The tabulated Compton profiles, checked when loaded: each must fall and be positive.

xraylib's profile of europium's L2 shell at 30 atomic units is 4.61, between 0.011 at 20 and 0.0017 at 40. This is a
misprint of 0.00461, wrong by 10³, and corresponds to 33 electrons in that shell. It is the only row of 1,572 that rises
by more than the last digit. Such a row is replaced by the geometric mean of the rows of both neighbouring elements. For
europium this mean agrees with its thirty other knots to 0.7 % (4 % at 20 atomic units, given with two digits).
:func:`profile_notes` lists the rows of an element that were replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.materials.elements import atomic_symbol
from evanesce.materials.xray_library import XRAYLIB
from evanesce.validation import FloatArray

__all__ = ["KNOTS", "SHELLS", "ProfileRow", "occupied_shells", "profile_notes", "profile_row", "quantum_numbers"]

KNOTS: Final[tuple[float, ...]] = (
    *(0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8),
    *(2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0, 100.0),
)
"""Momenta of the tabulated profiles in atomic units; between them ln J is a cubic in ln(1 + p)."""
SHELLS: Final[tuple[str, ...]] = tuple(
    f"{letter}{k + 1}" if letter != "K" else "K"
    for letter, subshells in zip("KLMNOPQ", (1, 3, 5, 7, 7, 5, 3), strict=True)
    for k in range(subshells)
)
"""Shells in the order of xraylib; within a letter κ is -1, 1, -2, 2, -3, 3, -4."""
_LARGEST_RISE: Final = 1.03
"""Allowed rise from one knot to the next: numbers with two digits may rise by one in the last digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRow:
    """The profile of one electron of a shell, up to 100 atomic units."""

    Z: int
    shell: int
    """Row of the table: that of the shell, or of the other half of its subshell."""
    fault: str
    """Why the row is replaced by those of the neighbours; empty if it is not."""

    def values(self, momentum: FloatArray) -> FloatArray:
        """J at momenta in atomic units, 1-D."""
        if not self.fault:
            return np.array([_tabulated(self.Z, self.shell, p) for p in momentum.tolist()])
        lighter, heavier = (
            np.array([_tabulated(Z, self.shell, p) for p in momentum.tolist()]) for Z in (self.Z - 1, self.Z + 1)
        )
        mean: FloatArray = np.sqrt(lighter * heavier)
        return mean


@lru_cache(maxsize=4096)
def profile_row(Z: int, shell: int) -> ProfileRow:
    """Return the row of an occupied shell.

    Raises
    ------
    InvalidValueError
        Neither this row nor those of the neighbouring elements can be right.

    """
    row = next(s for s in (shell, shell - 1, shell + 1, shell - 2) if s >= 0 and _tabulated(Z, s, 0.0) > 0.0)
    fault = _fault(Z, row)
    if fault and any(_fault(neighbour, row) for neighbour in (Z - 1, Z + 1)):
        raise InvalidValueError(f"Compton profile of Z = {Z}, {SHELLS[row]}: {fault}, and so do its neighbours")
    return ProfileRow(Z=Z, shell=row, fault=fault)


def profile_notes(Z: int) -> tuple[str, ...]:
    """Return a sentence for each repaired profile of an element.

    >>> profile_notes(55)
    ()
    >>> profile_notes(63)[0][:60]
    'Eu L2: the tabulated Compton profile rises to 4.61 at 30 ato'
    """
    symbol = atomic_symbol(Z)
    rows = {SHELLS[row.shell]: row.fault for shell in occupied_shells(Z) if (row := profile_row(Z, shell)).fault}
    notes = [
        f"{symbol} {name}: the tabulated Compton profile {fault}; the mean of the neighbouring elements' is used"
        for name, fault in rows.items()
    ]
    return tuple(notes)


def occupied_shells(Z: int) -> dict[int, float]:
    """Electrons of each occupied shell of an element, by the number of the shell."""

    def electrons(shell: int) -> float:
        try:
            return float(XRAYLIB.ElectronConfig(Z, shell))
        except ValueError:
            return 0.0

    return {shell: count for shell in range(len(SHELLS)) if (count := electrons(shell))}


def quantum_numbers(shell: int) -> tuple[int, int]:
    """Principal quantum number and κ.

    >>> [quantum_numbers(SHELLS.index(name)) for name in ("K", "L2", "L3", "M4")]
    [(1, -1), (2, 1), (2, -2), (3, 2)]
    """
    name = SHELLS[shell]
    sub = int(name[1:] or 1)
    return "KLMNOPQ".index(name[0]) + 1, -(sub + 1) // 2 if sub % 2 else sub // 2


def _fault(Z: int, row: int) -> str:
    """Where a row is not positive or rises, in words; empty for a good row."""
    values = [_tabulated(Z, row, p) for p in KNOTS]
    for p, before, here in zip(KNOTS, values[:1] + values, values, strict=False):
        if not here > 0.0:
            return f"is {here:.3g} at {p:g} atomic units"
        if not here <= _LARGEST_RISE * before:
            return f"rises to {here:.3g} at {p:g} atomic units from {before:.3g}"
    return ""


def _tabulated(Z: int, shell: int, momentum: float) -> float:
    """xraylib's profile of one electron at a momentum in atomic units, or 0 where it has none."""
    try:
        return float(XRAYLIB.ComptonProfile_Partial(Z, shell, momentum))
    except ValueError:
        return 0.0
