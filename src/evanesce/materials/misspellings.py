"""Common misspellings of formulas, and what was probably meant.

Every function returns what is wrong, with the right spelling where it is known, or an empty text. The rules are not
chemistry but experience: a zero is next to the letter O on every keyboard, in capitals caesium iodide becomes carbon,
sulfur and iodine, and data sheets write CsI(Tl).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from evanesce.errors import shortened

__all__ = [
    "about_abbreviation",
    "about_count",
    "about_letter",
    "about_pair",
    "about_single",
    "about_text",
    "dopant",
]

_ABBREVIATIONS: Final = {
    "BGO": "Bi4Ge3O12",
    "BSO": "Bi4Si3O12",
    "CWO": "CdWO4",
    "GAGG": "Gd3Al2Ga3O12",
    "GSO": "Gd2SiO5",
    "LSO": "Lu2SiO5",
    "LYSO": "Lu1.9Y0.1SiO5",
    "LuAG": "Lu3Al5O12",
    "PS": "C8H8",
    "PVT": "C9H10",
    "PWO": "PbWO4",
    "YAG": "Y3Al5O12",
    "YAP": "YAlO3",
    "YSO": "Y2SiO5",
}
_PAIRS: Final = frozenset({"CS", "CU", "SI", "SN", "SB", "PB", "PU", "NB", "NI", "NP", "IN", "BI", "YB"})
"""One element in capitals, or two that are rarely neighbours. CO, NO, HF and PO are left out: they are molecules."""
_NATURAL: Final = "isotopes are not known here, every element is its natural mixture"
_LIGHT: Final = frozenset({"H", "C", "N", "O", "Si"})
"""Elements of which a molecule may contain as many atoms as a nucleus has nucleons."""
_MONOVALENT: Final = frozenset({"H", "Li", "Na", "K", "Rb", "Cs", "Cu", "Ag", "Tl"})


def dopant(text: str, start: int) -> str:
    """Message for a dopant that begins at ``start``."""
    name = re.sub(r"[^A-Za-z]", "", text[start:])[:2]
    host = text[:start].strip("([{") or name
    return (
        f"'{shortened(text[start:])}' would count as one whole atom of {name}, but a dopant is of the order of a "
        f"per mille: leave it out and write {shortened(host)}"
    )


def about_text(text: str) -> str:
    """Message for characters that no formula contains."""
    if not text:
        return "No elements found, the text is empty"
    if " " in text:
        return _about_spaces(text)
    odd = [letter for letter in text if not ((letter.isascii() and letter.isprintable()) or letter == "·")]
    if not odd:
        return ""
    if all(unicodedata.name(letter, "").startswith("SUBSCRIPT") for letter in odd):
        return f"must be plain text: write {shortened(unicodedata.normalize('NFKC', text))}"
    if any(unicodedata.name(letter, "").startswith("SUPERSCRIPT") for letter in odd):
        return f"must be plain text; charges and {_NATURAL}: write it like CsI"
    return "must be plain text such as CsI or Lu1.8Y0.2SiO5"


def _about_spaces(text: str) -> str:
    """What is left without the spaces, unless it would say something else: PbF2 1 is not PbF21."""
    *parts, last = text.split() or [""]
    if not last or re.search(r"\d\s+\d|[,;%]", text):
        return "Spaces are not allowed"
    lone = f", or leave {last} out if it is a dopant" if parts and re.fullmatch("[A-Z][a-z]?", last) else ""
    return f"Spaces are not allowed: write {shortened(''.join(text.split()))}{lone}"


def about_abbreviation(text: str) -> str:
    """Message for the short name of a scintillator; PWO is not an oxide of phosphorus and tungsten."""
    name = re.split(r"[:(]", text, maxsplit=1)[0]
    return f"{name} is an abbreviation, write {_ABBREVIATIONS[name]}" if name in _ABBREVIATIONS else ""


def about_letter(text: str, at: int) -> str:
    """Message for a wrong character in the place of a symbol or bracket."""
    letter, rest = text[at], text[at:]
    if letter in ":,/;-_" and re.fullmatch(r"[A-Z][a-z]?[0-9+.%-]*", rest[1:]):
        return dopant(text, at)
    if letter in "+-^0123456789":
        return f"charges and {_NATURAL}: leave '{shortened(rest)}' out, and write it like CsI"
    if letter == ",":
        return "has a comma: write a decimal point as '.'"
    if letter == "*":
        return f"write {shortened(text.replace('*', '·'))} if it holds water of crystallisation"
    if letter in ")]}":
        return f"Brackets not matching: '{letter}' closes no open bracket"
    if re.match(r"[a-z]($|[^a-z])", rest) and text[at - 1 : at] in (")", "]", "}"):
        return f"'{letter}' is not a count: write a number, or one unit {shortened(text[:at])} of a polymer"
    if letter.islower():
        iodine = " (iodine is a capital I)" if letter == "l" else ""
        return f"'{letter}' is a lowercase letter where a symbol begins{iodine}"
    return f"'{letter}' is not part of a formula"


def about_pair(before: str, symbol: str, behind: str) -> str:
    """Message for two one-letter symbols that may be one symbol of two letters; ``before`` has no count."""
    pair = before + symbol
    if pair in _PAIRS or (pair == "HF" and behind[:1] == "O"):
        one = pair.capitalize()
        return f"{pair} may be {one}, or {before} and {symbol}: write {one}, or {before}1{symbol}"
    return ""


def about_count(text: str, at: int, symbol: str, Z: int) -> str:
    """Message for a doubtful count at ``at``, of an element, or of a group if ``symbol`` is empty."""
    count = re.match(r"[0-9.]+", text[at:])
    digits = count[0] if count else ""
    behind = text[at + len(digits) :]
    if digits.count(".") > 1:
        return f"'{digits}' has two points: write · for the one before water of crystallisation"
    whole, point, decimals = digits.partition(".")
    if point and decimals and re.match(r"[(\[]?[HD]2O", behind):
        split = f"{text[:at]}{whole}·{decimals}{behind}"
        return f"'{digits}' may be a count, or {decimals} of water: write {shortened(split)}"
    second_oxide = re.search(r"O(?![a-z])", behind) and re.match(r"[A-Z(\[]", behind)
    if point and decimals and symbol == "O" and float(whole) >= 1.0 and second_oxide:
        return f"'{digits}' may be a count, or {decimals} of what follows: write (O){digits}, or O{whole}·{decimals}"
    return _about_digits(text, at, symbol, Z, digits)


def _about_digits(text: str, at: int, symbol: str, Z: int, digits: str) -> str:
    with_letter = f"{text[:at]}{digits.replace('0', 'O', 1)}{text[at + len(digits) :]}"
    if re.match(r"0[0-9]", digits):
        return f"the count '{shortened(digits)}' begins with 0: write {shortened(with_letter)} if it is the letter O"
    if "." in digits or not symbol:
        return ""
    number = int(digits[:9])
    zero_inside = re.fullmatch(r"[1-9]\d*0\d*[1-9]", digits) and number >= (1000 if symbol in ("C", "H") else 100)
    if zero_inside:
        return f"the count '{shortened(digits)}' holds a zero: write {shortened(with_letter)} if it is the letter O"
    if symbol not in _LIGHT and number >= 100 and 1.9 * Z <= number <= 2.7 * Z:
        return f"{symbol}{digits} counts {digits} atoms, and {_NATURAL}: write {symbol}"
    return ""


def about_single(text: str, atoms: Mapping[int, float]) -> str:
    """Message for one element with a count: a zero in place of the letter O, as in H20, or an isotope, as in He3."""
    match = re.fullmatch(r"([A-Z][a-z]?)([0-9]+)", text)
    if match is None:
        return ""
    (Z,) = atoms
    symbol, count = match[1], int(match[2])
    if symbol in _MONOVALENT and count == 20:
        return f"contains only {symbol}: write {symbol}2O if the zero is the letter O"
    if symbol not in _LIGHT and (1.5 if Z < 6 else 1.9) * Z <= count <= 2.7 * Z:
        return f"counts {count} atoms of {symbol}, and {_NATURAL}: write {symbol}"
    return ""
