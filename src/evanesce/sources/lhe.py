"""Tracks from a Les Houches event file, as written by MadGraph."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final

import numpy as np

from evanesce.constants import INVERSE_AB_PB
from evanesce.errors import DataFileError, InvalidValueError
from evanesce.particles import Particle, check_particle
from evanesce.representation import field_html
from evanesce.sources.base import LARGEST_NUMBER, SOURCES, CrossSection
from evanesce.sources.histogram_shape import Shape, evaluate
from evanesce.sources.incidence import INCIDENCES, Incidence
from evanesce.sources.lhe_tracks import FileVersion, LheTracks, Part, Selection, read_tracks
from evanesce.validation import FloatArray, between, choice, positive

__all__ = ["LheSample", "LheSource"]

_CODES: Final[dict[str, int]] = {"e+": -11, "e-": 11}


@SOURCES.register("lhe")
@dataclass(frozen=True, slots=True, kw_only=True)
class LheSource:
    """Final positrons (or electrons) of the events of a file, plain or gzip.

    Polar angles are measured from the electron beam: if the first beam of a file is the positron, its events are
    rotated. Otherwise momenta are taken as written; ``boost`` transforms a file in another frame to the laboratory.
    Tracks are weighted with the event weights. The spectrum is a smooth curve through the histogram of energies; a
    direction is that of a track of the file with nearly the same energy. :meth:`replicas` gives the statistical error.

    Raises
    ------
    DataFileError
        A file that cannot be read (the message names the line), or in another unit than GeV; an event without the
        particle; beams that contradict the events; fewer than 10 tracks in the window.
    InvalidValueError
        A value outside what is allowed; or no given cross section, for a file without one, or with one that
        contradicts its weights.

    """

    exposure_field: ClassVar[str] = "luminosity"
    file: str
    """Path of the file."""
    luminosity: float = 50.0
    """Integrated luminosity in ab⁻¹."""
    cross_section: float | None = None
    """Cross section of the events in pb; that of the file if not given."""
    incident: Particle = "e+"
    """Charge of the track that vanishes."""
    boost: float = 0.0
    """Velocity of the frame of the file along the electron beam in the laboratory, in units of c."""
    polar_angle_min: float = 0.0
    """Smallest polar angle of the track in the laboratory, degrees from the electron beam."""
    polar_angle_max: float = 180.0
    """Largest polar angle, degrees from the electron beam."""
    incidence: Incidence = "normal"
    """``normal``, or ``barrel``: tracks cross every thickness over sin θ."""
    _tracks: LheTracks = field(init=False, repr=False)

    def __post_init__(self) -> None:
        positive("luminosity", self.luminosity, maximum=LARGEST_NUMBER)
        if self.cross_section is not None:
            positive("cross_section", self.cross_section, maximum=LARGEST_NUMBER)
        check_particle("incident", self.incident)
        choice("incidence", self.incidence, INCIDENCES)
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
        version = FileVersion(self.file, state.st_mtime_ns, state.st_size)
        tracks = read_tracks(version, Selection(_CODES[self.incident], float(self.boost), window))
        object.__setattr__(self, "_tracks", tracks)
        if self.cross_section is None and tracks.contradiction:
            raise InvalidValueError(f"'{self.file}': {tracks.contradiction}: give cross_section, in pb")

    def _repr_html_(self) -> str:
        return field_html(self)

    @property
    def edges(self) -> tuple[float, ...]:
        """Energies in GeV between which the spectrum is a polynomial."""
        return self._sample.edges

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """The energy of all tracks if they have the same."""
        return self._sample.lines

    @property
    def sigma(self) -> float:
        """Cross section of the events in pb."""
        return float(self._tracks.cross_section if self.cross_section is None else self.cross_section)

    @property
    def selected_cross_section(self) -> float:
        """Cross section of the selected tracks in pb."""
        return self.sigma * self._tracks.all.share

    @property
    def cross_section_error(self) -> float | None:
        """Error of the cross section in pb, from the file and from the statistics of the selection; None if unknown."""
        own = 0.0 if self.cross_section is not None else self._tracks.cross_section_error * self._tracks.all.share
        return math.hypot(own, self.sigma * self._tracks.share_error) or None

    @property
    def count(self) -> float:
        """Number of tracks: cross section times luminosity times selected tracks per event."""
        return self._sample.count

    @property
    def tracks(self) -> int:
        """Number of tracks of the file in the window, which determines the statistical error."""
        return self._tracks.tracks

    def replicas(self) -> tuple[LheSample, ...]:
        """The source without each tenth of the events in turn; see :class:`~evanesce.sources.base.Sampled`."""
        return tuple(self._made(part) for part in self._tracks.parts)

    def track_cross_section(self) -> CrossSection:
        """Cross section of the selected tracks, with the error stated in the file."""
        return CrossSection(self.selected_cross_section, self.cross_section_error)

    def polar_cosines(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Laboratory cosines to z, drawn from selected tracks of the file near each energy."""
        return self._tracks.nearby.draw(energy, rng)

    def checksums(self) -> dict[str, str]:
        """SHA-256 of the file when it was read."""
        return {self.file: self._tracks.sha256}

    def spectrum(self, energy: FloatArray) -> FloatArray:
        """dN/dE per GeV at ``energy`` (GeV, any shape), zero outside the edges."""
        return self._sample.spectrum(energy)

    @property
    def _sample(self) -> LheSample:
        return self._made(self._tracks.all)

    def _made(self, part: Part) -> LheSample:
        number = self.sigma * float(self.luminosity) * INVERSE_AB_PB
        return LheSample(
            incident=self.incident, shape=part.shape, line=self._tracks.line, count=part.share * number, number=number
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LheSample:
    """A source made from some of the tracks of a file, scaled to the exposure of all."""

    incident: Particle
    """Which particle vanishes."""
    shape: Shape | None
    """Tracks per event and GeV; None for a line."""
    line: float
    """Energy of the line in GeV."""
    count: float
    """Number of tracks."""
    number: float
    """Number of events."""

    @property
    def edges(self) -> tuple[float, ...]:
        """Energies in GeV between which the spectrum is a polynomial."""
        return () if self.shape is None else tuple(self.shape.edges.tolist())

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """The energy of all tracks if they have the same."""
        return ((self.line, self.count),) if self.shape is None else ()

    def spectrum(self, energy: FloatArray) -> FloatArray:
        """dN/dE per GeV at ``energy`` (GeV, any shape), zero outside the edges."""
        energy = np.asarray(energy, dtype=np.float64)
        return np.zeros_like(energy) if self.shape is None else evaluate(self.shape, energy) * self.number
