"""Uncertainties that change a signal or a background by a common factor, as that of the luminosity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from evanesce.errors import InvalidValueError, unknown_name
from evanesce.validation import choice, positive, printable

__all__ = ["BACKGROUND", "SIGNAL", "ScaleUncertainty", "checked_scales"]

SIGNAL: Final[str] = "signal"
"""Name of the sum of all processes of a channel."""
BACKGROUND: Final[str] = "background"
"""Name of every component that follows the exposure, all but those of kind ``constant``, or of the card's number."""
_LARGEST: Final[float] = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleUncertainty:
    """A relative uncertainty of the signal and of background components, for instance of the luminosity.

    Raises
    ------
    InvalidValueError
        On construction: an empty name, an unknown constraint, a relative uncertainty that is not positive or above 10,
        or nothing that it acts on.

    """

    name: str
    """Name of the nuisance parameter; channels with the same name share it."""
    relative: float
    """Relative change at one standard deviation."""
    affects: tuple[str, ...] = (SIGNAL,)
    """What it changes: signal, labels of components, or background for all components except those of kind constant."""
    constraint: Literal["normal", "log-normal"] = "log-normal"
    """Factor 1 + relative·θ (normal) or (1 + relative)^θ (log-normal), with θ of a standard normal distribution."""
    reference: str = ""

    def __post_init__(self) -> None:
        if not printable("name", self.name).strip():
            raise InvalidValueError("name: is empty; give the uncertainty a name, as luminosity")
        object.__setattr__(self, "relative", positive("relative", self.relative, maximum=_LARGEST))
        choice("constraint", self.constraint, ("normal", "log-normal"))
        affects: Any = self.affects
        if not isinstance(affects, (list, tuple)) or not affects or not all(isinstance(one, str) for one in affects):
            raise InvalidValueError(f"affects = {affects!r}: must be a list of names, as [signal, photons]")
        twice = [one for one in affects if affects.count(one) > 1]
        if twice:
            raise InvalidValueError(f"affects: '{twice[0]}' is given twice; keep one")
        object.__setattr__(self, "affects", tuple(affects))


def checked_scales(scales: Any, components: Iterable[str]) -> tuple[ScaleUncertainty, ...]:
    """Return the uncertainties of a channel as a tuple, after checking that they act on its ``components``.

    Raises
    ------
    InvalidValueError
        Something else than scale uncertainties, or a name that is given twice.
    UnknownNameError
        A component that the channel does not have.

    """
    if not isinstance(scales, (list, tuple)) or not all(isinstance(one, ScaleUncertainty) for one in scales):
        raise InvalidValueError(
            "systematics: must be a list; make one with ScaleUncertainty(name=, relative=, affects=)"
        )
    found: Sequence[ScaleUncertainty] = tuple(scales)
    labels = tuple(components)
    for reserved in (SIGNAL, BACKGROUND):
        if reserved in labels:
            raise InvalidValueError(f"backgrounds: '{reserved}' has a meaning in systematics; give another label")
    known = (SIGNAL, BACKGROUND, *labels)
    names = [one.name for one in found]
    for one in found:
        if names.count(one.name) > 1:
            raise InvalidValueError(f"systematics: '{one.name}' is given twice; give each its own name")
        for target in one.affects:
            if target not in known:
                raise unknown_name(f"component in the systematic '{one.name}'", target, known)
    return tuple(found)
