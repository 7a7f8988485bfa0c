"""e⁺e⁻ → γ + mediator on atomic electrons, for photons above a cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evanesce.mediators import Mediator
from evanesce.numerics import Estimate
from evanesce.physics import Option, PhysicsOptions
from evanesce.processes.base import PROCESSES, Workshop
from evanesce.production import non_resonant_yield
from evanesce.setups import Setup
from evanesce.showers import Kernel
from evanesce.validation import FloatArray

__all__ = ["NonResonant"]


@PROCESSES.register("non-resonant")
@dataclass(frozen=True, slots=True, kw_only=True)
class NonResonant:
    """Annihilation with a photon above ``photon_cut`` in the centre of mass; softer photons belong to the resonance."""

    OPTIONS: ClassVar[tuple[Option, ...]] = (
        Option(
            name="non_resonant",
            default="off",
            allowed=("off", "on"),
            help="Whether e+e- -> photon + mediator in the target counts as a process of its own.",
        ),
        Option(
            name="photon_cut",
            default=1e-3,
            smallest=1e-9,
            unit="GeV",
            needs=("non_resonant", "on"),
            help="Smallest photon energy in the centre of mass; softer photons belong to the resonance.",
        ),
    )
    name: ClassVar[str] = "non_resonant"
    standard: ClassVar[bool] = True
    reads: ClassVar[frozenset[str]] = frozenset({"track_length", "v_max", "photon_cut"})
    axes: ClassVar[frozenset[str]] = frozenset({"mass", "alpha_d", "mass_ratio"})

    def enabled(self, options: PhysicsOptions) -> bool:
        """With ``non_resonant=on``."""
        return bool(options["non_resonant"] == "on")

    def prepare(self, setup: Setup, options: PhysicsOptions, workshop: Workshop) -> PreparedNonResonant:  # noqa: ARG002
        """Take the track length of all positrons."""
        return PreparedNonResonant(setup, setup.track_length(options).positrons, options)


@dataclass(frozen=True, slots=True, eq=False)
class PreparedNonResonant:
    """Positron tracks of one setup."""

    setup: Setup
    kernel: Kernel
    options: PhysicsOptions

    def rates(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Positron tracks times the cross section that passes the selection, shape (points, 1)."""
        return non_resonant_yield(
            self.setup.source,
            self.kernel,
            self.setup.target.material,
            mediator,
            mass,
            acceptance=self.setup.acceptance,
            photon_cut=self.options["photon_cut"],
            v_max=self.options.v_max,
        )[:, None]
