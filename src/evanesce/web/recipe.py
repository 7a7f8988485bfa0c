"""The command line and the Python script that give the numbers of a page."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from evanesce.channels.base import bins_of
from evanesce.errors import InvalidValueError
from evanesce.experiments import Experiment, experiment
from evanesce.mediators import MEDIATORS, Mediator
from evanesce.statistics import CRITERIA, Criterion, criterion
from evanesce.validation import FloatArray
from evanesce.web.state import State

__all__ = ["COUPLINGS", "Exposure", "Recipe", "cut_of", "exposure_of"]

COUPLINGS: Final[tuple[float, float]] = (1e-6, 1.0)
"""Ends of the axis of α_D."""
_UNITS: Final[dict[str, str]] = {"luminosity": "ab⁻¹", "particles": "particles"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What scales the yield of one experiment: the same quantity in every channel."""

    fields: tuple[str, ...]
    """Dotted names on the card."""
    amount: float
    """On the card."""
    what: str
    unit: str


def exposure_of(found: Experiment) -> Exposure | None:
    """Luminosity or number of particles of an experiment; None where the channels differ in it."""
    card, places = found.as_dict(), dict[str, float]()
    names = set()
    for part in found.channels:
        owner = "source" if hasattr(part, "source") else "beams"
        holder = getattr(part, owner)
        name = getattr(holder, "exposure_field", "luminosity")
        value = getattr(holder, name, None)
        if value is None:
            return None
        prefix = f"channels.{part.label}." if "channels" in card else ""
        places[f"{prefix}{owner}.{name}"] = float(value)
        names.add(name)
    if len(names) != 1 or len(set(places.values())) != 1:
        return None
    (name,) = names
    what = "Luminosity" if name == "luminosity" else "Particles on target"
    return Exposure(fields=tuple(places), amount=next(iter(places.values())), what=what, unit=_UNITS.get(name, ""))


def cut_of(found: Experiment) -> float | None:
    """Smallest missing fraction of an experiment with one channel of tracks; None for others."""
    selection = getattr(found.channels[0], "selection", None)
    return None if len(found.channels) > 1 or selection is None else float(selection.missing_fraction)


