"""What a card assumes: named by field, checked, kept with every result."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import evanesce as ev
from evanesce.errors import CardError, InvalidValueError
from evanesce.experiments import Assumption, Experiment, card_text, experiment

Write = Callable[[str], Path]

ASSUMED = """
assumed:
  target.thickness: the depth is not published
  efficiency: fitted to the published curve below 0.1 GeV
  source: all of it
"""


@pytest.fixture
def card(small: str, write: Write) -> Experiment:
    return experiment(write(small + ASSUMED))


def test_assumptions_are_read_in_order(card: Experiment) -> None:
    assert card.assumed[0] == Assumption(field="target.thickness", reason="the depth is not published")
    assert [one.field for one in card.assumed] == ["target.thickness", "efficiency", "source"]
    assert "target.thickness, efficiency, source" in repr(card)


def test_a_list_says_the_same(small: str, write: Write, card: Experiment) -> None:
    lines = "".join(f"\n  - {{field: {one.field}, reason: '{one.reason}'}}" for one in card.assumed)
    assert experiment(write(f"{small}\nassumed:{lines}\n")) == card


def test_they_come_back(card: Experiment, write: Write) -> None:
    assert Experiment.from_dict(card.as_dict()) == card
    assert experiment(write(card_text(card))) == card
    assert list(card.as_dict()["assumed"]) == ["target.thickness", "efficiency", "source"]
    assert "assumed" not in experiment("belle2").as_dict()


def test_every_result_keeps_them(card: Experiment) -> None:
    data = ev.limit(card, ev.DarkPhoton(), np.array([0.05]), physics="published")
    assert "the depth is not published" in str(data.attrs)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"title": "x"}, ["target.thickness", "efficiency", "source"]),
        ({"target.material": "Pb"}, ["target.thickness", "efficiency", "source"]),
        ({"target.thickness": 20.0}, ["efficiency", "source"]),
        ({"target": {"material": "Pb", "thickness": 20.0}}, ["efficiency", "source"]),
        ({"source.luminosity": 1.0, "efficiency": 0.5}, ["target.thickness", "source"]),
        ({"assumed": {"background": "a guess"}}, ["background"]),
    ],
)
def test_a_changed_field_is_no_longer_assumed(card: Experiment, changes: dict[str, object], left: list[str]) -> None:
    assert [one.field for one in card.replace(changes).assumed] == left


def test_replacing_a_field_in_python_drops_its_assumption(card: Experiment) -> None:
    assert [one.field for one in replace(card, efficiency=0.5).assumed] == ["target.thickness", "source"]  # type: ignore[call-arg]
    assert replace(card, title="x").assumed == card.assumed


def test_fields_of_channels_and_labels(card: Experiment) -> None:
    belle2 = experiment("belle2")
    marked = belle2.replace({"assumed": {"backgrounds.photons.veto_efficiency": "of BaBar", "backgrounds.1": "x"}})
    assert len(marked.assumed) == 2
    several = replace(card, channels=(card.channel, replace(card.channel, label="b")), assumed=())
    marked = several.replace({"assumed": {"channels.b.target.thickness": "as a"}})
    assert Experiment.from_dict(marked.as_dict()) == marked
    assert marked.replace({"channels.b.target.thickness": 8.0}).assumed == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{target.thicknes: x}", r"assumed: unknown field of target 'thicknes'.*mean 'thickness'\?; name a field of"),
        ("{target.thickness.x: 1}", r"assumed\.0\.reason = 1: must be text"),
        ("{target.thickness.x: why}", r"assumed: target\.thickness = 16\.0: has no fields"),
        ("{target.thickness: ''}", r"assumed\.0\.reason = '': must not be empty"),
        ("target.thickness", r"assumed = 'target\.thickness': must be a list"),
        ("[target.thickness]", r"assumed\.0 = 'target\.thickness': must be a mapping"),
        ("[{field: target}]", r"assumed\.0\.reason: is missing; required: field, reason"),
        ("[{field: target, reason: a}, {field: target, reason: b}]", r"assumed: 'target' is given twice; keep one"),
    ],
)
def test_bad_assumptions(small: str, write: Write, text: str, message: str) -> None:
    with pytest.raises(CardError, match=message) as info:
        experiment(write(f"{small}\nassumed: {text}\n"))
    assert "\n" not in str(info.value)


def test_bad_assumptions_in_python(card: Experiment) -> None:
    with pytest.raises(InvalidValueError, match=r"assumed: must be a list of assumptions; make one with"):
        replace(card, assumed={"target": "x"})  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"assumed: unknown field 'targt'"):
        replace(card, assumed=[Assumption(field="targt", reason="x")])  # type: ignore[arg-type]
