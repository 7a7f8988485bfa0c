"""Where the explorer starts: in a notebook, or as a server. Panel is loaded here and not before."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from evanesce.errors import MissingExtraError, install
from evanesce.web.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DEFAULT_PORT", "explorer", "serve"]

DEFAULT_PORT: Final[int] = 5006


def explorer(**choices: Any) -> Any:
    """Show the explorer in a notebook: an object of Panel, which the notebook displays.

    Parameters
    ----------
    **choices
        What is shown first: fields of :class:`evanesce.web.state.State`, as ``experiments=("na64-2019",)``.

    Raises
    ------
    MissingExtraError
        Panel is not installed: the extra ``web``.
    EvanesceError
        A choice that is not allowed.

    Examples
    --------
    >>> import evanesce as ev
    >>> page = ev.explorer(experiments=("na64-2019",), alpha_d=0.1)  # doctest: +SKIP

    """
    return _page().notebook(State(**choices))


def serve(
    port: int = DEFAULT_PORT,
    *,
    address: str = "127.0.0.1",
    most_sessions: int = 100,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the explorer until the process is interrupted.

    Parameters
    ----------
    port
        Number of the port; 0 takes a free one.
    address
        Address to listen on; the default is reached from this computer only.
    most_sessions
        Number of open pages beyond which a visitor is asked to come back later.
    ready
        Called with the address of the page as soon as it can be opened.

    Raises
    ------
    MissingExtraError
        Panel is not installed: the extra ``web``.
    OSError
        The port is taken.

    """
    importlib.import_module(_page().__name__.rpartition(".")[0] + ".server").run(
        port, address=address, most_sessions=most_sessions, ready=ready
    )


def _page() -> Any:
    try:
        return importlib.import_module("evanesce.web.page")
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in ("panel", "bokeh", "param"):
            raise
        raise MissingExtraError(f"the explorer needs {error.name}, which is not installed: {install('web')}") from None
