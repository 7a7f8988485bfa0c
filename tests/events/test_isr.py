"""Events of annihilation with radiation: the photon, and how many events have one."""

from functools import lru_cache

import numpy as np
import pytest

import evanesce as ev
from evanesce.constants import ELECTRON_MASS
from evanesce.production.soft_photons import photon_exponent, soft_and_virtual
from evanesce.sampling.kinematics import rest_frame

PHOTON = ev.DarkPhoton(alpha_d=1e-3)


@lru_cache(maxsize=8)
def made(experiment, mass, mediator, overrides):
    stream = ev.generate_events(experiment, mediator, mass, 100_000, process="isr", overrides=dict(overrides))
    batches = list(stream)
    hard = [batch for batch in batches if batch.roles[-1].name == "photon"]
    return stream, [batch for batch in batches if batch.roles[-1].name != "photon"], hard


def events(experiment, mass, mediator=PHOTON, **overrides):
    return made(experiment, mass, mediator, tuple(overrides.items()))


def total(batches):
    return sum(float(batch.weight.sum()) for batch in batches)


@pytest.mark.parametrize(
    ("experiment", "mass", "overrides"),
    [
        pytest.param("belle2", 0.0667, {}, marks=pytest.mark.slow),
        pytest.param("belle2", 0.055, {"soft_photons": 1e-3}, marks=pytest.mark.slow),
        ("belle2", 0.0667, {"electrons": "free"}),
    ],
)
def test_events_without_a_photon(experiment, mass, overrides):
    """Annihilation times F x_c^β, of a resonance so narrow that s is m²: within 3 standard deviations or 1 %."""
    narrow = ev.DarkPhoton(alpha_d=1e-6)
    stream, soft, hard = events(experiment, mass, narrow, **overrides)
    s = np.array(mass**2)
    annihilation = ev.predict(experiment, narrow, mass, overrides={"isr": "off", **overrides}).signal["annihilation"]
    share = soft_and_virtual("vector", s) * overrides.get("soft_photons", 1e-5) ** photon_exponent(s)
    assert total(soft) == pytest.approx(float(annihilation.value * share), rel=0.01)
    assert total(soft) + total(hard) == pytest.approx(stream.expected, rel=0.01)


def test_the_photon():
    """Massless, from the vertex of the annihilation, harder than soft ones, and visible."""
    _, _, hard = events("belle2", 0.0667)
    for batch in hard:
        assert (batch.roles[-1].pdg_id, batch.roles[-1].status, batch.roles[-1].mothers) == (22, 1, (1, 2))
        photon, electron, positron = (batch.momentum[:, i] for i in (7, 1, 2))
        assert photon[:, 3] == pytest.approx(np.sqrt(np.sum(photon[:, :3] ** 2, axis=1)), rel=1e-9, abs=1e-12)
        s = (electron + positron)[:, 3] ** 2 - np.sum((electron + positron)[:, :3] ** 2, axis=1)
        lost = 1 - (batch.columns["mediator_mass"] ** 2 - 2 * ELECTRON_MASS**2) / (s - 2 * ELECTRON_MASS**2)
        assert (lost > 0.99e-5).all()
        shower = batch.momentum[:, 3, 3]
        assert batch.columns["visible_energy"] == pytest.approx(shower + photon[:, 3], rel=1e-9, abs=1e-9)


def test_half_of_the_photons_go_with_the_electron():
    """Soft photons are symmetric in the centre of mass: 1/2 within 2 %."""
    _, _, hard = events("belle2", 0.0667)
    forward = weights = 0.0
    for batch in hard:
        photon, electron, positron = (batch.momentum[:, i] for i in (7, 1, 2))
        parent = electron + positron
        root = np.sqrt(parent[:, 3] ** 2 - np.sum(parent[:, :3] ** 2, axis=1))
        axis, direction = (rest_frame(each, parent, root) for each in (positron, photon))
        soft = batch.columns["mediator_mass"] ** 2 > (1 - 1e-3) * root**2
        ahead = np.sum(axis * direction, axis=1) > 0
        forward += batch.weight[soft & ahead].sum()
        weights += batch.weight[soft].sum()
    assert forward / weights == pytest.approx(0.5, abs=0.01)
