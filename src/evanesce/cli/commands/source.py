"""``evanesce source``: number and energy spectrum of the tracks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import grouped, option, whole
from evanesce.cli.output import Table, progress, write_json, write_report
from evanesce.errors import InvalidValueError, unknown_name

if TYPE_CHECKING:
    from evanesce.sources import Source

_BINS: Final = 50
_MOST_BINS: Final = 100_000
_MOST_EVENTS: Final = 10**9
_LARGEST_SEED: Final = 2**63 - 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="source")(_source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Fields of the source with their own option."""

    alpha: Annotated[
        float | None,
        option("--alpha", read=arg.number, metavar="A", help="Fine-structure constant in the cross section."),
    ] = None
    luminosity: Annotated[
        float | None, option("--luminosity", read=arg.number, metavar="L", help="Integrated luminosity in 1/ab.")
    ] = None
    min_separation_ee: Annotated[
        float | None,
        option("--min-separation-ee", read=arg.number, metavar="R", help="Smallest distance of electron and positron."),
    ] = None

    def given(self) -> dict[str, float]:
        """Return those that were given."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Events in place of the spectrum."""

    number: Annotated[
        int | None,
        option(
            "--events",
            read=whole(1, _MOST_EVENTS),
            metavar="N",
            help="Write this number of unweighted events to --output instead, as 1e4.",
        ),
    ] = None
    seed: Annotated[
        int | None,
        option("--seed", read=whole(0, _LARGEST_SEED), metavar="S", help="Seed of the events, 0 if not given."),
    ] = None
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE", help="Event file; the suffix is the format, as .lhe.gz.")
    ] = None

    @property
    def wanted(self) -> bool:
        """Whether any of it was given."""
        return any(value is not None for value in (self.number, self.seed, self.output))


@grouped
def _source(
    name: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Kind of source, as bhabha ('evanesce physics' lists them), or an experiment by name or path.",
        ),
    ],
    changes: Changes,
    sample: Sample,
    bins: Annotated[
        int | None,
        option(
            "--bins", read=whole(1, _MOST_BINS), metavar="N", help=f"Number of bins in energy, {_BINS} if not given."
        ),
    ] = None,
    card: arg.Card = None,
    as_json: arg.Json = False,
) -> None:
    """Energy spectrum of the tracks that enter the calorimeter.

    Averages over energy bins; with --events, events in a file instead.
    """
    source = _find(name, changes.given(), card)
    if sample.wanted:
        if bins is not None:
            raise InvalidValueError("--bins is for the spectrum, but --events writes events instead: leave one out")
        _write_events(name, source, sample, as_json)
        return
    from evanesce.sources import FromFiles, binned_spectrum

    found = binned_spectrum(source, _BINS if bins is None else bins)
    sigma, error = (None, None) if found.cross_section is None else found.cross_section
    edges, spectrum = found.edges.tolist(), found.spectrum.tolist()
    density = [None] * len(spectrum) if found.differential is None else found.differential.tolist()
    if as_json:
        write_json(
            {
                "source": name,
                "incident": source.incident,
                "sigma_pb": sigma,
                "sigma_error_pb": error,
                "n_positrons": source.count,
                "edges_gev": edges,
                "dsigma_de_pb_per_gev": density,
                "dn_de_per_gev": spectrum,
                "lines": [{"energy_gev": energy, "number": number} for energy, number in source.lines],
                **({"source_files_sha256": source.checksums()} if isinstance(source, FromFiles) else {}),
            }
        )
        return
    about = f"{name}: {source.count:.5g} tracks ({source.incident})"
    rows = list(zip(edges, edges[1:], density, spectrum, strict=False))
    write_report(
        about if sigma is None else f"{about}, cross section {sigma:.6g} pb",
        *(f"line at {energy:g} GeV: {number:.5g} tracks" for energy, number in source.lines),
        *([Table(columns=("from [GeV]", "to", "dsigma/dE [pb/GeV]", "dN/dE [1/GeV]"), rows=rows)] if rows else []),
    )


def _write_events(name: str, source: Source, sample: Sample, as_json: bool) -> None:
    """Write events of a source that can generate them."""
    from evanesce.formats import writer
    from evanesce.formats.files import check_output
    from evanesce.sources import EventSource

    number, start, output = sample.number, sample.seed or 0, sample.output
    if number is None or output is None:
        raise InvalidValueError("--events, --seed and --output: give both the number of events and the file")
    if not isinstance(source, EventSource):
        raise InvalidValueError(f"--events: source '{name}' has no event generator; radiative-bhabha has one")
    check_output(output)  # before the computation
    run = source.run(start)
    sigma, error = run.cross_section, run.cross_section_error
    done = 0
    with progress() as step, writer(output, run) as file:
        for batch in source.events(number, seed=start):
            file.write(batch)
            done += len(batch)
            step("events", done, number)
    if as_json:
        facts = {"source": name, "events": number, "seed": start, "output": output}
        write_json({**facts, "sigma_pb": sigma, "sigma_error_pb": error})
        return
    about = "" if sigma is None else f", cross section {sigma:.6g} ± {error:.2g} pb"
    write_report(f"{output}: {number} events of {name}{about}")


def _find(name: str, changes: dict[str, float], card: list[str] | None) -> Source:
    """Make a source of this kind with the fields in ``card``, or take that of an experiment."""
    from evanesce.experiments import experiment, experiment_names
    from evanesce.experiments.schema import build
    from evanesce.sources import SOURCES

    fields: dict[str, Any] = arg.card_changes(card)
    for key in changes:
        if key in fields or f"source.{key}" in fields:
            raise InvalidValueError(f"--{key.replace('_', '-')} and --card {key} are both given; keep one")
    if name in SOURCES.names():
        own = {key.removeprefix("source."): value for key, value in fields.items()}
        return build(SOURCES.get(name), own | changes, f"source '{name}'")
    path = Path(name)
    if name not in experiment_names() and not (path.suffix or len(path.parts) > 1):
        raise unknown_name("source or experiment", name, [*SOURCES.names(), *experiment_names()])
    return experiment(name, fields | {f"source.{key}": value for key, value in changes.items()}).source
