"""The expected background of a channel, shared among its bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evanesce.backgrounds import Background, Exposure, Shaped, background_shares
from evanesce.channels.base import Expectation
from evanesce.channels.bins import Bins
from evanesce.validation import FloatArray

__all__ = ["shared"]


def shared(
    expected: Expectation, bins: Bins, known: Sequence[Background], *, exposure: Exposure, tracks: FloatArray
) -> Expectation:
    """Return the components with the share of every bin, and a note on those that follow the tracks.

    ``known`` are the components of the card, and ``tracks`` the shares of the tracks in the bins of energy.

    Raises
    ------
    InvalidValueError
        A component whose shape in missing fraction nobody states.

    """
    by_label = {part.label: part for part in known}
    components, as_tracks = [], []
    for part in expected.components:
        component, shape = by_label.get(part.name), bins.shape_of(part.name)
        shares = background_shares(
            part.name, component, shape, exposure=exposure, fractions=bins.missing_fraction, tracks=tracks
        )
        components.append(replace(part, shares=shares))
        if not (shape and shape.track_energy) and not isinstance(component, Shaped):
            as_tracks.append(part.name)
    note = f"background {', '.join(as_tracks)}: shared among the bins of track_energy in proportion to the tracks"
    notes = (note,) if bins.track_energy is not None and as_tracks else ()
    return replace(expected, components=tuple(components), notes=(*expected.notes, *notes))
