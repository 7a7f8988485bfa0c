"""Speed of thermal relic lines, against the same integral by nested `scipy.integrate.quad`. Run with `make bench`."""

from __future__ import annotations

import itertools
import time

import numpy as np
from scipy.integrate import quad
from scipy.special import k1e, kve

import evanesce as ev
from evanesce.constants import ALPHA
from evanesce.targets.final_states import hadrons, leptons

MASSES = np.geomspace(0.009, 3.0, 50)
PHOTON = ev.DarkPhoton(alpha_d=0.5)


def transcribed(dark_mass: float, x: float) -> float:
    """⟨σv⟩ of a Dirac fermion at one temperature, cut at the pole and nowhere else."""
    mass = 3.0 * dark_mass
    width = float(PHOTON.width(np.asarray(mass)))

    def integrand(root_s: float) -> float:
        s = root_s**2
        sigma = (s + 2 * dark_mass**2) / np.sqrt(1 - 4 * dark_mass**2 / s) / ((s - mass**2) ** 2 + (mass * width) ** 2)
        sigma *= 4 * np.pi * ALPHA * 0.5 / 3 * float(leptons(np.asarray(root_s)) + hadrons()(np.asarray(root_s)))
        thermal = k1e(root_s / dark_mass * x) * np.exp(-(root_s / dark_mass - 2) * x)
        return float(sigma * (s - 4 * dark_mass**2) * root_s * thermal * 2 * root_s)

    edges = [2 * dark_mass * (1 + 1e-12), mass, mass * 3]
    total = sum(quad(integrand, low, high, limit=200)[0] for low, high in itertools.pairwise(edges))
    return float(total * x / (8 * dark_mass**5 * kve(2, x) ** 2))


def test_line_of_fifty_masses(benchmark):
    """Leptons and hadrons, thermal average at 320 temperatures, Boltzmann equation, errors: under 4 s."""
    start = time.perf_counter()
    transcribed(0.01, 20.0)
    naive = time.perf_counter() - start
    ev.relic_line(PHOTON, 0.03)  # tables are read
    line = benchmark.pedantic(lambda: ev.relic_line(PHOTON, MASSES), rounds=3)
    seconds = benchmark.stats.stats.median
    ratio = len(MASSES) * 320 * naive / seconds
    benchmark.extra_info["ratio"] = ratio
    print(f"\nthermal line of 50 masses: {seconds:.2f} s, {ratio:.0f} times the speed of nested quadrature")
    assert np.isfinite(line.epsilon).all()
    assert seconds < 4.0
