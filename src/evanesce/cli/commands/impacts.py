"""``evanesce impacts``: pulls of the nuisance parameters and their impacts on the fitted signal."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Annotated, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.limit_options import Counted, Model
from evanesce.cli.options import ExperimentNames, grouped, option
from evanesce.cli.output import Table, patience, write_json, write_report

if TYPE_CHECKING:
    from evanesce.statistics.impacts import Impacts

_DECIMALS: Final = 6
"""Of pulls and events in the table: the fit is no more accurate."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="impacts")(_impacts)


@grouped
def _impacts(
    experiment: ExperimentNames,
    mass: Annotated[float, option("--mass", read=arg.single_number, metavar="M", help="Mass of the mediator in GeV.")],
    counted: Counted,
    model: Model,
    signal: Annotated[
        float, option("--signal", read=arg.number, metavar="N", help="Signal events in Asimov data. [default: 0]")
    ] = 0.0,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="FILE", help="Write to a file; its suffix selects the format: .json .pdf .png."
        ),
    ] = None,
    as_json: arg.Json = False,
) -> None:
    """Pulls and impacts of systematic uncertainties.

    The fit is to the observed counts, or to Asimov data where there are none. An impact is the change of the fitted
    signal when one nuisance is fixed one standard deviation off.
    """
    options, background, observed = model.options(), counted.number(), counted.counts()

    from evanesce.cli.impact_files import check_impact_output, write_impacts
    from evanesce.errors import EvanesceWarning
    from evanesce.limits import impacts

    if output is not None:
        check_impact_output(output)
    with patience("impacts"), warnings.catch_warnings():
        warnings.simplefilter("ignore", EvanesceWarning)
        found = impacts(
            model.experiments(experiment),
            model.made(),
            mass,
            background=background,
            background_error=counted.background_error,
            observed=observed,
            signal=signal,
            **options,
        )
    if output is not None:
        write_impacts(found, output)
    if as_json:
        write_json(found.as_dict())
        return
    write_report(*_report(found))


def _report(found: Impacts) -> tuple[str | Table, ...]:
    data = found.as_dict()
    rows = [
        (
            one["name"],
            *(
                None if math.isnan(one[key]) else round(float(one[key]), _DECIMALS) + 0.0  # free: NaN
                for key in ("pull", "pull_error", "impact_down", "impact_up", "impact_before_down", "impact_before_up")
            ),
        )
        for one in data["nuisances"]
    ]
    columns = ("nuisance", "pull", "error", "impact -1 sigma", "+1 sigma", "before the fit -1 sigma", "+1 sigma ")
    return (
        f"{data['experiment']} at {data['mass_gev']:.4g} GeV, fit to {found.data} data: "
        f"{round(found.signal, _DECIMALS) + 0.0:.4g} ± {found.signal_error:.3g} signal events",
        Table(columns=columns, rows=rows),
        "pull: (fitted - expected) over the uncertainty before the fit; impact: change of the fitted signal in events",
    )
