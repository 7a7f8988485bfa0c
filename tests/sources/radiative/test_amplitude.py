"""The amplitude: explicit Dirac matrices, the closed massless formula, gauge invariance, limits, symmetries."""

import numpy as np
import pytest
from radiative import collisions, massive, traces

from evanesce.constants import ELECTRON_MASS
from evanesce.sources.radiative import phase_space
from evanesce.sources.radiative.amplitude import Momenta, dot, massive_squared, polarisations
from evanesce.sources.radiative.massless import massless_squared

ROOT_S = 10.583


@pytest.fixture
def rng():
    return np.random.default_rng(20)


@pytest.mark.parametrize(("root_s", "mass"), [(3.0, 0.4), (10.583, ELECTRON_MASS)])
def test_every_diagram_against_explicit_dirac_matrices(rng, root_s, mass):
    p = collisions(rng, 4, root_s, mass)
    found = massive_squared(p, mass=mass)
    eps = polarisations(p.photon)
    for i in range(4):
        event = Momenta(*(q[:, i] for q in p))
        # rounding of cancelling traces, larger for a light electron
        assert found[i] == pytest.approx(traces(event, mass, eps[:, :, i].T), rel=1e-8)


def test_without_a_mass_it_is_the_closed_formula(rng):
    p = collisions(rng, 200, ROOT_S, 0.0)
    np.testing.assert_allclose(massive_squared(p, mass=0.0), massless_squared(p), rtol=1e-9)


def test_the_mass_matters_as_its_square_over_the_smallest_invariant(rng):
    """And where the phase space switches to the massless formula it is good to a few m²/limit."""
    p = collisions(rng, 3000, ROOT_S, ELECTRON_MASS)
    smallest = np.min([dot(p.electron, p.positron), *(dot(q, p.photon) for q in p[:4])], axis=0)
    safe = smallest > phase_space.NEAR * ELECTRON_MASS**2
    assert 0.9 < safe.mean() < 1.0
    ratio = massless_squared(p) / massive_squared(p)
    assert np.abs(ratio[safe] - 1).max() < 10 / phase_space.NEAR
    np.testing.assert_allclose(phase_space.matrix_element(p), massive_squared(p), rtol=10 / phase_space.NEAR)


@pytest.mark.parametrize("z_exchange", [False, True])
def test_gauge_invariance(rng, z_exchange):
    """ε → k vanishes, up to the square of rounding errors."""
    p = collisions(rng, 200, 3.0, 0.3)
    value = massive_squared(p, mass=0.3, z_exchange=z_exchange)
    pure = massive_squared(p, mass=0.3, z_exchange=z_exchange, polarisation=p.photon[:, None])
    assert (pure < 1e-24 * value * p.photon[0] ** 2).all()


def test_polarisations_are_transverse_and_normal(rng):
    k = collisions(rng, 50, ROOT_S, 0.0).photon
    k[:, 0] = [2.0, 0.0, 0.0, -2.0]  # along the beam too
    eps = polarisations(k)
    for i in range(2):
        np.testing.assert_allclose(dot(eps[:, i], k), 0.0, atol=1e-14)
        np.testing.assert_allclose(dot(eps[:, i], eps[:, i]), -1.0, rtol=1e-14)
    np.testing.assert_allclose(dot(eps[:, 0], eps[:, 1]), 0.0, atol=1e-15)


def soft(rng, energy, mass):
    """Bhabha scattering with a soft photon, electrons back to back up to its momentum."""
    n = 100
    p = collisions(rng, n, ROOT_S, mass)
    k = p.photon * energy / p.photon[0]
    momenta = np.stack([p.electron, p.positron, k])
    direction = p.electron[1:] / np.linalg.norm(p.electron[1:], axis=0)
    keep = np.abs(direction[2]) < 0.9
    momenta[0, 1:], momenta[1, 1:] = direction * 5 - k[1:] / 2, -direction * 5 - k[1:] / 2
    pair = momenta[:2]
    total = ROOT_S - energy
    # scale the relative momentum until the energies add up
    for _ in range(60):
        pair[:, 0] = np.sqrt(np.square(pair[:, 1:]).sum(axis=1) + mass**2)
        relative = 0.5 * (pair[0, 1:] - pair[1, 1:]) * total / pair[:, 0].sum(axis=0)
        pair[0, 1:], pair[1, 1:] = relative - k[1:] / 2, -relative - k[1:] / 2
    return Momenta(*(q[:, keep] for q in (p.electron_in, p.positron_in, pair[0], pair[1], k)))


