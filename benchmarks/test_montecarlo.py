"""Speed of the Monte Carlo shower, as a ratio against the same code without its compiler.

Run with `make bench`. The reference is the very same functions as plain Python, in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np

from evanesce.materials import material
from evanesce.showers import ShowerSetup
from evanesce.showers.montecarlo import ShowerRun, simulate

EDGES = np.array([0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 0.998, 0.999, 1.0])
PLAIN = """
import json, time, warnings
warnings.simplefilter("ignore")  # whole numbers that wrap around
from test_montecarlo import EDGES, run_of
from evanesce.showers.montecarlo import simulate
simulate(run_of(2), EDGES, threads=1)
start = time.perf_counter()
tally = simulate(run_of(300), EDGES, threads=1)
print(json.dumps([300 / (time.perf_counter() - start), tally.mean[0].tolist()]))
"""


def run_of(histories: int) -> ShowerRun:
    slab = ShowerSetup(incident="e+", material=material("CsI"), start=0.0, stop=16.0, energy_min=4.35, energy_max=4.35)
    return ShowerRun(setup=slab, energy=4.35, histories=histories, seed=1, lowest=0.5)


def test_montecarlo(benchmark):
    """Positrons of 4.35 GeV in 16 X0 of CsI, v > 0.5, on one thread."""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", PLAIN], capture_output=True, text=True, check=True, env=environment)
    plain, mean = json.loads(done.stdout)
    assert np.allclose(simulate(run_of(300), EDGES, threads=1).mean[0], mean, rtol=1e-12)
    histories = 500_000
    simulate(run_of(2), EDGES, threads=1)
    benchmark.pedantic(simulate, (run_of(histories), EDGES), {"threads": 1}, rounds=7)
    rate = histories / benchmark.stats.stats.min
    benchmark.extra_info |= {"histories_per_second": rate, "ratio": rate / plain}
    print(
        f"\nMonte Carlo, one thread: {rate:.3g} histories a second, {rate / plain:.0f} times plain Python's {plain:.3g}"
    )
    assert rate > 100 * plain
