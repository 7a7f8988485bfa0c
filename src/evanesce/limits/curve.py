"""Limits on a grid, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evanesce.limits.outcomes import Caution, Outcome, caution_text, outcome_text
from evanesce.representation import Facts, html_table, summary
from evanesce.validation import FloatArray

if TYPE_CHECKING:
    import xarray

__all__ = ["LimitCurve"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LimitCurve:
    """Limits on a grid; every array has the shape of the grid, its axes named in ``dims``."""

    dims: tuple[str, ...]
    """Axes of the grid: ``alpha_d``, ``mass_ratio`` and ``mass`` where more than one value was given, in this order;
    before them those that a scan has over fields of a card."""
    coordinates: dict[str, FloatArray]
    """Values along each axis; masses in GeV, a number where one mass was given."""
    epsilon: FloatArray
    """Excluded coupling ε, inf where no signal is possible."""
    epsilon_error: FloatArray
    """Numerical error estimate of ε (absolute), inf where no signal is possible."""
    statistical_error: FloatArray | None
    """Error of ε from the statistics of the source's events (absolute); None unless the source is a list of events."""
    expected: FloatArray
    """Expected limits at -2 ... +2 standard deviations, shape ``(*grid, 5)``; NaN if only the median is known."""
    observed: FloatArray | None
    """Limit from the observed counts; None without counts, or if the criterion ignores them."""
    yields: dict[str, FloatArray]
    """Signal events at ε = 1, by process."""
    yield_errors: dict[str, FloatArray]
    """Numerical error estimates of the yields (absolute)."""
    outcome: npt.NDArray[np.int8]
    """:class:`Outcome` of each point."""
    caution: npt.NDArray[np.int8]
    """:class:`Caution` flags of each point."""
    visible_width: FloatArray
    """Γ(e⁺e⁻) at the limit over the invisible width; NaN without a limit."""
    theory: dict[str, FloatArray]
    """Relative change of ε with one refinement of the physics taken back, by option; NaN without a limit."""
    signal_limit: float
    """Number of signal events that the criterion excludes; NaN if it differs between points."""
    notes: tuple[str, ...]
    """What was done differently from the card, and warnings about background or criterion."""
    context: dict[str, Any]
    """Values that appear in the sentences about single points."""
    provenance: dict[str, Any]
    """Package version, experiment card, mediator, physics options, criterion and background."""

    @property
    def reason(self) -> npt.NDArray[np.object_]:
        """Why there is no limit, in one line, or None; shape of the grid."""
        return self._texts(lambda i, mass: outcome_text(Outcome(int(self.outcome.flat[i])), mass, self.context))

    @property
    def warning(self) -> npt.NDArray[np.object_]:
        """Caution at each point in one line, or None; shape of the grid."""
        statistical = self.epsilon if self.statistical_error is None else self.statistical_error

        def text(i: int, mass: float) -> str | None:
            del mass
            visible, share = float(self.visible_width.flat[i]), float(statistical.flat[i] / self.epsilon.flat[i])
            return caution_text(Caution(int(self.caution.flat[i])), visible, share, self.context)

        return self._texts(text, self.caution != 0)

    @property
    def outcome_names(self) -> npt.NDArray[np.object_]:
        """Name of the outcome at each point; shape of the grid."""
        names = np.array([code.meaning for code in Outcome], dtype=object)
        found: npt.NDArray[np.object_] = names[self.outcome]
        return found

    @property
    def thermal_y(self) -> FloatArray:
        """Y = ε² α_D (m_χ/m)⁴ at the limit, shape of the grid; the variable of thermal relic targets."""
        points = self.points()
        scale = points["alpha_d"] * points["mass_ratio"] ** -4.0
        return np.square(self.epsilon) * scale.reshape(self.epsilon.shape)

    @property
    def has_bands(self) -> bool:
        """Whether the expected limits at ±1 and ±2 standard deviations are known."""
        return bool(np.isfinite(self.expected[..., [0, 1, 3, 4]]).any())

    @property
    def total_yield(self) -> FloatArray:
        """Signal events at ε = 1 of all processes, shape of the grid."""
        return np.asarray(np.sum(list(self.yields.values()), axis=0))

    def events(self, epsilon: FloatArray) -> FloatArray:
        """Signal events of all bins at ``epsilon``, shape of the grid; NaN where there is no limit."""
        possible = np.isfinite(epsilon)
        return np.where(possible, np.square(np.where(possible, epsilon, 0.0)) * self.total_yield, np.nan)

    def points(self) -> dict[str, FloatArray]:
        """``alpha_d``, ``mass_ratio``, ``mass`` and any other axis at all points, flattened to shape (points,) each."""
        given = {name: self.coordinates.get(name, self.provenance.get(name)) for name in ("alpha_d", "mass_ratio")}
        others = {name: self.coordinates[name] for name in self.dims if name not in (*given, "mass")}
        axes = {name: np.asarray(axis, dtype=np.float64) for name, axis in (others | given).items()} | {
            "mass": self.coordinates["mass"]
        }
        full = np.meshgrid(*(np.atleast_1d(axis) for axis in axes.values()), indexing="ij")
        return {name: values.ravel() for name, values in zip(axes, full, strict=True)}

    def facts(self) -> Facts:
        """Names and values for printing."""
        made = self.provenance
        finite = self.epsilon[np.isfinite(self.epsilon)]
        points = self.points()
        yield "experiment", ", ".join(card["name"] for card in made.get("experiments", [made["experiment"]]))
        yield "mediator", made["mediator"]
        yield "physics", made["physics"]["preset"]
        yield from ((f"{name}{' [GeV]' if name == 'mass' else ''}", tuple(np.unique(points[name]))) for name in points)
        excluded = "" if np.isnan(self.signal_limit) else f", {self.signal_limit:.4g} signal events excluded"
        yield "criterion", f"{made['criterion']} ({made['method']}){excluded}"
        yield "background", made["background"]
        yield "limits", f"{finite.size} of {self.epsilon.size}"
        if finite.size:
            best = int(np.argmin(self.epsilon))
            yield "best ε", f"{self.epsilon.flat[best]:.4g} at {points['mass'][best]:.4g} GeV"
        yield from (("note", note) for note in self.notes)

    def __repr__(self) -> str:
        return summary("LimitCurve", self.facts())

    def _repr_html_(self) -> str:
        return html_table("LimitCurve", self.facts())

    def to_dataset(self) -> xarray.Dataset:
        """Convert to a labelled dataset that can be written to netCDF and Zarr."""
        from evanesce.limits.dataset import to_dataset

        return to_dataset(self)

    def _texts(self, text: Any, where: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.object_]:
        found = np.full(self.outcome.shape, None, dtype=object)
        masses = np.broadcast_to(self.coordinates["mass"], self.outcome.shape)
        for i in np.flatnonzero(self.outcome != Outcome.LIMIT if where is None else where):
            found.flat[i] = text(int(i), float(masses.flat[i]))
        return found
