"""Events per second on one core before writing, and relative to a plain loop that makes the same events one by one.

The loop is what one would type: it draws E, s from the Breit-Wigner and the decay, and weighs each event; kernel,
spectrum and cross section are the package's, called for one number at a time.
"""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

import evanesce as ev
from evanesce.constants import ELECTRON_MASS
from evanesce.physics import resolve_physics
from evanesce.production import annihilation_cross_section

COUNT = 400_000
BELLE2, PHOTON, MASS = ev.experiment("belle2"), ev.DarkPhoton(), 0.0667


def naive_events(count: int) -> float:
    """Sum of the weights of ``count`` annihilations, tracks of Belle II on electrons at rest, converged physics."""
    rng = np.random.default_rng(1)
    source, target = BELLE2.source, BELLE2.target
    options = resolve_physics("converged")
    kernel = BELLE2.channel.setup(options).track_length(options).positrons
    first, last = source.edges
    pole, width = MASS**2, MASS * float(PHOTON.width(np.asarray(MASS)))
    total = 0.0
    for _ in range(count):
        # E uniform, E' from the resonance between the cut and E
        energy = first + (last - first) * rng.random()
        low, high = (2 * ELECTRON_MASS * (e + ELECTRON_MASS) for e in (0.95 * energy - ELECTRON_MASS, energy))
        start, stop = math.atan((low - pole) / width), math.atan((high - pole) / width)
        s = pole + width * math.tan(start + (stop - start) * rng.random())
        positron = min(s / (2 * ELECTRON_MASS) - ELECTRON_MASS, energy * (1 - 1e-12))
        density = width / ((s - pole) ** 2 + width**2) / (stop - start)
        sigma = float(annihilation_cross_section(PHOTON, energy=np.asarray(positron), mass=np.asarray(MASS)))
        tracks = float(source.spectrum(np.asarray(energy))) * (last - first)
        weight = tracks * float(kernel.density(np.asarray(positron / energy))) / energy * sigma
        total += weight / (density * 2 * ELECTRON_MASS)
        four_vectors(rng, energy, positron, float(source.cosine(source.cosine_at(energy))))
    return total * target.material.electron_density * target.material.radiation_length / count


def four_vectors(rng: np.random.Generator, energy: float, positron: float, cosine: float) -> list[tuple[float, ...]]:
    """Track, mediator, χ and χ̄ of one event."""
    phi, sine = 2 * math.pi * rng.random(), math.sqrt(1 - cosine**2)
    axis = (sine * math.cos(phi), sine * math.sin(phi), cosine)
    total, p = positron + ELECTRON_MASS, math.sqrt(positron**2 - ELECTRON_MASS**2)
    mass = math.sqrt(total**2 - p**2)
    parent = (*(p * a for a in axis), total)
    z, psi = 2 * rng.random() - 1, 2 * math.pi * rng.random()
    rest = math.sqrt(max(mass**2 / 4 - (MASS / 3) ** 2, 0.0))
    star = [rest * math.sqrt(1 - z * z) * math.cos(psi), rest * math.sqrt(1 - z * z) * math.sin(psi), rest * z]
    product = sum(a * b for a, b in zip(parent, star, strict=False))
    factor = product / (mass * (total + mass)) + 0.5
    chi = (*(b + a * factor for a, b in zip(parent, star, strict=False)), (total * mass / 2 + product) / mass)
    return [(*(energy * a for a in axis), energy), parent, chi, tuple(a - b for a, b in zip(parent, chi, strict=True))]


@pytest.fixture(scope="module")
def naive() -> float:
    """Events per second of the loop; its weights sum to the yield to within some per cent."""
    expected = ev.generate_events(BELLE2, PHOTON, MASS, 1, physics="converged").yields["annihilation"]
    start = time.process_time()
    total = naive_events(4_000)
    seconds = time.process_time() - start
    assert 0.5 < total / expected < 2.0
    return 4_000 / seconds


@pytest.mark.parametrize("physics", ["published", "converged", "reference"])
def test_weighted_events(benchmark, naive, physics):
    """At least 200 000 per second of processor time, and ten times the loop, which has no shells and no radiation."""
    stream = ev.generate_events(BELLE2, PHOTON, MASS, COUNT, physics=physics)

    def all_of_them() -> float:
        start = time.process_time()
        for _ in stream:
            pass
        return time.process_time() - start

    seconds = benchmark.pedantic(all_of_them, rounds=1)
    rate = COUNT / seconds
    benchmark.extra_info |= {"events_per_second": rate, "ratio": rate / naive}
    print(f"\n{physics}: {rate:.0f} weighted events a second, the loop {naive:.0f}: {rate / naive:.0f} times")
    assert rate > 200_000
    assert rate > 10 * naive
