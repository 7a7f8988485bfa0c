"""``evanesce cross-section``: annihilation and bremsstrahlung at one energy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.output import write_json, write_report
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.materials import Material
    from evanesce.physics import PhysicsOptions

_PER: Final = {"annihilation": "electron", "bremsstrahlung": "formula unit"}
_OPTIONS: Final = {"annihilation": ("electrons", "binding"), "bremsstrahlung": ("bremsstrahlung", "form_factor")}
"""Physics options that a cross section depends on."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="cross-section")(_cross_section)


def _cross_section(
    process: Annotated[str, typer.Argument(metavar="PROCESS", help="annihilation or bremsstrahlung.")],
    material: Annotated[str, typer.Argument(metavar="MATERIAL", help="Catalogue or NIST name, or a formula.")],
    energy: Annotated[str, typer.Option("--energy", metavar="GEV", help="Total energy of the track.")],
    mass: Annotated[str, typer.Option("--mass", metavar="GEV", help="Mass of the mediator.")],
    formula: Annotated[
        str | None, typer.Option("--formula", metavar="NAME", help="Bremsstrahlung formula, for instance ww.")
    ] = None,
    form_factor: Annotated[
        str | None, typer.Option("--form-factor", metavar="NAME", help="Form factor, for instance elastic.")
    ] = None,
    mediator: arg.Mediator = "dark-photon",
    alpha_d: arg.AlphaD = "1e-3",
    mass_ratio: arg.MassRatio = "3",
    min_fraction: Annotated[
        str | None,
        typer.Option(
            "--min-fraction",
            metavar="X",
            help="Bremsstrahlung: the mediator takes more than this fraction of the energy.",
        ),
    ] = None,
    density: arg.Density = None,
    physics: arg.Physics = None,
    settings: arg.Settings = None,
    as_json: arg.Json = False,
) -> None:
    """Cross section at epsilon = 1, in pb.

    Annihilation: per electron, at rest or the mean over the bound ones of the material.
    Bremsstrahlung: per formula unit of the material.
    """
    least, overrides = arg.number("--min-fraction", min_fraction or "0"), arg.key_values("--set", settings)

    from evanesce.physics import DEFAULT_PRESET, resolve_physics
    from evanesce.prediction.grid import LARGEST_MASS, SMALLEST_MASS
    from evanesce.production import bremsstrahlung_cross_section
    from evanesce.validation import choice, fraction

    choice("process", process, tuple(_PER))
    initial = arg.track_energy(energy)
    heavy = arg.number_between("--mass", mass, smallest=SMALLEST_MASS, largest=LARGEST_MASS, unit="GeV")
    if process == "annihilation":
        _refuse({"--min-fraction": min_fraction, "--formula": formula, "--form-factor": form_factor})
    given = {"bremsstrahlung": formula, "form_factor": form_factor}
    named = {option: value for option, value in given.items() if value is not None}
    for option in named.keys() & overrides.keys():
        raise InvalidValueError(f"--set {option}: is there twice, keep --set or the option of its own")
    options = resolve_physics(DEFAULT_PRESET if physics is None else physics, {**named, **overrides})
    for option in overrides:
        if option not in _OPTIONS[process]:
            raise InvalidValueError(f"--set {option}: does not apply to the cross section of {process}")
    target = arg.target_material(material, density)
    fraction("--min-fraction", least, zero_allowed=True, one_allowed=False)
    chosen = arg.mediator(mediator, alpha_d, mass_ratio)
    if process == "annihilation":
        sigma, error = _annihilation(chosen, initial, heavy, target, options)
    else:
        result = bremsstrahlung_cross_section(
            target,
            chosen,
            energy=initial,
            mass=heavy,
            min_fraction=least,
            formula=options.bremsstrahlung,
            form_factor=options.form_factor,
        )
        sigma, error = float(result.value), float(result.error)
    if as_json:
        write_json(
            {
                "process": process,
                "material": target.name,
                "per": _PER[process],
                "energy_gev": initial,
                "mass_gev": heavy,
                "min_fraction": least,
                "mediator": mediator,
                "alpha_d": chosen.alpha_d,
                "mass_ratio": chosen.mass_ratio,
                "physics": options.as_dict(),
                "sigma_pb": sigma,
                "sigma_error_pb": error,
            }
        )
    else:
        write_report(
            f"{process} of {mediator}, {heavy:g} GeV, by a track of {initial:g} GeV in {target.name}: "
            f"{sigma:.6g} pb per {_PER[process]} at epsilon = 1 (numerical error {error:.2g} pb)"
        )


def _refuse(options: dict[str, str | None]) -> None:
    """Refuse options of bremsstrahlung; in annihilation the mediator takes all of the energy."""
    for option, value in options.items():
        if value is not None:
            raise InvalidValueError(f"{option}: does not apply to annihilation, leave it out")


def _annihilation(
    mediator: Any, energy: float, mass: float, target: Material, options: PhysicsOptions
) -> tuple[float, float]:
    """Cross section and its error in pb: a closed form for electrons at rest, else their mean."""
    import numpy as np

    from evanesce.constants import PB_CM2
    from evanesce.production import annihilation_cross_section, bound_annihilation

    if options.electrons == "free":
        sigma = annihilation_cross_section(mediator, energy=np.asarray(energy), mass=np.asarray(mass))
        return float(sigma) / PB_CM2, 0.0
    mean = bound_annihilation(target, mediator, energy=energy, mass=np.array([mass]), binding=options.binding)
    return float(mean.value[0]) / PB_CM2, float(mean.error[0]) / PB_CM2
