"""ε at which the expected signal equals the number of events that the criterion excludes."""

from __future__ import annotations

import reprlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from inspect import signature
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from evanesce import plugins
from evanesce.channels.base import BackgroundChoice
from evanesce.engine import Engine, default_engine
from evanesce.errors import EvanesceWarning, InvalidValueError
from evanesce.experiments import Experiment, as_experiments
from evanesce.limits.counts import Counts, chosen_background, with_counts
from evanesce.limits.curve import LimitCurve
from evanesce.limits.outcomes import Caution, Outcome, no_limit
from evanesce.mediators import Mediator
from evanesce.mediators import mediator as find_mediator
from evanesce.physics import DEFAULT_PRESET, PhysicsOptions, resolve_physics, simpler_physics
from evanesce.prediction import Grid, Prediction
from evanesce.statistics import Criterion, Interval
from evanesce.statistics import criterion as find_criterion
from evanesce.validation import FloatArray, true_or_false

if TYPE_CHECKING:
    import xarray

__all__ = ["likelihood_prediction", "limit", "limit_curve"]

P = ParamSpec("P")
R = TypeVar("R")
_VISIBLE_FRACTION: Final[float] = 0.01
_LARGEST_ERROR: Final[float] = 0.2
"""Numerical error of a yield, relative to it, above which there is no limit."""
_WIDTHS: Final[float] = 3.0
"""Distance of the threshold in widths below which a fixed width is flagged: it changes ε of a vector by 3 % there."""
_UNCERTAIN: Final[dict[str, Caution]] = {
    "binding=on-shell": Caution.BOUND_ELECTRONS,
    "binding=on-shell-orbitals": Caution.BOUND_ELECTRONS,
    "off_shell_mesons=on": Caution.OFF_SHELL_MESONS,
}
"""The caution of a point where this changes the yield by more than the fraction below."""
_UNCERTAIN_FRACTION: Final[float] = 0.2


def limit_curve(
    experiment: str | Experiment | Sequence[str | Experiment],
    mediator: str | Mediator,
    mass: npt.ArrayLike,
    *,
    physics: str | PhysicsOptions = DEFAULT_PRESET,
    overrides: Mapping[str, str | float] | None = None,
    background: BackgroundChoice = None,
    background_error: float | None = None,
    observed: Counts = None,
    criterion: str | Criterion | None = None,
    systematics: bool = True,
    theory: bool = True,
    engine: Engine | None = None,
) -> LimitCurve:
    """Return the limits of :func:`limit` as a plain object of arrays, without xarray; same arguments and errors.

    >>> import evanesce as ev
    >>> curve = ev.limit_curve("belle2", ev.DarkPhoton(alpha_d=1e-3), [0.05, 0.06666], physics="published")
    >>> [f"{epsilon:.3g}" for epsilon in curve.epsilon]
    ['0.000616', '1.72e-05']
    """
    used = default_engine(engine)
    options = resolve_physics(physics, overrides)
    experiments = with_counts(as_experiments(experiment), observed)
    rule = _rule(experiments[0].criterion if criterion is None else criterion)
    likelihood = bool(getattr(rule, "uses_systematics", False))
    wanted = likelihood and true_or_false("systematics", systematics)
    prediction = used.predict(
        experiments,
        mediator,
        mass,
        physics=options,
        background=chosen_background(background, background_error, likelihood=likelihood),
        systematics=wanted,
        theory=wanted and true_or_false("theory", theory),
    )
    if background_error is not None and not wanted:
        unused = (
            "background_error is not used: systematics are left out"
            if likelihood
            else f"criterion '{rule.name}' does not use background_error; a likelihood criterion does"
        )
        prediction = replace(prediction, warnings=(*prediction.warnings, unused))
    interval = rule.upper_limit(prediction)
    for text in (*prediction.warnings, *interval.warnings):
        warnings.warn(text, EvanesceWarning, stacklevel=2)
    simpler: dict[str, FloatArray] = {}
    if true_or_false("theory", theory):
        grid = Grid.of(find_mediator(mediator), mass)
        simpler = {
            change: used.total_signal(experiments, grid, without)
            for change, without in simpler_physics(options).items()
        }
    return _curve(prediction, interval, rule, simpler)


