"""Time for a changed card or grid if everything that the change does not affect is already computed.

Run with `make bench`; ratios are against the transcription of :mod:`naive` in the same run.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import evanesce as ev
from evanesce.engine import Engine
from evanesce.limits import LimitCurve, limit_curve
from evanesce.production import spectrum_table

MASSES = np.geomspace(0.02, 0.2, 400)
BELLE2 = ev.experiment("belle2")
PHOTON = ev.DarkPhoton(alpha_d=1e-3)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """The warning about the background after a change of the cut is irrelevant here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture(scope="module")
def seen() -> Engine:
    """An engine that has computed the curve of the card."""
    engine = Engine()
    limit_curve(BELLE2, PHOTON, MASSES, engine=engine)
    return engine


def report(benchmark: Any, name: str, points: int, naive: dict[str, float]) -> float:
    """Median of the seconds, shown beside the transcription's annihilation alone for as many points."""
    seconds: float = benchmark.stats.stats.median
    ratio = points * naive["annihilation_seconds"] / seconds
    benchmark.extra_info["ratio_annihilation_alone"] = ratio
    print(f"\n{name}: {1e3 * seconds:.0f} ms, {ratio:.0f} times the transcription's speed")
    assert ratio > 50
    return seconds


def test_changed_cut(benchmark, seen, naive):
    """400 masses in reference for a new cut, as the explorer asks for them: under 0.3 s."""
    cut = iter(np.linspace(0.905, 0.96, 1000))

    def fresh() -> LimitCurve:
        card = BELLE2.replace({"selection.missing_fraction": float(next(cut))})
        return limit_curve(card, PHOTON, MASSES, theory=False, engine=seen)

    fresh()  # finds the tables of the window
    benchmark.pedantic(fresh, rounds=5)
    assert report(benchmark, "changed cut", 400, naive) < 0.3


def test_changed_couplings(benchmark, seen, naive):
    """400 new values of α_D at one mass in reference with theory rows: under 0.1 s; bremsstrahlung is computed once."""
    top = iter(np.linspace(0.5, 1.0, 1000))

    def fresh() -> LimitCurve:
        photon = ev.DarkPhoton(alpha_d=np.geomspace(1e-5, float(next(top)), 400))
        return limit_curve(BELLE2, photon, [0.0667], engine=seen)

    fresh()
    benchmark.pedantic(fresh, rounds=10)
    assert report(benchmark, "changed couplings", 400, naive) < 0.1


def test_new_layers(benchmark, naive):
    """400 masses in reference, with theory rows, for a stack of layers never seen before: its shower too, under 3 s."""
    thickness = iter(np.linspace(0.05, 0.15, 1000))
    card = ev.experiment("belle2-detector")
    engine = Engine()

    def fresh() -> LimitCurve:
        layers = [replace(layer) for layer in card.target]
        layers[2] = replace(layers[2], thickness=float(next(thickness)))
        return limit_curve(card.replace({"target": layers}), PHOTON, MASSES, engine=engine)

    fresh()  # finds the spectra of the materials
    curve = benchmark.pedantic(fresh, rounds=3)
    assert len(curve.theory) == 5
    assert report(benchmark, "new layers", 400, naive) < 3.0


def test_warm_layers(benchmark, naive):
    """400 masses in reference, with theory rows, for two active layers and another coupling."""
    coupling = iter(np.geomspace(1e-4, 1e-2, 10_000))
    card, engine = ev.experiment("belle2-detector"), Engine()

    def another() -> LimitCurve:
        return limit_curve(card, ev.DarkPhoton(alpha_d=float(next(coupling))), MASSES, engine=engine)

    another()
    benchmark(another)
    assert report(benchmark, "warm layers", 400, naive) < 0.1


def test_heavy_masses(benchmark, naive):
    """Ten masses that alter the cut on energy, with fifty α_D: the folds of ten masses, under 5 s."""
    mass = np.linspace(4.3, 6.4, 10)
    photon = ev.DarkPhoton(alpha_d=np.geomspace(1e-4, 1.0, 50))

    def grid() -> LimitCurve:
        engine = Engine()
        spectrum_table.forget()
        return limit_curve(BELLE2, photon, mass, engine=engine)

    limit_curve(BELLE2, PHOTON, [0.05])  # the shower is ready
    curve = benchmark.pedantic(grid, rounds=1)
    assert curve.epsilon.shape == (50, 10)
    assert report(benchmark, "ten heavy masses with fifty couplings", 500, naive) < 5.0
