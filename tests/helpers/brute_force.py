"""Eqs. (4.4) and (4.5) by brute force, sharing no code with the package's numerics.

The track-length density comes from mpmath at 18 digits or more; everything else is Gauss-Legendre on intervals that
halve towards every point where something happens: the endpoint l = 0, the resonance down to its width, the
energy at which the resonance meets the endpoint. Constants, materials and spectra are taken from the package.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import mpmath as mp
import numpy as np

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2

B1, B2 = mp.mpf(4) / 3, mp.mpf(7) / 9
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)


def first_generation_mp(lethargy: mp.mpf, thickness: float) -> mp.mpf:
    """Eq. (A.1) with (A.2): E T_e/X0 at l = ln(1/v)."""
    decay = 1 / (B1 * max(mp.mpf(1) / 4, abs(mp.log(lethargy))))
    points = [0, *[p for p in (decay / 8, decay, 4 * decay, 16 * decay, 64 * decay) if p < thickness], thickness]
    return mp.quad(lambda t: lethargy ** (B1 * t - 1) * mp.rgamma(B1 * t), points)


def second_generation_mp(v: float, thickness: float) -> mp.mpf:
    """Eq. (A.1) with (A.3) as printed, factor 2 included, the t integral done by hand."""
    v = mp.mpf(v)

    def decay(q: mp.mpf) -> mp.mpf:
        return (1 - mp.exp(-q * thickness)) / q

    def integrand(x: mp.mpf) -> mp.mpf:
        a, c = -B1 * mp.log(1 - x), -B1 * mp.log(1 - v / x)
        first = (decay(a) - decay(c)) / (c - a)
        second = (decay(B2) - decay(c)) / (B2 - c)
        return 2 / x**2 / (B2 - a) * (first + second)

    special = [v, mp.sqrt(v), v / (1 - mp.exp(-B2 / B1)), 1 - mp.exp(-B2 / B1), 1]
    inside = sorted(p for p in special if v <= p <= 1)
    with mp.workdps(24):
        return mp.quad(integrand, inside)


EDGES = np.concatenate([np.arange(-42.0, -10.0, 4.0), np.arange(-10.0, 1.5, 1.0)])
"""Intervals of ln l for the table, from -42 to 1."""
ORDER = 18


STORED = Path(__file__).parents[1] / "data" / "brute_force.npz"
"""Tables of (thickness, charges) made with ``python tests/helpers/brute_force.py``: each takes half a minute."""
KEPT = ((16.0, 2.0), (1.0, 2.0))


@lru_cache(maxsize=16)
def density_table(thickness: float, charges: float) -> np.ndarray:
    """Chebyshev coefficients of l·F(l)·(1 + ln²l) on the intervals of ln l, from the file if it has them."""
    if (thickness, charges) in KEPT:
        with np.load(STORED) as tables:
            return tables[f"{thickness:g} X0, {charges:g} charges"]
    return computed_table(thickness, charges)


def computed_table(thickness: float, charges: float) -> np.ndarray:
    """Those coefficients from mpmath."""
    theta = (np.arange(ORDER) + 0.5) * np.pi / ORDER
    modes = np.cos(np.outer(np.arange(ORDER), theta)) * 2.0 / ORDER
    modes[0] /= 2.0
    coefficients = []
    for low, high in pairwise(EDGES):
        values = []
        for log_length in low + 0.5 * (high - low) * (np.cos(theta) + 1.0):
            with mp.workdps(18):
                lethargy = mp.exp(mp.mpf(log_length))
                total = first_generation_mp(lethargy, thickness)
                if log_length > -16:  # the second generation is of order l²/ln²l: below 1e-13
                    total += charges / 2 * second_generation_mp(mp.exp(-lethargy), thickness)
                values.append(float(lethargy * total * (1 + mp.mpf(log_length) ** 2)))
        coefficients.append(modes @ np.array(values))
    return np.array(coefficients)


def density(lethargy: np.ndarray, thickness: float, charges: float) -> np.ndarray:
    """F(l) = E T_e/X0 from the table; l from 6e-19 to 2.7."""
    table = density_table(thickness, charges)
    log_length = np.log(lethargy)
    index = np.clip(np.searchsorted(EDGES, log_length, side="right") - 1, 0, len(table) - 1)
    low, high = EDGES[index], EDGES[index + 1]
    x = np.arccos(np.clip((2.0 * log_length - low - high) / (high - low), -1.0, 1.0))
    total = sum(table[index, k] * np.cos(k * x) for k in range(ORDER))
    return total / (1.0 + log_length**2) / lethargy


@lru_cache(maxsize=16)
def below_table(thickness: float) -> float:
    """∫ F dl from 0 to 1e-18: the first generation, integrated over l in closed form."""
    with mp.workdps(25):
        decay = 1 / (B1 * 41)
        points = [p for p in (0, decay / 8, decay, 4 * decay, 16 * decay) if p < thickness] + [thickness]
        integral = mp.quad(lambda t: mp.mpf("1e-18") ** (B1 * t) * mp.rgamma(1 + B1 * t), points)
        return float(integral)


def nodes_between(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    points = np.asarray(points)
    half = 0.5 * np.diff(points)[:, None]
    return (points[:-1, None] + half + half * NODES).ravel(), (half * WEIGHTS).ravel()


def halving(lower: float, upper: float, centres: list[tuple[float, float]]) -> np.ndarray:
    """Points between two ends that close in on each (centre, smallest distance) by factors of two."""
    points = [lower, upper]
    for centre, smallest in centres:
        distance = smallest * 2.0 ** np.arange(0, 1 + max(1, np.ceil(np.log2((upper - lower) / smallest))))
        points += [*(centre + distance), *(centre - distance), centre]
    array = np.unique(points)
    return array[(array >= lower) & (array <= upper)]


def annihilation_yield(source, material, mediator, mass, *, thickness, fraction, v_max, charges):
    """Eq. (4.4) at ε = 1 for one mass."""
    total = 0.0
    resonance = (mass**2 - 2 * ELECTRON_MASS**2) / (2 * ELECTRON_MASS)
    relative = max(float(mediator.width(mass)) / mass, 1e-15)
    shortest = -np.log(v_max)
    threshold = (4 * (mass / mediator.mass_ratio) ** 2 - 2 * ELECTRON_MASS**2) / (2 * ELECTRON_MASS)

    def at_energy(energy: float, gap: float) -> float:
        longest = np.log(energy / (fraction * energy - ELECTRON_MASS))
        centres = [(0.0, 1e-17)]
        if abs(gap) < 5:
            centres.append((gap, 0.25 * relative))
        if threshold > 0 and 0 < np.log(energy / threshold) < longest:
            edge = np.log(energy / threshold)
            longest = edge
            centres.append((edge, 1e-12))
        if longest <= shortest:
            return 0.0
        points = halving(max(shortest, 1e-18), longest, centres)
        lethargy, weights = nodes_between(points)
        weights = weights * np.exp(-lethargy) * density(lethargy, thickness, charges)
        if shortest == 0.0:
            lethargy, weights = np.append(lethargy, 0.0), np.append(weights, below_table(thickness))
        s_gap = 2 * ELECTRON_MASS * energy * -np.expm1(-lethargy)
        s = 2 * ELECTRON_MASS * (energy + ELECTRON_MASS) - s_gap
        width = float(mediator.width(mass))
        # s - m² without cancellation next to the resonance
        difference = 2 * ELECTRON_MASS * resonance * np.expm1(gap - lethargy) if abs(gap) < 5 else s - mass**2
        sigma = mediator.annihilation_numerator(s, mass) / (difference**2 + (mass * width) ** 2)
        return float(np.sum(weights * sigma)) * GEV2_CM2

    for lower, upper in pairwise(source.edges):
        # energies as offsets from the resonance: a width of 1e-12 leaves no room for rounding
        centres = [(0.0, 0.05 * relative * resonance), (resonance / v_max - resonance, 0.05 * relative)]
        centres += [((resonance + ELECTRON_MASS) / fraction - resonance, 0.05 * relative * resonance)]
        centres += [(threshold * factor - resonance, 1e-10) for factor in (1.0, 1.0 / v_max)]
        centres += [((threshold + ELECTRON_MASS) / fraction - resonance, 1e-10)]
        low, high = lower - resonance, upper - resonance
        inside = [c for c in centres if low - 3 < c[0] < high + 3]
        offset, weights = nodes_between(halving(low, high, [*inside, (0.5 * (low + high), 0.2)]))
        numbers = weights * source.spectrum(np.clip(resonance + offset, lower, upper))
        for o, number in zip(offset, numbers, strict=True):
            total += number * at_energy(resonance + o, np.log1p(o / resonance))
    for energy, number in source.lines:
        total += number * at_energy(energy, np.log(energy / resonance))
    return total * material.electron_density * material.radiation_length


def photon_flux(z: int, a: int, mass: float, energy: np.ndarray) -> np.ndarray:
    """Eq. (4.7) over ln t."""
    scale = 111.0 / ELECTRON_MASS * z ** (-1.0 / 3.0)
    d = 0.164 * a ** (-2.0 / 3.0)
    t_min = (mass**2 / (2.0 * energy)) ** 2
    t_max = mass**2 + ELECTRON_MASS**2
    x, w = np.polynomial.legendre.leggauss(300)
    half = 0.5 * np.log(t_max / t_min)[..., None]
    t = np.exp(np.log(t_min)[..., None] + half * (1 + x))
    g = (z * scale**2 * t / ((1 + scale**2 * t) * (1 + t / d))) ** 2
    return np.sum(half * w * (t - t_min[..., None]) / t * g, axis=-1)


def bremsstrahlung_yield(source, material, mediator, mass, *, thickness, fraction, v_max, charges):
    """Eq. (4.5) at ε = 1 for one mass, in the order E, E', E_A'; the thickness as given."""
    shortest = -np.log(v_max)

    def at_energy(energy: float) -> float:
        least = max(fraction * energy, mass)
        longest = np.log(energy / least)
        reach = -np.log1p(-ELECTRON_MASS / energy)
        if longest <= shortest or least >= energy - ELECTRON_MASS:
            return 0.0
        points = halving(max(shortest, 1e-18), longest, [(0.0, 1e-17), (reach, 1e-10), (longest, 1e-10)])
        lethargy, weights = nodes_between(points)
        weights = weights * np.exp(-lethargy) * density(lethargy, thickness, charges)
        if shortest == 0.0:
            lethargy, weights = np.append(lethargy, 0.0), np.append(weights, below_table(thickness))
        positron = energy * np.exp(-lethargy)
        x_low = least / positron
        x_high = np.minimum(1.0, np.exp(lethargy - reach))
        # ln of (1 - x + (m_e/m)²) runs evenly over the peak of Eq. (4.6)
        soft = (ELECTRON_MASS / mass) ** 2
        x, w = np.polynomial.legendre.leggauss(60)
        low, high = np.log(1 - x_high + soft), np.log(1 - x_low + soft)
        u = low[:, None] + 0.5 * (high - low)[:, None] * (1 + x)
        fraction_x = 1 + soft - np.exp(u)
        inner = np.sum(0.5 * (high - low)[:, None] * w * np.exp(u) * mediator.splitting(fraction_x, mass), axis=1)
        flux = sum(
            nucleus.number_density * photon_flux(nucleus.Z, nucleus.mass_number, mass, positron)
            for nucleus in material.nuclei
        )
        return float(np.sum(weights * inner * flux))

    total = 0.0
    for lower, upper in pairwise(source.edges):
        crossing = [(mass / fraction, 1e-9)] if lower < mass / fraction < upper else []
        crossing += [(mass, 1e-9)] if lower < mass < upper else []
        energy, weights = nodes_between(halving(lower, upper, [*crossing, (0.5 * (lower + upper), 0.5)]))
        numbers = weights * source.spectrum(energy)
        total += sum(number * at_energy(e) for e, number in zip(energy, numbers, strict=True))
    for energy, number in source.lines:
        total += number * at_energy(energy)
    return total * ALPHA**3 * material.radiation_length * GEV2_CM2


if __name__ == "__main__":
    tables = {
        f"{thickness:g} X0, {charges:g} charges": computed_table(thickness, charges) for thickness, charges in KEPT
    }
    np.savez(STORED, **tables)
