"""``evanesce export``: results for other programs."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.group import command_group
from evanesce.cli.limit_options import Counted, Model, Statistics, UsedSystematics, limits_of
from evanesce.cli.options import ExperimentNames, grouped, names_of_experiments, option
from evanesce.cli.output import patience, say
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.limits import LimitCurve


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = command_group("Write results for other programs.")
    group.command(name="pyhf")(_pyhf)
    for name, (suffix, about, write) in _FORMATS.items():
        group.command(name=name, help=f"{about}\n\n{_HOW}")(_command(suffix, write))
    app.add_typer(group, name="export")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What is exported, and where to."""

    what: Annotated[
        list[str],
        typer.Argument(
            metavar="WHAT",
            help="Experiments, or one file of limits: .nc of 'limit --output', or the .zarr store of a scan.",
            autocompletion=names_of_experiments,
        ),
    ]
    output: Annotated[str, typer.Option("--output", metavar="FILE", help="Name of the file.")]
    mass: Annotated[
        str | None,
        typer.Option("--mass", metavar="M|LO:HI:N", help="One mass in GeV, or a grid in log. [default: 0.01:1:400]"),
    ] = None
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="AXIS=VALUE", help="Of a grid, only this value, as alpha_d=0.1; repeatable."),
    ] = None

    def selection(self) -> dict[str, float]:
        """Return the values of axes that are selected."""
        return {name: arg.number("--select", text) for name, text in arg.key_values("--select", self.select).items()}


@grouped
def _pyhf(
    experiment: ExperimentNames,
    mass: Annotated[float, option("--mass", read=arg.single_number, metavar="M", help="Mass of the mediator in GeV.")],
    counted: Counted,
    model: Model,
    output: Annotated[str, typer.Option("--output", metavar="FILE.json", help="Name of the workspace.")],
    systematics: UsedSystematics = True,
) -> None:
    """Likelihood of one mass as a pyhf workspace.

    It is that of 'evanesce limit --criterion cls', which is exact for one bin without systematics, while pyhf has its
    asymptotic formulae. The provenance goes to FILE.provenance.json.
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
            systematics=systematics,
            **options,
        )
    with reported(path):
        write_workspace(predicted, path)
    for note in (*predicted.warnings, *predicted.notes):
        say(f"warning: {note}")


_Writer = Callable[["LimitCurve", Path, dict[str, float]], None]
_HOW = "Computes limits as 'evanesce limit', with its options, or takes those of a file."


def _command(suffix: str, write: _Writer) -> Callable[..., None]:
    """Make the command of a format."""

    @grouped
    def command(origin: Origin, statistics: Statistics, model: Model) -> None:
        from evanesce.cli.limit_files import checked_path, reported

        selection = origin.selection()
        path = checked_path(origin.output, "format here", (suffix,)) if suffix else Path(origin.output)
        curve = _limits(origin, statistics, model)
        with reported(path):
            write(curve, path, selection)
        for note in curve.notes:
            say(f"warning: {note}")

    return command


def _limits(origin: Origin, statistics: Statistics, model: Model) -> LimitCurve:
    """Limits of a file, or of experiments."""
    if not _are_stored(origin.what):
        with patience("limits"):
            masses = arg.mass_grid("0.01:1:400" if origin.mass is None else origin.mass)
            return limits_of(origin.what, masses, model, statistics)
    if (origin.mass, statistics, model) != (None, Statistics(), Model()):
        raise InvalidValueError(
            f"'{origin.what[0]}': holds limits already; leave out the options of a calculation, or use --select"
        )
    from evanesce.interchange import read_limits

    return read_limits(origin.what[0])


def _are_stored(what: Sequence[str]) -> bool:
    from evanesce.interchange.stored import STORED

    for name in what:
        if _holds_less(Path(name)):
            raise InvalidValueError(
                f"'{name}': limits are read from .nc and .zarr alone, which hold everything about them; "
                "write them with 'evanesce limit ... --output FILE.nc', or name the experiments"
            )
    stored = [name for name in what if Path(name).suffix.lower() in STORED]
    if stored and len(what) > 1:
        raise InvalidValueError(f"'{stored[0]}': a file of limits cannot be combined with others; give it alone")
    return bool(stored)


def _holds_less(path: Path) -> bool:
    """Whether it is a CSV or JSON file of limits; a card may be a JSON file, too."""
    if path.suffix.lower() == ".csv":
        return path.is_file()
    if path.suffix.lower() != ".json":
        return False
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and {"mass_gev", "epsilon"} <= set(data)


def _csv(curve: LimitCurve, path: Path, selection: dict[str, float]) -> None:
    from evanesce.interchange import write_csv
    from evanesce.scratch import replacing

    _refuse(selection)
    with replacing(path) as staged:
        write_csv(curve, staged)


def _json(curve: LimitCurve, path: Path, selection: dict[str, float]) -> None:
    from evanesce.cli.limit_files import write_limits
    from evanesce.interchange.limit_json import limits_as_dict

    _refuse(selection)
    write_limits(curve, str(path), limits_as_dict(curve))


def _netcdf(curve: LimitCurve, path: Path, selection: dict[str, float]) -> None:
    from evanesce.cli.limit_files import write_limits

    _refuse(selection)
    write_limits(curve, str(path), {})


def _darkcast(curve: LimitCurve, path: Path, selection: dict[str, float]) -> None:
    from evanesce.interchange import LimitTable, write_darkcast

    write_darkcast(LimitTable.of(curve).at(selection), path)


def _hepdata(curve: LimitCurve, path: Path, selection: dict[str, float]) -> None:
    from evanesce.cli.limit_files import submission_images
    from evanesce.interchange import LimitTable, write_hepdata

    # a figure shows the whole grid, which a selection is not
    images = None if selection else submission_images(curve)
    write_hepdata(LimitTable.of(curve).at(selection), path, images=images)


def _refuse(selection: dict[str, float]) -> None:
    if selection:
        raise InvalidValueError("--select: this format holds the whole grid; leave it out")


_FORMATS: dict[str, tuple[str, str, _Writer]] = {
    "csv": (".csv", "Limits as CSV, one row for each point.", _csv),
    "json": (".json", "Limits as the JSON of 'evanesce limit --json'.", _json),
    "netcdf": (".nc", "Limits as netCDF, with everything about them.", _netcdf),
    "darkcast": (
        ".lmt",
        "One curve of limits for DarkCast.\n\nFILE.lmt, and FILE.py next to it.",
        _darkcast,
    ),
    "hepdata": (
        "",
        "Limits as a HEPData submission.\n\nA new folder, or one file if the name ends in .tar.gz.",
        _hepdata,
    ),
}
"""Suffix of the file ("" for any), what it is, and its writer, by the name of the command."""