def likelihood_prediction(
    experiment: str | Experiment | Sequence[str | Experiment],
    mediator: str | Mediator,
    mass: npt.ArrayLike,
    *,
    physics: str | PhysicsOptions = DEFAULT_PRESET,
    overrides: Mapping[str, str | float] | None = None,
    background: BackgroundChoice = None,
    background_error: float | None = None,
    observed: Counts = None,
    systematics: bool = True,
    theory: bool = True,
    engine: Engine | None = None,
) -> Prediction:
    """Prediction that :func:`limit` gives to a likelihood criterion: with counts and every systematic uncertainty.

    Arguments and errors are those of :func:`limit`. :func:`~evanesce.statistics.to_workspace` makes a workspace of it.

    >>> import evanesce as ev
    >>> made = ev.likelihood_prediction("belle2", ev.DarkPhoton(), 0.0667, physics="published", theory=False)
    >>> f"{float(made.background.value):.1f} ± {float(made.background.error):.1f}"
    '94.9 ± 21.7'
    """
    return default_engine(engine).predict(
        with_counts(as_experiments(experiment), observed),
        mediator,
        mass,
        physics=physics,
        overrides=overrides,
        background=chosen_background(background, background_error, likelihood=True),
        systematics=true_or_false("systematics", systematics),
        theory=systematics and true_or_false("theory", theory),
    )


def _rule(criterion: str | Criterion) -> Criterion:
    if isinstance(criterion, str):
        return find_criterion(criterion)
    if isinstance(criterion, type) or not hasattr(criterion, "upper_limit"):
        raise InvalidValueError(f"criterion = {reprlib.repr(criterion)}: must be a name, or made with criterion()")
    return criterion


def _with_arguments_of(other: Callable[P, Any]) -> Callable[[Callable[..., R]], Callable[P, R]]:
    """Decorator that gives a function the signature of ``other``, for help texts and type checkers."""

    def decorate(function: Callable[..., R]) -> Callable[P, R]:
        returned = function.__annotations__["return"]
        function.__signature__ = signature(other).replace(return_annotation=returned)  # type: ignore[attr-defined]
        return function

    return decorate


@_with_arguments_of(limit_curve)
def limit(*arguments: Any, **options: Any) -> xarray.Dataset:  # noqa: D417 - its arguments are those of limit_curve
    """Excluded coupling ε of a mediator, at 90 % CL, on a grid of masses and dark-sector parameters.

    Parameters
    ----------
    experiment
        An experiment, its name or the path of its card, or a list of them to combine.
    mediator
        A mediator, or its name; an ``alpha_d`` or ``mass_ratio`` that is a sequence becomes an axis of the result.
    mass
        Mediator masses in GeV, scalar or 1-D; a scalar makes no axis.
    physics, overrides
        A preset (``published``, ``converged``, ``reference``) or options, and single options to change.
    background
        A number of events; ``budget`` for the sum of the card's components; ``components`` for that sum where the card
        has components; or None. None is the number on the card if the card still describes the channel it was worked
        out for, else the sum of the components; for a likelihood criterion it is ``components``.
    background_error
        Uncertainty of a number of background events, in events; used by likelihood criteria.
    observed
        Observed events of an experiment with one channel, one number a bin; several channels take a mapping by
        ``channel`` or ``experiment/channel``. None for those of the cards, if there are any.
    criterion
        Name of the criterion, or one made with :func:`~evanesce.criterion`, as ``criterion("cls", toys=10000)``; that
        of the first card if None.
    systematics
        Whether a likelihood criterion has the systematic uncertainties as nuisance parameters.
    theory
        Whether to compute how much ε changes without each refinement of the physics.
    engine
        The engine that keeps intermediate results; the package's own if None.

    Returns
    -------
    xarray.Dataset
        ``epsilon``, the observed limit where there are counts and else the median expected one, with its numerical
        error; ``epsilon_expected`` at -2 ... +2 standard deviations and ``epsilon_observed`` if the criterion has
        them; ``yield_annihilation`` and so on per ε² with their errors; ``theory_...``, the relative change of ε
        without each refinement; ``outcome`` and ``caution`` as codes with meanings (``epsilon`` is inf where there is
        no limit; :func:`explain` returns them as sentences).
        The attributes record how it was made, as JSON in ``provenance``.

    Raises
    ------
    InvalidValueError
        A mass, background or parameter outside what is allowed, or a criterion that cannot combine regions.
    UnknownNameError
        An unknown experiment, mediator, preset, option or criterion.

    Warns
    -----
    EvanesceWarning
        A criterion outside its range of validity, or a background worked out for another card.

    Notes
    -----
    N_s = N_ann + N_bre of Eqs. (4.4), (4.5) and the criterion of section 4 of arXiv:2212.04252.

    Examples
    --------
    >>> import evanesce as ev
    >>> point = ev.limit("belle2", ev.DarkPhoton(alpha_d=1e-3), 0.06666, physics="published")
    >>> f"{float(point.epsilon):.3g}"
    '1.72e-05'

    """
    return limit_curve(*arguments, **options).to_dataset()


