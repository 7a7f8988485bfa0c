"""evanesce: how far searches for light dark matter see when a track vanishes in a calorimeter.

Light to import: every public name is loaded at its first use.

>>> import evanesce as ev
>>> float(ev.geomspace(0.02, 0.2, 3)[1].round(6))
0.063246
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import geomspace, linspace

    from evanesce.constraints import constraint, constraint_from_csv, constraint_names
    from evanesce.control_sample import suppression_factor
    from evanesce.errors import EvanesceError
    from evanesce.events import generate_events
    from evanesce.experiments import Experiment, experiment, experiment_names
    from evanesce.limits import LimitCurve, limit, limit_curve
    from evanesce.materials import Material, compound, material, material_names
    from evanesce.mediators import AxialVector, DarkPhoton, Pseudoscalar, Scalar
    from evanesce.physics import PhysicsOptions, resolve_physics
    from evanesce.sources import Beam, Bhabha, RadiativeBhabha, TabulatedSpectrum

    __version__: str

_HOMES = {
    "AxialVector": "mediators",
    "Beam": "sources",
    "Bhabha": "sources",
    "DarkPhoton": "mediators",
    "EvanesceError": "errors",
    "Experiment": "experiments",
    "LimitCurve": "limits",
    "Material": "materials",
    "PhysicsOptions": "physics",
    "Pseudoscalar": "mediators",
    "RadiativeBhabha": "sources",
    "Scalar": "mediators",
    "TabulatedSpectrum": "sources",
    "compound": "materials",
    "constraint": "constraints",
    "constraint_from_csv": "constraints",
    "constraint_names": "constraints",
    "experiment": "experiments",
    "experiment_names": "experiments",
    "generate_events": "events",
    "limit": "limits",
    "limit_curve": "limits",
    "material": "materials",
    "material_names": "materials",
    "resolve_physics": "physics",
    "suppression_factor": "control_sample",
}

__all__ = [
    "AxialVector",
    "Beam",
    "Bhabha",
    "DarkPhoton",
    "EvanesceError",
    "Experiment",
    "LimitCurve",
    "Material",
    "PhysicsOptions",
    "Pseudoscalar",
    "RadiativeBhabha",
    "Scalar",
    "TabulatedSpectrum",
    "compound",
    "constraint",
    "constraint_from_csv",
    "constraint_names",
    "experiment",
    "experiment_names",
    "generate_events",
    "geomspace",
    "limit",
    "limit_curve",
    "linspace",
    "material",
    "material_names",
    "resolve_physics",
    "suppression_factor",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("evanesce")
    if name in ("geomspace", "linspace"):
        return getattr(importlib.import_module("numpy"), name)
    if name in _HOMES:
        return getattr(importlib.import_module(f"evanesce.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'evanesce' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
