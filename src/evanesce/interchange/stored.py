"""Limits from files that this package wrote: netCDF, Zarr, and the stores of scans."""

from __future__ import annotations

import json
import os
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from evanesce.errors import DataFileError, InvalidValueError, on_one_line, shortened
from evanesce.inputs import STORE_BYTES, check_regular
from evanesce.interchange.limit_table import LimitTable
from evanesce.limits import LimitCurve, Outcome, from_dataset
from evanesce.scans import OPTIONS, is_scan, open_scan

__all__ = ["STORED", "read_limits"]

STORED: Final = (".nc", ".zarr")
"""Suffixes of files that hold limits with everything about them."""
_DAMAGED: Final = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
    ArithmeticError,
    AssertionError,
    MemoryError,
)
"""What the libraries raise for a file in which any byte may be wrong, as the size of an array."""


def read_limits(path: str | os.PathLike[str]) -> LimitCurve:
    """Read limits from a netCDF file, a Zarr store or the store of a scan.

    Raises
    ------
    DataFileError
        The file cannot be read, or does not hold limits of this package.
    MissingExtraError
        A store without zarr installed.

    """
    where = Path(path)
    try:
        if is_scan(where):
            curve = _of_scan(open_scan(where, verify=True))
        else:
            if not where.is_dir():
                check_regular(where, STORE_BYTES)
            with _opened(where) as dataset:
                _check_whole(dataset, where)
                curve = from_dataset(dataset)
    except InvalidValueError:
        raise DataFileError(f"'{where}': does not hold limits of evanesce") from None
    except _DAMAGED as error:
        if isinstance(error, DataFileError):
            raise
        raise DataFileError(
            f"'{where}': cannot be read as limits, it may be damaged or cut off ({_reason(error)}); write it again"
        ) from None
    try:
        LimitTable.of(curve)
    except (InvalidValueError, *_DAMAGED) as error:
        raise DataFileError(f"'{where}': does not hold limits of evanesce ({_reason(error)})") from None
    return curve


def _check_whole(dataset: Any, where: Path) -> None:
    """Raise for the store of a scan that lost its journal: nothing says which of its points are computed."""
    if OPTIONS in dataset.attrs and "unfinished" not in dataset.attrs:
        raise DataFileError(f"'{where}': is the store of a scan without its journal; make the scan again")


def _reason(error: BaseException) -> str:
    """The beginning of what a library says, on one line; its kind where it says a few bytes of the file."""
    said = on_one_line(str(error).partition(". ")[0])
    return shortened(said) if said and not said.startswith("b'") else type(error).__name__


def _of_scan(dataset: Any) -> LimitCurve:
    """The curve of a scan, whose notes say if it is not finished or if points failed."""
    curve = from_dataset(dataset)
    failures = json.loads(dataset.attrs["failures"])
    unfinished = int(dataset.attrs["unfinished"])
    notes = [f"{unfinished} of {curve.epsilon.size} points are not computed yet; continue the scan with resume"]
    notes = notes if unfinished else []
    if failures:
        notes.append(f"points failed: {failures[0]}" + (f" and {len(failures) - 1} more" if len(failures) > 1 else ""))
    known = curve.outcome != Outcome.NOT_COMPUTED  # values elsewhere may be half written
    return replace(
        curve,
        epsilon=np.where(known, curve.epsilon, np.inf),
        epsilon_error=np.where(known, curve.epsilon_error, np.inf),
        expected=np.where(known[..., None], curve.expected, np.inf),
        observed=None if curve.observed is None else np.where(known, curve.observed, np.inf),
        notes=(*notes, *curve.notes),
    )


def _opened(where: Path) -> Any:
    import xarray

    if where.is_dir():
        from evanesce.scans.store import require_zarr

        require_zarr()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of members that are damaged; they are missed below
            return xarray.open_zarr(where, consolidated=False, chunks=None)
    return xarray.open_dataset(where)
