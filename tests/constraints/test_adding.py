"""Curves of the user in every usual form: converted, kept, or refused in one line."""

import io
import json
import sys

import pytest

from evanesce.cli import main
from evanesce.constraints import constraint, constraint_names

FOUND = {"--confidence-level": "0.9", "--observed": None}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder of data."""
    monkeypatch.setenv("EVANESCE_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "constraints"


@pytest.fixture
def add(tmp_path, capsys):
    """The command, with a file of this text; the error, or "" and the curve under its name."""

    def add(text, *options, file="digitised.csv", name="mine", found=FOUND):
        path = tmp_path / file
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        more = [word for key, value in found.items() for word in ([key] if value is None else [key, value])]
        code = main(["constraints", "add", str(path), "--name", name, *more, *options])
        error = capsys.readouterr().err
        assert code in (0, 2)
        assert error.count("\n") == 1
        return error if code else ""

    return add


HEPDATA_CSV = """#: table_doi: 10.17182/hepdata.1.v1/t1
#: name: Table 1
#: description: Upper limit at 90% CL
#: keyword cmenergies: 10.58
#: CL,,90%
$m_{A'}$ [MEV],$\\varepsilon$,error +,error -
10,3.3e-05,1e-6,-1e-6
100,1e-4,1e-6,-1e-6
"""
HEPDATA_YAML = """independent_variables:
- header: {name: "m_{A'}", units: MEV}
  values: [{value: 10}, {low: 90, high: 110}]
dependent_variables:
- header: {name: 'Observed limit on $\\varepsilon^2$'}
  qualifiers:
  - {name: CL, value: 90% CL}
  values:
  - {value: 1.089e-09, errors: [{symerror: 1e-10, label: stat}]}
  - {value: 1e-08}
"""
WEB_PLOT = "NA64,,BaBar,\nX,Y,X,Y\n10,3.3e-5,10,1e-3\n100,1e-4,,\n"
MEV = ("--mass-unit", "MeV", "--quantity", "epsilon")
SAME = {
    "no header": ("10,3.3e-5\n100,1e-4\n", MEV),
    "blanks": ("  10   3.3e-5\n 100 1e-4\n", MEV),
    "tabs": ("10\t3.3e-5\n100\t1e-4\n", MEV),
    "decimal commas and semicolons": ("10,0;3,3e-5\n100,00;1,00e-4\n", MEV),
    "decimal commas and blanks": ("10,0 3,3e-5\n100,00 1,00e-4\n", MEV),
    "Windows": ("\ufeff10;3.3e-5\r\n100;1e-4\r\n", MEV),
    "downwards": ("100,1e-4\n10,3.3e-5\n", MEV),
    "Fortran": ("10.D0 3.3D-5\n1.D2 1.D-4\n", MEV),
    "not in order": ("10,3.3e-5\n150,2e-4\n100,1e-4\n", (*MEV, "--sort")),
    "header": ("mass [MeV],epsilon\n10,3.3e-5\n100,1e-4\n", ()),
    "header in GeV": ("m_A' (GeV); eps\n0.01;3.3e-5\n0.1;1e-4\n", ()),
    "header in a comment": ("# mass [MeV]  epsilon\n10 3.3e-5\n100 1e-4\n", ()),
    "quotes": ('"m_A [GeV]","eps, 90% CL"\n"0.01","3.3e-5"\n"0.1","1e-4"\n', ()),
    "square": ("mass_GeV,eps2\n0.01,1.089e-9\n0.1,1e-8\n", ()),
    "square without header": ("0.01,1.089e-9\n0.1,1e-8\n", ("--mass-unit", "GeV", "--quantity", "epsilon2")),
    "square in a column called epsilon": ("mass [GeV],epsilon\n0.01,1.089e-9\n0.1,1e-8\n", ("--quantity", "epsilon2")),
    "side by side": (WEB_PLOT, (*MEV, "--columns", "1,2")),
    "other columns": ("mass [MeV],expected,epsilon\n10,1,3.3e-5\n100,1,1e-4\n", ("--columns", "1,3")),
    "words": ("Mass (MeV/c^2)  epsilon at 90% CL\n10 3.3e-5\n100 1e-4\n", ()),
    "HEPData": (HEPDATA_CSV, ()),
    "dark matter": ("m_chi [MeV],eps\n5,3.3e-5\n50,1e-4\n", ("--mass-ratio", "2")),
}


@pytest.mark.parametrize("case", SAME)
def test_one_curve_in_many_forms(case, add):
    """3.3e-5 at 10 MeV, 1e-4 at 100 MeV; a square root is exact to a rounding."""
    text, options = SAME[case]
    assert add(text, *options) == ""
    curve = constraint("mine")
    assert curve.masses[0] == pytest.approx(0.01, rel=1e-15)
    assert curve.epsilons[0] == pytest.approx(3.3e-5, rel=1e-15)
    assert float(curve.epsilon(0.1)) == pytest.approx(1e-4, rel=1e-12)
    assert (curve.confidence_level, curve.kind) == (0.9, "measurement")
    assert "digitised.csv (sha256 " in curve.notes


def test_yaml_of_hepdata_says_all_it_needs(add):
    """Unit, square, level and that it is observed; the middle of a bin where there is no value."""
    assert add(HEPDATA_YAML, file="t1.yaml", found={}) == ""
    curve = constraint("mine")
    assert curve.masses == (0.01, 0.1)
    assert curve.epsilons == pytest.approx((3.3e-5, 1e-4), rel=1e-15)
    assert (curve.quantity, curve.confidence_level, curve.kind) == ("epsilon2", 0.9, "measurement")


@pytest.mark.parametrize("mass", ["1:10", "1_0", "'<10'", "10 MeV", "0x10"])
def test_yaml_of_hepdata_is_read_as_it_is_written(mass, add, folder):
    """YAML would read 1:10 as 70 and 1_0 as 10."""
    error = add(HEPDATA_YAML.replace("{value: 10}", f"{{value: {mass}}}"), file="t1.yaml", found={})
    assert "is not a number" in error
    assert not folder.exists()


@pytest.mark.parametrize(
    ("mass", "unit"), [("010", "MEV"), ("0010.0", "MeV/C**2"), ("'10'", "'MeV/c^2'"), ("1e1", "MEV")]
)
def test_other_ways_to_write_the_numbers_of_hepdata(mass, unit, add):
    text = HEPDATA_YAML.replace("{value: 10}", f"{{value: {mass}}}").replace("units: MEV", f"units: {unit}")
    assert add(text, file="t1.yaml", found={}) == ""
    assert constraint("mine").masses == (0.01, 0.1)


def test_y_against_the_mass_of_dark_matter(add):
    """ε = (y R⁴/α_D)^(1/2) at m = R m_χ, by hand: y = 0.5/81 · 1e-8 is ε = 1e-4 at R = 3."""
    text = "m_chi [MeV], y (alpha_D = 0.5)\n10,6.172839506172839e-11\n20,6.172839506172839e-09\n"
    assert add(text, "--mass-ratio", "3") == ""
    curve = constraint("mine")
    assert curve.masses == pytest.approx((0.03, 0.06), rel=1e-15)
    assert curve.epsilons == pytest.approx((1e-4, 1e-3), rel=1e-12)
    assert (curve.alpha_d, curve.mass_ratio, curve.abscissa) == (0.5, 3.0, "dark-matter")


WHAT, UNIT = "--quantity epsilon|epsilon2|y", "--mass-unit MeV|GeV"
ALWAYS = ["--confidence-level CL", "--observed or --projected"]


@pytest.mark.parametrize(
    ("head", "lacks"),
    [
        ("", [WHAT, UNIT, "--abscissa mediator|dark-matter", *ALWAYS]),
        ("X,Y", [WHAT, UNIT, "--abscissa mediator|dark-matter", *ALWAYS]),
        ("m_A',limit", [WHAT, UNIT, *ALWAYS]),
        ("mass [MeV],eps", ALWAYS),
        ("mass [MeV],y", ["--abscissa mediator|dark-matter", *ALWAYS, "--alpha-d A", "--mass-ratio R"]),
        ("m_chi [MeV],eps", [*ALWAYS, "--mass-ratio R"]),
        ("mass [MeV],observed 95% CL limit on eps", []),
    ],
)
def test_what_the_file_does_not_say_is_asked_for_in_one_line(head, lacks, add, folder):
    error = add(f"{head}\n10,1e-4\n20,1e-4\n", found={})
    assert error.partition("; give ")[2].strip() == ", ".join(lacks)
    assert folder.exists() == (not lacks)


REFUSED = {
    "other unit": ("mass [MeV],epsilon\n10,1e-4\n20,1e-4\n", ("--mass-unit", "GeV"), "says MeV"),
    "unit in passing": (
        "# masses in MeV\n10,1e-4\n20,1e-4\n",
        ("--mass-unit", "GeV", "--quantity", "epsilon"),
        "says MeV",
    ),
    "square": ("mass [GeV],eps^2\n0.1,1e-8\n0.2,1e-8\n", ("--quantity", "epsilon"), "says epsilon2"),
    "square in passing": ("# limit on eps^2\n10,1e-4\n20,1e-4\n", MEV, "mentions a square"),
    "square beside epsilon": (
        "# limit on eps^2\nm_A [GeV],eps\n0.1,1e-4\n0.2,1e-4\n",
        (),
        "the title of the column is epsilon, and ",
    ),
    "y for epsilon": ("10,0.2\n20,0.2\n", MEV, "is the quantity right"),
    "text below": ("10,1e-4\n20,1e-4\nabout,this\n", MEV, "line 3: 'about this', must be numbers"),
    "text between": ("10,1e-4\nabout,this\n20,1e-4\n", MEV, "line 2: 'about this', must be numbers"),
    "text far below": ("10,1e-4\n20,1e-4\n\nabout,this\n", MEV, "line 4: 'about this', must be numbers"),
    "other separator": ("10\t1e-4\n20 1e-4\n30\t1e-4\n", MEV, "line 2: '20 1e-4', must be numbers"),
    "y in passing": ("# limit on y\n10,1e-4\n20,1e-4\n", MEV, "mentions y"),
    "y": ("m_A [GeV],y\n0.1,1e-8\n0.2,1e-8\n", ("--quantity", "epsilon"), "says y"),
    "dark matter": ("m_chi [MeV],eps\n10,1e-4\n20,1e-4\n", ("--abscissa", "mediator"), "says dark-matter"),
    "dark matter in passing": ("# against m_chi\n10,1e-4\n20,1e-4\n", MEV, "mentions the mass of dark matter"),
    "level": ("# 95% CL\n10,1e-4\n20,1e-4\n", MEV, "--confidence-level 0.9: "),
    "projection": ("# projected\n10,1e-4\n20,1e-4\n", MEV, "--observed/--projected measurement: "),
    "alpha": ("# alpha_D = 0.5\n10,1e-4\n20,1e-4\n", (*MEV, "--alpha-d", "0.1"), "--alpha-d 0.1: "),
    "ratio": ("# m_A' = 3 m_chi\n10,1e-4\n20,1e-4\n", (*MEV, "--mass-ratio", "4"), "--mass-ratio 4: "),
    "GeV for MeV": ("10,1e-4\n200,1e-4\n", ("--mass-unit", "GeV", "--quantity", "epsilon"), "is the unit right?"),
    "MeV for GeV": ("0.01,1e-4\n0.2,1e-4\n", MEV, "is the unit right?"),
    "square for epsilon": ("10,1e-9\n100,1e-8\n", MEV, "is the quantity right"),
    "logarithm": ("10,-4\n20,-4.5\n", MEV, "is it a logarithm?"),
    "logarithm in the header": ("mass [GeV],log10(eps)\n0.1,4\n0.2,4\n", (), "logarithms are not read"),
    "coupling": ("mass [GeV],g_e\n0.1,1e-4\n0.2,1e-4\n", (), "must be the epsilon itself"),
    "alpha times epsilon squared": ("mass [GeV],alpha_D eps^2\n0.1,1e-4\n0.2,1e-4\n", (), "must be the epsilon itself"),
    "unit of the limit": ("mass [MeV],eps [GeV]\n10,1e-4\n20,1e-4\n", (), "has a unit, which epsilon has not"),
    "difference of masses": ("m_chi mass splitting [MeV],eps\n10,1e-4\n20,1e-4\n", (), "must be the mass itself"),
    "product with the charge": ("mass [MeV],e eps\n10,1e-4\n20,1e-4\n", (), "must be the epsilon itself"),
    "coupling to muons": ("mass [MeV],eps_mu\n10,1e-4\n20,1e-4\n", (), "must be the epsilon itself"),
    "unit in words": (
        "# masses in megaelectronvolts\n10,1e-4\n20,1e-4\n",
        ("--mass-unit", "GeV", "--quantity", "epsilon"),
        "says MeV",
    ),
    "powers of ten": ("mass [GeV],eps [1e-3]\n0.1,1\n0.2,1\n", (), "must be the epsilon itself"),
    "other columns": ("energy [GeV],eps\n0.1,1e-4\n0.2,1e-4\n", (), "must be 'mass, epsilon'"),
    "several curves": (WEB_PLOT, MEV, "give the two as --columns MASS,LIMIT"),
    "of two tables": ("m,eps\n1,1\n\nm,eps\n1,1\n", (*MEV, "--columns", "1,4"), "must be two columns of one table"),
    "no such column": (WEB_PLOT, (*MEV, "--columns", "1,9"), "--columns 9: "),
    "thousands": ("1,000;0\n2,000;0\n", MEV, "may be a decimal or a thousand"),
    "two kinds of decimals": ("10,5;1.5e-4\n20;2e-4\n", MEV, "write one kind"),
    "contour": ("10,1e-4\n20,1e-4\n15,1e-3\n10,1e-3\n", MEV, "the mass turns back from 20 to 15"),
    "twice": ("10,1e-4\n20,1e-4\n20,1e-3\n30,1e-3\n", MEV, "the mass 20 comes twice"),
    "twice, sorted": ("10,1e-4\n20,1e-4\n10,1e-3\n", (*MEV, "--sort"), "the mass 10 comes twice"),
    "gap": ("10,1e-4\n20,\n30,1e-4\n", MEV, "no limit"),
    "infinite": ("10,1e-4\n20,inf\n30,1e-4\n", MEV, "limit = inf"),
    "one point": ("10,1e-4\n", MEV, "at least two points"),
    "nothing": ("", MEV, "no columns of numbers"),
    "text": ("hello\n", MEV, "digitised.csv"),
    "UTF-16": ("10,1e-4\n".encode("utf-16"), MEV, "is not text"),
    "negative coupling": ("10,1e-4\n20,1e-4\n", (*MEV, "--alpha-d", "-1"), "alpha_d"),
    "both kinds": ("10,1e-4\n20,1e-4\n", (*MEV, "--projected"), "exclude each other"),
    "unknown mediator": ("10,1e-4\n20,1e-4\n", (*MEV, "--mediator", "dark-foton"), "did you mean 'dark-photon'"),
    "unknown scaling": ("10,1e-4\n20,1e-4\n", (*MEV, "--scaling", "eps"), "scaling of mine"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_nothing_wrong_is_kept_in_silence(case, add, folder):
    text, options, message = REFUSED[case]
    assert message in add(text, *options)
    assert not folder.exists()


def test_a_level_in_per_cent_is_refused(add):
    assert "confidence_level = 90" in add(
        "10,1e-4\n20,1e-4\n", *MEV, found={"--confidence-level": "90", "--observed": None}
    )


def test_the_name_of_the_file_counts(add):
    assert "the name of" in add("10,1e-9\n20,1e-8\n", *MEV, file="na64-eps2.csv")
    given = ("--mass-unit", "GeV", "--quantity", "epsilon")
    assert "the name of" in add("1,1e-4\n2,1e-4\n", *given, file="limit_MeV.csv")


def test_unusual_numbers_are_kept_if_the_user_is_sure(add):
    assert add("10,1e-9\n100,1e-8\n", *MEV, "--unusual") == ""
    assert constraint("mine").epsilons == (1e-9, 1e-8)


def test_a_curve_is_listed_shown_taken_elsewhere_and_removed(add, folder, capsys):
    assert add(*_plain(), "--scaling", "epsilon", "--reference", "ours: 2212.04252", "--luminosity", "0.02") == ""
    assert "mine" in constraint_names()
    assert main(["constraints", "list", "--json"]) == 0
    assert "mine" in [one["name"] for one in json.loads(capsys.readouterr().out)]
    assert main(["constraints", "show", "mine", "--alpha-d", "0.5", "--mass-ratio", "3", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["y"] == pytest.approx([3.3e-5**2 * 0.5 / 81, 1e-8 * 0.5 / 81])
    assert shown["reference"] == "ours: 2212.04252"
    assert constraint("mine").rescaled(0.32).epsilons[1] == pytest.approx(5e-5)
    assert main(["constraints", "remove", "mine"]) == 0
    assert "mine" not in constraint_names()
    assert list(folder.iterdir()) == []


def _plain():
    return "10,3.3e-5\n100,1e-4\n", *MEV


@pytest.mark.parametrize("name", ["babar", "mine", "../mine", "Mine", ".mine", "", "a" * 65, "mine.csv"])
def test_names_are_new_and_plain(name, add, folder):
    assert add(*_plain()) == ""
    before = (folder / "mine.yaml").read_bytes()
    assert f"name '{name}': " in add("10,1e-3\n100,1e-3\n", *MEV, name=name)
    assert [path.name for path in folder.iterdir()] == ["mine.yaml"]
    assert (folder / "mine.yaml").read_bytes() == before


def test_only_curves_of_the_user_are_removed(capsys):
    assert main(["constraints", "remove", "babar"]) == 2
    assert "only your own can be removed" in capsys.readouterr().err
    assert main(["constraints", "remove", "bbar"]) == 2
    assert "unknown constraint of your own 'bbar'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "points: 3", "points: [[1, 2], [1, 2]]", "points: [[a, 2]]", "x: [", "a: 1\npoints: [[1, 2], [2, 2]]"]
)
def test_a_damaged_file_is_one_line_and_hides_nothing_else(text, folder, capsys):
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(text)
    assert main(["constraints", "show", "mine"]) == 2
    error = capsys.readouterr().err
    assert "mine" in error
    assert error.count("\n") == 1
    assert main(["constraints", "list", "--json"]) == 0
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert "refused" in listed["mine"]
    assert "refused" not in listed["babar"]
    assert main(["constraints", "remove", "mine"]) == 0


def test_a_folder_that_cannot_be_written_is_one_line(add, folder):
    folder.parent.write_text("a file where the folder should be")
    assert "cannot write" in add(*_plain())


def test_a_terminal_is_asked(add, monkeypatch):
    """Until the answer is possible; each question once, in order."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("epsilon3\nepsilon\nMeV\nninety\n0.95\nprojected\n"))
    asked = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", asked)
        add_quietly("10,3.3e-5\n100,1e-4\n", patch)
    curve = constraint("mine")
    assert (curve.quantity, curve.confidence_level, curve.kind) == ("epsilon", 0.95, "projection")
    questions = asked.getvalue()
    assert "What is limited? [epsilon, epsilon2, y]" in questions
    assert "must be one of epsilon, epsilon2, y" in questions
    assert "answer = 'ninety': must be a number" in questions
    assert "Unit of the masses?" in questions


def add_quietly(text, patch):
    import os
    from pathlib import Path

    path = Path(os.environ["EVANESCE_DATA_DIR"]).parent / "digitised.csv"
    path.write_text(text)
    patch.setattr(sys, "stdout", io.StringIO())
    assert main(["constraints", "add", str(path), "--name", "mine"]) == 0


def test_our_own_exports_are_read(tmp_path, capsys):
    """Names, unit, level and parameters come from the file; only that it is projected must be said."""
    csv = tmp_path / "limits.csv"
    given = ["belle2", "--mass", "0.05,0.0667", "--physics", "published", "--output", str(csv)]
    assert main(["export", "csv", *given]) == 0
    assert main(["constraints", "add", str(csv), "--name", "ours", "--columns", "1,2", "--projected"]) == 0
    capsys.readouterr()
    curve = constraint("ours")
    assert curve.masses == (0.05, 0.0667)
    assert (curve.alpha_d, curve.mass_ratio, curve.confidence_level) == (1e-3, 3.0, 0.9)
    assert main(["export", "hepdata", *given[:-1], str(tmp_path / "record")]) == 0
    table = tmp_path / "record" / "limit_on_epsilon.yaml"
    assert main(["constraints", "add", str(table), "--name", "again"]) == 0
    again = constraint("again")
    assert (again.masses, again.epsilons) == (curve.masses, curve.epsilons)
    assert (again.alpha_d, again.mass_ratio, again.kind) == (1e-3, 3.0, "projection")
