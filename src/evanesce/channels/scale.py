"""Uncertainties that change a signal or a background by a common factor, as that of the luminosity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from evanesce.errors import InvalidValueError, unknown_name
from evanesce.validation import choice, positive, printable

__all__ = ["NUMBER", "SIGNAL", "ScaleUncertainty", "checked_scales"]

SIGNAL: Final[str] = "signal"
"""Name of the sum of all processes of a channel."""
NUMBER: Final[str] = "background"
"""Name of the number of background events that stands for the sum of the components."""
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
    on: tuple[str, ...] = (SIGNAL,)
    """What it changes: signal, labels of background components, or background for a number of events."""
    constraint: Literal["normal", "log-normal"] = "log-normal"
    """Factor 1 + relative·θ (normal) or (1 + relative)^θ (log-normal), with θ of a standard normal distribution."""
    reference: str = ""

    def __post_init__(self) -> None:
        if not printable("name", self.name).strip():
            raise InvalidValueError("name: is empty; give the uncertainty a name, as luminosity")
        object.__setattr__(self, "relative", positive("relative", self.relative, maximum=_LARGEST))
        choice("constraint", self.constraint, ("normal", "log-normal"))
        on: Any = self.on
        if not isinstance(on, (list, tuple)) or not on or not all(isinstance(one, str) for one in on):
            raise InvalidValueError(f"on = {on!r}: must be a list of names, as [signal, photons]")
        twice = [one for one in on if on.count(one) > 1]
        if twice:
            raise InvalidValueError(f"on: '{twice[0]}' is given twice; keep one")
        object.__setattr__(self, "on", tuple(on))


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
        raise InvalidValueError("systematics: must be a list; make one with ScaleUncertainty(name=, relative=, on=)")
    found: Sequence[ScaleUncertainty] = tuple(scales)
    labels = tuple(components)
    if SIGNAL in labels:
        raise InvalidValueError(f"backgrounds: '{SIGNAL}' is the name of the sum of the processes; give another label")
    known = (SIGNAL, NUMBER, *labels)
    names = [one.name for one in found]
    for one in found:
        if names.count(one.name) > 1:
            raise InvalidValueError(f"systematics: '{one.name}' is given twice; give each its own name")
        for target in one.on:
            if target not in known:
                raise unknown_name(f"component in the systematic '{one.name}'", target, known)
    return tuple(found)
