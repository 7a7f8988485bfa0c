"""Explicit Dirac matrices for tree amplitudes, and phase-space points; nothing from the package's formulas."""

from __future__ import annotations

import numpy as np

METRIC = np.diag([1.0, -1.0, -1.0, -1.0])
ONE = np.eye(4)


def gamma_matrices() -> list[np.ndarray]:
    zero, one = np.zeros((2, 2)), np.eye(2)
    sigma = [np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.array([[1, 0], [0, -1]])]
    return [np.block([[one, zero], [zero, -one]])] + [np.block([[zero, s], [-s, zero]]) for s in sigma]


GAMMA = gamma_matrices()
GAMMA5 = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]


def dot(a, b):
    return a @ METRIC @ b


def slash(v):
    return sum(METRIC[i, i] * v[i] * GAMMA[i] for i in range(4))


def vertices(kind: str, mediator: np.ndarray, mass: float) -> list[tuple[np.ndarray, float]]:
    """Vertex matrices with their signs, whose incoherent sum is the sum over polarisations."""
    if kind == "scalar":
        return [(ONE, 1.0)]
    if kind == "pseudoscalar":
        return [(1j * GAMMA5, 1.0)]
    chirality = GAMMA5 if kind == "axial-vector" else ONE
    transverse = [(GAMMA[i] @ chirality, -METRIC[i, i]) for i in range(4)]
    return [*transverse, (slash(mediator) @ chirality, 1.0 / mass**2)]


def amplitude_matrix(vertex, field, electron_in, electron_out, mediator, electron_mass):
    """Both diagrams between spinors; ``field`` is the slashed photon line."""
    s = dot(electron_out + mediator, electron_out + mediator) - electron_mass**2
    u = dot(electron_in - mediator, electron_in - mediator) - electron_mass**2
    later = vertex @ (slash(electron_out + mediator) + electron_mass * ONE) @ field / s
    earlier = field @ (slash(electron_in - mediator) + electron_mass * ONE) @ vertex / u
    return later + earlier


def spin_sum(matrix, electron_in, electron_out, electron_mass) -> float:
    """Σ over final, average over initial electron spins of |ū' matrix u|²."""
    bar = GAMMA[0] @ matrix.conj().T @ GAMMA[0]
    outgoing, incoming = slash(electron_out) + electron_mass * ONE, slash(electron_in) + electron_mass * ONE
    return float(np.trace(outgoing @ matrix @ incoming @ bar).real) / 2.0


def squared(kind, current, electron_in, electron_out, mediator, mass, electron_mass) -> float:
    """|M|² without couplings and propagator, for a nuclear current (a four-vector)."""
    return sum(
        sign
        * spin_sum(
            amplitude_matrix(vertex, slash(current), electron_in, electron_out, mediator, electron_mass),
            electron_in,
            electron_out,
            electron_mass,
        )
        for vertex, sign in vertices(kind, mediator, mass)
    )


def random_emission(rng, mass: float, target_mass: float, electron_mass: float):
    """p, p', k, P_i, P_f of a random 2 → 3 event in the rest frame of the target, by two decays in sequence."""
    energy = rng.uniform(2.0, 8.0) * max(mass, 0.05)
    while True:
        electron = np.array([energy, 0.0, 0.0, np.sqrt(energy**2 - electron_mass**2)])
        target = np.array([target_mass, 0.0, 0.0, 0.0])
        total = electron + target
        root = np.sqrt(dot(total, total))
        if root > target_mass + electron_mass + mass:
            break
        energy *= 1.5
    pair = rng.uniform(mass + electron_mass, root - target_mass)
    recoil, rest = _decay(rng, total, target_mass, pair)
    mediator, out = _decay(rng, rest, mass, electron_mass)
    return electron, out, mediator, target, recoil


def _decay(rng, parent, first, second):
    m = np.sqrt(dot(parent, parent))
    momentum = np.sqrt(max((m**2 - (first + second) ** 2) * (m**2 - (first - second) ** 2), 0.0)) / (2 * m)
    direction = rng.normal(size=3)
    direction *= momentum / np.linalg.norm(direction)
    return (
        _boost(parent, m, np.array([np.hypot(momentum, first), *direction])),
        _boost(parent, m, np.array([np.hypot(momentum, second), *-direction])),
    )


def _boost(parent, m, v):
    beta, gamma = parent[1:] / parent[0], parent[0] / m
    along = beta @ v[1:]
    moved = v[1:] + ((gamma - 1.0) * along / (beta @ beta) + gamma * v[0]) * beta
    return np.array([gamma * (v[0] + along), *moved])
