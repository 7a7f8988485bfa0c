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
    bins: Annotated[str, typer.Option("--bins", metavar="N", help="Number of bins in energy.")] = "50",
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
    }
    source = _find(name, {key: value for key, value in changes.items() if value is not None}, card)
    edges, spectrum = _bin_averages(source, count)
    sigma = getattr(source, "cross_section", None)
    per_track = None if sigma is None else sigma / source.count
    density = [None if per_track is None else value * per_track for value in spectrum]
    closure = None
    if sigma is not None:
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


def _find(name: str, changes: dict[str, float], card: list[str] | None) -> Source:
    """Make a source of that kind, with its fields in ``card``, or take that of an experiment."""
    from evanesce.experiments import experiment, experiment_names
    from evanesce.experiments.schema import build
    from evanesce.sources import SOURCES

    fields: dict[str, Any] = arg.card_changes(card)
    for key in changes:
        if key in fields or f"source.{key}" in fields:
            raise InvalidValueError(f"--{key} and --card {key} are both there, keep one")
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
