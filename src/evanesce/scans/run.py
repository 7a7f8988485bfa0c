"""Scans: a grid of limits into a store, and back."""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evanesce.channels.base import BackgroundChoice
from evanesce.errors import DataFileError, on_one_line
from evanesce.experiments import Experiment, as_experiments
from evanesce.limits import Outcome
from evanesce.limits.counts import Counts
from evanesce.mediators import Mediator
from evanesce.mediators import mediator as find_mediator
from evanesce.physics import DEFAULT_PRESET, PhysicsOptions, resolve_physics
from evanesce.prediction import Grid
from evanesce.scans.axes import field_axes
from evanesce.scans.executors import Task, executor
from evanesce.scans.journal import Entry, Journal
from evanesce.scans.plan import Plan, physics_digest
from evanesce.scans.progress import Progress, Report, Watch
from evanesce.scans.store import (
    Store,
    beyond_repair,
    check_axes,
    check_place,
    check_values,
    create,
    layout_of,
    options_of,
    require_zarr,
)
from evanesce.scans.work import probe
from evanesce.statistics import Criterion
from evanesce.statistics import criterion as find_criterion
from evanesce.validation import true_or_false

if TYPE_CHECKING:
    import xarray

__all__ = ["open_scan", "scan"]


def scan(
    experiment: str | Experiment | Sequence[str | Experiment],
    mediator: str | Mediator,
    mass: npt.ArrayLike,
    *,
    output: str | Path,
    axes: Mapping[str, npt.ArrayLike] | None = None,
    physics: str | PhysicsOptions = DEFAULT_PRESET,
    overrides: Mapping[str, str | float] | None = None,
    background: BackgroundChoice = None,
    background_error: float | None = None,
    observed: Counts = None,
    criterion: str | Criterion | None = None,
    systematics: bool = True,
    theory: bool = False,
    workers: int = 1,
    scheduler: str | None = None,
    resume: bool = False,
    report: Report | None = None,
) -> xarray.Dataset:
    """Limits on a grid of any size, written to a Zarr store chunk by chunk.

    The numbers are those of :func:`evanesce.limit`. They do not depend on the number of workers, on where they run, or
    on interruptions: a scan that was killed and continued has the bits of one that was not.

    Parameters
    ----------
    experiment, mediator, mass, physics, overrides, background, background_error, observed, criterion, systematics
        As for :func:`evanesce.limit`; an ``alpha_d`` or ``mass_ratio`` that is a sequence becomes an axis.
    output
        Name of the store, ending in ``.zarr``.
    axes
        Values of more axes: dotted names of numbers on the card, as ``source.luminosity``, or physics options that are
        numbers, as ``v_max``.
    theory
        Whether to compute how much ε changes without each refinement of the physics; it takes up to four times longer.
    workers
        Processes on this machine.
    scheduler
        Address of a scheduler of dask.distributed, as ``tcp://host:8786``; ``local`` starts one with ``workers``.
    resume
        Whether to continue a store that exists. Its options and the version of the physics must be the same.
    report
        Called with a :class:`~evanesce.scans.Progress` at the start and after every chunk.

    Returns
    -------
    xarray.Dataset
        The store, opened by :func:`open_scan`.

    Raises
    ------
    DataFileError
        The store exists and ``resume`` is not given, or it cannot be written.
    InvalidValueError
        A wrong value, or a store with other options; the message names them.
    SimulationError
        Workers that die again and again.
    MissingExtraError
        zarr or dask is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import evanesce as ev
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = ev.scan("belle2", ev.DarkPhoton(alpha_d=[1e-3, 0.1]), [0.05, 0.0667], physics="published",
    ...                     axes={"source.luminosity": [1, 50]}, output=f"{folder}/scan.zarr")
    ...     dict(found.sizes), [f"{float(e):.3g}" for e in found.epsilon.sel(alpha_d=1e-3, mass=0.0667)]
    ({'source.luminosity': 2, 'alpha_d': 2, 'mass': 2}, ['4.63e-05', '1.74e-05'])

    """
    require_zarr()
    path = Path(output)
    exists = check_place(path, resume=true_or_false("resume", resume))
    run_on = executor(workers, scheduler)
    found = as_experiments(experiment)
    options = resolve_physics(physics, overrides)
    grid = Grid.of(find_mediator(mediator), np.atleast_1d(np.asarray(mass, dtype=np.float64)))
    plan = Plan(
        experiments=tuple(found),
        mediator=grid.mediator,
        axes=grid.axes,
        fields=field_axes(axes, found, options),
        options=options,
        criterion=find_criterion(criterion) if isinstance(criterion, str) else criterion,
        background=background,
        background_error=background_error,
        observed=observed,
        systematics=true_or_false("systematics", systematics),
        theory=true_or_false("theory", theory),
        physics=physics_digest(),
    )
    curve = probe(plan)
    layout = layout_of(curve)
    if not exists:
        create(path, plan, layout, curve)
    with Store(path, plan, layout) as store:
        chunks = store.unfinished()
        watch = Watch(plan.size, plan.size - sum(chunk.size for chunk in chunks))
        said = report or _silent
        said(watch.progress)
        with contextlib.closing(_generator(run_on.run(Task(plan=plan, layout=layout), chunks))) as results:
            for chunk, computed in results:
                store.write(chunk, computed)
                watch.add(chunk.size, failed=bool(computed.failures))
                said(watch.progress)
    return open_scan(path)


