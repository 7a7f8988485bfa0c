"""Pulls and impacts of the nuisance parameters of experiments at one mass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evanesce.channels.base import BackgroundChoice
from evanesce.engine import Engine
from evanesce.errors import InvalidValueError
from evanesce.experiments import Experiment
from evanesce.limits.calculation import likelihood_prediction
from evanesce.limits.counts import Counts
from evanesce.mediators import Mediator
from evanesce.physics import DEFAULT_PRESET, PhysicsOptions
from evanesce.statistics.impacts import Impacts
from evanesce.statistics.impacts import impacts as impacts_on
from evanesce.validation import positive

__all__ = ["impacts"]


def impacts(
    experiment: str | Experiment | Sequence[str | Experiment],
    mediator: str | Mediator,
    mass: float,
    *,
    physics: str | PhysicsOptions = DEFAULT_PRESET,
    overrides: Mapping[str, str | float] | None = None,
    background: BackgroundChoice = None,
    background_error: float | None = None,
    observed: Counts = None,
    theory: bool = True,
    signal: float = 0.0,
    engine: Engine | None = None,
) -> Impacts:
    """How far each nuisance is pulled by the data at one mass, and how much it moves the fitted signal.

    Parameters
    ----------
    experiment, mediator, physics, overrides, background, background_error, observed, engine
        As for :func:`~evanesce.limit`, with a mediator of one α_D and one mass ratio.
    mass
        Mediator mass in GeV.
    theory
        Whether each refinement of the physics is a nuisance of the signal.
    signal
        Signal events in the Asimov data, which are fitted where a channel has no observed counts.

    Raises
    ------
    InvalidValueError
        No signal at this mass, no systematic uncertainty, several masses or parameters, or a negative signal.
    UnknownNameError
        An unknown experiment, mediator, preset or option.

    Examples
    --------
    >>> import evanesce as ev
    >>> found = ev.impacts("belle2", "dark-photon", 0.0667, physics="published", background=94, background_error=21.7)
    >>> found.names[0], found.data
    ('belle2/vanishing-track/given', 'Asimov')

    """
    prediction = likelihood_prediction(
        experiment,
        mediator,
        positive("mass", mass),
        physics=physics,
        overrides=overrides,
        background=background,
        background_error=background_error,
        observed=observed,
        theory=theory,
        engine=engine,
    )
    if prediction.shape:
        raise InvalidValueError(f"impacts: are those of one point, {', '.join(prediction.dims)} has several values")
    return impacts_on(prediction, signal=signal)
