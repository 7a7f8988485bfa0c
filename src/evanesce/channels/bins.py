"""Bins of a channel in the missing fraction and in the energy of the track, and what fills them.

A bin in the missing fraction holds what passes the cut at its lower edge and not the one at its upper edge. A bin in
the track's energy holds the tracks of a slice of the spectrum. With several of both, events fall into every
combination, the energy running fastest.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from evanesce.backgrounds import Shape
from evanesce.errors import InvalidValueError, unknown_name
from evanesce.setups import Selection
from evanesce.sources import EnergySlice, Source, sliced, track_shares
from evanesce.validation import FloatArray, non_negative, number_tuple, whole

__all__ = ["GIVEN", "Bins"]

GIVEN: Final = "given"
"""Label of a background that comes with a call, as a number."""

_MOST: Final[int] = 100
"""Bins along one axis."""
_MOST_TOGETHER: Final[int] = 400
_SAME: Final[float] = 1e-9
"""Relative difference of an edge and the cut that it repeats."""
_LEFT_OUT: Final[float] = 0.01
"""Largest share of the tracks beyond the outer edges, which come from rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Edges along each axis; one bin without any.

    >>> Bins(track_energy=20).count, Bins(missing_fraction=(0.95, 0.98, 1.0), track_energy=20).count
    (20, 40)

    Raises
    ------
    InvalidValueError
        On construction: edges that are no numbers, do not increase or lie outside their range, or too many bins.

    """

    missing_fraction: Sequence[float] = ()
    """Ascending edges from the missing fraction of the selection to 1."""
    track_energy: int | Sequence[float] | None = None
    """Ascending edges in GeV over all tracks, or the number of bins of equal width over their range.

    With ``resolution=detector`` it is the energy measured with the momentum resolution, else the true one.
    """
    shapes: Sequence[Shape] = ()
    """How background components are shared among the bins, where they do not know it themselves."""

    def __post_init__(self) -> None:
        fractions = _ascending("missing_fraction", self.missing_fraction)
        object.__setattr__(self, "missing_fraction", fractions)
        if fractions and not (fractions[0] > 0.0 and fractions[-1] == 1.0):
            raise InvalidValueError(
                f"missing_fraction: from {fractions[0]:g} to {fractions[-1]:g}; must begin above 0 and end at 1"
            )
        if isinstance(self.track_energy, (list, tuple, np.ndarray)):
            edges = _ascending("track_energy", self.track_energy)
            object.__setattr__(self, "track_energy", edges or None)
            if edges and not 0.0 < edges[0] < edges[-1] < math.inf:
                raise InvalidValueError(f"track_energy: from {edges[0]:g} to {edges[-1]:g} GeV; must lie above 0")
        elif self.track_energy is not None:
            number: Any = self.track_energy
            object.__setattr__(self, "track_energy", whole("track_energy", number, 1, _MOST))
        self._check_shapes()
        if self.count > _MOST_TOGETHER:
            raise InvalidValueError(f"bins: are {self.count} together; must be at most {_MOST_TOGETHER}")

    def _check_shapes(self) -> None:
        shapes: Any = self.shapes
        if not isinstance(shapes, (list, tuple)) or not all(isinstance(shape, Shape) for shape in shapes):
            raise InvalidValueError(f"shapes = {reprlib.repr(shapes)}: must be a list of Shape(label=...)")
        object.__setattr__(self, "shapes", tuple(shapes))
        labels = [shape.label for shape in shapes]
        for shape in shapes:
            if labels.count(shape.label) > 1:
                raise InvalidValueError(f"shapes: '{shape.label}' is given twice; give one shape a component")
            shape.check(self._fractions, self._energies)

    @property
    def given(self) -> bool:
        """Whether there is any axis."""
        return bool(self.missing_fraction) or self.track_energy is not None

    @property
    def count(self) -> int:
        """Number of bins."""
        return self._fractions * self._energies

    @property
    def _fractions(self) -> int:
        return max(len(self.missing_fraction) - 1, 1)

    @property
    def _energies(self) -> int:
        energies = self.track_energy
        if energies is None or isinstance(energies, int):
            return energies or 1
        return len(energies) - 1

    def shape_of(self, label: str) -> Shape | None:
        """Return the shape stated for a component, None without one."""
        return next((shape for shape in self.shapes if shape.label == label), None)

    def check(self, selection: Selection) -> None:
        """Compare with the cut of a selection.

        Raises
        ------
        InvalidValueError
            The first edge is not the cut: events in between would be in no bin.

        """
        cut = selection.missing_fraction
        if self.missing_fraction and not abs(self.missing_fraction[0] / cut - 1.0) <= _SAME:
            first = self.missing_fraction[0]
            raise InvalidValueError(
                f"bins: in missing fraction they begin at {first:g}, but the selection requires {cut:g}; "
                f"begin there, or set selection.missing_fraction to {first:g}"
            )

    def check_labels(self, known: Sequence[str]) -> None:
        """Compare the shapes with the labels of the background.

        Raises
        ------
        UnknownNameError
            A shape of no component.

        """
        for shape in self.shapes:
            if shape.label not in (*known, GIVEN):
                raise unknown_name("background", shape.label, (*known, GIVEN))

    def checked_counts(self, observed: Any) -> float | tuple[float, ...] | None:
        """Return observed events as one number, or as one number a bin; None before there are data.

        Raises
        ------
        InvalidValueError
            A number that is negative or not finite, or more or fewer numbers than bins.

        """
        if observed is None:
            return None
        several = isinstance(observed, (list, tuple, np.ndarray))
        numbers = number_tuple("observed", observed) if several else (observed,)
        counts = tuple(non_negative("observed", number) for number in numbers)
        if len(counts) != self.count:
            raise InvalidValueError(f"observed: has {len(counts)} number(s) for {self.count} bin(s); give one a bin")
        return counts if len(counts) > 1 else counts[0]

    def cuts(self, selection: Selection) -> tuple[float, ...]:
        """Lower edges of the bins in missing fraction."""
        return (selection.missing_fraction, *self.missing_fraction[1:-1])

    def slices(self, source: Source, resolution: float) -> tuple[Source, ...]:
        """Slices of the source, one for each bin in energy measured with a relative resolution; or the whole source.

        Raises
        ------
        InvalidValueError
            Tracks of one energy, a bin without tracks, or edges that leave tracks out.

        """
        if self.track_energy is None:
            return (source,)
        edges = self.energies(source)
        for part, low, high in zip(sliced(source, edges), edges[:-1], edges[1:], strict=True):
            if not part.count > 0.0:
                raise InvalidValueError(
                    f"bins: no track has from {low:.4g} to {high:.4g} GeV; "
                    f"tracks have {source.edges[0]:.4g} to {source.edges[-1]:.4g} GeV"
                )
        return sliced(source, edges, resolution)

    def energies(self, source: Source) -> FloatArray:
        """Edges in energy, GeV.

        Raises
        ------
        InvalidValueError
            Tracks of one energy, or edges that leave tracks out.

        """
        if not source.edges:
            raise InvalidValueError(
                "bins: in track_energy there are none, because all tracks have the same energy; leave track_energy out"
            )
        first, last = source.edges[0], source.edges[-1]
        if isinstance(self.track_energy, int):
            return np.linspace(first, last, self.track_energy + 1)
        edges = np.array(self.track_energy, dtype=np.float64)
        inside = EnergySlice(source=source, low=edges[0], high=edges[-1]).count
        left_out = 1.0 - inside / EnergySlice(source=source).count
        if not left_out <= _LEFT_OUT:
            raise InvalidValueError(
                f"bins: those from {edges[0]:.4g} to {edges[-1]:.4g} GeV leave out {left_out:.2g} of the tracks, "
                f"which have {first:.4g} to {last:.4g} GeV; begin and end there"
            )
        return edges

    def axes(self, source: Source) -> dict[str, FloatArray]:
        """Edges by axis, in the order of the bins."""
        found = {"missing_fraction": np.array(self.missing_fraction)} if self.missing_fraction else {}
        return found if self.track_energy is None else {**found, "track_energy": self.energies(source)}

    def shares(self, source: Source, resolution: float) -> FloatArray:
        """Share of the tracks in each bin of energy."""
        if self.track_energy is None:
            return np.ones(1)
        return track_shares(sliced(source, self.energies(source), resolution))

    def filled(self, cut: int, energy: int) -> Iterator[tuple[int, float]]:
        """Bins that events above one of :meth:`cuts` in one of :meth:`slices` fill, each with its sign."""
        yield cut * self._energies + energy, 1.0
        if cut > 0:
            yield (cut - 1) * self._energies + energy, -1.0


def _ascending(name: str, values: Sequence[float]) -> tuple[float, ...]:
    """Return numbers as a tuple, empty or of at least two that increase."""
    edges = number_tuple(name, values)
    if len(edges) == 1:
        raise InvalidValueError(f"{name}: has one edge, {edges[0]:g}; give two or more")
    if len(edges) > _MOST + 1:
        raise InvalidValueError(f"{name}: has {len(edges)} edges; must be at most {_MOST + 1}")
    for before, after in pairwise(edges):
        if not before < after:
            raise InvalidValueError(f"{name}: {after:g} comes after {before:g}; edges must increase")
    return edges
