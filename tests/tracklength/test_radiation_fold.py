"""The density D_n(x) against its definition, a double integral without panels and polynomials."""

import numpy as np
import pytest

from evanesce.constants import ELECTRON_MASS
from evanesce.materials import material
from evanesce.showers import ShowerSetup, TsaiWhitis
from evanesce.sources import Bhabha, TabulatedSpectrum
from evanesce.tracklength import (
    CalorimeterPoint,
    RadiatingTracks,
    Resolution,
    SharpAcceptance,
    SmearedAcceptance,
    fold_radiation,
)

SHARP = SharpAcceptance(missing_fraction=0.95)
SMEARED = SmearedAcceptance(
    missing_fraction=0.95,
    resolution=Resolution(momentum=0.004, calorimeter=(CalorimeterPoint(energy=1.0, resolution=0.02),)),
)
TABLE = TabulatedSpectrum(energies=(4.0, 4.02, 5.0), densities=(1.0, 3.0, 2.0))


@pytest.fixture(scope="module")
def kernel():
    setup = ShowerSetup(incident="e+", material=material("CsI"), start=0.0, stop=1.0, energy_min=4.0, energy_max=7.0)
    return TsaiWhitis().track_length(setup).radiating


def gauss(edges, order=16):
    t, w = np.polynomial.legendre.leggauss(order)
    half = 0.5 * np.diff(edges)[..., None]
    return edges[..., :-1, None] + half * (1 + t), half * w


def definition(source, kernel, acceptance, minimum, x, n, span, v_max):
    """∫ dl F e^(-l) ∫ dE n(E) P_n(ln E - l) A(E, x e^(-l)) with E_A' = x e^(-l) E between the minimum and E - m_e."""
    floor = 0.9 if acceptance is SMEARED else acceptance.missing_fraction
    last = source.edges[-1]
    shortest = max(-np.log(v_max), np.log(x) - np.log1p(-ELECTRON_MASS / last), 1e-14)
    inner = np.log(x) - np.log(floor)
    if minimum:
        inner = min(inner, np.log(x * last / minimum))
    # fine panels towards either end, and where an energy of the source begins to take part or stops to
    bends = [np.log(x) - np.log1p(-ELECTRON_MASS / e) for e in source.edges]
    bends += [np.log(x * e / minimum) for e in source.edges] if minimum else []
    grid = np.concatenate([shortest + np.geomspace(1e-15, inner - shortest, 60), np.linspace(shortest, inner, 160)])
    edges = np.unique([shortest, inner, *grid, *(b for b in bends if shortest < b < inner)])
    lethargy, measure = (part.ravel() for part in gauss(edges))
    taken = x * np.exp(-lethargy)
    least = np.maximum(ELECTRON_MASS / (1.0 - taken), minimum / taken)
    total = np.zeros_like(lethargy)
    for low, high in zip(source.edges[:-1], source.edges[1:], strict=True):
        begin = np.clip(least, low, high)
        energy, weight = gauss(np.stack([begin, 0.5 * (begin + high), np.full_like(begin, high)], -1))
        local = (2.0 * (np.log(energy) - lethargy[:, None, None]) - span[0] - span[1]) / (span[1] - span[0])
        polynomial = np.polynomial.legendre.legval(local, np.eye(n + 1)[n])
        at = taken[:, None, None]
        passed = acceptance.probability(energy, at) if acceptance is SMEARED else 1.0
        total += np.sum(weight * source.spectrum(energy) * polynomial * passed, axis=(1, 2))
    return float(np.sum(measure * kernel.at_lethargy(lethargy) * np.exp(-lethargy) * total))


@pytest.mark.parametrize(
    ("source", "acceptance", "minimum", "v_max"),
    [
        (Bhabha(), SHARP, 0.0, 0.9995),
        (Bhabha(), SHARP, 5.0, 0.9995),
        (Bhabha(), SMEARED, 0.0, 0.9995),
        (Bhabha(), SMEARED, 4.5, 0.9995),
        (TABLE, SHARP, 0.0, 0.999),
        (TABLE, SHARP, 4.01, 0.999),
    ],
)
def test_density_is_the_double_integral(kernel, source, acceptance, minimum, v_max):
    """At every hundredth x, without the endpoint l = 0, which :mod:`test_folds` looks at; to 1e-6 of D₀.

    Of that the definition's own panels are 1e-7, and 7 σ of the smeared cut 1e-9.
    """
    fold = fold_radiation(source, kernel, acceptance=acceptance, minimum_energy=minimum, v_max=v_max)
    first = max((0.95 if acceptance is SHARP else 0.0) * source.edges[0], minimum)
    x, values = fold.x.ravel(), fold.values.reshape(fold.x.size, -1)
    # the nodes of ln E' lie in the span as Gauss nodes do
    t = np.polynomial.legendre.leggauss(len(fold.energies))[0]
    half = np.diff(np.log(fold.energies[[0, -1]]))[0] / (t[-1] - t[0])
    middle = np.log(fold.energies[0]) - half * t[0]
    span = middle - half, middle + half
    if acceptance is SHARP:
        assert span[0] == pytest.approx(np.log(first), abs=1e-9)
    rows = np.flatnonzero(values[:, 0] > 1e-3 * values[:, 0].max())[:: max(1, x.size // 9)]
    assert len(rows) > 4
    for row in rows:
        for n in (0, 3):
            want = definition(source, kernel, acceptance, minimum, float(x[row]), n, span, v_max)
            assert abs(values[row, n] - want) < 1e-6 * values[row, 0]


def test_radiating_tracks_fold_once(kernel):
    """One fold serves every mass below the cut; heavier ones have their own, made once each."""
    tracks = RadiatingTracks(source=Bhabha(), kernel=kernel, acceptance=SHARP)
    low, high = Bhabha().edges
    assert tracks.lightest_cut == pytest.approx(0.95 * low)
    assert tracks.heaviest == pytest.approx(high - ELECTRON_MASS)
    light = tracks.fold()
    assert tracks.fold(0.99 * tracks.lightest_cut) is light
    heavy = tracks.fold(5.0)
    assert heavy is not light
    assert tracks.fold(5.0) is heavy
    assert tracks.fold() is light
    assert tracks.fold(high) is None
    # at the boundary nothing happens: the minimum is the cut of the softest track
    edge = tracks.fold(tracks.lightest_cut * (1 + 1e-9))
    sums = [float(np.sum(fold.weights * fold.values[..., 0])) for fold in (light, edge)]
    assert sums[1] == pytest.approx(sums[0], rel=1e-6)


def test_many_heavy_masses_take_bounded_memory(kernel):
    tracks = RadiatingTracks(source=TABLE, kernel=kernel, acceptance=SHARP, v_max=0.999)
    first = tracks.fold(4.5)
    for mass in np.linspace(4.6, 4.99, 130).tolist():
        tracks.fold(mass)
    again = tracks.fold(4.5)
    assert again is not first, "the fold used longest ago is forgotten"
    assert (again.values == first.values).all()
