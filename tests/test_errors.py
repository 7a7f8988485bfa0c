"""Every message is one printable line, for any text that it repeats."""

import pickle

import pytest

from evanesce.errors import CardError, DataFileError, EvanesceError, MissingExtraError, UnknownNameError, unknown_name


@pytest.mark.parametrize("kind", [EvanesceError, CardError, DataFileError, MissingExtraError, UnknownNameError])
def test_control_characters_and_line_ends_are_not_passed_on(kind: type[EvanesceError]) -> None:
    error = kind("field 'a\x1b[2J\x07\nb\u202ec\ud800': wrong")
    assert str(error) == r"field 'a\x1b[2J\x07 b\u202ec\ud800': wrong"
    assert str(error).encode("utf-8")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own bytes


def test_what_is_wrong_and_what_to_do_survive_a_field_of_a_megabyte() -> None:
    text = str(CardError(f"card 'x': name = '{'a' * 10**6}': must be text of a line, shorten it"))
    assert len(text) < 1000
    assert text.startswith("card 'x': name = 'aaa")
    assert text.endswith("a': must be text of a line, shorten it")


def test_letters_of_other_scripts_stay() -> None:
    assert str(EvanesceError("ε² of Müller’s 実験")) == "ε² of Müller’s 実験"


def test_a_long_name_is_looked_up_quickly_and_shown_in_part() -> None:
    text = str(unknown_name("field", "luminosity" * 10**5, ["luminosity", "name"]))
    assert text.startswith("unknown field 'luminosityluminosity")
    assert text.endswith("…': known are luminosity, name")
