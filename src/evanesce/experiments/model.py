"""An experiment: what it is called, its channels and its statistical criterion."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from evanesce.backgrounds import Background, Budget, Condition, Exposure
from evanesce.channels import Channel, VanishingTrack
from evanesce.channels.plain import plain, value_at
from evanesce.errors import InvalidValueError
from evanesce.experiments.changes import changed
from evanesce.experiments.schema import build
from evanesce.experiments.shorthand import expanded, shortened
from evanesce.representation import Facts, html_table, summary
from evanesce.setups import Selection, Target
from evanesce.sources import Source
from evanesce.statistics import criterion
from evanesce.tracklength import Resolution
from evanesce.validation import mapping, printable

__all__ = ["Experiment"]

_EXPOSURE: Final = ("source", "target", "selection", "efficiency")
"""Parts of a channel that its background would follow."""


@dataclass(frozen=True, slots=True, kw_only=True, init=False, repr=False)
class Experiment:
    """Everything about a search that is not the mediator and not the way physics is computed.

    Give the ``channels``, or the fields of a single :class:`~evanesce.channels.VanishingTrack`, as most cards do:
    ``source``, ``target``, ``background`` and so on. What belongs to the channel can be asked of an experiment that
    has one alone.

    Raises
    ------
    InvalidValueError
        A number outside its range, or two channels with the same label, at birth.
    UnknownNameError
        A criterion that does not exist.

    """

    name: str
    title: str = ""
    """One line for people."""
    reference: str = ""
    """Where the card's numbers come from."""
    channels: tuple[Channel, ...]
    """What the analysis sees; combined in one likelihood where there are several."""
    criterion: str = "sqrt2.71"
    """Name of the statistical criterion."""

    def __init__(
        self,
        *,
        name: str,
        title: str = "",
        reference: str = "",
        channels: Sequence[Channel] | None = None,
        criterion: str = "sqrt2.71",
        **channel: Any,
    ) -> None:
        parts: Any = (VanishingTrack(**channel),) if channels is None else channels
        if channels is not None and channel:
            parts = [_changed(channels, channel)]
        if not isinstance(parts, (list, tuple)) or not parts:
            raise InvalidValueError(f"channels = {_short(parts)}: must be a list of one channel or more")
        for field, value in (("name", name), ("title", title), ("reference", reference), ("criterion", criterion)):
            object.__setattr__(self, field, printable(field, value))
        object.__setattr__(self, "channels", tuple(parts))
        self._check()

    def _check(self) -> None:
        if not self.name.strip():
            raise InvalidValueError(f"name = '{self.name}': must not be empty")
        criterion(self.criterion)
        for part in self.channels:
            if not (hasattr(part, "label") and hasattr(part, "setup")):
                raise InvalidValueError(f"channels: {_short(part)} is no channel, make one as VanishingTrack()")
        twice = [label for label, count in Counter(part.label for part in self.channels).items() if count > 1]
        if twice:
            raise InvalidValueError(f"channels: '{twice[0]}' is there twice, give each its own label")

    @property
    def channel(self) -> VanishingTrack:
        """The only channel.

        Raises
        ------
        InvalidValueError
            There are several, or it is of another kind.

        """
        only = self.channels[0]
        if len(self.channels) > 1 or not isinstance(only, VanishingTrack):
            labels = ", ".join(part.label for part in self.channels)
            raise InvalidValueError(f"experiment '{self.name}': has the channels {labels}, ask one of channels")
        return only

    @property
    def source(self) -> Source:
        """Source of the only channel."""
        return self.channel.source

    @property
    def target(self) -> Target:
        """Target of the only channel."""
        return self.channel.target

    @property
    def selection(self) -> Selection:
        """Selection of the only channel."""
        return self.channel.selection

    @property
    def resolution(self) -> Resolution | None:
        """Resolution of the only channel."""
        return self.channel.resolution

    @property
    def efficiency(self) -> float:
        """Efficiency of the only channel."""
        return self.channel.efficiency

    @property
    def background(self) -> float:
        """Expected background events of the only channel, as its limits are computed with."""
        return self.channel.expectation().total

    @property
    def backgrounds(self) -> Sequence[Background]:
        """Components of the background of the only channel."""
        return self.channel.backgrounds

    @property
    def bremsstrahlung_curve(self) -> str | None:
        """Name of the published limit that fixes the bremsstrahlung yield of the only channel, or None."""
        curves = [getattr(process, "curve", None) for process in self.channel.processes]
        return next((curve for curve in curves if curve), None)

    @property
    def signal_limit(self) -> float:
        """Excluded number of signal events of the only channel, by the criterion from the background."""
        return criterion(self.criterion).signal_limit(self.background)

    def facts(self) -> Facts:
        """What the search is, for people."""
        yield "title", self.title
        yield "reference", self.reference
        yield "criterion", self.criterion
        for part in self.channels:
            label = "" if len(self.channels) == 1 else f"{part.label}: "
            yield f"{label}exposure", part.exposure
            yield from ((f"{label}{name}", value) for name, value in part.facts())

    def __repr__(self) -> str:
        return summary(f"Experiment {self.name}", self.facts())

    def _repr_html_(self) -> str:
        return html_table(f"Experiment {self.name}", self.facts())

    def exposure(self) -> Exposure:
        """Collect what a background component of the only channel needs to know."""
        return self.channel.track_exposure()

    def background_budget(self) -> Budget:
        """Estimate every background component of the only channel and their sum."""
        return self.channel.budget()

    def as_dict(self) -> dict[str, Any]:
        """Return the card as plain data; :meth:`from_dict` gives an equal experiment back.

        An experiment with one channel has its fields beside the name, as cards are written.
        """
        return shortened({entry.name: plain(getattr(self, entry.name)) for entry in fields(self)})

    @classmethod
    def from_dict(cls, card: Any, where: str = "card") -> Experiment:
        """Build an experiment from a card's plain data; ``where`` begins the messages.

        Raises
        ------
        CardError
            One line: the field, what came, what is allowed.

        """
        flat = not (isinstance(card, Mapping) and "channels" in card)
        return build(cls, expanded(card, where), where, flat=VanishingTrack if flat else None)

    def replace(self, changes: Mapping[str, Any]) -> Experiment:
        """Make another experiment with fields changed, by dotted names, through the same checks.

        An item of a list goes by its position or its label: ``backgrounds.photons.veto_efficiency``. A number of
        background events that the change does not touch remembers what it was worked out for.

        >>> from evanesce.experiments import experiment
        >>> thin = experiment("belle2").replace({"source.luminosity": 25, "target.thickness": 8})
        >>> thin.source.luminosity, thin.target.thickness
        (25.0, 8.0)

        Raises
        ------
        CardError
            A name that does not exist or a value that is not allowed.
        InvalidValueError
            Changes that are no mapping.

        """
        mapping("changes", changes, "{'source.luminosity': 25}")
        where = f"card '{self.name}'"
        before = self.as_dict()
        made = self.from_dict(changed(self.as_dict(), changes, where), where)
        return made._remembering(before, changes)

    def _remembering(self, before: Mapping[str, Any], changes: Mapping[str, Any]) -> Experiment:
        """Tell each channel which of its fields have changed under its number of background events."""
        moved = []
        for position, part in enumerate(self.channels):
            own: dict[str, str] = {}
            for name in map(str, changes):
                prefix, _, rest = name.partition(".")
                if prefix == "channels":
                    at, _, rest = rest.partition(".")
                    if at in (str(position), part.label):
                        own[rest] = name
                else:
                    own[name] = name
            conditions = [
                Condition(field=field, value=value_at(before, name))
                for field, name in own.items()
                if field.partition(".")[0] in _EXPOSURE
            ]
            given = any(field.partition(".")[0] == "background" for field in own)
            keeps = conditions and not given
            moved.append(part.moved(conditions) if keeps and isinstance(part, VanishingTrack) else part)
        return Experiment(
            name=self.name, title=self.title, reference=self.reference, channels=moved, criterion=self.criterion
        )


def _changed(channels: Sequence[Channel], changes: Mapping[str, Any]) -> VanishingTrack:
    """Return the only channel with fields changed, as ``dataclasses.replace`` of an experiment asks for.

    Raises
    ------
    InvalidValueError
        Several channels: it is not clear whose fields these are.

    """
    only = channels[0] if len(channels) == 1 else None
    if not isinstance(only, VanishingTrack):
        raise InvalidValueError(f"{next(iter(changes))}: is a field of a channel, put it there or leave channels out")
    before = plain(only)
    conditions = [Condition(field=name, value=before[name]) for name in changes if name in _EXPOSURE]
    made = replace(only, **changes)
    return made if "background" in changes else made.moved(conditions)


def _short(value: object) -> str:
    return " ".join(reprlib.repr(value).split())
