"""Distributions of the drawn numbers: random numbers, spectra, shares."""

from types import SimpleNamespace

import numba
import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from evanesce.constants import ELECTRON_MASS
from evanesce.interactions import collisions as hit
from evanesce.interactions.medium import Medium
from evanesce.interactions.radiation import bremsstrahlung, pair_production
from evanesce.materials import material
from evanesce.numerics import compiled
from evanesce.showers.montecarlo import columns, streams, transport
from evanesce.showers.montecarlo.tables import make_tables

DRAWS = 20000
STEP = np.uint64(0x9E3779B97F4A7C15)
CUT = 100e-6


def drawn(function, *arguments, count=DRAWS, seed=5):
    """Numbers that a compiled function draws, one after the other from one stream."""
    state, step = streams.stream(np.uint64(seed), np.uint64(0))
    values = np.empty(count)
    for i in range(count):
        values[i], state = function(*arguments, np.uint64(state), np.uint64(step))
    return values


class TestStreams:
    def test_splitmix(self):
        """The generator's published first numbers for the seed 1234567 (S. Vigna's splitmix64.c)."""
        state, numbers = 1234567, []
        for _ in range(3):
            state = (state + int(STEP)) % 2**64
            numbers.append(int(streams.mix(np.uint64(state))))
        assert numbers == [6457827717110365317, 3203168211198807973, 9817491932198370423]

    def test_streams_differ_and_step_well(self):
        pairs = [streams.stream(np.uint64(seed), np.uint64(history)) for seed in (0, 1, 2) for history in range(2000)]
        assert len({int(state) for state, _ in pairs}) == len({int(step) for _, step in pairs}) == 6000
        for _, step in pairs:
            gamma = int(step)
            assert gamma % 2 == 1
            assert (gamma ^ (gamma >> 1)).bit_count() >= 24  # section 5 of Steele, Lea and Flood

    def test_uniform(self):
        values = [float(streams.unit(np.uint64(bits))) for bits in (0, 2**64 - 1)]
        assert 0.0 < values[0] < 1e-15
        assert 1.0 - 1e-15 < values[1] < 1.0
        states = [np.uint64(streams.stream(np.uint64(3), np.uint64(history))[0]) for history in range(DRAWS)]
        histories = [streams.unit(state) for state in states]
        assert stats.kstest(histories, "uniform").pvalue > 1e-3

    def test_exponential(self):
        values = drawn(streams.exponential, count=200_000)
        assert stats.kstest(values, "expon").pvalue > 1e-3
        # the tail beyond the ziggurat's, 4.5e-4 of all
        assert np.sum(values > 7.697) == pytest.approx(200_000 * np.exp(-7.697), abs=4 * np.sqrt(90))


def test_compiled_without_a_place_for_it(monkeypatch):
    """Without a writable folder or cache the code is compiled for this process only."""
    compiler, asked = numba.njit, []

    def njit(**options):
        asked.append(options.get("cache", False))
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return compiler(**options)

    # not numba.njit itself: numba decorates functions of its own with it when something is compiled for the first time
    monkeypatch.setattr(compiled, "numba", SimpleNamespace(njit=njit))
    assert compiled.compiled(lambda x: x + 1)(2) == 3
    assert asked == [True, False]


def test_walker():
    """Tables of Walker give back the weights to rounding, zeros and lone peaks among them."""
    weights = np.random.default_rng(1).random((4, 300)) ** 5
    weights[1, ::2], weights[2, 7] = 0.0, 900.0
    weights *= 300 / weights.sum(axis=1, keepdims=True)
    table = np.empty_like(weights)
    transport.walker(weights, table)
    found = 300 * np.array([node_weights(row) for row in table])
    assert found == pytest.approx(weights, abs=1e-9)


@pytest.fixture(scope="module", params=["CsI", "Pb", "H2O"])
def medium(request):
    return Medium(material(request.param))


ENERGY = 2.0


@pytest.fixture(scope="module")
def row(medium):
    """Tables, a row of them and its energy."""
    tables = make_tables(medium, 0.5, 4.35, CUT)
    index = int(np.argmin(np.abs(tables.rows[:, columns.ENERGY] - ENERGY)))
    return tables, index, float(tables.rows[index, columns.ENERGY])


def node_weights(table):
    """Probability of every node of a row of Walker's tables."""
    other = table.astype(int)
    kept = table - other
    weights = kept.copy()
    np.add.at(weights, other, 1.0 - kept)
    return weights / len(table)


def rate_of(tables, index, column):
    """A rate at the energy of a row: a + b E."""
    constant, slope = tables.rows[index, column : column + 2]
    return constant + slope * tables.rows[index, columns.ENERGY]


