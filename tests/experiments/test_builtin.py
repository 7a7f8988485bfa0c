"""The built-in cards against the paper."""

import json

import numpy as np
import pytest

from evanesce import DarkPhoton, limit_curve
from evanesce.errors import EvanesceError, InvalidValueError, UnknownNameError
from evanesce.experiments import Experiment, experiment, experiment_names
from evanesce.materials import material
from evanesce.sources import Beam, Bhabha


@pytest.mark.parametrize("name", experiment_names())
def test_built_in_cards_are_complete(name: str) -> None:
    card = experiment(name)
    assert card.name == name
    assert card.title
    assert "arXiv:" in card.reference


@pytest.mark.parametrize("name", experiment_names())
def test_a_systematic_has_a_source_or_is_marked_as_assumed(name: str) -> None:
    card = experiment(name)
    assumed = {one.field for one in card.assumed}
    for place, channel in enumerate(card.channels):
        prefix = "" if len(card.channels) == 1 else f"channels.{channel.label}."
        for one in channel.systematics:
            field = f"systematics.{one.name}.relative"
            marks = {f"{prefix}{field}", f"channels.{channel.label}.{field}", f"channels.{place}.{field}"}
            assert one.reference or marks & assumed, f"{name}: {one.name}"


def test_the_luminosity_of_belle2_has_its_published_precision() -> None:
    """427.87 ± 2.01 fb⁻¹ from Bhabha scattering, photon and muon pairs, Chin. Phys. C 49 (2025) 013001."""
    found = [
        one
        for name in experiment_names()
        for channel in experiment(name).channels
        for one in channel.systematics
        if one.name == "Belle II luminosity"
    ]
    assert len(found) == 8
    assert [one.relative for one in found] == pytest.approx([2.01 / 427.87] * 8, abs=5e-4)


@pytest.mark.parametrize("name", experiment_names())
def test_card_comes_back_exactly(name: str) -> None:
    card = experiment(name)
    data = json.loads(json.dumps(card.as_dict(), allow_nan=False))
    again = Experiment.from_dict(data)
    assert again == card
    assert hash(again) == hash(card)
    assert again.as_dict() == card.as_dict()


@pytest.mark.filterwarnings("ignore::evanesce.errors.EvanesceWarning")
@pytest.mark.parametrize("name", experiment_names())
def test_every_card_has_a_limit_with_its_own_criterion(name: str) -> None:
    curve = limit_curve(name, DarkPhoton(), [0.0667], physics="published")
    assert 0.0 < curve.epsilon[0] < 1.0


@pytest.mark.parametrize("name", [name for name in experiment_names() if not name.startswith("belle2")])
def test_every_card_has_a_limit(name: str) -> None:
    """The criterion is replaced, because that of a card may warn about few events."""
    none = {"channels.0.backgrounds.0.expected": 0} if name.endswith("mono-photon") else {"background": 0}
    found = experiment(name, {"criterion": "events-2.3", **none})
    curve = limit_curve(found, DarkPhoton(alpha_d=0.1), np.array([0.01, 0.05]), physics="converged")
    assert np.all((curve.epsilon > 1e-7) & (curve.epsilon < 1e-2))


@pytest.mark.parametrize("name", ["na64-2019", "na64-2022", "na64-positrons-2022", "ldmx-8gev", "ldmx-ecal-target"])
def test_nothing_published_is_inside(name: str) -> None:
    """The published limit is only in the card of appendix C."""
    found = experiment(name)
    assert found.bremsstrahlung_curve is None
    assert found.channel.processes == ()
    assert "efficiency" in [assumption.field for assumption in found.assumed]


@pytest.mark.parametrize("name", ["bes3", "babar", "stcf"])
def test_backgrounds_are_scaled_by_tracks(name: str) -> None:
    """94 events for the tracks of belle2, to the digits on the cards; the cards say that this is assumed."""
    found, belle2 = experiment(name), experiment("belle2")
    assert found.background == pytest.approx(94 * found.source.count / belle2.source.count, rel=0.005)
    assert "background" in [assumption.field for assumption in found.assumed]


