"""Events of e⁺e⁻ → mediator with photons from the positron and the electron, on atomic electrons.

Use :func:`isr_samplers`. The rate is that of :mod:`evanesce.production.radiated`. Where all photons are soft, an event
is one of annihilation. Otherwise it has one photon, with the angles of the exact tree-level amplitude: ln(1/z), with
z the share of s - 2m_e² that is left, and the rapidity are drawn in addition, and the mediator's s' from the resonance.
The mediator decays relative to the positron's direction in its rest frame, which is exact for soft and for collinear
photons. As for annihilation, the selection is that of an electron at rest; here E' + m_e - b/2m_e.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.formats import EventBatch, Role
from evanesce.mediators import Vertex, vertex_of
from evanesce.production.non_resonant import least_photon, radiation_density, radiation_integral
from evanesce.production.radiated import radiator
from evanesce.production.soft_photons import photon_exponent, soft_and_virtual
from evanesce.sampling.annihilation import BoundCollisions, Collisions, annihilation_samplers
from evanesce.sampling.kinematics import about, azimuth, dark_matter, from_rest, rest_frame
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.record import PHOTON, EventForm, start_of_event
from evanesce.sampling.sampler import Drawn, Sampler, State
from evanesce.validation import FloatArray

__all__ = ["isr_samplers"]

_NAME: Final[str] = "isr"
_DIVISION: Final[float] = 0.02
"""Share of s of a photon, below which moving electrons are drawn so that they meet the resonance, and above which the
share is: electrons move by less, and the other variable would have to be hit."""


def isr_samplers(point: SignalPoint) -> tuple[Sampler, ...]:
    """For each line of the source and for its continuum, a sampler with soft photons only, and one with a hard one."""
    vertex, soft = vertex_of(point.mediator, instead="isr=off"), float(point.options["soft_photons"])
    parts: list[Sampler] = []
    for one in annihilation_samplers(point):
        unselected = replace(one, selects=False)
        parts += [_Soft(one, vertex, soft), _Hard(unselected, vertex, soft)]
        parts += [_Hard(unselected, vertex, _DIVISION, harder=True)] if isinstance(one, BoundCollisions) else []
    return tuple(parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Soft:
    """Annihilation times the probability that all photons are soft, and the virtual corrections."""

    collisions: Collisions
    vertex: Vertex
    soft: float

    @property
    def process(self) -> str:
        return _NAME

    @property
    def dimensions(self) -> int:
        return self.collisions.dimensions

    def draw(self, cube: FloatArray, rng: np.random.Generator) -> Drawn:
        value, state = self.collisions.draw(cube, rng)
        if not state:
            return Drawn(value, state)
        s = state["s"]
        return Drawn(value * soft_and_virtual(self.vertex, s) * self.soft ** photon_exponent(s), state)

    def events(self, state: State, weight: FloatArray, rng: np.random.Generator) -> EventBatch:
        """Those of annihilation."""
        return replace(self.collisions.events(state, weight, rng), process=_NAME)


@dataclass(frozen=True, slots=True, eq=False)
class _Hard:
    """Collisions in which a photon takes more than ``soft`` of s."""

    collisions: Collisions
    vertex: Vertex
    soft: float
    harder: bool = False
    """Whether it is the part of moving electrons with harder photons."""

    @property
    def process(self) -> str:
        return _NAME

    @property
    def dimensions(self) -> int:
        return self.collisions.dimensions + 2

    def draw(self, cube: FloatArray, rng: np.random.Generator) -> Drawn:
        if self.harder and isinstance(self.collisions, BoundCollisions):
            value, found = self.collisions.release(cube[:, :-1], 1.0 - self.soft, rng)
        else:
            value, found = self._below(cube[:, :-1], rng)
        if not found:
            return Drawn(value, found)
        state = dict(found)
        kept = state["kept"]
        reduced = (state["s"] - 2.0 * ELECTRON_MASS**2) / kept
        open_ = (reduced > 2.0 * ELECTRON_MASS**2 * (1.0 + 1e-9)) & (kept < 1.0 - self.soft)
        reduced = np.where(open_, reduced, 1.0)
        s, sigma = reduced + 2.0 * ELECTRON_MASS**2, np.where(open_, 1.0 - kept, 0.5) * reduced
        b, share = self._photon(s, sigma, cube[:, -1])
        passed = self._passed(state, b / reduced)
        value = np.where(open_, value * share * passed * radiator(self.vertex, s, sigma, sigma), 0.0)
        return Drawn(value, state | {"s": s, "sigma": sigma, "b": b})

    def _below(self, cube: FloatArray, rng: np.random.Generator) -> Drawn:
        """Draw ln(1/z) evenly in its logarithm: a soft photon has 1/x, and a light mediator z close to zero."""
        first = -np.log1p(-self.soft)
        bound = isinstance(self.collisions, BoundCollisions)
        end = -np.log1p(-_DIVISION) if bound else np.log(2.0 * self.point.energies[1] / ELECTRON_MASS)
        if not first < end:
            return Drawn(np.zeros(len(cube)), {})
        lost = first * (end / first) ** cube[:, -1]
        kept = np.exp(-lost)
        value, found = self.collisions.collide(cube[:, :-1], kept, rng)
        return Drawn(value * lost * np.log(end / first) * kept, {**found, "kept": kept} if found else {})

    @property
    def point(self) -> SignalPoint:
        return self.collisions.point

    def _photon(self, s: FloatArray, sigma: FloatArray, uniform: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Draw b evenly in the rapidity; return it, and the density relative to that of the draw."""
        smallest = least_photon(s, sigma)
        reach = np.log((sigma - smallest) / smallest)
        rapidity = reach * (2.0 * uniform - 1.0)
        b, rest = sigma / (1.0 + np.exp(-rapidity)), sigma / (1.0 + np.exp(rapidity))
        density = radiation_density(self.vertex, s, sigma, b) * b * rest / sigma * 2.0 * reach
        return b, density / radiation_integral(self.vertex, s, sigma, sigma)

    def _passed(self, state: Mapping[str, FloatArray], share: FloatArray) -> FloatArray:
        energy = state["track_energy"]
        collision = energy * np.exp(-state["log_loss"])
        taken = (collision * (1.0 - share) + ELECTRON_MASS) / energy
        return self.point.passed(energy, taken)

    def events(self, state: State, weight: FloatArray, rng: np.random.Generator) -> EventBatch:
        """Add electron, photon, mediator and its decay to the collisions."""
        energy, s, sigma = state["track_energy"], state["s"], state["sigma"]
        lost = -energy * np.expm1(-state["log_loss"])
        track, positron, shower = start_of_event(energy, lost)
        electron = self.collisions.struck(positron, state, rng)
        total, root = positron + electron, np.sqrt(s)
        photon = from_rest(total, root, self._direction(state, positron, total, rng), 0.5 * sigma / root)
        mediator, mass = total - photon, np.sqrt(s - sigma)
        axis = rest_frame(positron, mediator, mass)
        point = self.point
        first, second = dark_matter(mediator, mass, point.dark_mass, rng, point.vertex, axis, point.dark_matter)
        columns = {
            "track_energy": energy,
            "log_loss": state["log_loss"],
            "collision_energy": positron[:, 3],
            "mediator_energy": mediator[:, 3],
            "mediator_mass": mass,
            "visible_energy": lost + photon[:, 3],
        }
        dark = self.point.dark_mass
        masses: dict[int, FloatArray | float] = {0: ELECTRON_MASS, 2: ELECTRON_MASS, 4: mass, 5: dark, 6: dark, 7: 0.0}
        return EventForm(self.point, self.collisions.tables, _NAME, self._roles).record(
            [track, electron, positron, shower, mediator, first, second, photon], masses, weight, columns, rng
        )

    def _direction(self, state: State, positron: FloatArray, total: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Momentum of the photon in the centre of mass."""
        s, sigma = state["s"], state["sigma"]
        velocity = np.sqrt(1.0 - 4.0 * ELECTRON_MASS**2 / s)
        cosine = np.clip((2.0 * state["b"] / sigma - 1.0) / velocity, -1.0, 1.0)
        sine = np.sqrt((1.0 - cosine) * (1.0 + cosine))
        cosine_phi, sine_phi = azimuth(rng, len(s))
        direction = np.stack([sine * cosine_phi, sine * sine_phi, cosine], axis=-1)
        momentum: FloatArray = about(rest_frame(positron, total, np.sqrt(s)), direction)
        return momentum * (0.5 * sigma / np.sqrt(s))[:, None]

    @property
    def _roles(self) -> tuple[Role, ...]:
        photon = Role(name="photon", pdg_id=PHOTON, status=1, mothers=(1, 2), vertex=2)
        return (*self.collisions.roles, photon)
