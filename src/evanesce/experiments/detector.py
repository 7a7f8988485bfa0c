"""What the physics option ``resolution`` makes of an experiment: its selection, and the tracks that enter it."""

from __future__ import annotations

from evanesce.errors import InvalidValueError
from evanesce.experiments.model import Experiment
from evanesce.physics import PhysicsOptions
from evanesce.sources import SOURCES, Source, keeps_sharp_window, with_angular_resolution
from evanesce.tracklength import Acceptance, Resolution, SharpAcceptance, SmearedAcceptance

__all__ = ["acceptance", "sharp_window", "tracks"]


def acceptance(experiment: Experiment, options: PhysicsOptions) -> Acceptance:
    """Return the cut on the missing energy, sharp or as the detector measures it.

    >>> from evanesce.experiments import experiment
    >>> from evanesce.physics import resolve_physics
    >>> acceptance(experiment("belle2"), resolve_physics("converged"))
    SharpAcceptance(missing_fraction=0.95)

    Raises
    ------
    InvalidValueError
        ``resolution=detector`` for an experiment whose card states none.

    """
    fraction = experiment.selection.missing_fraction
    resolution = _resolution(experiment, options)
    if resolution is None:
        return SharpAcceptance(missing_fraction=fraction)
    return SmearedAcceptance(missing_fraction=fraction, resolution=resolution)


def tracks(experiment: Experiment, options: PhysicsOptions) -> Source:
    """Return the source, its window of polar angle sharp or as the detector measures it.

    Raises
    ------
    InvalidValueError
        ``resolution=detector`` for an experiment whose card states none.

    """
    resolution = _resolution(experiment, options)
    if resolution is None:
        return experiment.source
    return with_angular_resolution(experiment.source, resolution.polar_angle)


def sharp_window(experiment: Experiment, options: PhysicsOptions) -> str | None:
    """Say where the resolution of the polar angle does not reach the source; None where it does, or is not asked for.

    Raises
    ------
    InvalidValueError
        ``resolution=detector`` for an experiment whose card states none.

    """
    resolution = _resolution(experiment, options)
    if resolution is None or not keeps_sharp_window(experiment.source, resolution.polar_angle):
        return None
    kind = SOURCES.name_of(type(experiment.source)) or type(experiment.source).__name__
    return (
        f"resolution={options.resolution}: polar_angle = {resolution.polar_angle:g} mrad is left out, the window of a "
        f"source '{kind}' stays sharp"
    )


def _resolution(experiment: Experiment, options: PhysicsOptions) -> Resolution | None:
    """Return the resolution that counts; none is ideal."""
    if options.resolution == "ideal":
        return None
    if experiment.resolution is None:
        raise InvalidValueError(
            f"physics option resolution = '{options.resolution}': the card of '{experiment.name}' states no "
            "resolution, add one or use ideal"
        )
    return experiment.resolution
