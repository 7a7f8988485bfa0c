"""Tracks of another generator: a Les Houches event file, as MadGraph writes it."""

from __future__ import annotations

import hashlib
import math
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Final, NamedTuple, NoReturn

import numpy as np

from evanesce.constants import ELECTRON_MASS, INVERSE_AB_PB
from evanesce.errors import DataFileError, InvalidValueError
from evanesce.formats.lhe_reader import LheEvents, read_lhe
from evanesce.particles import Particle, check_particle
from evanesce.representation import field_html
from evanesce.sources.base import LARGEST_NUMBER, SOURCES, CrossSection
from evanesce.sources.histogram_shape import Shape, evaluate, fit
from evanesce.sources.nearby import NearbyTracks
from evanesce.validation import FloatArray, between, positive

__all__ = ["LheSource"]

_FINAL: Final[int] = 1
_OFF_SHELL: Final[float] = 1e-3
"""|E² - p²| over the largest component squared above which a track is no electron, whatever the digits of the file."""
_CODES: Final[dict[str, int]] = {"e+": -11, "e-": 11}
_BINS: Final[tuple[int, int]] = (8, 384)
_EVENTS_A_BIN: Final[int] = 25
_ONE_ENERGY: Final[float] = 1e-9
"""Relative range of energies below which the tracks are a line."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Tracks:
    """What a file holds: shares of the cross section, so they add up to the tracks of an event."""

    cross_section: float
    cross_section_error: float
    share: float
    """Selected tracks an event, by weight."""
    shape: Shape | None
    """Density of the share per GeV; None for a line."""
    line: float
    """Energy of the line in GeV."""
    nearby: NearbyTracks
    """For the directions."""
    sha256: str


class _File(NamedTuple):
    """A file as it is now: another of the same name is read anew."""

    path: str
    changed: int
    size: int


@SOURCES.register("lhe")
@dataclass(frozen=True, slots=True, kw_only=True)
class LheSource:
    """Final positrons (or electrons) of the events of a file, plain or gzip.

    Momenta are taken as written; ``boost`` carries a file in another frame to the laboratory. Weights count in
    proportion, whatever their sum. The spectrum is a smooth curve through the histogram of energies; a direction is
    that of a track of the file near the energy.

    Raises
    ------
    DataFileError
        A file that cannot be read, with the line that is wrong, or an event without the particle.
    InvalidValueError
        A value outside what is allowed; a file without a cross section where none is given.

    """

    exposure_field: ClassVar[str] = "luminosity"
    file: str
    """Path of the file."""
    luminosity: float = 50.0
    """Integrated luminosity in ab⁻¹."""
    cross_section: float | None = None
    """Cross section of the events in pb; that of the file if not given."""
    incident: Particle = "e+"
    """Which particle vanishes."""
    boost: float = 0.0
    """Velocity of the frame of the file along z in the laboratory, in units of c."""
    polar_angle_min: float = 0.0
    """Smallest polar angle of the track in the laboratory, degrees from z."""
    polar_angle_max: float = 180.0
    """Largest polar angle, degrees from z."""
    _tracks: _Tracks = field(init=False, repr=False)

    def __post_init__(self) -> None:
        positive("luminosity", self.luminosity, maximum=LARGEST_NUMBER)
        if self.cross_section is not None:
            positive("cross_section", self.cross_section, maximum=LARGEST_NUMBER)
        check_particle("incident", self.incident)
        between("boost", self.boost, -0.999999, 0.999999, "")
        for name in ("polar_angle_min", "polar_angle_max"):
            between(name, getattr(self, name), 0.0, 180.0, "degrees")
        if not self.polar_angle_min < self.polar_angle_max:
            raise InvalidValueError(
                f"polar_angle_min = {self.polar_angle_min}: must be less than polar_angle_max = {self.polar_angle_max}"
            )
        if not isinstance(self.file, (str, os.PathLike)):
            raise InvalidValueError(f"file = {self.file!r}: must be the path of an LHE file")
        object.__setattr__(self, "file", os.fspath(self.file))
        try:
            state = Path(self.file).stat()
        except (OSError, ValueError) as error:
            raise DataFileError(f"cannot read '{self.file}': {getattr(error, 'strerror', None) or error}") from None
        window = float(self.polar_angle_min), float(self.polar_angle_max)
        file = _File(self.file, state.st_mtime_ns, state.st_size)
        tracks = _read(file, _CODES[self.incident], float(self.boost), window)
        object.__setattr__(self, "_tracks", tracks)
        if self.cross_section is None and not tracks.cross_section > 0.0:
            raise InvalidValueError(
                f"'{self.file}': its cross section is {tracks.cross_section:g} pb, give cross_section"
            )

    def _repr_html_(self) -> str:
        return field_html(self)

    @property
    def edges(self) -> tuple[float, ...]:
        """Energies in GeV between which the spectrum is a polynomial."""
        return () if self._tracks.shape is None else tuple(self._tracks.shape.edges.tolist())

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """The energy of all tracks if they have the same."""
        return ((self._tracks.line, self.count),) if self._tracks.shape is None else ()

    @property
    def sigma(self) -> float:
        """Cross section of the events in pb."""
        return float(self._tracks.cross_section if self.cross_section is None else self.cross_section)

    @property
    def selected_cross_section(self) -> float:
        """Cross section of the selected tracks in pb."""
        return self.sigma * self._tracks.share

    @property
    def cross_section_error(self) -> float | None:
        """Its error by the file; None for a cross section of one's own."""
        return None if self.cross_section is not None else self._tracks.cross_section_error * self._tracks.share

    @property
    def count(self) -> float:
        """Number of tracks: cross section times luminosity times selected tracks an event."""
        return self._tracks.share * self._tracks_an_event

    def track_cross_section(self) -> CrossSection:
        """Cross section of the selected tracks, with the error that the file gives."""
        return CrossSection(self.selected_cross_section, self.cross_section_error)

    def polar_cosines(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Cosines to z in the laboratory of selected tracks of the file near each energy."""
        return self._tracks.nearby.draw(energy, rng)

    def checksums(self) -> dict[str, str]:
        """SHA-256 of the file as it was read."""
        return {self.file: self._tracks.sha256}

    def spectrum(self, energy: FloatArray) -> FloatArray:
        """dN/dE per GeV at ``energy`` (GeV, any shape), zero outside the edges."""
        energy = np.asarray(energy, dtype=np.float64)
        if self._tracks.shape is None:
            return np.zeros_like(energy)
        return evaluate(self._tracks.shape, energy) * self._tracks_an_event

    @property
    def _tracks_an_event(self) -> float:
        return self.sigma * float(self.luminosity) * INVERSE_AB_PB


@lru_cache(maxsize=8)
def _read(version: _File, code: int, boost: float, window: tuple[float, float]) -> _Tracks:
    file = version.path
    energies: list[FloatArray] = []
    cosines: list[FloatArray] = []
    weights: list[FloatArray] = []
    total, events = 0.0, 0
    with read_lhe(file) as (run, blocks):
        for block in blocks:
            energy, cosine, weight = _selected(block, code, boost, window, f"'{file}'", events)
            energies.append(energy)
            cosines.append(cosine)
            weights.append(weight)
            total += float(block.weight.sum())
            events += len(block.weight)
    if events == 0:
        raise DataFileError(f"'{file}': holds no events")
    if not total > 0.0:
        raise DataFileError(f"'{file}': the weights of its {events} events add up to {total:g}, must be positive")
    energy, weight = np.concatenate(energies), np.concatenate(weights) / total
    share = float(weight.sum())
    if not share > 0.0:
        raise DataFileError(f"'{file}': no track between {window[0]:g} and {window[1]:g} degrees, by weight")
    shape = _shape(energy, weight)
    return _Tracks(
        cross_section=run.cross_section,
        cross_section_error=run.cross_section_error,
        share=share,
        shape=shape,
        line=float(energy.mean()),
        nearby=NearbyTracks.of(energy, np.concatenate(cosines), weight),
        sha256=_sha256(file),
    )


def _selected(
    block: LheEvents, code: int, boost: float, window: tuple[float, float], where: str, before: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Energies, cosines and weights of the tracks of a block in the window; ``before`` events came before it."""

    def refuse(event: int, what: str) -> NoReturn:
        raise DataFileError(f"{where}, line {block.line[event]}: event {before + event + 1} {what}")

    found = (block.pdg_id == code) & (block.status == _FINAL)
    tracks = np.bincount(block.event[found], minlength=len(block.weight))
    if not tracks.all():
        refuse(int(np.argmin(tracks)), f"has no final particle of code {code}")
    _, _, pz, energy = momentum = block.momentum[found].T
    size = np.abs(momentum).max(axis=0)
    scaled = momentum / np.where(size > 0, size, 1.0)
    off_shell = np.abs(scaled[3] ** 2 - np.square(scaled[:3]).sum(axis=0)) > _OFF_SHELL
    if off_shell.any():
        refuse(int(block.event[found][np.argmax(off_shell)]), "has a track whose energy does not fit its momentum")
    gamma = 1.0 / math.sqrt(1.0 - boost**2)
    pz, energy = gamma * (pz + boost * energy), gamma * (energy + boost * pz)
    if not (energy > ELECTRON_MASS * (1.0 - 1e-6)).all():
        refuse(int(block.event[found][np.argmin(energy)]), f"has a track of {energy.min():g} GeV, less than its mass")
    across = np.hypot(momentum[0], momentum[1])
    angle = np.degrees(np.arctan2(across, pz))
    inside = (angle >= window[0]) & (angle <= window[1])
    cosine = np.cos(np.arctan2(across, pz))
    return energy[inside], cosine[inside], block.weight[block.event[found]][inside]


def _sha256(file: str) -> str:
    try:
        with Path(file).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DataFileError(f"cannot read '{file}': {error.strerror or error}") from None


def _shape(energy: FloatArray, weight: FloatArray) -> Shape | None:
    low, high = float(energy.min()), float(energy.max())
    if high - low <= _ONE_ENERGY * high:
        return None
    number = int(np.clip(len(energy) // _EVENTS_A_BIN, *_BINS))
    bins = np.linspace(low, high, number + 1)
    contents = np.histogram(energy, bins, weights=weight)[0]
    variances = np.histogram(energy, bins, weights=weight**2)[0]
    return fit(bins, contents, variances)
