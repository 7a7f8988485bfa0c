"""Formulas are read correctly, and ambiguous ones are refused with the right spelling."""

import pytest
import xraylib
from hypothesis import given
from hypothesis import strategies as st

from evanesce.errors import InvalidValueError
from evanesce.materials import compound
from evanesce.materials.formula import parse_formula


@pytest.mark.parametrize(
    ("formula", "atoms"),
    [
        ("CsI", {"Cs": 1, "I": 1}),
        ("Lu1.8Y0.2SiO5", {"Lu": 1.8, "Y": 0.2, "Si": 1, "O": 5}),
        ("Ca(OH)2", {"Ca": 1, "O": 2, "H": 2}),
        ("K4[Fe(CN)6]", {"K": 4, "Fe": 1, "C": 6, "N": 6}),
        ("{(Cs)2(I)2}3", {"Cs": 6, "I": 6}),
        ("CuSO4·5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}),
        ("CaSO4•0.5H2O", {"Ca": 1, "S": 1, "O": 4.5, "H": 1}),
        ("CaSO4.H2O", {"Ca": 1, "S": 1, "O": 5, "H": 2}),
        ("CaO.SiO2", {"Ca": 1, "O": 3, "Si": 1}),
        ("YBa2Cu3O6.9", {"Y": 1, "Ba": 2, "Cu": 3, "O": 6.9}),
        ("O6.9Cu3Y1Ba2", {"Y": 1, "Ba": 2, "Cu": 3, "O": 6.9}),
        ("(Si)105(O)210", {"Si": 105, "O": 210}),
        ("LaO0.9F0.1FeAs", {"La": 1, "O": 0.9, "F": 0.1, "Fe": 1, "As": 1}),
        ("CsI(Tl)0.001", {"Cs": 1, "I": 1, "Tl": 0.001}),
        ("C1S2", {"C": 1, "S": 2}),
        ("CO2", {"C": 1, "O": 2}),
        ("HNO3", {"H": 1, "N": 1, "O": 3}),
        ("KH2PO4", {"K": 1, "H": 2, "P": 1, "O": 4}),
        ("C400H6440", {"C": 400, "H": 6440}),
        ("CH3NH3PbI3", {"C": 1, "H": 6, "N": 1, "Pb": 1, "I": 3}),
        ("H2", {"H": 2}),
        ("O2", {"O": 2}),
    ],
)
def test_well_formed(formula: str, atoms: dict[str, float]) -> None:
    got = {str(xraylib.AtomicNumberToSymbol(Z)): count for Z, count in parse_formula(formula).items()}
    assert got == pytest.approx(atoms, rel=1e-15)  # a product of two decimals


@pytest.mark.parametrize("formula", ["CsI", "Bi4Ge3O12", "PbWO4", "Lu1.9Y0.1SiO5", "BaF2", "H2O", "Pb", "C"])
def test_materials_of_the_catalogue_are_read_as_xraylib_reads_them(formula: str) -> None:
    theirs = xraylib.CompoundParser(formula)
    assert list(parse_formula(formula).items()) == list(zip(theirs["Elements"], theirs["nAtoms"], strict=True))


def atoms_or_error(formula: str) -> dict[int, float] | str:
    try:
        return parse_formula(formula)
    except InvalidValueError as error:
        return str(error)


@given(st.lists(st.tuples(st.integers(1, 103), st.sampled_from(["", "2", "3", "0.25"])), min_size=1, max_size=6))
def test_any_row_of_elements_is_read_as_xraylib_reads_it_or_refused(row: list[tuple[int, str]]) -> None:
    """Refused only as a pair of capitals (CS), an isotope (He3), or 0.25 oxygen before an element."""
    formula = "".join(f"{xraylib.AtomicNumberToSymbol(Z)}{count}" for Z, count in row)
    theirs = xraylib.CompoundParser(formula)
    got = atoms_or_error(formula)
    if isinstance(got, str):
        assert "may be" in got or "isotopes" in got or "abbreviation" in got
    else:
        assert got == pytest.approx(dict(zip(theirs["Elements"], theirs["nAtoms"], strict=True)), rel=1e-15)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        # dopants
        *(
            (f"CsI{dopant}", "per mille: leave it out and write CsI$")
            for dopant in ("(Tl)", "[Tl]", ":Tl", "-Tl", "·Tl")
        ),
        ("LaBr3(Ce)", "write LaBr3$"),
        ("NaI(Tl+)", "charges"),
        # the letter O and the zero
        ("Lu1.8Y0.2Si05", "write Lu1.8Y0.2SiO5"),
        ("PbW04", "write PbWO4"),
        ("Al203", "write Al2O3"),
        ("Bi4Ge3012", "write Bi4Ge3O12"),
        ("H20", "write H2O"),
        ("Cs0I", "zero subscript"),
        ("Cs0.0I", "zero subscript"),
        # polymers, hydrates
        ("(C2H4)n", r"write a number, or one unit \(C2H4\) of a polymer"),
        ("[C2H4]x", "'x' is not a count"),
        ("CuSO4.5H2O", "write CuSO4·5H2O"),
        ("MgCl2.6(H2O)", r"write MgCl2·6\(H2O\)"),
        ("CaSO4.0.5H2O", "two points"),
        ("Al2O3.2SiO2", "may be a count, or 2 of what follows"),
        ("BaO.6Fe2O3", "without a number before it"),
        ("CuSO4*5H2O", "write CuSO4·5H2O"),
        # capitals
        ("CSI", "CS may be Cs, or C and S: write Cs, or C1S"),
        ("PBWO4", "write Pb, or P1B"),
        ("CsPBBr3", "write Pb, or P1B"),
        ("HFO2", "write Hf, or H1F"),
        ("csi", "lowercase"),
        ("Nal", "iodine is a capital I"),
        ("PWO", "write PbWO4"),
        ("LYSO:Ce", "write Lu1.9Y0.1SiO5"),
        # isotopes and charges
        *((text, "isotopes") for text in ("D2O", "6LiF", "[6Li]F", "Li-6", "^6LiF", "⁶LiF", "U235", "U235O2", "He3")),
        *((text, "charges") for text in ("Na+", "Pb2+", "SO4^2-", "Cs+I-")),
        # other characters
        ("Cs₂O", "must be plain text: write Cs2O"),
        ("Cs½I", "must be plain text"),
        ("CsI\n", "must be plain text"),
        ("Cs I", "Spaces are not allowed: write CsI"),
        ("NaI Tl", "write NaITl, or leave Tl out if it is a dopant"),
        ("PbF2 1", "Spaces are not allowed; write it like CsI"),
        ("Cs1,5I", "decimal point"),
        ("CsI1e3", "lowercase"),
        ("C1E3", "unknown symbol E"),
        ("Xx2", "formula = 'Xx2': unknown symbol Xx; write it like CsI"),
        ("RfO2", "not be heavier than Z = 103"),
        ("CsI2000000", "at most 1e\\+06"),
        # brackets
        ("", "No elements found"),
        ("CsI(", "Brackets not matching"),
        ("CsI)", "Brackets not matching"),
        ("K4[Fe(CN]6)", "Brackets not matching"),
        ("[]", "empty brackets"),
        ("CsI()2", "empty brackets"),
        ("·CsI", "nothing next to a dot"),
        ("CsI.", "nothing next to a dot"),
        ("(" * 9 + "C2" + ")" * 9, "more than 8 brackets within brackets"),
        ("(" * 70_000 + "C" + ")" * 70_000, "is longer than 1000 characters"),
        (3, "must be plain text"),
        (None, "must be plain text"),
    ],
)
def test_refused(formula: str, message: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InvalidValueError, match=message) as caught:
        compound(formula, density=1.0)
    text = str(caught.value)
    assert text.startswith("formula = ")
    assert "\n" not in text
    assert len(text) < 300
    assert capfd.readouterr() == ("", "")


@given(st.text("CHOSIPbs0123456789.()[]·+-n", max_size=30))
def test_any_text_is_atoms_or_one_line(text: str) -> None:
    got = atoms_or_error(text)
    assert "\n" not in got if isinstance(got, str) else all(count > 0 for count in got.values())
