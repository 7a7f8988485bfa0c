"""Options of a limit, shared by the commands that compute one."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import names_of_criteria, option, whole

if TYPE_CHECKING:
    from evanesce.experiments import Experiment
    from evanesce.limits import LimitCurve
    from evanesce.statistics import Criterion
    from evanesce.validation import FloatArray

__all__ = ["Counted", "Masses", "Model", "Statistics", "UsedSystematics", "limits_of"]

Masses = Annotated[str, typer.Option("--mass", metavar="M|LO:HI:N", help="One mass in GeV, or a grid spaced in log.")]
UsedSystematics = Annotated[
    bool, typer.Option("--systematics/--no-systematics", help="Systematic uncertainties in a likelihood criterion.")
]
_MOST_TOYS: Final = 10**7
_LARGEST_SEED: Final = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Background and counts."""

    background: Annotated[
        str | None,
        typer.Option(
            "--background",
            metavar="N|budget|components",
            help="Expected background, or the sum of the card's components (components: where it has some).",
        ),
    ] = None
    background_error: Annotated[
        float | None,
        option(
            "--background-error",
            read=arg.number,
            metavar="N",
            help="Uncertainty of a number of background events, in events.",
        ),
    ] = None
    observed: Annotated[
        list[str] | None,
        typer.Option(
            "--observed",
            metavar="[CHANNEL=]N[,N...]",
            help="Observed events, one number a bin; repeatable with the names of channels.",
        ),
    ] = None

    def number(self) -> Any:
        """Return the background as the library takes it."""
        words = ("budget", "components")
        return self.background if self.background in words else arg.optional_number("--background", self.background)

    def counts(self) -> dict[str, list[float]] | list[float] | None:
        """Return the observed events: of the only channel, or by the names of channels."""
        given = self.observed or []
        if len(given) == 1 and "=" not in given[0]:
            return arg.number_list("--observed", given[0])
        named = arg.key_values("--observed", given)
        return {name: arg.number_list("--observed", numbers) for name, numbers in named.items()} or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics(Counted):
    """Background, counts and criterion."""

    criterion: Annotated[
        str | None,
        typer.Option(
            "--criterion",
            metavar="NAME",
            help="Criterion; that of the card if not given.",
            autocompletion=names_of_criteria,
        ),
    ] = None
    confidence_level: Annotated[
        float | None,
        option("--confidence-level", read=arg.number, metavar="CL", help="Of the limit, as 0.95. [default: 0.9]"),
    ] = None
    toys: Annotated[
        int | None,
        option(
            "--toys",
            read=whole(0, _MOST_TOYS),
            metavar="N",
            help="Pseudo-experiments for each signal, 0 for formulae only; the counts decide if not given.",
        ),
    ] = None
    seed: Annotated[
        int | None, option("--seed", read=whole(0, _LARGEST_SEED), metavar="S", help="Seed of the toys. [default: 1]")
    ] = None
    systematics: UsedSystematics = True

    def rule(self, of_card: str) -> Criterion:
        """Return the criterion, that of the card if none is named."""
        from evanesce.statistics import criterion

        name = of_card if self.criterion is None else self.criterion
        return criterion(name, confidence_level=self.confidence_level, toys=self.toys, seed=self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Mediator, physics and changes to the cards."""

    alpha_d: arg.AlphaD = "1e-3"
    mass_ratio: arg.MassRatio = "3"
    mediator: arg.Mediator = "dark-photon"
    dark_matter: arg.DarkMatterName = None
    physics: arg.Physics = None
    settings: arg.Settings = None
    card: arg.Card = None
    theory: Annotated[
        bool, typer.Option("--theory/--no-theory", help="Change of epsilon without each refinement of the physics.")
    ] = True

    def made(self) -> Any:
        """Return the mediator."""
        return arg.mediator(self.mediator, self.alpha_d, self.mass_ratio, self.dark_matter)

    def experiments(self, names: Sequence[str]) -> list[Experiment]:
        """Return the experiments with the changes made."""
        changes = arg.card_changes(self.card)
        from evanesce.experiments import experiment

        return [experiment(name, changes) for name in names]

    def options(self) -> dict[str, Any]:
        """Return physics and theory as the library takes them."""
        overrides = arg.key_values("--set", self.settings)
        from evanesce.physics import DEFAULT_PRESET

        preset = DEFAULT_PRESET if self.physics is None else self.physics
        return {"physics": preset, "overrides": overrides, "theory": self.theory}


def limits_of(names: Sequence[str], masses: FloatArray, model: Model, statistics: Statistics) -> LimitCurve:
    """Compute the limits that these options describe; warnings are in the notes."""
    options, background, observed = model.options(), statistics.number(), statistics.counts()
    from evanesce.errors import EvanesceWarning
    from evanesce.limits import limit_curve

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EvanesceWarning)
        found = model.experiments(names)
        return limit_curve(
            found,
            model.made(),
            masses,
            background=background,
            background_error=statistics.background_error,
            observed=observed,
            criterion=statistics.rule(found[0].criterion),
            systematics=statistics.systematics,
            **options,
        )
