"""Quantities and units of a two-column file, from its header and comments.

Units of energy are converted (eV, keV, MeV, TeV to GeV; a density per MeV to one per GeV), and ε² is converted to ε.
Other quantities in a header (y, g, a mass of dark matter, a logarithm, a kinetic energy, a power of ten) are refused,
and so is a unit that only appears in the text of a comment. Files without this information are in GeV and ε.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evanesce.errors import DataFileError, shortened

__all__ = [
    "LIMIT_CURVE",
    "OTHER_MASS",
    "SPECTRUM",
    "Column",
    "Conversion",
    "Mentions",
    "TableKind",
    "comment_titles",
    "header_fields",
    "mentions",
    "plain_title",
    "title_of",
    "unit_of",
    "what_is_said",
]

_UNIT: Final = re.compile(r"((?<![A-Za-z])[A-Za-zµμ]?[eE][vV]|[kMGT]eV)(?![A-Za-z])")
_APART: Final = re.compile(r"(?<![A-Za-z])([kMGTmµμ])[ _]+(?=eV(?![A-Za-z]))")
_IN_WORDS: Final = re.compile(
    r"(?<![a-z])(mega|giga|kilo|tera|milli)?[\s-]*electron[\s-]*volts?(?![a-z])", re.IGNORECASE
)
_SYMBOLS: Final = {"mega": "MeV", "giga": "GeV", "kilo": "keV", "tera": "TeV", "milli": "meV", "": "eV"}
_FONT: Final = re.compile(r"\\(?:mathrm|mathit|text|textrm|rm|mathsf|operatorname)(?![A-Za-z])\s*\{?|[$}]")
_GEV: Final[dict[str, float]] = {"": 1e-9, "k": 1e-6, "m": 1e-3, "g": 1.0, "t": 1e3}
_PER: Final = re.compile(r"(1\s*/\s*|(?<![a-z])per[\s_]+|/\s*)[(]?$", re.IGNORECASE)
_INVERSE: Final = re.compile(r"\s*(\^|\*\*)?\s*[(]?\s*[-−]\s*1\s*[)]?")
_SPEED_OF_LIGHT: Final = re.compile(r"\s*/\s*c(\s*(\^|\*\*)?\s*2)?(?![a-z0-9])", re.IGNORECASE)
_LOGARITHM: Final = re.compile(r"(?<![a-z])(log|ln|lg|lc)(?![a-z])")
_SQUARED: Final = re.compile(
    r"(epsilon|eps|ε|ϵ|mixing)\s*[\])]?\s*((\^|\*\*|_)?\s*[(]?2(?![0-9.])[)]?|_?sq(uared?)?(?![a-z]))|squared?(?![a-z])"
)
_OTHER_SCRIPT: Final = re.compile(r"[^\W\d_a-zA-Zα-ωΑ-Ωϕϵ]")
_OTHER_SCALE: Final = re.compile(
    r"[0-9%‰×]|percent|per.?mill?(e|(?![a-z]))|pp[mb](?![a-z])|(?<![a-z])(milli|micro|nano|kilo|mega|half|twice|double|thousand|million)"
)
_ARITHMETIC: Final = re.compile(
    r"[*·∙⋅√]|(?<![a-z])e(?![a-z+⁺−⁻-])|(epsilon|eps|ε|ϵ|mixing)[\])]?\s*/(?!\s*(kinetic|mixing|eps|ε|ϵ))"
)
"""What makes another quantity of ε: a product, the charge e, a quotient that is no second name."""
_DERIVED: Final = re.compile(
    r"delta|[δ∆]|(?<!mass )(?<!mass_)(?<![a-z])ratio|relative|efficien|branching|(?<![a-z])br(?![a-z])|differen"
    r"|to the (second|third|fourth|power)"
    r"|(?<![a-z])(epsilon|eps|ε|ϵ)_?[{(]?(q|u|d|s|p|n|mu|μ|tau|τ|nu|ν|quarks?|protons?|neutrons?|muons?|hadrons?|b)(?![a-z])"
)
"""What is made of ε, or a coupling to something else than the electron."""
OTHER_MASS: Final = re.compile(r"differen|splitting|delta|[δ∆]|reduced|(?<![a-z])ratio|relative|(?<![a-z])number")
"""What is made of masses."""
_OTHER_QUANTITY: Final = re.compile(r"(?<![a-z'])y(?![a-z])|(?<![a-z])log(10)?(?![a-z])|coupling g(?![a-z])")
_CONFIDENCE: Final = re.compile(r"(?<![0-9.])9[0-9](\.[0-9]+)?\s*%?\s*_?(c\.?\s*l\.?)?(?![0-9])")
_SEPARATOR: Final = re.compile(r"[,;\t]|\s{2,}")
_MOST_WORDS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Accepted and refused names of a column."""

    name: str
    known: re.Pattern[str]
    refused: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableKind:
    """A kind of file with two columns."""

    first: Column
    second: Column
    density: bool
    """Whether the second column is per unit of the first."""

    @property
    def expected(self) -> str:
        """The expected header."""
        return f"'{self.first.name}, {self.second.name}'"

    @property
    def advice(self) -> str:
        """Advice for error messages: a complete header."""
        unit = " [1/GeV]" if self.density else ""
        return f"begin the file with the line '{self.first.name} [GeV], {self.second.name}{unit}', or with MeV"


