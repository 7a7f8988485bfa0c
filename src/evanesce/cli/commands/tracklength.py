"""``evanesce tracklength``: how far positrons of each energy travel in a slab."""

from __future__ import annotations

from typing import Annotated, Any, Final, get_args

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import Table, progress, write_json, write_report

_EDGES: Final = "0.5,0.6,0.7,0.8,0.85,0.9,0.925,0.95,0.96,0.97,0.98,0.985,0.99,0.995,0.998,0.999,1"
_THINNEST, _THICKEST = 1e-6, 1e6


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="tracklength")(_tracklength)


def _tracklength(
    material: Annotated[str, typer.Argument(metavar="MATERIAL", help="Catalogue or NIST name, or a formula.")],
    energy: Annotated[str, typer.Option("--energy", metavar="GEV", help="Total energy of the incident particle.")],
    thickness: Annotated[str, typer.Option("--thickness", metavar="X0", help="Thickness in radiation lengths.")],
    incident: Annotated[str, typer.Option("--incident", metavar="e+|e-|gamma", help="Incident particle.")] = "e+",
    shower: Annotated[
        str, typer.Option("--shower", metavar="NAME", help="Shower model: cascade, montecarlo, geant4 or tsai-whitis.")
    ] = "cascade",
    edges: Annotated[
        str, typer.Option("--edges", metavar="V0,V1,...", help="Bin edges in v = E_total/E0, from 0 to 1.")
    ] = _EDGES,
    density: arg.Density = None,
    settings: arg.Settings = None,
    as_json: arg.Json = False,
) -> None:
    """Track length of positrons in a slab.

    Averages of E T_e/X0 over bins in v, in X0 per unit v.
    Positrons alone (pair_charges=positron) up to v = 1 (v_max) unless set.
    """
    initial = arg.track_energy(energy)
    length = arg.number_between("--thickness", thickness, smallest=_THINNEST, largest=_THICKEST, unit="X0")
    bins, overrides = arg.number_list("--edges", edges), arg.key_values("--set", settings)

    import numpy as np

    from evanesce.errors import InvalidValueError
    from evanesce.particles import Incident
    from evanesce.physics import DEFAULT_PRESET, resolve_physics
    from evanesce.showers import SHOWERS, ShowerSetup
    from evanesce.validation import choice

    particle: Any = choice("--incident", incident, get_args(Incident))
    model = SHOWERS.get(shower)
    if "track_length" in overrides:
        raise InvalidValueError(f"--set track_length={overrides['track_length']}: use --shower here")
    options = resolve_physics(DEFAULT_PRESET, overrides)
    setup = ShowerSetup(
        incident=particle,
        material=arg.target_material(material, density),
        start=0.0,
        stop=length,
        energy_min=initial,
        energy_max=initial,
    )
    with progress() as step:
        step(shower, 0, None)
        result = model.from_options(options).binned(setup, np.array(bins), v_max=options.v_max)
    if as_json:
        write_json(
            {
                "material": setup.material.name,
                "energy_gev": initial,
                "thickness": length,
                "incident": incident,
                "shower": shower,
                "physics": {**options.as_dict(), "track_length": shower},
                "edges": bins,
                "primary": result.primary.tolist(),
                "secondary": result.secondary.tolist(),
                "primary_error": result.primary_error.tolist(),
                "secondary_error": result.secondary_error.tolist(),
                "simulation": result.provenance,
            }
        )
        return
    columns = ("v from", "to", "primary", "error", "secondary", "error")
    averages = (result.primary, result.primary_error, result.secondary, result.secondary_error)
    rows = zip(bins, bins[1:], *(values.tolist() for values in averages), strict=False)
    write_report(
        f"{setup.material.name}, {length:g} X0, {incident} of {initial:g} GeV, {shower}: "
        "positron track length in X0 per unit v",
        Table(columns=columns, rows=list(rows)),
        *(f"{name}: {value}" for name, value in result.provenance.items()),
    )
