"""From yields to limits: ε such that the expected signal equals what the criterion excludes.

Use :func:`limit` for a labelled :class:`xarray.Dataset`; :func:`limit_curve` gives the same numbers as a
plain object without loading xarray. Yields scale as ε², so the limit is sqrt(s_up/Y) with Y the yield per ε².
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from evanesce import __version__
from evanesce.constants import ELECTRON_MASS
from evanesce.errors import InvalidValueError
from evanesce.experiments import Experiment, sharp_window
from evanesce.mediators import MEDIATORS, Mediator, check_mediator, with_parameters
from evanesce.numerics import Estimate
from evanesce.physics import DEFAULT_PRESET, PhysicsOptions, resolve_physics, simpler_physics
from evanesce.production import collision_s
from evanesce.sources import FromFiles
from evanesce.statistics import criterion as find_criterion
from evanesce.validation import FloatArray, non_negative, positive_array
from evanesce.yields import Process, processes

if TYPE_CHECKING:
    import xarray

__all__ = ["LimitCurve", "limit", "limit_curve"]

LARGEST_MASS: Final[float] = 1e6
SMALLEST_MASS: Final[float] = 1e-9
_VISIBLE_FRACTION: Final[float] = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LimitCurve:
    """Limits on a grid; every array has the shape of the grid, its axes named in ``dims``."""

    dims: tuple[str, ...]
    """Axes of the grid: ``alpha_d`` and ``mass_ratio`` where arrays were given, then ``mass``."""
    coordinates: dict[str, FloatArray]
    """Values along each axis; masses in GeV."""
    epsilon: FloatArray
    """Excluded coupling ε, inf where no signal is possible."""
    epsilon_error: FloatArray
    """Numerical error estimate of ε (absolute), inf where no signal is possible."""
    yields: dict[str, FloatArray]
    """Signal events at ε = 1, by process."""
    yield_errors: dict[str, FloatArray]
    """Numerical error estimates of the yields (absolute)."""
    reason: npt.NDArray[np.object_]
    """Why there is no limit, or None."""
    warning: npt.NDArray[np.object_]
    """What to keep in mind at this point, or None."""
    theory: dict[str, FloatArray]
    """Relative change of ε with one refinement of the physics taken back, by option; NaN without a limit."""
    signal_limit: float
    """Number of signal events that the criterion excludes."""
    provenance: dict[str, Any]
    """Package version, experiment card, mediator, physics options, criterion and background."""

    def to_dataset(self) -> xarray.Dataset:
        """Convert to a labelled dataset, provenance in its attributes."""
        import xarray

        variables: dict[str, tuple[Any, ...]] = {
            "epsilon": (self.dims, self.epsilon, {"long_name": "90 % CL limit on ε"}),
            "epsilon_error": (self.dims, self.epsilon_error, {"long_name": "numerical error of ε"}),
            "reason": (self.dims, np.where(self.reason == None, "", self.reason).astype(str)),  # noqa: E711
            "warning": (self.dims, np.where(self.warning == None, "", self.warning).astype(str)),  # noqa: E711
        }
        for name, values in self.yields.items():
            variables[f"yield_{name}"] = (self.dims, values, {"long_name": f"{name} events at ε = 1"})
            variables[f"yield_{name}_error"] = (self.dims, self.yield_errors[name])
        for change, values in self.theory.items():
            what = {"long_name": f"relative change of ε with {change}"}
            variables[f"theory_{change.partition('=')[0]}"] = (self.dims, values, what)
        dataset = xarray.Dataset(variables, coords=self.coordinates, attrs=self.provenance)
        dataset["mass"].attrs["units"] = "GeV"
        return dataset


def limit(
    experiment: Experiment,
    mediator: Mediator,
    mass: npt.ArrayLike,
    *,
    physics: str | PhysicsOptions = DEFAULT_PRESET,
    overrides: Mapping[str, str | float] | None = None,
    background: float | None = None,
    criterion: str | None = None,
) -> xarray.Dataset:
    """Excluded coupling ε of a mediator, at 90 % CL, on a grid of masses and dark-sector parameters.

    Parameters
    ----------
    experiment
        An experiment, for instance ``evanesce.experiment("belle2")``.
    mediator
        A mediator; an ``alpha_d`` or ``mass_ratio`` that is a sequence becomes an axis of the result.
    mass
        Mediator masses in GeV, scalar or 1-D.
    physics, overrides
        A preset (``published``, ``converged``, ``reference``) or options, and single options to change.
    background, criterion
        Expected background events and name of the criterion, in place of the card's.

    Returns
    -------
    xarray.Dataset
        ``epsilon`` with its numerical error, ``yield_annihilation`` and ``yield_bremsstrahlung`` per ε²
        with theirs, ``theory_...``, the relative change of ε without each refinement,
        ``reason`` where no limit exists (``epsilon`` is inf there) and ``warning``; the
        attributes say how it was made.

    Raises
    ------
    InvalidValueError
        A mass, background or parameter outside what is allowed.
    UnknownNameError
        An unknown preset, option or criterion.

    Notes
    -----
    N_s = N_ann + N_bre of Eqs. (4.4), (4.5) and the criterion of section 4 of arXiv:2212.04252.

    Examples
    --------
    >>> import evanesce as ev
    >>> point = ev.limit(ev.experiment("belle2"), ev.DarkPhoton(alpha_d=1e-3), 0.06666, physics="published")
    >>> f"{float(point.epsilon[0]):.3g}"
    '1.72e-05'

    """
    return limit_curve(
        experiment,
        mediator,
        mass,
        physics=physics,
        overrides=overrides,
        background=background,
        criterion=criterion,
    ).to_dataset()


def limit_curve(
    experiment: Experiment,
    mediator: Mediator,
    mass: npt.ArrayLike,
    *,
    physics: str | PhysicsOptions = DEFAULT_PRESET,
    overrides: Mapping[str, str | float] | None = None,
    background: float | None = None,
    criterion: str | None = None,
) -> LimitCurve:
    """Compute what :func:`limit` returns, as a plain object; same arguments."""
    if not isinstance(experiment, Experiment):
        raise InvalidValueError(f"experiment = {experiment!r}: must be an Experiment, make one with experiment(name)")
    options = resolve_physics(physics, overrides)
    rule = find_criterion(experiment.criterion if criterion is None else criterion)
    expected = experiment.background if background is None else non_negative("background", background)
    signal_limit = rule.signal_limit(expected)
    check_mediator(mediator)
    grid = _Grid.of(mediator, mass)
    produced = _Yields(experiment, grid)
    results = produced.by_process(options)
    total = produced.total(options)
    error = np.sqrt(np.sum([result.error**2 for result in results.values()], axis=0))
    possible = _possible(total, signal_limit)
    epsilon, epsilon_error = np.full(total.shape, np.inf), np.full(total.shape, np.inf)
    epsilon[possible] = np.sqrt(signal_limit / total[possible])
    epsilon_error[possible] = 0.5 * epsilon[possible] * error[possible] / total[possible]
    provenance = {
        "evanesce_version": __version__,
        "experiment": experiment.as_dict(),
        "mediator": mediator_name(mediator),
        "alpha_d": np.asarray(mediator.alpha_d).tolist(),
        "mass_ratio": np.asarray(mediator.mass_ratio).tolist(),
        "physics": options.as_dict(),
        "criterion": rule.name,
        "confidence_level": rule.confidence_level,
        "background": expected,
        "signal_limit": signal_limit,
    }
    if isinstance(experiment.source, FromFiles):
        provenance["source_files_sha256"] = experiment.source.checksums()
    return LimitCurve(
        dims=grid.dims,
        coordinates=grid.coordinates,
        epsilon=grid.shaped(epsilon),
        epsilon_error=grid.shaped(epsilon_error),
        yields={name: grid.shaped(result.value) for name, result in results.items()},
        yield_errors={name: grid.shaped(result.error) for name, result in results.items()},
        reason=grid.shaped(_reasons(experiment, grid.mass, total, possible)),
        warning=grid.shaped(_warnings(grid, epsilon, sharp_window(experiment, options))),
        theory={
            change: grid.shaped(_change(total, produced.total(simpler), possible))
            for change, simpler in simpler_physics(options).items()
        },
        signal_limit=signal_limit,
        provenance=provenance,
    )


def mediator_name(mediator: Mediator) -> str:
    """Registered name of a mediator, or the name of its class."""
    return MEDIATORS.name_of(type(mediator)) or type(mediator).__name__


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Grid:
    """Every combination of parameters and masses in one flat row, and the way back."""

    dims: tuple[str, ...]
    coordinates: dict[str, FloatArray]
    mediator: Mediator
    mass: FloatArray
    shape: tuple[int, ...]

    @classmethod
    def of(cls, mediator: Mediator, mass: npt.ArrayLike) -> _Grid:
        masses = np.atleast_1d(positive_array("mass", mass))
        if masses.ndim != 1:
            raise InvalidValueError(f"mass: has {masses.ndim} dimensions, give one number or a list of numbers")
        for m in (masses.min(), masses.max()):
            if not SMALLEST_MASS <= m <= LARGEST_MASS:
                raise InvalidValueError(
                    f"mass = {m:g} GeV: must lie between {SMALLEST_MASS:g} and {LARGEST_MASS:g} GeV"
                )
        axes = {
            "alpha_d": np.asarray(mediator.alpha_d),
            "mass_ratio": np.asarray(mediator.mass_ratio),
            "mass": masses,
        }
        wide = {name: axis for name, axis in axes.items() if axis.ndim > 0}
        for name, axis in wide.items():
            if axis.ndim != 1:
                raise InvalidValueError(f"{name}: has {axis.ndim} dimensions, give one number or a list of numbers")
        full = dict(zip(wide, np.meshgrid(*wide.values(), indexing="ij"), strict=True))
        columns = {
            name: full[name].reshape(-1, 1) if name in full else axes[name] for name in ("alpha_d", "mass_ratio")
        }
        return cls(
            dims=tuple(wide),
            coordinates={name: np.array(axis, dtype=np.float64) for name, axis in wide.items()},
            mediator=with_parameters(mediator, **columns),
            mass=full["mass"].ravel(),
            shape=full["mass"].shape,
        )

    def shaped(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return values.reshape(self.shape)


class _Yields:
    """Yields of one experiment on one grid, each process computed once whatever else the options change."""

    def __init__(self, experiment: Experiment, grid: _Grid) -> None:
        self._experiment = experiment
        self._grid = grid
        self._known: dict[int, tuple[Process, Estimate]] = {}

    def by_process(self, options: PhysicsOptions) -> dict[str, Estimate]:
        """Yields per ε² and their errors."""
        prepared = processes(self._experiment, options)
        for process in prepared:
            if id(process) not in self._known:
                result = process.yield_per_epsilon2(self._grid.mediator, self._grid.mass)
                self._known[id(process)] = process, result  # the process stays alive, and its identity its own
        return {process.name: self._known[id(process)][1] for process in prepared}

    def total(self, options: PhysicsOptions) -> FloatArray:
        """Yield of all processes, shape (points,)."""
        total: FloatArray = np.sum([result.value for result in self.by_process(options).values()], axis=0)
        return total


def _change(total: FloatArray, other: FloatArray, possible: npt.NDArray[np.bool_]) -> FloatArray:
    """Relative change of ε where the yield is ``other``; not a number where one of the two has no limit."""
    change = np.full(total.shape, np.nan)
    both = possible & np.isfinite(other) & (other > 0)
    change[both] = np.sqrt(total[both] / other[both]) - 1.0
    return change


def _possible(total: FloatArray, signal_limit: float) -> npt.NDArray[np.bool_]:
    """Where a yield is known, finite and large enough for a finite ε."""
    return (total > signal_limit / np.finfo(np.float64).max) & np.isfinite(total)


def _reasons(
    experiment: Experiment, mass: FloatArray, total: FloatArray, possible: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    """One line for each point without a limit."""
    reasons = np.full(total.shape, None, dtype=object)
    source = experiment.source
    highest = max([*source.edges, *(energy for energy, _ in source.lines)])
    root_s = float(np.sqrt(collision_s(np.asarray(highest))))
    for i in np.flatnonzero(~possible):
        if np.isfinite(total[i]) and mass[i] >= highest - ELECTRON_MASS:
            reasons[i] = (
                f"no signal: a mediator of {mass[i]:g} GeV cannot be radiated by tracks of at most {highest:.4g} GeV, "
                f"and annihilation at sqrt(s) up to {root_s:.3g} GeV lies below threshold"
            )
        elif np.isfinite(total[i]):
            reasons[i] = (
                f"no signal: no track inside the selection can make {mass[i]:g} GeV; look at v_max, "
                "missing_fraction, the material upstream, the efficiency and the mediator's parameters"
            )
        elif experiment.bremsstrahlung_curve is not None:
            reasons[i] = (
                f"mass {mass[i]:g} GeV lies outside the published curve '{experiment.bremsstrahlung_curve}' "
                "that fixes the bremsstrahlung yield"
            )
        else:
            reasons[i] = (
                f"the yield at {mass[i]:g} GeV is not a finite number: look at the luminosity or number of "
                "particles, alpha_d and the mediator's width"
            )
    return reasons


def _warnings(grid: _Grid, epsilon: FloatArray, everywhere: str | None) -> npt.NDArray[np.object_]:
    """Flag points where the decay to e⁺e⁻ at the limit is no longer negligible; ``everywhere`` holds at all of them."""
    column = grid.mass[:, None]
    visible = np.broadcast_to(grid.mediator.electron_width(column), column.shape)[:, 0]
    invisible = np.broadcast_to(grid.mediator.width(column), column.shape)[:, 0]
    warnings = np.full(epsilon.shape, everywhere, dtype=object)
    finite = np.isfinite(epsilon)
    share = np.zeros(epsilon.shape)
    share[finite] = epsilon[finite] ** 2 * visible[finite] / invisible[finite]
    for i in np.flatnonzero(share > _VISIBLE_FRACTION):
        width = (
            f"the width to e+e- at this ε is {share[i]:.2g} of the invisible width: the yield no longer scales as ε²"
        )
        warnings[i] = width if everywhere is None else f"{width}; {everywhere}"
    return warnings
