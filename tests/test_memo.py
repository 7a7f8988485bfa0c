"""Results in memory: bounded, computed once for any number of threads, without deadlock."""

import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from evanesce.errors import InvalidValueError
from evanesce.memo import Memo, memoised

THREADS = 8
SOON = 20.0
"""Seconds after which something that should have happened at once counts as a deadlock."""


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(THREADS) as executor:
        yield executor


def together(pool: ThreadPoolExecutor, *tasks: Callable[[], Any]) -> list[Any]:
    """Results, or exceptions, of tasks that start at the same time."""
    barrier = threading.Barrier(len(tasks))

    def start(task: Callable[[], Any]) -> Any:
        barrier.wait(SOON)
        try:
            return task()
        except ValueError as error:
            return error

    return [future.result(SOON) for future in [pool.submit(start, task) for task in tasks]]


def test_one_computation_for_all_threads(pool: ThreadPoolExecutor) -> None:
    memo: Memo[object] = Memo(4)
    calls: list[int] = []

    def slow() -> object:
        calls.append(1)
        time.sleep(0.05)
        return object()

    results = together(pool, *[lambda: memo.get("key", slow)] * THREADS)
    assert len(calls) == 1
    assert all(result is results[0] for result in results)


def test_other_keys_do_not_wait(pool: ThreadPoolExecutor) -> None:
    """Each of two computations ends only when both run: one lock for all keys would never get there."""
    memo: Memo[int] = Memo(4)
    both = threading.Barrier(2)
    assert together(
        pool,
        lambda: memo.get("a", lambda: both.wait(SOON) * 0 + 1),
        lambda: memo.get("b", lambda: both.wait(SOON) * 0 + 2),
    ) == [1, 2]


def test_the_least_recently_used_goes() -> None:
    memo: Memo[str] = Memo(2)
    for key in ("a", "b", "a", "c"):
        memo.get(key, lambda: "old")
    assert len(memo) == 2
    assert [memo.get(key, lambda: "new") for key in ("a", "c", "b")] == ["old", "old", "new"]


def test_an_exception_is_not_kept(pool: ThreadPoolExecutor) -> None:
    """The first two of eight fail, each with an error of its own; the third computes for the rest."""
    memo: Memo[str] = Memo(4)
    calls = iter(range(THREADS))

    def twice_failing() -> str:
        number = next(calls)
        time.sleep(0.01)
        if number < 2:
            raise ValueError(f"failure {number}")
        return f"value {number}"

    results = together(pool, *[lambda: memo.get("key", twice_failing)] * THREADS)
    assert sorted(str(result) for result in results if isinstance(result, ValueError)) == ["failure 0", "failure 1"]
    assert [result for result in results if not isinstance(result, ValueError)] == ["value 2"] * (THREADS - 2)


def test_threads_that_need_each_other(pool: ThreadPoolExecutor) -> None:
    """A needs B while B needs A, in two memos: the thread that would close the cycle computes instead of waiting."""
    first: Memo[int] = Memo(4)
    second: Memo[int] = Memo(4)
    both = threading.Barrier(2)

    def a() -> int:
        both.wait(SOON)
        return second.get("b", lambda: 20) + 1

    def b() -> int:
        both.wait(SOON)
        return first.get("a", lambda: 10) + 1

    results = together(pool, lambda: first.get("a", a), lambda: second.get("b", b))
    assert results in ([21, 22], [12, 11])  # as b, or a, was computed inside the other


def test_a_ring_of_three_threads(pool: ThreadPoolExecutor) -> None:
    memo: Memo[int] = Memo(4)
    all_three = threading.Barrier(3)

    def compute(number: int, deep: bool) -> int:
        if not deep:
            return number
        all_three.wait(SOON)
        return memo.get((number + 1) % 3, lambda: compute((number + 1) % 3, False))

    results = together(pool, *[lambda n=n: memo.get(n, lambda: compute(n, True)) for n in range(3)])
    assert all(isinstance(result, int) for result in results)


def test_a_key_that_asks_for_itself_is_computed_within() -> None:
    memo: Memo[int] = Memo(4)
    assert memo.get("a", lambda: memo.get("a", lambda: 1) + 1) == 2


def test_clearing_while_something_runs(pool: ThreadPoolExecutor) -> None:
    memo: Memo[str] = Memo(4)
    started, cleared = threading.Event(), threading.Event()

    def old() -> str:
        started.set()
        assert cleared.wait(SOON)
        return "old"

    running = pool.submit(memo.get, "key", old)
    assert started.wait(SOON)
    memo.clear()
    assert memo.get("key", lambda: "new") == "new"
    cleared.set()
    assert running.result(SOON) == "old"
    assert memo.get("key", lambda: "newer") == "new"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # threads and fork are the point here
def test_a_forked_process_does_not_wait_for_threads_it_has_not(pool: ThreadPoolExecutor) -> None:
    memo: Memo[str] = Memo(4)
    started, end = threading.Event(), threading.Event()

    def slow() -> str:
        started.set()
        assert end.wait(SOON)
        return "parent's"

    running = pool.submit(memo.get, "key", slow)
    assert started.wait(SOON)
    child = os.fork()
    if child == 0:
        os._exit(0 if memo.get("key", lambda: "child's") == "child's" else 1)
    end.set()
    assert os.waitpid(child, 0)[1] == 0
    assert running.result(SOON) == "parent's"


@memoised(maxsize=2)
def described(number: int, *, unit: str = "cm") -> list[str]:
    """Return a new list each time it runs."""
    return [f"{number} {unit}"]


def test_decorator_behaves_as_lru_cache_does() -> None:
    described.cache_clear()
    assert described(1) is described(1)
    assert described(1, unit="mm") is not described(1)
    assert described(1, unit="mm") == ["1 mm"]
    kept = described(1)
    described.cache_clear()
    assert described(1) is not kept
    assert described.__wrapped__(1) is not described(1)
    assert pickle.dumps(described)  # by its name, for processes of their own


def test_decorated_function_runs_once(pool: ThreadPoolExecutor) -> None:
    calls: list[int] = []

    @memoised(maxsize=4)
    def slow(value: int) -> object:
        calls.append(value)
        time.sleep(0.05)
        return object()

    results = together(pool, *[lambda: slow(3)] * THREADS)
    assert calls == [3]
    assert len(set(map(id, results))) == 1


@pytest.mark.parametrize("size", [-1, float("nan")])
def test_maxsize_is_not_negative(size: Any) -> None:
    with pytest.raises(InvalidValueError, match="must be 0 or more"):
        Memo(size)


def test_without_room_those_who_ask_together_share(pool: ThreadPoolExecutor) -> None:
    memo: Memo[object] = Memo(0)
    calls: list[int] = []

    def slow() -> object:
        calls.append(1)
        time.sleep(0.1)
        return object()

    assert len(set(map(id, together(pool, *[lambda: memo.get("key", slow)] * THREADS)))) == 1
    assert (len(calls), len(memo)) == (1, 0)
    memo.get("key", slow)
    assert len(calls) == 2
