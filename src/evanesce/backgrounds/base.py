"""The interface of a background component, its input, and the sum of components."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Protocol

from evanesce.backgrounds.uncertainty import Uncertainty, correlated_error, quadratic_sum
from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.registry import Registry
from evanesce.representation import html_table, summary
from evanesce.validation import fraction, non_negative, positive

__all__ = ["BACKGROUNDS", "Background", "BackgroundEstimate", "Budget", "Exposure", "budget", "stated_error"]

_ROUNDING: Final[float] = 1e-9
_NUMERICAL: Final[float] = 1e-9
"""A smaller relative error is only the numerical error of an integral."""


def stated_error(expected: float, error: float) -> float | None:
    """Return the error of a number of events, or None if it is only numerical: nobody stated one.

    >>> stated_error(12.8, 1e-14), stated_error(81.0, 21.6)
    (None, 21.6)
    """
    return error if error > _NUMERICAL * expected else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The data set for which a background is estimated.

    Raises
    ------
    InvalidValueError
        On construction: a number outside its range.

    """

    tracks: float
    """Number of tracks that enter the calorimeter."""
    luminosity: float | None = None
    """Integrated luminosity in ab⁻¹; None at a beam."""
    material: Material
    """Material of the calorimeter."""
    thickness: float
    """Thickness of the calorimeter in X0."""
    missing_fraction: float
    """The selection: more than this fraction of the track's energy is missing."""
    efficiency: float = 1.0
    """Probability that a track is reconstructed and the event recorded, common to every component."""

    def __post_init__(self) -> None:
        positive("tracks", self.tracks)
        if self.luminosity is not None:
            positive("luminosity", self.luminosity)
        positive("thickness", self.thickness)
        fraction("missing_fraction", self.missing_fraction, one_allowed=False)
        fraction("efficiency", self.efficiency)

    @property
    def recorded_tracks(self) -> float:
        """Tracks that are reconstructed and recorded."""
        return self.tracks * self.efficiency


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundEstimate:
    """Expected number of events of one component, with its error and all inputs."""

    name: str
    """Label of the component."""
    expected: float
    """Expected number of events."""
    error: float
    """Uncertainty in events: the quadratic sum of ``uncertainties``, where they are given."""
    source: str
    """Reference of the numbers."""
    inputs: dict[str, Any] = field(hash=False)
    """Plain data: every number of the estimate and its intermediate results."""
    shares: tuple[float, ...] = (1.0,)
    """Share of each bin of the channel, with sum 1."""
    upper_limit: bool = False
    """``expected`` is an upper limit; anything down to zero is possible."""
    uncertainties: tuple[Uncertainty, ...] = ()
    """Sources of the error, each with the nuisance parameter that describes it."""

    def __post_init__(self) -> None:
        non_negative("expected", self.expected)
        non_negative("error", self.error)
        parts = quadratic_sum(self.uncertainties)
        if self.uncertainties and not math.isclose(self.error, parts, rel_tol=_ROUNDING):
            raise InvalidValueError(
                f"error = {self.error:g}: must be the quadratic sum of the uncertainties of '{self.name}', {parts:g}"
            )

    @property
    def poisson_error(self) -> float:
        """Statistical fluctuation of the number of events in the data, √expected."""
        return math.sqrt(self.expected)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        data = asdict(self) | {"poisson_error": self.poisson_error}
        return {name: value for name, value in data.items() if name != "shares" or len(value) > 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """All components and their sum."""

    components: tuple[BackgroundEstimate, ...]
    total: float
    """Sum over all components, upper limits included."""
    total_error: float
    """Errors of the components in quadrature; those by one named nuisance parameter add linearly."""

    @classmethod
    def of(cls, estimates: Iterable[BackgroundEstimate]) -> Budget:
        """Sum estimates."""
        parts = tuple(estimates)
        return cls(
            components=parts,
            total=math.fsum(part.expected for part in parts),
            total_error=correlated_error(
                part.uncertainties or (Uncertainty(source="error", events=part.error),) for part in parts
            ),
        )

    def __repr__(self) -> str:
        return summary("Budget of background events", self.facts())

    def _repr_html_(self) -> str:
        return html_table("Budget of background events", self.facts())

    def facts(self) -> list[tuple[str, object]]:
        """Events by component and their sum, for printing."""
        parts = [
            (part.name, f"{_with_error(part.expected, part.error)}{', upper limit' if part.upper_limit else ''}")
            for part in self.components
        ]
        total = f"{_with_error(self.total, self.total_error)}, and ± {self.poisson_error:.2g} Poisson"
        return [*parts, ("total", total)]

    @property
    def poisson_error(self) -> float:
        """Statistical fluctuation of the number of events in the data, √total."""
        return math.sqrt(self.total)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "components": [component.as_dict() for component in self.components],
            "total": self.total,
            "total_error": self.total_error,
            "total_poisson_error": self.poisson_error,
        }


def _with_error(expected: float, error: float) -> str:
    stated = stated_error(expected, error)
    return f"{expected:.5g}" if stated is None else f"{expected:.5g} ± {stated:.2g}"


class Background(Protocol):
    """A component of the background: a frozen object whose fields come from a card."""

    @property
    def label(self) -> str:
        """Name of the component in a budget."""
        ...

    def estimate(self, exposure: Exposure) -> BackgroundEstimate:
        """Estimate the component for ``exposure``."""
        ...


BACKGROUNDS: Final[Registry[Background]] = Registry(
    "background", "evanesce.backgrounds", plug_ins="backgrounds", interface=Background
)


def budget(components: Iterable[Background], exposure: Exposure) -> Budget:
    """Estimate every component and their sum.

    Errors are added in quadrature, except those that components share by name: they change together.

    >>> from evanesce.backgrounds import Photons
    >>> from evanesce.materials import material
    >>> exposure = Exposure(tracks=6e11, material=material("CsI"), thickness=16, missing_fraction=0.95)
    >>> photons = Photons(veto_efficiency=4.5e-4, reference="arXiv:0808.0017")
    >>> round(budget([photons], exposure).total, 1)
    12.8
    """
    return Budget.of(component.estimate(exposure) for component in components)
