import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from evanesce.errors import DataFileError, InvalidValueError
from evanesce.sources import SOURCES, Beam, Bhabha, RadiativeBhabha, TabulatedSpectrum


def test_barrel_of_belle2():
    """arXiv:2212.04252, section 2; 11996.73 pb and 5.9984e11 were computed beforehand by other means."""
    barrel = Bhabha()
    assert barrel.beta == pytest.approx(3 / 11)
    assert barrel.edges == pytest.approx((4.34927, 6.61827), rel=1e-6)
    assert barrel.cross_section == pytest.approx(11996.73, rel=1e-6)
    assert barrel.count == pytest.approx(5.9984e11, rel=1e-4)
    assert Bhabha(opposite_in_acceptance=True).cross_section == pytest.approx(10641, rel=1e-4)


@pytest.mark.parametrize("incident", ["e+", "e-"])
@pytest.mark.parametrize("opposite", [False, True])
def test_closed_form_is_the_integral_of_the_spectrum(incident, opposite):
    source = Bhabha(incident=incident, opposite_in_acceptance=opposite, polar_angle_min=40.0)
    integral, _ = quad(lambda e: float(source.differential_cross_section(np.asarray(e))), *source.edges)
    assert source.cross_section == pytest.approx(integral, rel=1e-9)


@given(st.floats(20.0, 150.0), st.floats(1.0, 8.0), st.floats(9.0, 12.0))
def test_energy_and_angle_by_explicit_boost(theta, low, high):
    """E = E* sqrt(1-β²)/(1-β cos θ) of section 2, against a Lorentz boost of the four-vector."""
    source = Bhabha(electron_energy=high, positron_energy=low, polar_angle_min=theta, polar_angle_max=theta + 5.0)
    beta = source.beta
    e_star = np.sqrt(high * low)
    gamma = 1.0 / np.sqrt(1.0 - beta**2)
    cosine = np.cos(np.radians(theta))
    cosine_star = (cosine - beta) / (1.0 - beta * cosine)
    assert source.edges[1] == pytest.approx(gamma * e_star * (1.0 + beta * cosine_star), rel=1e-12)


def test_opposite_charge_goes_back_to_back():
    """Every positron whose electron is in acceptance: a Monte Carlo of Eq. (2.1) over angles."""
    rng = np.random.default_rng(1)
    cosine = rng.uniform(-0.99, 0.99, 400_000)
    weight = (3 + cosine**2) ** 2 / (1 + cosine) ** 2
    beta = Bhabha().beta

    def inside(c):
        lab = np.degrees(np.arccos((c + beta) / (1 + beta * c)))
        return (lab > 32.2) & (lab < 128.7)

    ratio = weight[inside(cosine) & inside(-cosine)].sum() / weight[inside(cosine)].sum()
    want = Bhabha(opposite_in_acceptance=True).cross_section / Bhabha().cross_section
    assert ratio == pytest.approx(want, abs=0.01)  # three standard deviations of the sample


def test_half_the_positrons_in_the_first_tenth():
    barrel = Bhabha()
    low, high = barrel.edges
    first = quad(lambda e: float(barrel.spectrum(np.asarray(e))), low, low + 0.1 * (high - low))[0]
    assert first / barrel.count == pytest.approx(0.50165, abs=1e-5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"luminosity": -1.0}, "luminosity = -1.0: must be a finite number greater than 0"),
        ({"luminosity": float("nan")}, "luminosity = nan"),
        ({"luminosity": True}, "luminosity = True: must be a number"),
        ({"polar_angle_min": 130.0}, "polar_angle_min = 130.0: must be less than polar_angle_max"),
        ({"polar_angle_max": 180.0}, "polar_angle_max = 180.0: must lie between 0.01 and 179.99 degrees"),
        ({"polar_angle_min": 1e-9}, "polar_angle_min = 1e-09: must lie between 0.01 and 179.99 degrees"),
        ({"luminosity": 1e300}, "luminosity = 1e\\+300: must be .* at most 1e\\+30"),
        ({"electron_energy": 1e9}, "electron_energy = 1000000000.0: must lie between 0.000510999 and 1e\\+06 GeV"),
        (
            {"electron_energy": 1e6, "positron_energy": 0.001, "polar_angle_max": 179.99},
            "polar_angle_min = 32.2, polar_angle_max = 179.99: the window is too narrow for beams of 1000000.0",
        ),
        ({"polar_angle_min": 60.0, "polar_angle_max": 60.00000000000001}, "the window is too narrow"),
        ({"opposite_in_acceptance": "no"}, "opposite_in_acceptance = 'no': must be true or false"),
        ({"incident": "mu+"}, "incident = 'mu\\+': must be one of e\\+, e-"),
        ({"alpha": 2.0}, "alpha = 2.0"),
        ({"polar_angle_min": 100.0, "opposite_in_acceptance": True}, "no angle between 100.0 and 128.7"),
    ],
)
def test_impossible_colliders(changes, message):
    with pytest.raises(InvalidValueError, match=message):
        Bhabha(**changes)


