"""Limits from the JSON of ``evanesce limit --json``."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from evanesce.errors import DataFileError
from evanesce.inputs import STORE_BYTES, read_text
from evanesce.interchange.limit_table import CONVENTIONS, LimitTable
from evanesce.statistics import BANDS
from evanesce.validation import FloatArray

__all__ = ["read_json"]


def read_json(path: str | os.PathLike[str]) -> LimitTable:
    """Read limits from JSON that ``evanesce limit`` or ``evanesce export json`` wrote.

    Raises
    ------
    DataFileError
        The file cannot be read, or was not written by this package.

    """
    try:
        data: dict[str, Any] = json.loads(read_text(path, STORE_BYTES, expected=", give limits as JSON"))
        return _table(data)
    except (AttributeError, KeyError, ValueError, TypeError, RecursionError) as error:
        raise DataFileError(f"{os.fspath(path)}: is not JSON of limits that evanesce wrote ({error})") from None


def _table(data: dict[str, Any]) -> LimitTable:
    given = {**data.get("axes", {}), "alpha_d": data["alpha_d"], "mass_ratio": data["mass_ratio"]}
    axes = {name: np.asarray(values, dtype=np.float64) for name, values in given.items()}
    axes["mass"] = np.asarray(data["mass_gev"], dtype=np.float64)
    full = np.meshgrid(*(np.atleast_1d(axis) for axis in axes.values()), indexing="ij")
    kept = ("experiment", "mediator", "dark_matter", "physics", "criterion", "confidence_level", "method", "background")
    more = ("alpha_d", "mass_ratio", "evanesce_version", "notes")
    about = {**{name: data[name] for name in (*kept, *more)}, "cards": data.get("cards", [data["card"]])}
    return LimitTable(
        axes=tuple(name for name, axis in axes.items() if axis.ndim or name == "mass"),
        points={name: grid.ravel() for name, grid in zip(axes, full, strict=True)},
        epsilon=_numbers(data["epsilon"]),
        epsilon_error=_numbers(data["epsilon_error"]),
        observed=_numbers(data["observed_epsilon"]) if "observed_epsilon" in data else None,
        expected={band: _numbers(data["expected"][str(band)]) for band in BANDS} if "expected" in data else {},
        about={**about, "conventions": CONVENTIONS},
    )


def _numbers(values: Any) -> FloatArray:
    """Numbers of shape (points,); null, which stands where there is no limit, becomes inf."""
    found = np.asarray(values, dtype=np.float64).ravel()
    return np.where(np.isnan(found), np.inf, found)
