"""The application: every module of ``commands/`` adds its own commands to it."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer
from typer.main import get_command

from evanesce.cli import commands
from evanesce.cli.group import show_help
from evanesce.cli.options import choice_of, option
from evanesce.cli.output import write
from evanesce.errors import InvalidValueError

__all__ = ["build", "run"]

# BadParameter, UsageError, ClickException: newer versions of typer contain their own copy of click
_USAGE_ERROR: Final[type[Exception]] = typer.BadParameter.__mro__[2]
_REPEATABLE: Final = ("--axis", "--before", "--card", "--constraint", "--observed", "--select", "--set")
_PROGRAM: Final = "evanesce"
_SHELL: Final[Any] = importlib.import_module("typer.completion")  # its type stubs do not export the functions
_SHELLS: Final = ("bash", "zsh", "fish", "powershell")
_INSTALLED: Final = _SHELLS[:3]
"""Shells that read completion from a file of the user; powershell would need a change of its policy."""


def run(argv: Sequence[str] | None) -> int:
    """Run the command of ``argv`` and return its exit code; wrong usage raises an :class:`InvalidValueError`."""
    command: Any = get_command(build())
    arguments = list(sys.argv[1:] if argv is None else argv)
    _refuse_repeated(arguments)
    try:
        outcome = command.main(args=arguments, prog_name=_PROGRAM, standalone_mode=False)
    except _USAGE_ERROR as error:
        raise InvalidValueError(_message(error)) from None
    return outcome if isinstance(outcome, int) else 0


def _refuse_repeated(arguments: Sequence[str]) -> None:
    """Refuse an option given twice; click would silently take the last one."""
    names = [argument.partition("=")[0] for argument in arguments if argument.startswith("--")]
    for name in names:
        if names.count(name) > 1 and name not in _REPEATABLE:
            raise InvalidValueError(f"{name} is given twice; keep one")


def build() -> typer.Typer:
    """Make the application; each module of ``commands/`` has a function ``register(app)``."""
    _SHELL.completion_init()
    app = typer.Typer(
        add_completion=False,  # our own options name the shell and guess nothing
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_evanesce)
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{module.name}").register(app)
    return app


def _evanesce(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version.")
    ] = False,
    completion: Annotated[
        str | None,
        option(
            "--show-completion",
            read=choice_of(*_SHELLS),
            metavar="SHELL",
            is_eager=True,
            callback=_completion,
            help='Print the completion script for bash, zsh, fish or powershell: eval "$(evanesce --show-completion '
            'bash)".',
        ),
    ] = None,
    installation: Annotated[
        str | None,
        option(
            "--install-completion",
            read=choice_of(*_INSTALLED),
            metavar="SHELL",
            is_eager=True,
            callback=_install,
            help="Install completion for bash, zsh or fish in your home folder.",
        ),
    ] = None,
) -> None:
    """Sensitivity of searches for light dark matter in which a positron or electron vanishes in a calorimeter.

    Start with 'evanesce limit belle2'. The available choices are listed by 'evanesce experiments list',
    'evanesce physics' and 'evanesce materials'.
    """
    del version, completion, installation
    show_help(context)


def _version(wanted: bool) -> None:
    if wanted:
        from evanesce import __version__

        write(f"evanesce {__version__}\n")
        raise typer.Exit


def _completion(shell: str | None) -> None:
    if shell:
        variable = f"_{_PROGRAM.upper()}_COMPLETE"
        write(_SHELL.get_completion_script(prog_name=_PROGRAM, complete_var=variable, shell=shell) + "\n")
        raise typer.Exit


def _install(shell: str | None) -> None:
    if shell:
        variable = f"_{_PROGRAM.upper()}_COMPLETE"
        _, path = _SHELL.install(prog_name=_PROGRAM, complete_var=variable, shell=shell)
        write(f"Completion for {shell} is in {path}; a new terminal has it.\n")
        raise typer.Exit


def _message(error: Any) -> str:
    """Convert an error of click into one line that points to the right help page."""
    text = " ".join(str(error.format_message()).split()).rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "evanesce"
    return f"{text[:1].lower()}{text[1:]} (see '{path} --help')"
