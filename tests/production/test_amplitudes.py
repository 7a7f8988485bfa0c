"""The squared amplitudes of e N → e N φ against explicit Dirac matrices, and their average over the azimuth."""

import dirac
import numpy as np
import pytest

from evanesce.constants import ELECTRON_MASS
from evanesce.production.amplitudes import amplitude_at, amplitude_average, squared_amplitude
from evanesce.production.kinematics import Emission, energy_range, invariants, largest_t, smallest_t, u_range

KINDS = ["scalar", "pseudoscalar", "vector", "axial-vector"]


def events(count, seed=1):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        mass, target_mass = 10 ** rng.uniform(-3, 0), rng.choice([0.938, 12.0, 190.0])
        p, out, k, first, last = dirac.random_emission(rng, mass, target_mass, ELECTRON_MASS)
        yield mass, target_mass, p, out, k, first, last


def invariant(p, out, k, first, last):
    q = first - last
    s = dirac.dot(out + k, out + k) - ELECTRON_MASS**2
    u = dirac.dot(p - k, p - k) - ELECTRON_MASS**2
    return s, u, -dirac.dot(q, q)


@pytest.mark.parametrize("kind", KINDS)
def test_closed_form_against_dirac_matrices(kind):
    """To 1e-9: what the numerical traces themselves lose."""
    for mass, _, p, out, k, first, last in events(60):
        s, u, t = invariant(p, out, k, first, last)
        total = first + last
        want = dirac.squared(kind, total, p, out, k, mass, ELECTRON_MASS)
        got = squared_amplitude(
            kind,
            s=s,
            u=u,
            t=t,
            incoming=dirac.dot(total, p),
            outgoing=dirac.dot(total, out),
            target=dirac.dot(total, total),
            mass=mass,
        )
        assert got == pytest.approx(want, rel=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_the_photon_is_gauge_invariant(kind):
    """The electron's current contracted with q vanishes, so 2P_i serves as well as P_i + P_f."""
    for mass, _, p, out, k, first, last in events(20):
        full = dirac.squared(kind, first + last, p, out, k, mass, ELECTRON_MASS)
        assert dirac.squared(kind, 2 * first, p, out, k, mass, ELECTRON_MASS) == pytest.approx(full, rel=1e-9)
        assert abs(dirac.squared(kind, first - last, p, out, k, mass, ELECTRON_MASS)) < 1e-9 * full


def test_longitudinal_modes():
    """k_μ times the vector's current is zero; times the axial one it is 2m_e times the pseudoscalar's."""
    for mass, _, p, out, k, first, last in events(20):
        field = dirac.slash(first + last)
        modes = [
            dirac.spin_sum(dirac.amplitude_matrix(vertex, field, p, out, k, ELECTRON_MASS), p, out, ELECTRON_MASS)
            for vertex in (dirac.slash(k), dirac.slash(k) @ dirac.GAMMA5, 1j * dirac.GAMMA5)
        ]
        vector, axial, pseudoscalar = modes
        full = dirac.squared("vector", first + last, p, out, k, mass, ELECTRON_MASS)
        assert abs(vector) < 1e-9 * mass**2 * full
        assert axial == pytest.approx(4 * ELECTRON_MASS**2 * pseudoscalar, rel=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_average_over_the_azimuth(kind):
    """The closed average against the mean over φ of the unaveraged form, at explicit four-vectors."""
    phi = (np.arange(4000) + 0.5) * np.pi / 4000
    for mass, m, p, out, k, first, last in events(60, seed=2):
        s, u, t = invariant(p, out, k, first, last)
        e = Emission(*(np.asarray(v) for v in (p[0], k[0], p[0] - k[0], mass, m)))
        i = invariants(e, np.asarray(-u), np.asarray(t))
        assert abs(s - i.a) <= np.sqrt(i.b2) * (1 + 1e-6)
        around = i.a - np.sqrt(i.b2) * np.cos(phi)
        points = squared_amplitude(
            kind,
            s=around,
            u=u,
            t=t,
            incoming=2 * m * p[0] - (around + t) / 2,
            outgoing=2 * m * (p[0] - k[0]) - (t - u) / 2,
            target=4 * m**2 + t,
            mass=mass,
        )
        assert float(amplitude_average(kind, i)) == pytest.approx(points.mean() / (8 * m**2), rel=1e-9)
        # one azimuth at a time: the unaveraged form loses digits where s̃ is close to -ũ
        at = amplitude_at(kind, i, np.sqrt(i.b2) * np.cos(phi))
        assert at == pytest.approx(points / (8 * m**2), rel=1e-7, abs=1e-9 * float(points.max()) / (8 * m**2))


def test_limits_contain_every_event():
    for mass, m, p, out, k, first, last in events(300, seed=3):
        _, u, t = invariant(p, out, k, first, last)
        e = Emission(*(np.asarray(v) for v in (p[0], k[0], p[0] - k[0], mass, m)))
        low, high = energy_range(e.energy, e.mass, e.target_mass)
        assert low * (1 - 1e-12) <= k[0] <= high * (1 + 1e-12)
        low, high = u_range(e, np.asarray(t))
        assert low * (1 - 1e-7) <= -u <= high * (1 + 1e-7)
        at = np.asarray(-u)
        assert smallest_t(e, at) * (1 - 1e-7) <= t <= largest_t(e, at) * (1 + 1e-7)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mass", [1e-3, 0.1])
def test_nothing_is_lost_to_cancellation(kind, mass):
    """Double against extended precision at 500 GeV, from t_min to 1 GeV², along and between the peaks."""
    x, energy = 0.7, 500.0
    values = []
    for real in (np.float64, np.longdouble):
        e = Emission(*(real(v) for v in (energy, x * energy, (1 - x) * energy, mass, 193.0)))
        ratio = np.array([1.01, 2.0, 30.0, 1e3]).astype(real)[:, None]
        u = e.forward * ratio
        t = smallest_t(e, u) * np.array([1.1, 3.0, 1e3, 1e6]).astype(real)
        values.append(amplitude_average(kind, invariants(e, u, t)).astype(np.float64))
    assert values[0] == pytest.approx(values[1], rel=1e-6)
