"""y, other parameters of the dark sector, and curves in other conventions."""

from pathlib import Path

import numpy as np
import pytest

from evanesce.constraints import constraint, constraint_from_csv
from evanesce.errors import DataFileError, InvalidValueError

# exp(log(x)), roots and squares in float64.
ROUNDING = 1e-13
LSND_2110 = [
    (0.00231013, 2.9878e-12),
    (0.0026925, 3.81053e-12),
    (0.0032029, 5.10207e-12),
    (0.00377135, 6.19803e-12),
    (0.00444069, 8.5031e-12),
]


def test_y_is_the_published_one() -> None:
    # The published tables, to the four digits and 2 % that are kept.
    assert float(constraint("lsnd").y(3 * 0.007741)) == pytest.approx(2.61e-11, rel=0.03)
    assert float(constraint("e137").y(3 * 0.0109067)) == pytest.approx(5.40001e-11, rel=0.03)
    assert float(constraint("ccm120").y(3 * 0.0104702)) == pytest.approx(3.37419e-9, rel=0.03)
    assert float(constraint("miniboone-electron").y(0.03657)) == pytest.approx(1.1571e-9, rel=0.03)


def test_ldmx_tables_of_epsilon_squared_agree_with_those_of_y() -> None:
    # The best y of the other published tables at m_chi = 3.33333 MeV; their digits.
    for name, y in (("ldmx-phase1", 7.15971e-14), ("ldmx-phase2", 4.51336e-15)):
        assert float(constraint(name).at(alpha_d=0.5, mass_ratio=3).y(0.01)) == pytest.approx(y, rel=1e-3)
    # A later projection of the calorimeter as target has 2e-13 at 1 MeV, one digit.
    assert float(constraint("ldmx-ecal-target").y(0.003)) == pytest.approx(2e-13, rel=0.1)


def test_na64_2021_is_the_curve_of_2019_below_annihilation() -> None:
    mass = np.array([0.001, 0.002, 0.005, 0.01, 0.05])
    ratio = constraint("na64-2021").epsilon(mass) / constraint("na64-2019").epsilon(mass)
    assert ratio == pytest.approx(1.0, abs=0.02)
    assert float(constraint("na64-2021").epsilon(0.23)) == pytest.approx(2.25e-4, rel=0.01)


def test_na64_2021_for_scalars_differs_only_by_annihilation() -> None:
    low = np.array([0.001, 0.01, 0.05, 0.075])
    scalar, fermion = constraint("na64-2021-scalar"), constraint("na64-2021")
    assert scalar.epsilon(low) == pytest.approx(fermion.epsilon(low), rel=0.01)
    # The mediator of scalars is narrower, m alpha_D/12 against m alpha_D/3: its peak reaches less far.
    assert float(scalar.epsilon(0.2)) == pytest.approx(8.296e-4, rel=0.005)
    assert float(scalar.epsilon(0.2)) > 1.2 * float(fermion.epsilon(0.2))


def test_na64_2021_in_y_has_the_dip_of_annihilation() -> None:
    # 5 % below the dip for reading off; in it alpha_D is another than that of na64-2021, so only that there is a dip.
    low, dip = np.array([0.006, 0.03, 0.09]), 0.24
    y, brems = constraint("na64-2021-y"), constraint("na64-2019")
    assert y.epsilon(low) == pytest.approx(brems.epsilon(low), rel=0.05)
    assert float(y.epsilon(dip)) < 0.6 * float(brems.epsilon(dip))


def test_two_tables_of_lsnd_agree_at_low_masses() -> None:
    # Points read off figure 3 of arXiv:2110.11453, m_chi in GeV; 4 % between 2 and 5 MeV and 2 % of thinning.
    m_chi, y = np.array(LSND_2110).T
    assert constraint("lsnd").y(3 * m_chi) == pytest.approx(y, rel=0.06)


