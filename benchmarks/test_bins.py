"""Time for 20 bins in the track's energy and 400 masses: first with an empty engine, then for changed couplings.

Run with `make bench`. Showers, electrons and spectra of bremsstrahlung come from the cache on disk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import evanesce as ev
from evanesce.engine import Engine
from evanesce.prediction import Prediction

MASSES = np.geomspace(0.02, 0.2, 400)
BELLE2 = ev.experiment("belle2").replace({"bins.track_energy": 20})


def predicted(engine: Engine, physics: str, alpha_d: float = 1e-3) -> Prediction:
    return engine.predict(BELLE2, ev.DarkPhoton(alpha_d=alpha_d), MASSES, physics=physics)


def seconds(benchmark: Any, name: str) -> float:
    median: float = benchmark.stats.stats.median
    print(f"\n{name}: {1e3 * median:.0f} ms")
    return median


@pytest.mark.parametrize(("physics", "most"), [("converged", 5.0), ("reference", 100.0)])
def test_cold(benchmark, physics, most):
    """Twenty folds of every process, with one shower and one radiation at the vertex for all; most is Compton."""
    predicted(Engine(), physics)  # tables on disk
    found = benchmark.pedantic(lambda: predicted(Engine(), physics), rounds=1)
    assert found.regions["belle2/vanishing-track"].bins == 20
    assert seconds(benchmark, f"20 bins, {physics}, empty engine") < most


@pytest.mark.parametrize("physics", ["converged", "reference"])
def test_changed_coupling(benchmark, physics):
    """A new α_D: annihilation is integrated over s again in every bin, bremsstrahlung is kept: under 3 s."""
    engine = Engine()
    predicted(engine, physics)
    alpha = iter(np.geomspace(1e-3, 1e-2, 1000)[1:])
    benchmark.pedantic(lambda: predicted(engine, physics, float(next(alpha))), rounds=3)
    assert seconds(benchmark, f"20 bins, {physics}, changed coupling") < 3.0


def test_changed_luminosity(benchmark):
    """Only a scale: under 100 ms."""
    engine = Engine()
    predicted(engine, "converged")
    more = iter(np.linspace(51.0, 99.0, 1000))

    def fresh() -> Prediction:
        card = BELLE2.replace({"source.luminosity": float(next(more)), "background": 94})
        return engine.predict(card, ev.DarkPhoton(alpha_d=1e-3), MASSES, physics="converged")

    benchmark.pedantic(fresh, rounds=5)
    assert seconds(benchmark, "20 bins, changed luminosity") < 0.1
