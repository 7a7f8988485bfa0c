"""Typed options: each has its own reader, and options that belong together are the fields of a dataclass.

A command decorated with :func:`grouped` may take such a dataclass as a parameter; its fields become options of the
command. :func:`option` and :func:`argument` make a field whose text is read by a function of
:mod:`evanesce.cli.arguments`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import partial
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from evanesce.cli import arguments as arg
from evanesce.errors import EvanesceError, InvalidValueError

if TYPE_CHECKING:
    from evanesce.experiments import Experiment
    from evanesce.materials import Material
    from evanesce.physics import PhysicsOptions

__all__ = [
    "Density",
    "Energy",
    "ExperimentName",
    "ExperimentNames",
    "ExperimentOptions",
    "MaterialName",
    "MaterialOptions",
    "MediatorOptions",
    "PhysicsSettings",
    "argument",
    "choice_of",
    "grouped",
    "material_names",
    "names_of_criteria",
    "names_of_experiments",
    "option",
    "whole",
]


def option(*names: str, read: Callable[[str, str], object], metavar: str, help: str, **more: Any) -> Any:  # noqa: A002
    """Make an option whose text is read by ``read(name, text)``, with the first of its names."""
    return typer.Option(*names, parser=_parser(names[0], read), metavar=metavar, help=help, **more)


def argument(name: str, *, read: Callable[[str, str], object], metavar: str, help: str, **more: Any) -> Any:  # noqa: A002
    """Make an argument whose text is read by ``read(name, text)``."""
    return typer.Argument(parser=_parser(name, read), metavar=metavar, help=help, **more)


def whole(smallest: int, largest: int) -> Callable[[str, str], int]:
    """Return a reader of a whole number between two others."""
    return partial(arg.whole_number, smallest=smallest, largest=largest)


def choice_of(*allowed: str) -> Callable[[str, str], str]:
    """Return a reader of one of several words."""

    def read(name: str, text: str) -> str:
        if text not in allowed:
            raise InvalidValueError(f"{name} = '{text}': must be one of {', '.join(allowed)}")
        return text

    return read


def _parser(name: str, read: Callable[[str, str], object]) -> Callable[[Any], object]:
    def parse(text: Any) -> object:
        if not isinstance(text, str):  # a default
            return text
        try:
            return read(name, text)
        except InvalidValueError as error:  # click would treat a ValueError as its own and shorten the message
            raise EvanesceError(str(error)) from None

    return parse


def grouped(function: Callable[..., None]) -> Callable[..., None]:
    """Replace each parameter of ``function`` that is a dataclass by options, one per field."""
    hints = get_type_hints(function, include_extras=True)
    groups = {name: hints[name] for name in signature(function).parameters if is_dataclass(hints[name])}
    parameters: list[Parameter] = []
    for name, parameter in signature(function).parameters.items():
        if name in groups:
            parameters += _fields_of(name, groups[name])
        else:
            parameters.append(parameter.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY))

    @functools.wraps(function)
    def command(**values: Any) -> None:
        for name, cls in groups.items():
            values[name] = cls(**{entry.name: values.pop(f"{name}_{entry.name}") for entry in fields(cls)})
        function(**values)

    command.__signature__ = signature(function).replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


def _fields_of(group: str, cls: Any) -> list[Parameter]:
    hints = get_type_hints(cls, include_extras=True)
    return [
        Parameter(
            f"{group}_{entry.name}",
            Parameter.KEYWORD_ONLY,
            default=Parameter.empty if entry.default is MISSING else entry.default,
            annotation=hints[entry.name],
        )
        for entry in fields(cls)
    ]


def names_of_experiments() -> list[str]:
    """Names of experiments, to complete an argument."""
    from evanesce.experiments import experiment_names

    return list(experiment_names())


def names_of_criteria() -> list[str]:
    """Names of criteria, to complete an option."""
    from evanesce.statistics import criterion_names

    return list(criterion_names())


def names_of_constraints() -> list[str]:
    """Names of published curves and of those of the user, to complete an argument."""
    from evanesce.constraints import constraint_names

    return list(constraint_names())


def names_of_own_constraints() -> list[str]:
    """Names of the user's own curves, to complete an argument."""
    from evanesce.constraints import constraint_names, published_names

    return sorted(set(constraint_names()) - set(published_names()))


def material_names() -> list[str]:
    """Names of materials, to complete an argument."""
    from evanesce.materials import material_names as names

    return list(names())


ExperimentName = Annotated[
    str,
    typer.Argument(
        metavar="EXPERIMENT",
        help="Built-in name ('evanesce experiments list') or path of a YAML card.",
        autocompletion=names_of_experiments,
    ),
]
ExperimentNames = Annotated[
    list[str],
    typer.Argument(
        metavar="EXPERIMENT",
        help="Built-in name or path of a YAML card; several combine.",
        autocompletion=names_of_experiments,
    ),
]
MaterialName = Annotated[
    str,
    typer.Argument(
        metavar="MATERIAL",
        help="Name of the catalogue or of NIST ('evanesce materials'), or a formula.",
        autocompletion=material_names,
    ),
]
Density = Annotated[
    float | None,
    option(
        "--density",
        read=arg.number,
        metavar="G/CM3",
        help="Density; MATERIAL is then a formula, or a mixture as Pb=0.9,C8H8=0.1.",
    ),
]
Energy = Annotated[
    float, option("--energy", read=arg.track_energy, metavar="GEV", help="Total energy of the incident particle.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentOptions:
    """An experiment, and changes to its card."""

    name: ExperimentName
    card: arg.Card = None

    def find(self) -> Experiment:
        """Return the experiment with the changes made."""
        changes = arg.card_changes(self.card)
        from evanesce.experiments import experiment

        return experiment(self.name, changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialOptions:
    """A material by its name, or by its formula and density."""

    name: MaterialName
    density: Density = None

    def find(self) -> Material:
        """Return the material."""
        return arg.target_material(self.name, self.density)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorOptions:
    """A mediator with one coupling to dark matter."""

    name: arg.Mediator = "dark-photon"
    alpha_d: Annotated[
        float,
        option("--alpha-d", read=arg.single_number, metavar="A", help="Dark coupling squared over 4 pi."),
    ] = 1e-3
    mass_ratio: Annotated[
        float,
        option(
            "--mass-ratio", read=arg.single_number, metavar="R", help="Mass of the mediator over that of dark matter."
        ),
    ] = 3.0

    dark_matter: arg.DarkMatterName = None

    def make(self) -> Any:
        """Return the mediator."""
        return arg.mediator(self.name, self.alpha_d, self.mass_ratio, self.dark_matter)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhysicsSettings:
    """A preset, and options that differ from it."""

    preset: arg.Physics = None
    settings: arg.Settings = None

    @property
    def base(self) -> str:
        """Name of the preset."""
        from evanesce.physics import DEFAULT_PRESET

        return DEFAULT_PRESET if self.preset is None else self.preset

    @property
    def overrides(self) -> dict[str, str]:
        """Options that ``--set`` changes."""
        return arg.key_values("--set", self.settings)

    def resolve(self, more: dict[str, str] | None = None) -> PhysicsOptions:
        """Return the physics options, with ``more`` of them changed."""
        from evanesce.physics import resolve_physics

        return resolve_physics(self.base, {**(more or {}), **self.overrides})