def test_babar_in_y_is_the_same_limit() -> None:
    # Points of the published y at alpha_D = 0.5, against m_chi; 3 % for reading off two figures.
    m_chi = np.array([0.001, 0.0506667, 0.123333, 0.332667])
    y = np.array([5.67704e-9, 5.63804e-9, 5.66284e-9, 5.89819e-9])
    babar = constraint("babar").at(alpha_d=0.5, mass_ratio=3)
    assert babar.y(3 * m_chi) == pytest.approx(y, rel=0.03)


def test_channels_of_miniboone_agree_with_the_combination() -> None:
    mass = 3 * np.array([0.006, 0.01, 0.03])
    ratio = constraint("miniboone-nucleon").y(mass) / constraint("miniboone-2018").y(mass)
    # Two readings of one figure with fine structure.
    assert ratio == pytest.approx(1.0, abs=0.15)


def test_scattering_limits_epsilon_to_the_fourth_times_alpha_d() -> None:
    lsnd = constraint("lsnd")
    there = lsnd.at(alpha_d=0.05, mass_ratio=3.0)
    mass = np.array([0.01, 0.03, 0.1])
    assert there.epsilon(mass) ** 4 * 0.05 == pytest.approx(lsnd.epsilon(mass) ** 4 * 0.5, rel=ROUNDING)
    assert there.y(mass) == pytest.approx(lsnd.y(mass) * np.sqrt(0.1), rel=ROUNDING)
    assert there.at(alpha_d=0.5, mass_ratio=3.0).epsilons == pytest.approx(lsnd.epsilons, rel=ROUNDING)
    assert "alpha_d = 0.05" in there.notes


def test_scattering_is_not_taken_to_other_masses_or_kinds() -> None:
    lsnd = constraint("lsnd")
    with pytest.raises(InvalidValueError, match="holds for mass_ratio = 3: at 4 the acceptance"):
        lsnd.at(alpha_d=0.1, mass_ratio=4)
    with pytest.raises(InvalidValueError, match="holds for scalar dark matter"):
        lsnd.at(alpha_d=0.1, mass_ratio=3, dark_matter="dirac")


def test_missing_energy_does_not_know_the_dark_sector() -> None:
    na64 = constraint("na64-2019").at(alpha_d=0.1, mass_ratio=2.1, dark_matter="scalar")
    assert na64.epsilons == constraint("na64-2019").epsilons
    assert (na64.alpha_d, na64.mass_ratio, na64.dark_matter) == (0.1, 2.1, "scalar")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("na64-2021", {"alpha_d": 0.5, "mass_ratio": 3}, "holds for alpha_d = 0.1, .* it counts .*annihilation"),
        ("ccm120", {"alpha_d": 0.1, "mass_ratio": 3}, "holds for alpha_d = 0.5, .* it counts .*scattering"),
        ("e137", {"alpha_d": 0.5, "mass_ratio": 4}, "holds for mass_ratio = 3: at 4 the acceptance"),
        ("babar", {"alpha_d": 0.1, "mass_ratio": 2}, "must exceed 2"),
        ("babar", {"alpha_d": 2.0, "mass_ratio": 3}, "at most 1"),
        ("babar", {"alpha_d": 1e-7, "mass_ratio": 3}, "too small for the decays to be invisible"),
        ("babar", {"alpha_d": 0.1, "mass_ratio": 3, "dark_matter": "axion"}, "dark_matter = 'axion'"),
        ("babar", {"alpha_d": float("nan"), "mass_ratio": 3}, "alpha_d = nan"),
    ],
)
def test_refused_with_the_reason(name: str, options: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message) as caught:
        constraint(name).at(**options)  # type: ignore[arg-type]  # one dictionary for numbers and names
    assert "\n" not in str(caught.value)


def test_y_needs_the_parameters() -> None:
    with pytest.raises(InvalidValueError, match="babar: y needs an alpha_d and a mass_ratio"):
        constraint("babar").y(0.1)
    assert np.isinf(constraint("lsnd").y(10.0))


