"""Time of the explorer on the server: a new page, and each move of a page that is open, at 400 masses.

Run with `make bench`. A move is a choice, its limit, and all changes of the page that go to the browser. Aims: 50 ms
for what only rescales, 100 ms for α_D and mass ratio, 300 ms for the cut. Measured on one core of a busy machine: 0.2 s
for a page; 12 to 25 ms, 9 to 30 ms and 50 ms for the moves, and 34 ms for the background with Feldman-Cousins.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from bokeh.document import Document

from evanesce.web.model import Model
from evanesce.web.page import Page
from evanesce.web.state import State

pytestmark = pytest.mark.filterwarnings("ignore")
START = State(physics="converged", thermal=False, background=50.0)
MOVES: dict[str, list[dict[str, Any]]] = {
    "luminosity": [{"exposure": 0.5 + 0.01 * i} for i in range(50)],
    "background": [{"background": 20.5 + i} for i in range(50)],
    "observed": [{"observed": (20.0 + i,)} for i in range(50)],
    "alpha_d": [{"alpha_d": 1e-3 * 1.05**i} for i in range(50)],
    "mass_ratio": [{"mass_ratio": 2.5 + 0.03 * i} for i in range(50)],
    "cut": [{"cut": 0.8 + 0.003 * i} for i in range(50)],
}


@pytest.fixture(scope="module")
def model() -> Model:
    """What all pages share."""
    return Model()


def opened(model: Model, state: State) -> Page:
    """A page with a document, as a server has it."""
    page = Page(state, model, pools=None, later=lambda act: act())
    page.view.server_doc(Document(), location=False)
    return page


def test_a_new_page(benchmark: Any, model: Model) -> None:
    model.answer(START)
    page = benchmark.pedantic(opened, args=(model, START), rounds=10, warmup_rounds=2)
    assert page.state == START


@pytest.mark.parametrize("rule", ["cls", "feldman-cousins"])
@pytest.mark.parametrize("name", MOVES)
def test_a_move(benchmark: Any, model: Model, name: str, rule: str) -> None:
    page = opened(model, START.but(criterion=rule))
    start = 0 if rule == "cls" else 25  # no value twice: its rates would be kept
    moves: Iterator[dict[str, Any]] = iter(MOVES[name][start:])

    def move() -> None:
        page.choose(**next(moves))

    benchmark.pedantic(move, rounds=15, warmup_rounds=2)
    assert page._answer is not None
    assert page._answer.state == page.state


def test_a_change_of_criterion(benchmark: Any, model: Model) -> None:
    """To CLs and back, with another luminosity each time; two moves."""
    page = opened(model, START)
    moves = itertools.count(1)

    def there_and_back() -> None:
        page.choose(criterion="cls", exposure=0.5 + 0.01 * next(moves))
        page.choose(criterion="events-3")

    benchmark.pedantic(there_and_back, rounds=15, warmup_rounds=2)
    assert page.state.criterion == "events-3"
