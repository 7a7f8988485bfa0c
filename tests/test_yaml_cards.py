"""The YAML of cards is read literally."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evanesce.errors import CardError
from evanesce.yaml_cards import parse_yaml, write_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e9", 1e9),
        ("-2.5E-3", -2.5e-3),
        ("4", 4),
        ("true", True),
        ("", None),
        *(
            (text, text)
            for text in ("010", "1:30", "1_0", "0x10", "2026-01-01", "2026-01-01 10:00:00", "=", "<<", "Pb")
        ),
        ('"ε² of 実験\\n"', "ε² of 実験\n"),
        ("[1, {a: b}]", [1, {"a": "b"}]),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
    ],
)
def test_values(text: str, value: object) -> None:
    assert parse_yaml(text, "value") == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        *(
            (tag, r"a tag \(!")
            for tag in ("!!bool 4", "!!str 4", "!!set {1}", "!!omap []", "!!python/name:os.x 4", "! 4")
        ),
        ("[!!timestamp 4]", "a tag"),
        ("!!int {}", "a tag"),
        ("&a [*a]", "an alias"),
        ('"\\ud800"', r"U\+D800"),
        ("a\udcffb", r"U\+DCFF"),
        ('"\\x07"', r"U\+0007"),
        ('"\\UFFFFFFFF"', "not valid YAML"),
        ("a: 1\na: 2", "is given twice"),
        ("{[1]: 2}", "not valid YAML"),
        ("[" * 100_000, "not valid YAML: too many brackets"),
        ("9" * 5000, "not valid YAML: Exceeds"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(CardError, match=message) as caught:
        parse_yaml(text, "value")
    assert str(caught.value).startswith("value")
    assert "\n" not in str(caught.value)


@given(st.text("ab0:!&*{}[]-?,'\"\\|>%@`#\n\t <=.~ué\ud800\x1b", max_size=25))
def test_any_text_is_data_or_one_line(text: str) -> None:
    try:
        parse_yaml(text, "value")
    except CardError as error:
        line = str(error)
    else:
        return
    assert line.isprintable()


@given(
    st.recursive(
        st.booleans() | st.integers() | st.text(st.characters(codec="ascii", exclude_categories=["Cc"])),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc1", min_size=1), inner),
    )
)
def test_what_is_written_is_read_back(data: object) -> None:
    assert parse_yaml(write_value(data, unicode=True), "value") == data
    assert parse_yaml(write_value(data, unicode=False), "value") == data
