"""A number of background events on a card, and its use when the card changes."""

from dataclasses import replace

import pytest

import evanesce as ev
from evanesce.backgrounds import Condition, Constant
from evanesce.errors import CardError, EvanesceWarning, InvalidValueError
from evanesce.sources import Beam

BELLE2 = ev.experiment("belle2")
RADIATIVE = ev.experiment("belle2-radiative")


def limits(card, mass=0.0667, **more):
    return ev.limit_curve(card, ev.DarkPhoton(alpha_d=1e-3), mass, physics="converged", **more)


@pytest.mark.parametrize(
    ("change", "background", "epsilon"),
    [
        ({"target.thickness": 10}, 1444.7, 2.44e-5),  # photons leak: 94 would give 1.23e-5
        ({"source.luminosity": 100}, 189.8, None),
        ({"source.luminosity": 25, "target.thickness": 10}, 722.4, None),
    ],
)
def test_the_budget_takes_the_place_of_a_number_that_no_longer_holds(change, background, epsilon):
    curve = limits(BELLE2.replace(change))
    assert curve.provenance["background"] == pytest.approx(background, rel=1e-3)
    assert curve.signal_limit == pytest.approx((2.71 * background) ** 0.5, rel=1e-3)
    (note,) = curve.notes
    assert note.startswith("background 94 holds for ")
    assert "takes its place" in note
    if epsilon is not None:
        assert float(curve.epsilon) == pytest.approx(epsilon, rel=5e-3)


def test_low_luminosity_follows_and_the_criterion_warns():
    with pytest.warns(EvanesceWarning, match=r"criterion 'sqrt2.71' is meant for a background of 10 or more"):
        curve = limits(BELLE2.replace({"source.luminosity": 1}))
    assert float(curve.epsilon) == pytest.approx(3.3e-5, rel=0.01)  # 94 would give 8.7e-5


def test_a_change_and_back_is_the_card_again():
    thin = BELLE2.replace({"target.thickness": 10})
    assert thin.channel.stand_in.holds_for == (Condition(field="target.thickness", value=16.0),)
    assert thin.replace({"target.thickness": 16}) == BELLE2
    assert BELLE2.replace({"source.luminosity": 50.0}) == BELLE2
    both = thin.replace({"target.thickness": 12})
    assert both.channel.stand_in.holds_for == thin.channel.stand_in.holds_for, "what it was worked out for stays"


def test_what_it_holds_for_is_part_of_the_card():
    thin = BELLE2.replace({"target.thickness": 10})
    written = thin.as_dict()
    assert written["background"] == {
        "expected": 94.0,
        "error": 0.0,
        "holds_for": [{"field": "target.thickness", "value": 16.0}],
        "reference": "",
    }
    assert ev.Experiment.from_dict(written) == thin


def test_changes_that_do_not_matter_leave_the_number_alone():
    for change in ({"title": "x"}, {"resolution.polar_angle": 1}, {"criterion": "sqrt2.71"}):
        card = BELLE2.replace(change)
        assert card.background == 94
        assert limits(card).notes == ()


def test_a_budget_that_cannot_follow_is_a_warning():
    """The neutrons were simulated for a missing fraction of 0.95: a looser cut lets more through."""
    with pytest.warns(EvanesceWarning, match=r"background 94 holds for selection.missing_fraction = 0.95 \(here 0.9\)"):
        curve = limits(BELLE2.replace({"selection.missing_fraction": 0.9}))
    assert curve.provenance["background"] == 94
    assert "must be at least the simulated 0.95" in curve.notes[0]
    assert "give background" in curve.notes[0]


def test_without_components_nothing_can_follow():
    with pytest.warns(EvanesceWarning, match="the card has no background components"):
        curve = limits(BELLE2.replace({"backgrounds": [], "source.luminosity": 25}))
    assert curve.provenance["background"] == 94.0


def test_no_background_stays_none():
    assert limits(ev.experiment("na64-2019-published").replace({"source.particles": 1e12})).notes == ()


def test_a_background_that_is_given_counts():
    card = BELLE2.replace({"target.thickness": 10})
    assert limits(card, background=1000).notes == ()
    assert limits(card, background=1000).provenance["background"] == 1000
    assert BELLE2.replace({"target.thickness": 10, "background": 500}).background == 500
    assert limits(card.replace({"background": 500})).notes == ()


def test_the_budget_by_name():
    assert limits(BELLE2, background="budget").provenance["background"] == pytest.approx(94.9, rel=1e-3)
    with pytest.raises(InvalidValueError, match="background = 'budget': the card has no components"):
        limits(RADIATIVE, background="budget")
    with pytest.raises(InvalidValueError, match="background = 'much': must be a number"):
        limits(BELLE2, background="much")


def test_a_replaced_source_in_python_is_a_change_too():
    beam = replace(BELLE2, source=Beam(energy=5.0, particles=1e12, incident="e+"))
    with pytest.warns(EvanesceWarning, match="background 94 holds for another source"):
        limits(beam)


