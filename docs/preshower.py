"""What the first 4 X0 of NA64's calorimeter see of a shower in which one positron of high energy vanishes.

A beam electron of 100 GeV is followed through lead down to 1 GeV with the cross sections of complete screening; below,
a mean longitudinal profile says how much of the energy is left in front of 4 X0. The first positron within 2 % of the
wanted energy is taken out of the shower, as annihilation would do.
"""

# ruff: noqa: NPY002 - compiled code has no other generator

from __future__ import annotations

from typing import Final

import numba
import numpy as np
from scipy.special import gammainc

BEAM: Final = 100.0
"""GeV."""
PRESHOWER: Final = 4.0
"""X0."""
CRITICAL: Final = 7.4e-3
"""Critical energy of lead in GeV, also the loss of a track by ionisation in GeV per X0."""
SOFTEST: Final = 0.02
"""Smallest energy of a photon in GeV; softer ones are part of no deposit."""
LOWEST: Final = 1.0
"""Energy in GeV below which a particle's shower is its mean."""
WINDOW: Final = 0.02
STEPS: Final = 80
_ENERGIES: Final = np.geomspace(SOFTEST, LOWEST, 30)
_DEPTHS: Final = np.linspace(0.0, PRESHOWER, STEPS + 1)


def deposits(energy: float | None, events: int, seed: int = 1) -> np.ndarray:
    """Energy in GeV that the preshower sees, for each shower with a positron of ``energy`` GeV among ``events``.

    None keeps every shower whole.
    """
    wanted = np.inf if energy is None else energy
    seen = _run(events, wanted, _profile(-0.5), _profile(0.5), seed)
    return np.asarray(seen if energy is None else seen[seen >= 0.0])


def _profile(shift: float) -> np.ndarray:
    """Share of the energy deposited up to a depth, of electrons (-0.5) or photons (0.5): the usual gamma function."""
    maximum = np.maximum(np.log(_ENERGIES / CRITICAL) + shift, 0.1)
    return np.asarray(gammainc(1.0 + 0.5 * maximum[:, None], 0.5 * _DEPTHS))


@numba.njit
def _seen(profile, energy, depth):
    """Mean deposit in front of the end of the preshower, of a particle that starts at ``depth``."""
    if depth >= PRESHOWER:
        return 0.0
    row = round(29.0 * np.log(max(energy, SOFTEST) / SOFTEST) / np.log(LOWEST / SOFTEST))
    return energy * profile[row, round(STEPS * (PRESHOWER - depth) / PRESHOWER)]


@numba.njit
def _run(events, wanted, electrons, photons, seed):
    """Deposit in each of the showers; -1 in one without a positron of the wanted energy."""
    np.random.seed(seed)
    result = np.empty(events)
    stack = np.empty((400, 3))
    for event in range(events):
        result[event] = _shower(wanted, electrons, photons, stack)
    return result


@numba.njit
def _shower(wanted, electrons, photons, stack):
    """Follow one shower; the stack holds charge (0 for a photon), energy and depth."""
    stack[0] = (-1.0, BEAM, 0.0)
    count, seen, found = 1, 0.0, False
    while count > 0:
        count -= 1
        charge, energy, depth = stack[count]
        if charge == 1.0 and not found and abs(energy / wanted - 1.0) < WINDOW:
            found = True
        elif energy < LOWEST:
            seen += _seen(photons if charge == 0.0 else electrons, energy, depth)
        elif charge == 0.0:
            depth -= 9.0 / 7.0 * np.log(np.random.random())
            if depth < PRESHOWER:
                share = np.random.random()
                while np.random.random() > 1.0 - 4.0 / 3.0 * share * (1.0 - share):
                    share = np.random.random()
                stack[count] = (1.0, share * energy, depth)
                stack[count + 1] = (-1.0, (1.0 - share) * energy, depth)
                count += 2
        else:
            logarithm = np.log(energy / SOFTEST)
            while depth < PRESHOWER:
                step = min(-np.log(np.random.random()) / (4.0 / 3.0 * logarithm), PRESHOWER - depth)
                seen += CRITICAL * step
                depth += step
                share = np.exp(-np.random.random() * logarithm)
                if depth < PRESHOWER and np.random.random() < 1.0 - share + 0.75 * share**2:
                    stack[count] = (0.0, share * energy, depth)
                    stack[count + 1] = (charge, (1.0 - share) * energy, depth)
                    count += 2
                    break
    return seen if found or np.isinf(wanted) else -1.0
