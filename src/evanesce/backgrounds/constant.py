"""A number of background events taken from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from evanesce.backgrounds.base import BACKGROUNDS, BackgroundEstimate, Exposure
from evanesce.backgrounds.uncertainty import Uncertainty, named, shared_names
from evanesce.errors import InvalidValueError
from evanesce.validation import non_negative

__all__ = ["Condition", "Constant"]

_SOURCE: Final = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A field of the card and the value for which a constant was worked out."""

    field: str
    """Dotted name, for instance ``target.thickness``."""
    value: Any
    """Value as written on a card."""

    def __post_init__(self) -> None:
        if not isinstance(self.field, str) or not self.field.strip():
            raise InvalidValueError(f"field = {self.field!r}: must be the dotted name of a field of the card")


@BACKGROUNDS.register("constant")
@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A fixed expectation, independent of the exposure and the detector.

    As the ``background`` of a card it replaces the sum of the card's ``backgrounds``, as long as every field has the
    value it was worked out for.
    """

    expected: float
    """Expected events."""
    error: float = 0.0
    """Their uncertainty."""
    holds_for: tuple[Condition, ...] = ()
    """Fields changed since, with the values it was worked out for; empty if it is valid for the card."""
    reference: str = ""
    """Where the number comes from."""
    label: str = "constant"
    uncertainties: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Names of nuisance parameters by source of uncertainty; components with the same name share it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "expected", non_negative("expected", self.expected))
        object.__setattr__(self, "error", non_negative("error", self.error))
        object.__setattr__(self, "uncertainties", shared_names(self.label, self.uncertainties, (_SOURCE,)))

    def estimate(self, exposure: Exposure) -> BackgroundEstimate:  # noqa: ARG002
        """Return the number for any exposure."""
        return self.as_estimate()

    def as_estimate(self) -> BackgroundEstimate:
        """Return the number with its error."""
        return BackgroundEstimate(
            name=self.label,
            expected=self.expected,
            error=self.error,
            source=self.reference,
            inputs={"note": "a constant, independent of the exposure"},
            uncertainties=named(self.uncertainties, Uncertainty(source=_SOURCE, events=self.error)),
        )