def test_a_card_of_components_alone():
    card = ev.Experiment.from_dict({k: v for k, v in BELLE2.as_dict().items() if k != "background"})
    assert card.channel.stand_in is None
    assert card.background == pytest.approx(94.9, rel=1e-3)
    assert limits(card.replace({"target.thickness": 10})).notes == ()
    with pytest.raises(CardError, match="background: is missing; give a number of events, or components"):
        ev.Experiment.from_dict({k: v for k, v in RADIATIVE.as_dict().items() if k != "background"})


def test_a_constant_among_the_components_adds():
    cosmic = {"kind": "constant", "label": "cosmic", "expected": 5, "error": 2, "reference": "a guess"}
    card = BELLE2.replace({"backgrounds": [*BELLE2.as_dict()["backgrounds"], cosmic]})
    budget = card.background_budget()
    assert budget.total == pytest.approx(BELLE2.background_budget().total + 5, rel=1e-14)
    assert budget.components[-1].error == 2
    assert ev.Experiment.from_dict(card.as_dict()) == card


def test_the_long_form_of_the_number():
    card = BELLE2.replace({"background": {"expected": 94, "error": 21.7, "reference": "section 3"}})
    assert card.channel.stand_in == Constant(expected=94.0, error=21.7, reference="section 3")
    prediction = ev.predict(card, "dark-photon", 0.06, physics="published", systematics=False)
    assert (float(prediction.background.value), float(prediction.background.error)) == (94.0, 21.7)
    with pytest.raises(CardError, match="background = 'many': must be a number, or a mapping with expected"):
        BELLE2.replace({"background": "many"})
    with pytest.raises(CardError, match=r"background.expected = -1"):
        BELLE2.replace({"background": {"expected": -1}})


class TestChannels:
    LONG = {  # noqa: RUF012 - a card
        "name": "two",
        "criterion": "events-2.3",
        "channels": [
            {"kind": "vanishing-track", "label": "barrel", "source": {"kind": "bhabha"}, "background": 0,
             "target": {"material": "CsI", "thickness": 16.0}},
            {"kind": "vanishing-track", "label": "beam", "background": 0,
             "source": {"kind": "beam", "energy": 100.0, "particles": 1e9},
             "target": {"material": "Pb", "thickness": 40.0}, "bremsstrahlung_curve": "na64-2019"},
        ],
    }  # fmt: skip

    def test_the_long_form_round_trips(self):
        card = ev.Experiment.from_dict(self.LONG)
        assert [channel.label for channel in card.channels] == ["barrel", "beam"]
        assert ev.Experiment.from_dict(card.as_dict()) == card
        assert card.as_dict()["channels"][1]["bremsstrahlung_curve"] == "na64-2019"
        prediction = ev.predict(card, "dark-photon", [0.05, 0.06], physics="published")
        assert list(prediction.regions) == ["two/barrel", "two/beam"]

    def test_one_channel_of_the_default_label_is_the_flat_form(self):
        flat = BELLE2.as_dict()
        header = ("name", "title", "reference", "criterion")
        channel = {"kind": "vanishing-track", **{k: v for k, v in flat.items() if k not in header}}
        long = {**{k: flat[k] for k in header}, "channels": [channel]}
        assert ev.Experiment.from_dict(long) == BELLE2
        assert "channels" not in BELLE2.as_dict()

    def test_replace_reaches_into_a_channel(self):
        card = ev.Experiment.from_dict(self.LONG)
        thin = card.replace({"channels.barrel.target.thickness": 8, "channels.1.source.energy": 50})
        assert thin.channels[0].target.thickness == 8
        assert thin.channels[1].source.energy == 50

    def test_questions_to_a_single_channel_are_refused(self):
        card = ev.Experiment.from_dict(self.LONG)
        with pytest.raises(InvalidValueError, match="experiment 'two': has the channels barrel, beam; use one of"):
            _ = card.source

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"channels": []}, "channels"),
            ({"channels": [{"kind": "mono"}]}, r"channels.0.kind: unknown channel 'mono'"),
            ({"channels": [{"label": "x"}]}, r"channels.0.kind: is missing"),
            ({"source": {"kind": "bhabha"}}, r"source: unknown field"),
        ],
    )
    def test_bad_long_cards_are_one_line(self, change, message):
        with pytest.raises(CardError, match=message):
            ev.Experiment.from_dict({**self.LONG, **change})

    def test_channels_of_one_label_are_refused(self):
        channels = [{**channel, "label": "same"} for channel in self.LONG["channels"]]
        with pytest.raises(CardError, match="channels: 'same' is given twice"):
            ev.Experiment.from_dict({**self.LONG, "channels": channels})


def test_every_condition_is_compared_with_its_own_field():
    fields = {"source.luminosity": 50.0, "target.thickness": 16.0}
    number = Constant(expected=94.0, holds_for=tuple(Condition(field=f, value=v) for f, v in fields.items()))
    channel = replace(BELLE2.channel, background=number)
    assert channel.changes() == []
    moved = replace(channel, target=replace(channel.target, thickness=10.0))
    assert moved.changes() == [("target.thickness", 16.0, 10.0)]
    (note,) = replace(moved, source=replace(moved.source, luminosity=25.0)).expectation().notes
    assert "source.luminosity = 50 (here 25), target.thickness = 16 (here 10)" in note
