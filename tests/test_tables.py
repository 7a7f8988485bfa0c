"""Files of two columns: units and quantities are converted or refused, never misread."""

from pathlib import Path

import pytest

from evanesce.constraints import constraint_from_csv
from evanesce.errors import DataFileError, InvalidValueError
from evanesce.sources import TabulatedSpectrum
from evanesce.table_header import LIMIT_CURVE, SPECTRUM, TableKind
from evanesce.tables import read_two_columns

ROUNDING = 1e-15
"""A product with a power of ten, or a square root."""


def read(folder: Path, kind: TableKind, text: str) -> tuple[float, float, str]:
    """The first line as it was converted, and the note."""
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    table = read_two_columns(path, kind)
    return table.rows[0].first, table.rows[0].second, table.note


def lines(header: str, numbers: str) -> str:
    """The numbers behind a header, separated as its columns are."""
    separator = next((mark for mark in (",", ";", "\t") if mark in header), " ")
    return f"{header}\n{numbers.replace(' ', separator)}\n"


@pytest.mark.parametrize(
    ("header", "mass", "epsilon"),
    [
        *((header, 10.0, 4e-4) for header in ("mass,epsilon", "m eps", "M;ε", "mass epsilon limit", "# m_A', eps")),
        *((header, 10.0, 4e-4) for header in ("mass [GeV/c^2], kinetic mixing", "m_mediator_gev,epsilon", "m_phi ε")),
        *(
            (header, 10.0, 4e-4)
            for header in ("mass,epsilon_90", "$m_{A'}$ [GeV], $\\varepsilon$ (90% CL)", "# by hand")
        ),
        *(
            (header, 0.01, 4e-4)
            for header in ("mass [MeV],epsilon", "mass(mev) eps", "MASS_MEV;EPSILON", "massMeV,eps")
        ),
        *(
            (header, 0.01, 4e-4)
            for header in ("# mass [MeV]  epsilon", "% mass / MeV, eps", "# curve: m in MeV; eps; 90 %")
        ),
        *((header, 0.01, 4e-4) for header in ('"mass [MeV/c2]","eps"', "mass in MeV\tupper limit on epsilon")),
        *(
            (header, 0.01, 4e-4)
            for header in (
                "mass [M eV],eps",
                "mass in megaelectronvolt,eps",
                "m_A (mega-electron-volts),eps",
                "$m_{A^\\prime}$ (MeV/$c^2$),$\\epsilon$",
                "$m_{A'}$ [$\\mathrm{MeV}/c^2$],$\\varepsilon$",
                "mass [MeV],epsilon / kinetic mixing",
                "mass [MeV],eps from e+ e-",
                "mass [MeV],eps after calibration (mass ratio)",
            )
        ),
        ("mass [keV],eps", 1e-5, 4e-4),
        ("mass [eV],eps", 1e-8, 4e-4),
        ("mass [TeV],eps", 1e4, 4e-4),
        *(
            (header, 10.0, 0.02)
            for header in ("mass_GeV,eps2", "m,epsilon^2", "m,ε²", "m epsilon_squared", "# m, eps**2")
        ),
        ("m_MeV,eps^2", 0.01, 0.02),
        ("# the beam has 100 GeV\nmass,eps", 10.0, 4e-4),
        ("# threshold 5 MeV\nmass [GeV],eps", 10.0, 4e-4),
        ("# y = eps^2 alpha_D (m_chi/m)^4\nmass [GeV],eps^2", 10.0, 0.02),
        ("# alpha_D = 0.1, m_A'/m_chi = 3", 10.0, 4e-4),
    ],
)
def test_limit_curves(tmp_path: Path, header: str, mass: float, epsilon: float) -> None:
    got = read(tmp_path, LIMIT_CURVE, lines(header, "10 4e-4"))
    assert got[:2] == pytest.approx((mass, epsilon), rel=ROUNDING, abs=0)
    assert bool(got[2]) == (mass != 10.0 or epsilon != 4e-4)


