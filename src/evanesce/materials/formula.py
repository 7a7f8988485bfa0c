"""Chemical formulas, read strictly: an ambiguous formula is refused, and the message gives an unambiguous spelling.

A formula is a row of elements and of groups in brackets, (), [] or {}, each with or without a count, as ``CsI``,
``Ca(OH)2`` or ``Lu1.8Y0.2SiO5``. A count is a number without exponent or leading zero. Parts joined by ``·`` (or by
a full stop that cannot be a decimal point) may have a number in front, ``CuSO4·5H2O``. Dopants, charges, isotopes,
abbreviations and a polymer's n are not allowed; neither are the probable typing errors listed in
:mod:`evanesce.materials.misspellings`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NoReturn

from evanesce.errors import InvalidValueError, shortened
from evanesce.materials.elements import symbols
from evanesce.materials.misspellings import (
    about_abbreviation,
    about_count,
    about_letter,
    about_pair,
    about_single,
    about_text,
    dopant,
)
from evanesce.materials.radiation_length import Z_MAX

__all__ = ["parse_formula"]

_LONGEST: Final = 1000
"""Characters: a card written from a mixture of twenty elements has four hundred."""
_DEEPEST: Final = 8
_MOST: Final = 1e6
_EXAMPLES: Final = "write it like CsI, Ca(OH)2 or Lu1.8Y0.2SiO5"
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_DIGITS: Final = frozenset("0123456789")
_END: Final = "\0"
_DOTS: Final = str.maketrans("•⋅∙", "···")
_SYMBOL: Final = re.compile(r"[A-Z][a-z]?")
_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")


def parse_formula(formula: str) -> dict[int, float]:
    """Parse a formula into {Z: atoms per formula unit}, in order of Z so that sums do not depend on the spelling.

    >>> parse_formula("CuSO4·5H2O")
    {1: 10.0, 8: 9.0, 16: 1.0, 29: 1.0}

    Raises
    ------
    InvalidValueError
        The text is not a formula, or is ambiguous; the message has the right spelling if it is known.

    """
    if not isinstance(formula, str):
        raise InvalidValueError(
            f"formula = {shortened(repr(formula))}: must be plain text such as CsI, or mass fractions such as "
            "{Pb: 0.9, C8H8: 0.1}"
        )
    if len(formula) > _LONGEST:
        raise InvalidValueError(f"formula = {shortened(formula)!r}: is longer than {_LONGEST} characters")
    reader = _Reader(formula.translate(_DOTS))
    return reader.read()


class _Reader:
    """One pass over the text, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> dict[int, float]:
        self._refuse_if(about_text(self._text) or about_abbreviation(self._text))
        total = self._row(_END, 0)
        while self._here != _END:  # behind a dot
            self._at += 1
            factor = self._number() if self._here in _DIGITS else 1.0
            start = self._at
            part = self._row(_END, 0)
            if _SYMBOL.fullmatch(self._text[start : self._at]):
                self._refuse(dopant(self._text, start - 1))
            _add(total, part, factor)
        self._refuse_if(about_single(self._text, total))
        if max(total) > Z_MAX:
            self._refuse(f"its elements must not be heavier than Z = {Z_MAX}")
        return dict(sorted(total.items()))

    def _row(self, closing: str, depth: int) -> dict[int, float]:
        """Elements and groups up to the closing bracket; outside brackets, to a dot or the end."""
        if depth > _DEEPEST:
            self._refuse(f"has more than {_DEEPEST} brackets within brackets")
        found: dict[int, float] = {}
        start, before = self._at, ""
        while self._here not in (closing, _END) and not (closing == _END and self._here in "·."):
            if self._here in _CLOSING:
                _add(found, self._group(depth), self._count(""))
                before = ""
            else:
                symbol = self._symbol(before)
                before = "" if self._here in _DIGITS else symbol
                _add(found, {_numbers()[symbol]: 1.0}, self._count(symbol))
        if self._here != closing and closing != _END:
            self._refuse(f"has a '{self._text[start - 1]}' that is not closed, Brackets not matching")
        if not found:
            self._refuse("has empty brackets" if closing != _END else "has nothing next to a dot")
        return found

    def _group(self, depth: int) -> dict[int, float]:
        start = self._at
        self._at += 1
        inside = self._row(_CLOSING[self._text[start]], depth + 1)
        self._at += 1
        if _SYMBOL.fullmatch(self._text[start + 1 : self._at - 1]) and self._here not in _DIGITS:
            self._refuse(dopant(self._text, start))
        return inside

    def _symbol(self, before: str) -> str:
        match = _SYMBOL.match(self._text, self._at)
        if match is None:
            self._refuse(about_letter(self._text, self._at))
        symbol = match[0]
        if symbol not in _numbers():
            split = all(letter in _numbers() for letter in symbol.upper()) and len(symbol) == 2
            hint = f", write {symbol.upper()}" if split else ""
            isotope = ", isotopes are not known: write H" if symbol in ("D", "T") else ""
            self._refuse(f"unknown symbol {symbol}{hint}{isotope}")
        self._refuse_if(about_pair(before, symbol, self._text[self._at + 1 :]))
        self._at = match.end()
        return symbol

    def _count(self, symbol: str) -> float:
        """The count after an element, or after a group if ``symbol`` is empty; 1 without a count."""
        if self._here not in _DIGITS:
            if self._here == "." and self._text[self._at + 1 : self._at + 2] in _DIGITS:
                self._refuse("has a '.' without a number before it: write 0.5, or ·5 for five of what follows")
            return 1.0
        self._refuse_if(about_count(self._text, self._at, symbol, _numbers().get(symbol, 0)))
        return self._number()

    def _number(self) -> float:
        match = _NUMBER.match(self._text, self._at)
        text = match[0] if match else ""
        if re.match(r"0[0-9]", text):
            self._refuse(f"the count '{shortened(text)}' begins with a zero")
        if not 0.0 < float(text) <= _MOST:
            self._refuse(f"the count '{shortened(text)}' must lie above 0 and at most {_MOST:g}, no zero subscript")
        self._at += len(text)
        return float(text)

    @property
    def _here(self) -> str:
        """The character at the current position."""
        return self._text[self._at] if self._at < len(self._text) else _END

    def _refuse_if(self, why: str) -> None:
        if why:
            self._refuse(why)

    def _refuse(self, why: str) -> NoReturn:
        example = "" if "write" in why else f"; {_EXAMPLES}"
        raise InvalidValueError(f"formula = {shortened(self._text)!r}: {why}{example}")


def _add(total: dict[int, float], part: dict[int, float], factor: float) -> None:
    for Z, count in part.items():
        total[Z] = total.get(Z, 0.0) + factor * count


@lru_cache(maxsize=1)
def _numbers() -> dict[str, int]:
    """Atomic numbers of all symbols."""
    return symbols()
