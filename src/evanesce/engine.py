"""From experiments and mediators to predictions; intermediate results that may be used again stay in memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from evanesce import __version__, plugins
from evanesce.channels import Channel
from evanesce.channels.base import (
    BackgroundChoice,
    Contribution,
    axes_of,
    binned,
    bins_of,
    contributions_of,
    undivided,
)
from evanesce.errors import InvalidValueError
from evanesce.experiments import Experiment, as_experiments
from evanesce.fingerprint import fingerprint
from evanesce.mediators import MEDIATORS, Mediator, dark_matter_name
from evanesce.mediators import mediator as find_mediator
from evanesce.memo import Memo
from evanesce.numerics import Estimate
from evanesce.physics import DEFAULT_PRESET, PhysicsOptions, idle_options, resolve_physics, simpler_physics
from evanesce.prediction import (
    Grid,
    Prediction,
    Region,
    Systematic,
    combine,
    in_step,
    interpolated,
    is_long,
    nuisances_of,
    plain_background,
    shared_out,
    side_by_side,
    summed,
    theory_systematics,
)
from evanesce.processes import Prepared, Process, chosen_processes
from evanesce.setups import AnySetup
from evanesce.sources import FromFiles, Source, whole_of
from evanesce.validation import FloatArray, true_or_false, whole

__all__ = ["Engine", "default_engine", "predict"]

T = TypeVar("T")
_Parts: TypeAlias = Sequence[Contribution]


class _Wanted(NamedTuple):
    """What a prediction is to hold besides the signal."""

    background: BackgroundChoice
    systematics: bool
    theory: bool


_MOST_KEPT: Final[int] = 10**6
_LARGEST_KEPT: Final[int] = 20_000
"""Points of a grid beyond which rates are not kept."""


class Engine:
    """Computes predictions; keeps a bounded number of prepared processes and rates, and may be shared by threads.

    A change that only rescales a yield (luminosity, efficiency), or that concerns background, criterion or counts,
    reuses all of them.

    >>> import evanesce as ev
    >>> mine = ev.Engine(rates=16)
    >>> curve = ev.limit_curve("belle2", ev.DarkPhoton(), 0.06666, physics="published", engine=mine)

    Parameters
    ----------
    prepared
        How many prepared processes are kept; one takes up to some MB.
    rates
        How many curves of rates are kept.

    """

    def __init__(self, *, prepared: int = 1024, rates: int = 2048) -> None:
        self._shared: Memo[Any] = Memo(whole("prepared", prepared, 1, _MOST_KEPT))
        self._rates: Memo[Estimate] = Memo(whole("rates", rates, 1, _MOST_KEPT))
        self._statistics: Memo[FloatArray] = Memo(16)

    def share(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return the value kept under ``key``, computed once; see :class:`~evanesce.processes.Workshop`."""
        found: T = self._shared.get(key, compute)
        return found

    def clear(self) -> None:
        """Delete everything that is kept."""
        self._shared.clear()
        self._rates.clear()
        self._statistics.clear()

    def prepare(self, process: Process, setup: AnySetup, options: PhysicsOptions) -> Prepared:
        """Return the process prepared for a setup; only options that it depends on make a new one."""
        return self.share(self._key(process, setup, options), lambda: process.prepare(setup, options, self))

    def predict(
        self,
        experiments: str | Experiment | Sequence[str | Experiment],
        mediator: str | Mediator,
        mass: npt.ArrayLike,
        *,
        physics: str | PhysicsOptions = DEFAULT_PRESET,
        overrides: Mapping[str, str | float] | None = None,
        background: BackgroundChoice = None,
        systematics: bool = True,
        theory: bool = False,
    ) -> Prediction:
        """Return the prediction; arguments as for :func:`predict`."""
        options = resolve_physics(physics, overrides)
        grid = Grid.of(find_mediator(mediator), mass)
        found = as_experiments(experiments)
        wanted = _Wanted(background, true_or_false("systematics", systematics), true_or_false("theory", theory))
        return combine(*(self._predict(one, grid, options, wanted) for one in found))

    def total_signal(self, experiments: Sequence[Experiment], grid: Grid, options: PhysicsOptions) -> FloatArray:
        """Events at ε = 1 of all processes in all bins of all regions, shape of the grid."""
        total = np.zeros(grid.shape)
        for found in experiments:
            for channel in found.channels:
                for part in self._binned(channel, contributions_of(channel, options), grid, options).values():
                    total = total + part.value.sum(axis=-1)
        return total

    def _predict(self, found: Experiment, grid: Grid, options: PhysicsOptions, wanted: _Wanted) -> Prediction:
        regions: dict[str, Region] = {}
        notes = [f"{name} has no effect here, it needs {needs}" for name, needs in idle_options(options).items()]
        warnings: list[str] = []
        highest: list[float] = []
        cautions: list[str] = []
        systematics: list[Systematic] = []
        for channel in found.channels:
            parts = contributions_of(channel, options)
            expected = binned(channel, channel.expectation(wanted.background), options)
            notes += expected.notes
            warnings += expected.warnings
            cautions += channel.cautions(options)
            highest.append(max(part.setup.energies[1] for part in parts))
            label = f"{found.name}/{channel.label}"
            background, error = plain_background(expected.components), None
            if wanted.systematics:
                nuisances = nuisances_of(label, channel, expected, (*grid.shape, bins_of(channel)))
                background, error = nuisances.background, nuisances.error
                systematics += nuisances.systematics
                notes += nuisances.notes
                warnings += nuisances.warnings
            regions[label] = Region(
                signal=self._binned(channel, parts, grid, options),
                background=background,
                background_error=error,
                observed=None if channel.counts is None else np.array(channel.counts, dtype=np.float64),
                source_error=self._source_error(channel, parts, grid, options),
                axes=axes_of(channel, options),
            )
        if wanted.systematics and wanted.theory:
            systematics += self._theory(found, regions, grid, options)
        return Prediction(
            coordinates=grid.coordinates,
            mediator=grid.mediator,
            regions=regions,
            systematics=Systematic.merged(systematics),
            highest_energy=max(highest),
            notes=tuple(notes),
            warnings=tuple(warnings),
            cautions=tuple(cautions),
            curves=tuple(
                curve for channel in found.channels for p in channel.processes if (curve := getattr(p, "curve", ""))
            ),
            provenance=_provenance(found, grid, options),
        )

    def _theory(
        self, found: Experiment, regions: Mapping[str, Region], grid: Grid, options: PhysicsOptions
    ) -> list[Systematic]:
        """Uncertainty of the signal by each refinement of the physics."""
        simpler = {
            change: {
                f"{found.name}/{channel.label}": summed(
                    self._binned(channel, contributions_of(channel, without), grid, without)
                )
                for channel in found.channels
            }
            for change, without in simpler_physics(options).items()
        }
        return list(theory_systematics({name: summed(region.signal) for name, region in regions.items()}, simpler))

    def _binned(self, channel: Channel, parts: _Parts, grid: Grid, options: PhysicsOptions) -> dict[str, Estimate]:
        """Events of every process in bins that together have the events of one bin.

        Every slice of the tracks has quadratures of its own, so that the sum of them is that of one bin within their
        numerical errors only. Each bin is its share of the sum, times the events of one bin.
        """
        signal = self._signal(channel, parts, grid, options)
        together = undivided(channel, options)
        if not together:
            return signal
        whole = self._signal(channel, together, grid, options, bins=1)
        return {name: shared_out(part, whole[name]) for name, part in signal.items()}

    def _signal(
        self, channel: Channel, parts: _Parts, grid: Grid, options: PhysicsOptions, *, bins: int | None = None
    ) -> dict[str, Estimate]:
        """Events of every process at ε = 1, shape (*grid, bins).

        Errors of the parts of a bin add linearly: they come from the same approximations and have the same sign.
        """
        signal: dict[str, Estimate] = {}
        for process in _processes(channel, parts, options):
            found: list[Estimate | None] = [None] * (bins_of(channel) if bins is None else bins)
            for part in parts:
                if part.is_empty:
                    continue
                events = (channel.exposure * part.weight) * self._process_rates(process, part.setup, grid, options)
                sum_so_far = found[part.bin]
                found[part.bin] = events if sum_so_far is None else in_step(sum_so_far, events)
            signal[process.name] = side_by_side(found, grid.shape)
        return signal

    def _process_rates(self, process: Process, setup: AnySetup, grid: Grid, options: PhysicsOptions) -> Estimate:
        own = grid.reduced(process.axes)

        def compute() -> Estimate:
            prepared = self.prepare(process, setup, options)
            if is_long(own, smooth):
                return interpolated(own, smooth, lambda part: prepared.rates(*part.points()))
            return prepared.rates(*own.points())

        smooth: frozenset[str] = getattr(process, "smooth", frozenset())
        if own.size > _LARGEST_KEPT:
            return grid.spread(compute(), process.axes)
        key = (self._key(process, setup, options), _identity(own.mediator), fingerprint(own.axes))
        return grid.spread(self._rates.get(key, compute), process.axes)

    def _source_error(self, channel: Channel, parts: _Parts, grid: Grid, options: PhysicsOptions) -> FloatArray | None:
        """Jackknife error of the total signal, for a source made of events."""
        replicas = _replicas_of(parts[0].setup)
        if replicas is None:
            return None

        def compute() -> FloatArray:
            aside = Engine(prepared=16, rates=1)  # replicas are computed once and must not displace what is kept
            each = [
                aside._signal(channel, [part.with_source(source) for part in parts], grid, options)
                for source in replicas()
            ]
            totals = np.array([np.sum([part.value for part in parts.values()], axis=0) for parts in each])
            spread = np.square(totals - totals.mean(axis=0)).sum(axis=0)
            return np.asarray(np.sqrt((len(totals) - 1) / len(totals) * spread) / channel.exposure)

        processes = _processes(channel, parts, options)
        made_of = [
            (part.bin, part.weight, self._key(process, part.setup, options)) for process in processes for part in parts
        ]
        key = (*made_of, fingerprint(grid.axes), fingerprint(grid.mediator))
        return channel.exposure * self._statistics.get(key, compute)

    def _key(self, process: Process, setup: AnySetup, options: PhysicsOptions) -> Hashable:
        return (fingerprint(process), setup.key, options.key(process.reads))


