"""The parts of event sampling, each against a separate calculation."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chi2, kstest

import evanesce as ev
from evanesce.constants import ELECTRON_MASS
from evanesce.materials.compton import electron_shells
from evanesce.production.angular import angular_spectrum
from evanesce.production.exact import emission_spectrum
from evanesce.production.form_factors import form_factor_of, nuclear_mass
from evanesce.production.kinematics import Emission, energy_range, invariants
from evanesce.production.scatterers import Scatterer
from evanesce.production.struck import BINDING
from evanesce.sampling.depth import DepthTable
from evanesce.sampling.electrons import electron_table
from evanesce.sampling.emission import draw_emission, outgoing
from evanesce.sampling.resonance import BreitWignerDraw
from evanesce.showers import ShowerSetup
from evanesce.showers.tsai_whitis import TsaiWhitis, first_generation, second_generation

CSI = ev.material("CsI")
NUCLEUS = CSI.nuclei[0]


@pytest.mark.parametrize("pole", [0.5, 2.0, 5.0])
@pytest.mark.parametrize("width", [1e-14, 1e-3, 3.0])
def test_breit_wigner(pole, width):
    """Limits 1 and 3 around, left and right of the pole: the distribution of δ is that of the arctangent.

    Far from the pole with a tiny width the density is 1/δ², where the arctangent of a plain inversion would round.
    """
    draw = BreitWignerDraw(np.asarray(1.0), np.asarray(3.0), pole, width)
    delta = draw(np.random.default_rng(3).random(20_000))
    low, high = 1.0 - pole, 3.0 - pole
    assert ((delta >= low * (1 + 1e-9 * np.sign(-low))) & (delta <= high * (1 + 1e-9 * np.sign(high)))).all()
    if width < 1e-10 and low * high > 0:
        share = (1 / low - 1 / delta) / (1 / low - 1 / high)
    else:
        angle = np.arctan(np.array([low, high]) / width)
        share = (np.arctan(delta / width) - angle[0]) / (angle[1] - angle[0])
    assert kstest(share, "uniform").pvalue > 0.01


@pytest.mark.parametrize("binding", BINDING)
@pytest.mark.parametrize("q", [0.8, 0.9995, 1.2])
def test_electrons_of_given_light_cone_momentum(binding, q):
    """Shells in proportion to n G(q), q kept, and G as the yields have it."""
    count = 100_000
    table = electron_table(CSI, binding=binding)
    rng = np.random.default_rng(5)
    at = np.full(count, q * ELECTRON_MASS)
    shell = table.draw_shell(rng, at)
    wanted = np.array([one.density * float(one(at[:1])[0]) for one in table.shells])
    assert table.density(at[:1])[0] == pytest.approx(wanted.sum(), rel=2e-4)
    share = wanted / wanted.sum()
    found = np.bincount(shell, minlength=len(share)) / count
    # within cells the shells are interpolated, which is good to 1 % of the outermost ones
    assert found == pytest.approx(share, rel=0.01, abs=4 * np.sqrt(0.25 / count))
    p_z, across = table.momentum(rng, shell, at)
    energy = ELECTRON_MASS if binding == "none" else np.sqrt(ELECTRON_MASS**2 + p_z**2 + across**2)
    assert energy - p_z == pytest.approx(at, rel=1e-12)


def test_momenta_are_drawn_from_the_density_they_say():
    table = electron_table(CSI, binding="none")
    least = np.full(50_000, 0.9 * ELECTRON_MASS)
    q = table.flux.draw(np.random.default_rng(6).random(50_000), least)
    assert (q >= least).all()
    edges = ELECTRON_MASS * np.array([0.9, 0.95, 0.99, 0.998, 1.002, 1.01, 1.05, 1.2])
    expected = np.array(
        [
            np.trapezoid(table.flux.drawn_density(x, np.full(4001, least[0])), x)
            for x in (np.linspace(a, b, 4001) for a, b in pairwise(edges))
        ]
    )
    content, _ = np.histogram(q, edges)
    pull = (content - 50_000 * expected) / np.sqrt(50_000 * expected)
    assert chi2.sf(np.sum(pull**2), len(pull)) > 0.01
    # the table is close to the density it stands for
    exact = sum(one.density * one.profile(ELECTRON_MASS - q) for one in electron_shells(CSI)) * (q / ELECTRON_MASS)
    assert np.percentile(np.abs(table.flux(q) / exact - 1), 90) < 0.02


@pytest.mark.parametrize(("upstream", "lethargy"), [(0.0, 1e-8), (0.0, 1e-3), (0.0, 0.05), (0.3, 1e-3), (0.3, 0.04)])
def test_depths_against_tsai_and_whitis(upstream, lethargy):
    """Share of Eqs. (A.2) and (A.3) up to a depth, for depths that are no windows of the table: within 2e-3."""
    energies = np.array([4.35, 6.6])

    def kernel_to(depth):
        setup = ShowerSetup(
            incident="e+", material=CSI, start=upstream, stop=upstream + depth, energy_min=4.35, energy_max=6.6
        )
        return TsaiWhitis(pair_charges="positron").track_length(setup).positrons

    table = DepthTable.of(kernel_to, 16.0, 0.06, energies)
    count = 200_001
    depth = table((np.arange(count) + 0.5) / count, np.full(count, lethargy), np.full(count, 5.0))
    inverse = np.log1p(1 / np.array([lethargy]))

    def exact(stop):
        first = first_generation(inverse, upstream, upstream + stop)[0] / lethargy
        return first + second_generation(np.array([lethargy]), upstream, upstream + stop)[0]

    for stop in (0.007, 0.03, 0.11, 0.45, 1.2, 3.1):
        assert np.mean(depth < stop) == pytest.approx(exact(stop) / exact(16.0), abs=2e-3)


def test_depths_above_the_first_window_are_continued():
    """At l = 1e-30 some of them are shallower than the 0.005 X0 of the first window: a power continues the share there.

    It comes within 3e-3 of all, 0.1 mm deep in CsI; a constant share would be 0.04 away.
    """

    def kernel_to(depth):
        setup = ShowerSetup(incident="e+", material=CSI, start=0.0, stop=depth, energy_min=5.0, energy_max=5.0)
        return TsaiWhitis(pair_charges="positron").track_length(setup).positrons

    table = DepthTable.of(kernel_to, 16.0, 0.06, np.array([5.0]))
    depth = table((np.arange(100_001) + 0.5) / 100_001, np.full(100_001, 1e-30), np.full(100_001, 5.0))
    inverse = np.log1p(1 / np.array([1e-30]))
    for stop in (0.001, 0.003, 0.004):
        share = first_generation(inverse, 0.0, stop)[0] / first_generation(inverse, 0.0, 16.0)[0]
        assert np.mean(depth < stop) == pytest.approx(share, abs=3e-3)


def emission(mass, energy, gap, count):
    target = nuclear_mass(NUCLEUS)
    most = float(energy_range(np.asarray(energy), np.asarray(mass), np.asarray(target))[1])
    left = energy - most + gap * ELECTRON_MASS
    return Emission(*(np.full(count, v) for v in (energy, energy - left, left, mass, target)))


@pytest.mark.parametrize("vertex", ["vector", "scalar", "pseudoscalar", "axial-vector"])
@pytest.mark.parametrize(("mass", "gap"), [(0.005, 30.0), (0.1, 0.3), (0.1, 300.0), (1.0, 100.0)])
def test_emission_integrates_to_the_spectrum(vertex, mass, gap):
    """The mean over phase space is dσ/dE_k, which production integrates by Gauss rules: 4 standard deviations."""
    form_factor = form_factor_of(NUCLEUS, "elastic+inelastic")
    e = emission(mass, 4.4, gap, 200_000)
    value = draw_emission(vertex, form_factor, e, np.random.default_rng(8).random((200_000, 3))).value
    one = Emission(*(field[:1] for field in e))
    target = Scatterer(float(e.target_mass[0]), ((1.0, form_factor),))
    want = emission_spectrum(vertex, target, one.energy, one.left, one.mass).value[0]
    error = value.std() / np.sqrt(len(value))
    assert error < 0.01 * want
    assert abs(value.mean() - want) < 4 * error


@pytest.mark.parametrize(("vertex", "mass"), [("vector", 0.05), ("scalar", 0.3)])
def test_angles_of_the_mediator(vertex, mass):
    """Histogram in u against d²σ/dE_k dcosθ, which is integrated over t at fixed angle."""
    form_factor = form_factor_of(NUCLEUS, "elastic")
    count = 300_000
    e = emission(mass, 4.4, 100.0, count)
    drawn = draw_emission(vertex, form_factor, e, np.random.default_rng(9).random((count, 3)))
    forward, momenta = float(e.forward[0]), float(e.momenta[0])
    edges = forward + np.array([0.0, 0.1, 0.3, 1.0, 3.0, 10.0]) * forward
    content, _ = np.histogram(drawn.u, edges, weights=drawn.value / count)
    variance, _ = np.histogram(drawn.u, edges, weights=(drawn.value / count) ** 2)
    nodes, weights = np.polynomial.legendre.leggauss(16)
    target = Scatterer(float(e.target_mass[0]), ((1.0, form_factor),))
    expected = []
    for low, high in pairwise(edges):
        u = 0.5 * (low + high) + 0.5 * (high - low) * nodes
        angle = 2 * np.arcsin(np.sqrt((u - forward) / (4 * momenta)))
        one = Emission(*(np.full(16, field[0]) for field in e))
        spectrum = angular_spectrum(vertex, target, one, angle).value
        expected.append(0.5 * (high - low) * np.sum(weights * spectrum) / (2 * momenta))  # dcosθ = du/2pk
    pull = (content - np.array(expected)) / np.sqrt(variance)
    assert chi2.sf(np.sum(pull**2), len(pull)) > 0.01


def test_outgoing_momenta_have_the_invariants_they_were_drawn_with():
    """u, t and s̃ = a - b cos φ from the four-vectors: rounding of E² against u of order 1e-3 GeV²."""
    form_factor = form_factor_of(NUCLEUS, "elastic")
    e = emission(0.3, 4.4, 300.0, 5_000)
    drawn = draw_emission("vector", form_factor, e, np.random.default_rng(10).random((5_000, 3)))
    mediator, nucleus = outgoing(e, drawn)
    incident = np.zeros_like(mediator)
    incident[:, 2], incident[:, 3] = np.sqrt(e.energy**2 - ELECTRON_MASS**2), e.energy
    rest = np.zeros_like(mediator)
    rest[:, 3] = e.target_mass
    final = incident + rest - mediator - nucleus

    def square(p):
        return p[:, 3] ** 2 - np.sum(p[:, :3] ** 2, axis=1)

    assert square(mediator) == pytest.approx(0.09, rel=1e-9)
    assert square(nucleus) == pytest.approx(e.target_mass**2, rel=1e-12)
    assert square(final) == pytest.approx(ELECTRON_MASS**2, rel=1e-3)
    assert ELECTRON_MASS**2 - square(incident - mediator) == pytest.approx(drawn.u, rel=1e-7)
    assert 2 * e.target_mass * (nucleus[:, 3] - e.target_mass) == pytest.approx(drawn.t, rel=1e-4, abs=1e-10)
    i = invariants(e, drawn.u, drawn.t)
    around = i.a - np.sqrt(i.b2) * np.cos(drawn.azimuth)
    assert square(final + mediator) - ELECTRON_MASS**2 == pytest.approx(around, rel=1e-5)
