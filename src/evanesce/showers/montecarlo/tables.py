"""Rates and spectra of a shower as tables to draw from, with the cross sections of the cascade.

Rows are energies; between two rows every rate is linear in the energy. A spectrum is linear between its nodes in the
logit of the fraction, i.e. a sum of hat functions. We draw a node by Walker's alias method, and then an offset from two
uniform numbers. This samples the interpolated spectrum exactly, without rejection.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.interactions.collisions import (
    annihilation_rate,
    compton_rate,
    knock_on_rate,
    knock_on_spectrum,
    restricted_loss,
)
from evanesce.interactions.medium import Medium
from evanesce.interactions.radiation import bremsstrahlung, pair_production
from evanesce.particles import Particle
from evanesce.showers.montecarlo.columns import (
    CHARGES,
    COLUMNS,
    CONVERSION,
    CONVERSION_ABOVE,
    ENERGY,
    INTERACTION,
    INVERSE,
    LOSS,
    MOST,
    SCATTERING,
    SCATTERING_ABOVE,
    TOTAL,
    WIDTH,
)
from evanesce.validation import FloatArray

__all__ = ["RateTables", "joined_tables", "make_tables"]

_CHARGES: Final[tuple[Particle, Particle]] = ("e-", "e+")
_ENERGY_STEP: Final[float] = 0.04
"""Spacing of the rows in ln E."""
_BELOW: Final[int] = 4
"""Number of rows below the lowest energy, for the last step of a track."""
_STEP: Final[float] = 0.0125
"""Spacing of the nodes in the logit."""
_FINE: Final[int] = 8
"""Subdivisions of this spacing for spectra with a sharp end."""
_SOFT: Final[float] = 8.0
"""Photons are drawn down to e^-8 of the dielectric cut-off; softer ones are a share of 1e-7."""


class RateTables(NamedTuple):
    """Tables of a medium between two energies in GeV; a named tuple, because compiled code accepts it."""

    mass: float
    """Electron mass."""
    rows: FloatArray
    """Rates by energy, ascending, shape (rows, columns) with the columns of :mod:`.columns`; one medium after another,
    in these and all other rows."""
    height: int
    """Number of rows of one medium."""
    step: float
    """Distance of the nodes in the logit."""
    losses: FloatArray
    """Walker's tables of the loss of an electron and a positron in a collision, shape (2, rows, nodes)."""
    loss_ratio: FloatArray
    """e^z at its nodes, with z the logit of the loss over E, shape (nodes,)."""
    radiated: FloatArray
    """Share of photons in the losses at a node, shape (2, rows, nodes)."""
    pairs: FloatArray
    """Walker's tables of the spectrum of pairs, shape (1, rows, nodes)."""
    pair_ratio: FloatArray
    """e^z at its nodes, with z the logit of E₊/k."""


def joined_tables(media: Sequence[Medium], lowest: float, highest: float, cut: float) -> RateTables:
    """Tables of several media as one, with the same energies and nodes: a medium is a block of rows."""
    plasma = min(medium.plasma_energy for medium in media)
    tables = [make_tables(medium, lowest, highest, cut, plasma_energy=plasma) for medium in media]
    return tables[0]._replace(
        rows=np.concatenate([table.rows for table in tables]),
        losses=np.concatenate([table.losses for table in tables], axis=1),
        radiated=np.concatenate([table.radiated for table in tables], axis=1),
        pairs=np.concatenate([table.pairs for table in tables], axis=1),
    )


