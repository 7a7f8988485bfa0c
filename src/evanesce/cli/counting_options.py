"""Options of what is counted, and of what follows from the counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import option, whole

if TYPE_CHECKING:
    from evanesce.statistics import Criterion

__all__ = ["CountingOptions", "Statistics"]

_MOST_TOYS: Final = 10**7
_LARGEST_SEED: Final = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingOptions:
    """Expected background and observed counts."""

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
class Statistics(CountingOptions):
    """Background, counts and criterion."""

    criterion: Annotated[
        str | None, typer.Option("--criterion", metavar="NAME", help="Criterion; that of the card if not given.")
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
    systematics: Annotated[
        bool,
        typer.Option("--systematics/--no-systematics", help="Systematic uncertainties in a likelihood criterion."),
    ] = True

    def rule(self, of_card: str) -> Criterion:
        """Return the criterion, that of the card if none is named."""
        from evanesce.statistics import criterion

        name = of_card if self.criterion is None else self.criterion
        return criterion(name, confidence_level=self.confidence_level, toys=self.toys, seed=self.seed)
