"""Short forms of a card: one channel without a heading, a number for a component, a name for a process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from evanesce.channels.plain import plain
from evanesce.constraints import published_conditions, published_conditions_names
from evanesce.errors import CardError, unknown_name
from evanesce.experiments.assumptions import listed, mapped
from evanesce.experiments.schema import build
from evanesce.processes import PublishedBremsstrahlung

__all__ = ["expanded", "shortened"]

_ORDER: Final = (
    "name", "title", "reference", "source", "target", "selection", "resolution", "efficiency", "background", "bins",
    "criterion", "backgrounds", "systematics", "bremsstrahlung_curve", "observed", "processes", "assumed",
)  # fmt: skip
"""Fields of a flat card in reading order."""
_KIND: Final = "published-bremsstrahlung"


def expanded(card: Any, where: str) -> Any:
    """Return the card with its short forms written out: ``bremsstrahlung_curve: NAME``, ``assumed: {FIELD: REASON}``.

    Raises
    ------
    CardError
        A name without a published experiment.

    """
    if not isinstance(card, Mapping):
        return card
    card = _with_process(card, where)
    if "assumed" in card:
        card["assumed"] = listed(card["assumed"])
    channels = card.get("channels")
    if isinstance(channels, (list, tuple)):
        card = {**card, "channels": [_with_process(c, where) if isinstance(c, Mapping) else c for c in channels]}
    return card


def _with_process(card: Mapping[str, Any], where: str) -> dict[str, Any]:
    rest = {name: value for name, value in card.items() if name != "bremsstrahlung_curve"}
    curve = card.get("bremsstrahlung_curve")
    if curve is None:
        return rest
    if not isinstance(curve, str) or curve not in published_conditions_names():
        error = unknown_name("bremsstrahlung_curve", curve, published_conditions_names())
        raise CardError(f"{where}: {error}; for another experiment write a process of kind {_KIND}")
    processes = rest.get("processes") or []
    return {**rest, "processes": [*processes, _process(curve)]}


def _process(curve: str) -> dict[str, Any]:
    return {"kind": _KIND, "curve": curve, **published_conditions(curve)}


def shortened(card: dict[str, Any]) -> dict[str, Any]:
    """Return the plain data of an experiment as its card is written: flat, with one channel of the default label."""
    channels = [_short_channel(channel) for channel in card["channels"]]
    only = channels[0]
    card = {name: value for name, value in card.items() if name != "assumed"} | (
        {"assumed": mapped(card["assumed"])} if card["assumed"] else {}
    )
    if len(channels) > 1 or only.get("kind") != "vanishing-track" or only["label"] != "vanishing-track":
        return {**{name: value for name, value in card.items() if name != "channels"}, "channels": channels}
    fields = {**card, **only}
    return {name: fields[name] for name in _ORDER if name in fields}


def _short_channel(channel: dict[str, Any]) -> dict[str, Any]:
    if channel.get("kind") != "vanishing-track":
        return channel
    short = dict(channel)
    short["backgrounds"] = [_without_names(part) for part in short["backgrounds"]]
    number = short["background"]
    if number is not None:
        rest = {name: value for name, value in _without_names(number).items() if name not in ("kind", "label")}
        alone = not (rest["error"] or rest["holds_for"] or rest["reference"] or rest.get("uncertainties"))
        short["background"] = rest["expected"] if alone else rest
    processes = list(short["processes"])
    curve = next((p["curve"] for p in processes if p.get("kind") == _KIND and _is_published(p)), None)
    short["bremsstrahlung_curve"] = curve
    short["processes"] = [p for p in processes if not (p.get("kind") == _KIND and p.get("curve") == curve)]
    short["bins"] = {name: value for name, value in short["bins"].items() if value}
    for name in ("observed", "processes", "systematics", "bins"):
        if not short[name] and short[name] != 0.0:
            del short[name]
    return short


def _without_names(component: dict[str, Any]) -> dict[str, Any]:
    """Leave out the names of a component's nuisance parameters if there are none."""
    return {name: value for name, value in component.items() if name != "uncertainties" or value}


def _is_published(process: Mapping[str, Any]) -> bool:
    """Whether a process is the one that its name alone stands for."""
    curve = process["curve"]
    if curve not in published_conditions_names():
        return False
    standard = {name: value for name, value in _process(curve).items() if name != "kind"}
    return bool(plain(build(PublishedBremsstrahlung, standard, curve)) == dict(process))