def make_tables(
    medium: Medium, lowest: float, highest: float, cut: float, *, plasma_energy: float | None = None
) -> RateTables:
    """Tables between two energies in GeV, for a knock-on cut in GeV of kinetic energy.

    ``plasma_energy`` in GeV sets the energy of the softest photons; that of the medium if it is not given.
    """
    above = 2 + int(np.ceil(np.log(highest / lowest) / _ENERGY_STEP))
    energy = lowest * np.exp(_ENERGY_STEP * np.arange(-_BELOW, above))
    energy = energy[energy > 1.0001 * ELECTRON_MASS]
    top = np.log(energy[-1] / ELECTRON_MASS)
    softest = medium.plasma_energy if plasma_energy is None else plasma_energy
    z = np.arange(np.log(softest / ELECTRON_MASS) - _SOFT, top + _STEP, _STEP)
    half = int(np.ceil(top / _STEP))
    u = _STEP * np.arange(-half, half + 1)
    x = 1.0 / (1.0 + np.exp(-u))
    column = energy[:, None]
    # dk/k = (1 - y) dz
    photons = _STEP * bremsstrahlung(medium, column, column / (1.0 + np.exp(-z))) / (1.0 + np.exp(z))
    pairs = _STEP * pair_production(medium, column, column * x) * x * (1.0 - x)
    losses = np.stack([photons + _knock_on(medium, name, energy, z, cut) for name in _CHARGES])
    rows = np.empty((len(energy), COLUMNS))
    conversion = pairs.sum(axis=1)
    rows[:, ENERGY] = energy
    _enter(rows[:, INTERACTION:], energy, conversion + compton_rate(medium, energy))
    _enter(rows[:, CONVERSION:], energy, conversion)
    _enter(rows[:, CONVERSION_ABOVE:], energy, conversion, above=True)
    for kind, name in enumerate(_CHARGES):
        _enter_charge(rows[:, CHARGES + kind * WIDTH :], medium, name, energy, losses[kind].sum(axis=1), cut)
    return RateTables(
        mass=ELECTRON_MASS,
        rows=rows,
        height=len(rows),
        step=_STEP,
        losses=_alias(losses),
        loss_ratio=np.exp(z),
        radiated=np.divide(photons, losses, out=np.ones_like(losses), where=losses > 0),
        pairs=_alias(pairs[None]),
        pair_ratio=np.exp(u),
    )


def _knock_on(medium: Medium, name: Particle, energy: FloatArray, z: FloatArray, cut: float) -> FloatArray:
    """Knock-on electrons above the cut under the hat function of each node z, shape (energies, nodes).

    The spectrum has a sharp end, so we integrate it on a finer grid; its sum is the rate.
    """
    offsets = (np.arange(_FINE) + 0.5) / _FINE - 0.5
    rate = np.maximum(knock_on_rate(medium, name, energy, np.full_like(energy, cut)), 0.0)
    share = np.zeros((len(energy), len(z)))
    for offset in np.concatenate([offsets - 0.5, offsets + 0.5]):
        y = 1.0 / (1.0 + np.exp(-(z + offset * _STEP)))
        transfer = energy[:, None] * y
        spectrum = knock_on_spectrum(medium, name, energy[:, None], transfer) * transfer * (1.0 - y)
        share += (1.0 - abs(offset)) / _FINE * np.where(transfer >= cut, spectrum, 0.0)
    total = share.sum(axis=1)
    return share * (rate / np.where(total > 0, total, 1.0))[:, None]


def _enter_charge(
    columns: FloatArray, medium: Medium, name: Particle, energy: FloatArray, scattering: FloatArray, cut: float
) -> None:
    """Fill the columns of an electron or positron."""
    total = scattering + (annihilation_rate(medium, energy) if name == "e+" else 0.0)
    wide = np.pad(total, 1, mode="edge")
    columns[:, MOST] = np.max([wide[:-2], wide[1:-1], wide[2:]], axis=0)
    columns[:, INVERSE] = 1.0 / columns[:, MOST]
    _enter(columns[:, LOSS:], energy, restricted_loss(medium, name, energy, cut))
    _enter(columns[:, SCATTERING:], energy, scattering)
    _enter(columns[:, SCATTERING_ABOVE:], energy, scattering, above=True)
    _enter(columns[:, TOTAL:], energy, total)


def _enter(columns: FloatArray, energy: FloatArray, rate: FloatArray, *, above: bool = False) -> None:
    """Fill in a and b of a + b E from one row to the next: the rate, or the part that the row above contributes.

    Beyond the last row, where there are no particles, we continue the last interval.
    """
    low, high = energy[:-1], energy[1:]
    slope = (rate[1:] - (0.0 if above else rate[:-1])) / (high - low)
    constant = (0.0 if above else rate[:-1]) - slope * low
    columns[:, 0], columns[:, 1] = np.append(constant, constant[-1]), np.append(slope, slope[-1])


def _alias(spectra: FloatArray) -> FloatArray:
    """Walker's tables of each row of each spectrum."""
    from evanesce.showers.montecarlo.transport import walker  # compiled code, only loaded to run a shower

    flat = spectra.reshape(-1, spectra.shape[-1])
    table = np.empty(flat.shape)
    total = flat.sum(axis=1, keepdims=True)
    walker(flat / np.where(total > 0, total, 1.0) * flat.shape[1], table)
    return table.reshape(spectra.shape)