def _curve(
    prediction: Prediction, interval: Interval, rule: Criterion, simpler: Mapping[str, FloatArray]
) -> LimitCurve:
    signal = prediction.signal
    total = np.asarray(np.sum([part.value for part in signal.values()], axis=0))
    error = np.asarray(np.sqrt(np.sum([np.square(part.error) for part in signal.values()], axis=0)))
    inaccurate = np.isfinite(total) & (error > _LARGEST_ERROR * total)
    epsilon = np.where(inaccurate, np.inf, np.sqrt(interval.best))
    possible = np.isfinite(epsilon)
    context = _context(prediction)
    without = np.where(
        inaccurate & (total > 0.0),
        Outcome.INACCURATE,
        no_limit(total, prediction.coordinates["mass"], context),
    )
    outcome = np.where(possible, Outcome.LIMIT, without)

    def of_epsilon(errors: FloatArray) -> FloatArray:
        relative = np.divide(errors, total, out=np.full(total.shape, np.inf), where=possible)
        return np.where(possible, 0.5 * np.where(possible, epsilon, 1.0) * relative, np.inf)

    statistical = None if prediction.source_error is None else of_epsilon(prediction.source_error)
    epsilon_error = of_epsilon(error)
    visible = _visible_width(prediction, epsilon)
    theory = {change: _change(total, other, possible) for change, other in simpler.items()}
    return LimitCurve(
        dims=prediction.dims,
        coordinates=dict(prediction.coordinates),
        epsilon=epsilon,
        epsilon_error=epsilon_error,
        statistical_error=statistical,
        expected=np.where(inaccurate[..., None], np.inf, np.sqrt(interval.expected)),
        observed=None if interval.observed is None else np.where(inaccurate, np.inf, np.sqrt(interval.observed)),
        yields={name: part.value for name, part in signal.items()},
        yield_errors={name: part.error for name, part in signal.items()},
        outcome=outcome.astype(np.int8),
        caution=_cautions(visible, epsilon_error, statistical, context)
        | _uncertain(theory, epsilon.shape)
        | _fixed_width(prediction),
        visible_width=visible,
        theory=theory,
        signal_limit=interval.signal_limit,
        notes=(*prediction.warnings, *interval.warnings, *prediction.notes, *interval.notes),
        context=context,
        provenance=_provenance(prediction, interval, rule),
    )


def _change(total: FloatArray, other: FloatArray, possible: npt.NDArray[np.bool_]) -> FloatArray:
    """Relative change of ε if the yield is ``other``; NaN where one of the two has no limit."""
    both = possible & np.isfinite(other) & (other > 0)
    ratio = np.divide(total, other, out=np.full(total.shape, np.nan), where=both)
    return np.asarray(np.sqrt(ratio) - 1.0)


