"""``evanesce physics``: presets, options and models."""

from __future__ import annotations

import textwrap
from typing import Final

import typer

from evanesce.cli import arguments as arg
from evanesce.cli.describe import describe_kinds
from evanesce.cli.output import Table, write_json, write_report

_WIDTH: Final = 100


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="physics")(_physics)


def _physics(as_json: arg.Json = False) -> None:
    """Presets and options of the physics.

    Also lists the available mediators, processes, showers, sources, backgrounds and criteria.
    """
    from evanesce.physics import DEFAULT_PRESET, PRESETS, describe_options

    options, kinds = describe_options(), describe_kinds()
    if as_json:
        write_json(
            {
                "default_preset": DEFAULT_PRESET,
                "presets": list(PRESETS),
                "options": [
                    {"name": option.name, "presets": option.presets, "allowed": option.allowed, "about": option.help}
                    for option in options
                ],
                **{kind: [{"name": name, "about": about} for name, about in found] for kind, found in kinds.items()},
            }
        )
        return
    rows = [(option.name, *option.presets.values()) for option in options]
    write_report(
        f"Presets of --physics; the default is {DEFAULT_PRESET}. --set KEY=VALUE changes one option of it.",
        Table(columns=("option", *PRESETS), rows=rows),
        "options\n" + _listed([(option.name, f"{option.help} Values: {option.allowed}.") for option in options]),
        *(f"{kind}\n{_listed(found)}" for kind, found in kinds.items()),
    )


def _listed(entries: list[tuple[str, str]]) -> str:
    """Names and their meanings, wrapped."""
    width = max(len(name) for name, _ in entries) + 4
    return "\n".join(
        textwrap.fill(
            about,
            _WIDTH,
            initial_indent=f"  {name}".ljust(width),
            subsequent_indent=" " * width,
            break_on_hyphens=False,
        )
        for name, about in entries
    )
