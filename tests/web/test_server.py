"""How pages are made: in turns, with what is known already, and without losing what comes meanwhile."""

import asyncio
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from bokeh.document import Document

from evanesce.web.model import Model
from evanesce.web.page import Page
from evanesce.web.server import _OneByOne
from evanesce.web.state import State

pytestmark = pytest.mark.filterwarnings("ignore")
STATE = State(physics="published", thermal=False, points=20)


def test_messages_of_open_pages_come_in_between_new_pages():
    """A message that arrives while a page is made is heard before the next page is."""

    async def three_at_once():
        turns, order = _OneByOne(), []

        async def visitor(number):
            await turns.on_session_created(None)
            order.append(number)
            asyncio.get_running_loop().call_soon(order.append, "message")

        await asyncio.gather(*map(visitor, range(3)))
        await asyncio.sleep(0)
        return order

    with ThreadPoolExecutor(1) as thread:  # a driver of browsers may have a loop in this one
        order = thread.submit(asyncio.run, three_at_once()).result()
    assert order == [0, "message", 1, "message", 2, "message"]


def test_a_page_whose_numbers_are_kept_has_them_from_the_start():
    """No thread is asked, so that there may be none; the file that is made next uses the same numbers."""
    model = Model()
    assert not model.knows(STATE)
    answer = model.answer(STATE)
    assert model.knows(STATE)
    assert not model.knows(STATE.but(alpha_d=0.1))
    assert not model.knows(STATE.but(thermal=True))  # the line would have to be computed
    assert model.answer(STATE) is answer
    page = Page(STATE, model, pools=object(), later=pytest.fail)
    assert page._answer is answer
    assert "Coupling ε" in page._read_off.object


def test_answers_reach_a_page_in_the_thread_of_the_server(server, monkeypatch):
    """Sessions may change in this thread only: what another thread adds while one is made can be lost."""
    threads, added, add = [], threading.Event(), Document.add_next_tick_callback

    def watched(document, act):
        threads.append(threading.current_thread())
        added.set()
        return add(document, act)

    monkeypatch.setattr(Document, "add_next_tick_callback", watched)
    with urllib.request.urlopen(f"{server.url}?physics=published&thermal=no&points=21&alpha_d=0.02") as answer:  # noqa: S310 - our own server
        assert b"evanesce explorer" in answer.read()
    assert added.wait(60)
    assert set(threads) == {server.thread}
