import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from evanesce.errors import DataFileError, InvalidValueError
from evanesce.sources import SOURCES, Beam, Bhabha, TabulatedSpectrum


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


def test_the_control_sample_is_the_other_charge():
    assert Bhabha().charge_conjugated() == Bhabha(incident="e-")
    assert Bhabha().charge_conjugated().charge_conjugated() == Bhabha()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"luminosity": -1.0}, "luminosity = -1.0: must be a finite number greater than 0"),
        ({"luminosity": float("nan")}, "luminosity = nan"),
        ({"luminosity": True}, "luminosity = True: must be a number"),
        ({"polar_angle_min": 130.0}, "polar_angle_min = 130.0: must be less than polar_angle_max"),
        ({"polar_angle_max": 180.0}, "polar_angle_max = 180.0: must be less than 180 degrees"),
        ({"positron_energy": 8.0}, "electron_energy = 7.0: must exceed positron_energy = 8.0"),
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
            ("1,2\n3,x\n", "line 2: '3 x' is not two numbers"),
            ("1,2\n3\n", "line 2: '3' is not two numbers"),
        ],
    )
    def test_malformed_csv_names_its_line(self, tmp_path, text, message):
        path = tmp_path / "bad.csv"
        path.write_text(text)
        with pytest.raises(DataFileError, match=message):
            TabulatedSpectrum(file=str(path))

    def test_missing_or_binary_file(self, tmp_path):
        with pytest.raises(DataFileError, match="cannot read spectrum file"):
            TabulatedSpectrum(file=str(tmp_path / "nothing.csv"))
        (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(DataFileError, match="cannot read spectrum file"):
            TabulatedSpectrum(file=str(tmp_path / "b.csv"))

    @pytest.mark.parametrize(
        ("energies", "densities", "message"),
        [
            ((1.0, 2.0), (1.0,), "2 energies but 1 densities"),
            ((1.0,), (1.0,), "1 points, give at least 2"),
            ((1.0, 1.0), (1.0, 1.0), "energy 1.0 GeV after 1: energies must increase"),
            ((1.0, float("nan")), (1.0, 1.0), "energy nan GeV"),
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
