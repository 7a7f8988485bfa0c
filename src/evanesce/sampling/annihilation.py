"""Events of e⁺e⁻ → mediator → χχ̄ on atomic electrons: at rest, or bound and moving.

Use :func:`annihilation_samplers`. A sampler draws the energy of the track, its loss and s from the
integrand of Eq. (4.4) of arXiv:2212.04252 with the selection, or from its generalisation to bound electrons
(:mod:`evanesce.production.bound`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.formats import EventBatch, Role
from evanesce.numerics import log_to_endpoint
from evanesce.production import collision_s
from evanesce.sampling.electrons import ElectronTable, electron_table
from evanesce.sampling.kinematics import azimuth, dark_matter, four_vector, rest_frame
from evanesce.sampling.point import ShowerTables, SignalPoint
from evanesce.sampling.record import CHI, ELECTRON, SHOWER, EventForm, charged, mediator_id, start_of_event
from evanesce.sampling.resonance import BreitWignerDraw
from evanesce.sampling.sampler import Drawn, State
from evanesce.validation import FloatArray

__all__ = ["BoundCollisions", "Collisions", "annihilation_samplers"]

_SHARES: Final[tuple[float, float]] = (0.05, 0.95)
"""Least and largest share of events drawn from the resonance instead of the electrons' momenta."""


def annihilation_samplers(point: SignalPoint) -> tuple[Collisions, ...]:
    """One sampler for each line of the source, and one for its continuum."""
    tables = ShowerTables.of(point, "positrons")
    source = point.source
    parts: list[Collisions] = []
    if point.options.electrons == "bound":
        electrons = electron_table(point.setup.target.material, binding=point.options.binding)
        struck = _moving(electrons)
        parts += [BoundCollisions(point, tables, struck, electrons)] if source.edges else []
        parts += [BoundCollisions(point, tables, struck, electrons, line) for line in source.lines]
        return tuple(parts)
    parts += [_AtRest(point, tables, _at_rest)] if source.edges else []
    parts += [_LineAtRest(point, tables, _at_rest, energy, number) for energy, number in source.lines]
    return tuple(parts)


Struck = Callable[[FloatArray, State, np.random.Generator], FloatArray]
"""Returns four-momenta of the electrons, shape (events, 4), given those of the positrons and the sampler's state."""


