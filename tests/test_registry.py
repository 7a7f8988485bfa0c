"""Registries: names, duplicates, and threads that look up for the first time or register at the same time."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from evanesce.errors import InvalidValueError, UnknownNameError
from evanesce.registry import Registry

THREADS = 8
FIRST_LOOK = """
import importlib, json, sys, threading
from concurrent.futures import ThreadPoolExecutor
barrier = threading.Barrier(8)
places = json.loads(sys.argv[1])
def look(number):
    barrier.wait()
    found = {}
    for place, name in places[number % len(places):] + places[: number % len(places)]:
        registry = getattr(importlib.import_module(place), name)
        found[name] = {known: registry.get(known).__qualname__ for known in registry.names()}
    return found
with ThreadPoolExecutor(8) as pool:
    print(json.dumps(list(pool.map(look, range(8)))))
"""
PLACES = [
    ("evanesce.sources", "SOURCES"),
    ("evanesce.showers", "SHOWERS"),
    ("evanesce.mediators", "MEDIATORS"),
    ("evanesce.backgrounds", "BACKGROUNDS"),
    ("evanesce.formats", "WRITERS"),
]


def test_eight_threads_look_up_for_the_first_time() -> None:
    """In a new process; each thread begins with another registry, whose modules need those of the others."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST_LOOK, json.dumps(PLACES)], capture_output=True, text=True, timeout=60, check=True
    )
    first, *others = json.loads(done.stdout)
    assert all(other == first for other in others)
    assert set(first["SOURCES"]) >= {"beam", "bhabha", "lhe"}
    assert set(first["WRITERS"]) == {".hepmc3", ".hepmc3.gz", ".lhe", ".lhe.gz", ".parquet"}


@pytest.fixture
def registry() -> Registry[Any]:
    """An empty one, which looks where nothing is registered with it."""
    return Registry("thing", "evanesce.formats")


def test_threads_that_register_lose_nothing(registry: Registry[Any]) -> None:
    """While others walk through all names."""
    barrier = threading.Barrier(THREADS)

    def work(number: int) -> None:
        barrier.wait()
        for i in range(100):
            made = type(f"Thing{number}_{i}", (), {})
            registry.register(f"{number}-{i}")(made)
            assert registry.get(f"{number}-{i}") is made
            assert registry.name_of(made) == f"{number}-{i}"
            registry.names()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(work, range(THREADS)))
    finally:
        sys.setswitchinterval(interval)
    assert len(registry.names()) == 100 * THREADS


def test_one_name_for_one_class(registry: Registry[Any]) -> None:
    class One:
        pass

    class Other:
        pass

    assert registry.register("name")(One) is One
    assert registry.register("name")(One) is One  # a module that is loaded again
    with pytest.raises(InvalidValueError, match="thing 'name' is registered already; choose another name"):
        registry.register("name")(Other)
    assert registry.get("name") is One
    assert registry.name_of(Other) is None
    with pytest.raises(UnknownNameError, match="unknown thing 'nme': known are name; did you mean 'name'"):
        registry.get("nme")
