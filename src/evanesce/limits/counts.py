"""Observed counts and backgrounds given in place of those of the cards."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from evanesce.backgrounds import Constant
from evanesce.channels.base import GIVEN, BackgroundChoice
from evanesce.errors import InvalidValueError, unknown_name
from evanesce.experiments import Experiment
from evanesce.validation import non_negative

__all__ = ["Counts", "chosen_background", "with_counts"]

Counts: TypeAlias = float | Sequence[float] | Mapping[str, float | Sequence[float]] | None
"""Observed events of the only channel, one number a bin; or by ``channel`` or ``experiment/channel``."""


def with_counts(experiments: Sequence[Experiment], observed: Counts) -> list[Experiment]:
    """Return the experiments with these observed counts.

    >>> from evanesce.experiments import experiment
    >>> with_counts([experiment("belle2")], 90)[0].channel.observed
    90.0

    Raises
    ------
    InvalidValueError
        Numbers without names for several channels, or a name that fits several channels.
    UnknownNameError
        A name of no channel.
    CardError
        A count that is negative or not finite, or more or fewer numbers than bins.

    """
    if observed is None:
        return list(experiments)
    places = [(i, label) for i, one in enumerate(experiments) for label in (part.label for part in one.channels)]
    named: dict[str, Any]
    if isinstance(observed, Mapping):
        named = dict(observed)
    elif len(places) == 1:
        named = {places[0][1]: observed}
    else:
        names = ", ".join(f"{experiments[i].name}/{label}" for i, label in places)
        raise InvalidValueError(
            f"observed = {reprlib.repr(observed)}: there are {len(places)} channels ({names}); give the counts by name"
        )
    found = list(experiments)
    for name, counts in named.items():
        i, label = _place(experiments, places, name)
        field = f"channels.{label}.observed" if "channels" in found[i].as_dict() else "observed"
        single = isinstance(counts, (list, tuple)) and len(counts) == 1
        found[i] = found[i].replace({field: counts[0] if single else counts})
    return found


def _place(experiments: Sequence[Experiment], places: Sequence[tuple[int, str]], name: str) -> tuple[int, str]:
    """Position of an experiment and label of its channel."""
    full = {f"{experiments[i].name}/{label}": (i, label) for i, label in places}
    if name in full:
        return full[name]
    fitting = [place for place in places if place[1] == name]
    if len(fitting) > 1:
        raise InvalidValueError(
            f"observed: '{name}' is a channel of several experiments; name one of {', '.join(full)}"
        )
    if not fitting:
        raise unknown_name("channel", name, full)
    return fitting[0]


def chosen_background(background: BackgroundChoice, error: float | None, *, likelihood: bool) -> BackgroundChoice:
    """Return a number with its error, or the components as a default of likelihoods.

    Raises
    ------
    InvalidValueError
        An error without a number, or a negative one.

    """
    if error is not None:
        if background is None or isinstance(background, (str, Constant)):
            raise InvalidValueError(
                f"background_error = {error}: is the uncertainty of a number of events; give background as a number too"
            )
        return Constant(expected=background, error=non_negative("background_error", error), label=GIVEN)
    return "components" if background is None and likelihood else background
