"""Folds with a smeared selection: direct quadrature, closed forms, and the sharp fold they tend to."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from evanesce.constants import ELECTRON_MASS
from evanesce.materials import material
from evanesce.numerics import PiecewiseLegendre, endpoint_to_log
from evanesce.showers import Kernel, ShowerSetup, TsaiWhitis
from evanesce.sources import Beam, Bhabha, SmearedBhabha, TabulatedSpectrum
from evanesce.tracklength import (
    CalorimeterPoint,
    Resolution,
    SharpAcceptance,
    SmearedAcceptance,
    fold_radiation,
    fold_track_length,
)
from evanesce.tracklength.panels import kernel_nodes

POINTS = (CalorimeterPoint(energy=0.1, resolution=0.04), CalorimeterPoint(energy=8.0, resolution=0.016))
BARREL = SmearedAcceptance(missing_fraction=0.95, resolution=Resolution(momentum=0.004, calorimeter=POINTS))
SMEARED = SmearedBhabha(bhabha=Bhabha(), polar_angle_resolution=3.0)
SHORTEST = np.exp(-28.0)
"""Track length at smaller l = ln(E/E') is taken in one piece."""


@pytest.fixture(scope="module")
def kernel():
    setup = ShowerSetup(incident="e+", material=material("CsI"), start=0.0, stop=16.0, energy_min=4.0, energy_max=7.0)
    return TsaiWhitis().track_length(setup).positrons


def over_length(kernel, function, longest, points, shortest=0.0):
    """∫ F(l) function(l) dl by quad in ln l, piece by piece between ``points``; below l = e^-28 in one piece."""
    nodes = kernel_nodes(kernel, np.zeros(1), np.array([SHORTEST]), 16)
    share = float(np.sum(nodes.measure * kernel.on_panel(nodes.panel[:, None], nodes.y, np.asarray(5.0))))
    total = share * function(0.0) if shortest == 0.0 else 0.0
    start = max(shortest, SHORTEST)
    scale = max(abs(function(float(p))) for p in (0.0, *points))
    ends = np.unique([start, *(p for p in points if start < p < longest), max(start, longest)])
    for low, high in pairwise(ends):

        def integrand(u):
            lethargy = np.exp(u)
            return float(kernel.at_lethargy(np.asarray(lethargy))) * function(lethargy) * lethargy

        total += quad(integrand, np.log(low), np.log(high), limit=400, epsabs=1e-12 * scale, epsrel=1e-11)[0]
    return total


@pytest.mark.parametrize("source", [Bhabha(), SMEARED, SmearedBhabha(bhabha=Bhabha(), polar_angle_resolution=0.2)])
@pytest.mark.parametrize("acceptance", [BARREL, SharpAcceptance(missing_fraction=0.95)])
@pytest.mark.parametrize("energy", [4.13, 4.2, 4.336, 4.3492, 4.36, 5.0, 6.25, 6.3, 6.6, 6.62])
@pytest.mark.parametrize("v_max", [1.0, 0.999])
def test_w_is_the_energy_integral(kernel, source, acceptance, energy, v_max):
    """W(E') = ∫ dl F(l) n(E) A(E, (E' + m_e)/E) at E = E' e^l, with every corner an end of quad."""
    folded = fold_track_length(source, kernel, acceptance=acceptance, v_max=v_max)
    assert 0 < folded.error < 1e-9
    want = track_length_at(source, kernel, acceptance, energy, v_max)
    assert float(folded(np.asarray(energy))) == pytest.approx(want, rel=1e-8, abs=1e-11 * folded.values.max())


def track_length_at(source, kernel, acceptance, energy, v_max=1.0):
    taken = energy + ELECTRON_MASS
    fractions = acceptance.transition(np.asarray(taken / acceptance.missing_fraction))
    points = [np.log(edge / energy) for edge in source.edges if edge > energy]
    points += [*np.log(taken / (fractions * energy))]

    def function(lethargy):
        incident = np.asarray(energy * np.exp(lethargy))
        return float(source.spectrum(incident) * acceptance.probability(incident, taken / incident))

    return over_length(kernel, function, np.log(taken / (fractions[0] * energy)), points, -np.log(v_max))


@pytest.mark.parametrize("energy", [4.27, 4.4, 5.0, 6.2, 6.5])
def test_a_corner_of_the_resolution_inside_the_cut(kernel, energy):
    """At f = 0.98 the deposits of 0.09 to 0.13 GeV lie about the first point of the calorimeter, where σ_E bends."""
    acceptance = SmearedAcceptance(missing_fraction=0.98, resolution=BARREL.resolution)
    folded = fold_track_length(Bhabha(), kernel, acceptance=acceptance)
    want = track_length_at(Bhabha(), kernel, acceptance, energy)
    assert float(folded(np.asarray(energy))) == pytest.approx(want, abs=folded.error * folded.values.max())
    assert float(folded(np.asarray(energy))) == pytest.approx(want, rel=1e-6)


def test_a_beam_in_a_uniform_shower_is_a_closed_form():
    """F = 1 per unit v and σ of the track alone: ∫ Φ((v + m_e/E - f)/s) dv = s (z Φ(z) + φ(z)) between the ends."""
    edges = np.array([0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2])
    series = PiecewiseLegendre.from_function(lambda y: endpoint_to_log(y) / y**2, edges, 24)
    uniform = Kernel(series=series, error=0.0)
    track = Resolution(momentum=0.05, calorimeter=(CalorimeterPoint(energy=1.0, resolution=1e-9),))
    beam = Beam(energy=50.0, particles=3.0, incident="e+")
    for fraction in (0.8, 0.95):
        folded = fold_track_length(
            beam, uniform, acceptance=SmearedAcceptance(missing_fraction=fraction, resolution=track)
        )
        width = 0.05 * (1.0 - fraction)
        high = (1.0 + ELECTRON_MASS / 50.0 - fraction) / width
        want = 3.0 * width * (high * ndtr(high) + np.exp(-0.5 * high**2) / np.sqrt(2.0 * np.pi))
        assert folded.integral == pytest.approx(want, rel=1e-9)  # uniform to 1e-10 on its panels


@pytest.mark.parametrize("acceptance", [BARREL, SharpAcceptance(missing_fraction=0.95)])
def test_total_track_length_of_a_smeared_barrel(kernel, acceptance):
    """∫ W dE' against ∫ dE n(E) ∫ dv F(v) A, in the other order."""
    folded = fold_track_length(SMEARED, kernel, acceptance=acceptance)

    def of_track(energy):
        start = acceptance.transition(np.asarray(energy))
        passed = lambda v: float(acceptance.probability(np.asarray(energy), np.asarray(v + ELECTRON_MASS / energy)))
        points = [-np.log(f - ELECTRON_MASS / energy) for f in start]
        return over_length(kernel, lambda l: np.exp(-l) * passed(np.exp(-l)), max(points), points)  # noqa: E741

    energies = np.linspace(SMEARED.edges[0], SMEARED.edges[-1], 9)
    lengths = np.polynomial.Chebyshev.fit(energies, [of_track(e) for e in energies], 8)
    pieces = pairwise(SMEARED.edges)
    want = sum(quad(lambda e: float(SMEARED.spectrum(np.asarray(e))) * lengths(e), *p, epsrel=1e-11)[0] for p in pieces)
    assert folded.integral == pytest.approx(want, rel=1e-8)


def radiation(kernel, acceptance, energy):
    """∫ dl F e^-l ∫ dx A(E, x e^-l) up to x = min(1, e^l (1 - m_e/E)): P = φ = 1 for one track."""
    t, w = np.polynomial.legendre.leggauss(40)
    fractions = acceptance.transition(np.asarray(energy))

    def function(lethargy):
        top = min(1.0, np.exp(lethargy) * (1.0 - ELECTRON_MASS / energy)) * np.exp(-lethargy)  # E_A'/E
        ends = np.append(fractions[fractions < top], top)
        half, middle = 0.5 * np.diff(ends)[:, None], 0.5 * (ends[1:] + ends[:-1])[:, None]
        return float(np.sum(half * w * acceptance.probability(np.asarray(energy), middle + half * t)))

    reach = -np.log1p(-ELECTRON_MASS / energy)
    return over_length(kernel, function, -np.log(fractions[0]), [reach, *(-np.log(fractions))])


@pytest.mark.parametrize("fraction", [0.95, 0.7])
def test_radiation_of_a_beam(kernel, fraction):
    acceptance = SmearedAcceptance(missing_fraction=fraction, resolution=BARREL.resolution)
    fold = fold_radiation(Beam(energy=10.0, particles=3.0), kernel, acceptance=acceptance)
    got = float(np.sum(fold.weights * fold.values[..., 0]))
    assert got == pytest.approx(3.0 * radiation(kernel, acceptance, 10.0), rel=1e-7)
    assert fold.error < 1e-7


def test_radiation_of_a_smeared_barrel(kernel):
    fold = fold_radiation(SMEARED, kernel, acceptance=BARREL)
    got = float(np.sum(fold.weights * fold.values[..., 0]))
    energies = np.linspace(SMEARED.edges[0], SMEARED.edges[-1], 9)
    yields = np.polynomial.Chebyshev.fit(energies, [radiation(kernel, BARREL, e) for e in energies], 8)
    pieces = pairwise(SMEARED.edges)
    want = sum(quad(lambda e: float(SMEARED.spectrum(np.asarray(e))) * yields(e), *p, epsrel=1e-11)[0] for p in pieces)
    assert got == pytest.approx(want, rel=1e-7)
    assert abs(got / want - 1.0) < fold.error < 1e-7


@pytest.mark.parametrize(
    "source",
    [Bhabha(), Beam(energy=10.0, particles=3.0), TabulatedSpectrum(energies=(4.0, 4.5, 5, 6), densities=(0, 9, 3, 1))],
)
def test_a_perfect_detector_is_ideal(kernel, source):
    """σ → 0: the smeared folds tend to the sharp ones; 1e-6 of resolution is 1e-6 of the step, squared in it."""
    perfect = Resolution(momentum=1e-6, calorimeter=(CalorimeterPoint(energy=1.0, resolution=1e-6),))
    acceptance = SmearedAcceptance(missing_fraction=0.95, resolution=perfect)
    smeared = source if not isinstance(source, Bhabha) else SmearedBhabha(bhabha=source, polar_angle_resolution=1e-5)
    one = fold_track_length(source, kernel, missing_fraction=0.95)
    two = fold_track_length(smeared, kernel, acceptance=acceptance)
    assert two.integral == pytest.approx(one.integral, rel=1e-8)
    total = [
        float(np.sum(fold.weights * fold.values[..., 0]))
        for fold in (
            fold_radiation(source, kernel, missing_fraction=0.95),
            fold_radiation(smeared, kernel, acceptance=acceptance),
        )
    ]
    assert total[1] == pytest.approx(total[0], rel=1e-7)


def test_minimum_energy_above_the_smeared_cut(kernel):
    """A mediator heavier than the cut for some of the tracks: the sharp limit E_A' >= m remains."""
    beam = Beam(energy=10.0, particles=1.0)
    hard = fold_radiation(beam, kernel, acceptance=BARREL, minimum_energy=9.9)
    sharp = fold_radiation(beam, kernel, missing_fraction=0.95, minimum_energy=9.9)
    assert np.sum(hard.weights * hard.values[..., 0]) == pytest.approx(np.sum(sharp.weights * sharp.values[..., 0]))
    assert fold_radiation(beam, kernel, acceptance=BARREL, minimum_energy=10.0) is None
