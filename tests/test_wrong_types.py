"""A wrong argument of a public function raises a one-line error of this package, not one of a library."""

from contextlib import contextmanager

import numpy as np
import pytest

import evanesce as ev
from evanesce.errors import EvanesceWarning

BELLE2, PHOTON = ev.experiment("belle2"), ev.DarkPhoton()
FAST = {"physics": "published"}
WRONG = [
    None, 3, -1, True, "x", "", [], [[]], {}, object(), float("nan"), float("inf"), np.array([]), np.array(["a"]),
    np.array([[1.0]]), 1 + 2j, b"z", len, type, "a" * 5000, "\x00", [None], [True], ("belle2", None), 10**400,
]  # fmt: skip
CALLS = {
    "limit, experiment": lambda v: ev.limit(v, PHOTON, 0.06, **FAST),
    "limit, mediator": lambda v: ev.limit(BELLE2, v, 0.06, **FAST),
    "limit, mass": lambda v: ev.limit(BELLE2, PHOTON, v, **FAST),
    "limit, physics": lambda v: ev.limit(BELLE2, PHOTON, 0.06, physics=v),
    "limit, overrides": lambda v: ev.limit(BELLE2, PHOTON, 0.06, overrides=v, **FAST),
    "limit, a number of overrides": lambda v: ev.limit(BELLE2, PHOTON, 0.06, overrides={"v_max": v}, **FAST),
    "limit, a word of overrides": lambda v: ev.limit(BELLE2, PHOTON, 0.06, overrides={"electrons": v}, **FAST),
    "limit, background": lambda v: ev.limit(BELLE2, PHOTON, 0.06, background=v, **FAST),
    "limit, criterion": lambda v: ev.limit(BELLE2, PHOTON, 0.06, criterion=v, **FAST),
    "predict": lambda v: ev.predict(BELLE2, v, 0.06, **FAST),
    "combine": ev.combine,
    "explain": ev.explain,
    "Engine": lambda v: ev.Engine(prepared=v),
    "experiment": ev.experiment,
    "experiment, overrides": lambda v: ev.experiment("belle2", v),
    "replace": BELLE2.replace,
    "replace, source": lambda v: BELLE2.replace({"source": v}),
    "replace, backgrounds": lambda v: BELLE2.replace({"backgrounds": v}),
    "replace, processes": lambda v: BELLE2.replace({"processes": v}),
    "replace, background": lambda v: BELLE2.replace({"background": v}),
    "replace, holds_for": lambda v: BELLE2.replace({"background": {"expected": 1, "holds_for": v}}),
    "replace, observed": lambda v: BELLE2.replace({"observed": v}),
    "replace, curve": lambda v: BELLE2.replace({"bremsstrahlung_curve": v}),
    "from_dict": ev.Experiment.from_dict,
    "from_dict, channels": lambda v: ev.Experiment.from_dict({"name": "x", "channels": v}),
    "Experiment": lambda v: ev.Experiment(name=v, channels=v),
    "VanishingTrack": lambda v: ev.VanishingTrack(source=v, target=v, background=1),
    "VanishingTrack, background": lambda v: ev.VanishingTrack(source=BELLE2.source, target=BELLE2.target, background=v),
    "mediator": ev.mediator,
    "DarkPhoton": lambda v: ev.DarkPhoton(alpha_d=v),
    "compound": lambda v: ev.compound(v, density=4),
    "compound, density": lambda v: ev.compound("CsI", density=v),
    "material": ev.material,
    "constraint": ev.constraint,
    "constraint, mass": lambda v: ev.constraint("babar").epsilon(v),
    "constraint, rescaled": lambda v: ev.constraint("belle2-monophoton").rescaled(v),
    "constraint_from_csv": lambda v: ev.constraint_from_csv(v, name="x"),
    "generate_events, mass": lambda v: ev.generate_events(BELLE2, PHOTON, v, 10, **FAST),
    "generate_events, count": lambda v: ev.generate_events(BELLE2, PHOTON, 0.06, v, **FAST),
    "generate_events, process": lambda v: ev.generate_events(BELLE2, PHOTON, 0.06, 10, process=v, **FAST),
    "generate_events, experiment": lambda v: ev.generate_events(v, PHOTON, 0.06, 10, **FAST),
    "generate_events, mediator": lambda v: ev.generate_events(BELLE2, v, 0.06, 10, **FAST),
    "suppression_factor": lambda v: ev.suppression_factor(v, "published"),
    "Bhabha": lambda v: ev.Bhabha(electron_energy=v),
    "Bhabha, incident": lambda v: ev.Bhabha(incident=v),
    "Beam": lambda v: ev.Beam(energy=v, particles=1e3),
    "TabulatedSpectrum": lambda v: ev.TabulatedSpectrum(energies=v, densities=v),
    "LheSource": lambda v: ev.LheSource(file=v),
    "resolve_physics": ev.resolve_physics,
}


@contextmanager
def suppress_ours(messages):
    """Collect the message of an error of ours."""
    try:
        yield
    except ev.EvanesceError as error:
        messages.append(str(error))


@pytest.mark.filterwarnings(f"ignore::{EvanesceWarning.__module__}.{EvanesceWarning.__name__}")
@pytest.mark.parametrize("name", CALLS)
def test_wrong_types_are_one_line_of_ours(name):
    messages = []
    for value in WRONG:
        if name.startswith("generate_events") and (value is None or isinstance(value, int)):
            continue  # right there, and slow
        with suppress_ours(messages):
            CALLS[name](value)  # some values are right: None is no override, 3 is a number of GeV
    assert len(messages) >= len(WRONG) // 2
    assert all("\n" not in message and 0 < len(message) <= 900 for message in messages)
