"""The control sample: vanishing tracks of the opposite charge under the same selection.

An electron cannot annihilate with atomic electrons; only the positrons of its shower can. So the resonance is
suppressed in the control sample, while the backgrounds stay. :func:`suppression_factor` compares track
lengths, as quoted in section 4 of arXiv:2212.04252. :func:`annihilation_ratio` compares yields, in which the
opposite charge also has its own energy spectrum.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evanesce.engine import predict
from evanesce.errors import InvalidValueError
from evanesce.experiments import Experiment
from evanesce.experiments import experiment as find_experiment
from evanesce.mediators import Mediator
from evanesce.physics import DEFAULT_PRESET, PhysicsOptions, resolve_physics
from evanesce.processes import annihilated
from evanesce.tracklength import fold_track_length
from evanesce.validation import FloatArray, positive_array

__all__ = ["annihilation_ratio", "control_sample", "suppression_factor"]


def control_sample(experiment: str | Experiment) -> Experiment:
    """Return the same search with a vanishing track of the opposite charge.

    >>> from evanesce.experiments import experiment
    >>> control_sample(experiment("belle2")).source.incident
    'e-'
    """
    experiment = find_experiment(experiment)
    return _with_incident(experiment, "e-" if experiment.source.incident == "e+" else "e+")


def suppression_factor(experiment: str | Experiment, physics: str | PhysicsOptions = DEFAULT_PRESET) -> float:
    r"""Positron track length of incident electrons over that of incident positrons, inside the selection.

    .. math:: \frac{\int dE\,\frac{dN}{dE} \int_{fE} dE'\, \bar{T}_e(E', E)}
              {\int dE\,\frac{dN}{dE} \int_{fE} dE'\, T_e(E', E)}

    with f the missing fraction, Eqs. (A.1) and (A.4) of arXiv:2212.04252, and the experiment's own spectrum
    dN/dE in both. In the analytic shower, which is scale-free, the spectrum cancels.

    >>> from evanesce.experiments import experiment
    >>> f"{suppression_factor(experiment('belle2'), 'published'):.2g}"
    '0.00067'

    Raises
    ------
    UnknownNameError
        An unknown preset.

    """
    options, experiment = resolve_physics(physics), find_experiment(experiment)
    lengths = {}
    for incident in ("e+", "e-"):
        setup = experiment.channel.setup(options)
        kernel = _with_incident(experiment, incident).channel.setup(options).track_length(options).positrons
        fold = fold_track_length(setup.source, kernel, acceptance=setup.acceptance, v_max=options.v_max)
        lengths[incident] = fold.integral
    if not lengths["e+"] > 0:
        raise InvalidValueError(
            f"v_max = {options.v_max:g}: must exceed the missing fraction "
            f"{experiment.selection.missing_fraction:g}, or no track length is left"
        )
    return lengths["e-"] / lengths["e+"]


def annihilation_ratio(
    experiment: str | Experiment,
    mediator: Mediator,
    mass: npt.ArrayLike,
    physics: str | PhysicsOptions = DEFAULT_PRESET,
) -> FloatArray:
    """Annihilation yield of the control sample over that of the search, at masses in GeV, shape (masses,).

    Both charges keep their own spectrum: at a collider the electrons of Bhabha scattering go forward.

    Raises
    ------
    InvalidValueError
        A mass that is not positive.
    UnknownNameError
        An unknown preset.

    """
    masses = np.atleast_1d(positive_array("mass", mass))
    options, experiment = resolve_physics(physics), find_experiment(experiment)
    search, control = (
        annihilated(predict(each, mediator, masses, physics=options).signal).value
        for each in (experiment, control_sample(experiment))
    )
    ratio: FloatArray = np.divide(control, search, out=np.full(len(masses), np.inf), where=search > 0)
    return ratio


def _with_incident(experiment: Experiment, incident: str) -> Experiment:
    if experiment.source.incident == incident:
        return experiment
    return experiment.replace({"source.incident": incident})
