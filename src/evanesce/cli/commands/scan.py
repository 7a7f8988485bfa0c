"""``evanesce scan``: limits on a grid of any size, into a store."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.limit_options import Masses, Model, Statistics
from evanesce.cli.options import grouped, names_of_experiments, option, whole
from evanesce.cli.output import Table, progress, say, write_json, write_report

if TYPE_CHECKING:
    from evanesce.scans import Progress
    from evanesce.scans.progress import Report

_MOST_WORKERS: Final = 1024
_SECONDS: Final = 60.0
"""Between two lines of progress where there is no terminal, as in the log of a batch job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridModel(Model):
    """Mediator, physics and changes to the cards; the ratio of masses may be an axis, too."""

    mass_ratio: Annotated[
        str,
        typer.Option(
            "--mass-ratio",
            metavar="R[,R...]|LO:HI:N",
            help="Mass of the mediator over that of dark matter: one, several, or a grid spaced in log.",
        ),
    ] = "3"
    theory: Annotated[
        bool,
        typer.Option(
            "--theory/--no-theory", help="Change of epsilon without each refinement; up to four times slower."
        ),
    ] = False

    def made(self) -> Any:
        """Return the mediator, with arrays where a parameter has several values."""
        ratios = arg.numbers("--mass-ratio", self.mass_ratio)
        ratio: Any = ratios[0] if len(ratios) == 1 else ratios
        return arg.mediator(self.mediator, self.alpha_d, ratio, self.dark_matter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Where a scan runs, and where to."""

    output: Annotated[str, typer.Option("--output", metavar="FILE.zarr", help="Name of the store.")]
    axis: Annotated[
        list[str] | None,
        typer.Option(
            "--axis",
            metavar="NAME=V[,V...]|LO:HI:N",
            help="An axis over a number on the card or a physics option, as source.luminosity=1:50:10, spaced in log; "
            "repeatable.",
        ),
    ] = None
    workers: Annotated[
        int, option("--workers", read=whole(1, _MOST_WORKERS), metavar="N", help="Processes on this machine.")
    ] = 1
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            metavar="ADDRESS",
            help="Scheduler of dask.distributed, as tcp://host:8786; local starts one with --workers.",
        ),
    ] = None
    resume: Annotated[bool, typer.Option("--resume", help="Continue a store that exists.")] = False

    def axes(self) -> dict[str, tuple[float, ...]]:
        """Return the values of the axes by name."""
        return {name: arg.numbers(f"--axis {name}", text) for name, text in arg.key_values("--axis", self.axis).items()}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="scan")(_scan)


@grouped
def _scan(
    experiment: Annotated[
        list[str],
        typer.Argument(
            metavar="EXPERIMENT",
            help="Built-in name or path of a YAML card; several combine.",
            autocompletion=names_of_experiments,
        ),
    ],
    run: Run,
    statistics: Statistics,
    model: GridModel,
    mass: Masses = "0.01:1:400",
    as_json: arg.Json = False,
) -> None:
    """Limits on a grid of any size, into a Zarr store.

    A scan that was interrupted goes on with --resume. The store opens in xarray, and 'evanesce plot' and
    'evanesce export' take it.
    """
    masses, axes = arg.mass_grid(mass), run.axes()
    options, background, observed = model.options(), statistics.number(), statistics.counts()

    from evanesce.scans import scan

    cards = model.experiments(experiment)
    with _progress() as report:
        found = scan(
            cards,
            model.made(),
            masses,
            output=run.output,
            axes=axes,
            background=background,
            background_error=statistics.background_error,
            observed=observed,
            criterion=statistics.rule(cards[0].criterion),
            systematics=statistics.systematics,
            workers=run.workers,
            scheduler=run.scheduler,
            resume=run.resume,
            report=report,
            **options,
        )
    summary = _summary(found, run.output)
    if as_json:
        write_json(summary)
        return
    for failure in summary["failures"]:
        say(f"warning: points failed: {failure}")
    size = " x ".join(f"{length} {name}" for name, length in summary["axes"].items())
    best = summary["best"]
    where = ", ".join(f"{name} = {value:.4g}" for name, value in best.items() if name != "epsilon")
    write_report(
        f"'{run.output}': limits at {summary['points']} points, {size}",
        Table(columns=("outcome", "points"), rows=list(summary["outcomes"].items())),
        f"best limit: epsilon = {best['epsilon']:.4g} at {where}" if best else "no point has a limit",
    )


def _summary(found: Any, store: str) -> dict[str, Any]:
    """What is said of a finished store."""
    import json

    import numpy as np

    from evanesce.limits import Outcome

    outcome, epsilon = found["outcome"].values, found["epsilon"].values
    counts = Counter(Outcome(int(code)).name.lower() for code in outcome.ravel())
    known = np.where(np.isfinite(epsilon), epsilon, np.inf)
    place = np.unravel_index(int(np.argmin(known)), known.shape)
    best = {"epsilon": float(known[place])}
    best |= {str(dim): float(found[dim].values[i]) for dim, i in zip(found["epsilon"].dims, place, strict=True)}
    return {
        "store": store,
        "points": int(outcome.size),
        "axes": {str(name): int(size) for name, size in zip(found["outcome"].dims, outcome.shape, strict=True)},
        "outcomes": dict(counts),
        "failures": json.loads(found.attrs["failures"]),
        "best": best if np.isfinite(known[place]) else {},
    }


@contextmanager
def _progress() -> Iterator[Report]:
    """Context with a report of the progress: a bar on a terminal, else a line a minute on standard error."""
    import sys

    with progress() as step:
        last = [time.monotonic()]

        def report(now: Progress) -> None:
            step(str(now), now.points, now.total)
            passed = time.monotonic() - last[0]
            if (sys.stderr is None or not sys.stderr.isatty()) and passed >= _SECONDS and now.points < now.total:
                last[0] = time.monotonic()
                say(f"scan: {now}")

        yield report
