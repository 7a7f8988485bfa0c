"""One number of the paper next to the values that the package computes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from evanesce.errors import InvalidValueError

__all__ = ["Kind", "Row", "Stated"]

Kind: TypeAlias = Literal["computed", "input"]

_STATED: Final = re.compile(r"(?P<comparison>[=~≈≃≲])?\s*(?P<number>[-+\d.e]+)(/(?P<divisor>\d+))?")
_KEYS: Final[tuple[str, ...]] = (
    "id", "section", "quantity", "unit", "kind", "paper", "published", "converged", "reference",
)  # fmt: skip
_SLACK: Final[float] = 1e-9
"""Relative tolerance: far above floating-point errors, far below any rounding in print."""


class Stated(NamedTuple):
    """A number as a paper prints it."""

    value: float
    rounding: float
    """Half a unit of the last digit printed; 0 for a fraction, which is exact."""
    comparison: str
    """The sign before it: =, ~, ≃, ≈ or ≲."""

    @classmethod
    def parse(cls, text: str) -> Stated:
        """Parse for instance "~ 6e11"; zeros that are not significant do not count as printed digits.

        >>> Stated.parse("≲ 1.7e-5")
        Stated(value=1.7e-05, rounding=5e-07, comparison='≲')
        >>> Stated.parse("3/11").rounding
        0.0
        """
        match = _STATED.fullmatch(text)
        if match is None:
            raise InvalidValueError(f"number as printed = '{text}': must be like '~ 6e11', '4.35' or '3/11'")
        comparison = match["comparison"] or "="
        if match["divisor"]:
            return cls(float(Fraction(f"{match['number']}/{match['divisor']}")), 0.0, comparison)
        number = Decimal(match["number"])
        exponent = int(number.as_tuple().exponent)
        return cls(float(number), float(Decimal((0, (5,), exponent - 1))), comparison)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A quantity of the paper, as printed and for each physics preset; None where there is no number."""

    id: str
    """Stable name."""
    section: str
    """Section or appendix that states it."""
    quantity: str
    """Description in words."""
    unit: str
    """Unit; empty for a pure number."""
    kind: Kind
    """``computed`` by the package, or an ``input`` from the card, the material or the method."""
    paper: float | None
    """Value printed in the paper."""
    published: float | None = None
    """Value with the choices of the paper."""
    converged: float | None = None
    """Value with the same equations integrated exactly."""
    reference: float | None = None
    """Value with the best physics of the package."""
    comparison: str = ""
    """Sign before the paper's number: =, ~, ≃, ≈ or ≲."""
    rounding: float | None = None
    """Half a unit of the last digit that the paper prints."""
    note: str = ""
    """Why numbers differ, or why one is missing."""

    @property
    def agrees(self) -> bool | None:
        """Whether ``published`` is the paper's number within its rounding; None if one of them is missing."""
        if self.paper is None or self.published is None or self.rounding is None:
            return None
        return math.isclose(self.published, self.paper, rel_tol=_SLACK, abs_tol=self.rounding * (1.0 + _SLACK))

    def as_dict(self) -> dict[str, Any]:
        """Plain data by name, as ``evanesce reproduce --json`` prints it."""
        return {key: getattr(self, key) for key in _KEYS}
