"""Møller and Bhabha scattering on electrons at rest, by traces of explicit Dirac matrices with the electron mass."""

import numpy as np
import pytest
from dirac import GAMMA, METRIC, ONE, dot, slash

from evanesce.constants import ALPHA
from evanesce.constants import ELECTRON_MASS as M
from evanesce.interactions import Medium, collisions
from evanesce.materials import material

PAIRS = [(i, j, METRIC[i, i] * METRIC[j, j]) for i in range(4) for j in range(4)]


def moller(beam, rest, after, hit):
    """Σ|M|²/4e⁴: the exchange of a photon, less that with the final electrons exchanged."""
    t, u = dot(beam - after, beam - after), dot(beam - hit, beam - hit)
    p, k, q, r = (slash(v) + M * ONE for v in (beam, rest, after, hit))
    total = 0.0
    for i, j, sign in PAIRS:
        a, b = GAMMA[i], GAMMA[j]
        total += sign * (np.trace(q @ a @ p @ b) * np.trace(r @ a @ k @ b)).real / t**2
        total += sign * (np.trace(r @ a @ p @ b) * np.trace(q @ a @ k @ b)).real / u**2
        total -= 2 * sign * np.trace(q @ a @ p @ b @ r @ a @ k @ b).real / (t * u)
    return total / 4


def bhabha(beam, rest, after, hit):
    """Σ|M|²/4e⁴: the exchange of a photon, less annihilation into one."""
    t, s = dot(beam - after, beam - after), dot(beam + rest, beam + rest)
    v_in, v_out, u_in, u_out = (
        slash(beam) - M * ONE,
        slash(after) - M * ONE,
        slash(rest) + M * ONE,
        slash(hit) + M * ONE,
    )
    total = 0.0
    for i, j, sign in PAIRS:
        a, b = GAMMA[i], GAMMA[j]
        total += sign * (np.trace(u_out @ a @ u_in @ b) * np.trace(v_in @ a @ v_out @ b)).real / t**2
        total += sign * (np.trace(v_in @ a @ u_in @ b) * np.trace(u_out @ a @ v_out @ b)).real / s**2
        total -= 2 * sign * np.trace(u_out @ a @ u_in @ b @ v_in @ a @ v_out @ b).real / (t * s)
    return total / 4


@pytest.mark.parametrize(("particle", "squared", "top"), [("e-", moller, 0.5), ("e+", bhabha, 1.0)])
@pytest.mark.parametrize("tau", [0.1, 0.5, 2.0, 30.0])
def test_knock_ons_at_any_energy(particle, squared, top, tau):
    """dσ/dT = |M|²/(32π m p²) per electron, from τ = T/m_e of a tenth on, where every term counts."""
    energy = M * (1 + tau)
    momentum = np.sqrt(energy**2 - M**2)
    target = Medium(material("CsI"))
    for share in np.array([0.05, 0.4, 0.8, 0.97]) * top:
        transfer = share * tau * M
        size = np.sqrt(transfer * (transfer + 2 * M))
        cosine = (energy + M) * transfer / (momentum * size)
        hit = np.array([transfer + M, size * np.sqrt(1 - cosine**2), 0.0, size * cosine])
        beam, rest = np.array([energy, 0.0, 0.0, momentum]), np.array([M, 0.0, 0.0, 0.0])
        want = squared(beam, rest, beam + rest - hit, hit) * (4 * np.pi * ALPHA) ** 2 / (32 * np.pi * M * momentum**2)
        found = collisions.knock_on_spectrum(target, particle, np.array(energy), np.array(transfer))
        per_electron = found / target.electrons * 2 * np.pi * (ALPHA / M) ** 2
        assert per_electron == pytest.approx(want, rel=1e-11), share
