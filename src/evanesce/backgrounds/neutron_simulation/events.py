"""Selection of simulated events that look like a vanished positron: section 3.2 of arXiv:2212.04252, as arrays.

An event consists of its visible energy and the hadrons that leave the slab. The cuts are applied in turn: a fast
neutron; little deposited energy; no proton or charged pion above a momentum of 0.6 GeV, because these reach the veto.
The remaining events are sorted by the number of neutrons above 280 MeV, the threshold for a hadronic shower.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.constants import physical_constants
from scipy.stats import chi2

from evanesce.errors import InvalidValueError
from evanesce.validation import FloatArray, choice, fraction, positive, whole

__all__ = ["CUTS", "NeutronEvents", "NeutronSelection", "check_records", "garwood"]

CUTS: Final[tuple[str, ...]] = ("fast_neutron", "low_deposit", "no_charged", "single", "multiple")
"""Cuts in order; the last two divide the events that pass the third."""
_LARGEST_CODE: Final = 2**62
_NEUTRON, _PROTON, _PION = 2112, 2212, 211
_MASSES: Final[Mapping[int, float]] = {
    _NEUTRON: physical_constants["neutron mass energy equivalent in MeV"][0] * 1e-3,
    _PROTON: physical_constants["proton mass energy equivalent in MeV"][0] * 1e-3,
    _PION: 0.13957039,  # Particle Data Group, PTEP 2022, 083C01
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NeutronEvents:
    """Events as arrays: one entry per event, and one per hadron that leaves the slab."""

    visible: FloatArray
    """Energy in GeV deposited in the slab, and that of electrons, positrons and photons beyond it, shape (events,)."""
    event: npt.NDArray[np.intp]
    """Index of the event of each hadron, shape (hadrons,)."""
    code: npt.NDArray[np.int64]
    """Particle Data Group code of each hadron."""
    kinetic: FloatArray
    """Kinetic energy of each hadron in GeV."""

    @classmethod
    def from_records(cls, records: Sequence[Mapping[str, Any]]) -> NeutronEvents:
        """Events of records ``{"visible": GeV, "hadrons": [[code, GeV], ...]}``; see :func:`check_records`."""
        counts = [len(record["hadrons"]) for record in records]
        hadrons = [hadron for record in records for hadron in record["hadrons"]]
        return cls(
            visible=np.array([record["visible"] for record in records], dtype=np.float64),
            event=np.repeat(np.arange(len(records)), counts),
            code=np.array([code for code, _ in hadrons], dtype=np.int64),
            kinetic=np.array([kinetic for _, kinetic in hadrons], dtype=np.float64),
        )

    def count(self, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
        """Number of chosen hadrons in each event."""
        return np.bincount(self.event[chosen], minlength=len(self.visible))

    def momentum(self, code: int) -> FloatArray:
        """Momentum in GeV of all hadrons, assuming the mass of the kind ``code``."""
        result: FloatArray = np.sqrt(self.kinetic * (self.kinetic + 2.0 * _MASSES[code]))
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutronSelection:
    """The cuts of the paper.

    The paper requires a neutron "with energy exceeding 3 GeV"; ``energy`` decides whether kinetic or total energy.
    """

    beam_energy: float
    """Energy of the positron in GeV."""
    energy: Literal["kinetic", "total"] = "kinetic"
    fast: float = 3.0
    """Energy in GeV that the leading neutron exceeds."""
    deposit: float = 0.05
    """Upper limit on the deposited energy as a fraction of the beam energy."""
    charged: float = 0.6
    """Momentum in GeV above which a proton or charged pion is seen; slower protons curl up and deposit their energy."""
    shower: float = 0.28
    """Kinetic energy in GeV above which a neutron counts."""

    def __post_init__(self) -> None:
        choice("neutron energy", self.energy, ("kinetic", "total"))
        fraction("deposit", self.deposit)
        for name in ("beam_energy", "fast", "charged", "shower"):
            positive(name, getattr(self, name))

    def least_kinetic(self) -> float:
        """Smallest kinetic energy in GeV of a fast neutron."""
        return self.fast if self.energy == "kinetic" else self.fast - _MASSES[_NEUTRON]

    def passed(self, events: NeutronEvents) -> dict[str, npt.NDArray[np.bool_]]:
        """Which events pass each cut and all before it, by the names of :data:`CUTS`, shape (events,) each."""
        neutron = events.code == _NEUTRON
        proton, pion = events.code == _PROTON, np.abs(events.code) == _PION
        fast = events.count(neutron & (events.kinetic > self.least_kinetic())) > 0
        slow_proton = proton & (events.momentum(_PROTON) < self.charged)
        deposited = events.visible + np.bincount(
            events.event[slow_proton], events.kinetic[slow_proton], minlength=len(events.visible)
        )
        low = fast & (deposited < self.deposit * self.beam_energy)
        seen = (proton & ~slow_proton) | (pion & (events.momentum(_PION) > self.charged))
        uncharged = low & (events.count(seen) == 0)
        neutrons = events.count(neutron & (events.kinetic > self.shower))
        return {
            "fast_neutron": fast,
            "low_deposit": low,
            "no_charged": uncharged,
            "single": uncharged & (neutrons == 1),
            "multiple": uncharged & (neutrons > 1),
        }

    def counts(self, events: NeutronEvents) -> dict[str, int]:
        """Number of events after each cut."""
        return {name: int(chosen.sum()) for name, chosen in self.passed(events).items()}

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for provenance."""
        return asdict(self)


