"""The compiled loops of the Monte Carlo shower: straight ahead, particle by particle.

Import this module only to run a shower, because it compiles.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from evanesce.numerics.compiled import compiled, inlined
from evanesce.showers.montecarlo.columns import (
    CHARGES,
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
from evanesce.showers.montecarlo.streams import exponential, mix, stream, unit

__all__ = ["ELECTRON", "PHOTON", "POSITRON", "follow", "walker"]

ELECTRON: Final = 0
POSITRON: Final = 1
PHOTON: Final = 2

_STACK: Final = 1024
"""Size of the stack: the particles share the incident energy, and each has at least 1/125 of it."""
_ALMOST: Final = 1.0 - 2.0**-40


def _walker(weights: Any, table: Any) -> None:
    """Walker's tables of each row of weights of mean 1 (M. D. Vose, IEEE Trans. Softw. Eng. 17 (1991) 972).

    An entry is the alias node plus the probability to keep the node itself.
    """
    rows, nodes = weights.shape
    small = np.empty(nodes, dtype=np.int64)
    large = np.empty(nodes, dtype=np.int64)
    for row in range(rows):
        weight = weights[row].copy()
        few, many = 0, 0
        for node in range(nodes):
            table[row, node] = node + _ALMOST
            if weight[node] < 1.0:
                small[few] = node
                few += 1
            else:
                large[many] = node
                many += 1
        while few > 0 and many > 0:
            few -= 1
            poor, rich = small[few], large[many - 1]
            table[row, poor] = rich + min(weight[poor], _ALMOST)
            weight[rich] -= 1.0 - weight[poor]
            if weight[rich] < 1.0:
                many -= 1
                small[few] = rich
                few += 1


walker: Any = compiled(_walker)


def _annihilation_share(gamma: Any, state: Any, step: Any) -> Any:
    """Share of E + m_e of one of the two photons from annihilation in flight."""
    root = math.sqrt((gamma - 1.0) / (gamma + 1.0))
    low, c = 0.5 * (1.0 - root), 1.0 / (gamma + 1.0) ** 2
    span = math.log(0.5 * (1.0 + root) / low)
    most = 1.0 + 2.0 * gamma * c - 2.0 / (gamma + 1.0)
    while True:
        state += step
        x = low * math.exp(span * unit(mix(state)))
        state += step
        if unit(mix(state)) * most < 1.0 + 2.0 * gamma * c - x - c / x:
            return x, state


annihilation_share: Any = compiled(_annihilation_share)


def _compton_share(k: Any, state: Any, step: Any) -> Any:
    """k'/k of a photon of energy k m_e after Compton scattering (composition and rejection: 1/x and x parts)."""
    low = 1.0 / (1.0 + 2.0 * k)
    log_part, linear = -math.log(low), 0.5 * (1.0 - low * low)
    while True:
        state += step
        first = unit(mix(state)) * (log_part + linear) < log_part
        state += step
        u = unit(mix(state))
        x = math.exp(-log_part * u) if first else math.sqrt(low * low + (1.0 - low * low) * u)
        t = (1.0 - x) / (k * x)
        state += step
        if unit(mix(state)) < 1.0 - x * t * (2.0 - t) / (1.0 + x * x):
            return x, state


compton_share: Any = compiled(_compton_share)


def _draw_node(table: Any, kind: Any, row: Any, state: Any, step: Any) -> Any:
    """A node of a spectrum from Walker's tables, and the new state of the stream."""
    state += step
    u = unit(mix(state)) * table.shape[2]
    node = np.int64(u)
    entry = table[kind, row, node]
    other = np.int64(entry)
    # arithmetic is faster than an unpredictable branch
    return other + (node - other) * np.int64(u - node < entry - other), state


draw_node: Any = inlined(_draw_node)


