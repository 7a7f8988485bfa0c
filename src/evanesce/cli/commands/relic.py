"""``evanesce relic``: thermal relic lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import choice_of, grouped, option
from evanesce.cli.output import Table, patience, say, write_json, write_report

if TYPE_CHECKING:
    from evanesce.targets import RelicLine


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="relic")(_relic)


@grouped
def _relic(
    dark_matter: arg.DarkMatterName = None,
    mass: Annotated[
        str,
        typer.Option("--mass", metavar="M|LO:HI:N", help="Mass of the mediator in GeV, or a grid spaced in log."),
    ] = "0.01:1:50",
    alpha_d: Annotated[
        float, option("--alpha-d", read=arg.single_number, metavar="A", help="Dark coupling squared over 4 pi.")
    ] = 1e-3,
    mass_ratio: Annotated[
        float,
        option(
            "--mass-ratio", read=arg.single_number, metavar="R", help="Mass of the mediator over that of dark matter."
        ),
    ] = 3.0,
    width: Annotated[
        str,
        option(
            "--width",
            read=choice_of("fixed", "running"),
            metavar="NAME",
            help="Width of the mediator in the propagator: fixed, as in published lines, or running.",
        ),
    ] = "fixed",
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="FILE", help="Write to a file; its suffix selects the format: .csv .json .pdf."
        ),
    ] = None,
    as_json: arg.Json = False,
) -> None:
    """Epsilon that gives dark matter its relic density.

    Dark matter that couples to a dark photon, freezes out by annihilation to charged leptons and hadrons, and is all of
    the dark matter.
    """
    masses = arg.mass_grid(mass)
    from evanesce.cli.relic_files import as_dict, check_line_output, write_line

    if output is not None:
        check_line_output(output)
    from evanesce.targets import relic_line

    chosen = arg.mediator("dark-photon", alpha_d, mass_ratio, dark_matter)
    with patience("relic densities"):
        line = relic_line(chosen, masses, width=width)
    if output is not None:
        write_line(line, output)
    if as_json:
        write_json(as_dict(line))
        return
    for note in line.notes:
        say(f"note: {note}")
    write_report(*_report(line))


def _report(line: RelicLine) -> list[str | Table]:
    from evanesce.cli.relic_files import columns_of

    columns = columns_of(line)
    share = columns["epsilon_error"] / columns["epsilon"]
    shown = (columns["mass_gev"], columns["dark_matter_mass_gev"], columns["epsilon"], columns["y"], 100.0 * share)
    rows = [tuple(float(value) for value in row) for row in zip(*shown, strict=True)]
    heading = (
        f"thermal target, {line.dark_matter}, alpha_D = {line.alpha_d:g}, mass ratio = {line.mass_ratio:g}, "
        f"{line.width} width"
    )
    names = ("mass [GeV]", "m_chi [GeV]", "epsilon", "y", "error of epsilon [%]")
    return [heading, Table(columns=names, rows=rows)]