def check_records(records: Any) -> None:
    """Raise unless ``records`` is a list of events for :meth:`NeutronEvents.from_records`.

    >>> check_records([{"visible": 0.1, "hadrons": [[2112, 3.5]]}])
    >>> check_records([{"visible": 0.1, "hadrons": [[2112]]}])
    Traceback (most recent call last):
    evanesce.errors.InvalidValueError: event 1: its hadrons must be a list of [code, kinetic energy]
    """
    if not isinstance(records, list):
        raise InvalidValueError("its events must be a list")
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict) or record.keys() != {"visible", "hadrons"}:
            raise InvalidValueError(f"event {number}: must have the entries 'visible' and 'hadrons'")
        if not _is_energy(record["visible"]):
            raise InvalidValueError(f"event {number}: its visible energy must be a number, 0 or greater")
        hadrons = record["hadrons"]
        if not isinstance(hadrons, list) or not all(_is_hadron(hadron) for hadron in hadrons):
            raise InvalidValueError(f"event {number}: its hadrons must be a list of [code, kinetic energy]")


def _is_hadron(value: Any) -> bool:
    pair = isinstance(value, list) and len(value) == 2
    return pair and type(value[0]) is int and abs(value[0]) < _LARGEST_CODE and _is_energy(value[1])


def _is_energy(value: Any) -> bool:
    """Whether a value of a JSON file is an energy in GeV."""
    return type(value) in (int, float) and 0 <= value < math.inf


def garwood(count: int, level: float) -> tuple[float, float]:
    """Central Poisson interval of the mean for an observed ``count``; an upper limit if the count is 0.

    F. Garwood, Biometrika 28 (1936) 437. For a count of 0 at 90 % it is 0 to 2.303, with all of the 10 % above.

    >>> [round(bound, 3) for bound in garwood(0, 0.9)], [round(bound, 3) for bound in garwood(3, 0.9)]
    ([0.0, 2.303], [0.818, 7.754])
    """
    whole("count", count, 0, 10**15)
    outside = 1.0 - fraction("level", level, one_allowed=False)
    if count == 0:
        return 0.0, -math.log(outside)
    low, high = chi2.ppf(0.5 * outside, 2 * count), chi2.ppf(1.0 - 0.5 * outside, 2 * count + 2)
    return 0.5 * float(low), 0.5 * float(high)
