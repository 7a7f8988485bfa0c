"""Neutron background from a Geant4 run of this package, read by name with its provenance.

A result is what ``evanesce geant4 neutrons --json`` prints, kept as ``data/NAME.json`` here, or a path of your own
that ends in ``.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, Literal

from evanesce.backgrounds.base import BACKGROUNDS, BackgroundEstimate, Exposure
from evanesce.backgrounds.neutrons import SOURCES, Neutrons
from evanesce.backgrounds.uncertainty import shared_names
from evanesce.errors import DataFileError, InvalidValueError, unknown_name
from evanesce.inputs import TABLE_BYTES, read_text
from evanesce.validation import choice, non_negative, positive, whole

__all__ = ["SimulatedNeutrons", "simulated_neutron_results"]

_MOST: Final[int] = 10**15
_COUNTS: Final = ("fast_neutron", "low_deposit", "no_charged", "single", "multiple")
_KEPT: Final[tuple[str, ...]] = ("geant4", "physics", "data", "seed", "positrons_per_job", "meaningful_for", "command")


@BACKGROUNDS.register("simulated-neutrons")
@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedNeutrons:
    """Simulated counts × the penetration probability of Eq. (3.3) of arXiv:2212.04252.

    As :class:`~evanesce.backgrounds.neutrons.Neutrons`, with the counts of one of our own runs. A count of zero
    is replaced by its limit.

    Raises
    ------
    UnknownNameError
        No result has that name.
    DataFileError
        A file that does not come from ``evanesce geant4 neutrons --json``.

    """

    result: str
    """Name of a result of the package, or the path of a JSON file."""
    neutron_energy: Literal["kinetic", "total"] = "kinetic"
    """Which energy of the leading neutron exceeds 3 GeV: ``kinetic`` or ``total``."""
    penetration_error: float = 0.0
    """Uncertainty of the penetration probability (3.3), as a difference of probabilities."""
    veto_depth: float
    """Depth of the veto detector in hadronic interaction lengths."""
    calorimeter_depth: float
    """Depth of the calorimeter in hadronic interaction lengths, at ``calorimeter_thickness``."""
    calorimeter_thickness: float
    """Thickness in X0 that ``calorimeter_depth`` belongs to; other thicknesses scale with it."""
    label: str = "neutrons"
    uncertainties: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Names of nuisance parameters by source of uncertainty; components with the same name share it."""

    def __post_init__(self) -> None:
        choice("neutron_energy", self.neutron_energy, ("kinetic", "total"))
        positive("calorimeter_thickness", self.calorimeter_thickness)
        for name in ("veto_depth", "calorimeter_depth", "penetration_error"):
            non_negative(name, getattr(self, name))
        object.__setattr__(self, "uncertainties", shared_names(self.label, self.uncertainties, SOURCES))
        _file(self.result)

    def estimate(self, exposure: Exposure) -> BackgroundEstimate:
        """Estimate the neutron events; see :meth:`Neutrons.estimate`."""
        content = _read(self.result)
        estimate = self._neutrons(content).estimate(exposure)
        about = {key: content[key] for key in _KEPT if key in content}
        own = {"result": self.result, "neutron_energy": self.neutron_energy}
        return replace(estimate, inputs={**estimate.inputs, **own, **about})

    def _neutrons(self, content: dict[str, Any]) -> Neutrons:
        try:
            selection = content["selections"][self.neutron_energy]
            counts = {name: whole(name, selection["counts"][name]["count"], 0, _MOST) for name in _COUNTS}
            version = " and ".join(content["geant4"])
            return Neutrons(
                simulated_positrons=content["positrons"],
                simulated_energy=content["energy_gev"],
                simulated_material=content["material"],
                simulated_thickness=content["thickness_x0"],
                simulated_missing_fraction=1.0 - selection["cuts"]["deposit"],
                penetration_model="computed",
                penetration_error=self.penetration_error,
                veto_depth=self.veto_depth,
                calorimeter_depth=self.calorimeter_depth,
                calorimeter_thickness=self.calorimeter_thickness,
                reference=f"{version}, {content['physics']}, {content['data']['source']} data, simulated by evanesce",
                label=self.label,
                uncertainties=self.uncertainties,
                **counts,
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise DataFileError(
                f"simulated neutrons '{self.result}': is not what 'evanesce geant4 neutrons --json' prints ({error})"
            ) from None


def simulated_neutron_results() -> tuple[str, ...]:
    """Names of the results that come with the package."""
    return tuple(sorted(item.name.removesuffix(".json") for item in _folder().iterdir() if item.name.endswith(".json")))


def _folder() -> Traversable:
    return resources.files("evanesce.backgrounds") / "data"


def _file(name: str) -> Traversable | Path:
    if not isinstance(name, str):
        raise InvalidValueError(f"result = {name!r}: must be the name of a result or the path of a JSON file")
    if name.endswith(".json"):
        if not Path(name).is_file():
            raise DataFileError(f"simulated neutrons '{name}': there is no such file")
        return Path(name)
    if name not in simulated_neutron_results():
        raise unknown_name("neutron simulation", name, simulated_neutron_results())
    return _folder() / f"{name}.json"


def _read(name: str) -> dict[str, Any]:
    file = _file(name)
    try:
        text = (
            read_text(file, TABLE_BYTES, expected="give a result")
            if isinstance(file, Path)
            else file.read_text("utf-8")
        )
        content = json.loads(text)
    except DataFileError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise DataFileError(f"simulated neutrons '{name}': cannot be read ({error})") from None
    if not isinstance(content, dict):
        raise DataFileError(
            f"simulated neutrons '{name}': is not what 'evanesce geant4 neutrons --json' prints (no mapping)"
        )
    return content
