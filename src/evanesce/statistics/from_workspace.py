"""Predictions from the workspaces that :mod:`evanesce.statistics.workspace` writes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np

from evanesce.backgrounds import Constraint
from evanesce.errors import InvalidValueError
from evanesce.mediators import Mediator
from evanesce.numerics import Estimate
from evanesce.prediction import SIGNAL, Prediction, Region, Systematic, component_key
from evanesce.statistics.workspace import AUXILIARY, EXPECTED, INTEREST, UNIT, validated
from evanesce.validation import FloatArray, finite_array, positive

__all__ = ["from_workspace"]

_SAME = 1e-6
"""Relative difference of numbers that were rounded when they were written."""
_BIN = re.compile(r"^(?P<name>.*)\[\d+\]$", re.DOTALL)


def from_workspace(
    workspace: Mapping[str, Any], *, mediator: Mediator, mass: float, highest_energy: float = math.inf
) -> Prediction:
    """Prediction at one mass, with the signals, backgrounds, systematics and counts of a workspace.

    What a workspace does not hold is given (mediator, mass in GeV) or lost (numerical errors, notes). Effects on bins
    without events are 0.

    Raises
    ------
    InvalidValueError
        Not a valid workspace, or one with a modifier that this package does not write.
    MissingExtraError
        pyhf is not installed: the extra ``stats``.

    Examples
    --------
    >>> import evanesce as ev
    >>> made = ev.to_workspace(ev.predict("belle2", ev.DarkPhoton(), 0.0667, physics="published"))
    >>> float(ev.from_workspace(made, mediator=ev.DarkPhoton(), mass=0.0667).background.value)
    94.0

    """
    spec = validated(workspace)
    _check_interest(spec)
    data = {one["name"]: _counts(one["data"], f"the observation of '{one['name']}'") for one in spec["observations"]}
    counts = {name.removeprefix(AUXILIARY): float(seen[0]) for name, seen in data.items() if name.startswith(AUXILIARY)}
    measured = spec["measurements"][0]["name"] != EXPECTED
    effects: dict[str, tuple[Constraint, dict[str, FloatArray]]] = {}
    regions = {}
    for channel in spec["channels"]:
        label = channel["name"]
        if label.startswith(AUXILIARY):
            continue
        signal: dict[str, FloatArray] = {}
        background: dict[str, FloatArray] = {}
        for sample in channel["samples"]:
            found = _BIN.match(sample["name"])
            name = found["name"] if found else sample["name"]
            values = _counts(sample["data"], f"sample '{name}' of '{label}'", data.get(label))
            acting = {one["name"]: one for one in sample["modifiers"]}
            if (INTEREST in acting) != (UNIT in acting):
                raise InvalidValueError(
                    f"workspace: sample '{name}' of '{label}' has one of the factors {INTEREST} and {UNIT}, must have "
                    "both, so that its events are those at epsilon = 1, or none"
                )
            if INTEREST in acting:
                name, into, key = name.removeprefix(f"{SIGNAL}/"), signal, component_key(label, SIGNAL)
            else:
                into, key = background, component_key(label, name)
            for one in acting.values():
                if one["name"] not in (INTEREST, UNIT):
                    values = _enter(effects, one, key, values, counts)
            into[name] = into.get(name, 0.0) + values
        regions[label] = Region(
            signal={name: _exactly(values) for name, values in signal.items()},
            background={name: _exactly(values) for name, values in background.items()},
            observed=data[label] if measured else None,
        )
    systematics = tuple(
        Systematic(name=name, constraint=kind, effects=acting, counts=counts.get(name))
        for name, (kind, acting) in effects.items()
    )
    return Prediction(
        coordinates={"mass": np.asarray(positive("mass", mass))},
        mediator=mediator,
        regions=regions,
        systematics=systematics,
        highest_energy=highest_energy,
        provenance={
            "evanesce_version": version("evanesce"),
            "experiments": [{"name": label} for label in regions],
            "mediator": type(mediator).__name__,
            "physics": {"preset": "workspace"},
        },
    )


def _check_interest(spec: Mapping[str, Any]) -> None:
    """Raise if the signal strength is called otherwise, and the signal would be taken for a background."""
    interest = spec["measurements"][0]["config"]["poi"]
    if len(spec["measurements"]) > 1 or interest != INTEREST:
        raise InvalidValueError(
            f"workspace: has {len(spec['measurements'])} measurements, the first of '{interest}'; must have one, of "
            f"'{INTEREST}'"
        )


def _counts(numbers: Any, what: str, like: FloatArray | None = None) -> FloatArray:
    """Numbers of events, as many as there are bins of ``like``."""
    found = finite_array(f"workspace: {what}", numbers)
    if (found < 0.0).any():
        raise InvalidValueError(f"workspace: {what} = {found.min():g}: must be finite numbers, 0 or greater")
    if like is not None and found.shape != like.shape:
        raise InvalidValueError(f"workspace: {what} has {found.size} bins, its observation {like.size}")
    return found


def _enter(
    effects: dict[str, tuple[Constraint, dict[str, FloatArray]]],
    modifier: Mapping[str, Any],
    key: str,
    values: FloatArray,
    counts: Mapping[str, float],
) -> FloatArray:
    """Add the effect of a modifier, and return the nominal expectation of its sample."""
    name, kind, there = modifier["name"], modifier["type"], values > 0
    constraint: Constraint
    if kind == "normsys":
        high, low = float(modifier["data"]["hi"]), float(modifier["data"]["lo"])
        if not (high > 0.0 and abs(high * low - 1.0) < _SAME):
            raise InvalidValueError(
                f"workspace: modifier '{name}' has the factors hi = {high:g} and lo = {low:g}; lo must be 1/hi, "
                "another one cannot be kept"
            )
        constraint, effect = "log-normal", np.where(there, high - 1.0, 0.0)
    elif kind == "histosys":
        above, below = (np.asarray(modifier["data"][key], dtype=np.float64) for key in ("hi_data", "lo_data"))
        if not (
            above.shape == below.shape == values.shape
            and np.allclose(above + below, 2.0 * values, rtol=_SAME, atol=0.0)
        ):
            raise InvalidValueError(
                f"workspace: modifier '{name}' changes its sample by other numbers upwards and downwards, or not bin "
                "by bin; they must be as large, others cannot be kept"
            )
        constraint = "normal"
        effect = np.divide(above, values, out=np.ones_like(values), where=there) - 1.0
    elif kind == "normfactor" and name in counts:
        constraint, effect = "poisson", values / max(counts[name], 1.0)
        values = effect * counts[name]
    elif kind == "normfactor":
        constraint, effect = "free", np.where(there, 1.0, 0.0)
    else:
        raise InvalidValueError(f"workspace: modifier '{name}' is a {kind}; must be normsys, histosys or normfactor")
    acting = effects.setdefault(name, (constraint, {}))[1]
    # processes share the effects on the signal, and add their events per count; bins of one component are disjoint
    before = acting.get(key, np.zeros_like(effect))
    acting[key] = before + effect if constraint == "poisson" else np.where(effect != 0, effect, before)
    return values


def _exactly(values: FloatArray) -> Estimate:
    return Estimate(np.asarray(values), np.zeros_like(values))