def _processes(channel: Channel, parts: _Parts, options: PhysicsOptions) -> tuple[Process, ...]:
    """Processes of a channel: those that compute with its kind of setup."""
    return chosen_processes(channel.processes, options, type(parts[0].setup))


def _replicas_of(setup: AnySetup) -> Callable[[], Sequence[Source]] | None:
    """Replicas of the source of a setup; None without a source, or for one that is not made of events."""
    source: Source | None = getattr(setup, "source", None)
    return None if source is None else getattr(whole_of(source), "replicas", None)


def _identity(mediator: Mediator) -> Hashable:
    """Class and fields of a mediator, without α_D and mass ratio, which are axes."""
    names = set(getattr(mediator, "__dataclass_fields__", {})) - {"alpha_d", "mass_ratio"}
    return (type(mediator), *(fingerprint(getattr(mediator, name)) for name in sorted(names)))


def _provenance(found: Experiment, grid: Grid, options: PhysicsOptions) -> dict[str, Any]:
    files: dict[str, str] = {}
    for channel in found.channels:
        source = getattr(channel, "source", None)
        if isinstance(source, FromFiles):
            files |= source.checksums()
    mediator = grid.mediator
    return {
        "evanesce_version": __version__,
        "experiments": [found.as_dict()],
        "mediator": MEDIATORS.name_of(type(mediator)) or type(mediator).__name__,
        "alpha_d": np.asarray(mediator.alpha_d).tolist(),
        "mass_ratio": np.asarray(mediator.mass_ratio).tolist(),
        "dark_matter": dark_matter_name(mediator),
        "physics": options.as_dict(),
        **({"source_files_sha256": files} if files else {}),
        **({"plug_ins": plug_ins} if (plug_ins := plugins.packages_of(_parts(found, mediator))) else {}),
    }