@pytest.mark.parametrize(
    "header",
    [
        *("m,y", "mass,g", "mass,coupling g", "mass,alpha", "x,y", "mass,epsilon alpha_D", "mass,limit", "mass,foo"),
        *("mchi,eps", "m_chi [GeV],eps", "mDM,eps", "dark matter mass,eps", "m^2,eps", "m/3,eps", "energy,eps"),
        *("log10(mass),epsilon", "log10(m),log10(eps)", "mass,log epsilon", "ln m,eps", "# log10 m, log10 eps"),
        *("mass,eps*eps", "mass,e epsilon", "mass,eps e", "mass,epsilon/e", "mass,ε·e", "mass,epsilon [permil]"),
        *("mass,delta eps", "mass,Δε", "mass,epsilon ratio", "mass,eps relative to BaBar", "mass,efficiency eps"),
        *("mass,BR epsilon", "mass,eps_q", "mass,ε_μ", "mass,eps to the fourth"),
        *("mass difference,eps", "mass splitting,eps", "reduced mass,eps", "Δm,eps"),
        *("# mass in megaelectronvolts", "# masses: mega-electron-volt", "# in M eV"),
        *("mass,eps [%]", "mass,epsilon (per mille)", "half the mass,eps"),
        *("mass,1e4 eps", "mass,eps [1e-4]", "mass [100 MeV],eps", "mass,sqrt(eps)", "mass,1/eps", "m,ε×10⁴"),
        *(
            "mass [meV],eps",
            "mass [PeV],eps",
            "mass [МэВ],eps",
            "mass [1/MeV],eps",
            "mass,eps [GeV]",
            "mass MeV GeV,eps",
        ),
        *("epsilon,mass", "eps m", "# eps mass", "# epsilon, mass", "mass,eps,error", "mass|eps", "mass"),
        *("# MeV", "# unit: MeV", "# mass in MeV", "mass,eps\n# all in MeV", "# mass [MeV], eps\nmass,eps"),
        *("# epsilon squared", "# y", "# m_chi and epsilon", "# m_chi_mev,y", "mass,eps\n# the column is eps^2"),
        *("# mass [MeV], eps\n# mass [GeV], eps", "mass,eps\nMeV,-", "mass,eps\nm,eps"),
    ],
)
def test_other_quantities_are_refused_in_one_line(tmp_path: Path, header: str) -> None:
    with pytest.raises(DataFileError, match=r"table\.csv, line \d: ") as caught:
        read(tmp_path, LIMIT_CURVE, lines(header, "10 4e-4"))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value).rpartition("table.csv")[2]) < 250


@pytest.mark.parametrize(
    ("header", "energy", "density"),
    [
        *((header, 10.0, 4e-4) for header in ("energy,density", "E dN/dE", "energy [GeV],density", "E_GeV;dNdE")),
        *((header, 10.0, 4e-4) for header in ("E,dN/dE [1/GeV]", "E [GeV], dsigma/dE [pb/GeV]", "# E, dN/dE")),
        *(
            (header, 0.01, 0.4)
            for header in ("E (MeV) dN/dE (1/MeV)", "energy_MeV,density_per_MeV", "E [MeV],dN/dE [MeV^-1]")
        ),
        *(
            (header, 0.01, 0.4)
            for header in ("energy(mev);density(1/mev)", "# E[MeV] dN/dE[1/MeV]", "energy / MeV,counts / MeV")
        ),
        ("energy [MeV],dN/dE [1/GeV]", 0.01, 4e-4),
        ("energy [GeV],dN/dE [1/MeV]", 10.0, 0.4),
        ("energy [keV],dN/dE [1/keV]", 1e-5, 400.0),
        ("energy [TeV],tracks per TeV", 1e4, 4e-7),
    ],
)
def test_spectra(tmp_path: Path, header: str, energy: float, density: float) -> None:
    got = read(tmp_path, SPECTRUM, lines(header, "10 4e-4"))
    assert got[:2] == pytest.approx((energy, density), rel=ROUNDING, abs=0)


