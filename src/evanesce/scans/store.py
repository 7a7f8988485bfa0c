"""A scan in a Zarr store: one process writes it, and every chunk of the scan is one chunk of each of its arrays."""

from __future__ import annotations

import contextlib
import errno
import itertools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.errors import DataFileError, InvalidValueError, MissingExtraError, install, on_one_line, shortened
from evanesce.limits import LimitCurve, Outcome
from evanesce.scans.journal import Entry, Journal
from evanesce.scans.plan import Chunk, Plan
from evanesce.scans.work import Computed, Layout, Variable, checksum
from evanesce.scratch import scratch_folder

__all__ = [
    "OPTIONS",
    "Store",
    "beyond_repair",
    "check_axes",
    "check_place",
    "check_values",
    "create",
    "is_scan",
    "layout_of",
    "options_of",
    "require_zarr",
]

OPTIONS: Final = "scan"
"""Attribute of the store with all options, as JSON."""
_SUFFIX: Final = ".zarr"
_SHOWN: Final = 3
"""Differences that a message names."""


def require_zarr() -> None:
    """Raise unless Zarr is installed.

    Raises
    ------
    MissingExtraError
        It is not.

    """
    try:
        import zarr  # noqa: F401
    except ImportError:
        raise MissingExtraError(f"a scan is stored with zarr, which is not installed: {install('scan')}") from None


def check_place(path: Path, *, resume: bool) -> bool:
    """Check, before the computation, where a store is to be written; whether there is one to continue.

    Raises
    ------
    InvalidValueError
        A name without the suffix ``.zarr``.
    DataFileError
        A folder that does not exist or cannot be written to, something else of this name, or a store that exists
        without ``resume``.

    """
    if path.suffix != _SUFFIX:
        raise InvalidValueError(f"output '{path}': the name of a store must end in {_SUFFIX}, as scan{_SUFFIX}")
    if not path.parent.is_dir():
        raise DataFileError(f"cannot write '{path}': there is no folder '{path.parent}'")
    if not os.path.lexists(path):
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise DataFileError(f"cannot write '{path}': the folder '{path.parent}' is write-protected")
        return False
    if not Journal(path).exists:
        raise DataFileError(f"'{path}': exists and is not the store of a scan; name another")
    if not resume:
        raise DataFileError(f"store '{path}': exists; give resume to continue it, or name another")
    if not os.access(path, os.W_OK | os.X_OK):
        raise DataFileError(f"cannot write '{path}': it is write-protected")
    return True


def layout_of(curve: LimitCurve) -> Layout:
    """Return the variables of the dataset of a curve."""
    data = curve.to_dataset()
    return {
        str(name): Variable(
            dims=tuple(map(str, one.dims)), dtype=one.dtype.str, attrs={str(k): v for k, v in one.attrs.items()}
        )
        for name, one in data.data_vars.items()
    }


def create(path: Path, plan: Plan, layout: Layout, curve: LimitCurve) -> None:
    """Make a store without any chunk; it appears under its name when it is complete."""
    import xarray

    with _reported(path), scratch_folder(path.parent) as folder:
        staged = folder / path.name
        dataset = _empty(plan, layout, curve)
        chunks = dict(zip(plan.dims, plan.chunk_shape, strict=True))
        encoding: dict[Any, Any] = {
            name: {
                "chunks": tuple(chunks.get(str(dim), size) for dim, size in dataset[name].sizes.items()),
                "fill_value": _fill(name, variable),
            }
            for name, variable in layout.items()
        }
        written: xarray.Dataset = dataset
        written.to_zarr(staged, mode="w-", zarr_format=3, consolidated=False, encoding=encoding)
        Journal(staged).create()
        if os.path.lexists(path):
            raise DataFileError(f"store '{path}': another scan has just made it; name another")
        staged.rename(path)


def options_of(path: Path) -> dict[str, Any]:
    """Options of a store.

    Raises
    ------
    DataFileError
        It is not the store of a scan, or is damaged.

    """
    try:
        read: Any = json.loads((path / "zarr.json").read_text(encoding="utf-8"))
        found: Any = json.loads(read["attributes"][OPTIONS])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        found = None
    if not isinstance(found, dict) or not Journal(path).exists:
        raise DataFileError(f"'{path}': is not the store of a scan, or is damaged")
    return found


