"""Events of e± + nucleus → e± + nucleus + mediator, with one sampler per kind of nucleus.

Use :func:`bremsstrahlung_samplers`. The rate in (E, E', x) follows the formula in the physics options. Angles and
recoil follow the exact amplitude at the same E' and x, also for the Weizsäcker-Williams formulas, which have no angles
of their own. These formulas include unphysical phase space (docs/physics.md): where x exceeds the kinematic limit, the
mediator gets the largest allowed energy, an m_e or so less.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.formats import EventBatch, Role
from evanesce.materials import Nucleus
from evanesce.mediators import Vertex, vertex_of
from evanesce.production.form_factors import FormFactor, form_factor_of, nuclear_mass
from evanesce.production.kinematics import Emission, energy_range, threshold_energy
from evanesce.sampling.emission import DrawnEmission, draw_emission, outgoing
from evanesce.sampling.kinematics import azimuth, dark_matter, turned
from evanesce.sampling.point import ShowerTables, SignalPoint
from evanesce.sampling.ratio import FormulaRatio
from evanesce.sampling.record import CHI, SHOWER, EventForm, charged, mediator_id, nucleus_id, start_of_event
from evanesce.sampling.sampler import Drawn, Sampler, State
from evanesce.sampling.tracks import SpectrumDraw
from evanesce.validation import FloatArray

__all__ = ["bremsstrahlung_samplers"]

_NEAREST: Final[float] = 0.2
"""Kinetic energy in m_e of the final electron, where a formula leaves it none."""
_SOFTEST: Final[float] = 0.3
"""Scale of m_e/E' on which the spectrum is flat at the upper end."""


def bremsstrahlung_samplers(point: SignalPoint, factor: float) -> tuple[Sampler, ...]:
    """One sampler for each nucleus and each line of the source or its continuum; ``factor`` multiplies every weight."""
    tables = ShowerTables.of(point, "radiating")
    vertex = vertex_of(point.mediator)
    first, last = point.energies
    exact, source = point.options.bremsstrahlung == "exact", point.source
    parts: list[Sampler] = []
    for nucleus in point.setup.target.material.nuclei:
        tracks: list[SpectrumDraw | tuple[float, float]] = list(source.lines)
        lowest = max(first, threshold_energy(point.mass, nuclear_mass(nucleus)))
        if source.edges and lowest < last * (1.0 - 1e-9):
            tracks.append(SpectrumDraw.of(source, lowest))
        ratio = None if exact or not tracks else FormulaRatio.of(point, vertex, nucleus)
        if exact or ratio is not None:
            parts += [_Bremsstrahlung(point, tables, nucleus, vertex, each, ratio, factor) for each in tracks]
    return tuple(parts)


