"""``evanesce source``: how many tracks there are, and at which energies."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import Table, write_json, write_report
from evanesce.errors import InvalidValueError, unknown_name

if TYPE_CHECKING:
    from evanesce.sources import Source
    from evanesce.validation import FloatArray

_MOST_BINS: Final = 100_000
_MOST_EVENTS: Final = 10**9
_LARGEST_SEED: Final = 2**63 - 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="source")(_source)


def _source(
    name: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Kind of source, as bhabha, or an experiment by name or path.")
    ],
    alpha: Annotated[
        str | None, typer.Option("--alpha", metavar="A", help="Fine-structure constant in the cross section.")
    ] = None,
    luminosity: Annotated[
        str | None, typer.Option("--luminosity", metavar="L", help="Integrated luminosity in 1/ab.")
    ] = None,
    min_separation_ee: Annotated[
        str | None,
        typer.Option("--min-separation-ee", metavar="R", help="Smallest distance of electron and positron."),
    ] = None,
    bins: Annotated[str, typer.Option("--bins", metavar="N", help="Number of bins in energy.")] = "50",
    events: Annotated[
        str | None, typer.Option("--events", metavar="N", help="Write so many unweighted events to --output instead.")
    ] = None,
    seed: Annotated[str | None, typer.Option("--seed", metavar="S", help="Seed of the events, 0 if not given.")] = None,
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE", help="Event file; its suffix is its format, as .lhe.gz.")
    ] = None,
    card: arg.Card = None,
    as_json: arg.Json = False,
) -> None:
    """Energy spectrum of the tracks.

    Averages over bins of energy, of the tracks that enter the calorimeter.
    """
    count = arg.whole_number("--bins", bins, smallest=1, largest=_MOST_BINS)
    changes = {
        "alpha": arg.optional_number("--alpha", alpha),
        "luminosity": arg.optional_number("--luminosity", luminosity),
        "min_separation_ee": arg.optional_number("--min-separation-ee", min_separation_ee),
    }
    source = _find(name, {key: value for key, value in changes.items() if value is not None}, card)
    if events is not None or seed is not None or output is not None:
        _write_events(name, source, events, seed, output, as_json)
        return
    edges, spectrum = _bin_averages(source, count)
    sigma = getattr(source, "selected_cross_section", getattr(source, "cross_section", None))
    per_track = None if sigma is None else sigma / source.count
    density = [None if per_track is None else value * per_track for value in spectrum]
    closure = getattr(source, "cross_section_error", None)
    if sigma is not None and closure is None:
        pieces = (value * (high - low) for value, (low, high) in zip(spectrum, pairwise(edges), strict=True))
        closure = abs(math.fsum(pieces) * sigma / source.count - sigma)
    if as_json:
        write_json(
            {
                "source": name,
                "incident": source.incident,
                "sigma_pb": sigma,
                "sigma_error_pb": closure,
                "n_positrons": source.count,
                "edges_gev": edges,
                "dsigma_de_pb_per_gev": density,
                "dn_de_per_gev": spectrum,
                "lines": [{"energy_gev": energy, "number": number} for energy, number in source.lines],
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


def _write_events(
    name: str, source: Source, events: str | None, seed: str | None, output: str | None, as_json: bool
) -> None:
    """Write events of a source that can make them."""
    from evanesce.formats import RunInfo, writer

    if events is None or output is None:
        raise InvalidValueError("--events, --seed and --output: give the number of events and the file, both")
    number = arg.whole_number("--events", events, smallest=1, largest=_MOST_EVENTS)
    start = arg.whole_number("--seed", seed or "0", smallest=0, largest=_LARGEST_SEED)
    generate: Any = getattr(source, "events", None)
    if generate is None:
        raise InvalidValueError(f"--events: source '{name}' makes none, radiative-bhabha does")
    sigma, error = (getattr(source, key) for key in ("cross_section", "cross_section_error"))
    run = RunInfo(cross_section=sigma, cross_section_error=error, about={"source": repr(source), "seed": str(start)})
    with writer(output, run) as file:
        for batch in generate(number, seed=start):
            file.write(batch)
    if as_json:
        facts = {"source": name, "events": number, "seed": start, "output": output}
        write_json({**facts, "sigma_pb": sigma, "sigma_error_pb": error})
        return
    write_report(f"{output}: {number} events of {name}, cross section {sigma:.6g} ± {error:.2g} pb")


def _find(name: str, changes: dict[str, float], card: list[str] | None) -> Source:
    """Make a source of that kind, with its fields in ``card``, or take that of an experiment."""
    from evanesce.experiments import experiment, experiment_names
    from evanesce.experiments.schema import build
    from evanesce.sources import SOURCES

    fields: dict[str, Any] = arg.card_changes(card)
    for key in changes:
        if key in fields or f"source.{key}" in fields:
            raise InvalidValueError(f"--{key.replace('_', '-')} and --card {key} are both there, keep one")
    if name in SOURCES.names():
        own = {key.removeprefix("source."): value for key, value in fields.items()}
        return build(SOURCES.get(name), own | changes, f"source '{name}'")
    path = Path(name)
    if name not in experiment_names() and not (path.suffix or len(path.parts) > 1):
        raise unknown_name("source or experiment", name, [*SOURCES.names(), *experiment_names()])
    return experiment(name, fields | {f"source.{key}": value for key, value in changes.items()}).source


def _bin_averages(source: Source, count: int) -> tuple[list[float], list[float]]:
    """Edges of equal bins over the continuum, and dN/dE averaged over each; empty without a continuum."""
    import numpy as np

    from evanesce.numerics import panel_nodes

    if len(source.edges) < 2:
        return [], []
    edges: FloatArray = np.linspace(source.edges[0], source.edges[-1], count + 1)
    pieces = np.union1d(edges, source.edges)
    energy, weights = panel_nodes(pieces, 32)
    integrals = np.sum(weights * source.spectrum(energy), axis=-1)
    owner = np.searchsorted(edges, 0.5 * (pieces[:-1] + pieces[1:])) - 1
    averages = np.bincount(owner, integrals, minlength=count) / np.diff(edges)
    return edges.tolist(), averages.tolist()