@contextmanager
def beyond_repair(path: Path) -> Iterator[None]:
    """Turn what the libraries raise for damaged descriptions and axes, which resume cannot mend, into one line."""
    try:
        yield
    except (DataFileError, MissingExtraError):
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise DataFileError(
            f"store '{path}': is damaged ({shortened(on_one_line(str(error)))}); make the scan again, in another store"
        ) from None


def check_axes(found: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """Compare the values along each axis of a store with those of its options.

    Raises
    ------
    ValueError
        They differ: results would be shown at other masses or couplings.

    """
    for name, values in found.items():
        wanted = options["axes"][name] if name in options["axes"] else options[name]
        if not np.array_equal(values, wanted):
            raise ValueError(f"the values of the axis {name} are not those of the scan")


def check_values(path: Path, names: Sequence[str], steps: Sequence[int], entries: Mapping[int, Entry]) -> None:
    """Compare the values of finished chunks, of shape ``steps``, with the hashes in the journal.

    Raises
    ------
    DataFileError
        Values are missing, unreadable or changed.

    """
    import zarr

    skip = len(options_of(path)["axes"])
    try:
        group: Any = zarr.open_group(path, mode="r", zarr_format=3)
        arrays = {name: group[name] for name in names}
        starts = [range(0, length, step) for length, step in zip(arrays["outcome"].shape, steps, strict=True)]
        for number, corner in enumerate(itertools.product(*starts)):
            place = tuple(slice(first, first + step) for first, step in zip(corner, steps, strict=True))
            if number in entries and _hash_of(arrays, place, skip) != entries[number].sha256:
                raise ValueError("values are not those that were computed")
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise DataFileError(
            f"store '{path}': is damaged ({on_one_line(str(error))}); continue the scan with resume"
        ) from None


def _hash_of(arrays: Mapping[str, Any], place: tuple[slice, ...], skip: int) -> str:
    """Hash of what is stored of a chunk, without the dimensions of the ``skip`` fields."""
    read = {name: np.asarray(array[place]) for name, array in arrays.items()}
    return checksum({name: values.reshape(values.shape[skip:]) for name, values in read.items()})


def is_scan(path: Path) -> bool:
    """Whether a path is the store of a scan, rather than another store or a file."""
    return path.is_dir() and Journal(path).exists


class Store:
    """An existing store, open for writing; a context manager."""

    def __init__(self, path: Path, plan: Plan, layout: Layout) -> None:
        self._path, self._plan, self._layout = path, plan, layout
        self._options = plan.digest
        self._journal = Journal(path)
        self._stack = contextlib.ExitStack()
        self._arrays: Mapping[str, Any] = {}

    def __enter__(self) -> Store:
        with contextlib.ExitStack() as stack:
            with _reported(self._path):
                stack.enter_context(self._journal.locked())
            self._check_options()
            import zarr

            with _reported(self._path), beyond_repair(self._path):
                group: Any = zarr.open_group(self._path, mode="r+", zarr_format=3)
                check_axes({name: np.asarray(group[name][:]) for name in self._plan.dims}, self._plan.described())
                self._arrays = {name: group[name] for name in self._layout}
                for name, array in self._arrays.items():
                    if array.shape[: len(self._plan.shape)] != self._plan.shape or array.dtype.str != (
                        self._layout[name].dtype
                    ):
                        raise ValueError(f"{name} is not an array of this scan")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def unfinished(self) -> list[Chunk]:
        """Chunks that are missing, half written or damaged; what an interrupted run left behind is removed."""
        chunks = self._plan.chunks()
        with _reported(self._path):
            self._sweep()
            entries = self._journal.entries(len(chunks))
            missing = []
            for chunk in chunks:
                entry = entries.get(chunk.number)
                if entry is None or entry.options != self._options or self._stored(chunk) != entry.sha256:
                    self._journal.remove(chunk.number)
                    missing.append(chunk)
        return missing

    def write(self, chunk: Chunk, computed: Computed) -> None:
        """Write a chunk, and then its entry in the journal.

        Raises
        ------
        DataFileError
            The disk is full, or the store cannot be written for another reason.

        """
        with _reported(self._path):
            for name, values in computed.values.items():
                self._arrays[name][self._place(chunk, name)] = values.reshape(
                    (*(1 for _ in self._plan.fields), *values.shape)
                )
            entry = Entry(options=self._options, sha256=checksum(computed.values), failures=computed.failures)
            self._journal.add(chunk.number, entry)

    def _stored(self, chunk: Chunk) -> str | None:
        """Hash of what the store has of a chunk, None where that cannot be read."""
        skip = len(self._plan.fields)
        try:
            values: dict[str, npt.NDArray[Any]] = {}
            for name, array in self._arrays.items():
                read = np.asarray(array[self._place(chunk, name)])
                values[name] = read.reshape(read.shape[skip:])
            return checksum(values)
        except (OSError, RuntimeError, ValueError, KeyError, TypeError):  # of a cut-off or overwritten file
            return None

    def _place(self, chunk: Chunk, name: str) -> tuple[slice, ...]:
        more = [slice(None)] if self._layout[name].dims[-1] == "sigma" else []
        return (*chunk.slices, *more)

    def _sweep(self) -> None:
        """Remove files of an interrupted run: Zarr renames a chunk when it is complete."""
        self._journal.sweep()
        for left in self._path.rglob("*.partial"):
            left.unlink(missing_ok=True)

    def _check_options(self) -> None:
        """Raise for a store of other options.

        Raises
        ------
        InvalidValueError
            The message names what differs.

        """
        there, wanted = options_of(self._path), json.loads(json.dumps(self._plan.described()))
        changed = list(_differences(there, wanted, ""))
        if not changed:
            return
        if [name for name, *_ in changed] == ["physics_sha256"]:
            what = "another state of the source code of the same version"
        else:
            follows = {"physics_sha256", "chunk_shape"} if len(changed) > 1 else set()
            named = [f"{n} = {_short(a)}, not {_short(b)}" for n, a, b in changed if n not in follows]
            what = "; ".join(named[:_SHOWN]) + (f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else "")
        raise InvalidValueError(
            f"store '{self._path}': was made with {what}; give the same options, or name another store"
        )


def _empty(plan: Plan, layout: Layout, curve: LimitCurve) -> Any:
    """A dataset of the shape of the scan whose values are the fill values; they take no memory."""
    import xarray

    one = curve.to_dataset()
    sizes = dict(zip(plan.dims, plan.shape, strict=True))
    own = tuple(axis.name for axis in plan.fields)
    data = {}
    for name, variable in layout.items():
        dims = (*own, *variable.dims)
        shape = tuple(sizes.get(dim, one.sizes.get(dim, 1)) for dim in dims)
        fill = np.array(_fill(name, variable), dtype=variable.dtype)
        data[name] = (dims, np.broadcast_to(fill, shape), dict(variable.attrs))
    coordinates: dict[str, Any] = dict(plan.coordinates)
    if "sigma" in one.coords:
        coordinates["sigma"] = one["sigma"].values
    dataset = xarray.Dataset(data, coords=coordinates)
    for coordinate in dataset.coords:
        if coordinate in one.coords:
            dataset[coordinate].attrs.update(one[coordinate].attrs)
    for axis in plan.fields:
        dataset[axis.name].attrs["long_name"] = f"{axis.of}: {axis.name}"
    made = {**json.loads(one.attrs["provenance"]), "axes": {axis.name: list(axis.values) for axis in plan.fields}}
    made |= {name: plan.axes[name].tolist() for name in ("alpha_d", "mass_ratio")}
    dataset.attrs = {
        **one.attrs,
        "provenance": json.dumps(made, allow_nan=False),
        OPTIONS: json.dumps(plan.described()),
    }
    return dataset


def _fill(name: str, variable: Variable) -> Any:
    return int(Outcome.NOT_COMPUTED) if name == "outcome" else variable.fill


def _differences(one: Any, other: Any, where: str) -> Iterator[tuple[str, Any, Any]]:
    """Dotted name and the two values of everything that differs."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from _differences(one.get(key), other.get(key), f"{where}.{key}" if where else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other) and where == "cards":
        for a, b in zip(one, other, strict=True):
            yield from _differences(a, b, f"card {a.get('name', '')}" if isinstance(a, dict) else where)
    elif one != other:
        yield where, one, other


def _short(value: Any) -> str:
    if isinstance(value, list) and len(value) > 3:
        return f"{len(value)} values from {_short(value[0])} to {_short(value[-1])}"
    text = f"{value:.10g}" if isinstance(value, float) else on_one_line(str(value))
    return text if len(text) <= 60 else f"{text[:59]}…"


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Turn an error of the system into one line with the name of the store and what to do."""
    try:
        yield
    except (DataFileError, MissingExtraError):
        raise
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        what = "; finished chunks are kept: make room and continue with resume" if full else ""
        raise DataFileError(f"cannot write '{path}': {error.strerror or error}{what}") from None
