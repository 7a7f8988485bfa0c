"""``evanesce optimise``: the value of a card's field with the best expected limit."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import ExperimentOptions, MediatorOptions, PhysicsSettings, grouped, option
from evanesce.cli.output import Table, patience, say, write_json, write_report
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.limits import Optimum

_DEFAULT_VALUES: Final = 11
_MOST_VALUES: Final = 200


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="optimise")(_optimise)


def _range(name: str, text: str) -> list[float]:
    """Read lo:hi or lo:hi:n, evenly spaced.

    >>> _range("--range", "0.9:0.98:3")
    [0.9, 0.94, 0.98]
    """
    low, colon, rest = text.partition(":")
    high, _, count = rest.partition(":")
    if not colon:
        raise InvalidValueError(f"{name} '{text}': must be lo:hi or lo:hi:n, as 0.9:0.99:10")
    start, stop = arg.number(name, low.strip()), arg.number(name, high.strip())
    points = arg.whole_number(f"{name} n", count.strip() or str(_DEFAULT_VALUES), smallest=2, largest=_MOST_VALUES)
    if not start < stop:
        raise InvalidValueError(f"{name} '{text}': lo must be below hi")
    step = (stop - start) / (points - 1)
    return [*(float(f"{start + i * step:.12g}") for i in range(points - 1)), stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is varied, and where the limit is wanted."""

    values: Annotated[
        list[float],
        option("--range", read=_range, metavar="LO:HI[:N]", help="Values to try, evenly spaced; N is 11 if not given."),
    ]
    field: Annotated[str, typer.Option("--field", metavar="NAME", help="Field of the card, as target.thickness.")] = (
        "selection.missing_fraction"
    )
    mass: Annotated[
        str, typer.Option("--mass", metavar="M|LO:HI:N", help="One mass in GeV, several, or a grid spaced in log.")
    ] = "0.05:0.2:7"
    criterion: Annotated[str, typer.Option("--criterion", metavar="NAME", help="Criterion of the limit.")] = "cls"


@grouped
def _optimise(
    experiment: ExperimentOptions,
    search: Search,
    mediator: MediatorOptions,
    physics: PhysicsSettings,
    as_json: arg.Json = False,
) -> None:
    """Best value of a field of the card at each mass.

    The value with the best median expected limit, with the systematic uncertainties of the background.
    """
    masses = arg.mass_grid(search.mass)
    found = experiment.find()

    from evanesce.errors import EvanesceWarning
    from evanesce.limits import optimise

    with patience("optimum"), warnings.catch_warnings():
        warnings.simplefilter("ignore", EvanesceWarning)  # they are in the notes
        best = optimise(
            found,
            mediator.make(),
            masses,
            field=search.field,
            values=search.values,
            physics=physics.base,
            overrides=physics.overrides,
            criterion=search.criterion,
        )
    if as_json:
        write_json(_as_dict(best))
        return
    for note in best.notes:
        say(f"warning: {note}")
    rows = list(zip(best.mass, best.value, best.epsilon, best.epsilon_card, best.gain, strict=True))
    write_report(
        f"{found.name}: best {best.field} between {best.tried[0]:g} and {best.tried[-1]:g} "
        f"({len(best.tried)} values), {best.card_value:g} on the card",
        Table(columns=("mass [GeV]", "best value", "epsilon", "on the card", "gain"), rows=[tuple(r) for r in rows]),
        f"median expected limits, criterion {best.provenance['criterion']}; gain: epsilon of the card over the best",
    )


def _as_dict(best: Optimum) -> dict[str, Any]:
    return {
        "experiment": best.provenance["experiment"]["name"],
        "field": best.field,
        "mass_gev": best.mass,
        "value": best.value,
        "epsilon": best.epsilon,
        "gain": best.gain,
        "card_value": best.card_value,
        "card_epsilon": best.epsilon_card,
        "tried": best.tried,
        "epsilon_tried": best.epsilon_tried,
        "criterion": best.provenance["criterion"],
        "confidence_level": best.provenance["confidence_level"],
        "physics": best.provenance["physics"],
        "mediator": best.provenance["mediator"],
        "alpha_d": best.provenance["alpha_d"],
        "mass_ratio": best.provenance["mass_ratio"],
        "notes": list(best.notes),
        "evanesce_version": best.provenance["evanesce_version"],
    }