class Recipe:
    """Arguments of :func:`evanesce.limit` for a state, and how a person would type them.

    Raises
    ------
    InvalidValueError
        A choice that these experiments do not have.

    """

    def __init__(self, state: State) -> None:
        self.state = state
        self._cards = [experiment(name) for name in state.experiments]
        self.changes = self._changes()
        self.experiments = [card.replace(self.changes) if self.changes else card for card in self._cards]

    def _changes(self) -> dict[str, float]:
        state, card = self.state, self._cards[0]
        changes: dict[str, float] = {}
        if state.exposure != 1.0:
            scale = exposure_of(card)
            if scale is None:
                raise InvalidValueError(f"exposure: the channels of '{card.name}' differ in it; leave it at 1")
            # twelve digits, so that half of 50 is what one would type
            changes |= dict.fromkeys(scale.fields, float(f"{scale.amount * state.exposure:.12g}"))
        if state.cut is not None:
            if cut_of(card) is None:
                raise InvalidValueError(f"cut: '{card.name}' has no single cut on the missing energy; leave it out")
            changes["selection.missing_fraction"] = state.cut
        if len(card.channels) > 1:
            for name in ("background", "observed"):
                if getattr(state, name) is not None:
                    raise InvalidValueError(f"{name}: '{card.name}' has {len(card.channels)} channels; leave it out")
        return changes

    @property
    def changes_in_words(self) -> list[str]:
        """What differs from the card, for readers: its title may name a luminosity that is not used."""
        found, state = [], self.state
        if state.exposure != 1.0 and (scale := exposure_of(self._cards[0])) is not None:
            found.append(f"{scale.amount * state.exposure:.4g} {scale.unit}")
        if state.cut is not None:
            found.append(f"missing energy above {state.cut:.4g} of the track's")
        return found

    @property
    def bins(self) -> int:
        """Number of bins of all channels."""
        return sum(bins_of(part) for card in self._cards for part in card.channels)

    @property
    def rule(self) -> str:
        """Name of the criterion."""
        if self.state.criterion:
            return self.state.criterion
        own = self._cards[0].criterion
        return own if self.bins == 1 else "cls"

    @property
    def criterion(self) -> Criterion:
        """The criterion."""
        return criterion(self.rule, toys=0 if self._formulae else None)

    @property
    def _formulae(self) -> bool:
        """Whether the criterion would use pseudo-experiments and is not to."""
        return not self.state.toys and "toys" in getattr(CRITERIA.get(self.rule), "__dataclass_fields__", ())

    @property
    def against_coupling(self) -> bool:
        """Whether the axis is α_D, at one mass."""
        return self.state.view == "coupling-epsilon"

    @property
    def mass(self) -> FloatArray:
        """Masses of the mediator in GeV; one number where the axis is α_D."""
        state = self.state
        if self.against_coupling:
            return np.asarray(state.mass)
        return np.geomspace(state.lightest, state.heaviest, state.points)

    @property
    def mediator(self) -> Mediator:
        """The mediator, with several α_D where they are the axis."""
        return (
            self._mediator(np.geomspace(*COUPLINGS, self.state.points)) if self.against_coupling else self.one_mediator
        )

    @property
    def one_mediator(self) -> Mediator:
        """The mediator at the chosen α_D."""
        return self._mediator(self.state.alpha_d)

    def _mediator(self, alpha_d: FloatArray | float) -> Mediator:
        found: Any = MEDIATORS.get(self.state.mediator)
        couplings = {"alpha_d": alpha_d, "mass_ratio": self.state.mass_ratio}
        made: Mediator = found(**couplings, **self._kind)
        return made

    @property
    def _kind(self) -> dict[str, str]:
        return {"dark_matter": self.state.dark_matter} if self.state.mediator == "dark-photon" else {}

    def arguments(self, physics: str | None = None) -> dict[str, Any]:
        """Keyword arguments of :func:`evanesce.limit`."""
        state = self.state
        optional = {name: getattr(state, name) for name in ("background", "background_error")}
        if state.observed is not None:
            optional["observed"] = list(state.observed)
        return {
            "physics": state.physics if physics is None else physics,
            "criterion": self.criterion,
            "theory": state.theory,
            **{name: value for name, value in optional.items() if value is not None},
        }

    @property
    def command(self) -> list[str]:
        """The command line, as words; ``shlex.join`` makes one line of them."""
        state = self.state
        low, high, count = repr(state.lightest), repr(state.heaviest), state.points
        masses, couplings = f"{low}:{high}:{count}", repr(state.alpha_d)
        if self.against_coupling:
            masses, couplings = repr(state.mass), f"{COUPLINGS[0]!r}:{COUPLINGS[1]!r}:{count}"
        words = ["evanesce", "limit", *state.experiments, "--mass", masses]
        words += ["--alpha-d", couplings, "--mass-ratio", repr(state.mass_ratio)]
        if state.mediator != "dark-photon":
            words += ["--mediator", state.mediator]
        elif state.dark_matter != "dirac":
            words += ["--dark-matter", state.dark_matter]
        words += ["--physics", state.physics]
        for name, value in self.changes.items():
            words += ["--card", f"{name}={value!r}"]
        for option in ("background", "background_error"):
            if (value := getattr(state, option)) is not None:
                words += [f"--{option.replace('_', '-')}", repr(value)]
        if state.observed is not None:
            words += ["--observed", ",".join(map(repr, state.observed))]
        words += ["--criterion", self.rule, *(("--toys", "0") if self._formulae else ())]
        return [*words, "--theory" if state.theory else "--no-theory"]

    @property
    def command_line(self) -> str:
        """The command as one line for a shell, and another one for the preset that is compared with."""
        commands = [self.command]
        if self.compared:
            commands.append(Recipe(replace(self.state, physics=self.compared, compare="")).command)
        return "\n".join(map(shlex.join, commands))

    @property
    def compared(self) -> str:
        """The other preset; empty where there is none."""
        return "" if self.state.compare == self.state.physics else self.state.compare

    @property
    def script(self) -> str:
        """A Python script that prints the curve."""
        state = self.state
        cards = [
            f'ev.experiment("{name}"{f", {self.changes!r}" if self.changes else ""})' for name in state.experiments
        ]
        kind = f', dark_matter="{state.dark_matter}"' if self._kind and state.dark_matter != "dirac" else ""
        maker = MEDIATORS.get(state.mediator).__name__
        coupling, mass = repr(state.alpha_d), f"ev.geomspace({state.lightest!r}, {state.heaviest!r}, {state.points})"
        if self.against_coupling:
            coupling, mass = f"ev.geomspace({COUPLINGS[0]!r}, {COUPLINGS[1]!r}, {state.points})", repr(state.mass)
        toys = ", toys=0" if self._formulae else ""
        lines = {
            "background": repr(state.background),
            "background_error": repr(state.background_error),
            "observed": repr(None if state.observed is None else list(state.observed)),
            "criterion": f'ev.criterion("{self.rule}"{toys})',
            "theory": repr(state.theory),
        }
        options = "".join(f"    {name}={value},\n" for name, value in lines.items() if value != "None")

        def limit(name: str, physics: str) -> str:
            return (
                f"{name} = ev.limit(\n"
                "    experiments,\n"
                "    mediator,\n"
                "    mass,\n"
                f'    physics="{physics}",\n'
                f"{options}"
                ")\n"
                f"print({name}.epsilon.to_series().to_string())\n"
            )

        return (
            "import evanesce as ev\n\n"
            f"experiments = [{', '.join(cards)}]\n"
            f"mediator = ev.{maker}(alpha_d={coupling}, mass_ratio={state.mass_ratio!r}{kind})\n"
            f"mass = {mass}  # GeV\n"
            f"{limit('limit', state.physics)}"
            f"{limit('compared', self.compared) if self.compared else ''}"
        )