def bhabha(p, *, z_exchange):
    """Massless |M|²/e⁴ helicity by helicity, Halzen-Martin chapter 13: chiral couplings added to the photon's."""
    s, t, u = ROOT_S**2, dot(*[p.electron_in - p.electron] * 2), dot(*[p.electron_in - p.positron] * 2)
    sin2 = 0.23122
    norm = np.sqrt(sin2 * (1 - sin2))
    left, right = ((sin2 - 0.5) / norm, sin2 / norm) if z_exchange else (0.0, 0.0)

    def boson(a, b, q2):
        width = 2.4952 if z_exchange else 0.0
        return 1 / q2 + a * b / (q2 - 91.1876**2 + 1j * 91.1876 * width * (q2 > 0))

    same = sum(np.abs(u * (boson(g, g, s) + boson(g, g, t))) ** 2 for g in (left, right))
    mixed = 2 * np.abs(t * boson(left, right, s)) ** 2 + 2 * np.abs(s * boson(left, right, t)) ** 2
    return same + mixed  # Σ/4 of 4 |...|²


@pytest.mark.parametrize("z_exchange", [False, True])
def test_soft_photons_factorise(rng, z_exchange):
    """|M|² → |M(e⁺e⁻ → e⁺e⁻)|² · -(Σ ± p/p·k)²; corrections of order k/E."""
    p = soft(rng, 1e-4, ELECTRON_MASS)
    charges = ((p.electron_in, -1), (p.positron_in, 1), (p.electron, 1), (p.positron, -1))
    current = sum(sign * q / dot(q, p.photon) for q, sign in charges)
    want = bhabha(p, z_exchange=z_exchange) * -dot(current, current)
    found = massive_squared(p, z_exchange=z_exchange)
    # the Z itself is 1e-3 or more here: a wrong coupling does not hide below this
    np.testing.assert_allclose(found, want, rtol=1e-4)


def test_the_z_is_seen_and_small(rng):
    p = soft(rng, 1e-3, ELECTRON_MASS)
    change = massive_squared(p, z_exchange=True) / massive_squared(p) - 1
    assert 1e-3 < np.abs(change).max() < 3e-2


@pytest.mark.parametrize("z_exchange", [False, True])
def test_charge_conjugation_with_parity(rng, z_exchange):
    """CP: particles and antiparticles change places, momenta their sign; a symmetry with the Z too."""
    p = collisions(rng, 50, 3.0, 0.3)

    def flipped(q):
        return q * np.array([1.0, -1.0, -1.0, -1.0])[:, None]

    other = Momenta(*(flipped(q) for q in (p.positron_in, p.electron_in, p.positron, p.electron, p.photon)))
    np.testing.assert_allclose(
        massive_squared(other, mass=0.3, z_exchange=z_exchange),
        massive_squared(p, mass=0.3, z_exchange=z_exchange),
        rtol=1e-10,
    )


def test_collinear_pairs_come_from_a_photon(rng):
    """e⁺e⁻ → γγ* and γ* → e⁺e⁻ at s' of a few m²: (2/s')(z² + (1-z)² + 2m²/s') |M(γγ)|², averaged over the azimuth."""
    m, s, n = ELECTRON_MASS, ROOT_S**2, 64
    for ratio, z, cosine in ((5.0, 0.3, 0.2), (20.0, 0.5, -0.4), (400.0, 0.2, 0.5)):
        s_out = ratio * m**2
        energy = (s + s_out) / (2 * ROOT_S)
        size = np.sqrt(energy**2 - s_out)
        phi = 2 * np.pi * (np.arange(n) + 0.5) / n
        axis = np.array([np.sqrt(1 - cosine**2), 0.0, cosine])
        first = z * energy
        along = (2 * first * energy - s_out) / (2 * size)
        across = np.sqrt(first**2 - m**2 - along**2)
        normal, other = np.array([axis[2], 0.0, -axis[0]]), np.array([0.0, 1.0, 0.0])
        vector = along * axis[:, None] + across * (np.outer(normal, np.cos(phi)) + np.outer(other, np.sin(phi)))
        electron = np.concatenate([np.full((1, n), first), vector])
        pair = np.concatenate([[energy], size * axis])[:, None] * np.ones(n)
        photon = np.concatenate([[ROOT_S - energy], -size * axis])[:, None] * np.ones(n)
        zero, half = np.zeros(n), np.full(n, ROOT_S / 2)
        beam = np.sqrt(half**2 - m**2)
        p = Momenta(
            np.array([half, zero, zero, beam]), np.array([half, zero, zero, -beam]), electron, pair - electron, photon
        )
        two = 2 * ((1 + cosine) / (1 - cosine) + (1 - cosine) / (1 + cosine))
        want = 2 / s_out * (z**2 + (1 - z) ** 2 + 2 * m**2 / s_out) * two
        # what is left are powers of √s'/E, 1e-3 at most
        assert massive_squared(p).mean() == pytest.approx(want, rel=3e-3)


def test_helpers_are_on_shell(rng):
    p = massive(np.stack(collisions(rng, 10, 3.0, 0.0)[2:]), 3.0, (0.3, 0.3, 0.0))
    np.testing.assert_allclose(p[:, 0].sum(axis=0), 3.0, rtol=1e-12)
    np.testing.assert_allclose(p[0, 0] ** 2 - np.square(p[0, 1:]).sum(axis=0), 0.09, rtol=1e-9)
