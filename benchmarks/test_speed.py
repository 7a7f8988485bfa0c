"""Speed of a limit curve, as ratios against a straight transcription of Eqs. (4.4) and (4.5).

Run with `make bench`. The transcription is nested `scipy.integrate.quad`, one mass at a time. Its value is
shown beside its time: plain quadrature misses what lies next to v = 1.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import subprocess
import sys
import time

import numpy as np
import pytest

import evanesce as ev
from evanesce.limits import limit_curve

MASSES = np.geomspace(0.02, 0.2, 400)
BELLE2 = ev.experiment("belle2")
PHOTON = ev.DarkPhoton(alpha_d=1e-3)
COUPLINGS = iter(np.geomspace(1e-4, 1e-2, 1_000_000))


def another():
    """A coupling that nobody has asked for: the rates of the last curves are kept."""
    return ev.DarkPhoton(alpha_d=float(next(COUPLINGS)))


def test_warm_curve(benchmark, naive):
    """400 masses, both processes: under 20 ms and at least 1000 times the transcription's speed."""
    curve = benchmark(lambda: limit_curve(BELLE2, another(), MASSES, physics="converged"))
    seconds = benchmark.stats.stats.median
    alone = len(MASSES) * naive["annihilation_seconds"]
    both = alone + len(MASSES) * naive["bremsstrahlung_seconds_at_one_energy"]
    share = naive["annihilation"] / float(
        limit_curve(BELLE2, PHOTON, 0.0667, physics="converged").yields["annihilation"]
    )
    benchmark.extra_info |= naive | {
        "ratio_annihilation_alone": alone / seconds,
        "ratio_at_least": both / seconds,
        "transcription_annihilation_over_exact": share,
    }
    print(f"\nwarm 400-mass curve, both processes: {1e3 * seconds:.1f} ms")
    print(f"the transcription's annihilation alone: {naive['annihilation_seconds']:.2f} s a mass, ", end="")
    print(f"{alone / seconds:.0f} times slower, and {share:.3f} of the exact value")
    print(f"with bremsstrahlung at a single energy: {both / seconds:.0f} times slower")
    assert np.isfinite(curve.epsilon).all()
    assert alone / seconds > 1000
    assert seconds < 0.020


def test_warm_reference_curve(benchmark, naive):
    """400 masses with the reference physics and its theory uncertainty, five sets of yields: under 50 ms."""
    curve = benchmark(lambda: limit_curve(BELLE2, another(), MASSES, physics="reference"))
    seconds = benchmark.stats.stats.median
    ratio = len(MASSES) * naive["annihilation_seconds"] / seconds
    benchmark.extra_info["ratio_annihilation_alone"] = ratio
    print(f"\nwarm 400-mass reference curve: {1e3 * seconds:.1f} ms, {ratio:.0f} times the transcription's speed")
    assert len(curve.theory) == 5
    assert seconds < 0.050


def test_labelled_curve(benchmark):
    """The same with the xarray dataset around it."""
    benchmark(lambda: ev.limit(BELLE2, another(), MASSES, physics="converged"))
    assert benchmark.stats.stats.median < 0.020


def test_rescaled(benchmark):
    """Another luminosity, efficiency and background: nothing is computed again, under 10 ms."""
    luminosity = iter(np.linspace(1.0, 50.0, 1_000_000))
    limit_curve(BELLE2, PHOTON, MASSES, physics="reference")

    def rescaled():
        card = BELLE2.replace({"source.luminosity": float(next(luminosity)), "efficiency": 0.9})
        return limit_curve(card, PHOTON, MASSES, physics="reference", background=100)

    benchmark(rescaled)
    assert benchmark.stats.stats.median < 0.010


def test_new_thickness(benchmark):
    """A curve for an experiment never seen before: folds included."""
    thickness = iter(np.linspace(5.0, 30.0, 10_000))

    def fresh():
        card = BELLE2.replace({"target.thickness": float(next(thickness))})
        return limit_curve(card, PHOTON, MASSES, physics="converged")

    benchmark.pedantic(fresh, rounds=5)


def test_cold_process(benchmark):
    """`evanesce limit belle2 --mass 0.02:0.2:400 --json --physics converged` from nothing: under 2 s."""
    command = [sys.executable, "-m", "evanesce", "limit", "belle2", "--mass", "0.02:0.2:400", "--json"]
    command += ["--physics", "converged"]

    def cold():
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    out = benchmark.pedantic(cold, rounds=3)
    assert len(json.loads(out)["epsilon"]) == 400
    assert benchmark.stats.stats.median < 2.0


@pytest.mark.parametrize("name", ["belle2", "na64-2019", "belle2-detector"])
def test_cold_reference(benchmark, naive, tmp_path, name):
    """400 masses with the reference physics in a new process with an empty cache, which computes every table.

    The aim is 3 s of CPU time; the print shows how far it is. It must beat the transcription's annihilation alone.
    """
    command = [sys.executable, "-m", "evanesce", "limit", name, "--mass", "0.02:0.2:400", "--json"]
    folders = (str(tmp_path / str(number)) for number in itertools.count())
    used = []

    def cold():
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        environment = os.environ | {"EVANESCE_CACHE_DIR": next(folders)}
        subprocess.run(command, capture_output=True, check=True, env=environment)
        used.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)

    benchmark.pedantic(cold, rounds=2)
    ratio = len(MASSES) * naive["annihilation_seconds"] / min(used)
    benchmark.extra_info |= {"user_seconds": min(used), "ratio_annihilation_alone": ratio}
    print(f"\n{name}, nothing known: {min(used):.1f} s of CPU time, {ratio:.0f} times the transcription's speed")
    assert ratio > 1


def test_import(benchmark):
    """`import evanesce`, interpreter start subtracted: under 0.3 s."""
    bare = [sys.executable, "-c", "pass"]
    start = time.perf_counter()
    for _ in range(3):
        subprocess.run(bare, check=True)
    interpreter = (time.perf_counter() - start) / 3
    benchmark.pedantic(lambda: subprocess.run([sys.executable, "-c", "import evanesce"], check=True), rounds=3)
    assert benchmark.stats.stats.median - interpreter < 0.3
