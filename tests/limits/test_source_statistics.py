"""Limits of a source that is a list of events carry the statistics of the list."""

from dataclasses import replace

import numpy as np
import pytest

import evanesce as ev
from evanesce.formats import RunInfo, writer
from evanesce.limits import Caution, explain
from evanesce.sources import RadiativeBhabha

BELLE2 = ev.experiment("belle2")
RADIATIVE = ev.experiment("belle2-radiative")
MASS = [0.06, 0.08]
EVENTS = 2000


def card(folder, seed):
    """The radiative card with events of its own source in place of the source."""
    source = RadiativeBhabha()
    path = folder / f"{seed}.lhe"
    with writer(path, RunInfo(cross_section=source.cross_section)) as file:
        for batch in source.events(EVENTS, seed=seed):
            file.write(batch)
    return RADIATIVE.replace({"source": {"kind": "lhe", "file": str(path), "luminosity": 50.0}, "background": 1})


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("events")
    return [card(folder, seed) for seed in range(8)]


def test_the_error_is_the_scatter_of_other_lists(cards):
    """The jackknife of one list against eight lists: both are known to a quarter or so."""
    yields = [
        sum(part.value for part in ev.Engine().predict(one, "dark-photon", MASS, physics="published").signal.values())
        for one in cards
    ]
    scatter = np.std(yields, axis=0, ddof=1) / np.mean(yields, axis=0)
    curves = [ev.limit_curve(one, "dark-photon", MASS, physics="published") for one in cards[:3]]
    relative = np.mean([2.0 * curve.statistical_error / curve.epsilon for curve in curves], axis=0)
    assert (relative > 0.5 * scatter).all()
    assert (relative < 2.0 * scatter).all()
    # the lists themselves give the yield of the source they came from
    exact = sum(part.value for part in ev.predict(RADIATIVE, "dark-photon", MASS, physics="published").signal.values())
    assert (np.abs(np.mean(yields, axis=0) / exact - 1.0) < 4.0 * scatter / np.sqrt(len(cards)) + 2e-3).all()


def test_it_is_said_where_it_dominates(cards):
    data = ev.limit(cards[0], "dark-photon", MASS, physics="published")
    assert (data["epsilon_statistical_error"] > data["epsilon_error"]).all()
    assert (data["caution"].values & Caution.SOURCE_STATISTICS).all()
    assert explain(data)[0].startswith("the source has few events here: their statistical error on ε is ")
    assert "epsilon_statistical_error" not in ev.limit(RADIATIVE, "dark-photon", MASS, physics="published")


def test_it_scales_with_the_exposure_and_is_kept(cards, monkeypatch):
    """Relative to ε it does not depend on the luminosity; another luminosity computes no replica."""
    from evanesce.sources import LheSource

    engine, asked = ev.Engine(), []
    original = LheSource.replicas
    monkeypatch.setattr(LheSource, "replicas", lambda self: asked.append(1) or original(self))
    one, two = (
        ev.limit_curve(card, "dark-photon", MASS, physics="published", background=1, engine=engine)
        for card in (cards[0], cards[0].replace({"source.luminosity": 5.0, "efficiency": 0.5}))
    )
    assert len(asked) == 1
    assert two.statistical_error / two.epsilon == pytest.approx(one.statistical_error / one.epsilon, rel=1e-12)


def test_the_command_line_has_it_too(cards, tmp_path, capsys):
    import json

    from evanesce.cli import main
    from evanesce.experiments import card_text

    path = tmp_path / "mine.yaml"
    path.write_text(card_text(cards[0]), encoding="utf-8")
    assert main(["limit", str(path), "--mass", "0.06", "--physics", "published", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["epsilon_statistical_error"][0] > found["epsilon_error"][0]
    assert "the source has few events here" in found["warning"][0]


def test_the_error_is_the_jackknife_of_the_replicas(monkeypatch):
    """Replicas with a known factor: sqrt((K - 1) / K times the sum of squares), to rounding, at every exposure."""
    factors = np.array([0.7, 1.0, 1.2, 1.3])
    monkeypatch.setattr(
        ev.TabulatedSpectrum,
        "replicas",
        lambda self: tuple(replace(self, scale=float(self.scale * factor)) for factor in factors),
        raising=False,
    )
    relative = np.sqrt(0.75 * np.square(factors - factors.mean()).sum())
    engine = ev.Engine()
    for scale in (1.0, 5.0):
        table = {"kind": "tabulated", "energies": [4.0, 6.0], "densities": [1e11, 2e11], "scale": scale}
        found = engine.predict(BELLE2.replace({"source": table}), "dark-photon", [0.06], physics="published")
        total = sum(part.value for part in found.signal.values())
        assert found.source_error == pytest.approx(relative * total, rel=1e-10)
