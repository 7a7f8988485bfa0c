"""``evanesce constraints add`` and ``remove``: curves of the user."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.options import choice_of, grouped, names_of_own_constraints, option
from evanesce.cli.output import say, write_json, write_report
from evanesce.errors import InvalidValueError

__all__ = ["add", "remove"]

_UNITS: Final = ("eV", "keV", "MeV", "GeV", "TeV")
_QUANTITIES: Final = ("epsilon", "epsilon2", "y")
_ABSCISSAE: Final = ("mediator", "dark-matter")
_MOST_COLUMNS: Final = 1000


def _two_columns(name: str, text: str) -> tuple[int, int]:
    """Read MASS,LIMIT.

    >>> _two_columns("--columns", "1,3")
    (1, 3)
    """
    parts = text.split(",")
    if len(parts) != 2:
        raise InvalidValueError(f"{name} '{text}': must be the numbers of two columns, as 1,2")
    first, second = (arg.whole_number(name, part.strip(), smallest=1, largest=_MOST_COLUMNS) for part in parts)
    return first, second


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What the numbers of the file are."""

    quantity: Annotated[
        str | None,
        option("--quantity", read=choice_of(*_QUANTITIES), metavar="epsilon|epsilon2|y", help="What is limited."),
    ] = None
    mass_unit: Annotated[
        str | None, option("--mass-unit", read=choice_of(*_UNITS), metavar="MeV|GeV", help="Unit of the masses.")
    ] = None
    abscissa: Annotated[
        str | None,
        option("--abscissa", read=choice_of(*_ABSCISSAE), metavar="mediator|dark-matter", help="Whose mass it is."),
    ] = None
    confidence_level: Annotated[
        float | None, option("--confidence-level", read=arg.number, metavar="CL", help="Of the limit, as 0.9.")
    ] = None
    observed: Annotated[bool, typer.Option("--observed", help="The limit is from data.")] = False
    projected: Annotated[bool, typer.Option("--projected", help="The limit is expected, or a projection.")] = False
    alpha_d: Annotated[
        float | None, option("--alpha-d", read=arg.number, metavar="A", help="alpha_D that the curve holds for.")
    ] = None
    mass_ratio: Annotated[
        float | None, option("--mass-ratio", read=arg.number, metavar="R", help="m/m_chi that it holds for.")
    ] = None

    def conventions(self) -> Any:
        """Return them as the library takes them."""
        from evanesce.constraints import Conventions

        if self.observed and self.projected:
            raise InvalidValueError("--observed, --projected: exclude each other; keep one")
        return Conventions(
            quantity=self.quantity,
            mass_unit=self.mass_unit,
            abscissa=self.abscissa,
            confidence_level=self.confidence_level,
            kind="measurement" if self.observed else "projection" if self.projected else None,
            alpha_d=self.alpha_d,
            mass_ratio=self.mass_ratio,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Where a curve comes from, and what it holds for."""

    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Title in figures.")] = None
    reference: Annotated[str | None, typer.Option("--reference", metavar="TEXT", help="Journal, arXiv number.")] = None
    source: Annotated[
        str | None, typer.Option("--source", metavar="TEXT", help="Where the numbers are from: figure, table, URL.")
    ] = None
    mediator: Annotated[str | None, typer.Option("--mediator", metavar="NAME", help="[default: dark-photon]")] = None
    dark_matter: Annotated[
        str | None,
        typer.Option("--dark-matter", metavar="NAME", help="any, dirac, pseudo-dirac, scalar, majorana, unstated."),
    ] = None
    scaling: Annotated[
        str | None,
        typer.Option("--scaling", metavar="NAME", help="epsilon, epsilon4-alpha_d or none; see docs/constraints.md."),
    ] = None
    luminosity: Annotated[
        float | None, option("--luminosity", read=arg.number, metavar="L", help="Of the data, in 1/ab.")
    ] = None

    def given(self) -> Any:
        """Return what was given."""
        from evanesce.mediators import MEDIATORS

        if self.mediator is not None:
            MEDIATORS.get(self.mediator)
        named = ("title", "reference", "source", "mediator", "dark_matter", "scaling", "luminosity")
        return {name: getattr(self, name) for name in named if getattr(self, name) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the file is read."""

    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="MASS,LIMIT", help="Numbers of the two columns, from 1."),
    ] = None
    sort: Annotated[bool, typer.Option("--sort", help="Sort points that are not in order of their masses.")] = False
    unusual: Annotated[
        bool, typer.Option("--unusual", help="Accept masses and epsilon outside the reach of accelerators.")
    ] = False


@grouped
def add(
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV of any kind, or YAML of HEPData.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Name of the curve from now on.")],
    numbers: Numbers,
    about: About,
    reading: Reading,
    as_json: arg.Json = False,
) -> None:
    """Keep a curve of your own, from WebPlotDigitizer, HEPData or any table.

    What the file does not say must be given, or is asked for on a terminal; what contradicts it is refused.
    """
    from evanesce.constraints import Wanted, add_constraint

    wanted = Wanted(
        conventions=numbers.conventions(),
        columns=None if reading.columns is None else _two_columns("--columns", reading.columns),
        sort=reading.sort,
        unusual=reading.unusual,
        about=about.given(),
    )
    curve, path = add_constraint(file, name=name, wanted=wanted, ask=_ask if _on_terminal() else None)
    if as_json:
        kept = {key: value for key, value in asdict(curve).items() if key not in ("masses", "epsilons")}
        write_json({**kept, "mass_gev": curve.masses, "epsilon": curve.epsilons, "file": str(path)})
        return
    facts = dict(curve.facts())
    shown = ("kind", "published as", "points", "smallest epsilon", "alpha_d", "mass_ratio", "notes")
    write_report("\n".join(f"{key}: {facts[key]}" for key in shown if facts[key] not in (None, "")))
    say(f"kept as '{name}' in {path}")


def remove(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="Name of a curve of your own.", autocompletion=names_of_own_constraints),
    ],
) -> None:
    """Remove a curve of your own."""
    from evanesce.constraints import remove_constraint

    say(f"removed {remove_constraint(name)}")


def _on_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


_ASKED: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "quantity": ("What is limited?", _QUANTITIES),
    "mass_unit": ("Unit of the masses?", _UNITS),
    "abscissa": ("Whose mass?", _ABSCISSAE),
    "confidence_level": ("Confidence level, as 0.9?", ()),
    "kind": ("Observed or projected?", ("observed", "projected")),
    "alpha_d": ("alpha_D?", ()),
    "mass_ratio": ("m/m_chi?", ()),
}


def _ask(name: str) -> Any:
    """Ask on the terminal until the answer is possible."""
    question, allowed = _ASKED[name]
    shown = f" [{', '.join(allowed)}]" if allowed else ""
    while True:
        sys.stderr.write(f"{question}{shown} ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer:
            raise InvalidValueError(f"{question} There is no answer; give the option")
        try:
            if allowed:
                chosen = choice_of(*allowed)("answer", answer.strip())
                return {"observed": "measurement", "projected": "projection"}.get(chosen, chosen)
            return arg.number("answer", answer.strip())
        except InvalidValueError as error:
            say(str(error))
