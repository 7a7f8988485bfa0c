"""What a scan computes: its grid, in chunks, and every option that its numbers depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import product
from typing import Any, Final

import numpy as np

from evanesce import __version__
from evanesce.channels.base import BackgroundChoice
from evanesce.channels.plain import plain
from evanesce.experiments import Experiment
from evanesce.limits.counts import Counts
from evanesce.mediators import MEDIATORS, Mediator, with_parameters
from evanesce.physics import PhysicsOptions
from evanesce.prediction import Grid
from evanesce.scans.axes import FieldAxis
from evanesce.sources import FromFiles
from evanesce.statistics import Criterion
from evanesce.validation import FloatArray

__all__ = ["Chunk", "Plan", "physics_digest"]

_LARGEST: Final[int] = 65_536
"""Points of a chunk, unless one mass has more."""
_CHUNKS: Final[int] = 32
"""Wanted number of chunks along the masses of a small grid, so that several workers are busy to the end."""
_FEWEST: Final[int] = 4
"""Masses of a chunk: fewer would spend most of the time on what all masses have in common."""
_NOT_PHYSICS: Final[frozenset[str]] = frozenset(
    {"cli", "constraints", "experiments", "figures", "interchange", "reproduce", "scans", "__pycache__"}
)
"""Parts that change no number; a card is in the description of a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Part of the grid that is computed at once."""

    number: int
    ranges: tuple[tuple[int, int], ...]
    """First index and the one after the last along each dimension of the grid."""

    @property
    def slices(self) -> tuple[slice, ...]:
        """Its place in an array of the shape of the grid."""
        return tuple(slice(*ends) for ends in self.ranges)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of points along each dimension."""
        return tuple(stop - start for start, stop in self.ranges)

    @property
    def size(self) -> int:
        """Number of points."""
        return int(np.prod(self.shape, dtype=np.int64))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A scan: everything that decides its numbers. Plans can be sent to other processes."""

    experiments: tuple[Experiment, ...]
    mediator: Mediator
    axes: Mapping[str, FloatArray]
    """``alpha_d``, ``mass_ratio`` and ``mass`` in GeV, each a number or 1-D, the mass always 1-D."""
    fields: tuple[FieldAxis, ...]
    """Axes over fields of the card and physics options."""
    options: PhysicsOptions
    criterion: Criterion | None
    """None for that of the card."""
    background: BackgroundChoice
    background_error: float | None
    observed: Counts
    systematics: bool
    theory: bool
    physics: str
    """Digest of the source code of the physics, see :func:`physics_digest`."""

    @property
    def coordinates(self) -> dict[str, FloatArray]:
        """Values along each dimension: fields first, then α_D and the mass ratio if they are axes, and the mass."""
        own = {axis.name: np.asarray(axis.values) for axis in self.fields}
        return own | {name: axis for name, axis in self.axes.items() if axis.ndim}

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the dimensions."""
        return tuple(self.coordinates)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the grid."""
        return tuple(len(axis) for axis in self.coordinates.values())

    @property
    def size(self) -> int:
        """Number of points."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def chunk_shape(self) -> tuple[int, ...]:
        """Points of a chunk along each dimension: one value of a field, all couplings, and as many masses as fit."""
        masses = len(self.axes["mass"])
        couplings = int(np.prod([self.axes[name].size for name in ("alpha_d", "mass_ratio")]))
        step = min(max(_FEWEST, -(-masses // _CHUNKS)), max(1, _LARGEST // couplings), masses)
        return (*(1 for _ in self.fields), *(self.axes[n].size for n in self.dims[len(self.fields) : -1]), step)

    def chunks(self) -> list[Chunk]:
        """All chunks, in the order of their numbers."""
        starts = [range(0, length, step) for length, step in zip(self.shape, self.chunk_shape, strict=True)]
        return [
            Chunk(
                number=number,
                ranges=tuple(
                    (start, min(start + step, length))
                    for start, step, length in zip(corner, self.chunk_shape, self.shape, strict=True)
                ),
            )
            for number, corner in enumerate(product(*starts))
        ]

    def field_values(self, chunk: Chunk) -> dict[str, float]:
        """Value of every field axis in a chunk."""
        return {axis.name: axis.values[chunk.ranges[i][0]] for i, axis in enumerate(self.fields)}

    def grid_values(self, chunk: Chunk) -> tuple[Mediator, FloatArray]:
        """Mediator with the couplings of a chunk, and its masses in GeV."""
        axes = dict(self.axes)
        for name, place in zip(self.dims, chunk.slices, strict=True):
            if name in axes:
                axes[name] = axes[name][place]
        return with_parameters(self.mediator, axes["alpha_d"], axes["mass_ratio"]), axes["mass"]

    def described(self) -> dict[str, Any]:
        """All options as plain data; two plans with equal descriptions give the same store."""
        kind: Any = type(self.mediator)
        own = {"alpha_d", "mass_ratio"}
        return {
            "cards": [card.as_dict() for card in self.experiments],
            "source_files": [_checksums(card) for card in self.experiments],
            "mediator": MEDIATORS.name_of(kind) or kind.__name__,
            "mediator_fields": {
                f.name: _plain(getattr(self.mediator, f.name)) for f in fields(kind) if f.name not in own
            },
            **{name: axis.tolist() for name, axis in self.axes.items()},
            "axes": {axis.name: list(axis.values) for axis in self.fields},
            "physics": self.options.as_dict(),
            "criterion": None if self.criterion is None else [self.criterion.name, _plain(self.criterion)],
            "background": _plain(self.background),
            "background_error": self.background_error,
            "observed": _plain(self.observed),
            "systematics": self.systematics,
            "theory": self.theory,
            "chunk_shape": list(self.chunk_shape),
            "evanesce_version": __version__,
            "physics_sha256": self.physics,
        }

    @property
    def digest(self) -> str:
        """Hash of :meth:`described`."""
        return hashlib.sha256(json.dumps(self.described(), sort_keys=True).encode()).hexdigest()

    def grid(self) -> Grid:
        """The checked grid of masses and couplings."""
        return Grid.of(with_parameters(self.mediator, self.axes["alpha_d"], self.axes["mass_ratio"]), self.axes["mass"])


@lru_cache(maxsize=1)
def physics_digest() -> str:
    """Hash of the source code and the data of the package, without the parts that draw, print or organise.

    Stores of two versions of the physics are never mixed, even if the number of the version is the same.
    """
    found = hashlib.sha256()
    for name, content in _sources(files("evanesce"), "", _NOT_PHYSICS):
        found.update(f"{name}\n{len(content)}\n".encode() + content)
    return found.hexdigest()


def _sources(folder: Traversable, prefix: str, left_out: frozenset[str]) -> Sequence[tuple[str, bytes]]:
    entries: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            if entry.name not in left_out:
                entries += _sources(entry, f"{name}/", frozenset({"__pycache__"}))
        elif not entry.name.endswith((".pyc", ".pyi")):
            entries.append((name, entry.read_bytes()))
    return entries


def _checksums(card: Experiment) -> dict[str, str]:
    """Checksums of the files that a card reads its tracks from."""
    sources = (getattr(channel, "source", None) for channel in card.channels)
    return {name: sum_ for one in sources if isinstance(one, FromFiles) for name, sum_ in one.checksums().items()}


def _plain(value: Any) -> Any:
    """Plain data of a value; a component becomes its class and fields."""
    if is_dataclass(value) and not isinstance(value, type):
        return {"class": type(value).__name__, **{f.name: _plain(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return plain(value)