def test_the_calorimeter_of_na64_is_as_deep_as_published() -> None:
    """150 pairs of 1.5 mm of lead and scintillator are 40 X0, which lead alone has by itself."""
    ecal, lead = experiment("na64-2019").target.material, material("Pb")
    assert 45.0 / ecal.radiation_length == pytest.approx(40.0, rel=0.02)
    assert 150 * 0.15 / lead.radiation_length == pytest.approx(40.0, rel=0.02)


def test_belle2_is_the_paper() -> None:
    belle2 = experiment("belle2")
    assert isinstance(belle2.source, Bhabha)
    assert belle2.source == Bhabha()  # its defaults are section 2
    assert (belle2.target.material, belle2.target.thickness) == (material("CsI"), 16)
    assert belle2.selection.missing_fraction == 0.95
    assert (belle2.background, belle2.criterion, belle2.efficiency) == (94, "sqrt2.71", 1)
    assert belle2.signal_limit == pytest.approx(15.9606, rel=1e-5)  # six digits


def test_belle2_budget() -> None:
    """Section 3 and appendix D; the tolerances are the digits of our verified table."""
    budget = experiment("belle2").background_budget()
    expected = {c.name: c.expected for c in budget.components}
    assert list(expected) == ["photons", "neutrons", "pi+pi-", "mu+mu-", "e+N->e+N mu+mu-"]
    assert expected["photons"] == pytest.approx(12.8, abs=0.05)
    assert expected["neutrons"] == pytest.approx(81.06, abs=0.05)  # 6e11 there, 5.9984e11 here
    assert expected["pi+pi-"] == pytest.approx(4.5e-3, rel=1e-12, abs=0)
    assert expected["mu+mu-"] == pytest.approx(1.01, abs=0.005)
    assert expected["e+N->e+N mu+mu-"] == pytest.approx(7e-4, rel=0.02)
    assert [c.upper_limit for c in budget.components] == [False, False, True, True, True]
    assert budget.total == pytest.approx(94.87, abs=0.01)
    assert budget.total_error == pytest.approx(21.66, abs=0.01)


def test_na64_is_appendix_c() -> None:
    na64 = experiment("na64-2019-published")
    assert na64.source == Beam(energy=100, particles=2.84e11, incident="e-")
    assert (na64.target.material, na64.target.thickness) == (material("Pb"), 40)
    assert (na64.efficiency, na64.selection.missing_fraction) == (0.5, 0.5)
    assert (na64.background, na64.signal_limit) == (0, 2.3)
    assert na64.bremsstrahlung_curve == "na64-2019"
    assert na64.exposure().luminosity is None
    assert na64.background_budget().total == 0


def test_a_beam_has_no_luminosity_for_pairs() -> None:
    pairs = experiment("belle2").as_dict()["backgrounds"][2]
    beam = experiment("na64-2019-published").replace({"backgrounds": [pairs]})
    with pytest.raises(InvalidValueError, match=r"background 'pi\+pi-': needs a collider's luminosity"):
        beam.background_budget()


def test_efficiency_reaches_the_budget() -> None:
    belle2 = experiment("belle2")
    half = belle2.replace({"efficiency": 0.5}).background_budget().total
    assert half == pytest.approx(belle2.background_budget().total / 2, rel=1e-13)


def test_an_experiment_passes_through() -> None:
    belle2 = experiment("belle2")
    assert experiment(belle2) is belle2
    assert experiment(belle2, {"background": 1000}).background == 1000


def test_unknown_experiment_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown experiment 'bele2'.*did you mean 'belle2'\?.*path") as info:
        experiment("bele2")
    assert isinstance(info.value, EvanesceError)
    assert "\n" not in str(info.value)