LIMIT_CURVE: Final = TableKind(
    first=Column(
        name="mass",
        known=re.compile(r"mass|mediator|(?<![a-z])m(_?(a|v|z|s|x|phi|med|zp|ap)?(prime|'|′)?)(?![a-z])"),
        refused=re.compile(r"chi|χ|(?<![a-z])m?_?dm(?![a-z])|dark.?matter|wimp|(\^|\*\*)\s*2|squared?|sqrt|/\s*m"),
    ),
    second=Column(
        name="epsilon",
        known=re.compile(r"eps|ε|ϵ|mixing"),
        refused=re.compile(
            r"alpha|α|(?<![a-z])[yg](?![a-z])|coupling|sqrt|root|1\s*/|(?<![a-z])e\s*\*|\*\s*e(?![a-z])"
        ),
    ),
    density=False,
)
"""A mediator mass and a limit on ε."""
SPECTRUM: Final = TableKind(
    first=Column(
        name="energy",
        known=re.compile(r"energ|(?<![a-z])e(_?(total|tot|lab|beam|track|e|\+|-))?(?![a-z])"),
        refused=re.compile(r"kin|loss|fraction|(\^|\*\*)\s*2|squared?|sqrt|transverse"),
    ),
    second=Column(
        name="density",
        known=re.compile(r"dens|(?<![a-z])d_?(n|σ|sigma)_?/?_?d_?e(?![a-z])|spectrum"),
        refused=re.compile(r"dloge|(?<![a-z])e[0-9]?(\^[0-9])?\s*[*· ]\s*d|(?<![a-z])bin|normali[sz]ed|cumulative"),
    ),
    density=True,
)
"""A total energy and dN/dE."""
_COUNTED: Final = re.compile(r"count|track|event|entr|particle|(posi|elec)tron|(?<![a-z])d?n(?![a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """Conversion of the numbers of a file to GeV and ε, or to GeV and 1/GeV."""

    first: float = 1.0
    second: float = 1.0
    root: bool = False
    """Whether the second column is ε²."""
    unit: bool = False
    """Whether the file states the unit of the first column."""

    def __call__(self, first: float, second: float) -> tuple[float, float]:
        """Convert the two numbers of a line; a negative ε² is left unchanged and refused later."""
        if self.root and second >= 0.0:
            second = second**0.5
        return first * self.first, second * self.second

    @property
    def note(self) -> str:
        """The conversion in words; empty if there is none."""
        unit = {1e-9: "eV", 1e-6: "keV", 1e-3: "MeV", 1e3: "TeV"}.get(self.first)
        done = [f"converted from {unit}"] if unit else []
        return "; ".join([*done, "root of epsilon squared taken"] if self.root else done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """Unit and power in the title of a column."""

    unit: float | None
    """Unit in GeV."""
    inverse: bool
    root: bool


def what_is_said(
    kind: TableKind, header: str | None, comments: Sequence[tuple[str, str]], where: str, *, name: str = ""
) -> Conversion:
    """Return the conversion that a file's ``header`` (None without one) and ``comments`` (place, text) require.

    The ``name`` of the file counts as a comment that describes no columns.

    Raises
    ------
    DataFileError
        Another quantity, another order, or a unit that may not be that of the columns.

    """
    place, fields = where, None if header is None else header_fields(header, kind)
    if fields is None:
        found = [(at, titles) for at, text in comments if (titles := comment_titles(text, kind))]
        if len(found) > 1:
            raise DataFileError(f"{found[1][0]}: a second comment describes the columns, {kind.advice}")
        place, fields = found[0] if found else (where, [])
    prose = [comment for comment in comments if comment[0] != place]
    if name:
        prose.append((f"'{name}'", name.rpartition(".")[0] or name))
    if not fields:
        _check_prose(prose, kind, unit=False, root=False)
        _check_quantity(prose, kind)
        return Conversion()
    if len(fields) != 2:
        raise DataFileError(f"{place}: the header has {len(fields)} columns, must have two, {kind.expected}")
    first, second = _titles(fields, kind, place)
    _check_prose(prose, kind, unit=(first.unit or second.unit) is not None, root=second.root)
    if not kind.density:
        return Conversion(first=first.unit or 1.0, root=second.root, unit=first.unit is not None)
    said = (first.unit, second.unit)
    if None in said and any(unit not in (None, 1.0) for unit in said):
        raise DataFileError(f"{place}: the header says the unit of one column only, {kind.advice}")
    return Conversion(
        first=first.unit or 1.0, second=1.0 / (second.unit or 1.0), unit=(first.unit or second.unit) is not None
    )


def header_fields(line: str, kind: TableKind) -> list[str]:
    """The titles in a header, split at separators, or at white space before the name of the second column."""
    if re.search(r"[,;\t]", line):
        return [field.strip(" \"'") for field in re.split(r"[,;\t]", line)]
    words = line.split()
    for position, word in enumerate(words[1:], start=1):
        if kind.second.known.search(plain_title(word)) or kind.second.refused.search(plain_title(word)):
            return [" ".join(words[:position]), " ".join(words[position:])]
    return words


def comment_titles(text: str, kind: TableKind) -> list[str] | None:
    """The two titles of a comment that is a header, as "mass [MeV], epsilon"; None for other comments."""
    line = re.sub(r"^[\w ]{1,20}:\s*", "", text.strip())
    fields = [field.strip() for field in _SEPARATOR.split(line) if field.strip()]
    if len(fields) < 2:
        fields = header_fields(line, kind)
    if len(fields) < 2 or any(len(field.split()) > _MOST_WORDS for field in fields[:2]):
        return None
    first, second = (plain_title(_UNIT.sub(" ", field)) for field in fields[:2])
    if kind.second.known.search(first) and kind.first.known.search(second):  # refused later because of the order
        return fields[:2]
    for column, plain in ((kind.first, first), (kind.second, second)):
        if not (column.known.search(plain) or column.refused.search(plain) or _LOGARITHM.search(plain)):
            return None
    return fields[:2]


def _titles(fields: Sequence[str], kind: TableKind, where: str) -> tuple[Title, Title]:
    swapped = kind.second.known.search(plain_title(fields[0])) and not kind.second.known.search(plain_title(fields[1]))
    if swapped and not kind.first.known.search(plain_title(fields[0])):
        shown = shortened(fields[0])
        raise DataFileError(f"{where}: the first column is '{shown}', must be {kind.expected} in this order")
    first = title_of(fields[0], kind.first, kind, where)
    second = title_of(fields[1], kind.second, kind, where)
    if first.inverse or (second.unit is not None and not second.inverse):
        raise DataFileError(f"{where}: a unit in the header does not fit its column; {kind.advice}")
    if second.unit is not None and not kind.density:
        raise DataFileError(f"{where}: the header has a unit for {kind.second.name}, which has none; {kind.advice}")
    return first, second


def title_of(text: str, column: Column, kind: TableKind, where: str) -> Title:
    """Unit and power in the title of a column.

    Raises
    ------
    DataFileError
        It is the title of something else.

    """
    start = f"{where}: the header calls the {column.name} column '{shortened(text)}'"
    unit, inverse, rest = _unit(unicodedata.normalize("NFKC", text), column is kind.first, f"{start}:")
    plain = plain_title(rest)
    if _LOGARITHM.search(plain):
        raise DataFileError(f"{start}: logarithms are not read, convert it and {kind.advice}")
    root = column.name == "epsilon" and _SQUARED.search(plain) is not None
    if root:
        plain = _SQUARED.sub(" epsilon ", plain, count=1)
    plain = _CONFIDENCE.sub("", plain)
    made = (_ARITHMETIC.search(plain) or _DERIVED.search(plain)) if column.name == "epsilon" else None
    if column is kind.first and not kind.density:
        made = OTHER_MASS.search(plain)
    if made or column.refused.search(plain) or _OTHER_SCALE.search(plain) or _OTHER_SCRIPT.search(plain):
        raise DataFileError(f"{start}: it must be the {column.name} itself, convert it and {kind.advice}")
    if not (column.known.search(plain) or (inverse and kind.density and _COUNTED.search(plain))):
        raise DataFileError(f"{start}: must be {kind.expected}; if it is that, {kind.advice}")
    return Title(unit=unit, inverse=inverse, root=root)


def _unit(text: str, first: bool, start: str) -> tuple[float | None, bool, str]:
    """The unit in GeV, whether it is its inverse, and the title without it."""
    text = _spelled(text)
    found = list(_UNIT.finditer(text))
    if not found:
        return None, False, text
    if len(found) > 1 or "volt" in text.lower():
        raise DataFileError(f"{start} more than one unit, write one")
    match = found[0]
    prefix = match[0][:-2]
    if match[0] == "meV" or prefix.lower() not in _GEV:
        raise DataFileError(f"{start} '{match[0]}' is not read, write eV, keV, MeV, GeV or TeV")
    before, behind = text[: match.start()], text[match.end() :]
    behind = _SPEED_OF_LIGHT.sub(" ", behind, count=1) if _SPEED_OF_LIGHT.match(behind) else behind
    power = _INVERSE.match(behind)
    per = _PER.search(before)
    inverse = bool(power) or (per is not None and (not first or per[0].strip().startswith("1")))
    rest = before[: per.start()] if per else before
    return _GEV[prefix.lower()], inverse, f"{rest} {behind[power.end() :] if power else behind}"


def _spelled(text: str) -> str:
    """Units as one symbol: M eV, megaelectronvolt and LaTeX's upright MeV as MeV; each a blank where a font ends."""
    if _UNIT.search(text):
        text = _FONT.sub(" ", text)
    words = _IN_WORDS.sub(lambda match: _SYMBOLS[(match[1] or "").lower()], text)
    return _APART.sub(r"\1", words)


def unit_of(text: str, start: str) -> tuple[str | None, str]:
    """The unit in the title of a column of masses, as ``MeV``, and the title without it; ``start`` begins messages.

    Raises
    ------
    DataFileError
        Several units, an inverse one, or one that is not read.

    """
    unit, inverse, rest = _unit(unicodedata.normalize("NFKC", text), True, start)
    if inverse:
        raise DataFileError(f"{start} an inverse unit, write a mass")
    names = {1e-9: "eV", 1e-6: "keV", 1e-3: "MeV", 1.0: "GeV", 1e3: "TeV"}
    return (None if unit is None else names[unit]), re.sub(r"\[\s*\]|\(\s*\)", " ", rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """What a text mentions in passing."""

    units: frozenset[str]
    square: bool
    y: bool
    dark_matter_mass: bool


def mentions(text: str) -> Mentions:
    """Units, a squared coupling, y and the mass of dark matter in a comment or a name.

    >>> mentions("limits on eps^2, m_chi in MeV")
    Mentions(units=frozenset({'MeV'}), square=True, y=False, dark_matter_mass=True)
    """
    plain = plain_title(text)
    return Mentions(
        units=frozenset(match[0] for match in _UNIT.finditer(_spelled(text))),
        square=_SQUARED.search(plain) is not None,
        y=re.search(r"(?<![a-z'])y(?![a-z])", plain) is not None,
        dark_matter_mass=_of_dark_matter(plain),
    )


def _of_dark_matter(plain: str) -> bool:
    return bool(re.search(r"m_?chi|m_?χ", plain)) and not re.search(r"=|/|mediator|m_?a", plain)


def _check_prose(comments: Sequence[tuple[str, str]], kind: TableKind, *, unit: bool, root: bool) -> None:
    """Raise for a comment that may describe the columns beyond the header."""
    for place, text in comments:
        other = next((match[0] for match in _UNIT.finditer(_spelled(text)) if match[0].lower() != "gev"), None)
        if other and not unit:
            raise DataFileError(f"{place}: {_spoken(place)} says {other}, but the columns have no unit: {kind.advice}")
        if kind is LIMIT_CURVE and not root and _SQUARED.search(plain_title(text)):
            raise DataFileError(
                f"{place}: {_spoken(place)} mentions a square; call the column 'epsilon' or 'epsilon^2'"
            )


def _spoken(place: str) -> str:
    return "the name of the file" if place.startswith("'") else "the comment"


def _check_quantity(comments: Sequence[tuple[str, str]], kind: TableKind) -> None:
    """Raise for a comment that mentions another quantity, in a file without a header."""
    for place, text in comments:
        plain = plain_title(text)
        if kind is LIMIT_CURVE and (_of_dark_matter(plain) or _OTHER_QUANTITY.search(plain)):
            raise DataFileError(
                f"{place}: {_spoken(place)} mentions another quantity; if it is {kind.expected}, {kind.advice}"
            )


def plain_title(text: str) -> str:
    """Lower case without the marks of LaTeX."""
    return re.sub(r"[$\\{}]|(?<=\\)var", "", unicodedata.normalize("NFKC", text)).lower()
