"""``evanesce limit``: the excluded coupling ε against the mediator's mass."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import Table, say, write_json, write_report

if TYPE_CHECKING:
    from evanesce.limits import LimitCurve

_MOST_ROWS: Final = 40


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
            "--background", metavar="N|budget", help="Expected background, or the sum of the card's components."
        ),
    ] = None,
    criterion: Annotated[
        str | None, typer.Option("--criterion", metavar="NAME", help="Criterion, in place of the card's.")
    ] = None,
    card: arg.Card = None,
    theory: Annotated[
        bool, typer.Option("--theory/--no-theory", help="How far epsilon moves without each refinement of the physics.")
    ] = True,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="FILE", help="Write to a file; its suffix is its format: .nc .csv .json .pdf."
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
    expected: Any = background if background == "budget" else arg.optional_number("--background", background)

    from evanesce.cli.limit_files import check_output, write_limits
    from evanesce.errors import EvanesceWarning
    from evanesce.experiments import experiment as find_experiment
    from evanesce.limits import limit_curve
    from evanesce.physics import DEFAULT_PRESET

    if output is not None:
        check_output(output)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EvanesceWarning)  # they stand among the notes
        curve = limit_curve(
            [find_experiment(name, changes) for name in experiment],
            arg.mediator(mediator, alpha_d, mass_ratio),
            masses,
            physics=DEFAULT_PRESET if physics is None else physics,
            overrides=overrides,
            background=expected,
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
        "reason": curve.reason,
        "warning": curve.warning,
        "theory_uncertainty": curve.theory,
        "yield_per_epsilon2": curve.yields,
        "yield_error": curve.yield_errors,
        "card": made["experiment"],
        "evanesce_version": made["evanesce_version"],
    }


def _report(curve: LimitCurve) -> list[str | Table]:
    data = _as_dict(curve)
    masses, epsilon = curve.coordinates["mass"].tolist(), curve.epsilon.tolist()
    reason, warning = curve.reason.tolist(), curve.warning.tolist()
    best = min(range(len(masses)), key=epsilon.__getitem__)
    shown = _shown(len(masses), best)
    yields = {name: values.tolist() for name, values in curve.yields.items()}
    notes = ["no limit" if r else "see below" if w else "" for r, w in zip(reason, warning, strict=True)]
    notes[best] = notes[best] or "best"
    table = Table(
        columns=("mass [GeV]", "epsilon", *(f"N {name}" for name in yields), ""),
        rows=[
            (masses[i], None if reason[i] else epsilon[i], *(y[i] for y in yields.values()), notes[i]) for i in shown
        ],
    )
    blocks: list[str | Table] = [
        f"{data['experiment']}, {data['mediator']}, alpha_D = {data['alpha_d']:g}, mass ratio "
        f"{data['mass_ratio']:g}, physics '{data['physics']['preset']}'{_overridden(data['physics'])}\n"
        f"excluded: {data['signal_limit']:.4g} events ({data['criterion']}, background "
        f"{data['background']:g}), {data['confidence_level']:.0%} CL; N: events at epsilon = 1",
        table,
    ]
    if len(shown) < len(masses):
        blocks.append(f"{len(masses) - len(shown)} of {len(masses)} masses are left out here; --json has all")
    blocks += _first("no limit", masses, reason) + _first("see below", masses, warning)
    if not reason[best]:
        blocks.append(f"best limit: epsilon = {epsilon[best]:.4g} at {masses[best]:.4g} GeV")
        changes = [f"{change} {100 * values[best]:+.2g} %" for change, values in curve.theory.items()]
        blocks += (
            [f"theory uncertainty of epsilon there, without a refinement: {', '.join(changes)}"] if changes else []
        )
    return blocks


def _shown(count: int, best: int) -> list[int]:
    """Which rows a table has room for: evenly spread, the ends and the best limit among them."""
    if count <= _MOST_ROWS:
        return list(range(count))
    steps = _MOST_ROWS - 2
    return sorted({best, *(round(i * (count - 1) / steps) for i in range(steps + 1))})


def _overridden(physics: dict[str, Any]) -> str:
    changed = ", ".join(f"{name} = {physics[name]}" for name in physics["overrides"])
    return f" with {changed}" if changed else ""


def _first(label: str, masses: Sequence[float], texts: Sequence[str | None]) -> list[str | Table]:
    """How many masses have a text, and the first of them."""
    found = [i for i, text in enumerate(texts) if text]
    if not found:
        return []
    first = found[0]
    return [f"{label}: {len(found)} of {len(masses)} masses, first at {masses[first]:.4g} GeV: {texts[first]}"]
