"""``evanesce tracklength``: track length of positrons, or of photons, in a slab."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import Energy, MaterialOptions, choice_of, grouped, option
from evanesce.cli.output import Table, progress, say, write_json, write_report
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.materials import Material
    from evanesce.showers import BinnedTrackLength, ShowerSetup

_EDGES: Final = "0.5,0.6,0.7,0.8,0.85,0.9,0.925,0.95,0.96,0.97,0.98,0.985,0.99,0.995,0.998,0.999,1"
_THICKNESS: Final = partial(arg.number_between, smallest=1e-6, largest=1e6, unit="X0")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="tracklength")(_tracklength)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slab:
    """The incident particle and the slab."""

    energy: Energy
    thickness: Annotated[
        float, option("--thickness", read=_THICKNESS, metavar="X0", help="Thickness in radiation lengths.")
    ]
    incident: Annotated[
        str,
        option("--incident", read=choice_of("e+", "e-", "gamma"), metavar="e+|e-|gamma", help="Incident particle."),
    ] = "e+"
    of: Annotated[
        str,
        option("--of", read=choice_of("e+", "gamma"), metavar="e+|gamma", help="Track length of positrons or photons."),
    ] = "e+"
    shower: Annotated[
        str, typer.Option("--shower", metavar="NAME", help="Shower model: cascade, montecarlo, geant4 or tsai-whitis.")
    ] = "cascade"
    edges: Annotated[
        str, typer.Option("--edges", metavar="V0,V1,...", help="Bin edges in v = E_total/E0, from 0 to 1.")
    ] = _EDGES

    def setup(self, material: Material) -> ShowerSetup:
        """Return the setup of the shower."""
        from evanesce.showers import ShowerSetup

        particle: Any = self.incident
        return ShowerSetup(
            incident=particle,
            material=material,
            start=0.0,
            stop=self.thickness,
            energy_min=self.energy,
            energy_max=self.energy,
        )


@grouped
def _tracklength(
    material: MaterialOptions, slab: Slab, settings: arg.Settings = None, as_json: arg.Json = False
) -> None:
    """Track length of positrons, or of photons, in a slab.

    E T_e/X0 in X0 per unit v, averaged over bins in v, the energy of the particle over the incident energy. Positrons
    only, up to v = 1, unless --of gamma asks for photons or --set changes pair_charges or v_max.
    """
    bins, overrides = arg.number_list("--edges", slab.edges), arg.key_values("--set", settings)

    import numpy as np

    from evanesce.physics import DEFAULT_PRESET, resolve_physics
    from evanesce.showers import SHOWERS

    model = SHOWERS.get(slab.shower)
    if "track_length" in overrides:
        raise InvalidValueError(f"--set track_length={overrides['track_length']}: use --shower here")
    options = resolve_physics(DEFAULT_PRESET, overrides)
    read = {"v_max", *(own.name for own in getattr(model, "OPTIONS", ()))}
    notes = [f"{name} changes nothing in the track length of {slab.shower}" for name in overrides if name not in read]
    setup = slab.setup(material.find())
    with progress() as step:
        step(slab.shower, 0, None)
        of: Any = slab.of
        result = model.from_options(options).binned(setup, np.array(bins), v_max=options.v_max, of=of)
    if as_json:
        about = {"material": setup.material.name, "physics": {**options.as_dict(), "track_length": slab.shower}}
        write_json({**about, **_as_dict(slab, bins, result), "notes": notes})
        return
    for note in notes:
        say(f"warning: {note}")
    columns = ("v from", "to", "primary", "error", "secondary", "error")
    averages = (result.primary, result.primary_error, result.secondary, result.secondary_error)
    rows = zip(bins, bins[1:], *(values.tolist() for values in averages), strict=False)
    write_report(
        f"{setup.material.name}, {slab.thickness:g} X0, {slab.incident} of {slab.energy:g} GeV, {slab.shower}: "
        f"{'photon' if slab.of == 'gamma' else 'positron'} track length in X0 per unit v",
        Table(columns=columns, rows=list(rows)),
        *(f"{name}: {value}" for name, value in result.provenance.items()),
    )


def _as_dict(slab: Slab, bins: list[float], result: BinnedTrackLength) -> dict[str, Any]:
    return {
        "energy_gev": slab.energy,
        "thickness": slab.thickness,
        "incident": slab.incident,
        "of": slab.of,
        "shower": slab.shower,
        "edges": bins,
        "primary": result.primary,
        "secondary": result.secondary,
        "primary_error": result.primary_error,
        "secondary_error": result.secondary_error,
        "simulation": result.provenance,
    }
