"""``evanesce experiments new``: a card to start from, with every field explained."""

import math
import re
from dataclasses import fields
from itertools import pairwise

import pytest
import yaml

from evanesce.cli import main
from evanesce.experiments import STARTERS, Experiment, experiment, new_card
from evanesce.limits import limit_curve
from evanesce.mediators import DarkPhoton
from evanesce.sources import SOURCES
from evanesce.statistics import criterion_names


def new(capsys, *words):
    code = main(["experiments", "new", *words])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("kind", STARTERS)
def test_the_card_gives_a_limit_at_once(tmp_path, monkeypatch, capsys, kind):
    monkeypatch.chdir(tmp_path)
    code, out, err = new(capsys, "mine", "--kind", kind)
    assert (code, err) == (0, "")
    assert "evanesce limit mine.yaml --mass" in out
    found = experiment("mine.yaml")
    assert found.name == "mine"
    epsilon = limit_curve(found, DarkPhoton(), [0.06], physics="published").epsilon
    assert math.isfinite(epsilon[0])
    assert 0 < epsilon[0] < 1


@pytest.mark.parametrize("kind", STARTERS)
def test_every_field_is_there_with_a_comment(kind):
    text = new_card("mine", kind)
    source = experiment_of(text).source
    for entry in fields(source):
        if entry.init:
            assert re.search(rf"^  (# .*\n  )?{entry.name}: [^\n]*( # .+)?$", text, re.MULTILINE), entry.name
    lines = text.splitlines()
    for above, line in pairwise(lines):
        if re.match(r" *(- )?[a-z_0-9]+:", line):
            assert " # " in line or above.strip().startswith("# "), line


def experiment_of(text):
    from evanesce.experiments import Experiment
    from evanesce.yaml_cards import parse_yaml

    return Experiment.from_dict(parse_yaml(text, "card"))


def test_allowed_words_and_units_are_those_of_the_classes():
    text = new_card("mine")
    in_one_line = " ".join(text.replace("#", "").split())
    assert f"; one of {', '.join(SOURCES.names())}" in in_one_line
    assert f"; one of {', '.join(criterion_names())}" in in_one_line
    assert "incident: e+ # Charge of the track that vanishes; one of e+, e-" in text
    assert "opposite_in_acceptance: false # Require" in text
    assert "angle; true or false" in text
    assert "luminosity: 50.0 # Integrated luminosity in ab⁻¹" in text


def test_a_file_that_exists_stays(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("precious")
    code, out, err = new(capsys, "mine")
    assert (code, out) == (2, "")
    assert "mine.yaml: exists already; remove it, or choose another name or --output" in err
    assert (tmp_path / "mine.yaml").read_text() == "precious"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("a/b",), "NAME = 'a/b': must be a name without folder"),
        (("",), "must be printable text"),
        (("mine", "--kind", "colider"), "did you mean 'collider'?"),
        (("mine", "--output", "mine.txt"), "--output = 'mine.txt': must end in .yaml"),
        (("mine", "--output", "nowhere/mine.yaml"), "No such file"),
    ],
)
def test_what_cannot_be_written_says_why(tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(tmp_path)
    code, out, err = new(capsys, *words)
    assert (code, out) == (2, "")
    assert message in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", STARTERS)
def test_every_field_is_in_a_new_card_and_those_left_out_are_valid_when_used(tmp_path, kind):
    """What a card may do without stands in it as a comment; without the ``#`` each of them is valid."""
    text = new_card("mine", kind)
    found = Experiment.from_dict(yaml.safe_load(text))
    names = {entry.name for thing in (found, found.channel) for entry in fields(thing)}
    written = {name for name in names if re.search(rf"^(# )?{name}:( |$)", text, re.MULTILINE)}
    assert names - written == {"channels", "label"}  # of cards with several channels
    left_out = [name for name in sorted(names) if f"\n# {name}: " in text]
    assert left_out == ["assumed", "bins", "observed", "processes", "systematics"]
    for name in left_out:
        path = tmp_path / f"{kind}-{name}.yaml"
        path.write_text(text.replace(f"\n# {name}: ", f"\n{name}: "), encoding="utf-8")
        changed = experiment(path)
        assert (changed == found) is (name == "processes")
