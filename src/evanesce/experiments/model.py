"""An experiment: its name, channels and statistical criterion."""

from __future__ import annotations

import math
import reprlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from evanesce.backgrounds import Background, Budget, Condition, Exposure
from evanesce.channels import CHANNELS, Channel, VanishingTrack
from evanesce.channels.plain import plain, value_at
from evanesce.errors import InvalidValueError
from evanesce.experiments.assumptions import Assumption, checked, still_made
from evanesce.experiments.changes import changed
from evanesce.experiments.schema import build
from evanesce.experiments.shorthand import expanded, shortened
from evanesce.prediction import component_key
from evanesce.representation import Facts, html_table, summary
from evanesce.setups import Layer, Selection, Target
from evanesce.sources import Source
from evanesce.statistics import criterion
from evanesce.tracklength import Resolution
from evanesce.validation import mapping, printable

__all__ = ["Experiment"]

_EXPOSURE: Final = ("source", "target", "selection", "efficiency")
"""Parts of a channel that its background depends on."""


@dataclass(frozen=True, slots=True, kw_only=True, init=False, repr=False)
class Experiment:
    """A search: everything except the mediator and the physics options.

    Give the ``channels``, or the fields of a single :class:`~evanesce.channels.VanishingTrack`, as most cards do:
    ``source``, ``target``, ``background`` and so on. An experiment with a single channel also has the channel's
    attributes.

    Raises
    ------
    InvalidValueError
        On construction: a number outside its range, or two channels with the same label.
    UnknownNameError
        A criterion that does not exist.

    """

    name: str
    title: str = ""
    """Title in one line."""
    reference: str = ""
    """Where the card's numbers come from."""
    channels: tuple[Channel, ...]
    """Channels of the analysis; several are combined in one likelihood."""
    criterion: str = "sqrt2.71"
    """Name of the statistical criterion."""
    assumed: tuple[Assumption, ...] = ()
    """Fields whose values are assumed or fitted, not published, each with the reason."""

    def __init__(
        self,
        *,
        name: str,
        title: str = "",
        reference: str = "",
        channels: Sequence[Channel] | None = None,
        criterion: str = "sqrt2.71",
        assumed: Sequence[Assumption] = (),
        **channel: Any,
    ) -> None:
        parts: Any = (_track(channel),) if channels is None else channels
        if channels is not None and channel:
            parts = [_changed(channels, channel)]
            assumed = still_made(assumed, channel)
        if not isinstance(parts, (list, tuple)) or not parts:
            raise InvalidValueError(f"channels = {_short(parts)}: must be a list of one channel or more")
        for field, value in (("name", name), ("title", title), ("reference", reference), ("criterion", criterion)):
            object.__setattr__(self, field, printable(field, value))
        object.__setattr__(self, "channels", tuple(parts))
        object.__setattr__(self, "assumed", ())
        self._check()
        if assumed != ():
            object.__setattr__(self, "assumed", checked(assumed, self.as_dict()))

    def _check(self) -> None:
        if not self.name.strip():
            raise InvalidValueError(f"name = '{self.name}': must not be empty")
        criterion(self.criterion)
        for part in self.channels:
            if not (hasattr(part, "label") and hasattr(part, "setup")):
                raise InvalidValueError(f"channels: {_short(part)} is not a channel; make one with VanishingTrack()")
        twice = [label for label, count in Counter(part.label for part in self.channels).items() if count > 1]
        if twice:
            raise InvalidValueError(f"channels: '{twice[0]}' is given twice; give each its own label")

    @property
    def channel(self) -> VanishingTrack:
        """The only channel.

        Raises
        ------
        InvalidValueError
            There are several channels, or it is of another kind.

        """
        only = self._only
        if not isinstance(only, VanishingTrack):
            kind = CHANNELS.name_of(type(only)) or type(only).__name__
            raise InvalidValueError(
                f"experiment '{self.name}': a channel of kind '{kind}' has no tracks in a target; "
                "this needs one of kind 'vanishing-track'"
            )
        return only

    @property
    def _only(self) -> Channel:
        """The only channel, of any kind."""
        if len(self.channels) > 1:
            labels = ", ".join(part.label for part in self.channels)
            raise InvalidValueError(f"experiment '{self.name}': has the channels {labels}; use one of channels")
        return self.channels[0]

    @property
    def source(self) -> Source:
        """Source of the only channel."""
        return self.channel.source

    @property
    def target(self) -> Target | Sequence[Layer]:
        """Target of the only channel."""
        return self.channel.target

    @property
    def slab(self) -> Target:
        """Target of the only channel, if it is one slab.

        Raises
        ------
        InvalidValueError
            It has layers.

        """
        target = self.target
        if not isinstance(target, Target):
            raise InvalidValueError(f"experiment '{self.name}': its target has layers; this needs one slab")
        return target

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
        """Expected background events of all channels together, as used for limits."""
        return math.fsum(part.expectation().total for part in self.channels)

    @property
    def backgrounds(self) -> Sequence[Background]:
        """Components of the background of the only channel, of any kind."""
        found: Sequence[Background] = getattr(self._only, "backgrounds", ())
        return found

    @property
    def bremsstrahlung_curve(self) -> str | None:
        """Name of the published limit that fixes the bremsstrahlung yield of the only channel, or None."""
        curves = [getattr(process, "curve", None) for process in self.channel.processes]
        return next((curve for curve in curves if curve), None)

    @property
    def signal_limit(self) -> float:
        """Number of signal events in the only channel that the criterion excludes at its background.

        Raises
        ------
        InvalidValueError
            There are several channels.

        """
        return criterion(self.criterion).signal_limit(self._only.expectation().total)

    def facts(self) -> Facts:
        """Names and values for printing."""
        yield "title", self.title
        yield "reference", self.reference
        yield "criterion", self.criterion
        for part in self.channels:
            label = "" if len(self.channels) == 1 else f"{part.label}: "
            yield from ((f"{label}{name}", value) for name, value in part.facts())
        yield "assumed", ", ".join(one.field for one in self.assumed)

    def __repr__(self) -> str:
        return summary(f"Experiment {self.name}", self.facts())

    def _repr_html_(self) -> str:
        return html_table(f"Experiment {self.name}", self.facts())

    def exposure(self) -> Exposure:
        """Collect the input of a background component of the only channel."""
        return self.channel.track_exposure()

    def background_budget(self) -> Budget:
        """Estimate every background component and their sum.

        Of several channels, each component has the label of its channel, and a number that has no components is one.
        """
        if len(self.channels) == 1:
            return self.channels[0].budget()
        return Budget.of(
            replace(component, name=component_key(part.label, component.name))
            for part in self.channels
            for component in part.budget().components or part.expectation().components
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the card as plain data, from which :meth:`from_dict` makes an equal experiment.

        An experiment with one channel has the channel's fields next to the name, as on a card.
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

        An item of a list is named by its position or label: ``backgrounds.photons.veto_efficiency``. If the number of
        background events itself is not changed, it keeps a record of the fields it was worked out for. Assumptions
        about changed fields are dropped, because the values are now yours.

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
        changes = mapping("changes", changes, "{'source.luminosity': 25}")
        where = f"card '{self.name}'"
        before = self.as_dict()
        kept = [] if "assumed" in changes else plain(still_made(self.assumed, map(str, changes)))
        made = self.from_dict(changed(self._open({**self.as_dict(), "assumed": kept}), changes, where), where)
        return made._remembering(before, changes)

    @staticmethod
    def _open(card: dict[str, Any]) -> dict[str, Any]:
        """Write out the bins, which a card leaves out where there is one, so that a change finds them."""
        for part in card.get("channels", (card,)):
            if part.get("kind", "vanishing-track") == "vanishing-track":
                part.setdefault("bins", {})
        return card

    def _remembering(self, before: Mapping[str, Any], changes: Mapping[str, Any]) -> Experiment:
        """Record in each channel which fields have changed since its number of background events was worked out."""
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
        made: dict[str, Any] = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return Experiment(**made | {"channels": moved})


def _track(fields: Mapping[str, Any]) -> VanishingTrack:
    """Make the only channel.

    Raises
    ------
    InvalidValueError
        A field that it needs and that is not given.

    """
    for name in ("source", "target"):
        if name not in fields:
            raise InvalidValueError(f"{name}: is missing; give source, target and background, or channels")
    return VanishingTrack(**fields)


def _changed(channels: Sequence[Channel], changes: Mapping[str, Any]) -> VanishingTrack:
    """Return the only channel with fields changed, for ``dataclasses.replace`` of an experiment.

    Raises
    ------
    InvalidValueError
        Several channels: it is not clear whose fields these are.

    """
    only = channels[0] if len(channels) == 1 else None
    if not isinstance(only, VanishingTrack):
        raise InvalidValueError(f"{next(iter(changes))}: is a field of a channel; move it there or leave channels out")
    before = plain(only)
    conditions = [Condition(field=name, value=before[name]) for name in changes if name in _EXPOSURE]
    made = replace(only, **changes)
    return made if "background" in changes else made.moved(conditions)


def _short(value: object) -> str:
    return " ".join(reprlib.repr(value).split())
