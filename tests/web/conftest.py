"""A server of the explorer in a thread, and a real browser without a network."""

import asyncio
import shutil
import threading

import pytest

from evanesce.web.server import Site, make_server


class Server:
    """The explorer on a free port of this computer."""

    def __init__(self, most_sessions=100):
        self.site = Site(most_sessions=most_sessions)
        started = threading.Event()

        def run():
            asyncio.set_event_loop(asyncio.new_event_loop())
            self.server = make_server(self.site, 0, "127.0.0.1")
            self.server.start()
            self.loop = self.server.io_loop
            self.loop.add_callback(started.set)
            self.loop.start()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        assert started.wait(60)
        self.url = f"http://127.0.0.1:{self.server.port}/"

    def stop(self):
        self.loop.add_callback(self.server.stop)
        self.loop.add_callback(self.loop.stop)
        self.thread.join(30)
        self.site.pools.stop()


@pytest.fixture(scope="session")
def server():
    found = Server()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    where = shutil.which("chromium") or shutil.which("chromium-browser")
    if where is None:
        pytest.skip("needs the browser chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=where, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


class Visit:
    """A page in the browser, with what went wrong on it."""

    def __init__(self, browser, server, *, query="", width=1600, scheme="light"):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True
        )
        self.page = self.context.new_page()
        self.errors, self.foreign = [], []
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda asked: self._asked(asked.url, server.url))
        self.page.goto(f"{server.url}?{query}")
        self.page.wait_for_selector("#read-off", timeout=120_000)

    def _asked(self, url, own):
        if not url.startswith((own, own.replace("http", "ws"), "data:", "blob:")):
            self.foreign.append(url)

    def text(self, selector):
        return self.page.locator(selector).inner_text()

    def command(self):
        return self.text("#command")

    def wait_for(self, what):
        """Wait until the command line has a text."""
        self.page.wait_for_function(
            """(what) => { const walk = (root) => { const found = root.querySelector("#command")
              if (found) return found
              for (const one of root.querySelectorAll("*")) if (one.shadowRoot) {
                const inside = walk(one.shadowRoot); if (inside) return inside } return null }
              const found = walk(document); return found && found.textContent.includes(what) }""",
            arg=what,
            timeout=60_000,
        )

    def close(self):
        self.context.close()


@pytest.fixture
def visit(browser, server):
    opened = []

    def open_page(**options):
        opened.append(Visit(browser, server, **options))
        return opened[-1]

    yield open_page
    for one in opened:
        one.close()
