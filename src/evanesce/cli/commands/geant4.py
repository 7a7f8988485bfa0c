"""``evanesce geant4``: data sets and neutron simulation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.group import command_group
from evanesce.cli.options import Density, grouped, option, whole
from evanesce.cli.output import Table, progress, write_json, write_report

_MOST: Final = 10**12


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = command_group("Prepare data for Geant4, and simulate neutrons with it.")
    group.command(name="prepare")(_prepare)
    group.command(name="neutrons")(_neutrons)
    app.add_typer(group, name="geant4")


def _energy(name: str, text: str) -> float:
    from evanesce.backgrounds.neutron_simulation.run import ENERGIES

    return arg.number_between(name, text, smallest=ENERGIES[0], largest=ENERGIES[1], unit="GeV")


def _thickness(name: str, text: str) -> float:
    from evanesce.backgrounds.neutron_simulation.run import THICKNESSES

    return arg.number_between(name, text, smallest=THICKNESSES[0], largest=THICKNESSES[1], unit="X0")


def _prepare(as_json: arg.Json = False) -> None:
    """Find the official data sets, or write stand-ins into the cache.

    Nothing is downloaded. A simulation with stand-ins is not valid below 1 GeV.
    """
    from evanesce.showers.geant4 import geant4_data

    data = geant4_data(hadronic=True)
    about = {**data.as_dict(), "environment": data.environment()}
    if as_json:
        write_json(about)
        return
    lines = [f"data: {about['source']} ({', '.join(about['sets'])})"]
    if "valid" in about:
        lines.append(f"valid for: {about['valid']}")
    write_report("\n".join(lines), "\n".join(f"{name}={value}" for name, value in data.environment().items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Slab:
    """Beam, slab and statistics."""

    positrons: Annotated[
        int, option("--positrons", read=whole(1, _MOST), metavar="N", help="Incident positrons, for instance 1e8.")
    ]
    material: Annotated[str, typer.Option("--material", metavar="MATERIAL", help="Material of the slab.")] = "CsI"
    density: Density = None
    energy: Annotated[float, option("--energy", read=_energy, metavar="GEV", help="Total energy of the positrons.")] = (
        4.35
    )
    thickness: Annotated[
        float,
        option("--thickness", read=_thickness, metavar="X0", help="Thickness of the slab in radiation lengths."),
    ] = 1.0
    seed: Annotated[int, option("--seed", read=whole(0, 2**53), metavar="N", help="Seed, a whole number.")] = 1


@grouped
def _neutrons(
    store: Annotated[
        Path,
        typer.Option(
            "--store", metavar="FILE", help="File that keeps finished jobs; the same command continues from it."
        ),
    ],
    slab: Slab,
    processes: Annotated[
        int | None,
        option("--processes", read=whole(1, 4096), metavar="N", help="Number of processes; default: one per core."),
    ] = None,
    as_json: arg.Json = False,
) -> None:
    """Fast neutrons from positrons on a slab, and the events that look like a vanished positron."""
    from evanesce.backgrounds.neutron_simulation.run import NeutronRun, simulate_neutrons
    from evanesce.showers.geant4 import geant4_data

    run = NeutronRun(
        material=arg.target_material(slab.material, slab.density),
        energy=slab.energy,
        thickness=slab.thickness,
        positrons=slab.positrons,
        seed=slab.seed,
        processes=processes,
    )
    with progress() as step:
        result = simulate_neutrons(
            run, geant4_data(hadronic=True), store, progress=lambda done, total: step("jobs", done, total)
        )
    if as_json:
        write_json(result)
        return
    rows = [
        (energy_kind, name, *_shown(count))
        for energy_kind, selection in result["selections"].items()
        for name, count in selection["counts"].items()
    ]
    write_report(
        f"{run.material.name}, {run.thickness:g} X0, {run.positrons:g} e+ of {run.energy:g} GeV, FTFP_BERT, "
        f"data: {result['data']['source']}",
        Table(columns=("neutron > 3 GeV", "after", "events", "68 % from", "to", "90 % from", "to", ""), rows=rows),
        f"meaningful for: {result['meaningful_for']}; intervals are Garwood's",
    )


def _shown(count: dict[str, Any]) -> tuple[Any, ...]:
    """Cells of one count; a count of 0 is shown as an upper limit."""
    bounds = (*count["interval_68"], *count["interval_90"])
    return (count["count"] or None, *bounds, "upper limit" if count["upper_limit"] else "")
