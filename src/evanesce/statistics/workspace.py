"""Likelihoods as pyhf workspaces: JSON that other programs fit, and the way back.

One region is a channel, each process and each background a sample. A nuisance becomes a modifier of its own name:

``normal``      ``histosys`` with ν (1 ± δ). Several of them on one sample add in pyhf and multiply here: for two of
                10 % on 94 events the limits differ by 4 %.
``log-normal``  ``normsys`` with 1 + δ and its inverse. pyhf's default interpolation (code 4) is (1 + δ)^θ at |θ| ≥ 1
                and a polynomial between, at most 1e-6 off for δ = 0.2. If δ differs between bins, each bin is a sample.
``poisson``     ``normfactor``, measured in a channel of its own with the counts.
``free``        ``normfactor``.

The signal is at ε² = 1. The fixed ``normfactor`` ``epsilon_squared`` brings the parameter of interest ``mu`` near 1,
since pyhf bounds it: the coupling is ε² = mu × epsilon_squared.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from evanesce.errors import InvalidValueError, MissingExtraError, install
from evanesce.prediction import SIGNAL, Prediction, Systematic, component_key
from evanesce.statistics.asymptotic import expected_strengths
from evanesce.statistics.base import BANDS
from evanesce.statistics.point import at_point
from evanesce.statistics.templates import Templates
from evanesce.validation import FloatArray

__all__ = ["AUXILIARY", "INTEREST", "UNIT", "to_workspace", "validated"]

INTEREST: Final[str] = "mu"
UNIT: Final[str] = "epsilon_squared"
AUXILIARY: Final[str] = "auxiliary measurement of "
"""Beginning of the name of a channel that measures a nuisance with counts."""
EXPECTED: Final[str] = "expected background"
OBSERVED: Final[str] = "observed counts"


def to_workspace(prediction: Prediction, *, point: int | tuple[int, ...] | None = None) -> dict[str, Any]:
    """Workspace of one point of the grid, valid under pyhf's schema 1.0.0.

    The data are the observed counts, or the expected background where a region has none.

    Raises
    ------
    InvalidValueError
        A point that is not on the grid, no signal there, or a systematic with a name that the workspace needs.
    MissingExtraError
        pyhf is not installed: the extra ``stats``.

    Examples
    --------
    >>> import evanesce as ev
    >>> workspace = ev.to_workspace(ev.predict("belle2", ev.DarkPhoton(), 0.0667, physics="published"))
    >>> [channel["name"] for channel in workspace["channels"]], workspace["observations"][0]["data"]
    (['belle2/vanishing-track'], [94.0])

    """
    here = at_point(prediction, point)
    templates = Templates.of(here)
    if not templates.number:
        raise InvalidValueError("workspace: no signal is expected at this point; choose another")
    for one in here.systematics:
        if one.name in (INTEREST, UNIT):
            raise InvalidValueError(f"systematic '{one.name}': this name is that of the signal strength; rename it")
    # near 1 at the limit at 90 % CL
    limit = expected_strengths(templates, 0.9)[0, BANDS.index(0)]
    unit = float(limit / templates.total.reshape(-1)[0])
    seen = all(region.observed is not None for region in here.regions.values())
    channels, observations = [], []
    for label, region in here.regions.items():
        samples = _samples(here, label)
        channels.append({"name": label, "samples": samples})
        total = region.total_background.value
        data = np.broadcast_to(total, region.bins) if not seen or region.observed is None else region.observed
        observations.append({"name": label, "data": _numbers(data)})
    parameters: list[dict[str, Any]] = [
        {"name": INTEREST, "inits": [1.0], "bounds": [[0.0, 100.0]]},
        {"name": UNIT, "inits": [unit], "bounds": [[0.0, 2.0 * unit]], "fixed": True},
    ]
    for one in here.systematics:
        if one.counts is not None:
            unity, name = max(one.counts, 1.0), AUXILIARY + one.name
            sample = {"name": one.name, "data": [unity], "modifiers": [_factor(one.name)]}
            channels.append({"name": name, "samples": [sample]})
            observations.append({"name": name, "data": [one.counts]})
            top = 10.0 * (one.counts + 5.0 * np.sqrt(one.counts + 1.0)) / unity
            parameters.append({"name": one.name, "inits": [one.counts / unity], "bounds": [[0.0, float(top)]]})
    return validated(
        {
            "channels": channels,
            "observations": observations,
            "measurements": [
                {"name": OBSERVED if seen else EXPECTED, "config": {"poi": INTEREST, "parameters": parameters}}
            ],
            "version": "1.0.0",
        }
    )


def validated(workspace: Mapping[str, Any]) -> dict[str, Any]:
    """The workspace, if pyhf's schema allows it.

    Raises
    ------
    InvalidValueError
        It does not.
    MissingExtraError
        pyhf is not installed: the extra ``stats``.

    """
    try:
        schema = importlib.import_module("pyhf.schema")
        invalid = importlib.import_module("pyhf.exceptions").InvalidSpecification
    except ModuleNotFoundError:
        raise MissingExtraError(f"workspaces need pyhf, which is not installed: {install('stats')}") from None
    try:
        with warnings.catch_warnings():
            # pyhf asks its JSON library for something that will go; a user can do nothing about it
            warnings.simplefilter("ignore", DeprecationWarning)
            schema.validate(workspace, "workspace.json")
    except invalid as error:
        raise InvalidValueError(f"workspace: {error}; must follow pyhf's schema 1.0.0") from None
    return dict(workspace)


def _samples(here: Prediction, label: str) -> list[dict[str, Any]]:
    region = here.regions[label]
    found = []
    for name, part in region.signal.items():
        common = [_factor(INTEREST), _factor(UNIT)]
        found += _sample(here, component_key(label, SIGNAL), f"{SIGNAL}/{name}", part.value, common)
    for name, part in region.background.items():
        found += _sample(here, component_key(label, name), name, np.broadcast_to(part.value, region.bins), [])
    return found


def _sample(
    here: Prediction, key: str, name: str, expected: FloatArray, common: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The sample of a component, or one for each bin if a log-normal effect differs between them."""
    acting = [
        (one, np.broadcast_to(np.nan_to_num(one.effects[key]), expected.shape))
        for one in here.systematics
        if key in one.effects
    ]
    for one, effect in acting:
        if one.counts is not None and not common:
            expected = np.where(effect > 0, effect * max(one.counts, 1.0), expected)
    filled = expected > 0
    differ = any(one.constraint == "log-normal" and len(set(effect[filled])) > 1 for one, effect in acting)
    if not differ:
        return [_one_sample(name, expected, int(np.argmax(expected)), acting, common)]
    each = np.eye(expected.size) * expected
    return [_one_sample(f"{name}[{at}]", each[at], at, acting, common) for at in range(expected.size)]


def _one_sample(
    name: str,
    expected: FloatArray,
    where: int,
    acting: list[tuple[Systematic, FloatArray]],
    common: list[dict[str, Any]],
) -> dict[str, Any]:
    """One sample; ``where`` is a bin with events, for effects that are the same in all of them."""
    modifiers = list(common)
    for one, effect in acting:
        if one.constraint == "log-normal":
            factor = 1.0 + float(effect[where])
            modifiers.append({"name": one.name, "type": "normsys", "data": {"hi": factor, "lo": 1.0 / factor}})
        elif one.constraint == "normal":
            change = {"hi_data": _numbers(expected * (1.0 + effect)), "lo_data": _numbers(expected * (1.0 - effect))}
            modifiers.append({"name": one.name, "type": "histosys", "data": change})
        else:
            modifiers.append(_factor(one.name))
    return {"name": name, "data": _numbers(expected), "modifiers": modifiers}


def _factor(name: str) -> dict[str, Any]:
    return {"name": name, "type": "normfactor", "data": None}


def _numbers(values: FloatArray) -> list[float]:
    return [float(value) for value in values]
