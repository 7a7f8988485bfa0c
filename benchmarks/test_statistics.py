"""Time for limits after the yields, against a limit of pyhf at every mass in the same run.

Run with `make bench`. Times are those of the processor, so that other programs do not disturb them; the ratios do not
depend on the machine. Measured on one core of a busy machine: 11 ms, 0.24 s, 11 ms and 0.8 s, in the order below.
"""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np
import pyhf
import pytest
from predictions import prediction, region, uncertain

import evanesce as ev
from evanesce.prediction import Prediction
from evanesce.statistics import criterion
from evanesce.statistics.point import at_point
from evanesce.statistics.workspace import to_workspace

pytestmark = pytest.mark.benchmark(timer=time.process_time)
MASSES = np.geomspace(0.02, 0.2, 400)
BINS = 20


def shapes() -> Prediction:
    """A signal in 20 bins that moves with the mass, five backgrounds with uncertain shapes, and the luminosity."""
    rng = np.random.default_rng(0)
    centre, bins = np.linspace(2.0, 18.0, len(MASSES))[:, None], np.arange(BINS)
    signal = 1e9 * (np.exp(-0.5 * np.square((bins - centre) / 2.0)) + 0.01)
    backgrounds = {f"component {i}": 20.0 * rng.random(BINS) + 1.0 for i in range(5)}
    errors = [uncertain(0.1 * rng.random(BINS), name, key=f"test/count/{name}") for name in backgrounds]
    errors.append(uncertain(np.full(BINS, 0.01), "luminosity", key="test/count/signal"))
    return prediction(region(signal, backgrounds), errors, mass=MASSES)


def pyhf_seconds(predicted: Prediction) -> float:
    """Seconds of pyhf's own search for the limit and its bands at one point."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workspace = pyhf.Workspace(to_workspace(predicted))
        model = workspace.model()
        start = time.process_time()
        pyhf.infer.intervals.upper_limits.toms748_scan(workspace.data(model), model, 0.0, 10.0, level=0.1)
        return time.process_time() - start


def report(benchmark: Any, name: str, naive: float, least: float) -> float:
    """Median of the seconds, and how many times that the ``naive`` way takes."""
    seconds: float = benchmark.stats.stats.median
    benchmark.extra_info["ratio_pyhf"] = naive / seconds
    print(f"\n{name}: {1e3 * seconds:.0f} ms, pyhf at every mass {naive:.0f} s, ratio {naive / seconds:.0f}")
    assert naive / seconds > least
    return seconds


def test_bands_of_one_bin(benchmark):
    """400 masses with the budget of the card: one fit, since a limit in events is the same at every mass."""
    predicted = ev.predict("belle2", "dark-photon", MASSES, physics="published", background="components")
    benchmark(criterion("cls").upper_limit, predicted)
    naive = len(MASSES) * pyhf_seconds(at_point(predicted, 200))
    assert report(benchmark, "bands of one bin, 400 masses", naive, 1000.0) < 0.1


def test_bands_of_many_bins(benchmark):
    """400 templates of different shape in 20 bins, with six nuisances: all fits at once."""
    predicted = shapes()
    rule = criterion("cls", toys=0)
    benchmark.pedantic(rule.upper_limit, args=(predicted,), rounds=3)
    naive = len(MASSES) * np.mean([pyhf_seconds(at_point(predicted, at)) for at in (50, 300)])
    assert report(benchmark, "bands of 20 bins and six nuisances, 400 masses", float(naive), 50.0) < 2.0


def test_templates_that_differ_by_a_factor_are_one_fit(benchmark):
    """The same shape at every mass takes far less than a shape at each."""
    one = at_point(shapes(), 200)
    shape = one.regions["test/count"].total_signal.value
    same = prediction(
        region(np.linspace(1.0, 9.0, len(MASSES))[:, None] * shape, {k: v.value for k, v in _backgrounds(one)}),
        [error for error in one.systematics if error.name != "luminosity"],
        mass=MASSES,
    )
    rule = criterion("cls", toys=0)
    start = time.process_time()
    rule.upper_limit(shapes())
    different = time.process_time() - start
    benchmark.pedantic(rule.upper_limit, args=(same,), rounds=3)
    assert different / benchmark.stats.stats.median > 5.0


def _backgrounds(predicted: Prediction) -> Any:
    return predicted.regions["test/count"].background.items()


def test_ten_thousand_toys(benchmark):
    """10,000 toys at every strength of the search for a limit with its bands: one bin, one nuisance, few events."""
    few = prediction(region([1.0], 3.0, 3), [uncertain(0.2)])
    found = benchmark.pedantic(criterion("cls").upper_limit, args=(few,), rounds=3)
    assert found.method == "toys (10000, seed 1)"
    # pyhf makes a toy with and one without signal in 36 ms (one bin, one core), at 20 strengths and more
    assert report(benchmark, "limit with bands by 10,000 toys", 20 * 10_000 * 0.036, 100.0) < 5.0
