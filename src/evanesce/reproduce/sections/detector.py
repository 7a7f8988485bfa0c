"""Beyond the paper: what each layer of the detector before the crystals does to the limit, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from evanesce.experiments import Experiment, experiment
from evanesce.reproduce.entries import Section
from evanesce.reproduce.setting import GEV_MEV, Setting

__all__ = ["STEPS", "section"]

section = Section("detector", beyond=True)
_MASSES: Final[tuple[float, ...]] = (0.06, 0.0667, 0.075)
_NOTE: Final = "layers of the card belle2-detector, some of them assumed; the paper has crystals alone"


def _electron(setting: Setting) -> Experiment:
    """The electron in the barrel too, and the number of background events kept."""
    return setting.belle2.replace({"source.opposite_in_acceptance": True, "background": setting.belle2.background})


def _layers(*labels: str, dead: tuple[str, ...] = ()) -> Callable[[Setting], Experiment]:
    """The layers of these labels before the crystals; those in ``dead`` are not active."""

    def of(setting: Setting) -> Experiment:
        card = experiment("belle2-detector").as_dict()["target"]
        chosen: list[dict[str, Any]] = [
            {**layer, "active": layer["active"] and layer["label"] not in dead}
            for layer in card
            if layer["label"] in labels
        ]
        return _electron(setting).replace({"target": chosen, "background": setting.belle2.background})

    return of


STEPS: Final[dict[str, tuple[str, Callable[[Setting], Experiment]]]] = {
    "electron": ("electron in the barrel", _electron),
    "dead": ("and 0.14 X0 of dead material", _layers("inner", "outer", "crystals")),
    "quartz-dead": (
        "and 2 cm of quartz as dead material",
        _layers("inner", "quartz", "outer", "crystals", dead=("quartz",)),
    ),
    "quartz": ("and the quartz as a target", _layers("inner", "quartz", "outer", "crystals")),
}
"""What is added in each step, and the experiment with everything up to it."""


def _ratio(mass: float, of: Callable[[Setting], Experiment]) -> Callable[[Setting], float]:
    return lambda s: s.epsilon(mass=mass, experiment=of(s)) / s.epsilon(mass=mass)


for _name, (_what, _of) in STEPS.items():
    for _mass in _MASSES:
        section.computed(
            f"detector-{_name}-{GEV_MEV * _mass:g}",
            f"limit on ε at {GEV_MEV * _mass:g} MeV over that of belle2: {_what}",
            note=_NOTE,
        )(_ratio(_mass, _of))