def write(folder: Path, text: str) -> Path:
    path = folder / "curve.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("header", ["", "m_chi [GeV], y\n", "m_chi_gev,y\n", "# y for alpha_D = 0.5\n"])
def test_own_curve_in_y(tmp_path: Path, header: str) -> None:
    path = write(tmp_path, header + "0.01,6.172839506172839e-9\n0.1,6.172839506172839e-7\n")
    own = constraint_from_csv(path, name="own", quantity="y", abscissa="dark-matter", alpha_d=0.5, mass_ratio=3)
    assert own.masses == pytest.approx((0.03, 0.3), rel=ROUNDING)
    assert own.epsilons == pytest.approx((1e-3, 1e-2), rel=ROUNDING)
    with pytest.raises(InvalidValueError, match="does not say what it limits"):
        own.at(alpha_d=0.1, mass_ratio=3)
    assert (own.quantity, own.abscissa) == ("y", "dark-matter")


@pytest.mark.parametrize("header", ["", "mass [GeV], epsilon\n", "mass [GeV], eps^2\n"])
def test_own_curve_in_epsilon_squared(tmp_path: Path, header: str) -> None:
    own = constraint_from_csv(write(tmp_path, header + "0.1,1e-8\n1,4e-8\n"), name="own", quantity="epsilon2")
    assert own.epsilons == pytest.approx((1e-4, 2e-4), rel=ROUNDING)
    assert own.quantity == "epsilon2"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"quantity": "y", "mass_ratio": 3.0}, "needs alpha_d"),
        ({"quantity": "y", "alpha_d": 0.5}, "needs mass_ratio"),
        ({"abscissa": "dark-matter"}, "needs mass_ratio"),
        ({"quantity": "g"}, "quantity of own = 'g'"),
        ({"quantity": "y", "alpha_d": 0.0, "mass_ratio": 3.0}, "alpha_d of own = 0.0"),
    ],
)
def test_own_curve_without_what_is_needed(tmp_path: Path, options: dict[str, object], message: str) -> None:
    path = write(tmp_path, "0.1,1e-8\n1,4e-8\n")
    with pytest.raises(InvalidValueError, match=message):
        constraint_from_csv(path, name="own", **options)  # type: ignore[arg-type]  # wrong on purpose


def test_own_curve_whose_header_says_otherwise(tmp_path: Path) -> None:
    path = write(tmp_path, "mass [GeV], epsilon\n0.1,1e-8\n1,4e-8\n")
    with pytest.raises(DataFileError, match="must be the y itself"):
        constraint_from_csv(path, name="own", quantity="y", alpha_d=0.5, mass_ratio=3.0)


@pytest.mark.parametrize(
    "mass", ["m_Aprime [GeV]", "m_A' [GeV]", "mA [GeV]", "mediator mass [GeV]", "m_V", "m_chi/m_A"]
)
def test_own_curve_against_another_mass_than_was_said(tmp_path: Path, mass: str) -> None:
    path = write(tmp_path, f"{mass}, y\n0.1,1e-8\n1,4e-8\n")
    with pytest.raises(DataFileError, match="must be the mass itself"):
        constraint_from_csv(path, name="own", quantity="y", abscissa="dark-matter", alpha_d=0.5, mass_ratio=3.0)


@pytest.mark.parametrize("mass", ["m_chi [GeV]", "mass [GeV]", "m_DM [GeV]", "dark matter mass [GeV]", "m_χ"])
def test_own_curve_against_the_mass_of_dark_matter(tmp_path: Path, mass: str) -> None:
    path = write(tmp_path, f"{mass}, y\n0.1,1e-8\n1,4e-8\n")
    own = constraint_from_csv(path, name="own", quantity="y", abscissa="dark-matter", alpha_d=0.5, mass_ratio=3.0)
    assert own.masses == pytest.approx((0.3, 3.0), rel=ROUNDING)
