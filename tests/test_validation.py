"""Checks of numbers: values that Python would convert silently are refused."""

import datetime
import decimal
from typing import Any

import numpy as np
import pytest

from evanesce.errors import InvalidValueError
from evanesce.validation import between, choice, finite_array, number_tuple, positive, positive_array, printable, whole

NO_NUMBERS = [
    True,
    np.True_,
    "1",
    b"1",
    None,
    1j,
    np.complex128(1),
    decimal.Decimal(1),
    datetime.date(2020, 1, 1),
    np.timedelta64(1, "s"),
    object(),
    10**400,
]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=[type(v).__name__ for v in NO_NUMBERS])
def test_no_number_is_one_line(value: Any) -> None:
    """As it is, in a list, beside a number, and as an array; 10**400 is beyond what float64 holds."""
    for check in (positive, lambda name, v: between(name, v, 0, 9, "GeV"), lambda name, v: whole(name, v, 0, 9)):
        with pytest.raises(InvalidValueError, match=r"^mass( = .*)?: (must be|is a whole number beyond)"):
            check("mass", value)
    for values in (value, [value], [1.0, value], [[1.0], [value]], np.array([value]), np.array([1.0, value], object)):
        with pytest.raises(InvalidValueError, match=r"^mass = .*: must be numbers$"):
            positive_array("mass", values)
    with pytest.raises(InvalidValueError, match=r"^mass = .*: must be a list of numbers$"):
        number_tuple("mass", [1.0, value])


def test_masked_and_ragged_lists_are_refused() -> None:
    for values in (np.ma.array([1.0, 2.0], mask=[False, True]), [[1.0], [1.0, 2.0]]):
        with pytest.raises(InvalidValueError, match="must be numbers"):
            finite_array("mass", values)


@pytest.mark.parametrize("make", [list, tuple, np.array, lambda v: np.array(v, object), lambda v: np.float32(v)])
def test_numbers_of_every_kind_are_numbers(make: Any) -> None:
    got = finite_array("mass", make([1, 2, 4]))
    assert got.dtype == np.float64
    assert got.tolist() == [1.0, 2.0, 4.0]
    assert finite_array("mass", [np.array(1.0), np.int8(2)]).tolist() == [1.0, 2.0]
    assert finite_array("mass", 3).shape == ()


def test_the_array_is_a_copy() -> None:
    given = np.array([1.0, 2.0])
    assert finite_array("mass", given) is not given
    assert not np.shares_memory(finite_array("mass", given), given)


def test_a_long_number_is_not_echoed() -> None:
    for value in (10**5000, [10**5000] * 2):
        with pytest.raises(InvalidValueError) as caught:
            finite_array("mass", value)
        assert len(str(caught.value)) < 200


def test_text_that_cannot_be_printed() -> None:
    assert printable("name", "ε² of\nBelle II") == "ε² of\nBelle II"
    for value, code in (("a\x1b[31m", "001B"), ("\ud800", "D800"), ("a\0", "0000")):
        with pytest.raises(InvalidValueError, match=rf"name = .*: holds U\+{code}"):
            printable("name", value)
    with pytest.raises(InvalidValueError, match="name = 3: must be text"):
        printable("name", 3)  # type: ignore[arg-type]  # the type checker refuses it too


def test_a_choice_of_words_is_text() -> None:
    with pytest.raises(InvalidValueError, match=r"incident = '\[1. 2.\]': must be one of e\+, e-"):
        choice("incident", np.array([1.0, 2.0]), ("e+", "e-"))  # type: ignore[arg-type]
