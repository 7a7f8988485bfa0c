"""The electromagnetic cascade with all generations, from its transport equations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Final

from evanesce.cache import Layout, cached, digest
from evanesce.errors import InvalidValueError
from evanesce.interactions.medium import CROSS_SECTIONS
from evanesce.memo import memoised
from evanesce.particles import Tracked, check_tracked
from evanesce.physics import PhysicsOptions
from evanesce.showers.base import SHOWERS
from evanesce.showers.bins import BinnedTrackLength, bin_kernels
from evanesce.showers.cascade.solution import Accuracy, Solution, Ways, solve
from evanesce.showers.cascade.transport import CUT
from evanesce.showers.kernel import TrackLength, from_terms
from evanesce.showers.setup import ShowerSetup
from evanesce.validation import FloatArray, positive

__all__ = ["Cascade"]

_VERSION: Final[int] = 10
"""Version in every cache key, to be increased with any change of tables or solver that alters a result."""
_ENERGIES: Final[tuple[float, float]] = (0.3, 1e5)
"""Allowed incident energies in GeV: 1/125 of it must exceed the electron mass, and suppression must be understood."""
_DEPTH: Final[float] = 100.0
_LAYOUT: Final[Layout] = {
    "edges": ("panels+1",),
    "coefficients": (4, "energies", "panels", "order"),
    "errors": (4,),
    "changes": (4, "panels", "order"),
}
"""Shapes of a solution."""


@SHOWERS.register("cascade")
@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """Coupled electrons, positrons and photons, straight ahead, for v = E'/E₀ from 1/125 to 1.

    Screened Bethe-Heitler bremsstrahlung and pair production with Landau-Pomeranchuk-Migdal and dielectric
    suppression, ionisation, Møller and Bhabha scattering, annihilation in flight, Compton scattering. Track length
    is measured along the path. The kernels depend on the incident energy. Results are kept on disk.

    >>> from evanesce.materials import material
    >>> setup = ShowerSetup(
    ...     incident="e+", material=material("CsI"), start=0.0, stop=16.0, energy_min=4.35, energy_max=4.35
    ... )
    >>> float(Cascade().track_length(setup).primary.density(0.5)).__round__(2)
    1.39

    Raises
    ------
    InvalidValueError
        Energies outside 0.3 GeV to 100 TeV, depths beyond 100 X0.

    """

    cut: float = CUT
    """Kinetic energy in GeV of the softest knock-on electron; softer ones are continuous loss."""
    accuracy: Accuracy = field(default_factory=Accuracy)

    def __post_init__(self) -> None:
        positive("cut of the cascade", self.cut, maximum=1e-3)

    @classmethod
    def from_options(cls, options: PhysicsOptions) -> Cascade:
        """No physics option changes this model."""
        del options
        return cls()

    def track_length(self, setup: ShowerSetup) -> TrackLength:
        """Track length of the beam particle, of other positrons, of every electron and positron, and of photons."""
        return self.over_ways([1.0], [setup])

    def over_ways(self, shares: Sequence[float], setups: Sequence[ShowerSetup]) -> TrackLength:
        """Mean of :meth:`track_length` over setups that differ only in the layers before the slab."""
        for setup in setups:
            _check(setup)
        return _track_length(self, tuple(zip(shares, setups, strict=True)))

    def binned(
        self, setup: ShowerSetup, edges: FloatArray, *, v_max: float = 1.0, of: Tracked = "e+"
    ) -> BinnedTrackLength:
        """Averages of the kernels."""
        check_tracked(of, setup.incident)
        return bin_kernels(self.track_length(setup), edges, energy=setup.energy_max, v_max=v_max, of=of)


def _check(setup: ShowerSetup) -> None:
    low, high = _ENERGIES
    if not (low <= setup.energy_min and setup.energy_max <= high):
        raise InvalidValueError(
            f"energies from {setup.energy_min:g} to {setup.energy_max:g} GeV: the cascade needs {low:g} to {high:g} GeV"
        )
    if not setup.upstream + setup.stop <= _DEPTH:
        raise InvalidValueError(
            f"depth = {setup.upstream + setup.stop:g} X0: must be at most {_DEPTH:g} for the cascade"
        )


@memoised(maxsize=64)
def _track_length(model: Cascade, ways: Ways) -> TrackLength:
    def compute() -> dict[str, FloatArray]:
        result = solve(ways, cut=model.cut, accuracy=model.accuracy)
        return {item.name: getattr(result, item.name) for item in fields(Solution)}

    solution = Solution(**cached("cascade", _key(model, ways), compute, layout=_LAYOUT))
    return from_terms(ways[0][1], solution.edges, solution.coefficients, solution.errors, solution.changes)


def _key(model: Cascade, ways: Ways) -> str:
    slab = [ways[0][1].key, *((share, setup.key) for share, setup in ways if len(ways) > 1)]
    return digest(_VERSION, CROSS_SECTIONS, *slab, model.cut, model.accuracy)
