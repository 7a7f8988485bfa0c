"""One photon and nothing else: e⁺e⁻ → γ + mediator at the vertex of a collider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evanesce.backgrounds import BackgroundEstimate, Budget, Constant
from evanesce.channels.base import CHANNELS, BackgroundChoice, Expectation, exposure_facts
from evanesce.channels.bins import GIVEN
from evanesce.channels.checks import all_different, check_efficiency, check_label, short
from evanesce.channels.scale import ScaleUncertainty, checked_scales
from evanesce.errors import InvalidValueError
from evanesce.physics import PhysicsOptions
from evanesce.processes import Process
from evanesce.representation import Facts
from evanesce.setups import Collision, PhotonSelection, resolution_in_use
from evanesce.sources import Beams, unit_exposure
from evanesce.tracklength import Resolution
from evanesce.validation import non_negative, positive, printable

__all__ = ["MonoPhoton", "PhotonBackground"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotonBackground:
    """Events that pass the selection without a signal, in proportion to the luminosity.

    Raises
    ------
    InvalidValueError
        On construction: a number outside its range, or an empty label.

    """

    label: str
    """Name of the component."""
    expected: float
    """Expected events in the signal region at ``luminosity``."""
    error: float = 0.0
    """Uncertainty of the expected events."""
    luminosity: float
    """Integrated luminosity in ab⁻¹ for which they were worked out."""
    reference: str = ""
    """Where the numbers come from."""

    def __post_init__(self) -> None:
        check_label(self.label)
        for name in ("expected", "error"):
            object.__setattr__(self, name, non_negative(name, getattr(self, name)))
        positive("luminosity", self.luminosity)
        printable("reference", self.reference)

    def estimate(self, luminosity: float) -> BackgroundEstimate:
        """Return the events at another luminosity in ab⁻¹; the relative uncertainty stays."""
        scale = luminosity / self.luminosity
        return BackgroundEstimate(
            name=self.label,
            expected=scale * self.expected,
            error=scale * self.error,
            source=self.reference,
            inputs={
                "expected": self.expected,
                "error": self.error,
                "at_luminosity_per_ab": self.luminosity,
                "luminosity_per_ab": luminosity,
            },
        )


@CHANNELS.register("mono-photon")
@dataclass(frozen=True, slots=True, kw_only=True)
class MonoPhoton:
    """Events with one photon and missing energy at a collider, counted in one bin.

    The background is that of the signal region. If the window moves with the mass (``photon.peak_width``), the same
    number of events is taken for every mass.

    Raises
    ------
    InvalidValueError
        On construction: a number outside its range, a photon that the beams cannot make, two backgrounds of the same
        label, or no background.

    """

    label: str = "mono-photon"
    """Name within the experiment."""
    beams: Beams
    """Electron and positron beams of a collider and their integrated luminosity."""
    photon: PhotonSelection
    """Window in the energy and the polar angle of the photon."""
    resolution: Resolution | None = None
    """Resolution of the calorimeter; only needed for the physics option ``resolution=detector``."""
    efficiency: float = 1.0
    """Probability that a photon inside the window is recorded and the event passes all other cuts."""
    backgrounds: Sequence[PhotonBackground]
    """Components of the background, one entry each."""
    observed: float | None = None
    """Observed events; left out before there are data."""
    systematics: Sequence[ScaleUncertainty] = ()
    """Uncertainties of the signal and of components by a common factor, one entry each; for likelihood criteria."""

    def __post_init__(self) -> None:
        check_label(self.label)
        check_efficiency(self.efficiency)
        for name, kind in (("beams", Beams), ("photon", PhotonSelection)):
            if not isinstance(getattr(self, name), kind):
                raise InvalidValueError(f"{name} = {short(getattr(self, name))}: must be {kind.__name__}(...)")
        self._check_resolution()
        parts: Any = self.backgrounds
        if not isinstance(parts, (list, tuple)) or not all(isinstance(part, PhotonBackground) for part in parts):
            raise InvalidValueError("backgrounds: must be a list of PhotonBackground(label=, expected=, luminosity=)")
        if not parts:
            raise InvalidValueError(
                "backgrounds: is empty; give at least one component, with expected = 0 if there is none"
            )
        object.__setattr__(self, "backgrounds", tuple(parts))
        all_different("backgrounds", "label", [part.label for part in self.backgrounds])
        scales = checked_scales(self.systematics, [part.label for part in self.backgrounds])
        object.__setattr__(self, "systematics", scales)
        if self.observed is not None:
            object.__setattr__(self, "observed", non_negative("observed", self.observed))
        try:
            self.photon.cuts(self.beams)
        except InvalidValueError as error:
            raise InvalidValueError(f"photon.{error}") from None

    def _check_resolution(self) -> None:
        given = self.resolution
        if not isinstance(given, (Resolution, type(None))):
            raise InvalidValueError(f"resolution = {short(given)}: must be a Resolution or None")
        for name in ("momentum", "polar_angle") if given is not None else ():
            if getattr(given, name) != 0.0:
                raise InvalidValueError(f"resolution.{name}: is that of a track, a photon has none; leave it out")

    @property
    def exposure(self) -> float:
        """Luminosity in ab⁻¹ times efficiency."""
        return self.beams.luminosity * self.efficiency

    @property
    def processes(self) -> tuple[Process, ...]:
        """No process in place of the standard one."""
        return ()

    @property
    def counts(self) -> tuple[float, ...] | None:
        """Observed events in the only bin."""
        return None if self.observed is None else (self.observed,)

    def setup(self, options: PhysicsOptions) -> Collision:
        """Return the beams at unit luminosity and the cuts on the photon under these physics options.

        Raises
        ------
        InvalidValueError
            ``resolution=detector`` when the card states no resolution.

        """
        unit, _ = unit_exposure(self.beams)
        return Collision(beams=unit, cuts=self.photon.cuts(self.beams, resolution_in_use(self.resolution, options)))

    def budget(self) -> Budget:
        """Every component of the background at the luminosity of the beams, and their sum."""
        return Budget.of(part.estimate(self.beams.luminosity) for part in self.backgrounds)

    def expectation(self, choice: BackgroundChoice = None) -> Expectation:
        """Return the expected background: a number, or the sum of the components for any other choice.

        Raises
        ------
        InvalidValueError
            A negative number or an unknown word.

        """
        if choice is None or (isinstance(choice, str) and choice in ("budget", "components")):
            return Expectation(components=self.budget().components)
        if isinstance(choice, Constant):
            return Expectation(components=(choice.as_estimate(),))
        number: Any = choice  # any other word fails the check for a number
        given = Constant(expected=non_negative("background", number), label=GIVEN)
        return Expectation(components=(given.as_estimate(),))

    def facts(self) -> Facts:
        """Summarise the channel in a few lines."""
        photon = self.photon
        upper = "" if photon.energy_max is None else f" to {photon.energy_max:g}"
        yield "beams", f"{self.beams.electron_energy:g} GeV e- on {self.beams.positron_energy:g} GeV e+"
        yield from exposure_facts(self.beams, self.efficiency)
        yield "photon", f"from {photon.energy_min:g}{upper} GeV, {photon.energy_frame}"
        yield "polar angle", f"{photon.polar_angle_min:g} to {photon.polar_angle_max:g}, {photon.polar_angle_frame}"
        yield "background", self.budget().total
        yield "components", ", ".join(part.label for part in self.backgrounds)
        yield "observed", self.observed

    def cautions(self, options: PhysicsOptions) -> tuple[str, ...]:  # noqa: ARG002
        """None."""
        return ()
