"""Signal yields per ε² of an experiment: one object a production process, folds computed once and kept.

:func:`processes` prepares them; each maps (mediator, masses) to a yield and its error estimate. A further
process is one class here and its entry in :func:`processes`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np

from evanesce.constraints import Constraint, constraint
from evanesce.experiments import Experiment, acceptance, tracks
from evanesce.experiments import experiment as find_experiment
from evanesce.mediators import DarkPhoton, Mediator
from evanesce.numerics import Estimate
from evanesce.physics import PhysicsOptions
from evanesce.production import RadiationYield, non_resonant_yield
from evanesce.production.annihilation import CollisionDensity, free_collisions, integrate_collisions
from evanesce.production.bound import bound_collisions
from evanesce.showers import Kernel, ShowerSetup, TrackLength, kernel_shower
from evanesce.sources import energies
from evanesce.statistics import criterion
from evanesce.tracklength import FoldedTrackLength, RadiatingTracks, fold_track_length
from evanesce.validation import FloatArray

__all__ = ["Process", "processes", "track_length"]


class Process(Protocol):
    """A way to produce the mediator."""

    @property
    def name(self) -> str:
        """Key in results, for instance ``annihilation``."""
        ...

    def yield_per_epsilon2(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Signal events at ε = 1 for masses in GeV, shape (masses,), with their error estimate.

        The mediator's parameters are scalars or of shape (masses, 1). Not a number where the yield is
        not known.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Annihilation:
    """Eq. (4.4): annihilation on atomic electrons, at rest or bound."""

    experiment: Experiment
    collisions: CollisionDensity
    """Track length and electron density over s."""
    name: str = "annihilation"

    def yield_per_epsilon2(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Collisions times cross section, integrated over s."""
        scale = self.experiment.efficiency * self.experiment.target.material.radiation_length
        sigma = integrate_collisions(self.collisions, mediator, mass)
        return Estimate(scale * sigma.value, scale * sigma.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bremsstrahlung:
    """Eq. (4.5): radiation in the field of a nucleus."""

    experiment: Experiment
    radiation: RadiationYield
    name: str = "bremsstrahlung"

    def yield_per_epsilon2(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Yield of the chosen formula."""
        return self.experiment.efficiency * self.radiation(mediator, mass)


@dataclass(frozen=True, slots=True, kw_only=True)
class NonResonant:
    """e⁺e⁻ → γ + mediator on atomic electrons, for photons above ``photon_cut``."""

    experiment: Experiment
    kernel: Kernel
    options: PhysicsOptions
    name: str = "non_resonant"

    def yield_per_epsilon2(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Positron tracks times the cross section that passes the selection."""
        result = non_resonant_yield(
            tracks(self.experiment, self.options),
            self.kernel,
            self.experiment.target.material,
            mediator,
            mass,
            acceptance=acceptance(self.experiment, self.options),
            photon_cut=self.options.photon_cut,
            v_max=self.options.v_max,
        )
        efficiency = self.experiment.efficiency
        return Estimate(efficiency * result.value, efficiency * result.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedBremsstrahlung:
    """Eq. (C.1): N_bre = N_s ε²/ε_bre² from a published limit on bremsstrahlung alone.

    The curve holds for the experiment and the mediator it was published for. For any other, the yield is
    scaled by the ratio of computed yields.
    """

    curve: Constraint
    signal_limit: float
    computed: Bremsstrahlung
    published: Bremsstrahlung
    """The computed yield of the experiment as published, for the dark photon."""
    name: str = "bremsstrahlung"

    def yield_per_epsilon2(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Not a number outside the masses of the curve."""
        epsilon = self.curve.epsilon(mass)
        known = np.isfinite(epsilon)
        value = np.full(len(mass), np.nan)
        value[known] = self.signal_limit / epsilon[known] ** 2
        error = np.zeros(len(mass))
        if isinstance(mediator, DarkPhoton) and self.computed.experiment == self.published.experiment:
            return Estimate(value, error)
        here = self.computed.yield_per_epsilon2(mediator, mass)
        there = self.published.yield_per_epsilon2(DarkPhoton(), mass)
        scale = np.divide(value, there.value, out=np.full(len(mass), np.nan), where=there.value > 0)
        return Estimate(scale * here.value, np.abs(scale) * here.error)


def track_length(experiment: Experiment, options: PhysicsOptions, *, thickness: float | None = None) -> TrackLength:
    """Track length of positrons in the target, from the end of the material upstream."""
    source, target = tracks(experiment, options), experiment.target
    first, last = energies(source)
    setup = ShowerSetup(
        incident=source.incident,
        material=target.material,
        start=target.upstream,
        stop=target.upstream + (target.thickness if thickness is None else min(thickness, target.thickness)),
        energy_min=first,
        energy_max=last,
    )
    return kernel_shower(options.track_length, options).track_length(setup)


@lru_cache(maxsize=32)
def processes(experiment: Experiment, options: PhysicsOptions) -> tuple[Process, ...]:
    """Prepare every production process of an experiment under the given physics options.

    Options that do not matter to a process do not make a new one.
    """
    plain = PhysicsOptions()
    common = replace(
        options, preset="custom", overrides=(), non_resonant=plain.non_resonant, photon_cut=plain.photon_cut
    )
    annihilation = replace(
        common,
        bremsstrahlung=plain.bremsstrahlung,
        form_factor=plain.form_factor,
        bremsstrahlung_thickness=plain.bremsstrahlung_thickness,
    )
    radiation = replace(common, electrons=plain.electrons, binding=plain.binding)
    prepared = _annihilation(experiment, annihilation), _bremsstrahlung(experiment, radiation)
    if options.non_resonant == "off":
        return prepared
    at_rest = replace(annihilation, electrons=plain.electrons, binding=plain.binding, photon_cut=options.photon_cut)
    return *prepared, _non_resonant(experiment, at_rest)


@lru_cache(maxsize=32)
def _annihilation(experiment: Experiment, options: PhysicsOptions) -> Process:
    plain = PhysicsOptions()
    fold = _track_length_density(experiment, replace(options, electrons=plain.electrons, binding=plain.binding))
    material = experiment.target.material
    collisions = (
        bound_collisions(fold, material, binding=options.binding)
        if options.electrons == "bound"
        else free_collisions(fold, material.electron_density)
    )
    return Annihilation(experiment=experiment, collisions=collisions)


@lru_cache(maxsize=32)
def _non_resonant(experiment: Experiment, options: PhysicsOptions) -> Process:
    return NonResonant(experiment=experiment, kernel=track_length(experiment, options).positrons, options=options)


@lru_cache(maxsize=32)
def _bremsstrahlung(experiment: Experiment, options: PhysicsOptions) -> Process:
    computed = _computed_bremsstrahlung(experiment, options)
    if experiment.bremsstrahlung_curve is None:
        return computed
    published = find_experiment(experiment.bremsstrahlung_curve)  # the card that goes by the curve's name
    return PublishedBremsstrahlung(
        curve=constraint(experiment.bremsstrahlung_curve),
        signal_limit=criterion("events-2.3").signal_limit(0.0),
        computed=computed,
        published=_computed_bremsstrahlung(published, options),
    )


def _computed_bremsstrahlung(experiment: Experiment, options: PhysicsOptions) -> Bremsstrahlung:
    plain = PhysicsOptions()
    radiating = _radiating_tracks(
        experiment, replace(options, bremsstrahlung=plain.bremsstrahlung, form_factor=plain.form_factor)
    )
    radiation = RadiationYield(
        radiating, experiment.target.material, formula=options.bremsstrahlung, form_factor=options.form_factor
    )
    return Bremsstrahlung(experiment=experiment, radiation=radiation)


@lru_cache(maxsize=32)
def _radiating_tracks(experiment: Experiment, options: PhysicsOptions) -> RadiatingTracks:
    return RadiatingTracks(
        source=tracks(experiment, options),
        kernel=track_length(experiment, options, thickness=options.bremsstrahlung_thickness).radiating,
        acceptance=acceptance(experiment, options),
        v_max=options.v_max,
    )


@lru_cache(maxsize=32)
def _track_length_density(experiment: Experiment, options: PhysicsOptions) -> FoldedTrackLength:
    source, selection = tracks(experiment, options), acceptance(experiment, options)
    kernel = track_length(experiment, options).positrons
    return fold_track_length(source, kernel, acceptance=selection, v_max=options.v_max)
