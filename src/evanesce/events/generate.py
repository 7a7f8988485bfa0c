"""``generate_events``: from an experiment and a mediator to a stream of events."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final, get_args

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.engine import Engine, default_engine
from evanesce.errors import InvalidValueError, unknown_name
from evanesce.events.generator import EventStream
from evanesce.experiments import Experiment
from evanesce.experiments import experiment as find_experiment
from evanesce.mediators import MEDIATORS, Mediator, Vertex, dark_matter_name
from evanesce.mediators import mediator as find_mediator
from evanesce.physics import DEFAULT_PRESET, PhysicsOptions, idle_options, resolve_physics
from evanesce.processes import Generates, chosen_processes
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.sampler import AdaptedSampler, adapt
from evanesce.sources import SOURCES, Directed, FromFiles, WithCrossSection, luminosity_of
from evanesce.validation import non_negative, positive, true_or_false, whole

__all__ = ["generate_events"]

_MOST_EVENTS: Final[int] = 10**12
_LARGEST_SEED: Final[int] = 2**53
_SMALLEST_WEIGHT: Final[float] = 1e-280
"""Smaller weights lose digits or become zero."""
_AGREE: Final[float] = 0.02
"""Allowed relative difference between the yield of a process and that of its samplers; fluctuations reach 0.3 %."""

_NEGLIGIBLE: Final[float] = 1e-4
"""A difference below this share of the total yield is accepted in any case."""


def generate_events(
    experiment: str | Experiment,
    mediator: str | Mediator,
    mass: float,
    count: int,
    *,
    seed: int = 1,
    process: str | None = None,
    physics: str | PhysicsOptions = DEFAULT_PRESET,
    overrides: Mapping[str, str | float] | None = None,
    epsilon: float = 1.0,
    unweighted: bool = False,
    face_distance: float = 0.0,
    batch_size: int = 100_000,
) -> EventStream:
    """Signal events of an experiment, as a stream of batches whose weights sum to the expected number.

    Parameters
    ----------
    experiment, mediator, mass
        Experiment, mediator and its mass in GeV; ``alpha_d`` and ``mass_ratio`` must be single numbers.
    count, seed
        Number of events, and seed; the same seed gives the same events for any ``batch_size``.
    process
        The process to generate, for instance ``annihilation``; if None, all processes that have events.
    physics, overrides
        A preset or options, and single options to change.
    epsilon
        Coupling at which the weights sum to the yield; at 1 they are per ε².
    unweighted
        Accept and reject, so that all weights are equal except a few overweights, which the stream counts.
    face_distance
        Distance from the start of a track to the face of the calorimeter along the track, in cm.
    batch_size
        Largest number of events in a batch.

    Returns
    -------
    EventStream
        Iterate over it for :class:`~evanesce.formats.EventBatch` objects; write them with
        :func:`evanesce.formats.writer`.

    Raises
    ------
    InvalidValueError
        A number outside what is allowed, no signal at this mass, or a mediator without ``vertex``.

    Examples
    --------
    >>> import evanesce as ev
    >>> stream = ev.generate_events(ev.experiment("belle2"), ev.DarkPhoton(), 0.06666, 1000, physics="published")
    >>> batches = list(stream)
    >>> sum(len(batch) for batch in batches)
    1000
    >>> round(sum(float(batch.weight.sum()) for batch in batches) / stream.expected, 1)
    1.0

    """
    found, mediator = find_experiment(experiment), find_mediator(mediator)
    for name in ("alpha_d", "mass_ratio"):
        if np.ndim(getattr(mediator, name)):
            raise InvalidValueError(
                f"{name}: has {np.ndim(getattr(mediator, name))} dimensions, events need one number"
            )
    if getattr(mediator, "vertex", None) is None:
        raise InvalidValueError(
            f"mediator {type(mediator).__name__}: must have an attribute vertex for events, "
            f"one of {', '.join(get_args(Vertex))}"
        )
    options = resolve_physics(physics, overrides)
    mass, face_distance = positive("mass", mass), non_negative("face_distance", face_distance)
    points = [
        SignalPoint(
            setup=setup,
            options=options,
            mediator=mediator,
            mass=mass,
            exposure=found.channel.exposure * weight,
            face_distance=face_distance,
        )
        for weight, setup in found.channel.setups(options)
    ]
    point = points[0]
    count = whole("number of events", count, 1, _MOST_EVENTS)
    seed = whole("seed", seed, 0, _LARGEST_SEED)
    epsilon = positive("epsilon", epsilon)
    batch_size = whole("batch_size", batch_size, 1, _MOST_EVENTS)
    unweighted = true_or_false("unweighted", unweighted)
    samplers, yields, error = _prepare(found, points, process, default_engine())
    at_epsilon = {name: value * epsilon**2 for name, value in yields.items()}
    if not sum(at_epsilon.values()) / count > _SMALLEST_WEIGHT:
        raise InvalidValueError(
            f"epsilon = {epsilon:g}: the weights would be too small for a file; use a larger ε (they scale as ε²)"
        )
    notes = _notes(found, point, yields)
    return EventStream(
        samplers=samplers,
        count=count,
        seed=seed,
        epsilon=epsilon,
        yields=at_epsilon,
        error=error * epsilon**2,
        luminosity=luminosity_of(found.source),
        unweighted=unweighted,
        batch_size=batch_size,
        about=_about(found, point, seed, epsilon, at_epsilon) | ({"notes": list(notes)} if notes else {}),
        notes=notes,
    )


def _prepare(
    found: Experiment, points: Sequence[SignalPoint], only: str | None, engine: Engine
) -> tuple[list[AdaptedSampler], dict[str, float], float]:
    """Adapt the samplers of every process with a yield and events; return them, yields, and the error of their sum.

    A target of several parts has a point for each.
    """
    every = {process.name: process for process in chosen_processes(found.channel.processes, points[0].options)}
    if only is not None and (not isinstance(only, str) or only not in every):
        raise unknown_name("process", only, every)
    wanted = every if only is None else {only: every[only]}
    made = {
        (name, part): prepared
        for name, process in wanted.items()
        for part, point in enumerate(points)
        if isinstance(prepared := engine.prepare(process, point.setup, point.options), Generates)
    }
    if not made:
        raise InvalidValueError(f"process '{only}': has no events, only a yield")
    mass = np.array([points[0].mass])
    estimates: dict[tuple[str, int], Any] = {}
    for (name, part), prepared in made.items():
        known: Any = prepared
        estimates[name, part] = points[part].exposure * known.rates(points[part].mediator, mass)
    each = {key: float(estimate.value.sum()) for key, estimate in estimates.items()}
    yields: dict[str, float] = {}
    for (name, _), value in each.items():
        yields[name] = yields.get(name, 0.0) + value
    _check_yields(found, points[0], yields)
    samplers: list[AdaptedSampler] = []
    for (name, part), prepared in made.items():
        if each[name, part] > 0:
            adapted = [one for sampler in prepared.samplers(points[part]) if (one := adapt(sampler)) is not None]
            _check_sum(points[part], name, sum(one.integral for one in adapted), yields | {name: each[name, part]})
            samplers += adapted
    integration = sum(float(estimate.error.sum()) for estimate in estimates.values())
    return samplers, yields, math.hypot(integration, sum(yields.values()) * _relative_error(found))


def _relative_error(experiment: Experiment) -> float:
    """Relative error of the cross section of the tracks; 0 if it is exact or there is none."""
    source = experiment.source
    value, error = source.track_cross_section() if isinstance(source, WithCrossSection) else (1.0, None)
    return (error or 0.0) / value


def _check_yields(found: Experiment, point: SignalPoint, yields: Mapping[str, float]) -> None:
    total = sum(yields.values())
    mass, curve = point.mass, found.bremsstrahlung_curve
    if np.isnan(total) and curve is not None:
        raise InvalidValueError(
            f"mass {mass:g} GeV lies outside the published curve '{curve}' that fixes the bremsstrahlung yield; "
            "use --card bremsstrahlung_curve=null to compute it"
        )
    if not np.isfinite(total):
        raise InvalidValueError(f"the yield at {mass:g} GeV is not a finite number: check alpha_d and the card")
    if not total > 0:
        last = point.energies[1]
        raise InvalidValueError(
            f"no signal at {mass:g} GeV: tracks of at most {last:.4g} GeV cannot produce it inside the selection "
            f"(by annihilation they reach sqrt(s) = {np.sqrt(2.0 * ELECTRON_MASS * last):.3g} GeV); "
            "choose a smaller mass"
        )


def _check_sum(point: SignalPoint, name: str, generated: float, yields: Mapping[str, float]) -> None:
    """Refuse where the yield includes unphysical phase space, unless the process hardly matters."""
    wanted = yields[name]
    if abs(generated - wanted) <= max(_AGREE * wanted, _NEGLIGIBLE * sum(yields.values())):
        return
    advice = "change the mass"
    if name == "bremsstrahlung" and point.options.bremsstrahlung != "exact":
        advice = (
            f"bremsstrahlung={point.options.bremsstrahlung} includes unphysical phase space for the rest, "
            "use bremsstrahlung=exact"
        )
    if name == "vector_mesons" and point.options["off_shell_mesons"] == "on":
        advice = "a photon of the shower does not reach this mass, use off_shell_mesons=off"
    raise InvalidValueError(
        f"{name} at {point.mass:g} GeV: the events add up to {generated / wanted:.3g} of the yield; {advice}"
    )


def _notes(found: Experiment, point: SignalPoint, yields: Mapping[str, float]) -> tuple[str, ...]:
    notes = [f"{name} has no effect here, it needs {needs}" for name, needs in idle_options(point.options).items()]
    if "bremsstrahlung" in yields and point.options.bremsstrahlung != "exact":
        notes.append(
            f"bremsstrahlung={point.options.bremsstrahlung} determines energies only: "
            "angles are those of the exact amplitude"
        )
    source = point.source
    if not isinstance(source, Directed):
        kind = SOURCES.name_of(type(source)) or type(source).__name__
        notes.append(f"a source '{kind}' has no directions: its tracks are along z")
    return (*notes, *found.channel.cautions(point.options))


def _about(
    found: Experiment, point: SignalPoint, seed: int, epsilon: float, yields: Mapping[str, float]
) -> dict[str, Any]:
    """Provenance."""
    mediator, card = point.mediator, json.dumps(found.as_dict(), sort_keys=True)
    source = point.source
    return {
        "evanesce_version": version("evanesce"),
        "experiment": found.name,
        "card_sha256": hashlib.sha256(card.encode()).hexdigest(),
        **({"source_files_sha256": source.checksums()} if isinstance(source, FromFiles) else {}),
        "mediator": MEDIATORS.name_of(type(mediator)) or type(mediator).__name__,
        "mass_gev": point.mass,
        "alpha_d": float(mediator.alpha_d),
        "mass_ratio": float(mediator.mass_ratio),
        "dark_matter": dark_matter_name(mediator),
        "physics": point.options.as_dict(),
        "seed": seed,
        "epsilon": epsilon,
        **{f"yield_{name}": value for name, value in yields.items()},
        "face_distance_cm": point.face_distance,
        "units": "GeV, cm; positions: start of the track, face of the calorimeter, collision",
        "particle_81": "visible energy that the track left before the collision",
    }
