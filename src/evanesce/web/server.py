"""The server of the explorer: pages, files, and how many of each."""

from __future__ import annotations

import asyncio
import html
import importlib
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, Final
from urllib.parse import urlencode

from bokeh.application.application import SessionContext
from bokeh.application.handlers.handler import Handler
from bokeh.document import Document
from jinja2 import Environment, Template
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler

from evanesce.errors import EvanesceError
from evanesce.web.controls import part
from evanesce.web.files import FILES, make_file
from evanesce.web.look import style_sheet
from evanesce.web.model import Model
from evanesce.web.page import Page
from evanesce.web.state import State
from evanesce.web.work import Pools, said

__all__ = ["Site", "run"]

panel: Any = importlib.import_module("panel")
"""Most of its functions have no types."""

_TITLE: Final = "evanesce explorer"
_LARGEST_MESSAGE: Final[int] = 2**20
"""Bytes of a message from a browser; a choice takes a few hundred."""
_PAUSE: Final = 0.005
"""Seconds between two new pages, in which messages of others come in."""
_MOST_FILES: Final[int] = 16
"""Files that are made or wait at the same time."""
_REFUSED: Final = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme"
content="light dark"><title>no file</title><p>This file cannot be made: {text}.</p><p><a href="../?{query}">Back</a></p>
"""
_TEMPLATE: Final = """
{% extends base %}
{% block postamble %}
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>
html, body { margin: 0; padding: 0; }
@media (prefers-color-scheme: dark) { html { background: #0d1014; } }
</style>
{% endblock %}
"""


class Site:
    """Everything that the pages of one server share."""

    def __init__(self, *, most_sessions: int, model: Model | None = None) -> None:
        self.model = Model() if model is None else model
        self.pools = Pools()
        self._most = most_sessions
        self._lock = threading.Lock()
        self._open: set[str] = set()
        self.files_waiting = 0

    def warm_up(self) -> None:
        """Prepare the first page before somebody asks for it."""
        first = State()
        self.pools.slow.submit(lambda: (self.model.answer(first), self.model.thermal(first)))

    def page(self) -> Any:
        """Make the page of a new visitor."""
        document = panel.state.curdoc
        document.template = _template()
        identity = document.session_context.id
        with self._lock:
            full = len(self._open) >= self._most
            if not full:
                self._open.add(identity)
        if full:
            text = f"<h1>{_TITLE}</h1><p>All {self._most} places are taken. Close other pages, or try again later.</p>"
            return panel.Column(part(text), stylesheets=[style_sheet("page")], css_classes=["light"])
        document.on_session_destroyed(lambda context: self._closed(context.id))
        state, message = _asked_for(panel.state.session_args)

        loop = IOLoop.current()

        def soon(act: Callable[[], None]) -> None:
            if document.session_context is not None and not document.session_context.destroyed:
                document.add_next_tick_callback(partial(_at_once, document, act) if page.is_empty else act)

        def later(act: Callable[[], None]) -> None:
            # in the thread of the server: an answer that came while the session is being made would be lost
            loop.add_callback(soon, act)

        page = Page(state, self.model, pools=self.pools, later=later, message=message)
        page.connect(document)
        return page.view

    def _closed(self, identity: str) -> None:
        with self._lock:
            self._open.discard(identity)

    @property
    def open_pages(self) -> int:
        """Number of open pages."""
        return len(self._open)


class _OneByOne(Handler):
    """Makes new pages one by one, and answers open ones in between: else fifty new pages would all be made first."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = asyncio.Lock()

    def modify_document(self, doc: Document) -> None:
        """Leave the page as it is."""

    async def on_session_created(self, session_context: SessionContext) -> None:
        """Wait until it is the turn of this page."""
        del session_context
        async with self._turn:
            await asyncio.sleep(_PAUSE)


class FileHandler(RequestHandler):
    """Files of a state: ``files/limit.csv?alpha_d=0.1``."""

    def initialize(self, site: Site) -> None:
        """Receive the site."""
        self._site = site

    async def get(self, name: str) -> None:
        """Make a file in a thread, or say in one line why not."""
        if self._site.files_waiting >= _MOST_FILES:
            self._refuse(503, "too many files are being made; try again in a minute")
            return
        self._site.files_waiting += 1
        try:
            state = State.from_query(self.request.query)
            loop = asyncio.get_running_loop()
            content = await loop.run_in_executor(self._site.pools.slow, make_file, name, self._site.model, state)
        except (EvanesceError, ValueError) as error:
            self._refuse(400, str(error))
            return
        except Exception as error:  # noqa: BLE001 - said in a line, as all others
            self._refuse(500, said(error))
            return
        finally:
            self._site.files_waiting -= 1
        self.set_header("Content-Type", FILES[name].kind)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(content)

    def _refuse(self, code: int, text: str) -> None:
        """Say why there is no file: in the browser this takes the place of the page, so there is a way back."""
        self.set_status(code)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(_REFUSED.format(text=html.escape(text), query=html.escape(self.request.query)))


def make_server(site: Site, port: int, address: str) -> Any:
    """Make the server, which runs with the loop of its thread."""
    pages = panel.io.application.build_applications({"/": site.page}, title=_TITLE, location=False)
    pages["/"].add(_OneByOne())
    return panel.io.server.get_server(
        pages,
        port=port,
        address=address,
        websocket_origin=_origins(address, port),
        show=False,
        start=False,
        verbose=False,
        extra_patterns=[(r"/files/([a-z.-]+)", FileHandler, {"site": site})],
        websocket_max_message_size=_LARGEST_MESSAGE,
        check_unused_sessions_milliseconds=10_000,
        unused_session_lifetime_milliseconds=30_000,
        keep_alive_milliseconds=20_000,
        use_index=False,
    )


def run(port: int, *, address: str, most_sessions: int, ready: Callable[[str], None] | None) -> None:
    """Serve until the process is interrupted."""
    site = Site(most_sessions=most_sessions)
    server = make_server(site, port, address)
    try:
        site.warm_up()
        server.start()
        if ready is not None:
            host = "localhost" if address in ("127.0.0.1", "localhost", "0.0.0.0", "::") else address  # noqa: S104
            ready(f"http://{host}:{server.port}/")
        server.io_loop.start()
    finally:
        server.stop()
        site.pools.stop()


def _asked_for(arguments: Mapping[str, list[bytes]]) -> tuple[State, str]:
    """The state that an address asks for; the first page and a message if it cannot be read."""
    pairs = [(name, value.decode("utf-8", "replace")) for name, values in arguments.items() for value in values]
    try:
        return State.from_query(urlencode(pairs)), ""
    except (EvanesceError, ValueError) as error:
        return State(), f"The address cannot be shown: {error}"


def _at_once(document: Any, act: Callable[[], None]) -> None:
    """Fill a page; the list of its models is made once at the end, not for every text that gets its style sheets."""
    with document.models.freeze():
        act()


@lru_cache(maxsize=1)
def _template() -> Template:
    """Panel's template with our head; ``panel.Template`` would make every part of each page twice."""
    return Environment(autoescape=False).from_string(_TEMPLATE)  # noqa: S701 - Panel escapes what it puts in


def _origins(address: str, port: int) -> list[str]:
    if address in ("127.0.0.1", "localhost"):
        return [f"{host}:{port}" for host in ("localhost", "127.0.0.1")] if port else ["*"]
    return [f"{address}:{port}"]
