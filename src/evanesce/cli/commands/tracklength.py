"""``evanesce tracklength``: how far positrons of each energy travel in a slab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import Table, write_json, write_report

if TYPE_CHECKING:
    from evanesce.showers import Kernel

_EDGES: Final = "0.5,0.6,0.7,0.8,0.85,0.9,0.925,0.95,0.96,0.97,0.98,0.985,0.99,0.995,0.998,0.999,1"
_COARSE_ORDER: Final = 11
_THINNEST, _THICKEST = 1e-6, 1e6


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="tracklength")(_tracklength)


def _tracklength(
    material: Annotated[str, typer.Argument(metavar="MATERIAL", help="Catalogue or NIST name, or a formula.")],
    energy: Annotated[str, typer.Option("--energy", metavar="GEV", help="Total energy of the incident particle.")],
    thickness: Annotated[str, typer.Option("--thickness", metavar="X0", help="Thickness in radiation lengths.")],
    incident: Annotated[str, typer.Option("--incident", metavar="e+|e-", help="Incident particle.")] = "e+",
    shower: Annotated[
        str, typer.Option("--shower", metavar="NAME", help="Shower model, for instance tsai-whitis.")
    ] = "tsai-whitis",
    edges: Annotated[
        str, typer.Option("--edges", metavar="V0,V1,...", help="Bin edges in v = E_total/E0, from 0 to 1.")
    ] = _EDGES,
    density: arg.Density = None,
    settings: arg.Settings = None,
    as_json: arg.Json = False,
) -> None:
    """Track length of positrons in a slab.

    Averages of E T_e/X0 over bins in v, in X0 per unit v.
    With tsai-whitis, pair_charges is positron and v_max 1 unless set.
    """
    initial = arg.track_energy(energy)
    length = arg.number_between("--thickness", thickness, smallest=_THINNEST, largest=_THICKEST, unit="X0")
    bins, overrides = arg.number_list("--edges", edges), arg.key_values("--set", settings)

    from evanesce.physics import resolve_physics
    from evanesce.showers import SHOWERS, ShowerSetup
    from evanesce.validation import choice

    particle: Any = choice("--incident", incident, ("e+", "e-"))
    SHOWERS.get(shower)
    charges = {"pair_charges": "positron"} if shower == "tsai-whitis" else {}
    options = resolve_physics("converged", {"track_length": shower, **charges, **overrides})
    setup = ShowerSetup(
        incident=particle,
        material=arg.target_material(material, density),
        start=0.0,
        stop=length,
        energy_min=initial,
        energy_max=initial,
    )
    result = SHOWERS.get(options.track_length).from_options(options).track_length(setup)
    primary, primary_error = _averages(result.primary, bins, options.v_max)
    secondary, secondary_error = _averages(result.secondary, bins, options.v_max)
    if as_json:
        write_json(
            {
                "material": setup.material.name,
                "energy_gev": initial,
                "thickness": length,
                "incident": incident,
                "physics": options.as_dict(),
                "edges": bins,
                "primary": primary,
                "secondary": secondary,
                "primary_error": primary_error,
                "secondary_error": secondary_error,
            }
        )
        return
    columns = ("v from", "to", "primary", "error", "secondary", "error")
    rows = zip(bins, bins[1:], primary, primary_error, secondary, secondary_error, strict=False)
    write_report(
        f"{setup.material.name}, {length:g} X0, {incident} of {initial:g} GeV, {options.track_length}: "
        "positron track length in X0 per unit v",
        Table(columns=columns, rows=list(rows)),
    )


def _averages(kernel: Kernel, bins: list[float], v_max: float) -> tuple[list[float], list[float]]:
    """Averages over the bins, and their numerical error: that of the kernel and of the quadrature."""
    import numpy as np

    from evanesce.showers import bin_averages

    edges = np.array(bins)
    values = bin_averages(kernel, edges, v_max=v_max)
    coarse = bin_averages(kernel, edges, v_max=v_max, order=_COARSE_ORDER)
    error = np.abs(values - coarse) + kernel.error * np.abs(values)
    return values.tolist(), error.tolist()
