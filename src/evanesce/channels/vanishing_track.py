"""A track enters the calorimeter, and its energy does not come out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from inspect import getattr_static
from typing import Any, cast

from evanesce.backgrounds import Background, Budget, Condition, Constant, Exposure, budget
from evanesce.channels.base import CHANNELS, BackgroundChoice, Contribution, Expectation, exposure_facts
from evanesce.channels.bins import GIVEN, Bins
from evanesce.channels.checks import all_different, check_efficiency, check_label, short
from evanesce.channels.plain import plain, value_at
from evanesce.channels.scale import ScaleUncertainty, checked_scales
from evanesce.channels.shared import shared
from evanesce.errors import EvanesceError, InvalidValueError
from evanesce.materials import Material
from evanesce.physics import PhysicsOptions
from evanesce.processes import Process
from evanesce.representation import Facts
from evanesce.setups import (
    Layer,
    Part,
    Selection,
    Setup,
    Target,
    check_layers,
    joined,
    main_layer,
    parts_of,
    seen_by,
    sharp_window,
    total_thickness,
)
from evanesce.sources import SOURCES, Beam, Source, unit_exposure
from evanesce.tracklength import Resolution
from evanesce.validation import FloatArray, non_negative

__all__ = ["VanishingTrack"]


@CHANNELS.register("vanishing-track")
@dataclass(frozen=True, slots=True, kw_only=True)
class VanishingTrack:
    """Events in which a positron or an electron vanishes in a calorimeter, counted in one bin or in several.

    Raises
    ------
    InvalidValueError
        On construction: a number outside its range, two backgrounds or processes of the same name, or no background.

    """

    label: str = "vanishing-track"
    """Name within the experiment."""
    source: Source
    """Where the tracks come from."""
    target: Target | Sequence[Layer]
    """The calorimeter, which is also the target: one slab, or a list of layers from the front on."""
    selection: Selection = field(default_factory=Selection)
    """Definition of a signal event."""
    resolution: Resolution | None = None
    """Resolution of the detector; only needed for the physics option ``resolution=detector``."""
    efficiency: float = 1.0
    """Probability that a signal event is reconstructed and recorded (tracking, trigger prescale)."""
    background: float | Constant | None = None
    """Expected background events, in place of the sum of ``backgrounds``: a number, or a ``constant`` component."""
    backgrounds: Sequence[Background] = ()
    """Components of the background, one entry each; their sum is the background unless a number is given."""
    bins: Bins = field(default_factory=Bins)
    """Bins in the missing fraction and in the track's energy; one bin without any."""
    observed: float | Sequence[float] | None = None
    """Observed events, a list with one number a bin if there are several bins; left out before there are data."""
    systematics: Sequence[ScaleUncertainty] = ()
    """Uncertainties of the signal and of components by a common factor, one entry each; for likelihood criteria."""
    processes: Sequence[Process] = ()
    """Production processes; each replaces the standard one of the same name, or is added."""

    def __post_init__(self) -> None:
        self._check_types()
        check_label(self.label)
        check_efficiency(self.efficiency)
        if self.background is not None and not isinstance(self.background, Constant):
            number = non_negative("background", self.background)
            object.__setattr__(self, "background", Constant(expected=number))
        if self.background is None and not self.backgrounds:
            raise InvalidValueError("background: is missing; give a number of events, or components as backgrounds")
        self.bins.check(self.selection)
        stand_in = (self.stand_in,) if self.stand_in else ()
        self.bins.check_labels([part.label for part in (*self.backgrounds, *stand_in)])
        object.__setattr__(self, "observed", self.bins.checked_counts(self.observed))
        all_different("backgrounds", "label", [part.label for part in self.backgrounds])
        all_different("processes", "name", [process.name for process in self.processes])
        scales = checked_scales(self.systematics, [part.label for part in self.backgrounds])
        object.__setattr__(self, "systematics", scales)

    def _check_types(self) -> None:
        """Check types for users without a type checker; a card is checked by its schema."""
        if not isinstance(self.bins, Bins):
            raise InvalidValueError(f"bins = {short(self.bins)}: must be Bins, as Bins(track_energy=20)")
        if self.bins.track_energy is not None and isinstance(self.source, Beam):
            raise InvalidValueError(
                "bins: in track_energy there are none, because all particles of a beam have the same"
            )
        if not isinstance(self.selection, Selection):
            raise InvalidValueError(f"selection = {short(self.selection)}: must be a Selection")
        if self.selection.efficiency is not None:
            energy = self.source.energy if isinstance(self.source, Beam) else 1.0
            self.selection.efficiency.check_above(self.selection.missing_fraction, energy)
        self._check_target()
        if not isinstance(self.resolution, (Resolution, type(None))):
            raise InvalidValueError(f"resolution = {short(self.resolution)}: must be a Resolution or None")
        # we look the attribute up without evaluating it: the count of a source may take seconds
        if any(getattr_static(self.source, name, None) is None for name in ("spectrum", "count")):
            raise InvalidValueError(f"source = {short(self.source)}: must be a source, as Bhabha() or Beam()")
        for name, needs in (("backgrounds", ("label", "estimate")), ("processes", ("name", "prepare"))):
            parts: Any = getattr(self, name)
            if not isinstance(parts, (list, tuple)):
                raise InvalidValueError(f"{name} = {short(parts)}: must be a list of {name}")
            for part in parts:
                if isinstance(part, type) or not all(hasattr(part, need) for need in needs):
                    raise InvalidValueError(f"{name}: {short(part)} does not have {' and '.join(needs)}")
            object.__setattr__(self, name, tuple(parts))

    def _check_target(self) -> None:
        target: Any = self.target
        if isinstance(target, Target):
            return
        if not isinstance(target, (list, tuple)) or not all(isinstance(layer, Layer) for layer in target):
            raise InvalidValueError(f"target = {short(target)}: must be a Target, or a list of Layer")
        check_layers(target)
        object.__setattr__(self, "target", tuple(target))

    @property
    def stand_in(self) -> Constant | None:
        """The component given in place of the sum of ``backgrounds``, if there is one."""
        return self.background if isinstance(self.background, Constant) else None

    @property
    def exposure(self) -> float:
        """Exposure of the source times efficiency."""
        return unit_exposure(self.source)[1] * self.efficiency

    @property
    def counts(self) -> tuple[float, ...] | None:
        """Observed events in each bin."""
        if self.observed is None:
            return None
        return self.observed if isinstance(self.observed, tuple) else (cast(float, self.observed),)

    def setup(self, options: PhysicsOptions) -> Setup:
        """Return the tracks at unit exposure, the target, and the selection under these physics options.

        Raises
        ------
        InvalidValueError
            ``resolution=detector`` when the card states no resolution; a target of several parts, see :meth:`setups`.

        """
        every = self.setups(options)
        if len(every) > 1:
            raise InvalidValueError(
                f"target: has {len(every)} parts of different material or efficiency; this needs one slab"
            )
        return every[0][1]

    def setups(self, options: PhysicsOptions) -> tuple[tuple[float, Setup], ...]:
        """Return weight and setup of every part of the target; the yield is the sum over them.

        Raises
        ------
        InvalidValueError
            ``resolution=detector`` when the card states no resolution.

        """
        return self._setups(self.selection, options)

    def contributions(self, options: PhysicsOptions) -> tuple[Contribution, ...]:
        """Return what fills the bins: every part of the target, for each cut and each slice of the tracks.

        Raises
        ------
        InvalidValueError
            ``resolution=detector`` when the card states no resolution, or bins that do not fit the tracks.

        """
        if not self.bins.given:
            return self.undivided(options)
        filled = []
        for cut, fraction_cut in enumerate(self.bins.cuts(self.selection)):
            selection = replace(self.selection, missing_fraction=fraction_cut)
            for weight, setup in self._folded(selection, options):
                for number, part in enumerate(self.bins.slices(setup.source, self._energy_resolution(options))):
                    own = replace(setup, source=part)
                    filled += [Contribution(to, sign * weight, own) for to, sign in self.bins.filled(cut, number)]
        return tuple(filled)

    def undivided(self, options: PhysicsOptions) -> tuple[Contribution, ...]:
        """Return what fills all bins together, every part of the target.

        Raises
        ------
        InvalidValueError
            ``resolution=detector`` when the card states no resolution.

        """
        return tuple(Contribution(0, weight, setup) for weight, setup in self._folded(self.selection, options))

    def _folded(self, selection: Selection, options: PhysicsOptions) -> tuple[tuple[float, Setup], ...]:
        """Parts of the target that are folded by themselves.

        With radiation at the vertex, whose folds take long, parts that differ only in what lies before them are one.
        """
        parts = self._setups(selection, options)
        return parts if options["isr"] == "off" else joined(parts)

    def axes(self, options: PhysicsOptions) -> dict[str, FloatArray]:
        """Edges of the bins by axis, in GeV for the track's energy."""
        return {} if not self.bins.given else self.bins.axes(self._tracks(options))

    def _tracks(self, options: PhysicsOptions) -> Source:
        """The tracks at unit exposure, with the window as the detector sees it."""
        return self.setups(options)[0][1].source

    def _energy_resolution(self, options: PhysicsOptions) -> float:
        """σ of the measured energy of a track, relative."""
        return 0.0 if self.resolution is None or options.resolution == "ideal" else self.resolution.momentum

    def _setups(self, selection: Selection, options: PhysicsOptions) -> tuple[tuple[float, Setup], ...]:
        parts = parts_of(self.target, selection)
        return tuple((part.weight, self._of_part(part, selection, options)) for part in parts)

    def _of_part(self, part: Part, selection: Selection, options: PhysicsOptions) -> Setup:
        whole = seen_by(self.source, part.target, selection, self.resolution, options)
        return whole if part.layer is None else replace(whole, before=part.before, layer=part.layer)

    @property
    def _material(self) -> Material:
        return self.target.material if isinstance(self.target, Target) else main_layer(self.target).material

    @property
    def _thickness(self) -> float:
        """Thickness in X0: of a slab without what is upstream, of layers that of all together."""
        return self.target.thickness if isinstance(self.target, Target) else total_thickness(self.target)

    def track_exposure(self) -> Exposure:
        """Collect the input of a background component."""
        return Exposure(
            tracks=self.source.count,
            luminosity=getattr(self.source, "luminosity", None),
            material=self._material,
            thickness=self._thickness,
            missing_fraction=self.selection.missing_fraction,
            efficiency=self.efficiency,
        )

    def budget(self) -> Budget:
        """Estimate every component of the background and their sum."""
        if not self.backgrounds:
            return Budget.of(())  # the number of tracks may take seconds
        return budget(self.backgrounds, self.track_exposure())

    def expectation(self, choice: BackgroundChoice = None) -> Expectation:
        """Return the expected background: a number, the budget, or what the card says.

        ``components`` takes the sum of the components where the card has some, and says so in a note. A number on the
        card is used while the card still describes the channel it was worked out for. If fields have
        changed, the budget replaces it. If the budget cannot be computed for the new fields, the number is kept and a
        warning says so.

        Raises
        ------
        InvalidValueError
            A negative number, an unknown word, or a requested budget that cannot be estimated.

        """
        if choice is None and self.stand_in is not None:
            return self._from_card(self.stand_in)
        if choice is None or (isinstance(choice, str) and choice == "budget"):
            return self._from_budget()
        if isinstance(choice, str) and choice == "components":
            return self._from_components()
        if isinstance(choice, Constant):
            return Expectation(components=(choice.as_estimate(),))
        number: Any = choice  # any other word fails the check for a number
        given = Constant(expected=non_negative("background", number), label=GIVEN)
        return Expectation(components=(given.as_estimate(),))

    def binned(self, expected: Expectation, options: PhysicsOptions) -> Expectation:
        """Share every component among the bins.

        Raises
        ------
        InvalidValueError
            A component whose shape in missing fraction nobody states.

        """
        if not self.bins.given:
            return expected
        tracks = self.bins.shares(self._tracks(options), self._energy_resolution(options))
        return shared(expected, self.bins, self.backgrounds, exposure=self.track_exposure(), tracks=tracks)

    def changes(self) -> list[tuple[str, Any, Any]]:
        """Fields changed since the number of events was worked out: name, value then, value now."""
        if self.stand_in is None or not self.stand_in.holds_for:
            return []
        card = plain(self)
        now = [
            (condition.field, condition.value, value_at(card, condition.field)) for condition in self.stand_in.holds_for
        ]
        return [change for change in now if plain(change[1]) != change[2]]

    def _from_budget(self) -> Expectation:
        if not self.backgrounds:
            raise InvalidValueError("background = 'budget': the card has no components; give a number of events")
        return Expectation(components=self.budget().components)

    def _from_components(self) -> Expectation:
        """Return the components with their errors where the card has some and they apply to it, else its number."""
        number = self.stand_in
        if number is None:
            return self._from_budget()
        if not self.backgrounds or self.changes():
            return self._from_card(number)
        try:
            sum_of_components = self.budget()
        except EvanesceError as error:
            why = f"background {number.expected:g} has no error here: the components do not apply ({error})"
            return Expectation(components=(number.as_estimate(),), warnings=(f"{why}; give background",))
        note = (
            f"background: the sum of the components, {sum_of_components.total:.4g} ± "
            f"{sum_of_components.total_error:.3g}, in place of {number.expected:g}"
        )
        return Expectation(components=sum_of_components.components, notes=(note,))

    def _from_card(self, number: Constant) -> Expectation:
        changed = self.changes()
        if not changed or number.expected == 0.0:
            return Expectation(components=(number.as_estimate(),))
        holds = f"background {number.expected:g} holds for {_listed(changed)}"
        try:
            found = self._from_budget()
        except EvanesceError as error:
            why = str(error) if self.backgrounds else "the card has no background components"
            return Expectation(
                components=(number.as_estimate(),),
                warnings=(f"{holds} and is kept nevertheless ({why}); give background",),
            )
        return replace(found, notes=(f"{holds}: the sum of the components, {found.total:.4g}, takes its place",))

    def facts(self) -> Facts:
        """Summarise the channel in a few lines."""
        kind = SOURCES.name_of(type(self.source)) or type(self.source).__name__
        yield "source", f"{kind}, {self.source.incident} vanish"
        yield from exposure_facts(self.source, self.efficiency)
        yield "target", _described(self.target)
        yield "missing fraction", self.selection.missing_fraction
        if self.bins.given:
            yield "bins", self.bins.count
        if self.stand_in is not None:
            yield "background", self.stand_in.expected
        yield "components", ", ".join(part.label for part in self.backgrounds)
        yield "observed", self.observed if not isinstance(self.observed, tuple) else f"{sum(self.observed):g}"
        yield "processes", ", ".join(type(process).__name__ for process in self.processes)

    def cautions(self, options: PhysicsOptions) -> tuple[str, ...]:
        """A caution if the resolution is not applied to the source."""
        sharp = sharp_window(self.source, self.resolution, options)
        return (sharp,) if sharp else ()

    def moved(self, changes: Sequence[Condition]) -> VanishingTrack:
        """Return the channel whose number of background events was worked out before these fields were changed."""
        known = self.stand_in
        if known is None:
            return self
        earlier = {condition.field for condition in known.holds_for}
        card = plain(self)
        every = (*known.holds_for, *(change for change in changes if change.field not in earlier))
        differing = tuple(change for change in every if plain(change.value) != value_at(card, change.field))
        return replace(self, background=replace(known, holds_for=differing))


def _described(target: Target | Sequence[Layer]) -> str:
    if isinstance(target, Target):
        return f"{target.thickness:g} X0 of {target.material.name}"
    return ", ".join(
        f"{layer.depth:.3g} X0 of {layer.material.name}{'' if layer.active else ' (dead)'}" for layer in target
    )


def _listed(changes: Sequence[tuple[str, Any, Any]]) -> str:
    """List the fields the number holds for, with their present values."""
    return ", ".join(
        f"another {name}" if isinstance(before, Mapping) else f"{name} = {_text(before)} (here {_text(now)})"
        for name, before, now in changes
    )


def _text(value: object) -> str:
    """A value as written on a card."""
    return f"{value:g}" if isinstance(value, float) else short(value)