@dataclass(frozen=True, eq=False)
class _Bremsstrahlung:
    """Tracks of a line (energy, number) or of the continuum that radiate in the field of one kind of nucleus."""

    point: SignalPoint
    tables: ShowerTables
    nucleus: Nucleus
    vertex: Vertex
    tracks: SpectrumDraw | tuple[float, float]
    ratio: FormulaRatio | None
    factor: float

    @property
    def process(self) -> str:
        return "bremsstrahlung"

    @property
    def dimensions(self) -> int:
        return 6 if isinstance(self.tracks, SpectrumDraw) else 5

    @cached_property
    def form_factor(self) -> FormFactor:
        return form_factor_of(self.nucleus, self.point.options.form_factor)

    @cached_property
    def target_mass(self) -> float:
        return nuclear_mass(self.nucleus)

    def draw(self, cube: FloatArray, rng: np.random.Generator) -> Drawn:  # noqa: ARG002
        if isinstance(self.tracks, SpectrumDraw):
            energy, number = self.tracks(cube[:, 5])
        else:
            energy, number = (np.full(len(cube), value) for value in self.tracks)
        shortest, longest = np.full(len(cube), self.tables.shortest), self._longest(energy)
        lethargy, y = self.tables.lethargy(cube[:, 0], shortest, longest)
        collision = energy * np.exp(-lethargy)
        value = number * self.tables.density(energy, lethargy, y) * np.exp(-lethargy)
        value = value / self.tables.lethargy.drawn_density(y, shortest, longest)
        x, emission, measure = self._draw_x(energy, collision, cube[:, 1])
        drawn = draw_emission(self.vertex, self.form_factor, emission, cube[:, 2:5])
        value = value * measure * collision * drawn.value
        if self.ratio is not None:
            value = value * self.ratio(x, emission.left, collision)
        taken = x * collision / energy
        value = value * self.point.acceptance.probability(energy, taken)
        value *= self.factor * self.point.scale * self.nucleus.number_density
        state = {"track_energy": energy, "log_loss": lethargy, "left": emission.left}
        state |= {"t": drawn.t, "u": drawn.u, "azimuth": drawn.azimuth}
        return Drawn(np.where((longest > shortest) & (measure > 0), value, 0.0), state)

    def _needed(self, energy: FloatArray) -> FloatArray:
        """Smallest energy of the mediator that passes the selection, in GeV."""
        return np.maximum(self.point.least_fraction * energy, self.point.mass)

    def _longest(self, energy: FloatArray) -> FloatArray:
        """Largest l at which a track can still radiate a mediator that passes the selection."""
        needed = self._needed(energy)
        least = needed + (0.0 if self._as_printed else ELECTRON_MASS)
        if not self._as_printed:
            for _ in range(3):  # the recoil energy depends weakly on the energy
                least = needed + (least - self._most(least))
        longest = np.log(energy / np.maximum(least, threshold_energy(self.point.mass, self.target_mass)))
        return np.clip(longest, self.tables.shortest, self.tables.longest)

    @property
    def _as_printed(self) -> bool:
        """Whether x may reach 1, as in the limits of Eq. (4.5)."""
        return self.point.options.bremsstrahlung == "ww"

    def _most(self, energy: FloatArray) -> FloatArray:
        """Kinematic limit of the mediator's energy at E', in GeV."""
        return energy_range(energy, np.asarray(self.point.mass), np.asarray(self.target_mass))[1]

    def _draw_x(
        self, energy: FloatArray, collision: FloatArray, uniform: FloatArray
    ) -> tuple[FloatArray, Emission, FloatArray]:
        """Draw x = E_k/E' of the formula; return it, the kinematically allowed emission, and dx over the density."""
        most = self._most(collision)
        last = most / collision
        if self._as_printed:
            last = np.minimum(1.0, (energy - ELECTRON_MASS) / collision)
        elif self.point.options.bremsstrahlung == "iww":
            last = 1.0 - ELECTRON_MASS / collision
        first = self._needed(energy) / collision
        width = np.maximum(last - first, 0.0)
        scale = _SOFTEST * ELECTRON_MASS / collision
        if self.ratio is not None:
            scale = np.minimum(scale, (ELECTRON_MASS / self.point.mass) ** 2)
        spread = np.log1p(width / scale)
        gap = scale * np.expm1(uniform * spread)
        # E' - E_k: keep a small distance from the end of the spectrum
        ends = collision - most
        left = collision * ((1.0 - last) + gap)
        left = np.maximum(left, ends + (0.0 if self.ratio is None else _NEAREST * ELECTRON_MASS))
        mass, target = np.full(len(energy), self.point.mass), np.full(len(energy), self.target_mass)
        return last - gap, Emission(collision, collision - left, left, mass, target), (gap + scale) * spread

    def events(self, state: State, weight: FloatArray, rng: np.random.Generator) -> EventBatch:
        """Add mediator, electron, nucleus and the decay to the collisions."""
        energy = state["track_energy"]
        lost = -energy * np.expm1(-state["log_loss"])
        track, electron, shower = start_of_event(energy, lost)
        collision, count = electron[:, 3], len(energy)
        mass, target_mass = np.full(count, self.point.mass), np.full(count, self.target_mass)
        e = Emission(collision, collision - state["left"], state["left"], mass, target_mass)
        drawn = DrawnEmission(weight, state["t"], state["u"], state["azimuth"])
        cosine, sine = azimuth(rng, count)
        mediator, recoil = (turned(momentum, cosine, sine) for momentum in outgoing(e, drawn))
        nucleus = np.zeros((count, 4))
        nucleus[:, 3] = target_mass
        final = electron + nucleus - mediator - recoil
        first, second = dark_matter(mediator, mass, self.point.dark_mass, rng)
        columns = {
            "track_energy": energy,
            "log_loss": state["log_loss"],
            "collision_energy": collision,
            "mediator_energy": mediator[:, 3],
            "mediator_mass": mass,
            "visible_energy": lost + final[:, 3] + recoil[:, 3] - target_mass,
        }
        masses = {0: ELECTRON_MASS, 1: self.target_mass, 2: ELECTRON_MASS, 4: self.point.mass}
        masses |= {5: ELECTRON_MASS, 6: self.target_mass, 7: self.point.dark_mass, 8: self.point.dark_mass}
        return EventForm(self.point, self.tables, self.process, self._roles).record(
            [track, nucleus, electron, shower, mediator, final, recoil, first, second], masses, weight, columns, rng
        )

    @property
    def _roles(self) -> tuple[Role, ...]:
        track = charged(self.point.source.incident)
        nucleus = nucleus_id(self.nucleus)
        return (
            Role(name="track", pdg_id=track, status=-1),
            Role(name="nucleus", pdg_id=nucleus, status=-1, vertex=2),
            Role(name="radiating", pdg_id=track, status=2, mothers=(0,), vertex=1),
            Role(name="shower", pdg_id=SHOWER, status=1, mothers=(0,), vertex=1),
            Role(name="mediator", pdg_id=mediator_id(self.vertex), status=2, mothers=(1, 2), vertex=2),
            Role(name="recoil_electron", pdg_id=track, status=1, mothers=(1, 2), vertex=2),
            Role(name="recoil_nucleus", pdg_id=nucleus, status=1, mothers=(1, 2), vertex=2),
            Role(name="chi", pdg_id=CHI, status=1, mothers=(4,), vertex=2),
            Role(name="antichi", pdg_id=-CHI, status=1, mothers=(4,), vertex=2),
        )