def _points(prediction: Prediction) -> tuple[Mediator, FloatArray]:
    """Mediator and masses, a column, at all points of the grid."""
    coordinates = {name: prediction.coordinates.get(name) for name in ("alpha_d", "mass_ratio", "mass")}
    mediator, mass = Grid(
        mediator=prediction.mediator,
        axes={
            name: np.asarray(getattr(prediction.mediator, name) if axis is None else axis, dtype=np.float64)
            for name, axis in coordinates.items()
        },
    ).points()
    return mediator, mass[:, None]


def _visible_width(prediction: Prediction, epsilon: FloatArray) -> FloatArray:
    """Γ(e⁺e⁻) at the limit over the invisible width, shape of the grid; NaN without a limit."""
    mediator, column = _points(prediction)
    visible, invisible = (
        np.broadcast_to(width, column.shape).reshape(epsilon.shape)
        for width in (mediator.electron_width(column), mediator.width(column))
    )
    share: FloatArray = np.where(np.isfinite(epsilon), np.square(epsilon) * (visible / invisible), np.nan)
    return share


def _fixed_width(prediction: Prediction) -> npt.NDArray[np.int8]:
    """Flag of points where the width is fixed although the threshold lies within three widths, shape of the grid."""
    mediator, column = _points(prediction)
    above = column * (1.0 - 4.0 * np.asarray(mediator.mass_ratio) ** -2.0)
    close = np.broadcast_to(above < _WIDTHS * mediator.width(column), column.shape).reshape(prediction.shape)
    fixed = close & (prediction.provenance["physics"]["width"] == "fixed")
    return np.asarray(np.where(fixed, Caution.FIXED_WIDTH, 0), dtype=np.int8)


def _cautions(
    visible: FloatArray, numerical: FloatArray, statistical: FloatArray | None, context: Mapping[str, Any]
) -> npt.NDArray[np.int8]:
    flags = np.where(visible > _VISIBLE_FRACTION, Caution.VISIBLE_WIDTH, 0)
    if statistical is not None:
        flags = flags | np.where(np.isfinite(statistical) & (statistical > numerical), Caution.SOURCE_STATISTICS, 0)
    if context["cautions"]:
        flags = flags | Caution.SHARP_WINDOW
    return np.asarray(flags, dtype=np.int8)


def _uncertain(theory: Mapping[str, FloatArray], shape: tuple[int, ...]) -> npt.NDArray[np.int8]:
    """Cautions where an entry of the theory uncertainty is large; the yield is as 1/ε²."""
    flags = np.zeros(shape, dtype=np.int8)
    for name, caution in _UNCERTAIN.items():
        change = np.asarray(theory.get(name, np.zeros(shape)))
        ratio = np.maximum(1.0 + change, 1.0 / (1.0 + change)) ** 2
        flags |= np.where(ratio > 1.0 + _UNCERTAIN_FRACTION, caution, 0).astype(np.int8)
    return flags


def _context(prediction: Prediction) -> dict[str, Any]:
    return {
        "highest_energy": prediction.highest_energy,
        "curve": next(iter(prediction.curves), None),
        "cautions": list(prediction.cautions),
    }


def _provenance(prediction: Prediction, interval: Interval, rule: Criterion) -> dict[str, Any]:
    made = dict(prediction.provenance)
    cards = made.pop("experiments")
    made = {"evanesce_version": made.pop("evanesce_version"), "experiment": cards[0], **made}
    if len(cards) > 1:
        made["experiments"] = cards
    if plug_ins := sorted({*made.get("plug_ins", ()), *plugins.packages_of([rule])}):
        made["plug_ins"] = plug_ins
    return {
        **made,
        "criterion": rule.name,
        "confidence_level": rule.confidence_level,
        "background": float(prediction.background.value),
        "signal_limit": None if np.isnan(interval.signal_limit) else interval.signal_limit,
        "method": interval.method,
    }
