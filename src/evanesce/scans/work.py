"""The limits of one chunk of a scan. It runs in any process, and the numbers do not depend on which."""

from __future__ import annotations

import hashlib
import platform
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from evanesce.errors import EvanesceError, EvanesceWarning, SimulationError
from evanesce.experiments import Experiment
from evanesce.limits import LimitCurve, Outcome, limit_curve
from evanesce.mediators import Mediator, with_parameters
from evanesce.physics import PhysicsOptions
from evanesce.scans.plan import Chunk, Plan, physics_digest
from evanesce.statistics import BANDS
from evanesce.validation import FloatArray

__all__ = ["Computed", "Layout", "Variable", "checksum", "compute", "probe"]

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]
_EXPECTED: Final = (EvanesceError, ArithmeticError, ValueError)
"""Errors of a point; anything else is a mistake of the program and stops the scan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable of the dataset."""

    dims: tuple[str, ...]
    """Without the axes over fields."""
    dtype: str
    attrs: Mapping[str, Any]

    @property
    def fill(self) -> Any:
        """Value of a point that is not computed."""
        return np.nan if np.dtype(self.dtype).kind == "f" else 0


Layout: TypeAlias = Mapping[str, Variable]
"""Variables by name; they are the same in every chunk."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Computed:
    """Values of one chunk, without the axes over fields, which have length 1."""

    values: Arrays
    failures: tuple[str, ...] = ()
    """What went wrong, for points with the outcome ``failed``."""


def compute(plan: Plan, layout: Layout, chunk: Chunk) -> Computed:
    """Compute the limits of a chunk.

    A point that raises an error gets the outcome ``failed``: masses are halved until the others are separate from it.

    Raises
    ------
    SimulationError
        This process has another version of the physics than the one that made the plan.

    """
    if physics_digest() != plan.physics:
        raise SimulationError(
            f"scan: the worker on {platform.node()} has another version of evanesce; install the same one everywhere"
        )
    mediator, mass = plan.grid_values(chunk)
    shape = chunk.shape[len(plan.fields) :]
    try:
        cards, options = _setting(plan, plan.field_values(chunk))
    except _EXPECTED as error:
        return Computed(values=_failed(layout, shape), failures=(_said(plan, chunk, error),))
    work = _Work(plan, layout, cards, options, mediator, shape[:-1])
    return Computed(values=work.values(mass), failures=tuple(dict.fromkeys(work.failures)))


def probe(plan: Plan) -> LimitCurve:
    """Limits at one point of the grid, which show what variables there are.

    Raises
    ------
    EvanesceError
        That of the first point, if no value of the axes over fields allows a limit.

    """
    first: Exception | None = None
    mediator, mass = plan.grid_values(plan.chunks()[0])
    first_of = (p if np.ndim(p) == 0 else np.asarray(p)[:1] for p in (mediator.alpha_d, mediator.mass_ratio))
    one = with_parameters(mediator, *first_of)
    seen: set[tuple[float, ...]] = set()
    for chunk in plan.chunks():
        setting = plan.field_values(chunk)
        if tuple(setting.values()) in seen:
            continue
        seen.add(tuple(setting.values()))
        try:
            cards, options = _setting(plan, setting)
            return _limits(plan, cards, options, one, mass[:1])
        except _EXPECTED as error:
            first = first or error
    raise first or SimulationError("scan: it has no points")


def checksum(values: Arrays) -> str:
    """Hash of the values of a chunk: names, types, shapes and every bit."""
    found = hashlib.sha256()
    for name in sorted(values):
        array = np.ascontiguousarray(values[name])
        found.update(f"{name} {array.dtype.str} {array.shape}\n".encode() + array.tobytes())
    return found.hexdigest()


class _Work:
    """One setting of the fields, all couplings of a chunk, and some of its masses at a time."""

    def __init__(
        self,
        plan: Plan,
        layout: Layout,
        cards: list[Experiment],
        options: PhysicsOptions,
        mediator: Mediator,
        couplings: tuple[int, ...],
    ) -> None:
        self._plan, self._layout, self._cards, self._options = plan, layout, cards, options
        self._mediator, self._couplings = mediator, couplings
        self.failures: list[str] = []

    def values(self, mass: FloatArray) -> dict[str, npt.NDArray[Any]]:
        try:
            return self._computed(mass)
        except _EXPECTED as error:
            if len(mass) == 1:
                self.failures.append(f"mass = {mass[0]:g} GeV: {error}")
                return _failed(self._layout, (*self._couplings, 1))
            middle = len(mass) // 2
            parts = [self.values(part) for part in (mass[:middle], mass[middle:])]
        return {
            name: np.concatenate([part[name] for part in parts], axis=variable.dims.index("mass"))
            for name, variable in self._layout.items()
        }

    def _computed(self, mass: FloatArray) -> dict[str, npt.NDArray[Any]]:
        data = _limits(self._plan, self._cards, self._options, self._mediator, mass).to_dataset()
        found = {str(name): np.asarray(variable.values) for name, variable in data.data_vars.items()}
        if found.keys() != self._layout.keys():
            other = ", ".join(sorted(found.keys() ^ self._layout.keys()))
            raise SimulationError(f"scan: some points have other variables ({other}); run them as a separate scan")
        return found


def _setting(plan: Plan, values: Mapping[str, float]) -> tuple[list[Experiment], PhysicsOptions]:
    cards, options = list(plan.experiments), plan.options
    for axis in plan.fields:
        cards, options = axis.changed(cards, options, values[axis.name])
    return cards, options


def _limits(
    plan: Plan, cards: list[Experiment], options: PhysicsOptions, mediator: Mediator, mass: FloatArray
) -> LimitCurve:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EvanesceWarning)  # they are in the notes
        return limit_curve(
            cards,
            mediator,
            mass,
            physics=options,
            background=plan.background,
            background_error=plan.background_error,
            observed=plan.observed,
            criterion=plan.criterion,
            systematics=plan.systematics,
            theory=plan.theory,
        )


def _failed(layout: Layout, shape: tuple[int, ...]) -> dict[str, npt.NDArray[Any]]:
    found = {}
    for name, variable in layout.items():
        more = (len(BANDS),) if variable.dims[-1] == "sigma" else ()
        value = Outcome.FAILED if name == "outcome" else variable.fill
        found[name] = np.full((*shape, *more), value, dtype=variable.dtype)
    return found


def _said(plan: Plan, chunk: Chunk, error: Exception) -> str:
    setting = ", ".join(f"{name} = {value:g}" for name, value in plan.field_values(chunk).items())
    return f"{setting}: {error}"