def _at_rest(positron: FloatArray, state: State, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001
    nothing = np.zeros(len(positron))
    return four_vector(nothing, nothing, nothing, np.full(len(positron), ELECTRON_MASS))


def _moving(electrons: ElectronTable) -> Struck:
    """Electrons for which (p + p_e)² is s; they are on shell to within some eV, except with ``binding=none``."""

    def struck(positron: FloatArray, state: State, rng: np.random.Generator) -> FloatArray:
        p_z, across = electrons.momentum(rng, electrons.draw_shell(rng, state["q"]), state["q"])
        cosine, sine = azimuth(rng, len(p_z))
        energy = np.sqrt(state["s"] + (positron[:, 2] + p_z) ** 2 + across**2) - positron[:, 3]
        return four_vector(across * cosine, across * sine, p_z, energy)

    return struck


@dataclass(frozen=True, slots=True, eq=False)
class Collisions(ABC):
    """Properties common to the samplers. Some are needed for radiating positrons too, see :mod:`isr`."""

    point: SignalPoint
    tables: ShowerTables
    struck: Struck
    """Draws the electron, along the track."""
    selects: bool = field(default=True, kw_only=True)
    """Whether the yield contains the probability to pass the selection; if not, the caller multiplies with it."""

    @property
    def process(self) -> str:
        """Name of the process."""
        return "annihilation"

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Number of dimensions of the cube."""

    @abstractmethod
    def collide(self, cube: FloatArray, kept: FloatArray, rng: np.random.Generator) -> Drawn:
        """The collisions, for resonances that get only the share ``kept`` of E'."""

    def draw(self, cube: FloatArray, rng: np.random.Generator) -> Drawn:
        """Collisions in which the resonance gets all of E'."""
        return self.collide(cube, np.ones(len(cube)), rng)

    @property
    def threshold(self) -> float:
        """4 m_χ² in GeV²."""
        return 4.0 * self.point.dark_mass**2

    def longest(self, energy: FloatArray) -> FloatArray:
        """Largest l of a track of this energy for which E' + m_e still passes the selection."""
        least = np.maximum(self.point.least_fraction - ELECTRON_MASS / energy, 1e-9)
        return np.minimum(-np.log(least), self.tables.longest)

    def passed(self, energy: FloatArray, collision: FloatArray) -> FloatArray:
        """Probability to pass the selection."""
        if not self.selects:
            return np.ones_like(energy)
        return self.point.acceptance.probability(energy, (collision + ELECTRON_MASS) / energy)

    @property
    def collisions(self) -> tuple[float, float]:
        """Smallest and largest E' in GeV of a positron that may pass the selection."""
        first, last = self.point.energies
        least = max(self.point.least_fraction * first - ELECTRON_MASS, 1e-9 * first)
        return least, last * float(np.exp(-self.tables.shortest))

    def tracks_at(self, collision: FloatArray, uniform: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Draw l for continuum tracks that collide at E'; return E, l, and W(E') divided by the density of the draw."""
        first, last = self.point.energies
        shortest = np.maximum(np.log(first / collision), self.tables.shortest)
        passing = (collision + ELECTRON_MASS) / self.point.least_fraction
        longest = np.minimum(np.log(np.minimum(last, passing) / collision), self.tables.longest)
        longest = np.maximum(longest, shortest)
        lethargy, y = self.tables.lethargy(uniform, shortest, longest)
        energy = np.clip(collision * np.exp(lethargy), first, last)
        value = self.point.source.spectrum(energy) * self.passed(energy, collision)
        value = (
            value * self.tables.density(energy, lethargy, y) / self.tables.lethargy.drawn_density(y, shortest, longest)
        )
        return energy, lethargy, np.where(longest > shortest, value, 0.0)

    def events(self, state: State, weight: FloatArray, rng: np.random.Generator) -> EventBatch:
        """Add the electron, the mediator and its decay to the collisions."""
        energy, s = state["track_energy"], state["s"]
        lost = -energy * np.expm1(-state["log_loss"])
        track, positron, shower = start_of_event(energy, lost)
        electron = self.struck(positron, state, rng)
        mediator = positron + electron
        mass = np.sqrt(s)
        axis = rest_frame(positron, mediator, mass)
        point = self.point
        first, second = dark_matter(mediator, mass, point.dark_mass, rng, point.vertex, axis, point.dark_matter)
        columns = {
            "track_energy": energy,
            "log_loss": state["log_loss"],
            "collision_energy": positron[:, 3],
            "mediator_energy": mediator[:, 3],
            "mediator_mass": mass,
            "visible_energy": lost,
        }
        masses: dict[int, FloatArray | float] = {
            0: ELECTRON_MASS,
            2: ELECTRON_MASS,
            4: mass,
            5: self.point.dark_mass,
            6: self.point.dark_mass,
        }
        return EventForm(self.point, self.tables, self.process, self.roles).record(
            [track, electron, positron, shower, mediator, first, second], masses, weight, columns, rng
        )

    @property
    def roles(self) -> tuple[Role, ...]:
        """The particles of an event."""
        return (
            Role(name="track", pdg_id=charged(self.point.source.incident), status=-1),
            Role(name="electron", pdg_id=ELECTRON, status=-1, vertex=2),
            Role(name="positron", pdg_id=-ELECTRON, status=2, mothers=(0,), vertex=1),
            Role(name="shower", pdg_id=SHOWER, status=1, mothers=(0,), vertex=1),
            Role(name="mediator", pdg_id=mediator_id(self.point.vertex), status=2, mothers=(1, 2), vertex=2),
            Role(name="chi", pdg_id=CHI, status=1, mothers=(4,), vertex=2),
            Role(name="antichi", pdg_id=-CHI, status=1, mothers=(4,), vertex=2),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _AtRest(Collisions):
    """Electrons at rest, tracks of a continuum: first s is drawn from the resonance, then the loss."""

    @property
    def dimensions(self) -> int:
        return 2

    def collide(self, cube: FloatArray, kept: FloatArray, rng: np.random.Generator) -> Drawn:  # noqa: ARG002
        least, most = self.collisions
        low = np.maximum(collision_s(least * kept), self.threshold)
        high = collision_s(most * kept)
        open_ = low < high
        if not open_.any():
            return Drawn(np.zeros(len(cube)), {})
        low = np.where(open_, low, high * (1.0 - 1e-9))
        resonance = BreitWignerDraw(low, high, self.point.mass**2, self.point.half_width)
        delta = resonance(cube[:, 0])
        s = np.clip(self.point.mass**2 + delta, low, high)
        collision = (s / (2.0 * ELECTRON_MASS) - ELECTRON_MASS) / kept
        energy, lethargy, value = self.tracks_at(collision, cube[:, 1])
        value = np.where(open_, value / kept, 0.0)
        value *= self.point.numerator(s, delta) * resonance.range / self.point.half_width * self.point.scale
        value *= self.point.setup.target.material.electron_density / (2.0 * ELECTRON_MASS)
        return Drawn(value, {"track_energy": energy, "log_loss": lethargy, "s": s})


@dataclass(frozen=True, slots=True, eq=False)
class _LineAtRest(Collisions):
    """Electrons at rest, tracks of one energy: the loss is drawn from the resonance or from the shower."""

    energy: float
    number: float

    @property
    def dimensions(self) -> int:
        return 1

    def collide(self, cube: FloatArray, kept: FloatArray, rng: np.random.Generator) -> Drawn:  # noqa: ARG002
        line = np.full(len(cube), self.energy)
        effective = line * kept
        shortest, longest = np.full(len(cube), self.tables.shortest), self.longest(line)
        low = np.maximum(collision_s(effective * np.exp(-longest)), self.threshold)
        high = collision_s(effective * np.exp(-shortest))
        open_ = low < high
        if not open_.any():
            return Drawn(np.zeros(len(cube)), {})
        low = np.where(open_, low, high * (1.0 - 1e-9))
        least = low / (2.0 * ELECTRON_MASS) - ELECTRON_MASS
        longest = np.minimum(longest, -np.log(np.maximum(least / effective, 1e-12)))
        pole, g = self.point.mass**2, self.point.half_width
        resonance = BreitWignerDraw(low, high, pole, g)
        resonant = cube[:, 0] < 0.5
        uniform = np.where(resonant, 2.0 * cube[:, 0], 2.0 * cube[:, 0] - 1.0)
        lethargy, y = self.tables.lethargy(uniform, shortest, longest)
        s = collision_s(effective * np.exp(-lethargy))
        delta = np.where(resonant, resonance(uniform), s - pole)
        s = np.where(resonant, np.clip(pole + delta, low, high), s)
        lost = (collision_s(effective) - s) / (2.0 * ELECTRON_MASS * effective)
        lethargy = np.where(resonant, np.maximum(-np.log1p(-lost), 1e-17), lethargy)
        y = np.where(resonant, log_to_endpoint(lethargy), y)
        collision = line * np.exp(-lethargy)
        slope = y**2 / np.maximum(lethargy * (1.0 + lethargy), 1e-300)  # dy/dl
        by_loss = self.tables.lethargy.drawn_density(y, shortest, longest) * slope
        breit_wigner = delta**2 + g**2
        mixed = 0.5 * (g * 2.0 * ELECTRON_MASS * kept * collision / resonance.range + breit_wigner * by_loss)
        value = (
            self.tables.density(line, lethargy, y) * slope * np.exp(-lethargy) * self.point.numerator(s, delta) / mixed
        )
        value *= self.passed(line, collision) * self.number * self.point.scale
        value *= self.point.setup.target.material.electron_density
        return Drawn(np.where(open_, value, 0.0), {"track_energy": line, "log_loss": lethargy, "s": s})


@dataclass(frozen=True, slots=True, eq=False)
class BoundCollisions(Collisions):
    """Electrons in their shells: the track and its loss are drawn first, then q, then the electron."""

    electrons: ElectronTable
    line: tuple[float, float] | None = None
    """Energy in GeV and number of tracks; None for the continuum."""

    @property
    def dimensions(self) -> int:
        """Two for a line, and the energy of the track."""
        return 2 if self.line else 3

    def collide(self, cube: FloatArray, kept: FloatArray, rng: np.random.Generator) -> Drawn:  # noqa: ARG002
        """The collisions, with the electron's momentum drawn after the track."""
        collision, energy, lethargy, value = self._of_line(cube) if self.line else self._of_continuum(cube)
        q, s, density = self._momenta(cube[:, 1], collision * kept)
        state = {"track_energy": energy, "log_loss": lethargy, "s": s, "q": q}
        return Drawn(value * self.electrons.density(q) * density * self.point.scale, state)

    def release(self, cube: FloatArray, most: float, rng: np.random.Generator) -> Drawn:  # noqa: ARG002
        """Collisions for resonances that get a share below ``most`` of s - 2m_e².

        Electrons are drawn as they move, and the share, ``kept``, so that the resonance is met; s is that of the
        resonance. The last coordinate of the cube is for s. The value is per unit of the share.
        """
        collision, energy, lethargy, value = self._of_line(cube) if self.line else self._of_continuum(cube)
        table, at_rest, twice = self.electrons.flux, 2.0 * ELECTRON_MASS**2, 2.0 * collision
        high = most * twice * table.edges[-1] + at_rest
        low = np.minimum(np.full_like(high, max(self.threshold, at_rest * (1.0 + 1e-9))), high * (1.0 - 1e-9))
        resonance = BreitWignerDraw(low, high, self.point.mass**2, self.point.half_width)
        delta = resonance(cube[:, -1])
        s = np.clip(self.point.mass**2 + delta, low, high)
        least = np.clip((s - at_rest) / (most * twice), table.edges[0], table.edges[-1] * (1.0 - 1e-9))
        q = table.draw(cube[:, 1], least)
        value = (
            value
            * self.electrons.density(q)
            * self.point.numerator(s, delta)
            * resonance.range
            / self.point.half_width
            * self.point.scale
        )
        value = value / (table.drawn_density(q, least) * twice * q)
        kept = (s - at_rest) / (twice * q)
        state = {"track_energy": energy, "log_loss": lethargy, "s": s, "q": q, "kept": kept}
        return Drawn(value, state)

    def _of_continuum(self, cube: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """E', E, l and the track length that each draw represents."""
        least, most = self.collisions
        collision = least * (most / least) ** cube[:, 2]
        energy, lethargy, value = self.tracks_at(collision, cube[:, 0])
        return collision, energy, lethargy, value * collision * np.log(most / least)

    def _of_line(self, cube: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """The same for tracks of one energy."""
        at, number = self.line or (0.0, 0.0)
        energy = np.full(len(cube), at)
        shortest, longest = np.full(len(cube), self.tables.shortest), self.longest(energy)
        longest = np.maximum(longest, shortest)
        lethargy, y = self.tables.lethargy(cube[:, 0], shortest, longest)
        collision = energy * np.exp(-lethargy)
        value = number * self.tables.density(energy, lethargy, y) * np.exp(-lethargy) * self.passed(energy, collision)
        value = value / self.tables.lethargy.drawn_density(y, shortest, longest)
        return collision, energy, lethargy, np.where(longest > shortest, value, 0.0)

    def _momenta(self, uniform: FloatArray, collision: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Draw q from the resonance or from the electrons; return q, s, and σ(s) in GeV⁻² over the density of q."""
        pole, g, table = self.point.mass**2, self.point.half_width, self.electrons.flux
        at_rest, twice = 2.0 * ELECTRON_MASS**2, 2.0 * collision
        low = np.maximum(twice * table.edges[0] + at_rest, self.threshold)
        high = twice * table.edges[-1] + at_rest
        low = np.minimum(low, high * (1.0 - 1e-9))
        resonance = BreitWignerDraw(low, high, pole, g)
        least = (low - at_rest) / twice
        # a rough estimate of the share of each of the two
        resonant_q = np.clip((pole - at_rest) / twice, table.edges[0], table.edges[-1])
        by_pole = table(resonant_q) * resonance.range / (g * twice)
        by_motion = table.total / ((collision_s(collision) - pole) ** 2 + g**2)
        share = np.clip(by_pole / (by_pole + by_motion), *_SHARES)
        resonant = uniform < share
        inner = np.where(resonant, uniform / share, (uniform - share) / (1.0 - share))
        q = table.draw(inner, least)
        delta = np.where(resonant, resonance(inner), twice * q + at_rest - pole)
        s = np.clip(pole + delta, low, high)
        q = np.where(resonant, np.clip((s - at_rest) / twice, table.edges[0], table.edges[-1]), q)
        breit_wigner = delta**2 + g**2
        mixed = share * g * twice / resonance.range + (1.0 - share) * breit_wigner * table.drawn_density(q, least)
        return q, s, self.point.numerator(s, delta) / mixed
