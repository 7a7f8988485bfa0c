"""``evanesce events``: signal events in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import ExperimentOptions, MediatorOptions, PhysicsSettings, grouped, option, whole
from evanesce.cli.output import Step, Table, progress, say, write_json, write_report
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.events import EventStream

_MOST_EVENTS: Final = 10**12
_LARGEST_SEED: Final = 2**53


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="events")(_events)


def _mass(name: str, text: str) -> float:
    if "," in text or ":" in text:
        raise InvalidValueError(f"{name} '{text}': events have one mass, as 0.0667")
    return float(arg.mass_grid(text)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Kind and number of events, and the output file."""

    mass: Annotated[float, option("--mass", read=_mass, metavar="M", help="Mass of the mediator in GeV.")]
    number: Annotated[
        int, option("-n", "--number", read=whole(1, _MOST_EVENTS), metavar="N", help="Number of events, as 1e4.")
    ]
    output: Annotated[
        str, typer.Option("--output", metavar="FILE", help="Event file; its suffix selects the format, as .hepmc3.")
    ]
    process: Annotated[
        str | None,
        typer.Option("--process", metavar="NAME", help="A single process, as annihilation; all of them if not given."),
    ] = None
    seed: Annotated[int, option("--seed", read=whole(0, _LARGEST_SEED), metavar="S", help="Seed of the events.")] = 1
    epsilon: Annotated[
        float,
        option("--epsilon", read=arg.number, metavar="E", help="Coupling at which the weights sum to the yield."),
    ] = 1.0
    unweighted: Annotated[bool, typer.Option("--unweighted", help="Equal weights, by acceptance and rejection.")] = (
        False
    )
    face_distance: Annotated[
        float,
        option(
            "--face-distance",
            read=arg.number,
            metavar="CM",
            help="Distance from the start of a track to the face of the calorimeter.",
        ),
    ] = 0.0


@grouped
def _events(
    experiment: ExperimentOptions,
    sample: Sample,
    mediator: MediatorOptions,
    physics: PhysicsSettings,
    as_json: arg.Json = False,
) -> None:
    """Signal events in a file.

    As HepMC3, LHE or Parquet; the weights of all events sum to the expected number of signal events.
    """
    overrides = physics.overrides

    from evanesce.events import generate_events
    from evanesce.formats.files import check_output

    check_output(sample.output)  # before the computation
    with progress() as step:
        step("showers to every depth", 0, None)
        stream = generate_events(
            experiment.find(),
            mediator.make(),
            sample.mass,
            sample.number,
            seed=sample.seed,
            physics=physics.base,
            overrides=overrides,
            epsilon=sample.epsilon,
            unweighted=sample.unweighted,
            face_distance=sample.face_distance,
            process=sample.process,
        )
        written = _write(stream, sample.output, step)
    if as_json:
        write_json(_as_dict(stream, sample.output, written))
        return
    for note in stream.notes:
        say(f"warning: {note}")
    write_report(*_report(stream, sample.output, written))


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
