"""Scaling: workers of a scan, the cost as points, masses and options grow, and the memory of a large grid.

A cost law is a line through log seconds against log points, measured in one run; it does not depend on the machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import evanesce as ev
from evanesce.engine import Engine
from evanesce.limits import limit_curve

BELLE2 = ev.experiment("belle2")
LAYERS = np.linspace(12.0, 20.0, 8)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def seconds_of(call: Callable[[], object], rounds: int = 3) -> float:
    """The least of some runs: what others do on the machine only adds."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Slope of log seconds against log size."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def scan_seconds(folder: Path, workers: int, scheduler: str | None = None) -> float:
    """A scan over eight new thicknesses, so that every chunk has folds to compute."""
    start = time.perf_counter()
    ev.scan(
        BELLE2,
        ev.DarkPhoton(alpha_d=np.geomspace(1e-4, 1.0, 20)),
        np.geomspace(0.02, 0.2, 100),
        axes={"target.thickness": LAYERS},
        theory=True,
        output=folder / f"{workers}-{scheduler}.zarr",
        workers=workers,
        scheduler=scheduler,
    )
    return time.perf_counter() - start


@pytest.mark.parametrize("scheduler", [None, "local"], ids=["processes", "dask"])
def test_two_workers(benchmark, tmp_path, scheduler):
    """Two workers against one, at least 1.7 times as fast on two idle cores."""
    serial = scan_seconds(tmp_path, 1)
    benchmark.pedantic(lambda: scan_seconds(tmp_path, 2, scheduler), rounds=1)
    ratio = serial / benchmark.stats.stats.median
    benchmark.extra_info["ratio_two_workers_over_one"] = ratio
    print(f"\n{scheduler or 'processes'}: {ratio:.2f} times as fast with two workers")


def test_cost_of_masses(benchmark):
    """A warm curve of 100 to 3200 masses: at most in proportion to their number."""
    sizes = [100, 400, 1600, 3200]
    engine, top = Engine(), iter(np.linspace(1e-3, 2e-3, 1000))

    def curve(count: int) -> Any:
        photon = ev.DarkPhoton(alpha_d=float(next(top)))
        return limit_curve(BELLE2, photon, np.geomspace(0.02, 0.2, count), engine=engine, theory=False)

    for size in sizes:
        curve(size)
    found = [seconds_of(lambda size=size: curve(size)) for size in sizes]
    benchmark.pedantic(lambda: curve(400), rounds=3)
    law = exponent(sizes, found)
    benchmark.extra_info["law_masses"] = law
    assert law < 1.2


def test_cost_of_couplings(benchmark):
    """100 masses for 1 to 1000 values of α_D: what depends on them through the width alone is computed once."""
    sizes = [10, 100, 1000]
    engine, top = Engine(), iter(np.linspace(0.5, 0.9, 1000))
    mass = np.geomspace(0.02, 0.2, 100)

    def grid(count: int) -> Any:
        photon = ev.DarkPhoton(alpha_d=np.geomspace(1e-4, float(next(top)), count))
        return limit_curve(BELLE2, photon, mass, engine=engine, theory=False)

    found = [seconds_of(lambda size=size: grid(size)) for size in sizes]
    one = seconds_of(lambda: grid(1))
    benchmark.pedantic(lambda: grid(100), rounds=3)
    benchmark.extra_info["law_couplings"] = exponent(sizes, found)
    benchmark.extra_info["ratio_thousand_curves_one_by_one"] = 1000.0 * one / found[-1]
    assert exponent(sizes, found) < 1.2


def test_cost_of_options(benchmark):
    """A curve with the change of each refinement against one without: at most one more set of yields for each."""
    engine, top = Engine(), iter(np.linspace(1e-3, 2e-3, 1000))
    mass = np.geomspace(0.02, 0.2, 400)

    def curve(theory: bool) -> Any:
        return limit_curve(BELLE2, ev.DarkPhoton(alpha_d=float(next(top))), mass, engine=engine, theory=theory)

    rows = len(curve(True).theory)
    without = seconds_of(lambda: curve(False))
    benchmark.pedantic(lambda: curve(True), rounds=5)
    benchmark.extra_info["theory_rows"] = rows
    benchmark.extra_info["ratio_rows_one_by_one"] = (1 + rows) * without / benchmark.stats.stats.min


GRID = """
import json, resource, sys, time, warnings
import numpy as np
import evanesce as ev
warnings.simplefilter("ignore")
start = time.perf_counter()
found = ev.limit("belle2", ev.DarkPhoton(alpha_d=np.geomspace(1e-6, 1.0, 1000)), ev.geomspace(0.02, 0.2, 1000),
                 physics=sys.argv[1], theory=False)
print(json.dumps({"seconds": time.perf_counter() - start, "points": found.epsilon.size,
                  "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0}))
"""


@pytest.mark.parametrize(("physics", "most"), [("converged", 5.0), ("reference", 10.0)])
def test_a_million_points(benchmark, naive, physics, most):
    """A million points of mass and α_D in a process of their own: seconds, and under 1 GiB at the peak."""

    def grid() -> dict[str, float]:
        done = subprocess.run([sys.executable, "-c", GRID, physics], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    found = benchmark.pedantic(grid, rounds=1)
    benchmark.extra_info["peak_mib"] = found["peak_mib"]
    benchmark.extra_info["ratio_annihilation_alone"] = 1e6 * naive["annihilation_seconds"] / found["seconds"]
    print(f"\na million points, {physics}: {found['seconds']:.1f} s (aim {most:g} s), {found['peak_mib']:.0f} MiB")
    assert found["points"] == 1_000_000
    assert found["peak_mib"] < 1024.0


def test_first_limit(benchmark, tmp_path):
    """`ev.limit("belle2")` with the default physics from nothing, also without the caches on disk."""
    program = "import evanesce as ev; ev.limit('belle2', 'dark-photon', ev.geomspace(0.02, 0.2, 400))"
    environment = {**os.environ, "EVANESCE_CACHE_DIR": str(tmp_path)}

    def first() -> None:
        subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, env=environment)

    empty = seconds_of(first, 1)
    benchmark.pedantic(first, rounds=2)
    benchmark.extra_info["seconds_with_empty_caches"] = empty
