"""``evanesce limit``: the excluded coupling ε against the mediator's mass."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import Table, patience, say, write_json, write_report

if TYPE_CHECKING:
    from evanesce.limits import LimitCurve

_MOST_ROWS: Final = 40
_AXES: Final = {"alpha_d": "alpha_D", "mass_ratio": "m/m_chi", "mass": "mass [GeV]"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="limit")(_limit)


def _limit(
    experiment: Annotated[
        list[str],
        typer.Argument(metavar="EXPERIMENT...", help="Built-in name or path of a YAML card; several combine."),
    ],
    mass: Annotated[
        str, typer.Option("--mass", metavar="M|LO:HI:N", help="One mass in GeV, or a grid spaced in log.")
    ] = "0.01:1:400",
    alpha_d: arg.AlphaD = "1e-3",
    mass_ratio: arg.MassRatio = "3",
    mediator: arg.Mediator = "dark-photon",
    physics: arg.Physics = None,
    settings: arg.Settings = None,
    background: Annotated[
        str | None,
        typer.Option(
            "--background",
            metavar="N|budget|components",
            help="Expected background, or the sum of the card's components (components: where it has some).",
        ),
    ] = None,
    background_error: Annotated[
        str | None,
        typer.Option(
            "--background-error", metavar="N", help="Uncertainty of a number of background events, in events."
        ),
    ] = None,
    criterion: Annotated[
        str | None, typer.Option("--criterion", metavar="NAME", help="Criterion; that of the card if not given.")
    ] = None,
    card: arg.Card = None,
    theory: Annotated[
        bool, typer.Option("--theory/--no-theory", help="Change of epsilon without each refinement of the physics.")
    ] = True,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="FILE", help="Write to a file; its suffix selects the format: .nc .csv .json .pdf."
        ),
    ] = None,
    as_json: arg.Json = False,
) -> None:
    """Limit on epsilon against the mass.

    The coupling of the mediator to electrons, in units of e, that is excluded at 90 % CL.
    """
    masses = arg.mass_grid(mass)
    overrides = arg.key_values("--set", settings)
    changes = arg.card_changes(card)
    words = ("budget", "components")
    expected: Any = background if background in words else arg.optional_number("--background", background)
    spread = arg.optional_number("--background-error", background_error)

    from evanesce.cli.limit_files import check_output, write_limits
    from evanesce.errors import EvanesceWarning
    from evanesce.experiments import experiment as find_experiment
    from evanesce.limits import limit_curve
    from evanesce.physics import DEFAULT_PRESET

    if output is not None:
        check_output(output)
    with patience("limits"), warnings.catch_warnings():
        warnings.simplefilter("ignore", EvanesceWarning)  # they are in the notes
        curve = limit_curve(
            [find_experiment(name, changes) for name in experiment],
            arg.mediator(mediator, alpha_d, mass_ratio),
            masses,
            physics=DEFAULT_PRESET if physics is None else physics,
            overrides=overrides,
            background=expected,
            background_error=spread,
            criterion=criterion,
            theory=theory,
        )
    data = {**_as_dict(curve), "notes": list(curve.notes)}
    if output is not None:
        write_limits(curve, output, data)
    if as_json:
        write_json(data)
        return
    for note in curve.notes:
        say(f"warning: {note}")
    write_report(*_report(curve))


def _as_dict(curve: LimitCurve) -> dict[str, Any]:
    made = curve.provenance
    statistical = curve.statistical_error
    return {
        "experiment": made["experiment"]["name"],
        "mediator": made["mediator"],
        "alpha_d": made["alpha_d"],
        "mass_ratio": made["mass_ratio"],
        "physics": made["physics"],
        "criterion": made["criterion"],
        "confidence_level": made["confidence_level"],
        "background": made["background"],
        "signal_limit": curve.signal_limit,
        "mass_gev": curve.coordinates["mass"],
        "epsilon": curve.epsilon,
        "epsilon_error": curve.epsilon_error,
        **({} if statistical is None else {"epsilon_statistical_error": statistical}),
        "y": curve.thermal_y,
        "outcome": curve.outcome_names,
        "visible_width": curve.visible_width,
        "reason": curve.reason,
        "warning": curve.warning,
        "theory_uncertainty": curve.theory,
        "yield_per_epsilon2": curve.yields,
        "yield_error": curve.yield_errors,
        "card": made["experiment"],
        **({"cards": made["experiments"]} if "experiments" in made else {}),
        "evanesce_version": made["evanesce_version"],
    }


def _report(curve: LimitCurve) -> list[str | Table]:
    points = _Points(curve)
    rows = [points.row(i) for i in points.shown]
    table = Table(columns=(*points.axes, "epsilon", "y", *(f"N {name}" for name in curve.yields), ""), rows=rows)
    blocks: list[str | Table] = [_heading(curve), table]
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


def _heading(curve: LimitCurve) -> str:
    data = _as_dict(curve)
    names = [card["name"] for card in curve.provenance.get("experiments", [data["card"]])]
    parameters = "".join(
        f", {label} = {data[name]:g}"
        for name, label in (("alpha_d", "alpha_D"), ("mass_ratio", "mass ratio"))
        if name not in curve.dims
    )
    return (
        f"{' + '.join(names)}, {data['mediator']}{parameters}, physics '{data['physics']['preset']}'"
        f"{_overridden(data['physics'])}\n"
        f"excluded: {data['signal_limit']:.4g} events ({data['criterion']}, background {data['background']:.4g}), "
        f"{data['confidence_level']:.0%} CL; N: events at epsilon = 1"
    )


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
        limits = (None, None) if self.reason[i] else (self.epsilon[i], self.y[i])
        return *parameters, *limits, *yields, note

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
