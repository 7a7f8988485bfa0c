"""Numbers as printed, and rows."""

import math

import pytest

from evanesce.errors import InvalidValueError
from evanesce.reproduce import Row
from evanesce.reproduce.row import Stated

PLAIN = {"id": "x", "section": "4", "quantity": "x", "unit": "", "kind": "computed"}


@pytest.mark.parametrize(
    ("text", "value", "rounding", "comparison"),
    [
        ("4.35", 4.35, 0.005, "="),
        ("~ 6e11", 6e11, 5e10, "~"),
        ("≲1.7e-5", 1.7e-5, 5e-7, "≲"),
        ("≃ -0.2", -0.2, 0.05, "≃"),
        ("66", 66.0, 0.5, "="),
        ("2.84e11", 2.84e11, 5e8, "="),
        ("3/11", 3 / 11, 0.0, "="),
    ],
)
def test_printed_numbers_know_their_rounding(text, value, rounding, comparison):
    stated = Stated.parse(text)
    assert stated.value == value
    assert stated.rounding == pytest.approx(rounding, rel=1e-15, abs=0)
    assert stated.comparison == comparison


@pytest.mark.parametrize("text", ["", "about 5", "5 MeV", "~"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(InvalidValueError, match="must be like '~ 6e11'"):
        Stated.parse(text)


@pytest.mark.parametrize(
    ("published", "agrees"),
    [(1.7e-5, True), (1.75e-5, True), (1.65e-5, True), (1.7501e-5, False), (1.6e-5, False), (None, None)],
)
def test_agreement_is_half_a_unit_of_the_last_digit(published, agrees):
    row = Row(**PLAIN, paper=1.7e-5, rounding=5e-7, published=published)
    assert row.agrees is agrees


def test_without_a_number_in_the_paper_nothing_agrees_or_disagrees():
    assert Row(**PLAIN, paper=None, published=1.0).agrees is None


def test_a_fraction_has_to_be_met():
    assert Row(**PLAIN, paper=3 / 11, rounding=0.0, published=math.nextafter(3 / 11, 1)).agrees
    assert not Row(**PLAIN, paper=3 / 11, rounding=0.0, published=0.2727).agrees
