"""e⁻e⁺ → e⁻e⁺γ by traces of explicit Dirac matrices, and flat phase space (RAMBO), without the package."""

from __future__ import annotations

import numpy as np
from dirac import GAMMA, METRIC, dot, slash

from evanesce.sources.radiative.amplitude import Momenta


def traces(p: Momenta, mass: float, polarisations: np.ndarray) -> float:
    """|M|²/e⁶ of one event by traces, summed over final spins and polarisations, averaged over the beams."""
    pm, pp, qm, qp, k = p
    one = mass * np.eye(4)
    metric = np.diag(METRIC)

    def square(v):
        return dot(v, v)

    def bar(matrix):
        return GAMMA[0] @ matrix.conj().T @ GAMMA[0]

    s, s_out, t_minus, t_plus = square(pm + pp), square(qm + qp), square(pm - qm), square(pp - qp)
    u_in, v_in, u_out, v_out = slash(pm) + one, slash(pp) - one, slash(qm) + one, slash(qp) - one
    total = 0.0
    for eps in polarisations:
        e = slash(eps)
        legs = [
            [GAMMA[i] @ (slash(pm - k) + one) @ e / (-2 * dot(pm, k)) for i in range(4)],
            [e @ (slash(k - pp) + one) @ GAMMA[i] / (-2 * dot(pp, k)) for i in range(4)],
            [e @ (slash(qm + k) + one) @ GAMMA[i] / (2 * dot(qm, k)) for i in range(4)],
            [GAMMA[i] @ (slash(-qp - k) + one) @ e / (2 * dot(qp, k)) for i in range(4)],
        ]
        annihilation = [((legs[0][i] + legs[1][i]) / s_out, GAMMA[i] * metric[i]) for i in range(4)]
        annihilation += [(GAMMA[i], (legs[2][i] + legs[3][i]) * metric[i] / s) for i in range(4)]
        exchange = [((legs[0][i] + legs[2][i]) / t_plus, GAMMA[i] * metric[i]) for i in range(4)]
        exchange += [(GAMMA[i], (legs[1][i] + legs[3][i]) * metric[i] / t_minus) for i in range(4)]
        for x, y in annihilation:
            for a, b in annihilation:
                total += (np.trace(v_in @ x @ u_in @ bar(a)) * np.trace(u_out @ y @ v_out @ bar(b))).real
            for a, b in exchange:
                total -= 2 * np.trace(v_in @ x @ u_in @ bar(a) @ u_out @ y @ v_out @ bar(b)).real
        for x, y in exchange:
            for a, b in exchange:
                total += (np.trace(u_out @ x @ u_in @ bar(a)) * np.trace(v_in @ y @ v_out @ bar(b))).real
    return total / 4


def rambo(rng: np.random.Generator, events: int, root_s: float) -> np.ndarray:
    """Three massless momenta (3, 4, events), flat in phase space, in the centre of mass."""
    direction = rng.normal(size=(3, 3, events))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    energy = -np.log(rng.random((3, events)) * rng.random((3, events)))
    q = np.concatenate([energy[:, None], energy[:, None] * direction], axis=1)
    total = q.sum(axis=0)
    root = np.sqrt(dot_columns(total, total))
    boost, gamma = -total[1:] / root, total[0] / root
    along = np.einsum("in,kin->kn", boost, q[:, 1:])
    scale = root_s / root
    new_energy = scale * (gamma * q[:, 0] + along)
    new = scale * (q[:, 1:] + boost * (q[:, 0] + along / (1 + gamma))[:, None])
    return np.concatenate([new_energy[:, None], new], axis=1)


def volume(root_s: float) -> float:
    """Three-body massless phase space with the factors of 2π: s/(256 π³)."""
    return root_s**2 / (256 * np.pi**3)


def dot_columns(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[0] * b[0] - (a[1:] * b[1:]).sum(axis=0)


def massive(momenta: np.ndarray, root_s: float, masses: tuple[float, float, float]) -> np.ndarray:
    """Momenta of the same directions with masses, scaled so that the energies add up."""
    size = np.linalg.norm(momenta[:, 1:], axis=1)
    m = np.array(masses)[:, None]
    scale = np.ones(size.shape[1])
    for _ in range(60):
        energy = np.sqrt(m**2 + (scale * size) ** 2)
        scale -= (energy.sum(axis=0) - root_s) / (scale * size**2 / energy).sum(axis=0)
    return np.concatenate([np.sqrt(m**2 + (scale * size) ** 2)[:, None], scale * momenta[:, 1:]], axis=1)


def boosted(p: np.ndarray, beta: float) -> np.ndarray:
    """Along z; components (E, x, y, z) on the second axis from the end."""
    gamma = 1 / np.sqrt(1 - beta**2)
    out = p.copy()
    out[..., 0, :] = gamma * (p[..., 0, :] + beta * p[..., 3, :])
    out[..., 3, :] = gamma * (p[..., 3, :] + beta * p[..., 0, :])
    return out


def collisions(rng: np.random.Generator, events: int, root_s: float, mass: float) -> Momenta:
    """Random events in the centre of mass."""
    out = rambo(rng, events, root_s)
    if mass > 0:
        out = massive(out, root_s, (mass, mass, 0.0))
    zero, energy = np.zeros(events), np.full(events, root_s / 2)
    momentum = np.sqrt(energy**2 - mass**2)
    beams = np.array([energy, zero, zero, momentum]), np.array([energy, zero, zero, -momentum])
    return Momenta(*beams, *out)
