"""The parts of an experiment, checked at birth."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from inspect import getattr_static
from typing import Any, Final

from evanesce.backgrounds import Background, Budget, Exposure, budget
from evanesce.constraints import constraint_names
from evanesce.errors import InvalidValueError, unknown_name
from evanesce.experiments.changes import changed
from evanesce.experiments.plain import plain
from evanesce.experiments.schema import build
from evanesce.materials import Material
from evanesce.sources import Source
from evanesce.statistics import criterion
from evanesce.tracklength import Resolution
from evanesce.validation import between, fraction, non_negative

__all__ = ["Experiment", "Selection", "Target"]

_THICKNESSES: Final[tuple[float, float]] = (1e-6, 1e4)
_UPSTREAM: Final[tuple[float, float]] = (1e-9, 30.0)
"""In X0; 30 let one positron in 10¹⁰ through, and beyond 40 rounding exceeds what is left of the track length."""
_SMALLEST_EFFICIENCY: Final[float] = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The calorimeter, which is the target."""

    material: Material
    thickness: float
    """Thickness in X0."""
    upstream: float = 0.0
    """Inactive material in front of it, in X0."""

    def __post_init__(self) -> None:
        if not isinstance(self.material, Material):
            raise InvalidValueError(
                f"material = {self.material!r}: must be a Material, make one with material() or compound()"
            )
        between("thickness", self.thickness, *_THICKNESSES, "X0")
        if non_negative("upstream", self.upstream) > 0:
            between("upstream", self.upstream, *_UPSTREAM, "X0, or be 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What counts as a signal event."""

    missing_fraction: float = 0.95
    """The mediator takes more than this fraction of the track's energy."""

    def __post_init__(self) -> None:
        fraction("missing_fraction", self.missing_fraction, one_allowed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """Everything about a search that is not the mediator and not the way physics is computed.

    Raises
    ------
    InvalidValueError
        A number outside its range, or two backgrounds with the same label, at birth.
    UnknownNameError
        A criterion or a curve that does not exist.

    """

    name: str
    title: str = ""
    """One line for people."""
    reference: str = ""
    """Where the card's numbers come from."""
    source: Source
    target: Target
    selection: Selection = field(default_factory=Selection)
    resolution: Resolution | None = None
    """What the detector measures how well; needed for the physics option ``resolution=detector`` alone."""
    efficiency: float = 1.0
    """Probability that a signal event is reconstructed and recorded (tracking, trigger prescale)."""
    background: float
    """Expected background events that the limit is computed with."""
    criterion: str = "sqrt2.71"
    """Name of the statistical criterion."""
    backgrounds: Sequence[Background] = ()
    """Components of the background budget, kept as a tuple; ``background`` above does not follow them."""
    bremsstrahlung_curve: str | None = None
    """Published limit that fixes the bremsstrahlung yield, Eq. (C.1) of arXiv:2212.04252."""

    def __post_init__(self) -> None:
        self._check_types()
        if not self.name.strip():
            raise InvalidValueError(f"name = '{self.name}': must not be empty")
        if not fraction("efficiency", self.efficiency) >= _SMALLEST_EFFICIENCY:
            raise InvalidValueError(f"efficiency = {self.efficiency}: must be at least {_SMALLEST_EFFICIENCY:g}")
        non_negative("background", self.background)
        criterion(self.criterion)
        if self.bremsstrahlung_curve is not None and self.bremsstrahlung_curve not in constraint_names():
            raise unknown_name("bremsstrahlung_curve", self.bremsstrahlung_curve, constraint_names())
        twice = [label for label, n in Counter(b.label for b in self.backgrounds).items() if n > 1]
        if twice:
            raise InvalidValueError(f"backgrounds: '{twice[0]}' is there twice, give each its own label")

    def _check_types(self) -> None:
        """Refuse what a user without a type checker may give; a card is checked by its schema."""
        for name in ("name", "title", "reference", "criterion"):
            if not isinstance(getattr(self, name), str):
                raise InvalidValueError(f"{name} = {_short(getattr(self, name))}: must be text")
        for name, kind in (("target", Target), ("selection", Selection)):
            if not isinstance(getattr(self, name), kind):
                raise InvalidValueError(f"{name} = {_short(getattr(self, name))}: must be a {kind.__name__}")
        if not isinstance(self.resolution, (Resolution, type(None))):
            raise InvalidValueError(f"resolution = {_short(self.resolution)}: must be a Resolution or None")
        # looked up, not asked: the count of a source may take seconds
        if any(getattr_static(self.source, name, None) is None for name in ("spectrum", "count")):
            raise InvalidValueError(f"source = {_short(self.source)}: must be a source, as Bhabha() or Beam()")
        parts: Any = self.backgrounds
        if not isinstance(parts, (list, tuple)):
            raise InvalidValueError(f"backgrounds = {_short(parts)}: must be a list of backgrounds")
        for part in parts:
            if not (hasattr(part, "label") and hasattr(part, "estimate")):
                raise InvalidValueError(f"backgrounds: {_short(part)} is no background, make one as Photons()")
        object.__setattr__(self, "backgrounds", tuple(parts))

    @property
    def signal_limit(self) -> float:
        """Excluded number of signal events, by the criterion from the background."""
        return criterion(self.criterion).signal_limit(self.background)

    def exposure(self) -> Exposure:
        """Collect what a background component needs to know."""
        return Exposure(
            tracks=self.source.count,
            luminosity=getattr(self.source, "luminosity", None),
            material=self.target.material,
            thickness=self.target.thickness,
            missing_fraction=self.selection.missing_fraction,
            efficiency=self.efficiency,
        )

    def background_budget(self) -> Budget:
        """Estimate every background component and their sum."""
        return budget(self.backgrounds, self.exposure())

    def as_dict(self) -> dict[str, Any]:
        """Return the card as plain data; :meth:`from_dict` gives an equal experiment back."""
        card: dict[str, Any] = plain(self)
        return card

    @classmethod
    def from_dict(cls, card: Any, where: str = "card") -> Experiment:
        """Build an experiment from a card's plain data; ``where`` begins the messages.

        Raises
        ------
        CardError
            One line: the field, what came, what is allowed.

        """
        return build(cls, card, where)

    def replace(self, changes: Mapping[str, Any]) -> Experiment:
        """Make another experiment with fields changed, by dotted names, through the same checks.

        An item of a list goes by its position or its label: ``backgrounds.photons.veto_efficiency``.

        >>> from evanesce.experiments import experiment
        >>> thin = experiment("belle2").replace({"source.luminosity": 25, "target.thickness": 8})
        >>> thin.source.luminosity, thin.target.thickness
        (25.0, 8.0)

        Raises
        ------
        CardError
            A name that does not exist or a value that is not allowed.

        """
        where = f"card '{self.name}'"
        return build(type(self), changed(self.as_dict(), changes, where), where)


def _short(value: object) -> str:
    return " ".join(reprlib.repr(value).split())