class TestTables:
    """Rates and mean losses against the cross sections, integrated by other means."""

    @pytest.mark.parametrize("kind", [0, 1])
    def test_mean_loss(self, medium, row, kind):
        """∫ k dN by quadrature over ln k, and Bethe's mean loss up to the largest transfer less that below the cut."""
        tables, index, energy = row
        x, w = np.polynomial.legendre.leggauss(400)
        photon = np.exp(np.log(1e-9) + 0.5 * (1 + x) * np.log((energy - ELECTRON_MASS) / 1e-9))
        radiated = (
            0.5
            * np.log((energy - ELECTRON_MASS) / 1e-9)
            * w
            @ (photon * bremsstrahlung(medium, np.full_like(photon, energy), photon))
        )
        name = ("e-", "e+")[kind]
        given = hit.restricted_loss(medium, name, np.array(energy), energy) - hit.restricted_loss(
            medium, name, np.array(energy), CUT
        )
        share = 1.0 / (1.0 + 1.0 / tables.loss_ratio)
        rate = rate_of(tables, index, columns.CHARGES + kind * columns.WIDTH + columns.SCATTERING)
        mean = rate * energy * node_weights(tables.losses[kind, index]) @ share
        # hat functions of 1/80 in ln k, and the transfer next to its largest
        assert mean == pytest.approx(radiated + float(given), rel=3e-4)

    @pytest.mark.parametrize("kind", [0, 1])
    def test_number_of_knock_ons(self, medium, row, kind):
        tables, index, energy = row
        rate = rate_of(tables, index, columns.CHARGES + kind * columns.WIDTH + columns.SCATTERING)
        weights = node_weights(tables.losses[kind, index])
        knock_ons = rate * weights @ (1.0 - tables.radiated[kind, index])
        exact = quad(
            lambda t: (
                np.exp(t)
                * float(hit.knock_on_spectrum(medium, ("e-", "e+")[kind], np.array(energy), np.array(np.exp(t))))
            ),
            np.log(CUT),
            np.log((0.5, 1.0)[kind] * (energy - ELECTRON_MASS)),
        )[0]
        assert knock_ons == pytest.approx(exact, rel=1e-6)

    def test_pairs(self, medium, row):
        tables, index, energy = row
        x, w = np.polynomial.legendre.leggauss(300)
        x, w = 0.5 * (1 + x), 0.5 * w
        spectrum = pair_production(medium, np.full_like(x, energy), x * energy)
        assert rate_of(tables, index, columns.CONVERSION) == pytest.approx(w @ spectrum, rel=1e-4)
        weights = node_weights(tables.pairs[0, index])
        shares = 1.0 / (1.0 + 1.0 / tables.pair_ratio)
        for power in (1, 2, 4):
            exact = (w @ (spectrum * x**power)) / (w @ spectrum)
            assert weights @ shares**power == pytest.approx(exact, rel=1e-4)

    def test_positrons_annihilate(self, medium, row):
        tables, index, energy = row
        own = columns.CHARGES + columns.WIDTH
        rate = rate_of(tables, index, own + columns.TOTAL) - rate_of(tables, index, own + columns.SCATTERING)
        assert rate == pytest.approx(float(hit.annihilation_rate(medium, np.array(energy))), rel=1e-8)
        total, scattering = (rate_of(tables, index, columns.CHARGES + c) for c in (columns.TOTAL, columns.SCATTERING))
        assert total == scattering

    def test_between_rows(self, row):
        """What the row above contributes is nothing at a row and everything at the next one."""
        tables, index, energy = row
        own, above = columns.CHARGES + columns.SCATTERING, columns.CHARGES + columns.SCATTERING_ABOVE
        after = tables.rows[index + 1, columns.ENERGY]
        constant, slope = tables.rows[index, above : above + 2]
        assert constant + slope * energy == pytest.approx(0.0, abs=1e-9)
        assert constant + slope * after == pytest.approx(rate_of(tables, index + 1, own), rel=1e-12)


def cumulative(density, low, high, points):
    """Distribution function of a density by quadrature on a fine grid, at points."""
    grid = np.linspace(low, high, 20001)
    values = density(grid)
    total = np.concatenate([[0.0], np.cumsum(0.5 * (values[1:] + values[:-1]))])
    return np.interp(points, grid, total / total[-1])


class TestShares:
    """Kolmogorov-Smirnov tests against the cross sections that the cascade integrates."""

    @pytest.mark.parametrize("energy", [0.01, 0.3, 4.0])
    def test_compton(self, energy):
        medium = Medium(material("CsI"))
        shares = drawn(transport.compton_share, energy / ELECTRON_MASS)
        least = 1.0 / (1.0 + 2.0 * energy / ELECTRON_MASS)
        assert least <= shares.min()
        assert shares.max() <= 1.0

        def density(log_share):
            after = energy * np.exp(log_share)
            return after * hit.compton_photons(medium, np.full_like(after, energy), after)

        result = stats.kstest(np.log(shares), lambda p: cumulative(density, np.log(least), 0.0, p))
        assert result.pvalue > 1e-3

    @pytest.mark.parametrize("energy", [0.01, 0.3, 4.0])
    def test_annihilation(self, energy):
        medium = Medium(material("CsI"))
        gamma = energy / ELECTRON_MASS
        shares = drawn(transport.annihilation_share, gamma)
        root = np.sqrt((gamma - 1.0) / (gamma + 1.0))
        # one of two photons drawn from its own part: either, at random, is symmetric
        either = np.where(np.arange(DRAWS) % 2 == 0, shares, 1.0 - shares)
        logit = np.log(either / (1.0 - either))

        def density(z):
            x = 1.0 / (1.0 + np.exp(-z))
            photon = x * (energy + ELECTRON_MASS)
            return x * (1.0 - x) * hit.annihilation_photons(medium, np.full_like(x, energy), photon)

        edge = np.log((1.0 + root) / (1.0 - root)) * (1.0 - 1e-12)
        assert stats.kstest(logit, lambda p: cumulative(density, -edge, edge, p)).pvalue > 1e-3
