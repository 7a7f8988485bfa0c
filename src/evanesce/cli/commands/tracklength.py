"""``evanesce tracklength``: track length of positrons, or of photons, in a slab."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import Density, Energy, choice_of, grouped, material_names, option, whole
from evanesce.cli.output import Table, progress, say, write_json, write_report
from evanesce.errors import InvalidValueError, UnknownNameError

if TYPE_CHECKING:
    from evanesce.physics import PhysicsOptions
    from evanesce.showers import BinnedTrackLength, ShowerSetup

_EDGES: Final = "0.5,0.6,0.7,0.8,0.85,0.9,0.925,0.95,0.96,0.97,0.98,0.985,0.99,0.995,0.998,0.999,1"
_MOST: Final = 10_000
_THICKNESS: Final = partial(arg.number_between, smallest=1e-6, largest=1e6, unit="X0")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="tracklength")(_tracklength)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A slab of a material with layers before it, or the calorimeter of an experiment."""

    name: Annotated[
        str,
        typer.Argument(
            metavar="MATERIAL|EXPERIMENT",
            help="Name of a material or a formula, or of an experiment or its card, for its calorimeter.",
            autocompletion=material_names,
        ),
    ]
    density: Density = None
    thickness: Annotated[
        float | None,
        option("--thickness", read=_THICKNESS, metavar="X0", help="Thickness of a material in radiation lengths."),
    ] = None
    before: Annotated[
        list[str] | None,
        typer.Option(
            "--before",
            metavar="MATERIAL:X0",
            help="A layer before the slab: its material and thickness; repeatable, from the front on.",
        ),
    ] = None
    card: arg.Card = None

    def slab(self, beam: Beam, options: PhysicsOptions) -> ShowerSetup:
        """Return the slab with the layers before it, and the incident particle."""
        from evanesce.showers import ShowerSetup

        try:
            material = arg.target_material(self.name, self.density)
        except UnknownNameError as error:
            return self._of_experiment(beam, options, error)
        if self.card:
            raise InvalidValueError(f"--card: belongs to an experiment, but {material.name} is a material")
        if self.thickness is None:
            raise InvalidValueError("--thickness: is missing; give the thickness of the slab in X0")
        incident: Any = beam.incident or "e+"
        return ShowerSetup(
            incident=incident,
            material=material,
            start=0.0,
            stop=self.thickness,
            energy_min=beam.energy,
            energy_max=beam.energy,
            before=tuple(arg.layer("--before", text) for text in self.before or ()),
        )

    def _of_experiment(self, beam: Beam, options: PhysicsOptions, unknown: UnknownNameError) -> ShowerSetup:
        """Return the calorimeter of an experiment; ``unknown`` is raised for a name that is none."""
        from evanesce.experiments import experiment, experiment_names

        if self.name not in experiment_names() and not self.name.endswith((".yaml", ".yml")):
            raise unknown
        for name, value in (("--thickness", self.thickness), ("--before", self.before)):
            if value is not None:
                raise InvalidValueError(f"{name}: belongs to a material, but {self.name} is an experiment; use --card")
        parts = experiment(self.name, arg.card_changes(self.card)).channel.setups(options)
        # the deepest part behind all layers, also those that not every track crosses
        found = max((setup for _, setup in parts), key=lambda setup: len(setup.before)).slab()
        incident: Any = beam.incident or found.incident
        return replace(found, incident=incident, energy_min=beam.energy, energy_max=beam.energy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """The incident particle, and what to show of its shower."""

    energy: Energy
    incident: Annotated[
        str | None,
        option(
            "--incident",
            read=choice_of("e+", "e-", "gamma"),
            metavar="e+|e-|gamma",
            help="Incident particle; e+ if not given, or that of the experiment.",
        ),
    ] = None
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
    layer: Annotated[
        int | None,
        option("--layer", read=whole(1, _MOST), metavar="N", help="Only layer N, 1 being the first; all if left out."),
    ] = None

    def chosen(self, stack: ShowerSetup) -> ShowerSetup:
        """Return the stack up to the chosen layer."""
        count = len(stack.before) + 1
        if self.layer is not None and self.layer > count:
            raise InvalidValueError(f"--layer = {self.layer}: must be at most {count}, the number of layers")
        return stack if self.layer is None else stack.layer(self.layer - 1)


@grouped
def _tracklength(matter: Matter, beam: Beam, settings: arg.Settings = None, as_json: arg.Json = False) -> None:
    """Track length of positrons or photons in layers.

    E T_e/X0 in X0 per unit v, averaged over bins in v, the energy of the particle over the incident energy. Positrons
    only, up to v = 1, unless --of gamma asks for photons or --set changes pair_charges or v_max. In layers, X0 is that
    of the layer's own material.
    """
    bins, overrides = arg.number_list("--edges", beam.edges), arg.key_values("--set", settings)

    import numpy as np

    from evanesce.physics import DEFAULT_PRESET, resolve_physics
    from evanesce.showers import SHOWERS, binned_layers

    model = SHOWERS.get(beam.shower)
    if "track_length" in overrides:
        raise InvalidValueError(f"--set track_length={overrides['track_length']}: use --shower here")
    options = resolve_physics(DEFAULT_PRESET, overrides)
    read = {"v_max", *(own.name for own in getattr(model, "OPTIONS", ()))}
    notes = [f"{name} changes nothing in the track length of {beam.shower}" for name in overrides if name not in read]
    setup = beam.chosen(matter.slab(beam, options))
    with progress() as step:
        step(beam.shower, 0, None)
        of: Any = beam.of
        every = binned_layers(model.from_options(options), setup, np.array(bins), v_max=options.v_max, of=of)
    layers = [(setup.layer(k), result) for k, result in enumerate(every)]
    if beam.layer is not None:
        layers = layers[-1:]
    if as_json:
        about = {"physics": {**options.as_dict(), "track_length": beam.shower}, **_about(beam, setup, bins)}
        before = [_as_dict(*each) for each in layers[:-1]]
        simulation = {"before": before, "simulation": layers[-1][1].provenance}
        write_json({**about, **_as_dict(*layers[-1]), **simulation, "notes": notes})
        return
    for note in notes:
        say(f"warning: {note}")
    provenance = (f"{name}: {value}" for name, value in every[-1].provenance.items())
    write_report(*(part for each in layers for part in _table(beam, *each)), *provenance)


def _table(beam: Beam, setup: ShowerSetup, result: BinnedTrackLength) -> tuple[str, Table]:
    columns = ("v from", "to", "primary", "error", "secondary", "error")
    averages = (result.primary, result.primary_error, result.secondary, result.secondary_error)
    bins = result.edges.tolist()
    rows = zip(bins, bins[1:], *(values.tolist() for values in averages), strict=False)
    layers = [f"{material.name} {thickness:g} X0" for material, thickness in setup.before]
    layers += [f"upstream {setup.start:g} X0"] if setup.start > 0 else []
    behind = f" behind {', '.join(layers)}" if layers else ""
    return (
        f"{setup.material.name}, {setup.stop - setup.start:g} X0{behind}, {setup.incident} of {beam.energy:g} GeV, "
        f"{beam.shower}: {'photon' if beam.of == 'gamma' else 'positron'} track length in X0 per unit v",
        Table(columns=columns, rows=list(rows)),
    )


def _about(beam: Beam, setup: ShowerSetup, bins: list[float]) -> dict[str, Any]:
    return {
        "energy_gev": beam.energy,
        "incident": setup.incident,
        "of": beam.of,
        "shower": beam.shower,
        "edges": bins,
    }


def _as_dict(setup: ShowerSetup, result: BinnedTrackLength) -> dict[str, Any]:
    return {
        "material": setup.material.name,
        "thickness": setup.stop - setup.start,
        "primary": result.primary,
        "secondary": result.secondary,
        "primary_error": result.primary_error,
        "secondary_error": result.secondary_error,
    }
