"""The tracks of an LHE file, read once: spectrum, directions, and the groups of events for the statistical error."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from evanesce.constants import ELECTRON_MASS
from evanesce.errors import DataFileError
from evanesce.formats.lhe_reader import LheEvents, LheRun, read_lhe
from evanesce.sources.histogram_shape import EventShape, Shape, fit_again, fit_events
from evanesce.sources.lhe_cross_section import WeightSums, contradiction
from evanesce.sources.nearby import NearbyTracks
from evanesce.validation import FloatArray

__all__ = ["GROUPS", "FileVersion", "LheTracks", "Part", "Selection", "read_tracks"]

GROUPS: Final[int] = 10
"""Number of groups of events; each is left out once."""
_FINAL: Final[int] = 1
_INCOMING: Final[int] = -1
_ELECTRON: Final[int] = 11
_OFF_SHELL: Final[float] = 1e-3
"""If |E² - p²| over the largest component squared exceeds this, rounding cannot explain it: not an electron."""
_BINS: Final[tuple[int, int]] = (8, 384)
_EVENTS_A_BIN: Final[int] = 25
_ONE_ENERGY: Final[float] = 1e-9
"""Relative range of energies below which the tracks are a line."""
_ROUNDING: Final[float] = 1e-12
"""Relative difference of sums of the same weights."""
_AT_REST: Final[float] = 1.01 * ELECTRON_MASS
_OTHER_UNITS: Final[dict[str, float]] = {"eV": 1e9, "keV": 1e6, "MeV": 1e3, "TeV": 1e-3}
"""Other units of energy in 1/GeV."""
_SAME: Final[float] = 0.01
"""Relative difference of a mass that may come from rounding."""
_MOST_OF_BEAMS: Final[float] = 1.05
"""Energy of a track over that of the beams, for beams with a spread of energies."""


class FileVersion(NamedTuple):
    """Identity of a file, so that a changed file of the same name is read again."""

    path: str
    changed: int
    size: int


class Selection(NamedTuple):
    """Selection of tracks, and frame of the file."""

    code: int
    """Particle code."""
    boost: float
    """Velocity of the frame of the file along the electron beam in the laboratory."""
    window: tuple[float, float]
    """Polar angles in degrees."""


class Part(NamedTuple):
    """The tracks of a file, or of all its events except one group."""

    share: float
    """Selected tracks per event, weighted."""
    shape: Shape | None
    """Density of the share per GeV; None for a line."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LheTracks:
    """Content of a file, normalised to the tracks per event."""

    cross_section: float
    """In pb."""
    cross_section_error: float
    """In pb."""
    contradiction: str | None
    """Reason not to trust the cross section, or None."""
    tracks: int
    """Number of selected tracks in the file."""
    all: Part
    parts: tuple[Part, ...]
    """The replicas, each without one group of events."""
    line: float
    """Energy of the line in GeV."""
    nearby: NearbyTracks
    """Tracks for the directions."""
    sha256: str

    @property
    def share_error(self) -> float:
        """Statistical error of the share, from the groups; 0 if all tracks are selected."""
        shares = np.array([part.share for part in self.parts])
        if np.ptp(shares) <= _ROUNDING * self.all.share:
            return 0.0
        return float(np.sqrt((GROUPS - 1) / GROUPS * np.sum((shares - shares.mean()) ** 2)))


@dataclass(slots=True)
class _Selected:
    """Tracks of a block."""

    energy: FloatArray
    cosine: FloatArray
    weight: FloatArray
    group: npt.NDArray[np.int64]


