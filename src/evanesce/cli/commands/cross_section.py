"""``evanesce cross-section``: annihilation, with a photon or without, and bremsstrahlung at one energy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import (
    Energy,
    MaterialOptions,
    MediatorOptions,
    PhysicsSettings,
    argument,
    choice_of,
    grouped,
    option,
)
from evanesce.cli.output import write_json, write_report
from evanesce.errors import InvalidValueError

if TYPE_CHECKING:
    from evanesce.materials import Material
    from evanesce.physics import PhysicsOptions

_PER: Final = {"annihilation": "electron", "isr": "electron", "bremsstrahlung": "formula unit"}
_OPTIONS: Final = {
    "annihilation": ("electrons", "binding", "width"),
    "isr": ("soft_photons",),
    "bremsstrahlung": ("bremsstrahlung", "form_factor"),
}
"""Physics options that a cross section depends on."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="cross-section")(_cross_section)


def _mass(name: str, text: str) -> float:
    from evanesce.prediction.grid import LARGEST_MASS, SMALLEST_MASS

    arg.single_number(name, text)
    return arg.number_between(name, text, smallest=SMALLEST_MASS, largest=LARGEST_MASS, unit="GeV")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """The track and the mediator."""

    energy: Energy
    mass: Annotated[float, option("--mass", read=_mass, metavar="GEV", help="Mass of the mediator.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Radiation:
    """Options that only bremsstrahlung depends on."""

    formula: Annotated[
        str | None,
        typer.Option("--formula", metavar="NAME", help="Bremsstrahlung formula: ww, iww or exact."),
    ] = None
    form_factor: Annotated[
        str | None,
        typer.Option("--form-factor", metavar="NAME", help="Form factor: elastic or elastic+inelastic."),
    ] = None
    min_fraction: Annotated[
        float | None,
        option(
            "--min-fraction",
            read=arg.number,
            metavar="X",
            help="Bremsstrahlung and isr: the mediator takes more than this fraction of the energy.",
        ),
    ] = None

    def named(self) -> dict[str, str]:
        """Return the physics options that were given by name."""
        given = {"bremsstrahlung": self.formula, "form_factor": self.form_factor}
        return {option: value for option, value in given.items() if value is not None}


@grouped
def _cross_section(
    process: Annotated[
        str,
        argument("process", read=choice_of(*_PER), metavar="PROCESS", help="annihilation, isr or bremsstrahlung."),
    ],
    material: MaterialOptions,
    collision: Collision,
    radiation: Radiation,
    mediator: MediatorOptions,
    physics: PhysicsSettings,
    as_json: arg.Json = False,
) -> None:
    """Cross section at epsilon = 1, in pb.

    Annihilation is per electron, which is at rest or bound in the material (then it is the mean over all of them);
    isr is e+e- -> photon + mediator on shell at tree level, per electron at rest, for photons that are not soft;
    bremsstrahlung is per formula unit of the material.
    """
    from evanesce.mediators import dark_matter_name
    from evanesce.production import bremsstrahlung_cross_section
    from evanesce.validation import fraction

    options = _options(process, radiation, physics)
    target = material.find()
    least = fraction("--min-fraction", radiation.min_fraction or 0.0, zero_allowed=True, one_allowed=False)
    chosen = mediator.make()
    if process == "annihilation":
        sigma, error = _annihilation(chosen, collision.energy, collision.mass, target, options)
    elif process == "isr":
        sigma, error = _with_photon(chosen, collision, least, options), 0.0
    else:
        result = bremsstrahlung_cross_section(
            target,
            chosen,
            energy=collision.energy,
            mass=collision.mass,
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
                "energy_gev": collision.energy,
                "mass_gev": collision.mass,
                "min_fraction": least,
                "mediator": mediator.name,
                "alpha_d": chosen.alpha_d,
                "mass_ratio": chosen.mass_ratio,
                "dark_matter": dark_matter_name(chosen),
                "physics": options.as_dict(),
                "sigma_pb": sigma,
                "sigma_error_pb": error,
            }
        )
    else:
        write_report(
            f"{process} of {mediator.name}, {collision.mass:g} GeV, by a track of {collision.energy:g} GeV in "
            f"{target.name}: {sigma:.6g} pb per {_PER[process]} at epsilon = 1 (numerical error {error:.2g} pb)"
        )


def _options(process: str, radiation: Radiation, physics: PhysicsSettings) -> PhysicsOptions:
    """Return the physics options; those without effect on this cross section are refused."""
    if process != "bremsstrahlung":
        given: dict[str, str | float | None] = {"--formula": radiation.formula, "--form-factor": radiation.form_factor}
        if process == "annihilation":  # the mediator takes all of the energy
            given = {"--min-fraction": radiation.min_fraction, **given}
        for name, value in given.items():
            if value is not None:
                raise InvalidValueError(f"{name}: does not apply to {process}; leave it out")
    named, overrides = radiation.named(), physics.overrides
    for name in named.keys() & overrides.keys():
        raise InvalidValueError(f"--set {name}: is given twice; keep --set or the option of its own")
    options = physics.resolve(named)
    for name in overrides:
        if name not in _OPTIONS[process]:
            raise InvalidValueError(f"--set {name}: does not apply to the cross section of {process}")
    return options


def _annihilation(
    mediator: Any, energy: float, mass: float, target: Material, options: PhysicsOptions
) -> tuple[float, float]:
    """Cross section and its error in pb: a closed form for electrons at rest, else their mean."""
    import numpy as np

    from evanesce.constants import PB_CM2
    from evanesce.production import annihilation_cross_section, bound_annihilation

    if options.electrons == "free":
        sigma = annihilation_cross_section(
            mediator, energy=np.asarray(energy), mass=np.asarray(mass), width=options["width"]
        )
        return float(sigma) / PB_CM2, 0.0
    mean = bound_annihilation(
        target,
        mediator,
        energy=energy,
        mass=np.array([mass]),
        binding=options.binding,
        width=options["width"],
    )
    return float(mean.value[0]) / PB_CM2, float(mean.error[0]) / PB_CM2


def _with_photon(mediator: Any, collision: Collision, least: float, options: PhysicsOptions) -> float:
    """Cross section in pb of e⁺e⁻ → γ + mediator."""
    import numpy as np

    from evanesce.constants import ELECTRON_MASS, PB_CM2
    from evanesce.production import collision_s, non_resonant_cross_section

    energy = np.asarray(collision.energy)
    s = collision_s(energy)
    sigma = non_resonant_cross_section(
        mediator,
        energy=energy,
        mass=np.asarray(collision.mass),
        photon_cut=0.5 * options["soft_photons"] * (s - 2.0 * ELECTRON_MASS**2) / np.sqrt(s),
        least_energy=least * collision.energy,
    )
    return float(sigma) / PB_CM2
