"""Limits as a labelled dataset: codes with CF meanings, provenance as one JSON text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.errors import InvalidValueError
from evanesce.limits.curve import LimitCurve
from evanesce.limits.outcomes import Caution, Outcome, caution_text, outcome_text
from evanesce.representation import percent
from evanesce.validation import FloatArray

if TYPE_CHECKING:
    import xarray

__all__ = ["explain", "from_dataset", "to_dataset"]

_COORDINATES = {
    "mass": {"long_name": "mass of the mediator", "units": "GeV"},
    "alpha_d": {"long_name": "g_chi^2/4 pi", "units": "1"},
    "mass_ratio": {"long_name": "mass of the mediator over that of dark matter", "units": "1"},
    "sigma": {"long_name": "standard deviations of the expected limit", "units": "1"},
}

_CHANGE: Final = "relative change of epsilon with "


def to_dataset(curve: LimitCurve) -> xarray.Dataset:
    """Return the curve as a dataset; every variable and attribute can be written to netCDF and Zarr."""
    import xarray

    dims = curve.dims
    level = f"{percent(curve.provenance['confidence_level'])}% CL"
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
        option, _, value = change.partition("=")
        name = f"theory_{option}"
        if name in variables:  # two alternatives to one option
            name = f"{name}_{value.replace('-', '_')}"
        variables[name] = (dims, values, {"long_name": f"{_CHANGE}{change}", "units": "1"})
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


def from_dataset(dataset: xarray.Dataset) -> LimitCurve:
    """Return the curve of a dataset of limits or of a scan; all its values are read.

    Raises
    ------
    InvalidValueError
        A dataset that does not come from :func:`evanesce.limit` or :func:`evanesce.scan`.

    """
    provenance = _provenance(dataset)
    context = provenance.pop("context")
    epsilon = dataset["epsilon"]
    dims = tuple(map(str, epsilon.dims))

    def values(name: str) -> FloatArray:
        return np.asarray(dataset[name].values, dtype=np.float64)

    yields = [str(name)[6:] for name in dataset if f"{name}_error" in dataset and str(name).startswith("yield_")]
    theory = [str(name) for name in dataset if str(name).startswith("theory_")]
    limit = provenance["signal_limit"]
    blank = np.full((*epsilon.shape, 5), np.nan)
    if "epsilon_expected" not in dataset and "epsilon_observed" not in dataset:
        blank[..., 2] = values("epsilon")
    return LimitCurve(
        dims=dims,
        coordinates={name: values(name) for name in (*(d for d in dims if d != "mass"), "mass")},
        epsilon=values("epsilon"),
        epsilon_error=values("epsilon_error"),
        statistical_error=values("epsilon_statistical_error") if "epsilon_statistical_error" in dataset else None,
        expected=values("epsilon_expected") if "epsilon_expected" in dataset else blank,
        observed=values("epsilon_observed") if "epsilon_observed" in dataset else None,
        yields={name: values(f"yield_{name}") for name in yields},
        yield_errors={name: values(f"yield_{name}_error") for name in yields},
        outcome=np.asarray(dataset["outcome"].values, dtype=np.int8),
        caution=np.asarray(dataset["caution"].values, dtype=np.int8),
        visible_width=values("visible_width"),
        theory={str(dataset[name].attrs["long_name"]).removeprefix(_CHANGE): values(name) for name in theory},
        signal_limit=float("nan") if limit is None else float(limit),
        notes=tuple(note for note in str(dataset.attrs.get("notes", "")).split("\n") if note),
        context=context,
        provenance=provenance,
    )


def _provenance(dataset: xarray.Dataset) -> dict[str, Any]:
    """How a dataset of limits was made.

    Raises
    ------
    InvalidValueError
        It does not come from this package.

    """
    variables, attributes = getattr(dataset, "variables", ()), getattr(dataset, "attrs", {})
    try:
        found: Any = json.loads(attributes["provenance"])
    except (KeyError, TypeError, ValueError, RecursionError):
        found = None
    needed = {"epsilon", "mass", "outcome", "caution", "visible_width"}
    if not (isinstance(found, dict) and "context" in found and needed <= set(variables)):
        raise InvalidValueError("dataset: must come from evanesce.limit, directly or through a file")
    return found


def explain(dataset: xarray.Dataset) -> npt.NDArray[np.object_]:
    r"""Sentence for each point of a dataset of limits: why there is no limit, or a caution; None otherwise.

    Raises
    ------
    InvalidValueError
        A dataset that does not come from :func:`evanesce.limit`.

    Examples
    --------
    >>> import evanesce as ev
    >>> curve = ev.limit("na64-2019-published", ev.DarkPhoton(), [0.0667, 1.5], physics="published", theory=False)
    >>> print(*ev.explain(curve), sep="\n")
    None
    mass 1.5 GeV lies outside the published curve 'na64-2019' that fixes the bremsstrahlung yield

    """
    context = _provenance(dataset)["context"]
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