def _draw_factor(width: Any, state: Any, step: Any) -> Any:
    """e^offset for an offset under the hat function of a node, and the new state of the stream."""
    state += step
    bits = mix(state)
    # two numbers of 26 bits from one; the offset is small, so a few terms of the exponential are enough
    pair = np.int64(bits >> np.uint64(38)) + np.int64((bits >> np.uint64(12)) & np.uint64(0x3FFFFFF)) + 1
    offset = width * (pair * 2.0**-26 - 1.0)
    return 1.0 + offset * (1.0 + offset * (0.5 + offset * (1.0 / 6.0 + offset / 24.0))), state


draw_factor: Any = inlined(_draw_factor)


def _follow(
    tables: Any,
    layers: Any,
    beam: Any,
    incident: Any,
    lowest: Any,
    start: Any,
    edges: Any,
    seed: Any,
    first: Any,
    count: Any,
    segments: Any,
) -> Any:
    """Simulate ``count`` histories from number ``first`` on, with all particles above ``lowest``.

    ``layers`` has the first row of the tables and the end of each layer, the last of which is the slab; a charged track
    draws a new path where a layer begins. Depths are those from the front of all layers. Returns the track length from
    ``start`` to the end of the slab in bins with descending ``edges``, shape (4, bins), for the incident particle,
    other positrons, other electrons and photons but an incident one; and the number of straight segments of charged
    tracks.
    ``segments`` is filled with as many of them as it has rows. All is in one function, because a call with arrays
    costs as much as a collision.
    """
    rows, losses, lost_ratio = tables.rows, tables.losses, tables.loss_ratio
    pairs, pair_ratio, radiated = tables.pairs, tables.pair_ratio, tables.radiated
    mass, width = tables.mass, tables.step
    bins, room, top = len(edges) - 1, len(segments), tables.height - 2
    slab, stop = len(layers) - 1, layers[-1, 1]
    lengths = np.zeros((4, bins))
    kinds, energies, depths = np.empty(_STACK, dtype=np.int64), np.empty(_STACK), np.empty(_STACK)
    filled = 0
    for number in range(first, first + count):
        state, step = stream(np.uint64(seed), np.uint64(number))
        kinds[0], energies[0], depths[0] = beam, incident, 0.0
        left, track = 1, 0
        while left > 0:
            left -= 1
            kind, energy, depth = kinds[left], energies[left], depths[left]
            layer = 0
            while layer < slab and depth >= layers[layer, 1]:
                layer += 1
            base, end = np.int64(layers[layer, 0]), layers[layer, 1]
            row = base + top
            while energy < rows[row, ENERGY] and row > base:
                row -= 1
            if kind == PHOTON:
                rate = rows[row, INTERACTION] + energy * rows[row, INTERACTION + 1]
                path, state = exponential(state, step)
                before = max(depth, start)
                while layer < slab and depth + path / rate >= end:
                    # the rest of the path, in units of the mean one, is that in the next layer
                    path -= (end - depth) * rate
                    depth = end
                    layer += 1
                    row += np.int64(layers[layer, 0]) - base
                    base, end = np.int64(layers[layer, 0]), layers[layer, 1]
                    rate = rows[row, INTERACTION] + energy * rows[row, INTERACTION + 1]
                depth += path / rate
                if track > 0 and depth > start:
                    place = 0
                    while place < bins and energy <= edges[place + 1]:
                        place += 1
                    if place < bins and energy <= edges[0]:
                        lengths[3, place] += min(depth, stop) - before
                track += 1
                if depth >= stop:
                    continue
                state += step
                u = unit(mix(state)) * rate
                # the spectrum is the mean of two rows, weighted with their rates
                upper = rows[row, CONVERSION_ABOVE] + energy * rows[row, CONVERSION_ABOVE + 1]
                if u < rows[row, CONVERSION] + energy * rows[row, CONVERSION + 1]:
                    node, state = draw_node(pairs, 0, row + np.int64(u < upper), state, step)
                    factor, state = draw_factor(width, state, step)
                    ratio = pair_ratio[node] * factor
                    share = energy / (1.0 + ratio)
                    if share >= lowest:
                        kinds[left], energies[left], depths[left] = ELECTRON, share, depth
                        left += 1
                    if energy - share >= lowest:
                        kinds[left], energies[left], depths[left] = POSITRON, energy - share, depth
                        left += 1
                else:
                    x, state = compton_share(energy / mass, state, step)
                    if energy * x >= lowest:
                        kinds[left], energies[left], depths[left] = PHOTON, energy * x, depth
                        left += 1
                    if energy * (1.0 - x) + mass >= lowest:
                        kinds[left], energies[left], depths[left] = ELECTRON, energy * (1.0 - x) + mass, depth
                        left += 1
                continue
            species = 0 if track == 0 else 2 - kind
            own = CHARGES + kind * WIDTH
            place = 0
            while place < bins and energy <= edges[place + 1]:
                place += 1
            while True:
                path, state = exponential(state, step)
                path *= rows[row, own + INVERSE]
                speed = rows[row, own + LOSS] + energy * rows[row, own + LOSS + 1]
                collides = True
                # no step beyond the next row below, where the bound on the rate ends
                space = energy - (rows[row - 1, ENERGY] if row > base else mass)
                if 2.0 * path * speed > space:
                    path, collides = 0.5 * space / speed, False
                ends = depth + path >= end
                if ends:
                    path, collides = end - depth, False
                speed *= 1.0 - 0.5 * path * rows[row, own + LOSS + 1]
                after = energy - path * speed
                # track length by bins, without the part upstream of ``start``
                if place < bins and after >= edges[place + 1] and depth >= start and energy <= edges[0]:
                    lengths[species, place] += path
                elif depth + path > start:
                    before = min(energy if depth >= start else energy - (start - depth) * speed, edges[0])
                    while place < bins and after < edges[place + 1]:
                        if before > edges[place + 1]:
                            lengths[species, place] += (before - edges[place + 1]) / speed
                            before = edges[place + 1]
                        place += 1
                    if place < bins and before > after:
                        lengths[species, place] += (before - after) / speed
                if filled < room:
                    segments[filled, 0], segments[filled, 1], segments[filled, 2] = number, track, kind
                    segments[filled, 3], segments[filled, 4] = energy, after
                    segments[filled, 5], segments[filled, 6] = depth, depth + path
                filled += 1
                depth += path
                energy = after
                if energy < lowest or (ends and layer == slab):
                    break
                bound = rows[row, own + MOST]
                if ends:
                    depth = end
                    layer += 1
                    row += np.int64(layers[layer, 0]) - base
                    base, end = np.int64(layers[layer, 0]), layers[layer, 1]
                while energy < rows[row, ENERGY] and row > base:
                    row -= 1
                if not collides:
                    continue
                state += step
                u = unit(mix(state)) * bound
                upper = rows[row, own + SCATTERING_ABOVE] + energy * rows[row, own + SCATTERING_ABOVE + 1]
                if u < rows[row, own + SCATTERING] + energy * rows[row, own + SCATTERING + 1]:
                    chosen = row + np.int64(u < upper)
                    node, state = draw_node(losses, kind, chosen, state, step)
                    factor, state = draw_factor(width, state, step)
                    remains = energy / (1.0 + lost_ratio[node] * factor)
                    if remains < mass:
                        continue
                    if energy - remains >= lowest:
                        # the secondary particle: a photon, or the knock-on electron
                        state += step
                        photon = unit(mix(state)) < radiated[kind, chosen, node]
                        kinds[left], depths[left] = PHOTON if photon else ELECTRON, depth
                        energies[left] = energy - remains + (0.0 if photon else mass)
                        left += 1
                    energy = remains
                elif u < rows[row, own + TOTAL] + energy * rows[row, own + TOTAL + 1]:
                    x, state = annihilation_share(energy / mass, state, step)
                    for share in (x * (energy + mass), (1.0 - x) * (energy + mass)):
                        if share >= lowest:
                            kinds[left], energies[left], depths[left] = PHOTON, share, depth
                            left += 1
                    break
                else:
                    continue
                if energy < lowest:
                    break
                while energy < rows[row, ENERGY] and row > base:
                    row -= 1
                while place < bins and energy <= edges[place + 1]:
                    place += 1
            track += 1
    return lengths, filled


follow: Any = compiled(_follow)
