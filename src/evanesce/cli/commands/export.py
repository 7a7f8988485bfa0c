"""``evanesce export``: results for other programs."""

from __future__ import annotations

import warnings
from typing import Annotated

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.group import command_group
from evanesce.cli.limit_options import Counted, Model
from evanesce.cli.options import grouped, option
from evanesce.cli.output import patience, say


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = command_group("Write results for other programs.")
    group.command(name="pyhf")(_pyhf)
    app.add_typer(group, name="export")


_Experiments = Annotated[
    list[str], typer.Argument(metavar="EXPERIMENT...", help="Built-in name or path of a YAML card; several combine.")
]
_Output = Annotated[str, typer.Option("--output", metavar="FILE", help="Name of the file.")]


@grouped
def _pyhf(
    experiment: _Experiments,
    mass: Annotated[float, option("--mass", read=arg.single_number, metavar="M", help="Mass of the mediator in GeV.")],
    counted: Counted,
    model: Model,
    output: Annotated[str, typer.Option("--output", metavar="FILE.json", help="Name of the workspace.")],
) -> None:
    """Likelihood of one mass as a pyhf workspace.

    It is that of 'evanesce limit --criterion cls'. The provenance goes to FILE.provenance.json.
    """
    options, background, observed = model.options(), counted.number(), counted.counts()
    for name, text in (("--alpha-d", model.alpha_d), ("--mass-ratio", model.mass_ratio)):
        arg.single_number(name, text)

    from evanesce.cli.limit_files import checked_path, reported
    from evanesce.errors import EvanesceWarning
    from evanesce.interchange import write_workspace
    from evanesce.limits import likelihood_prediction

    path = checked_path(output, "format of a workspace", (".json",))
    with patience("workspace"), warnings.catch_warnings():
        warnings.simplefilter("ignore", EvanesceWarning)
        predicted = likelihood_prediction(
            model.experiments(experiment),
            model.made(),
            mass,
            background=background,
            background_error=counted.background_error,
            observed=observed,
            **options,
        )
    with reported(path):
        write_workspace(predicted, path)
    for note in (*predicted.warnings, *predicted.notes):
        say(f"warning: {note}")
