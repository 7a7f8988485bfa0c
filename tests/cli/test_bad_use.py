"""Every wrong use of a command is one line on standard error that names the input, and exit code 2."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
LIMIT = ("limit", "belle2", "--mass", "0.05")
TRACK = ("tracklength", "CsI", "--energy", "4", "--thickness", "16")
ANNIHILATION = ("cross-section", "annihilation", "CsI", "--energy", "4", "--mass", "0.05")
SIGMA = ("cross-section", "bremsstrahlung", "CsI", "--energy", "4", "--mass", "0.05")


def but(command: tuple[str, ...], option: str, value: str) -> tuple[str, ...]:
    """The command with another value of an option."""
    place = command.index(option) + 1
    return (*command[:place], value, *command[place + 1 :])


# the command, and what its message must contain
BAD = [
    (("--nonsense",), "--nonsense"),
    (("limits",), "limits"),
    (("experiments", "lst"), "lst"),
    (("limit",), "EXPERIMENT"),
    (("limit", "belle3"), "did you mean 'belle2'"),
    (("limit", ""), "unknown experiment ''"),
    (("limit", "belle2\nand\x1b[31m"), r"belle2 and\x1b[31m"),
    (("limit", "no/such.yaml"), "no/such.yaml"),
    (("limit", "belle2", "na64-2019", "--mass", "0.05", "--physics", "published"), "na64-2019"),
    (("limit", "belle2", "--masses", "1"), "--masses"),
    (("limit", "belle2", "--mass"), "--mass"),
    (("limit", "belle2", "--json=yes"), "--json"),
    (("limit", "belle2", "--mass", ""), "--mass ''"),
    (("limit", "belle2", "--mass", "0.1:0.2"), "'0.1:0.2': must be one mass in GeV"),
    (("limit", "belle2", "--mass", "a:b:c"), "'a:b:c'"),
    (("limit", "belle2", "--mass", "0.1:0.2:3:4"), "'0.1:0.2:3:4'"),
    (("limit", "belle2", "--mass", "0.1:0.2:1"), "'0.1:0.2:1'"),
    (("limit", "belle2", "--mass", "0.1:0.2:2.5"), "'0.1:0.2:2.5'"),
    (("limit", "belle2", "--mass", "0.1:0.2:-5"), "'0.1:0.2:-5'"),
    (("limit", "belle2", "--mass", "0.1:0.2:2000000"), "from 2 to 1000000"),
    (("limit", "belle2", "--mass", "0.1:0.2:" + 5000 * "9"), "from 2 to 1000000"),
    (("limit", "belle2", "--mass", "0.2:0.1:5"), "'0.2:0.1:5'"),
    (("limit", "belle2", "--mass", "0.2:0.2:5"), "lo:hi:n"),
    (("limit", "belle2", "--mass", "0:0.1:5"), "'0:0.1:5'"),
    (("limit", "belle2", "--mass", "0.1:inf:5"), "'0.1:inf:5'"),
    (("limit", "belle2", "--mass", "nan"), "--mass 'nan'"),
    (("limit", "belle2", "--mass", "inf"), "--mass 'inf'"),
    (("limit", "belle2", "--mass", "0"), "--mass '0'"),
    (("limit", "belle2", "--mass", "-0.1"), "--mass '-0.1'"),
    (("limit", "belle2", "--mass", "1e-10"), "mass = 1e-10 GeV"),
    (("limit", "belle2", "--mass", "1:1e7:3"), "mass = 1e+07 GeV"),
    ((*LIMIT, "--alpha-d", "abc"), "--alpha-d = 'abc': must be a number"),
    ((*LIMIT, "--alpha-d", "nan"), "--alpha-d = 'nan': must be a finite number"),
    ((*LIMIT, "--alpha-d", "1e400"), "--alpha-d = '1e400'"),
    ((*LIMIT, "--alpha-d", "0"), "alpha_d = 0"),
    ((*LIMIT, "--alpha-d", "-1"), "alpha_d = -1"),
    ((*LIMIT, "--alpha-d", "13"), "alpha_d = 13"),
    ((*LIMIT, "--mass-ratio", "2"), "mass_ratio = 2"),
    ((*LIMIT, "--mass-ratio", ""), "--mass-ratio = ''"),
    ((*LIMIT, "--mediator", "dark-foton"), "did you mean 'dark-photon'"),
    ((*LIMIT, "--physics", "publishd"), "did you mean 'published'"),
    ((*LIMIT, "--set", "v_max"), "--set 'v_max': must be KEY=VALUE"),
    ((*LIMIT, "--set", "=3"), "'=3'"),
    ((*LIMIT, "--set", "vmax=0.9"), "did you mean 'v_max'"),
    ((*LIMIT, "--set", "v_max=2"), "v_max = 2"),
    ((*LIMIT, "--set", "v_max=high"), "'high'"),
    ((*LIMIT, "--set", "v_max=nan"), "v_max = nan"),
    ((*LIMIT, "--set", "pair_charges=none"), "'none'"),
    ((*LIMIT, "--set", "v_max=1", "--set", "v_max=0.9"), "v_max is given twice"),
    ((*LIMIT, "--background", "many"), "--background = 'many'"),
    ((*LIMIT, "--background", "-1"), "background = -1"),
    ((*LIMIT, "--background", "0"), "events-2.3"),
    ((*LIMIT, "--criterion", "cl"), "unknown criterion 'cl'"),
    ((*LIMIT, "--card", "luminosity"), "--card 'luminosity'"),
    ((*LIMIT, "--card", "source.luminosty=5"), "did you mean 'luminosity'"),
    ((*LIMIT, "--card", "source.luminosity=-5"), "source.luminosity = -5"),
    ((*LIMIT, "--card", "source.luminosity=five"), "'five'"),
    ((*LIMIT, "--card", "source.luminosity=[1"), "'[1'"),
    ((*LIMIT, "--card", "backgrounds.muons.depth=1"), "'muons'"),
    (("tracklength", "CsI", "--thickness", "16"), "--energy"),
    (("tracklength", "CsI", "--energy", "4"), "--thickness"),
    (("tracklength", "CsJ", "--energy", "4", "--thickness", "16"), "did you mean 'CsI'"),
    (("tracklength", "Cs(", "--energy", "4", "--thickness", "16", "--density", "4"), "'Cs('"),
    ((*TRACK, "--density", "-4"), "-4"),
    (but(TRACK, "--energy", "0.0001"), "--energy = '0.0001'"),
    (but(TRACK, "--energy", "1e300"), "--energy = '1e300'"),
    (but(TRACK, "--thickness", "0"), "--thickness = '0'"),
    (but(TRACK, "--thickness", "1e300"), "--thickness = '1e300'"),
    (("tracklength", "belle2", "--energy", "4", "--thickness", "3"), "--thickness: belongs to a material, but belle2"),
    (("tracklength", "belle2", "--energy", "4", "--before", "Al:1"), "--before: belongs to a material, but belle2"),
    ((*TRACK, "--card", "target.upstream=1"), "--card: belongs to an experiment, but CsI is a material"),
    (("tracklength", "none.yaml", "--energy", "4"), "cannot read card 'none.yaml'"),
    ((*TRACK, "--before", "Al"), "--before = 'Al': must be MATERIAL:X0, as Al:0.06"),
    ((*TRACK, "--before", ":0.1"), "--before = ':0.1': must be MATERIAL:X0"),
    ((*TRACK, "--before", "Al:thin"), "--before Al = 'thin': must be a number"),
    ((*TRACK, "--before", "Al:-1"), "--before Al = '-1': must lie between 1e-06 and 1e+06 X0"),
    ((*TRACK, "--before", "quarz:0.1"), "did you mean 'quartz'"),
    ((*TRACK, "--before", "Al:0.1", "--layer", "3"), "--layer = 3: must be at most 2"),
    ((*TRACK, "--layer", "0"), "--layer = '0': must be a whole number from 1"),
    (("tracklength", "Pb=0.9,C8H8=0.1", *TRACK[2:]), "a mixture needs its density, give --density"),
    (("tracklength", "Pb=90,C8H8=10", *TRACK[2:], "--density", "5.9"), "divide a number in percent by 100"),
    ((*TRACK, "--incident", "mu"), "'mu': must be one of e+, e-, gamma"),
    ((*TRACK, "--shower", "tsai-witis"), "did you mean 'tsai-whitis'"),
    ((*TRACK, "--edges", "0.5"), "at least 2"),
    ((*TRACK, "--edges", "0.5,"), "--edges = ''"),
    ((*TRACK, "--edges", "0.5,x"), "--edges = 'x'"),
    ((*TRACK, "--edges", "0.9,0.5"), "increase"),
    ((*TRACK, "--edges", "0,1"), "bin edge = 0"),
    ((*TRACK, "--edges", "0.5,1.5"), "1.5"),
    (("cross-section", "fusion", "CsI", "--energy", "4", "--mass", "1"), "'fusion'"),
    (but(SIGMA, "--energy", "x"), "--energy = 'x'"),
    (but(SIGMA, "--mass", "0"), "--mass = '0'"),
    (but(SIGMA, "--mass", "-1"), "--mass = '-1'"),
    (but(SIGMA, "--mass", "1e200"), "--mass = '1e200'"),
    ((*SIGMA, "--formula", "guess"), "'guess'"),
    ((*SIGMA, "--form-factor", "square"), "'square'"),
    ((*SIGMA, "--min-fraction", "1"), "--min-fraction = 1"),
    ((*SIGMA, "--min-fraction", "-0.5"), "-0.5"),
    (but(SIGMA, "--mass", "0_1"), "--mass = '0_1': must be a number"),
    ((*SIGMA, "--set", "v_max=0.9"), "--set v_max: does not apply to the cross section of bremsstrahlung"),
    ((*SIGMA, "--formula", "ww", "--set", "bremsstrahlung=ww"), "--set bremsstrahlung: is given twice"),
    ((*ANNIHILATION, "--min-fraction", "0.5"), "--min-fraction: does not apply to annihilation"),
    ((*ANNIHILATION, "--set", "binding=loose"), "'loose'"),
    ((*ANNIHILATION, "--set", "binding=shell"), "was replaced by on-shell and eikonal"),
    ((*ANNIHILATION, "--formula", "ww"), "--formula: does not apply to annihilation"),
    ((*ANNIHILATION, "--form-factor", "elastic"), "--form-factor: does not apply to annihilation"),
    ((*ANNIHILATION, "--set", "bremsstrahlung=ww"), "--set bremsstrahlung: does not apply to the cross section"),
    (("limit", "belle2", "--mass", "0.05", "--mass=0.06"), "--mass is given twice; keep one"),
    (("limit", "belle2", "--mass", "0_1"), "--mass '0_1'"),
    (("limit", "belle2", "--mass", "\u0660.\u0661"), "--mass '"),
    (
        ("source", "bhabha", "--card", "luminosity=5", "--luminosity", "6"),
        "--luminosity and --card luminosity are both",
    ),
    (("source", "belle2", "--card", "source.alpha=0.01", "--alpha", "0.01"), "--alpha and --card alpha are both"),
    (("reproduce", "--output", ""), "--output = '': must be the name of a folder"),
    (("reproduce", "--output", __file__), "is a file; give a folder"),
    (("source", "radiative-baba"), "radiative-baba"),
    (("source", "belle3"), "known are babar, babar-mono-photon, beam, belle2, belle2-combined, belle2-"),
    (("source", "belle2-mono-photon"), "a channel of kind 'mono-photon' has no tracks in a target; this needs one"),
    (
        ("tracklength", "belle2-mono-photon", "--energy", "5"),
        "a channel of kind 'mono-photon' has no tracks in a target",
    ),
    (
        ("events", "belle2-mono-photon", "--mass", "1", "-n", "10", "--output", "x.hepmc3"),
        "a channel of kind 'mono-photon' has no tracks in a target",
    ),
    (("cross-section", "annihilation", "belle2-mono-photon", *SIGMA[3:]), "unknown material 'belle2-mono-photon'"),
    (("source", "belle2-combined"), "has the channels positron, electron, radiative-positron, mono-photon; use one of"),
    (("source", "beam"), "energy: is missing"),
    (("source", "tabulated", "--card", "file=/no/such.csv"), "/no/such.csv"),
    (("source", "bhabha", "--luminosity", "-3"), "luminosity = -3"),
    (("source", "bhabha", "--alpha", "two"), "--alpha = 'two'"),
    (("source", "bhabha", "--bins", "0"), "--bins = '0'"),
    (("source", "bhabha", "--bins", "1.5"), "--bins = '1.5': must be a whole number"),
    (("source", "bhabha", "--bins", "1e6"), "--bins = '1e6': must be a whole number from 1 to 100000"),
    (("limit", "belle2", "--mass", "0.05,"), "--mass '0.05,'"),
    (("limit", "belle2", "--mass", "0.05,-1"), "--mass '0.05,-1'"),
    (("limit", "belle2", "--mass", "0.05;0.06"), "--mass '0.05;0.06'"),
    (("limit", "belle2", "--mass", "0.1:0.2:6e5,0.1:0.2:6e5"), "--mass"),
    ((*LIMIT, "--alpha-d", "1e-3,x"), "--alpha-d = 'x': must be a number"),
    ((*LIMIT, "--alpha-d", "1e-3:1e-4:5"), "--alpha-d '1e-3:1e-4:5': must be lo:hi:n spaced in log"),
    ((*SIGMA, "--alpha-d", "1e-3,1e-2"), "--alpha-d '1e-3,1e-2': must be one number here, as 1e-3"),
    ((*SIGMA, "--mass-ratio", "3:4:5"), "--mass-ratio '3:4:5': must be one number here, as 3"),
    (but(SIGMA, "--mass", "0.05,0.06"), "--mass '0.05,0.06': must be one number here, as 0.05"),
    (("materials", "CsJ"), "did you mean 'CsI'"),
    (("materials", "--density", "3"), "--density belongs to a formula"),
    (("materials", "CsI", "--nist"), "--nist lists all names"),
    (("physics", "published"), "published"),
    (("--show-completion", "tcsh"), "--show-completion = 'tcsh': must be one of bash, zsh, fish, powershell"),
    (("--show-completion",), "--show-completion"),
    (("source", "bhabha", "--card", "polar_angle_min=130"), "130"),
    (("source", "na64-2019", "--alpha", "0.01"), "source.alpha"),
    (("background", "belle"), "belle"),
    (("experiments", "show", "nothing"), "nothing"),
    (("experiments", "validate", "nothing"), "nothing"),
    (("constraints", "show", "bebar"), "did you mean 'babar'"),
    (("constraints", "show", "no/such.csv"), "no/such.csv"),
    (("constraints", "show", "na64-2019", "--luminosity", "50"), "no luminosity"),
    (("constraints", "show", "babar", "--luminosity", "0"), "luminosity = 0"),
    (("reproduce", "--card", "source"), "--card 'source'"),
    (("reproduce", "extra"), "extra"),
]


@pytest.mark.parametrize(("argv", "named"), BAD, ids=[" ".join(argv)[:60] for argv, _ in BAD])
def test_one_line_and_exit_code_2(run: Run, argv: tuple[str, ...], named: str) -> None:
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert err.startswith("evanesce: error: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert err[:-1].isprintable()
    assert named in err


@pytest.mark.parametrize(
    ("text", "named"),
    [("", "is empty"), ("name: [", "line 1"), ("name: mine\ncolour: red\n", "colour"), ("\x00", "not valid YAML")],
)
def test_a_bad_card_is_named(run: Run, tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    for command in (("experiments", "validate"), ("limit",), ("background",), ("source",)):
        code, out, err = run(*command, str(path))
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "mine.yaml" in err
        assert named in err


def test_a_card_that_no_limit_can_be_set_with_is_not_valid(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\nsource: {kind: bhabha}\ntarget: {material: CsI, thickness: 16}\nbackground: 0\n",
        encoding="utf-8",
    )
    code, out, err = run("experiments", "validate", str(path))
    assert (code, out) == (2, "")
    assert "without background use criterion 'events-2.3'" in err
