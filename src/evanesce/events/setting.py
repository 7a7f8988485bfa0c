"""What every sampler of one experiment, mediator and mass shares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evanesce.constants import GEV2_CM2
from evanesce.events.depth import DepthTable
from evanesce.events.tracks import LethargyTable
from evanesce.experiments import Experiment, acceptance, tracks
from evanesce.mediators import Mediator, Vertex
from evanesce.physics import PhysicsOptions
from evanesce.showers import Kernel
from evanesce.sources import Source
from evanesce.tracklength import Acceptance
from evanesce.tracklength.panels import smallest_fraction
from evanesce.validation import FloatArray
from evanesce.yields import track_length

__all__ = ["Setting", "ShowerTables"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """An experiment, its physics, a mediator and its mass, and where the calorimeter is."""

    experiment: Experiment
    options: PhysicsOptions
    mediator: Mediator
    mass: float
    """In GeV."""
    face_distance: float = 0.0
    """From the start of the track to the face of the calorimeter, along the track, in cm."""

    @property
    def source(self) -> Source:
        """Tracks as the physics options have them."""
        return tracks(self.experiment, self.options)

    @property
    def acceptance(self) -> Acceptance:
        """The selection."""
        return acceptance(self.experiment, self.options)

    @property
    def energies(self) -> tuple[float, float]:
        """Smallest and largest energy of a track in GeV."""
        source = self.source
        corners = (*source.edges, *(energy for energy, _ in source.lines))
        return min(corners), max(corners)

    @property
    def least_fraction(self) -> float:
        """Smallest E_mediator/E that may pass the selection."""
        return float(self.acceptance.transition(np.array(self.energies))[0].min())

    @property
    def scale(self) -> float:
        """Efficiency · X0 in cm · (GeV⁻² in cm²)."""
        return self.experiment.efficiency * self.experiment.target.material.radiation_length * GEV2_CM2

    @property
    def vertex(self) -> Vertex | None:
        """How the mediator couples, if it says so."""
        return getattr(self.mediator, "vertex", None)

    @property
    def dark_mass(self) -> float:
        """Mass of χ in GeV."""
        return self.mass / float(np.asarray(self.mediator.mass_ratio))


@dataclass(frozen=True, slots=True, eq=False)
class ShowerTables:
    """How tracks of one kind lose energy and how deep they get."""

    lethargy: LethargyTable
    depth: DepthTable
    longest: float
    """Largest l = ln(E/E') of the tables."""
    shortest: float
    """Smallest l: -ln v_max."""

    @classmethod
    def of(cls, setting: Setting, *, radiating: bool) -> ShowerTables:
        """Tables of the tracks that radiate, or of the positrons."""
        return _tables(setting.experiment, setting.options, radiating, setting.least_fraction)

    def density(self, energy: FloatArray, lethargy: FloatArray, y: FloatArray) -> FloatArray:
        """F(l) dl/dy in X0."""
        return self.lethargy.track_density(lethargy, y, energy)


@lru_cache(maxsize=8)
def _tables(experiment: Experiment, options: PhysicsOptions, radiating: bool, least: float) -> ShowerTables:
    source = tracks(experiment, options)
    corners = np.array([*source.edges, *(energy for energy, _ in source.lines)])
    thickness = experiment.target.thickness
    if radiating:
        thickness = min(thickness, options.bremsstrahlung_thickness)

    def kernel_to(depth: float) -> Kernel:
        found = track_length(experiment, options, thickness=depth)
        return found.radiating if radiating else found.positrons

    kernel = kernel_to(thickness)
    # E' + m_e exceeds the cut: a little more than -ln of the fraction
    longest = min(-np.log(0.9 * least), -np.log(smallest_fraction(kernel) * (1.0 + 1e-9)))
    return ShowerTables(
        lethargy=LethargyTable.of(kernel, float(np.sqrt(corners.min() * corners.max()))),
        depth=DepthTable.of(kernel_to, thickness, longest, corners),
        longest=longest,
        shortest=float(-np.log(options.v_max)),
    )