@pytest.mark.parametrize(
    "header",
    [
        *(
            "energy_MeV,density",
            "energy,dN/dE [1/MeV]",
            "# E in MeV",
            "energy,density\n# MeV",
            "energy [MeV],density [MeV]",
        ),
        *(
            "E_kin [GeV],dN/dE",
            "energy,counts",
            "energy,dN/dlogE",
            "energy,E dN/dE",
            "energy,E*dN/dE",
            "x,y",
            "p,dN/dp",
        ),
        *("density,energy", "energy [GeV],dN/dE [1/(10 MeV)]", "energy,counts per bin", "log E,dN/dE"),
    ],
)
def test_other_spectra_are_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(DataFileError, match=r"table\.csv, line \d: "):
        read(tmp_path, SPECTRUM, lines(header, "10 4e-4"))


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("limit_MeV.csv", LIMIT_CURVE, "the name of the file says MeV"),
        ("tracks-keV.txt", SPECTRUM, "the name of the file says keV"),
        ("na64_eps2.csv", LIMIT_CURVE, "the name of the file mentions a square"),
        ("lsnd_y.dat", LIMIT_CURVE, "the name of the file mentions another quantity"),
    ],
)
def test_the_name_of_a_file_without_titles_counts(tmp_path: Path, name: str, kind: TableKind, says: str) -> None:
    """What it says in its own name is not overlooked; a title decides."""
    path = tmp_path / name
    path.write_text("0.1,1e-4\n1,2e-4\n")
    with pytest.raises(DataFileError, match=f"'{name}': {says}"):
        read_two_columns(path, kind)
    path.write_text("m [MeV],eps^2\n1,4e-4\n" if kind is LIMIT_CURVE else "E [keV],dN/dE [1/keV]\n1e3,1\n")
    assert read_two_columns(path, kind).rows[0].first == pytest.approx(1e-3, rel=ROUNDING)


def test_a_spectrum_in_mev_is_the_one_in_gev(tmp_path: Path) -> None:
    """As many tracks, at the same energies."""
    paths = tmp_path / "gev.csv", tmp_path / "mev.csv"
    paths[0].write_text("4,10\n5,10\n")
    paths[1].write_text("energy [MeV], dN/dE [1/MeV]\n4000,0.01\n5000,0.01\n")
    gev, mev = (TabulatedSpectrum(file=str(path)) for path in paths)
    assert mev.edges == gev.edges == (4.0, 5.0)
    assert mev.count == pytest.approx(gev.count, rel=ROUNDING)


def test_a_curve_says_what_was_converted(tmp_path: Path) -> None:
    path = tmp_path / "curve.csv"
    path.write_text("m_MeV,eps2\n10,1e-8\n100,4e-8\n")
    own = constraint_from_csv(path, name="own")
    assert own.masses == pytest.approx((0.01, 0.1), rel=ROUNDING)
    assert own.epsilons == pytest.approx((1e-4, 2e-4), rel=ROUNDING)
    assert "converted from MeV; root of epsilon squared taken" in own.notes
    path.write_text("m_MeV,eps2\n10,-1e-8\n100,4e-8\n")
    with pytest.raises(DataFileError, match="line 2: epsilon = -1e-08"):
        constraint_from_csv(path, name="own")


@pytest.mark.parametrize(
    "text",
    [
        "0.1;1e-4",
        "0.1\t1e-4",
        '"0.1","1e-4"',
        "\ufeff0.1,1e-4\r\n",
        "0.1D0  1.0D-4",
        "1d-1,1.d-04",
        "! c\n0.1 .1D-3 # d",
    ],
)
def test_ways_to_write_a_line(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, LIMIT_CURVE, text)[:2] == (0.1, 1e-4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0,1;1e-4", "line 1: '0,1' has a decimal comma, write 0.1"),
        ("mass;eps\n0.1;1,0e-4", "line 2: '1,0e-4' has a decimal comma"),
        ("0,1 1,0e-4", "line 1: has 3 columns, .* decimal points and no commas"),
        ("0,1\t1e-4", "line 1: epsilon = '1 1e-4'"),
        ("0,1,1,5", "line 1: has 4 columns, .* decimal points"),
        ("0.1 1.0-104", "line 1: epsilon = '1.0-104', must be a number"),
        ("0.1:1e-4", "line 1: has 1 columns"),
        ("1 MeV,2e-4", "line 1: mass = '1 MeV'"),
        ("0.1,1_0", "line 1: epsilon = '1_0'"),
        ("0.1,٣", "line 1: epsilon = '٣'"),
        ("0.1," + "9" * 900 + "x", "line 1: epsilon = '9+…', must be a number"),
        ("0.1," + "9" * 10**6 + "x", "line 1: has 1000005 characters"),
    ],
)
def test_lines_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataFileError, match=message):
        read(tmp_path, LIMIT_CURVE, text)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev"])
def test_what_is_no_file(path: str) -> None:
    for use in (lambda: constraint_from_csv(path, name="own"), lambda: TabulatedSpectrum(file=path)):
        with pytest.raises((DataFileError, InvalidValueError), match=f"{path}: cannot be read"):
            use()
