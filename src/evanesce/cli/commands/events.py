"""``evanesce events``: signal events in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import Step, Table, progress, say, write_json, write_report
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.events import EventStream

_MOST_EVENTS: Final = 10**12
_LARGEST_SEED: Final = 2**53


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="events")(_events)


def _events(
    experiment: Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Built-in name or path of a YAML card.")],
    mass: Annotated[str, typer.Option("--mass", metavar="M", help="Mass of the mediator in GeV.")],
    number: Annotated[str, typer.Option("-n", "--number", metavar="N", help="Number of events.")],
    output: Annotated[
        str, typer.Option("--output", metavar="FILE", help="Event file; its suffix is its format, as .hepmc3.")
    ],
    seed: Annotated[str, typer.Option("--seed", metavar="S", help="Seed of the events.")] = "1",
    alpha_d: arg.AlphaD = "1e-3",
    mass_ratio: arg.MassRatio = "3",
    mediator: arg.Mediator = "dark-photon",
    physics: arg.Physics = None,
    settings: arg.Settings = None,
    epsilon: Annotated[
        str, typer.Option("--epsilon", metavar="E", help="Coupling at which the weights sum to the yield.")
    ] = "1",
    unweighted: Annotated[
        bool, typer.Option("--unweighted", help="Equal weights, by acceptance and rejection.")
    ] = False,
    face_distance: Annotated[
        str, typer.Option("--face-distance", metavar="CM", help="From the start of a track to the calorimeter's face.")
    ] = "0",
    card: arg.Card = None,
    as_json: arg.Json = False,
) -> None:
    """Signal events.

    Events whose weights sum to the expected number, as HepMC3, LHE or Parquet.
    """
    count = arg.whole_number("-n", number, smallest=1, largest=_MOST_EVENTS)
    start = arg.whole_number("--seed", seed, smallest=0, largest=_LARGEST_SEED)
    if ":" in mass:
        raise InvalidValueError(f"--mass '{mass}': events have one mass, as 0.0667")
    masses, overrides = arg.mass_grid(mass), arg.key_values("--set", settings)
    coupling, distance = arg.number("--epsilon", epsilon), arg.number("--face-distance", face_distance)
    changes = arg.card_changes(card)

    from evanesce.events import generate_events
    from evanesce.experiments import experiment as find_experiment
    from evanesce.formats.files import check_output
    from evanesce.physics import DEFAULT_PRESET

    check_output(output)  # before the work begins
    with progress() as step:
        step("showers to every depth", 0, None)
        stream = generate_events(
            find_experiment(experiment, changes),
            arg.mediator(mediator, alpha_d, mass_ratio),
            float(masses[0]),
            count,
            seed=start,
            physics=DEFAULT_PRESET if physics is None else physics,
            overrides=overrides,
            epsilon=coupling,
            unweighted=unweighted,
            face_distance=distance,
        )
        written = _write(stream, output, step)
    if as_json:
        write_json(_as_dict(stream, output, written))
        return
    for note in stream.notes:
        say(f"warning: {note}")
    write_report(*_report(stream, output, written))


def _write(stream: EventStream, output: str, step: Step) -> dict[str, tuple[int, float]]:
    """Write the events; return their number and the sum of their weights by process."""
    from evanesce.formats import writer

    written = dict.fromkeys(stream.yields, (0, 0.0))
    with writer(output, stream.run) as file:
        for batch in stream:
            file.write(batch)
            events, weights = written[batch.process]
            written[batch.process] = events + len(batch), weights + float(batch.weight.sum())
            step("events", sum(number for number, _ in written.values()), stream.count)
    return written


def _as_dict(stream: EventStream, output: str, written: dict[str, tuple[int, float]]) -> dict[str, Any]:
    return {
        **stream.about,
        "weights_mean": stream.run.weights_mean,
        "output": output,
        "events": stream.count,
        "unweighted": stream.unweighted,
        "expected": stream.expected,
        "processes": [
            {"name": name, "events": events, "sum_of_weights": weights, "yield": stream.yields[name]}
            for name, (events, weights) in written.items()
        ],
        "overweights": stream.overweight.events,
        "largest_overweight": stream.overweight.largest,
        "notes": list(stream.notes),
    }


def _report(stream: EventStream, output: str, written: dict[str, tuple[int, float]]) -> list[str | Table]:
    rows = [(name, events, weights, stream.yields[name]) for name, (events, weights) in written.items()]
    table = Table(columns=("process", "events", "sum of weights", "yield"), rows=rows)
    found = stream.overweight
    blocks: list[str | Table] = [
        f"{output}: {stream.count} events, seed {stream.seed}; weights sum to the signal events at epsilon = "
        f"{stream.epsilon:g}",
        table,
    ]
    if stream.unweighted:
        blocks.append(f"overweights: {found.events}, the largest {found.largest:.3g} times the weight of the others")
    return blocks
