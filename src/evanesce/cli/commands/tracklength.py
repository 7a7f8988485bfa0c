"""``evanesce tracklength``: track length of positrons in a slab."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import Energy, MaterialOptions, choice_of, grouped, option, whole
from evanesce.cli.output import Table, progress, say, write_json, write_report
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.materials import Material
    from evanesce.showers import BinnedTrackLength, ShowerSetup

_EDGES: Final = "0.5,0.6,0.7,0.8,0.85,0.9,0.925,0.95,0.96,0.97,0.98,0.985,0.99,0.995,0.998,0.999,1"
_MOST: Final = 10_000
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
    shower: Annotated[
        str, typer.Option("--shower", metavar="NAME", help="Shower model: cascade, montecarlo, geant4 or tsai-whitis.")
    ] = "cascade"
    edges: Annotated[
        str, typer.Option("--edges", metavar="V0,V1,...", help="Bin edges in v = E_total/E0, from 0 to 1.")
    ] = _EDGES
    before: Annotated[
        list[str] | None,
        typer.Option(
            "--before",
            metavar="MATERIAL:X0",
            help="A layer before the slab: its material and thickness; repeatable, from the front on.",
        ),
    ] = None
    layer: Annotated[
        int | None,
        option("--layer", read=whole(1, _MOST), metavar="N", help="Only layer N, 1 being the first; all if left out."),
    ] = None

    def setup(self, material: Material) -> ShowerSetup:
        """Return the setup of the shower, which ends with the chosen layer."""
        from evanesce.showers import ShowerSetup

        particle: Any = self.incident
        stack = ShowerSetup(
            incident=particle,
            material=material,
            start=0.0,
            stop=self.thickness,
            energy_min=self.energy,
            energy_max=self.energy,
            before=tuple(arg.layer("--before", text) for text in self.before or ()),
        )
        count = len(stack.before) + 1
        if self.layer is not None and self.layer > count:
            raise InvalidValueError(
                f"--layer = {self.layer}: must be at most {count}, the slab behind {count - 1} layers"
            )
        return stack if self.layer is None else stack.layer(self.layer - 1)


@grouped
def _tracklength(
    material: MaterialOptions, slab: Slab, settings: arg.Settings = None, as_json: arg.Json = False
) -> None:
    """Track length of positrons in a slab, and in layers before it.

    E T_e/X0 in X0 per unit v, averaged over bins in v, the energy of the positron over the incident energy. Positrons
    only, up to v = 1, unless --set changes pair_charges or v_max. In layers, X0 is that of the layer's own material.
    """
    bins, overrides = arg.number_list("--edges", slab.edges), arg.key_values("--set", settings)

    import numpy as np

    from evanesce.physics import DEFAULT_PRESET, resolve_physics
    from evanesce.showers import SHOWERS, binned_layers

    model = SHOWERS.get(slab.shower)
    if "track_length" in overrides:
        raise InvalidValueError(f"--set track_length={overrides['track_length']}: use --shower here")
    options = resolve_physics(DEFAULT_PRESET, overrides)
    read = {"v_max", *(own.name for own in getattr(model, "OPTIONS", ()))}
    notes = [f"{name} changes nothing in the track length of {slab.shower}" for name in overrides if name not in read]
    setup = slab.setup(material.find())
    with progress() as step:
        step(slab.shower, 0, None)
        every = binned_layers(model.from_options(options), setup, np.array(bins), v_max=options.v_max)
    layers = [(setup.layer(k), result) for k, result in enumerate(every)]
    if slab.layer is not None:
        layers = layers[-1:]
    if as_json:
        about = {"physics": {**options.as_dict(), "track_length": slab.shower}, **_beam(slab, bins)}
        before = [_as_dict(*each) for each in layers[:-1]]
        simulation = {"before": before, "simulation": layers[-1][1].provenance}
        write_json({**about, **_as_dict(*layers[-1]), **simulation, "notes": notes})
        return
    for note in notes:
        say(f"warning: {note}")
    write_report(*(part for each in layers for part in _table(slab, *each)), *_provenance(every[-1]))


def _table(slab: Slab, setup: ShowerSetup, result: BinnedTrackLength) -> tuple[str, Table]:
    columns = ("v from", "to", "primary", "error", "secondary", "error")
    averages = (result.primary, result.primary_error, result.secondary, result.secondary_error)
    bins = result.edges.tolist()
    rows = zip(bins, bins[1:], *(values.tolist() for values in averages), strict=False)
    behind = f" behind {', '.join(f'{m.name} {x:g} X0' for m, x in setup.before)}" if setup.before else ""
    return (
        f"{setup.material.name}, {setup.stop:g} X0{behind}, {slab.incident} of {slab.energy:g} GeV, {slab.shower}: "
        "positron track length in X0 per unit v",
        Table(columns=columns, rows=list(rows)),
    )


def _provenance(result: BinnedTrackLength) -> list[str]:
    return [f"{name}: {value}" for name, value in result.provenance.items()]


def _beam(slab: Slab, bins: list[float]) -> dict[str, Any]:
    return {"energy_gev": slab.energy, "incident": slab.incident, "shower": slab.shower, "edges": bins}


def _as_dict(setup: ShowerSetup, result: BinnedTrackLength) -> dict[str, Any]:
    return {
        "material": setup.material.name,
        "thickness": setup.stop,
        "primary": result.primary,
        "secondary": result.secondary,
        "primary_error": result.primary_error,
        "secondary_error": result.secondary_error,
    }
