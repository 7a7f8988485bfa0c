"""The interface of a mediator, with checks and kinematics common to all.

To add a mediator, write one frozen class with these attributes and methods; see docs/physics.md for a
worked example. Registering it with ``@MEDIATORS.register("name")`` also makes it available on the command line.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Final, Literal, Protocol, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from evanesce.dark_matter import DARK_MATTER, Dirac, dark_matter_velocity
from evanesce.errors import InvalidValueError
from evanesce.fingerprint import fingerprint
from evanesce.registry import Registry
from evanesce.validation import FloatArray, positive_array

__all__ = [
    "MEDIATORS",
    "ByContent",
    "Mediator",
    "Parameter",
    "Vertex",
    "check_dark_sector",
    "check_mediator",
    "dark_matter_name",
    "dark_matter_velocity",
    "mediator",
    "vertex_of",
    "with_parameters",
]

Parameter: TypeAlias = float | tuple[float, ...] | FloatArray

Vertex: TypeAlias = Literal["scalar", "pseudoscalar", "vector", "axial-vector"]
"""Coupling to electrons: eε times 1, iγ⁵, γ^μ or γ^μγ⁵."""


class Mediator(Protocol):
    """A neutral mediator with coupling eε to electrons and g_χ to dark matter χ, by default a Dirac fermion.

    All arguments are in GeV or GeV²; shapes broadcast with ``alpha_d`` and ``mass_ratio``. All results are
    for ε = 1; rates scale with ε². The exact bremsstrahlung needs a class attribute ``vertex``, one of
    :data:`Vertex`; see :func:`vertex_of`.
    """

    @property
    def alpha_d(self) -> Any:
        """g_χ²/4π."""
        ...

    @property
    def mass_ratio(self) -> Any:
        """Mass of the mediator over the mass of χ; greater than 2."""
        ...

    def width(self, mass: FloatArray) -> FloatArray:
        """Γ(mediator → χχ̄) in GeV."""
        ...

    def electron_width(self, mass: FloatArray) -> FloatArray:
        """Γ(mediator → e⁺e⁻) in GeV at ε = 1; zero below threshold."""
        ...

    def annihilation_numerator(self, s: FloatArray, mass: FloatArray) -> FloatArray:
        """N(s) of σ(e⁺e⁻ → χχ̄) = N(s)/((s - m²)² + m²Γ²) in GeV⁻², at ε = 1; zero below threshold."""
        ...

    def splitting(self, x: FloatArray, mass: FloatArray) -> FloatArray:
        """P(x) in GeV⁻² of the Weizsäcker-Williams cross section dσ/dx = α³ φ P(x), x = E_mediator/E'."""
        ...


MEDIATORS: Final[Registry[Mediator]] = Registry(
    "mediator", "evanesce.mediators", plug_ins="mediators", interface=Mediator
)


class ByContent:
    """Two mediators are equal if their parameters are, arrays included."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and fingerprint(self) == fingerprint(other)

    def __hash__(self) -> int:
        return hash(fingerprint(self))


def mediator(name: str | Mediator, *, alpha_d: Parameter = 1e-3, mass_ratio: Parameter = 3.0) -> Mediator:
    """Return the mediator of a registered name; a mediator object is returned unchanged.

    >>> mediator("scalar", alpha_d=0.1).alpha_d
    0.1

    Raises
    ------
    UnknownNameError
        No mediator has this name; the message lists them and the nearest.
    InvalidValueError
        Neither a name nor a mediator.

    """
    if not isinstance(name, str):
        check_mediator(name)
        return name
    kind: Any = MEDIATORS.get(name)
    made: Mediator = kind(alpha_d=alpha_d, mass_ratio=mass_ratio)
    return made


def check_dark_sector(alpha_d: Parameter, mass_ratio: Parameter) -> None:
    """Raise for couplings and mass ratios without an on-shell invisible decay."""
    alphas = positive_array("alpha_d", alpha_d)
    if (alphas > 4.0 * math.pi).any():
        raise InvalidValueError(f"alpha_d = {alphas.max():g}: must be at most 4π, the perturbative limit")
    ratios = positive_array("mass_ratio", mass_ratio)
    if not (ratios > 2.0).all():
        raise InvalidValueError(
            f"mass_ratio = {ratios.min():g}: must be greater than 2 (mediator mass over χ mass), "
            "the mediator has to decay to χχ̄ on shell"
        )


def check_mediator(mediator: object) -> None:
    """Raise for an object that does not implement :class:`Mediator`; the message says what is missing.

    Raises
    ------
    InvalidValueError
        Not a dataclass instance, a missing method, parameters out of range, or a width that is not a
        positive number for every mass.

    """
    kind = type(mediator).__name__
    if not dataclasses.is_dataclass(mediator) or isinstance(mediator, type):
        raise InvalidValueError(
            f"mediator = {mediator!r}: must be an instance of a dataclass, for instance DarkPhoton(alpha_d=1e-3)"
        )
    names = {field.name for field in dataclasses.fields(mediator)}
    for name in ("alpha_d", "mass_ratio"):
        if name not in names:
            raise InvalidValueError(f"mediator {kind}: must have a field {name}")
    for name in ("width", "electron_width", "annihilation_numerator", "splitting"):
        if not callable(getattr(mediator, name, None)):
            raise InvalidValueError(f"mediator {kind}: must have a method {name}")
    candidate: Any = mediator
    check_dark_sector(candidate.alpha_d, candidate.mass_ratio)
    one = with_parameters(candidate, float(np.ravel(candidate.alpha_d)[0]), float(np.ravel(candidate.mass_ratio)[0]))
    masses = np.array([[0.01], [0.1]])
    width = np.asarray(one.width(masses))
    if width.shape != masses.shape or not (np.isfinite(width) & (width > 0)).all():
        raise InvalidValueError(f"mediator {kind}: width(mass) must be positive, finite and of the shape of mass")


def dark_matter_name(mediator: Mediator) -> str:
    """Name of the kind of dark matter that a mediator decays to: ``dirac`` unless it has a field ``dark_matter``."""
    kind = type(getattr(mediator, "dark_matter", Dirac()))
    return DARK_MATTER.name_of(kind) or kind.__name__


def with_parameters(mediator: Mediator, alpha_d: npt.ArrayLike, mass_ratio: npt.ArrayLike) -> Mediator:
    """The same kind of mediator with other parameters, arrays allowed; the original is untouched."""
    instance: Any = mediator  # a dataclass, see check_mediator
    copy: Mediator = dataclasses.replace(instance, alpha_d=alpha_d, mass_ratio=mass_ratio)
    return copy


def vertex_of(mediator: Mediator, *, instead: str = "bremsstrahlung=ww") -> Vertex:
    """Coupling of the mediator to electrons, for calculations beyond its own ``splitting``.

    ``instead`` names the physics option that does without it.

    Raises
    ------
    InvalidValueError
        The class has no attribute ``vertex``, or an unknown one.

    """
    vertex: Any = getattr(mediator, "vertex", None)
    if vertex not in get_args(Vertex):
        raise InvalidValueError(
            f"vertex = {vertex!r} of {type(mediator).__name__}: must be one of {', '.join(get_args(Vertex))}; "
            f"set it as a class attribute, or use {instead}"
        )
    known: Vertex = vertex
    return known
