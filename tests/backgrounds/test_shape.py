"""Backgrounds shared among bins."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

import evanesce as ev
from evanesce.backgrounds import Exposure, Photons, Shape, background_shares
from evanesce.errors import InvalidValueError
from evanesce.materials import material

EXPOSURE = Exposure(tracks=6e11, material=material("CsI"), thickness=16, missing_fraction=0.95)
PHOTONS = Photons(veto_efficiency=4.5e-4, reference="arXiv:0808.0017")
FRACTIONS = (0.95, 0.97, 0.99, 1.0)
TRACKS = np.array([0.7, 0.2, 0.1])


def shares(component, shape=None, fractions=FRACTIONS, tracks=TRACKS):
    return np.array(
        background_shares("photons", component, shape, exposure=EXPOSURE, fractions=fractions, tracks=tracks)
    )


def test_photons_follow_their_spectrum():
    """Eq. (3.1) as printed, integrated between the edges by another routine; 1e-8 is its accuracy."""

    def printed(x):
        return ((1 - x) ** (4 * 16 / 3) - np.exp(-7 * 16 / 9)) / (7 / 9 + 4 / 3 * np.log(1 - x)) / x

    parts = np.array([quad(printed, low, high, epsabs=0.0, epsrel=1e-10)[0] for low, high in pairwise(FRACTIONS)])
    found = shares(PHOTONS).reshape(3, 3)
    np.testing.assert_allclose(found.sum(axis=1), parts / parts.sum(), rtol=1e-8)
    np.testing.assert_allclose(found.sum(axis=0), TRACKS, rtol=1e-14)


def test_shares_sum_to_one():
    for shape in (
        None,
        Shape(label="photons", missing_fraction=(3, 2, 1)),
        Shape(label="photons", missing_fraction="uniform"),
    ):
        assert shares(PHOTONS, shape).sum() == pytest.approx(1.0, abs=1e-14)


def test_a_stated_shape_is_used():
    own = Shape(label="photons", missing_fraction=(3, 0, 1), track_energy=(0, 1, 1))
    expected = np.outer([0.75, 0.0, 0.25], [0.0, 0.5, 0.5])
    np.testing.assert_allclose(shares(object(), own).reshape(3, 3), expected, rtol=1e-14)
    flat = shares(object(), Shape(label="photons", missing_fraction="uniform"), tracks=np.ones(1))
    np.testing.assert_allclose(flat, [0.4, 0.4, 0.2], rtol=1e-12)


def test_energy_alone_needs_no_shape():
    np.testing.assert_allclose(shares(object(), fractions=()), TRACKS, rtol=1e-15)


def test_an_unknown_shape_is_refused():
    with pytest.raises(InvalidValueError, match=r"how background 'photons' is shared among the 3 bins .* not known"):
        shares(object())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"missing_fraction": "flat"}, "missing_fraction = 'flat': must be a list of numbers"),
        ({"missing_fraction": (1.0, -1.0)}, "must be a finite number, 0 or greater"),
        ({"missing_fraction": (1.0, float("nan"))}, "must be a finite number"),
        ({"missing_fraction": (1.0, True)}, "must be a list of numbers"),
        ({"track_energy": (0.0, 0.0)}, "all are 0"),
        ({"track_energy": "uniform"}, "must be a list of numbers"),
        ({"label": " "}, "label: is empty"),
    ],
)
def test_refused(fields, message):
    with pytest.raises(InvalidValueError, match=message):
        Shape(**{"label": "photons", **fields})


def test_bins_have_the_budget_of_one_bin():
    """Sums over bins equal the one-bin background to 1e-12, by component, errors too."""
    one = ev.experiment("belle2").replace({"background": None})
    shapes = [
        {"label": label, "missing_fraction": "uniform"} for label in ("neutrons", "pi+pi-", "mu+mu-", "e+N->e+N mu+mu-")
    ]
    several = one.replace({"bins": {"missing_fraction": FRACTIONS, "track_energy": 4, "shapes": shapes}})
    whole, binned = (ev.predict(card, "dark-photon", 0.06, physics="published") for card in (one, several))
    for name, part in whole.regions["belle2/vanishing-track"].background.items():
        bins = binned.regions["belle2/vanishing-track"].background[name]
        assert bins.value.shape == (12,)
        assert bins.value.sum() == pytest.approx(float(part.value.sum()), rel=1e-12)
        assert bins.error.sum() == pytest.approx(float(part.error.sum()), rel=1e-12)
    assert float(binned.background.error) == pytest.approx(float(whole.background.error), rel=1e-12)
    assert any("neutrons, pi+pi-, mu+mu-" in note and "in proportion to the tracks" in note for note in binned.notes)