@lru_cache(maxsize=8)
def read_tracks(version: FileVersion, selection: Selection) -> LheTracks:
    """Read a file.

    Raises
    ------
    DataFileError
        A file that cannot be read or used (the message names the line), or fewer selected tracks than groups.

    """
    file, window = version.path, selection.window
    found: list[_Selected] = []
    sums, groups = WeightSums(), np.zeros(GROUPS)
    with read_lhe(file) as (run, blocks):
        frame = _Frame(run, file)
        for block in blocks:
            group = (sums.events + np.arange(len(block.weight))) % GROUPS
            found.append(_selected(block, selection, frame, group, sums.events))
            groups += np.bincount(group, block.weight, minlength=GROUPS)
            sums.add(block)
    if sums.events == 0:
        raise DataFileError(f"'{file}': holds no events")
    if not sums.weight > 0.0:
        raise DataFileError(
            f"'{file}': the weights of its {sums.events} events add up to {sums.weight:g}, must be positive"
        )
    energy, weight, group = (
        np.concatenate([getattr(one, name) for one in found]) for name in ("energy", "weight", "group")
    )
    if not weight.sum() > 0.0:
        raise DataFileError(f"'{file}': no track between {window[0]:g} and {window[1]:g} degrees, by weight")
    if len(energy) < GROUPS:
        raise DataFileError(
            f"'{file}': {len(energy)} tracks between {window[0]:g} and {window[1]:g} degrees, must be {GROUPS} or "
            "more: the statistical error needs this number of groups; generate more events"
        )
    whole, parts = _parts(energy, weight, group.astype(np.int64), groups)
    return LheTracks(
        cross_section=run.cross_section,
        cross_section_error=run.cross_section_error,
        contradiction=contradiction(run, sums),
        tracks=len(energy),
        all=whole,
        parts=parts,
        line=float(energy.mean()),
        nearby=NearbyTracks.of(energy, np.concatenate([one.cosine for one in found]), weight),
        sha256=_sha256(file),
    )


class _Frame:
    """Direction of the electron beam of a file: +1 along z, -1 against it, 0 without one."""

    def __init__(self, run: LheRun, file: str) -> None:
        self.file = file
        self.energy = sum(abs(energy) for energy in run.beam_energies)
        """Sum of the beams in GeV; 0 in a file without them."""
        self._beams: dict[int, float] = {}
        """Energy of each beam, if both are stated and are an electron and a positron."""
        if sorted(run.beams) == [-_ELECTRON, _ELECTRON] and min(run.beam_energies) > 0.0:
            self._beams = dict(zip(run.beams, run.beam_energies, strict=True))
        self._init = 0
        if sorted(run.beams) == [-_ELECTRON, _ELECTRON]:
            at = run.beams.index(_ELECTRON)
            self._init = 0 if run.beam_energies[at] <= _AT_REST else (1, -1)[at]
        self._events = 0

    def beyond(self, block: LheEvents) -> tuple[int, str] | None:
        """The first event with a beam of more energy than in the ``<init>`` block, which is of another frame then."""
        for code, energy in self._beams.items():
            beam = (block.pdg_id == code) & (block.status == _INCOMING)
            more = block.momentum[beam, 3] > _MOST_OF_BEAMS * energy
            if more.any():
                at = int(np.argmax(more))
                name = "electron" if code > 0 else "positron"
                return int(block.event[beam][at]), (
                    f"has an incoming {name} of {block.momentum[beam, 3][at]:g} GeV, and its <init> block a beam of "
                    f"{energy:g} GeV: write both in one frame, or give boost if the events are not in the laboratory"
                )
        return None

    def direction(self, block: LheEvents) -> int:
        """Direction in the events, if they contain the beams; it must be unique and agree with the ``<init>`` block."""
        if not self._init:
            return 0
        beam = (block.pdg_id == _ELECTRON) & (block.status == _INCOMING)
        pz, energy = block.momentum[beam, 2:].T
        for sign in np.unique(np.sign(pz[np.abs(pz) > 1e-6 * energy])).astype(int).tolist():
            if self._events not in (0, sign):
                raise DataFileError(
                    f"'{self.file}': its electron beam flies along z in some events, against z in others"
                )
            self._events = sign
        if self._events not in (0, self._init):
            first, way = ("electron", "against z") if self._init > 0 else ("positron", "along z")
            raise DataFileError(
                f"'{self.file}': its <init> block has the {first} beam first, which is along z, but the incoming "
                f"electrons fly {way} in its events: write the beams of <init> in the order of the events"
            )
        return self._events or self._init


