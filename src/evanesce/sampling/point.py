"""Data common to all samplers of one setup, mediator and mass."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from evanesce.constants import GEV2_CM2
from evanesce.dark_matter import DarkMatter, Dirac
from evanesce.errors import InvalidValueError
from evanesce.mediators import Mediator, Vertex
from evanesce.memo import Memo
from evanesce.physics import PhysicsOptions
from evanesce.sampling.depth import DepthTable
from evanesce.sampling.tracks import LethargyTable
from evanesce.setups import Setup
from evanesce.showers import Kernel
from evanesce.sources import Source, incidence_of
from evanesce.tracklength import Acceptance
from evanesce.tracklength.panels import smallest_fraction
from evanesce.validation import FloatArray

__all__ = ["ShowerTables", "SignalPoint", "Tracks"]

Tracks: TypeAlias = Literal["positrons", "radiating", "photons"]
"""Which particles of the shower start a process."""

_READS: Final = frozenset({"track_length", "bremsstrahlung_thickness", "v_max"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SignalPoint:
    """A setup, its physics options, a mediator and its mass, and the position of the calorimeter."""

    setup: Setup
    options: PhysicsOptions
    mediator: Mediator
    mass: float
    """In GeV."""
    exposure: float = 1.0
    """Factor of every yield: exposure of the source times efficiency."""
    face_distance: float = 0.0
    """Distance from the start of the track to the face of the calorimeter, along the track, in cm."""

    def __post_init__(self) -> None:
        if incidence_of(self.setup.source) != "normal":
            raise InvalidValueError(
                f"incidence = {incidence_of(self.setup.source)}: the depth of a collision is known at normal incidence "
                "only; for events set source.incidence=normal"
            )

    @property
    def source(self) -> Source:
        """Tracks at unit exposure under the physics options."""
        return self.setup.source

    @property
    def acceptance(self) -> Acceptance:
        """The selection."""
        return self.setup.acceptance

    @property
    def energies(self) -> tuple[float, float]:
        """Smallest and largest energy of a track in GeV."""
        return self.setup.energies

    @property
    def least_fraction(self) -> float:
        """Smallest E_mediator/E that can pass the selection."""
        return float(self.acceptance.transition(np.array(self.energies))[0].min())

    @property
    def scale(self) -> float:
        """Exposure · X0 in cm · (GeV⁻² in cm²)."""
        return self.exposure * self.setup.target.material.radiation_length * GEV2_CM2

    @property
    def vertex(self) -> Vertex | None:
        """Coupling of the mediator, if it has the attribute ``vertex``."""
        return getattr(self.mediator, "vertex", None)

    @property
    def half_width(self) -> float:
        """mΓ of the mediator in GeV²."""
        return self.mass * float(np.asarray(self.mediator.width(np.asarray(self.mass))))

    def numerator(self, s: FloatArray, delta: FloatArray) -> FloatArray:
        """σ(s) times δ² + m²Γ² with δ = s - m²: N(s), and for a running width the ratio of the two line shapes."""
        mass = np.asarray(self.mass)
        numerator = np.asarray(self.mediator.annihilation_numerator(s, mass))
        if self.options["width"] == "fixed":
            return numerator
        on_shell = float(self.mediator.annihilation_numerator(mass**2, mass))
        square, running = delta * delta, (self.half_width / on_shell * numerator) ** 2
        return numerator * (square + self.half_width**2) / (square + running)

    def passed(self, energy: FloatArray, taken: FloatArray) -> FloatArray:
        """Probability that a mediator with the share ``taken`` of the track's energy passes the selection."""
        least = self.acceptance.transition(energy)[0]
        passing = self.acceptance.probability(energy, np.maximum(taken, least))
        return np.asarray(np.where(taken > least, passing, 0.0))

    @property
    def dark_matter(self) -> DarkMatter:
        """The kind of χ, for the angles of a vector's decay."""
        return getattr(self.mediator, "dark_matter", Dirac())

    @property
    def dark_mass(self) -> float:
        """Mass of χ in GeV."""
        return self.mass / float(np.asarray(self.mediator.mass_ratio))


@dataclass(frozen=True, slots=True, eq=False)
class ShowerTables:
    """Tables of energy loss and depth for one kind of track."""

    lethargy: LethargyTable
    make_depth: Callable[[], DepthTable]
    """Computes the depths, which take many showers; weights do not need them."""
    key: Hashable
    longest: float
    """Largest l = ln(E/E') of the tables."""
    shortest: float
    """Smallest l: -ln v_max."""

    @classmethod
    def of(cls, point: SignalPoint, tracks: Tracks) -> ShowerTables:
        """Tables of the particles that start a process."""
        least = point.least_fraction
        key = point.setup.key, point.options.key(_READS), tracks, least
        return _TABLES.get(key, lambda: _tables(point.setup, point.options, tracks, least, key))

    @property
    def depth(self) -> DepthTable:
        """Depths of the collisions, computed at their first use."""
        return _DEPTHS.get(self.key, self.make_depth)

    def density(self, energy: FloatArray, lethargy: FloatArray, y: FloatArray) -> FloatArray:
        """F(l) dl/dy in X0."""
        return self.lethargy.track_density(lethargy, y, energy)


_TABLES: Final[Memo[ShowerTables]] = Memo(64)
_DEPTHS: Final[Memo[DepthTable]] = Memo(32)


def _tables(setup: Setup, options: PhysicsOptions, tracks: Tracks, least: float, key: Hashable) -> ShowerTables:
    corners = np.array(setup.energies)
    thickness = setup.target.thickness
    if tracks == "radiating":
        thickness = min(thickness, options.bremsstrahlung_thickness)

    def kernel_to(depth: float) -> Kernel:
        found = setup.track_length(options, thickness=depth)
        if tracks == "photons":
            return found.of_photons()
        return {"positrons": found.positrons, "radiating": found.radiating}[tracks]

    kernel = kernel_to(thickness)
    # E' + m_e must exceed the cut, so that l may be slightly larger than -ln of the fraction
    longest = min(-np.log(0.9 * least), -np.log(smallest_fraction(kernel) * (1.0 + 1e-9)))
    return ShowerTables(
        lethargy=LethargyTable.of(kernel, float(np.sqrt(corners.min() * corners.max()))),
        make_depth=lambda: DepthTable.of(kernel_to, thickness, longest, corners),
        key=key,
        longest=longest,
        shortest=float(-np.log(options.v_max)),
    )
