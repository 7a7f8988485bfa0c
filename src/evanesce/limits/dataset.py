"""Limits as a labelled dataset: codes with CF meanings, provenance as one JSON text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evanesce.errors import InvalidValueError
from evanesce.limits.outcomes import Caution, Outcome, caution_text, outcome_text

if TYPE_CHECKING:
    import xarray

    from evanesce.limits.curve import LimitCurve

__all__ = ["explain", "to_dataset"]

_COORDINATES = {
    "mass": {"long_name": "mass of the mediator", "units": "GeV"},
    "alpha_d": {"long_name": "g_chi^2/4 pi", "units": "1"},
    "mass_ratio": {"long_name": "mass of the mediator over that of dark matter", "units": "1"},
    "sigma": {"long_name": "standard deviations of the expected limit", "units": "1"},
}


def to_dataset(curve: LimitCurve) -> xarray.Dataset:
    """Return the curve as a dataset; every variable and attribute can be written to netCDF and Zarr."""
    import xarray

    dims = curve.dims
    level = f"{curve.provenance['confidence_level']:.0%} CL"
    variables: dict[str, tuple[Any, ...]] = {
        "epsilon": (dims, curve.epsilon, {"long_name": f"{level} limit on epsilon", "units": "1"}),
        "epsilon_error": (dims, curve.epsilon_error, {"long_name": "numerical error of epsilon", "units": "1"}),
        "y": (
            dims,
            curve.thermal_y,
            {"long_name": f"{level} limit on y = epsilon^2 alpha_d mass_ratio^-4", "units": "1"},
        ),
        "outcome": (
            dims,
            curve.outcome,
            {
                "long_name": "whether there is a limit, and if not why",
                "flag_values": np.array([code.value for code in Outcome], dtype=np.int8),
                "flag_meanings": " ".join(code.meaning for code in Outcome),
            },
        ),
        "caution": (
            dims,
            curve.caution,
            {
                "long_name": "cautions at the point",
                "flag_masks": np.array([flag.value for flag in Caution], dtype=np.int8),
                "flag_meanings": " ".join(flag.meaning for flag in Caution),
            },
        ),
        "visible_width": (
            dims,
            curve.visible_width,
            {"long_name": "width to e+e- at the limit over the invisible width", "units": "1"},
        ),
    }
    coordinates: dict[str, Any] = dict(curve.coordinates)
    if curve.statistical_error is not None:
        what = {"long_name": "error of epsilon from the statistics of the source", "units": "1"}
        variables["epsilon_statistical_error"] = (dims, curve.statistical_error, what)
    if curve.observed is not None:
        what = {"long_name": f"observed {level} limit on epsilon", "units": "1"}
        variables["epsilon_observed"] = (dims, curve.observed, what)
    if curve.has_bands:
        coordinates["sigma"] = np.arange(-2, 3)
        variables["epsilon_expected"] = (
            (*dims, "sigma"),
            curve.expected,
            {"long_name": f"expected {level} limits on epsilon", "units": "1"},
        )
    for name, values in curve.yields.items():
        variables[f"yield_{name}"] = (dims, values, {"long_name": f"{name} events at epsilon = 1", "units": "1"})
        variables[f"yield_{name}_error"] = (dims, curve.yield_errors[name], {"long_name": "numerical error"})
    for change, values in curve.theory.items():
        what = {"long_name": f"relative change of epsilon with {change}", "units": "1"}
        variables[f"theory_{change.partition('=')[0]}"] = (dims, values, what)
    dataset = xarray.Dataset(variables, coords=coordinates)
    for name, about in _COORDINATES.items():
        if name in dataset.coords:
            dataset[name].attrs.update(about)
    dataset.attrs = {
        "Conventions": "CF-1.11",
        "title": f"{level} limits on the coupling of a {curve.provenance['mediator']}",
        "provenance": json.dumps({**curve.provenance, "context": curve.context}, allow_nan=False),
        "notes": "\n".join(curve.notes),
    }
    return dataset


def explain(dataset: xarray.Dataset) -> npt.NDArray[np.object_]:
    """Sentence for each point of a dataset of limits: why there is no limit, or a caution; None otherwise.

    Raises
    ------
    InvalidValueError
        A dataset that does not come from :func:`evanesce.limit`.

    """
    variables, attributes = getattr(dataset, "variables", ()), getattr(dataset, "attrs", ())
    if not {"outcome", "caution", "visible_width"} <= set(variables) or "provenance" not in attributes:
        raise InvalidValueError("dataset: must come from evanesce.limit, directly or through a file")
    context = json.loads(dataset.attrs["provenance"])["context"]
    shape = dataset["outcome"].shape
    found = np.full(shape, None, dtype=object)
    masses = np.broadcast_to(dataset["mass"].values, shape)
    outcome, caution, visible = (dataset[name].values for name in ("outcome", "caution", "visible_width"))
    epsilon = dataset["epsilon"].values
    error = dataset.get("epsilon_statistical_error", dataset["epsilon"]).values
    for i in np.flatnonzero((outcome != Outcome.LIMIT) | (caution != 0)):
        why = outcome_text(Outcome(int(outcome.flat[i])), float(masses.flat[i]), context)
        if why is None:
            share = float(error.flat[i] / epsilon.flat[i])
            why = caution_text(Caution(int(caution.flat[i])), float(visible.flat[i]), share, context)
        found.flat[i] = why
    return found
