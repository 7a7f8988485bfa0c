"""``evanesce limit``: the excluded coupling ε against the mediator's mass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.limit_options import Masses, Model, Statistics, limits_of
from evanesce.cli.options import ExperimentNames, grouped
from evanesce.cli.output import Table, patience, say, write_json, write_report
from evanesce.errors import InvalidValueError
from evanesce.representation import percent

if TYPE_CHECKING:
    from evanesce.figures import ThermalLine
    from evanesce.limits import LimitCurve

_MOST_ROWS: Final = 40
_AXES: Final = {"alpha_d": "alpha_D", "mass_ratio": "m/m_chi", "mass": "mass [GeV]"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="limit")(_limit)


@grouped
def _limit(
    experiment: ExperimentNames,
    statistics: Statistics,
    model: Model,
    mass: Masses = "0.01:1:400",
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="FILE", help="Write to a file; its suffix selects the format: .nc .csv .json .pdf."
        ),
    ] = None,
    thermal: Annotated[
        bool, typer.Option("--thermal", help="In a figure: the thermal relic line of the same dark matter, too.")
    ] = False,
    as_json: arg.Json = False,
) -> None:
    """Limit on epsilon against the mass.

    The coupling of the mediator to electrons, in units of e, that is excluded at 90 % CL.
    """
    masses = arg.mass_grid(mass)

    from evanesce.cli.limit_files import FIGURES, check_output, write_limits
    from evanesce.interchange.limit_json import limits_as_dict

    if output is not None:
        check_output(output)
    if thermal and not (output or "").lower().endswith(FIGURES):
        raise InvalidValueError("--thermal: needs a figure, give --output with .pdf or .png")
    layer = _thermal_layer(model.made(), masses) if thermal else ()
    with patience("limits"):
        curve = limits_of(experiment, masses, model, statistics)
    data = limits_as_dict(curve)
    if output is not None:
        write_limits(curve, output, data, layer)
    if as_json:
        write_json(data)
        return
    for note in curve.notes:
        say(f"warning: {note}")
    write_report(*_report(curve, data))


def _thermal_layer(mediator: Any, masses: Any) -> tuple[ThermalLine, ...]:
    """The thermal line where dark matter has a mass that it is computed for."""
    from evanesce.cli.limit_files import thermal_layer
    from evanesce.targets import relic_line, thermal_range

    low, high = thermal_range(mediator)
    return thermal_layer(relic_line(mediator, masses[(masses >= low) & (masses <= high)]))


def _report(curve: LimitCurve, data: dict[str, Any]) -> list[str | Table]:
    points = _Points(curve)
    rows = [points.row(i) for i in points.shown]
    columns = (*points.axes, "epsilon", *points.bands, "y", *(f"N {name}" for name in curve.yields), "")
    table = Table(columns=columns, rows=rows)
    blocks: list[str | Table] = [_heading(curve, data), table]
    if len(rows) < points.count:
        blocks.append(f"{points.count - len(rows)} of {points.count} {points.what} are left out here; --json has all")
    blocks += points.first("no limit", points.reason) + points.first("see below", points.warning)
    best = points.best
    if not points.reason[best]:
        error = "" if curve.statistical_error is None else f" ± {curve.statistical_error.flat[best]:.2g} (source)"
        blocks.append(f"best limit: epsilon = {points.epsilon[best]:.4g}{error} at {points.where(best)}")
        changes = [f"{change} {100 * float(values.flat[best]):+.2g} %" for change, values in curve.theory.items()]
        if changes:
            blocks.append(f"theory uncertainty of epsilon there, without a refinement: {', '.join(changes)}")
    return blocks


def _heading(curve: LimitCurve, data: dict[str, Any]) -> str:
    names = [card["name"] for card in curve.provenance.get("experiments", [data["card"]])]
    parameters = "".join(
        f", {label} = {data[name]:g}"
        for name, label in (("alpha_d", "alpha_D"), ("mass_ratio", "mass ratio"))
        if name not in curve.dims
    )
    kind = "" if data["dark_matter"] == "dirac" else f" to {data['dark_matter']}"
    return (
        f"{' + '.join(names)}, {data['mediator']}{kind}{parameters}, physics '{data['physics']['preset']}'"
        f"{_overridden(data['physics'])}\n"
        f"limit: {_excluded(data['signal_limit'])} ({data['criterion']}, {data['method']}, background "
        f"{data['background']:.4g}), "
        f"{percent(data['confidence_level'])}% CL; N: events at epsilon = 1"
    )


def _excluded(events: Any) -> str:
    """Excluded events: the same at every point, or the range over the points."""
    import numpy as np

    known = np.asarray(events)[np.isfinite(events)]
    if known.size == 0:
        return "nothing"
    low, high = known.min(), known.max()
    return f"{low:.4g} events" if low == high else f"{low:.4g} to {high:.4g} events, by point"


class _Points:
    """The points of a curve, flattened."""

    def __init__(self, curve: LimitCurve) -> None:
        self.curve = curve
        self.count = curve.epsilon.size
        self.epsilon, self.y = curve.epsilon.ravel().tolist(), curve.thermal_y.ravel().tolist()
        self.reason, self.warning = curve.reason.ravel().tolist(), curve.warning.ravel().tolist()
        self.best = min(range(self.count), key=self.epsilon.__getitem__)
        self.what = "points" if len(curve.dims) > 1 else "masses"
        self.axes = [_AXES[name] for name in curve.dims]
        self._values = curve.points()
        self.bands = ("expected", "-1 sigma", "+1 sigma") if curve.has_bands else ()
        self._expected = curve.expected[..., [2, 1, 3]].reshape(-1, 3).tolist()

    @property
    def shown(self) -> list[int]:
        """Rows of the table: evenly spread, including the ends and the best limit."""
        if self.count <= _MOST_ROWS:
            return list(range(self.count))
        steps = _MOST_ROWS - 2
        return sorted({self.best, *(round(i * (self.count - 1) / steps) for i in range(steps + 1))})

    def row(self, i: int) -> tuple[object, ...]:
        """Parameters, limit, yields and a short note on the point."""
        yields = [float(values.flat[i]) for values in self.curve.yields.values()]
        note = "no limit" if self.reason[i] else "see below" if self.warning[i] else "best" if i == self.best else ""
        parameters = [float(self._values[name][i]) for name in self.curve.dims]
        found = (self.epsilon[i], *self._expected[i][: len(self.bands)], self.y[i])
        return *parameters, *(len(found) * (None,) if self.reason[i] else found), *yields, note

    def where(self, i: int) -> str:
        """The parameters of a point in words."""
        others = [f"{_AXES[name]} = {self._values[name][i]:.4g}" for name in self.curve.dims if name != "mass"]
        return ", ".join([f"{self._values['mass'][i]:.4g} GeV", *others])

    def first(self, label: str, texts: Sequence[str | None]) -> list[str | Table]:
        """Number of points with a text, and the first of them."""
        found = [i for i, text in enumerate(texts) if text]
        if not found:
            return []
        at = self.where(found[0])
        return [f"{label}: {len(found)} of {self.count} {self.what}, first at {at}: {texts[found[0]]}"]


def _overridden(physics: dict[str, Any]) -> str:
    changed = ", ".join(f"{name} = {physics[name]}" for name in physics["overrides"])
    return f" with {changed}" if changed else ""
