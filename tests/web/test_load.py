"""Many pages at once, and many cards after each other."""

import gc
import resource
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evanesce.web.model import Model
from evanesce.web.state import State

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
QUICK = "physics=converged&thermal=no&points=100"


def test_fifty_visitors_ask_at_once(server):
    """Each fetches the page, then curves for ten values of α_D as files; none is lost, half come within a second."""
    server.site.model.answer(State.from_query(QUICK))

    def fetch(path):
        for _ in range(100):
            try:
                with urllib.request.urlopen(server.url + path, timeout=60) as answer:  # noqa: S310 - our own server
                    return answer.read()
            except urllib.error.HTTPError as refused:
                if refused.code != 503:  # 503 says that too many files are made at this moment: asked again
                    raise
                time.sleep(0.2)
        raise AssertionError("never served")

    def visit(number):
        fetch("")
        seconds = []
        for step in range(10):
            start = time.perf_counter()
            text = fetch(f"files/limit.csv?{QUICK}&alpha_d={1e-4 * (1 + number + 50 * step)!r}")
            seconds.append(time.perf_counter() - start)
            assert len(text.splitlines()) > 100
        return seconds

    with ThreadPoolExecutor(50) as visitors:
        seconds = np.concatenate(list(visitors.map(visit, range(50))))
    assert len(seconds) == 500
    assert np.median(seconds) < 1.0, f"median {np.median(seconds):.2f} s, longest {seconds.max():.2f} s"


def test_memory_stays_flat_over_many_cards():
    """After the stores are full, another 600 cards take less than 10 MB more at the peak."""
    model = Model()

    def cards(first, last):
        for number in range(first, last):
            model.answer(State(physics="published", thermal=False, points=50, cut=0.5 + 0.0004 * number))
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0

    full = cards(0, 400)
    assert cards(400, 1000) < full + 10.0
