"""How a background component is shared among the bins of a channel.

In the missing fraction f a component may know its spectrum (:class:`Shaped`), as photons do; for any other a
:class:`Shape` has to say it. In the energy of the track a component follows the tracks, unless a shape says otherwise:
that is exact where the probability that a track becomes background does not depend on its energy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, runtime_checkable

import numpy as np

from evanesce.backgrounds.base import Exposure
from evanesce.errors import InvalidValueError
from evanesce.validation import FloatArray, non_negative, number_tuple, printable

__all__ = ["Shape", "Shaped", "background_shares"]

_UNIFORM: Final = "uniform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The shape of one background component, stated by the card.

    >>> Shape(label="neutrons", missing_fraction=(3, 1)).missing_fraction
    (3.0, 1.0)

    Raises
    ------
    InvalidValueError
        On construction: a number that is negative or not finite, or nothing but zeros.

    """

    label: str
    """Label of the component."""
    missing_fraction: Literal["uniform"] | Sequence[float] = ()
    """Relative numbers of events in the bins of missing fraction, or ``uniform``: in proportion to their widths."""
    track_energy: Sequence[float] = ()
    """Relative numbers of events in the bins of the track's energy; in proportion to the tracks if not given."""

    def __post_init__(self) -> None:
        if not printable("label", self.label).strip():
            raise InvalidValueError("label: is empty; give the label of a background component")
        for name in ("missing_fraction", "track_energy"):
            given = getattr(self, name)
            if name == "missing_fraction" and isinstance(given, str) and given == _UNIFORM:
                continue
            numbers = number_tuple(name, given)
            for number in numbers:
                non_negative(name, number)
            if numbers and not sum(numbers) > 0.0:
                raise InvalidValueError(f"{name} = {list(numbers)}: all are 0; give relative numbers of events")
            object.__setattr__(self, name, numbers)

    def check(self, fractions: int, energies: int) -> None:
        """Compare with the number of bins along both axes.

        Raises
        ------
        InvalidValueError
            Numbers for more or fewer bins.

        """
        for name, bins in (("missing_fraction", fractions), ("track_energy", energies)):
            given = getattr(self, name)
            if given and given != _UNIFORM and len(given) != bins:
                raise InvalidValueError(
                    f"shapes: '{self.label}' has {len(given)} numbers for {bins} bins of {name}; give one a bin"
                )


@runtime_checkable
class Shaped(Protocol):
    """Optional interface of a background component whose spectrum in the missing fraction is known."""

    def fraction_shares(self, exposure: Exposure, edges: FloatArray) -> FloatArray:
        """Relative numbers of events between ascending ``edges`` of the missing fraction, shape (bins,)."""
        ...


def background_shares(
    label: str,
    component: object,
    shape: Shape | None,
    *,
    exposure: Exposure,
    fractions: Sequence[float],
    tracks: FloatArray,
) -> tuple[float, ...]:
    """Share of a component in every bin, the energy running fastest; they sum to 1.

    ``fractions`` are the edges in missing fraction, empty for one bin, and ``tracks`` the shares of the tracks in the
    bins of energy.

    Raises
    ------
    InvalidValueError
        The shape in missing fraction is not known.

    """
    rows = _along_fraction(label, component, shape, exposure, np.array(fractions, dtype=np.float64))
    columns = np.array(shape.track_energy) if shape is not None and shape.track_energy else tracks
    shares = np.outer(rows / rows.sum(), columns / columns.sum()).ravel()
    return tuple((shares / shares.sum()).tolist())


def _along_fraction(
    label: str, component: object, shape: Shape | None, exposure: Exposure, edges: FloatArray
) -> FloatArray:
    if len(edges) < 3:
        return np.ones(1)
    if shape is not None and shape.missing_fraction:
        return np.diff(edges) if shape.missing_fraction == _UNIFORM else np.array(shape.missing_fraction)
    if isinstance(component, Shaped):
        return component.fraction_shares(exposure, edges)
    raise InvalidValueError(
        f"bins: how background '{label}' is shared among the {len(edges) - 1} bins of missing_fraction is not known; "
        f"give bins.shapes [{{label: {label}, missing_fraction: [...]}}], one number a bin, or uniform"
    )
