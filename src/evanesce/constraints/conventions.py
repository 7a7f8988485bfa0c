"""What a curve limits, and what becomes of it for other parameters of the dark sector.

All conversions rest on y = ε² α_D (m_χ/m)⁴, with m the mass of the mediator (arXiv:1505.00011).

* ``scaling: epsilon``. The mediator is produced on shell with a rate ∝ ε² and vanishes. The limit on ε at a mass m
  knows neither α_D nor m_χ while the decay to χχ is open (m > 2 m_χ) and far wider than the visible one.
* ``scaling: epsilon4-alpha_d``. It is produced on shell (∝ ε²), decays to χχ, and χ scatters in a detector
  (∝ ε² α_D): at fixed masses ε⁴ α_D is limited, so ε ∝ α_D^(−1/4) and y ∝ α_D^(1/2). This is our
  own argument, exact at leading order for a narrow mediator and a single scattering: neither the spectrum of χ nor that
  of what it hits knows α_D. Another m_χ changes the acceptance of the detector in a way that only a simulation tells:
  refused.
* ``scaling: none``. Nothing is known, or the curve depends on the width: it holds for its own parameters only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.constraints.constraint import Constraint

__all__ = ["ABSCISSAE", "DARK_MATTER", "QUANTITIES", "SCALINGS", "USUAL_MASSES", "epsilon_factor", "epsilon_of"]

QUANTITIES: Final[tuple[str, ...]] = ("epsilon", "epsilon2", "y")
ABSCISSAE: Final[tuple[str, ...]] = ("mediator", "dark-matter")
DARK_MATTER: Final[tuple[str, ...]] = ("any", "dirac", "pseudo-dirac", "scalar", "majorana", "unstated")
SCALINGS: Final[tuple[str, ...]] = ("epsilon", "epsilon4-alpha_d", "none")
USUAL_MASSES: Final = (5e-4, 15.0)
"""Masses in GeV of invisible mediators that searches at accelerators have curves for: from that of the electron on."""
_FINE_STRUCTURE: Final = 1 / 137.036
_WIDER: Final = 100.0
"""How many times α_D must exceed α ε² for invisible decays to be the rule: 12 in the width of a scalar, which has
α_D/12 where a lepton has α ε²/3."""


def epsilon_of(quantity: str, value: float, *, name: str, alpha_d: float | None, mass_ratio: float | None) -> float:
    """Return ε of a positive ``value`` of ``quantity``; y needs ``alpha_d`` and ``mass_ratio``.

    >>> round(epsilon_of("y", 0.5 / 81 * 1e-8, name="own", alpha_d=0.5, mass_ratio=3.0), 12)
    0.0001

    Raises
    ------
    InvalidValueError
        A parameter that is needed and missing.

    """
    if quantity == "epsilon":
        return value
    if quantity == "epsilon2":
        return float(value**0.5)
    if alpha_d is None or mass_ratio is None:
        missing = "alpha_d" if alpha_d is None else "mass_ratio"
        raise InvalidValueError(f"constraint {name}: a limit on y needs {missing} to become one on epsilon, give it")
    return float((value * mass_ratio**4 / alpha_d) ** 0.5)


def epsilon_factor(curve: Constraint, *, alpha_d: float, mass_ratio: float, dark_matter: str) -> float:
    """Return what the limit on ε is multiplied by for these parameters.

    Raises
    ------
    InvalidValueError
        The curve cannot be taken there; the message says why.

    """
    start = f"constraint {curve.name}: "
    same_kind = dark_matter == curve.dark_matter or "any" in (dark_matter, curve.dark_matter)
    if (alpha_d, mass_ratio) == (curve.alpha_d, curve.mass_ratio) and same_kind:
        return 1.0
    if mass_ratio <= 2:
        raise InvalidValueError(
            f"{start}mass_ratio = {mass_ratio:g}: must exceed 2, or the mediator does not decay to it"
        )
    if not alpha_d <= 1:
        raise InvalidValueError(f"{start}alpha_d = {alpha_d:g}: must be at most 1, beyond the mediator is too wide")
    if curve.scaling == "none":
        why = "it does not say what it limits, give scaling='epsilon' or 'epsilon4-alpha_d'"
        if curve.processes:
            why = f"it counts {curve.processes}; other parameters need a calculation, use its own"
        held = f"alpha_d = {curve.alpha_d}, mass_ratio = {curve.mass_ratio}, {curve.dark_matter}"
        raise InvalidValueError(f"{start}holds for {held} only: {why}")
    factor = 1.0
    if curve.scaling == "epsilon4-alpha_d":
        factor = _scattering(curve, start, alpha_d, mass_ratio, same_kind)
    if alpha_d < _WIDER * _FINE_STRUCTURE * (factor * max(curve.epsilons)) ** 2:
        raise InvalidValueError(
            f"{start}alpha_d = {alpha_d:g}: too small for the decays to be invisible, use a larger one"
        )
    return factor


def _scattering(curve: Constraint, start: str, alpha_d: float, mass_ratio: float, same_kind: bool) -> float:
    if curve.alpha_d is None or curve.mass_ratio is None:
        raise InvalidValueError(f"{start}does not say its alpha_d and mass_ratio, give both to take it to others")
    if not same_kind:
        if curve.dark_matter == "unstated":
            raise InvalidValueError(
                f"{start}its source does not say for which dark matter it holds, and others scatter differently"
            )
        raise InvalidValueError(
            f"{start}holds for {curve.dark_matter} dark matter: others scatter differently, use that kind"
        )
    if mass_ratio != curve.mass_ratio:
        raise InvalidValueError(
            f"{start}holds for mass_ratio = {curve.mass_ratio:g}: at {mass_ratio:g} the acceptance of the scattering "
            "changes, which needs a simulation; use its own"
        )
    return float((curve.alpha_d / alpha_d) ** 0.25)
