"""Groups of commands, as ``evanesce experiments``; a group without a command shows its help."""

from __future__ import annotations

import typer

from evanesce.cli.output import write

__all__ = ["command_group", "show_help"]


def command_group(about: str) -> typer.Typer:
    """Make a group of commands with a help text."""
    group = typer.Typer(help=about, invoke_without_command=True)
    group.callback()(show_help)
    return group


def show_help(context: typer.Context) -> None:
    """Show the help of a group that was called without a command."""
    if context.invoked_subcommand is None:
        write(context.get_help() + "\n")
