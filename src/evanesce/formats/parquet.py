"""Parquet event files: one row per event, with lists of particles and vertices; *awkward* reads them as records.

import awkward as ak

events = ak.from_parquet("events.parquet")
events.weight, events.particles.energy[events.particles.name == "mediator"]
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from evanesce.errors import InvalidValueError
from evanesce.formats.files import WRITERS, library
from evanesce.formats.record import EventBatch
from evanesce.formats.run import RunInfo

__all__ = ["ParquetFile"]

_GROUP: Final[int] = 100_000
"""Largest number of events in a row group."""
_MOMENTUM: Final[tuple[str, ...]] = ("px", "py", "pz", "energy")
_POSITION: Final[tuple[str, ...]] = ("x", "y", "z", "ct")


@WRITERS.register(".parquet")
class ParquetFile:
    """A Parquet file under construction; the facts of the run are metadata of its schema, by name.

    A particle has its name, code, status, momentum and mass in GeV, the indices of its first and last mother among the
    particles (-1 if none), and its production vertex, with the position in cm.
    """

    def __init__(self, path: Path, run: RunInfo) -> None:
        self._arrow: Any = library("pyarrow", "Parquet")
        self._parquet: Any = library("pyarrow.parquet", "Parquet")
        self._stream = path.open("xb")
        self._writer: Any = None
        self._columns: tuple[str, ...] = ()
        self._metadata = run.facts

    def write(self, batch: EventBatch) -> None:
        """Append the events of a batch.

        Raises
        ------
        InvalidValueError
            The columns differ from those of the first batch.

        """
        if len(batch) == 0:
            return
        table = self._table(batch)
        if self._writer is None:
            self._columns = tuple(batch.columns)
            self._writer = self._parquet.ParquetWriter(self._stream, table.schema, compression="zstd")
        if tuple(batch.columns) != self._columns:
            raise InvalidValueError(
                f"a Parquet file holds the columns {', '.join(self._columns)}: "
                f"{batch.process} has {', '.join(batch.columns)}"
            )
        self._writer.write_table(table, row_group_size=_GROUP)

    def close(self) -> None:
        """Write the end of the file."""
        if self._writer is not None:
            self._writer.close()
        self._stream.close()

    def _table(self, batch: EventBatch) -> Any:
        pa, count = self._arrow, len(batch)
        columns: dict[str, Any] = {
            "process": self._names([batch.process], np.zeros(count, dtype=np.int32)),
            "weight": pa.array(batch.weight),
            **{name: pa.array(column) for name, column in batch.columns.items()},
            "particles": self._particles(batch),
            "vertices": self._lists(
                {name: batch.position[:, :, j].ravel() for j, name in enumerate(_POSITION)},
                count,
                batch.position.shape[1],
            ),
        }
        return pa.table(columns).replace_schema_metadata(self._metadata)

    def _particles(self, batch: EventBatch) -> Any:
        count, roles = len(batch), batch.roles
        index = np.tile(np.arange(len(roles), dtype=np.int32), count)

        def each(values: Sequence[int]) -> npt.NDArray[np.int32]:
            return np.array(values, dtype=np.int32)[index]

        return self._lists(
            {
                "name": self._names([role.name for role in roles], index),
                "pdg_id": each([role.pdg_id for role in roles]),
                "status": each([role.status for role in roles]),
                **{name: batch.momentum[:, :, j].ravel() for j, name in enumerate(_MOMENTUM)},
                "mass": batch.mass.ravel(),
                "first_mother": each([min(role.mothers, default=-1) for role in roles]),
                "last_mother": each([max(role.mothers, default=-1) for role in roles]),
                "vertex": each([role.vertex for role in roles]),
            },
            count,
            len(roles),
        )

    def _names(self, names: list[str], index: npt.NDArray[np.int32]) -> Any:
        pa = self._arrow
        return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(names)).cast(pa.string())

    def _lists(self, fields: dict[str, Any], count: int, length: int) -> Any:
        pa = self._arrow
        struct = pa.StructArray.from_arrays([pa.array(value) for value in fields.values()], names=list(fields))
        offsets = np.arange(0, (count + 1) * length, length, dtype=np.int32)
        return pa.ListArray.from_arrays(pa.array(offsets), struct)
