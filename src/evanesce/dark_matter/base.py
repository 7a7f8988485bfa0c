"""The interface of a kind of dark matter, and look-up by name.

To add a kind, write one frozen class with these attributes and methods, and register it with
``@DARK_MATTER.register("name")``.
"""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any, ClassVar, Final, Protocol

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.registry import Registry
from evanesce.validation import FloatArray

__all__ = ["DARK_MATTER", "DarkMatter", "check_dark_matter", "dark_matter", "dark_matter_velocity"]


class DarkMatter(Protocol):
    """Particles χ that couple to a vector mediator with g_χ; arguments in GeV or GeV², shapes broadcast.

    The cross sections are for the coupling e of a massless lepton of unit charge, ε = 1.
    """

    title: ClassVar[str]
    """The kind in words."""
    states: ClassVar[int]
    """Number g of spin states of χ and χ̄ together: n_eq = g m_χ² T/2π² · K₂(m_χ/T)."""
    counted: ClassVar[float]
    """σ_eff/σ. The density n of *all* particles falls as dn/dt = -⟨σ_eff v⟩ n²: 1/2 if half of the pairs annihilate."""

    def width(self, mass: FloatArray, alpha_d: Any, mass_ratio: Any) -> FloatArray:
        """Γ(mediator → χχ̄) in GeV; mass of the mediator and its ratio to that of χ."""
        ...

    def production_numerator(self, s: FloatArray, mass: FloatArray, alpha_d: Any, mass_ratio: Any) -> FloatArray:
        """N(s) of σ(e⁺e⁻ → χχ̄) = N(s)/|s - m² + imΓ|² in GeV⁻², zero below threshold."""
        ...

    def annihilation_numerator(self, s: FloatArray, dark_mass: FloatArray, alpha_d: Any) -> FloatArray:
        """N(s)·√(1 - 4m_χ²/s) of σ(χχ̄ → e⁺e⁻) = N(s)/|s - m² + imΓ|², which is finite at threshold."""
        ...

    def leading_rate(self, dark_mass: FloatArray, mass: FloatArray, alpha_d: Any) -> tuple[FloatArray, int]:
        """Coefficient c in GeV⁻² and power n of σv = c vⁿ at small relative velocity v, away from the resonance."""
        ...

    def forward_share(self, velocity2: FloatArray) -> FloatArray:
        """a(β²) of dσ/dcosθ ∝ 1 + a cos²θ for e⁺e⁻ → χχ̄, from the squared velocity of χ; -1, or not negative."""
        ...


DARK_MATTER: Final[Registry[DarkMatter]] = Registry("dark matter", "evanesce.dark_matter")


def dark_matter(name: str | DarkMatter) -> DarkMatter:
    """Return the kind of dark matter of a registered name; an object is returned unchanged.

    >>> dark_matter("majorana").states
    2

    Raises
    ------
    UnknownNameError
        No kind has this name; the message lists them and the nearest.
    InvalidValueError
        Neither a name nor a kind of dark matter.

    """
    if isinstance(name, str):
        kind: Any = DARK_MATTER.get(name)
        made: DarkMatter = kind()
        return made
    check_dark_matter(name)
    return name


def check_dark_matter(kind: object) -> None:
    """Raise for an object that does not implement :class:`DarkMatter`; the message says what is missing.

    Raises
    ------
    InvalidValueError
        Not an instance of a dataclass, or one without a needed attribute or method.

    """
    if not is_dataclass(kind) or isinstance(kind, type):
        raise InvalidValueError(
            f"dark_matter = {kind!r}: must be one of {', '.join(DARK_MATTER.names())}, or an instance, as Majorana()"
        )
    called = type(kind).__name__
    for name in ("width", "production_numerator", "annihilation_numerator", "leading_rate", "forward_share"):
        if not callable(getattr(kind, name, None)):
            raise InvalidValueError(f"dark matter {called}: must have a method {name}")
    for name in ("states", "counted", "title"):
        if not hasattr(kind, name):
            raise InvalidValueError(f"dark matter {called}: must have an attribute {name}")


def dark_matter_velocity(s: FloatArray, mass: FloatArray, mass_ratio: Any) -> FloatArray:
    """Velocity sqrt(1 - 4 m_χ²/s) of χ in the centre of mass; zero below threshold."""
    below = 1.0 - (2.0 * mass / mass_ratio) ** 2 / s
    velocity: FloatArray = np.sqrt(np.maximum(below, 0.0))
    return velocity