def _silent(progress: Progress) -> None:
    del progress


def _generator(results: Any) -> Any:
    yield from results


def open_scan(path: str | Path, *, verify: bool = False) -> xarray.Dataset:
    """Open the store of a scan, finished or not; values are read when they are used.

    ``verify`` reads all of them and compares their hashes with those of the scan.

    The attributes ``provenance`` and ``scan`` record how it was made, ``failures`` what went wrong at points with the
    outcome ``failed``, and ``unfinished`` the number of points that are not computed yet, which have the outcome
    ``not_computed``. :func:`evanesce.explain` says for each point why it has no limit.

    Raises
    ------
    DataFileError
        The path is not the store of a scan, or it is damaged; with ``verify`` also if a value changed.
    MissingExtraError
        zarr is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import evanesce as ev
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = ev.scan("belle2", ev.DarkPhoton(), [0.05, 0.0667], physics="published", output=f"{folder}/scan.zarr")
    ...     found = ev.open_scan(f"{folder}/scan.zarr")
    ...     [f"{float(epsilon):.3g}" for epsilon in found.epsilon]
    ['0.000616', '1.74e-05']

    """
    require_zarr()
    import xarray

    where = Path(path)
    if not where.is_dir():
        raise DataFileError(f"'{where}': there is no store of this name")
    options = options_of(where)
    with warnings.catch_warnings(), beyond_repair(where):
        warnings.simplefilter("ignore", UserWarning)  # of members that are damaged; they are missed below
        dataset: xarray.Dataset = xarray.open_zarr(where, consolidated=False, chunks=None)
        check_axes({str(name): dataset.coords[name].values for name in dataset["outcome"].dims}, options)
    try:
        shape, steps = dataset["outcome"].shape, tuple(options["chunk_shape"])
        outcome = dataset["outcome"].load()
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise DataFileError(
            f"store '{where}': is damaged ({on_one_line(str(error))}); continue the scan with resume"
        ) from None
    starts = [range(0, length, step) for length, step in zip(shape, steps, strict=True)]
    count = int(np.prod([len(one) for one in starts], dtype=np.int64))
    entries = Journal(where).entries(count)
    values = outcome.values.copy()
    for number, corner in enumerate(np.ndindex(*(len(one) for one in starts))):
        if number not in entries:  # what there is of this chunk may be half written
            place = tuple(slice(i * step, (i + 1) * step) for i, step in zip(corner, steps, strict=True))
            values[place] = Outcome.NOT_COMPUTED
    if verify:
        check_values(where, [str(name) for name in dataset.data_vars], steps, entries)
    dataset["outcome"] = outcome.copy(data=values)
    dataset.attrs["failures"] = json.dumps(_failures(entries))
    dataset.attrs["unfinished"] = int((values == Outcome.NOT_COMPUTED).sum())
    return dataset


def _failures(entries: Mapping[int, Entry]) -> list[str]:
    return list(dict.fromkeys(text for number in sorted(entries) for text in entries[number].failures))