def _parts(found: Experiment, mediator: Mediator) -> Iterator[object]:
    """What the cards and the mediator of a prediction are made of, where others can add to it."""
    yield mediator
    for channel in found.channels:
        yield getattr(channel, "source", None)
        yield from getattr(channel, "backgrounds", ())
        yield from getattr(channel, "processes", ())


_DEFAULT: Final[Engine] = Engine()


def default_engine(given: Engine | None = None) -> Engine:
    """Return the engine behind :func:`predict` and ``limit``, or the ``given`` one.

    Raises
    ------
    InvalidValueError
        An argument that is not an engine.

    """
    if given is not None and not isinstance(given, Engine):
        raise InvalidValueError(
            f"engine: {type(given).__name__} is not an engine; make one with Engine() or leave it out"
        )
    return _DEFAULT if given is None else given


def predict(
    experiment: str | Experiment | Sequence[str | Experiment],
    mediator: str | Mediator,
    mass: npt.ArrayLike,
    *,
    physics: str | PhysicsOptions = DEFAULT_PRESET,
    overrides: Mapping[str, str | float] | None = None,
    background: BackgroundChoice = None,
    systematics: bool = True,
    theory: bool = False,
    engine: Engine | None = None,
) -> Prediction:
    """Expected signal at ε = 1 and expected background, on a grid of masses and dark-sector parameters.

    Parameters
    ----------
    experiment
        An experiment, its name or the path of its card, or a list of them.
    mediator
        A mediator, or its name; an ``alpha_d`` or ``mass_ratio`` that is a sequence becomes an axis of the result.
    mass
        Mediator masses in GeV, scalar or 1-D; a scalar makes no axis.
    physics, overrides
        A preset (``published``, ``converged``, ``reference``) or options, and single options to change.
    background
        A number of events, or a :class:`~evanesce.backgrounds.Constant` with an error; ``budget`` for the sum of the
        card's components; ``components`` for that sum where the card has components, and its number elsewhere; or None
        for what the card says.
    systematics
        Whether nuisance parameters are collected. A component of the background with several Poisson counts is then
        split into one part for each.
    theory
        Whether the signal has an uncertainty by each refinement of the physics, which computes it without them.
    engine
        The engine that keeps intermediate results; the package's own if None.

    Raises
    ------
    InvalidValueError
        A mass, background or parameter outside what is allowed.
    UnknownNameError
        An unknown experiment, mediator, preset or option.

    Examples
    --------
    >>> import evanesce as ev
    >>> prediction = ev.predict("belle2", ev.DarkPhoton(alpha_d=1e-3), 0.06666, physics="published")
    >>> {name: f"{float(events.value):.3g}" for name, events in prediction.signal.items()}
    {'annihilation': '5.38e+10', 'bremsstrahlung': '2.22e+07'}
    >>> float(prediction.background.value)
    94.0

    """
    return default_engine(engine).predict(
        experiment,
        mediator,
        mass,
        physics=physics,
        overrides=overrides,
        background=background,
        systematics=systematics,
        theory=theory,
    )