def test_beam():
    beam = Beam(energy=100.0, particles=2.84e11)
    assert beam.lines == ((100.0, 2.84e11),)
    assert beam.count == 2.84e11
    assert (beam.spectrum(np.array([99.0, 100.0])) == 0).all()
    with pytest.raises(InvalidValueError, match="energy = 0.0001: must exceed the electron mass"):
        Beam(energy=1e-4, particles=1.0)
    with pytest.raises(InvalidValueError, match="energy = 1e\\+300: must be .* at most 1e\\+06"):
        Beam(energy=1e300, particles=1.0)
    with pytest.raises(InvalidValueError, match="particles = 1e\\+31: must be .* at most 1e\\+30"):
        Beam(energy=10.0, particles=1e31)
    with pytest.raises(InvalidValueError, match="particles = 0"):
        Beam(energy=10.0, particles=0)


class TestTabulated:
    def test_linear_in_between(self):
        table = TabulatedSpectrum(energies=(1.0, 2.0, 4.0), densities=(0.0, 2.0, 1.0), scale=10.0)
        assert table.spectrum(np.array([0.5, 1.5, 3.0, 5.0])) == pytest.approx([0.0, 10.0, 15.0, 0.0])
        assert table.count == pytest.approx(10 * (1.0 + 3.0))

    def test_from_csv(self, tmp_path):
        path = tmp_path / "spectrum.csv"
        path.write_text("energy,density\n# a comment\n1, 0.5\n2 1.5  # another\n\n")
        assert TabulatedSpectrum(file=str(path)).edges == (1.0, 2.0)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("1,2\n3,x\n", "line 2: density = 'x', must be a number"),
            ("density,energy\n1,2\n3,4\n", "line 1: the first column is 'density', must be 'energy, density'"),
            ("energy [MeV],density\n1,2\n3,4\n", "line 1: the header says the unit of one column only"),
            ("1,2\n3,1_0\n", "line 2: density = '1_0', must be a number"),
            ("1,2\n3\n", "line 2: has 1 columns, must have two, 'energy, density'"),
        ],
    )
    def test_malformed_csv_names_its_line(self, tmp_path, text, message):
        path = tmp_path / "bad.csv"
        path.write_text(text)
        with pytest.raises(DataFileError, match=message):
            TabulatedSpectrum(file=str(path))

    def test_missing_or_binary_file(self, tmp_path):
        with pytest.raises(DataFileError, match=r"nothing.csv: cannot be read \(No such file or directory\)"):
            TabulatedSpectrum(file=str(tmp_path / "nothing.csv"))
        with pytest.raises(DataFileError, match=r"cannot be read \(Is a directory\)"):
            TabulatedSpectrum(file=tmp_path)
        (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(DataFileError, match="is not text, give a file with lines 'energy, density'"):
            TabulatedSpectrum(file=str(tmp_path / "b.csv"))

    @pytest.mark.parametrize("make", [list, np.array, pd.Series, lambda x: np.array(x, dtype=np.int32)])
    def test_any_list_of_numbers_is_kept_as_a_tuple(self, make):
        table = TabulatedSpectrum(energies=make([1, 2, 4]), densities=make([1, 2, 0]))
        assert table == TabulatedSpectrum(energies=(1.0, 2.0, 4.0), densities=(1.0, 2.0, 0.0))
        assert hash(table) == hash(TabulatedSpectrum(energies=(1.0, 2.0, 4.0), densities=(1.0, 2.0, 0.0)))
        assert all(type(energy) is float for energy in table.energies)

    @pytest.mark.parametrize("energies", ["12", None, ["1", "2"], [[1.0], [2.0]], [1.0, [2.0]], 3.0, {1.0, 2.0}])
    def test_anything_else_is_one_line(self, energies):
        with pytest.raises(InvalidValueError, match=r"^energies = .*: must be a list of numbers$"):
            TabulatedSpectrum(energies=energies, densities=(1.0, 1.0))

    def test_a_file_is_a_path(self):
        with pytest.raises(InvalidValueError, match="file = 3: must be the path of a CSV file"):
            TabulatedSpectrum(file=3)

    @pytest.mark.parametrize(
        ("energies", "densities", "message"),
        [
            ((1.0, 2.0), (1.0,), "2 energies but 1 densities"),
            ((1.0,), (1.0,), "1 points; give at least 2"),
            ((1.0, 1.0), (1.0, 1.0), "energy 1.0 GeV after 1: energies must increase"),
            ((1.0, float("nan")), (1.0, 1.0), "energy nan GeV"),
            ((1.0, 1e7), (1.0, 1.0), "energy 10000000.0 GeV after 1: .* to at most 1e\\+06"),
            ((1.0, 2.0), (1.0, 1e300), "5e\\+299 tracks: must be at most 1e\\+30"),
            ((1.0, 2.0), (1.0, -1.0), "density -1.0 at 2.0 GeV"),
            ((1.0, 2.0), (0.0, 0.0), "every density is 0"),
            ((), (), "give either energies and densities, or a file"),
        ],
    )
    def test_impossible_tables(self, energies, densities, message):
        with pytest.raises(InvalidValueError, match=message):
            TabulatedSpectrum(energies=energies, densities=densities)


def test_every_source_is_registered():
    assert {"bhabha", "beam", "tabulated"} <= set(SOURCES.names())


@pytest.mark.parametrize("value", [None, "7", 10**400, np.zeros(2)], ids=["none", "text", "huge", "array"])
@pytest.mark.parametrize(
    "name", ["electron_energy", "positron_energy", "polar_angle_min", "polar_angle_max", "min_energy", "min_separation"]
)
def test_a_cut_of_the_radiative_source_is_a_number(name, value):
    with pytest.raises(InvalidValueError, match=f"^{name}"):
        RadiativeBhabha(**{name: value})
