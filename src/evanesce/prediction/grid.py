"""Grid of masses and mediator parameters, in all combinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.errors import InvalidValueError
from evanesce.mediators import Mediator, with_parameters
from evanesce.numerics import Estimate
from evanesce.validation import FloatArray, positive_array

__all__ = ["LARGEST_MASS", "SMALLEST_MASS", "Grid"]

LARGEST_MASS: Final[float] = 1e6
"""In GeV."""
SMALLEST_MASS: Final[float] = 1e-9
_PLAIN: Final[dict[str, float]] = {"alpha_d": 1e-3, "mass_ratio": 3.0}
"""Mediator parameters for yields that do not depend on them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Axes in the order alpha_d, mass_ratio, mass; a parameter given as one number makes no axis."""

    mediator: Mediator
    """Mediator with the parameters as given: numbers, or the values of an axis."""
    axes: dict[str, FloatArray]
    """``alpha_d``, ``mass_ratio`` and ``mass`` (GeV), each a number or 1-D."""

    @classmethod
    def of(cls, mediator: Mediator, mass: npt.ArrayLike) -> Grid:
        """Return the grid of checked masses and parameters.

        Raises
        ------
        InvalidValueError
            A mass that is not positive or is out of range, or an axis with more than one dimension.

        """
        axes = {
            "alpha_d": positive_array("alpha_d", mediator.alpha_d),
            "mass_ratio": positive_array("mass_ratio", mediator.mass_ratio),
            "mass": positive_array("mass", mass),
        }
        for name, axis in axes.items():
            if axis.ndim > 1:
                raise InvalidValueError(f"{name}: has {axis.ndim} dimensions; give one number or a list of numbers")
        masses = axes["mass"]
        for m in (float(masses.min()), float(masses.max())):
            if not SMALLEST_MASS <= m <= LARGEST_MASS:
                raise InvalidValueError(
                    f"mass = {m:g} GeV: must lie between {SMALLEST_MASS:g} and {LARGEST_MASS:g} GeV"
                )
        return cls(mediator=mediator, axes=axes)

    @property
    def coordinates(self) -> dict[str, FloatArray]:
        """Values by name: the axes in order, and the parameters given as one number."""
        return {name: axis for name, axis in self.axes.items() if axis.ndim or name == "mass"}

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the axes, in the order of every result."""
        return tuple(name for name, axis in self.axes.items() if axis.ndim)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values along each axis."""
        return tuple(len(axis) for axis in self.axes.values() if axis.ndim)

    @property
    def size(self) -> int:
        """Number of points."""
        return int(np.prod(self.shape, dtype=np.int64))

    def reduced(self, names: frozenset[str]) -> Grid:
        """The same masses, with every parameter that is not in ``names`` at one fixed value."""
        axes = {
            name: axis if name in names or name == "mass" else np.asarray(_PLAIN[name])
            for name, axis in self.axes.items()
        }
        return Grid(mediator=self.mediator, axes=axes)

    def points(self) -> tuple[Mediator, FloatArray]:
        """Mediator with parameters as numbers or columns (points, 1), and masses (points,), at all points."""
        wide = [name for name, axis in self.axes.items() if axis.ndim]
        full = dict(zip(wide, np.meshgrid(*(self.axes[name] for name in wide), indexing="ij"), strict=True))
        columns: dict[str, Any] = {
            name: full[name].reshape(-1, 1) if name in full else float(self.axes[name])
            for name in ("alpha_d", "mass_ratio")
        }
        mass = full["mass"].ravel() if "mass" in full else np.full(self.size, float(self.axes["mass"]))
        return with_parameters(self.mediator, **columns), mass

    def spread(self, estimate: Estimate, names: frozenset[str]) -> Estimate:
        """Repeat values on the points of :meth:`reduced`, shape (points, bins), over the grid: (*shape, bins)."""
        own = [name for name in self.dims if name in names or name == "mass"]
        bins = estimate.value.shape[-1:]
        narrow = tuple(len(self.axes[name]) if name in own else 1 for name in self.dims)

        def over(values: FloatArray) -> FloatArray:
            return np.broadcast_to(values.reshape(*narrow, *bins), (*self.shape, *bins))

        return Estimate(over(estimate.value), over(estimate.error))