def _selected(
    block: LheEvents, selection: Selection, frame: _Frame, group: npt.NDArray[np.int64], before: int
) -> _Selected:
    """Tracks of a block in the window; ``before`` is the number of earlier events."""
    code, boost, window = selection

    def refuse(event: int, what: str) -> NoReturn:
        raise DataFileError(f"'{frame.file}', line {block.line[event]}: event {before + event + 1} {what}")

    found = (block.pdg_id == code) & (block.status == _FINAL)
    tracks = np.bincount(block.event[found], minlength=len(block.weight))
    if not tracks.all():
        refuse(int(np.argmin(tracks)), f"has no final particle of code {code}")
    owner = block.event[found]
    _, _, pz, energy = momentum = block.momentum[found].T
    size = np.abs(momentum).max(axis=0)
    scaled = momentum / np.where(size > 0, size, 1.0)
    off_shell = np.abs(scaled[3] ** 2 - np.square(scaled[:3]).sum(axis=0)) > _OFF_SHELL
    if off_shell.any():
        refuse(int(owner[np.argmax(off_shell)]), "has a track whose energy does not fit its momentum")
    for unit, per_gev in _OTHER_UNITS.items():
        other = np.abs(block.mass[found] / (ELECTRON_MASS * per_gev) - 1.0) < _SAME
        if other.any():
            mass = block.mass[found][other][0]
            refuse(
                int(owner[np.argmax(other)]),
                f"has an electron or positron of mass {mass:g}, that in {unit}: must be in GeV, as all energies and "
                "momenta of an LHE file; convert them",
            )
    beyond = energy > _MOST_OF_BEAMS * frame.energy
    if frame.energy > 0.0 and beyond.any():
        refuse(
            int(owner[np.argmax(beyond)]),
            f"has a track of {energy.max():g} GeV, more than both beams of its <init> block, {frame.energy:g} GeV: "
            "write both in GeV and in one frame",
        )
    if boost == 0.0 and (other_frame := frame.beyond(block)):
        refuse(*other_frame)
    if frame.direction(block) < 0:
        pz = -pz  # rotation about an axis perpendicular to the beams
    gamma = 1.0 / math.sqrt(1.0 - boost**2)
    pz, energy = gamma * (pz + boost * energy), gamma * (energy + boost * pz)
    if not (energy > ELECTRON_MASS * (1.0 - 1e-6)).all():
        refuse(int(owner[np.argmin(energy)]), f"has a track of {energy.min():g} GeV, less than its mass")
    polar = np.arctan2(np.hypot(momentum[0], momentum[1]), pz)
    angle = np.degrees(polar)
    inside = (angle >= window[0]) & (angle <= window[1])
    owner = owner[inside]
    return _Selected(energy[inside], np.cos(polar)[inside], block.weight[owner], group[owner])


def _parts(
    energy: FloatArray, weight: FloatArray, group: npt.NDArray[np.int64], groups: FloatArray
) -> tuple[Part, tuple[Part, ...]]:
    """Spectra of all tracks and of the replicas; ``groups`` holds the sum of weights of each group."""
    low, high = float(energy.min()), float(energy.max())
    line = high - low <= _ONE_ENERGY * high
    number = 1 if line else int(np.clip(len(energy) // _EVENTS_A_BIN, *_BINS))
    bins = np.linspace(low, high if not line else low + 1.0, number + 1)
    index = np.clip(np.searchsorted(bins, energy, side="right") - 1, 0, number - 1)
    contents = np.bincount(group * number + index, weight, minlength=GROUPS * number).reshape(GROUPS, number)
    total, everything = groups.sum(), contents.sum(axis=0)
    squares = np.bincount(index, weight**2, minlength=number).astype(np.float64)
    found = None if line else fit_events(bins, everything, squares)
    rest = np.where(total - groups > 0.0, total - groups, total)
    left = [
        _part(found, everything - one, left_weight) for one, left_weight in zip(contents, rest.tolist(), strict=True)
    ]
    return _part(found, everything, float(total)), tuple(left)


def _part(found: EventShape | None, contents: FloatArray, events: float) -> Part:
    share = float(contents.sum()) / events
    if found is None:
        return Part(share, None)
    return Part(share, _scaled(fit_again(found, contents), 1.0 / events))


def _scaled(shape: Shape, by: float) -> Shape:
    return Shape(shape.edges, shape.coefficients * by)


def _sha256(file: str) -> str:
    try:
        with Path(file).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DataFileError(f"cannot read '{file}': {error.strerror or error}") from None
