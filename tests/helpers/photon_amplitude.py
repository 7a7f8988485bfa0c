"""e⁺e⁻ → γM by explicit Dirac matrices, many angles at once; nothing from the package's formulas."""

import numpy as np
from dirac import GAMMA, GAMMA5, METRIC, ONE

from evanesce.constants import ELECTRON_MASS

M2 = ELECTRON_MASS**2


def slash(p):
    return np.einsum("i,ni,iab->nab", np.diag(METRIC), p, np.array(GAMMA))


def dot(p, q):
    return np.einsum("ni,i,ni->n", p, np.diag(METRIC), q)


def momenta(s, mass, cosine):
    """Electron, positron, photon and mediator in the centre of mass."""
    root = np.sqrt(s)
    momentum, photon = np.sqrt(s / 4 - M2), (s - mass**2) / (2 * root)
    zero, one, sine = np.zeros_like(cosine), np.ones_like(cosine), np.sqrt(1 - cosine**2)
    electron = np.stack([root / 2 * one, zero, zero, momentum * one], -1)
    positron = np.stack([root / 2 * one, zero, zero, -momentum * one], -1)
    k = photon * np.stack([one, sine, zero, cosine], -1)
    return electron, positron, k, electron + positron - k


def amplitude(kind, s, mass, cosine, field=None):
    """Spin-averaged |M|² over (4πα)²ε², both diagrams, by traces; ``field`` in place of the photon's polarisation."""
    electron, positron, k, q = momenta(s, mass, cosine)
    after = (slash(electron - k) + ELECTRON_MASS * ONE) / (-2 * dot(electron, k))[:, None, None]
    before = (slash(k - positron) + ELECTRON_MASS * ONE) / (-2 * dot(positron, k))[:, None, None]
    chirality = GAMMA5 if kind == "axial-vector" else ONE
    emitted = {"scalar": [(ONE, 1.0)], "pseudoscalar": [(1j * GAMMA5, 1.0)]}.get(kind)
    if emitted is None:
        emitted = [(GAMMA[i] @ chirality, -METRIC[i, i]) for i in range(4)]
        emitted.append((slash(q) @ chirality, 1.0 / mass**2))
    fields = [(GAMMA[i], -METRIC[i, i]) for i in range(4)] if field is None else [(slash(k), 1.0)]
    total = np.zeros(len(cosine))
    for vertex, sign in emitted:
        for photon, other in fields:
            m = vertex @ after @ photon + photon @ before @ vertex
            bar = GAMMA[0] @ np.conj(np.swapaxes(m, -1, -2)) @ GAMMA[0]
            spins = m @ (slash(electron) + ELECTRON_MASS * ONE) @ bar @ (slash(positron) - ELECTRON_MASS * ONE)
            total += sign * other * np.trace(spins, axis1=-2, axis2=-1).real
    return total / 4
