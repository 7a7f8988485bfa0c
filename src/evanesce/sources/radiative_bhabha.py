"""Radiative Bhabha scattering e⁺e⁻ → e⁺e⁻γ at an asymmetric collider, appendix F of arXiv:2212.04252."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evanesce.cache import cached, digest
from evanesce.constants import ALPHA, GEV2_CM2, INVERSE_AB_PB, PB_CM2
from evanesce.formats import EventBatch, RunInfo
from evanesce.memo import memoised
from evanesce.particles import Particle, check_particle
from evanesce.representation import field_html
from evanesce.sources.base import LARGEST_NUMBER, SOURCES, CrossSection
from evanesce.sources.histogram_shape import Shape, evaluate, fit
from evanesce.sources.incidence import INCIDENCES, Incidence
from evanesce.sources.nearby import NearbyTracks
from evanesce.sources.radiative import Cuts, Integrals, events, events_key, integrals
from evanesce.validation import FloatArray, choice, positive, real_number, true_or_false, whole

__all__ = ["RadiativeBhabha"]

_MOST_EVENTS = 10**9
_LARGEST_SEED = 2**63 - 1
_DIRECTIONS = 200_000
"""Number of events from which directions are drawn."""
_SEED = 2212
_VERSION = 1


@SOURCES.register("radiative-bhabha")
@dataclass(frozen=True, slots=True, kw_only=True)
class RadiativeBhabha:
    """Positrons (or electrons) of e⁺e⁻ → e⁺e⁻γ with all three particles in a window, at tree level.

    The defaults are the cuts of appendix F. The electron mass is kept: without it, and without a cut on the distance
    between electron and positron, the cross section is infinite. Polar angles are measured from the electron beam;
    ΔR = √(Δη² + Δφ²) with pseudorapidities in the laboratory.

    The spectrum is integrated on first use, which takes seconds, and then kept on disk.

    >>> RadiativeBhabha(alpha=1 / 127.9).min_energy
    2.0
    """

    exposure_field: ClassVar[str] = "luminosity"
    electron_energy: float = 7.0
    """Energy of the electron beam in GeV."""
    positron_energy: float = 4.0
    """Energy of the positron beam in GeV."""
    polar_angle_min: float = 32.2
    """Smallest polar angle of electron, positron and photon in degrees."""
    polar_angle_max: float = 128.7
    """Largest polar angle of electron, positron and photon in degrees."""
    min_energy: float = 2.0
    """Smallest energy of electron, positron and photon in GeV."""
    min_separation: float = 0.1
    """Smallest ΔR of the photon from the electron and from the positron."""
    min_separation_ee: float = 0.0
    """Smallest ΔR of the electron from the positron."""
    luminosity: float = 50.0
    """Integrated luminosity in ab⁻¹."""
    incident: Particle = "e+"
    """Charge of the track that vanishes."""
    alpha: float = ALPHA
    """Fine-structure constant α; the cross section is proportional to α³."""
    incidence: Incidence = "normal"
    """``normal``, or ``barrel``: tracks cross every thickness over sin θ."""
    z_exchange: bool = False
    """Include Z exchange."""

    def __post_init__(self) -> None:
        positive("luminosity", self.luminosity, maximum=LARGEST_NUMBER)
        positive("alpha", self.alpha, maximum=1.0)
        true_or_false("z_exchange", self.z_exchange)
        check_particle("incident", self.incident)
        choice("incidence", self.incidence, INCIDENCES)
        _ = self.cuts

    def _repr_html_(self) -> str:
        return field_html(self)

    @property
    def cuts(self) -> Cuts:
        """Beams and cuts."""
        return Cuts(
            **{field.name: real_number(field.name, getattr(self, field.name)) for field in dataclasses.fields(Cuts)}
        )

    @property
    def edges(self) -> tuple[float, ...]:
        """Energies in GeV between which the spectrum is a polynomial."""
        return tuple(self._shape.edges.tolist())

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """No monoenergetic part."""
        return ()

    @property
    def cross_section(self) -> float:
        """Cross section within the cuts, pb."""
        return self._integrals.cross_section * self._unit

    @property
    def cross_section_error(self) -> float:
        """Standard error of the cross section by the Monte Carlo integration, pb."""
        return self._integrals.error * self._unit

    @property
    def count(self) -> float:
        """Number of tracks: cross section times luminosity."""
        return self.cross_section * self.luminosity * INVERSE_AB_PB

    @property
    def bins(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The integrated histogram: edges (GeV), dσ/dE (pb/GeV) in each bin and its standard error."""
        found, row = self._integrals, self._row
        width = np.diff(found.bins)
        error = np.sqrt(found.variances[row])
        return found.bins, found.spectra[row] * self._unit / width, error * self._unit / width

    def track_cross_section(self) -> CrossSection:
        """Cross section within the cuts, with its error."""
        return CrossSection(self.cross_section, self.cross_section_error)

    def polar_cosines(self, energy: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Cosines to the electron beam, drawn from generated events (kept on disk) near each energy."""
        return _directions(self.cuts, bool(self.z_exchange), 3 - self._row).draw(energy, rng)

    def differential_cross_section(self, energy: FloatArray) -> FloatArray:
        """dσ/dE in pb/GeV at laboratory energies in GeV: a smooth curve through the histogram, zero outside."""
        return evaluate(self._shape, np.asarray(energy, dtype=np.float64)) * self._unit

    def spectrum(self, energy: FloatArray) -> FloatArray:
        """dN/dE per GeV at ``energy`` (GeV, any shape), zero outside the edges."""
        return self.differential_cross_section(energy) * (self.luminosity * INVERSE_AB_PB)

    def events(self, number: int, *, seed: int) -> Iterator[EventBatch]:
        """Unweighted events in batches; each weight is the cross section in pb, as for the mean in Les Houches files.

        Raises
        ------
        InvalidValueError
            A number or seed that is not allowed, or cuts that no event passes.

        """
        number, seed = whole("events", number, 1, _MOST_EVENTS), whole("seed", seed, 0, _LARGEST_SEED)
        return events(self.cuts, number=number, seed=seed, z_exchange=self.z_exchange, weight=self.cross_section)

    def run(self, seed: int) -> RunInfo:
        """Description of the events for a file."""
        return RunInfo(
            cross_section=self.cross_section,
            cross_section_error=self.cross_section_error,
            description="radiative Bhabha events",
            weights="all equal; the mean over all events is the cross section in pb",
            about={"source": repr(self), "seed": seed},
        )

    @property
    def _row(self) -> int:
        return 0 if self.incident == "e+" else 1

    @property
    def _unit(self) -> float:
        """e⁶ times pb per GeV⁻²."""
        return float((4.0 * math.pi * self.alpha) ** 3 * GEV2_CM2 / PB_CM2)

    @property
    def _integrals(self) -> Integrals:
        return integrals(self.cuts, bool(self.z_exchange))

    @property
    def _shape(self) -> Shape:
        return _shape(self.cuts, bool(self.z_exchange), self._row)


@memoised(maxsize=16)
def _shape(cuts: Cuts, z_exchange: bool, row: int) -> Shape:
    found = integrals(cuts, z_exchange)
    return fit(found.bins, found.spectra[row], found.variances[row])


@memoised(maxsize=4)
def _directions(cuts: Cuts, z_exchange: bool, particle: int) -> NearbyTracks:
    """Directions of one particle of the events, by its index."""

    def made() -> dict[str, FloatArray]:
        batches = events(cuts, number=_DIRECTIONS, seed=_SEED, z_exchange=z_exchange)
        momentum = np.concatenate([batch.momentum[:, particle] for batch in batches])
        cosine = momentum[:, 2] / np.sqrt(np.sum(momentum[:, :3] ** 2, axis=-1))
        return {"energy": momentum[:, 3], "cosine": cosine}

    key = digest(_VERSION, events_key(cuts, z_exchange), particle)
    layout = {"energy": ("events",), "cosine": ("events",)}
    found = cached("radiative-bhabha-directions", key, made, layout=layout)
    return NearbyTracks.of(found["energy"], found["cosine"], np.ones(len(found["energy"])))
