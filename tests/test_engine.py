"""The engine: changes of scale reuse everything, threads share results, memory is bounded."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pytest

import evanesce as ev
from evanesce.engine import Engine
from evanesce.fingerprint import fingerprint
from evanesce.numerics import Estimate
from evanesce.processes import Annihilation, Bremsstrahlung
from evanesce.sources import unit_exposure

BELLE2 = ev.experiment("belle2")
MASS = [0.05, 0.0667]


@pytest.fixture
def prepared(monkeypatch):
    """Names of the processes that were prepared."""
    names = []
    for kind in (Annihilation, Bremsstrahlung):
        original = kind.prepare

        def watched(self, setup, options, workshop, original=original):
            names.append(self.name)
            return original(self, setup, options, workshop)

        monkeypatch.setattr(kind, "prepare", watched)
    return names


@pytest.mark.parametrize(
    "change",
    [
        {"source.luminosity": 3.0},
        {"efficiency": 0.3},
        {"background": 12},
        {"title": "another"},
        {"criterion": "events-2.3", "background": 0},
        {"observed": 93},
        {"backgrounds": []},
    ],
    ids=str,
)
def test_what_only_rescales_prepares_nothing(prepared, change):
    engine = Engine()
    base = engine.predict(BELLE2, "dark-photon", MASS, physics="converged")
    done = list(prepared)
    other = engine.predict(BELLE2.replace(change), "dark-photon", MASS, physics="converged")
    assert prepared == done
    factor = change.get("source.luminosity", 50.0) / 50.0 * change.get("efficiency", 1.0)
    for name, part in base.signal.items():
        assert other.signal[name].value == pytest.approx(factor * part.value, rel=1e-14, abs=0)


def test_another_shape_is_prepared_anew(prepared):
    engine = Engine()
    for change in ({}, {"selection.missing_fraction": 0.9}, {"target.thickness": 8}, {"source.polar_angle_min": 40}):
        engine.predict(BELLE2.replace(change), "dark-photon", MASS, physics="published", background=94)
    assert prepared == ["annihilation", "bremsstrahlung"] * 4


def test_another_coupling_leaves_bremsstrahlung_alone(prepared):
    engine = Engine()
    one = engine.predict(BELLE2, ev.DarkPhoton(alpha_d=1e-3), MASS, physics="converged")
    two = engine.predict(BELLE2, ev.DarkPhoton(alpha_d=1e-2), MASS, physics="converged")
    assert prepared == ["annihilation", "bremsstrahlung"]
    assert (one.signal["bremsstrahlung"].value == two.signal["bremsstrahlung"].value).all()
    assert (one.signal["annihilation"].value != two.signal["annihilation"].value).all()


def test_threads_prepare_once_and_agree(prepared):
    """Eight threads that start together compute the same curve."""
    engine, start = Engine(), threading.Barrier(8)

    def ask(_):
        start.wait()
        return engine.predict(BELLE2, "dark-photon", MASS, physics="converged").signal["annihilation"].value

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert prepared.count("annihilation") == prepared.count("bremsstrahlung") == 1
    assert all((each == found[0]).all() for each in found)


def test_what_is_kept_is_bounded(monkeypatch):
    """After a hundred cards the number of live prepared objects does not exceed the limit of the engine."""
    import gc
    import weakref

    alive = weakref.WeakSet()

    class Kept:
        def rates(self, mediator, mass):
            return Estimate(np.ones((len(mass), 1)), np.zeros((len(mass), 1)))

    def prepare(self, setup, options, workshop):
        made = Kept()
        alive.add(made)
        return made

    monkeypatch.setattr(Annihilation, "prepare", prepare)
    monkeypatch.setattr(Bremsstrahlung, "prepare", prepare)
    engine = Engine(prepared=10, rates=10)
    for thickness in np.linspace(10, 20, 100):
        card = BELLE2.replace({"target.thickness": float(thickness)})
        engine.predict(card, "dark-photon", MASS, physics="published", background=94)
    gc.collect()
    assert len(alive) <= 10


def test_a_source_of_ones_own_with_an_array():
    """Unhashable objects are keys by content."""

    @dataclass(frozen=True, kw_only=True)
    class Comb:
        energies: np.ndarray = field(default_factory=lambda: np.array([4.4, 5.0]))
        incident: str = "e+"
        edges: tuple = ()

        @property
        def lines(self):
            return tuple((float(e), 1e10) for e in self.energies)

        @property
        def count(self):
            return 1e10 * len(self.energies)

        def spectrum(self, energy):
            return np.zeros_like(np.asarray(energy, dtype=float))

    from dataclasses import replace

    card = replace(BELLE2, source=Comb(), background=94, backgrounds=())
    base = ev.limit_curve(card, "dark-photon", MASS, physics="converged")
    again = ev.limit_curve(replace(card, source=Comb()), "dark-photon", MASS, physics="converged", background=94)
    other = Comb(energies=np.array([4.4, 5.5]))
    moved = ev.limit_curve(replace(card, source=other), "dark-photon", MASS, physics="converged", background=94)
    assert (again.epsilon == base.epsilon).all()
    assert (moved.epsilon != base.epsilon).any()
    assert fingerprint(Comb()) == fingerprint(Comb()) != fingerprint(other)


@pytest.mark.parametrize(
    ("source", "exposure"),
    [
        (ev.Bhabha(luminosity=20.0), 20.0),
        (ev.Beam(energy=100.0, particles=3e11), 3e11),
        (ev.TabulatedSpectrum(energies=(4.0, 5.0), densities=(1.0, 2.0), scale=7.0), 7.0),
        (ev.RadiativeBhabha(luminosity=5.0), 5.0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_unit_exposure_times_exposure_is_the_source(source, exposure):
    unit, found = unit_exposure(source)
    assert found == exposure
    assert unit.edges == source.edges
    assert unit.count * exposure == pytest.approx(source.count, rel=1e-14)
    if source.edges:
        energy = np.linspace(source.edges[0], source.edges[-1], 7)
        assert exposure * unit.spectrum(energy) == pytest.approx(source.spectrum(energy), rel=1e-14)
