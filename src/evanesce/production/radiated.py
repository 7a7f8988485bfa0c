r"""Track length of positrons against the energy that the vertex sees after radiation, as a kernel like a shower's.

A positron of energy E' that annihilates with a photon of invariant b = 2p₂·k makes a mediator with s' = s - Σ, as would
a positron of the energy E'' = (s' - 2m_e²)/2m_e. The kernel of a shower is the density of track length in
l = ln(E/E'); here it becomes that in λ = ln(E/E''), which an integral over σ of the resonance turns into the yield with
radiation:

    F_rad(λ) = F(λ) A F_soft(s') x_c^β + ∫dl F(l) F_soft(s) x^β s σ_γ(s, s')/c   (x = Σ/s = 1 - e^(l-λ) > x_c)

with β and F_soft of :mod:`soft_photons` and the part of the exact 2→2 cross section σ_γ of :mod:`non_resonant` that
passes the selection. Photons that take less than x_c of s are soft: for the selection and for s' they do not exist.
c = ∫σ ds/ε² of the resonance is 4π²α for a spin 1 and 2π²α for a spin 0 mediator. For narrow and wide resonances alike
∫ds' σ(s') σ_γ/c is the exact rate of γχχ̄. The factor F_soft x^β, the probability of no harder photon, makes every
order agree with exponentiation: without it the sum over soft and hard photons would change by (β ln x_c)²/2 with x_c.
(In x and z = 1 - x we take s - 2m_e² for s, because it is proportional to E'.)

The photon takes b/(s - 2m_e²) of the positron's energy and is visible: the selection requires
E' + m_e - b/2m_e > f E. A photon along the electron has a small b, and is lost to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.mediators import Vertex
from evanesce.numerics import (
    PiecewiseLegendre,
    analysis_matrix,
    clenshaw,
    distances,
    endpoint_to_log,
    gauss_legendre,
    log_to_endpoint,
    panel_nodes,
)
from evanesce.production.annihilation import collision_s
from evanesce.production.non_resonant import least_photon, radiation_density, radiation_integral
from evanesce.production.soft_photons import photon_exponent, soft_and_virtual
from evanesce.showers import Kernel
from evanesce.tracklength import Acceptance
from evanesce.validation import FloatArray

__all__ = ["LEAST_ENERGY", "RadiatedKernels", "radiated_kernels", "radiator", "selection_limits"]

_ORDER: Final[int] = 12
"""Nodes per panel in y."""
_INNER: Final[tuple[int, int]] = (7, 5)
"""Nodes per piece of the integral over l, and of its check."""
_ENERGIES: Final[int] = 3
"""Least number of terms in ln E."""
_BLOCK: Final[int] = 8
"""Panels in y that are radiated at once."""
_NEAREST: Final[float] = 1e-8
"""Distance in λ at which grading towards the end of the selection stops."""
LEAST_ENERGY: Final[float] = 0.005 * ELECTRON_MASS
"""Smallest E'' in GeV; electrons with other momenta smear the end."""
_SMEARED: Final[int] = 5
"""Nodes in the photon's rapidity per piece of a smeared selection."""
_BENDS: Final[FloatArray] = np.array([-3.0, 0.0, 3.0])
"""Rapidities at which pieces end: the energy of the photon changes between them, and hardly outside."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RadiatedKernels:
    """Track length in λ for electrons at rest, and how it changes for others."""

    at_rest: Kernel
    slope: Kernel
    """Derivative by ln(q/m_e), with q the light-cone momentum of the electron: β contains ln(2E'q/m_e²)."""


def radiator(vertex: Vertex, s: FloatArray, sigma: FloatArray, most: FloatArray) -> FloatArray:
    """F_soft x^β (s - 2m_e²) σ_γ/c, the radiator per unit of z = E''/E', for photons with b below ``most``; GeV²."""
    reduced = s - 2.0 * ELECTRON_MASS**2
    factor = soft_and_virtual(vertex, s) * (sigma / reduced) ** photon_exponent(s) / resonance_strength(vertex)
    result: FloatArray = factor * reduced * radiation_integral(vertex, s, sigma, most)
    return result


def resonance_strength(vertex: Vertex) -> float:
    """∫ds σ(s) of a narrow resonance at ε = 1."""
    return float((2.0 if vertex in ("scalar", "pseudoscalar") else 4.0) * np.pi**2 * ALPHA)


def radiated_kernels(
    kernel: Kernel,
    vertex: Vertex,
    acceptance: Acceptance,
    energies: tuple[float, float],
    *,
    soft: float,
    v_max: float = 1.0,
) -> RadiatedKernels:
    """Radiate the positrons of ``kernel`` for tracks of ``energies`` (smallest and largest, GeV), with the selection.

    ``soft`` is x_c. λ ends at :data:`LEAST_ENERGY`.
    """
    low, high = np.log(energies)
    local = gauss_legendre(max(_ENERGIES, 1 + len(kernel.variation)) if high - low > 1e-9 else 1)[0]
    nodes = np.exp(0.5 * (low + high) + 0.5 * (high - low) * local)
    fold = _Radiation(kernel, vertex, acceptance, float(np.exp(0.5 * (low + high))), soft, -float(np.log(v_max)))
    edges = fold.edges(energies[1])
    y, _ = panel_nodes(edges, _ORDER)
    at_rest, moving = fold.values(y, nodes, (1.0, np.e), _INNER[0])
    half = len(nodes) // 2
    coarse = fold.values(y, nodes[half : half + 1], (1.0,), _INNER[1])
    wrong = np.abs(coarse[0, 0] - at_rest[half]).max(axis=1)
    size = at_rest[half].max(axis=1)
    error = kernel.error + float(np.divide(wrong, size, out=np.zeros_like(size), where=size > 0).max())
    error += fold.moved_selection(energies[0])
    in_energy, in_y = analysis_matrix(len(nodes)), analysis_matrix(_ORDER)

    def made(values: FloatArray) -> Kernel:
        terms = np.einsum("ke,epn,mn->kpm", in_energy, values, in_y)
        return Kernel(
            series=PiecewiseLegendre(edges, terms[0]),
            error=error,
            variation=tuple(PiecewiseLegendre(edges, term) for term in terms[1:]),
            energy_min=energies[0],
            energy_max=energies[1],
        )

    return RadiatedKernels(at_rest=made(at_rest), slope=made(moving - at_rest))


def selection_limits(acceptance: Acceptance, energy: float) -> FloatArray:
    """Ascending λ at which a selection changes without radiation, for tracks of an energy in GeV."""
    fractions = acceptance.transition(np.array(energy)) - ELECTRON_MASS / energy
    return -np.log(np.clip(fractions, 1e-9, 1.0))[::-1]


class _Places(NamedTuple):
    """Nodes of the integral over l at every λ, the same for all energies and electrons."""

    y: FloatArray
    """λ as y, shape (panels, order)."""
    lethargy: FloatArray
    row: npt.NDArray[np.intp]
    """Index of λ for each piece, shape (pieces,)."""
    panel: npt.NDArray[np.intp]
    """Panel of the shower's kernel, shape (pieces, 1 or order)."""
    place: FloatArray
    """Position on it, from -1 to 1, shape (pieces, order)."""
    before: FloatArray
    """l at the nodes."""
    weights: FloatArray
    """With dl of the kernel; zero beyond its end."""


@dataclass(frozen=True, slots=True, eq=False)
class _Radiation:
    kernel: Kernel
    vertex: Vertex
    acceptance: Acceptance
    middle: float
    """Energy in GeV at which the limits of the selection in λ are taken: m_e/E moves them, see the error estimate."""
    soft: float
    shortest: float

    def limits(self) -> FloatArray:
        """Ascending λ at which the selection changes without radiation."""
        return selection_limits(self.acceptance, self.middle)

    def edges(self, highest: float) -> FloatArray:
        """Panels in y: those of the shower, graded to both sides of the selection's end, down to the least E''."""
        end, limits = float(np.log(highest / LEAST_ENERGY)), self.limits()
        last = float(limits[-1])
        cut = self.softest
        own = endpoint_to_log(self.kernel.edges)
        near = distances(min(0.1 * cut, 0.1 * last), last)
        ahead = distances(min(0.1 * cut, 0.1 * last), end - last, ratio=3.0)
        first = self.shortest + cut * 4.0 ** np.arange(6.0)
        found = np.concatenate([own[own < last], limits, last - near, last + ahead, [last + cut], first])
        found = np.append(found[(found > self.shortest) & (found < end)], [self.shortest, end])
        y = np.unique(log_to_endpoint(found))
        if self.shortest > 0.0:
            y = np.append(0.0, y)
        kept: FloatArray = y[np.append(True, np.diff(y) > 1e-12)]
        return kept

    def moved_selection(self, lowest: float) -> float:
        """Relative change of the tracks that pass, at the lowest energy, because the limits are those of the middle."""
        last = float(self.limits()[-1])
        change = ELECTRON_MASS * abs(1.0 / lowest - 1.0 / self.middle) * np.exp(last)
        end = log_to_endpoint(np.array([last]))
        y, weights = panel_nodes(np.minimum(self.kernel.edges, end), _INNER[0])
        kernel = self.kernel.at(self.middle)
        passing = float(np.sum(weights * (1.0 + endpoint_to_log(y)) * self._g(kernel, y)))
        density = float(self._g(kernel, end)[0] * end[0] ** 2 / last)
        return float(change * density / passing) if passing > 0 else 0.0

    @property
    def softest(self) -> float:
        """ζ = ln(1/z) of the softest photon."""
        return -float(np.log1p(-self.soft))

    def values(self, y: FloatArray, energies: FloatArray, stretches: tuple[float, ...], order: int) -> FloatArray:
        """g at y for tracks of energies in GeV, and for electrons with q of each of ``stretches`` times m_e.

        Shape of the stretches, the energies and y; ``order`` is the number of nodes in a piece of the integral over l.
        """
        kernels = [self.kernel.at(energy) for energy in energies.tolist()]
        found = np.empty((len(stretches), len(energies), *y.shape))
        for start in range(0, len(y), _BLOCK):  # few enough panels for the processor's cache
            part = slice(start, start + _BLOCK)
            at = self._places(y[part], order)
            for column, (kernel, energy) in enumerate(zip(kernels, energies.tolist(), strict=True)):
                found[:, column, part] = self._at(at, kernel, energy, stretches)
        return found

    def _places(self, y: FloatArray, order: int) -> _Places:
        lethargy = endpoint_to_log(y)
        end = np.minimum(lethargy.ravel() - self.softest, float(self.limits()[-1]))
        row, ends = self._pieces(lethargy.ravel(), end)
        inner, weights = panel_nodes(ends, order)
        inner, weights = inner[:, 0], weights[:, 0]
        before = endpoint_to_log(inner)
        # a piece lies on one panel, except next to the endpoint, where l has no digits to tell panels apart
        panel = self._panel(inner[:, [0, -1]])
        panel = panel[:, :1] if (panel[:, 0] == panel[:, 1]).all() else self._panel(inner)
        last = self.kernel.edges[-1]
        place = self.kernel.series.local(panel, np.minimum(inner, last))
        inside = weights * (1.0 + before) * (inner <= last)
        return _Places(y, lethargy, row, panel, place, before, inside)

    def _panel(self, y: FloatArray) -> npt.NDArray[np.intp]:
        edges = self.kernel.edges
        return np.clip(np.searchsorted(edges, y, side="right") - 1, 0, len(edges) - 2)

    def _at(self, at: _Places, kernel: Kernel, energy: float, stretches: tuple[float, ...]) -> FloatArray:
        """g at y for one energy, with its kernel."""
        y, lethargy = at.y.ravel(), at.lethargy.ravel()
        measure = np.divide(lethargy, y**2, out=np.zeros_like(lethargy), where=lethargy > 0)
        first = self._g(kernel, y)
        own = at.weights * clenshaw(np.moveaxis(kernel.series.coefficients[at.panel], -1, 0), at.place)
        found = []
        for stretch in stretches:
            soft = first * self._soft(lethargy, energy, stretch)
            terms = own * self._radiated(at, energy, stretch)
            hard = np.bincount(at.row, terms.sum(axis=1), minlength=len(lethargy))
            found.append(soft + hard * measure)
        return np.reshape(found, (len(stretches), *at.y.shape))

    def _soft(self, lethargy: FloatArray, energy: float, stretch: float) -> FloatArray:
        """Probability that the positron passes with soft photons only."""
        inside = (lethargy < self.limits()[-1]) & (lethargy >= self.shortest)
        s = collision_s(stretch * energy * np.exp(-lethargy))
        taken = np.exp(-lethargy) + ELECTRON_MASS / self.middle
        passed = self.acceptance.probability(np.asarray(energy), np.where(inside, taken, 1.0))
        factor = self.soft ** photon_exponent(s) * soft_and_virtual(self.vertex, s)
        return np.where(inside, passed * factor, 0.0)

    def _g(self, kernel: Kernel, y: FloatArray) -> FloatArray:
        """g of a kernel that does not depend on the energy; zero beyond its end."""
        return np.where(y <= kernel.edges[-1], kernel.series(np.minimum(y, kernel.edges[-1])), 0.0)

    def _radiated(self, at: _Places, energy: float, stretch: float) -> FloatArray:
        """The radiator of hard photons, per unit of λ."""
        zeta = np.maximum(at.lethargy.ravel()[at.row, None] - at.before, self.softest)
        s = collision_s(stretch * energy * np.exp(-at.before))
        reduced = s - 2.0 * ELECTRON_MASS**2
        return self._passed(s, -np.expm1(-zeta) * reduced, reduced, at.before, energy)

    def _pieces(self, lethargy: FloatArray, end: FloatArray) -> tuple[npt.NDArray[np.intp], FloatArray]:
        """Pieces in y of the integral up to ``end``, graded towards it: row of each and its ends, shape (pieces, 2)."""
        length = np.maximum(end - self.shortest, 0.0)
        shares = 4.0 ** -np.arange(0.0, 16.0)
        closest = np.where(end < lethargy - 1.001 * self.softest, _NEAREST, 0.3 * self.softest)
        graded = end[:, None] - np.where(length[:, None] * shares > closest[:, None], length[:, None] * shares, 0.0)
        own = np.concatenate([endpoint_to_log(self.kernel.edges), self.limits()[:-1], self._near_steps()])
        own = np.broadcast_to(own, (len(end), len(own)))
        top = np.maximum(end, self.shortest)[:, None]
        edges = np.sort(np.clip(np.concatenate([graded, own, top], axis=1), self.shortest, top), axis=1)
        row, place = np.nonzero(np.diff(edges, axis=1) > 0)
        ends = np.stack([edges[row, place], edges[row, place + 1]], axis=-1)
        return row, log_to_endpoint(ends)

    def _near_steps(self) -> FloatArray:
        """Points in l next to steps of the selection below its end: photons that pass are rare there, as ln(1/l)."""
        limits = self.limits()[:-1]
        fractions = np.exp(-limits) + ELECTRON_MASS / self.middle
        energy, off = np.asarray(self.middle), 1e-9
        low, high = (self.acceptance.probability(energy, fractions * (1.0 + side)) for side in (-off, off))
        steps = limits[(np.abs(high - low) > 1e-6) & (limits > self.shortest)]
        near: FloatArray = (steps - (steps - self.shortest) * 4.0 ** -np.arange(1.0, 9.0)[:, None]).ravel()
        return near

    def _passed(
        self, s: FloatArray, sigma: FloatArray, reduced: FloatArray, before: FloatArray, energy: float
    ) -> FloatArray:
        """The radiator of the photons that pass: in closed form where all do alike, else by quadrature in rapidity."""
        fractions = self.acceptance.transition(np.array(energy)) - ELECTRON_MASS / self.middle
        if len(fractions) == 1:
            fractions = np.exp(-self.limits())  # where the panels end
        most = reduced * (1.0 - fractions.reshape(-1, *np.ones(s.ndim, dtype=int)) * np.exp(before))
        top = self.acceptance.probability(np.asarray(energy), np.linspace(fractions[-1] + 1e-9, 1.0, 9))
        alike = float(np.ptp(top)) < 1e-9
        total = float(np.max(top)) * radiator(self.vertex, s, sigma, most[-1]) if alike else np.zeros_like(s)
        if alike and len(fractions) == 1:
            return total
        smallest = least_photon(s, sigma)
        ends = np.clip(most[::-1], smallest, sigma - smallest)
        rapidity = np.moveaxis(np.log(ends / (sigma - ends)), 0, -1)
        first = -np.log((sigma - smallest) / smallest)[..., None]
        if not alike:
            rapidity = np.concatenate([first, rapidity], axis=-1)
        bends = np.clip(_BENDS, rapidity[..., :1], rapidity[..., -1:])
        rapidity = np.sort(np.concatenate([rapidity, bends], axis=-1), axis=-1)
        return total + self._quadrature(s, sigma, reduced, before, energy, rapidity)

    def _quadrature(
        self,
        s: FloatArray,
        sigma: FloatArray,
        reduced: FloatArray,
        before: FloatArray,
        energy: float,
        ends: FloatArray,
    ) -> FloatArray:
        """The radiator times the probability to pass, between ``ends`` in ln(b/a) along the last axis.

        On every piece the mean probability, weighted with the spectrum at the nodes, multiplies the exact integral.
        """
        rapidity, weights = panel_nodes(ends, _SMEARED)
        at, reduced = sigma[..., None, None], reduced[..., None, None]
        b, rest = at / (1.0 + np.exp(-rapidity)), at / (1.0 + np.exp(rapidity))
        left = np.exp(-before)[..., None, None] * (1.0 - b / reduced) + ELECTRON_MASS / self.middle
        passed = self.acceptance.probability(np.asarray(energy), left)
        at_s = s[..., None, None]
        spectrum = weights * radiation_density(self.vertex, at_s, at, b) * b * rest
        sums = spectrum.sum(axis=-1)
        mean = np.divide((spectrum * passed).sum(axis=-1), sums, out=np.zeros_like(sums), where=sums > 0.0)
        limits = sigma[..., None] / (1.0 + np.exp(-ends))
        pieces = radiation_integral(
            self.vertex, s[..., None], sigma[..., None], limits[..., 1:], least=limits[..., :-1]
        )
        whole = radiation_integral(self.vertex, s, sigma, sigma)
        some: FloatArray = np.sum(pieces * mean, axis=-1) / whole
        return some * radiator(self.vertex, s, sigma, sigma)
