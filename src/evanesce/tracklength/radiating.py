"""The tracks that radiate in a slab, and their folds: one for all light mediators, and one for each heavy mass."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.memo import Memo
from evanesce.showers import Kernel
from evanesce.sources import Source, energies
from evanesce.tracklength.acceptance import Acceptance
from evanesce.tracklength.bremsstrahlung import FoldedRadiation, fold_radiation

__all__ = ["RadiatingTracks"]

_FOLDS: Final[int] = 128
"""Number of folds of heavy masses that are kept, some 100 kB each."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RadiatingTracks:
    """Source, shower and selection; folds are computed once and shared by all cross sections.

    >>> from evanesce.materials import material
    >>> from evanesce.showers import ShowerSetup, TsaiWhitis
    >>> from evanesce.sources import Beam
    >>> from evanesce.tracklength import SharpAcceptance
    >>> setup = ShowerSetup(
    ...     incident="e-", material=material("Pb"), start=0.0, stop=1.0, energy_min=100.0, energy_max=100.0
    ... )
    >>> tracks = RadiatingTracks(
    ...     source=Beam(energy=100.0, particles=1.0),
    ...     kernel=TsaiWhitis().track_length(setup).radiating,
    ...     acceptance=SharpAcceptance(missing_fraction=0.5),
    ... )
    >>> tracks.lightest_cut
    50.0
    """

    source: Source
    kernel: Kernel
    """Kernel of all radiating tracks."""
    acceptance: Acceptance
    v_max: float = 1.0
    _light: Memo[FoldedRadiation | None] = field(default_factory=lambda: Memo(1), init=False, repr=False)
    _heavy: Memo[FoldedRadiation | None] = field(default_factory=lambda: Memo(_FOLDS), init=False, repr=False)

    @cached_property
    def lightest_cut(self) -> float:
        """Mass in GeV up to which the cut on energy is stronger than E_A' >= m, so that the fold does not change."""
        first, _ = energies(self.source)
        return first * float(self.acceptance.transition(np.asarray(first))[0])

    @cached_property
    def heaviest(self) -> float:
        """Mass in GeV that no track can radiate."""
        return energies(self.source)[1] - ELECTRON_MASS

    def fold(self, mass: float = 0.0) -> FoldedRadiation | None:
        """D_n(x) for a mediator mass in GeV; None if selection and mass leave no phase space."""
        least, folds = (mass, self._heavy) if mass > self.lightest_cut else (0.0, self._light)

        def compute() -> FoldedRadiation | None:
            return fold_radiation(
                self.source, self.kernel, acceptance=self.acceptance, v_max=self.v_max, minimum_energy=least
            )

        return folds.get(least, compute)
