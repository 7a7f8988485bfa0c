"""``evanesce serve``: the explorer in a browser."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from evanesce.cli.options import option, whole
from evanesce.cli.output import say
from evanesce.errors import DataFileError

_PORT: Final = 5006
_HIGHEST: Final = 65535
_MOST: Final = 1000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="serve")(_serve)


def _serve(
    port: Annotated[int, option("--port", read=whole(1, _HIGHEST), metavar="P", help="Port to listen on.")] = _PORT,
    address: Annotated[
        str,
        typer.Option(
            "--address",
            metavar="HOST",
            help="Name or address of this computer that others use; by default only you can.",
        ),
    ] = "127.0.0.1",
    sessions: Annotated[
        int, option("--sessions", read=whole(1, _MOST), metavar="N", help="Largest number of open pages.")
    ] = 100,
) -> None:
    """Explore limits in a browser.

    It needs the extra 'web', and nothing from another host. Stop it with Ctrl-C.
    """
    from evanesce.web import serve

    def ready(url: str) -> None:
        say(f"The explorer is at {url} (Ctrl-C stops it)")

    try:
        serve(port, address=address, most_sessions=sessions, ready=ready)
    except OSError as error:
        raise DataFileError(
            f"cannot listen on {address}:{port}: {error.strerror or error}; choose another --port"
        ) from None
