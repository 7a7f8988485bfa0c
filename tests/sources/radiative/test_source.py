"""Radiative Bhabha scattering as a source: fields, errors, cache."""

import subprocess
import sys

import numpy as np
import pytest

from evanesce.errors import InvalidValueError
from evanesce.experiments import experiment
from evanesce.sources import SOURCES, RadiativeBhabha
from evanesce.sources.histogram_shape import evaluate, fit
from evanesce.sources.radiative import integral


def test_it_is_registered_and_the_card_has_the_cuts_of_the_paper():
    assert SOURCES.get("radiative-bhabha") is RadiativeBhabha
    card = experiment("belle2-radiative")
    assert card.source == RadiativeBhabha()
    assert (card.signal_limit, card.background) == (3.0, 1.0)
    assert experiment("belle2-radiative").as_dict()["source"]["kind"] == "radiative-bhabha"


def test_a_card_is_read_without_integrating(monkeypatch):
    monkeypatch.setattr(integral, "integrate", None)
    monkeypatch.setattr(integral, "cached", None)
    integral.integrals.cache_clear()
    changed = experiment("belle2-radiative", {"source.min_separation": 0.2})
    assert changed.source.min_separation == 0.2


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("electron_energy", 0.0, "electron_energy = 0.0: must lie between"),
        ("polar_angle_min", 0.5, "polar_angle_min = 0.5: must lie between 1 and 179 degrees"),
        ("polar_angle_min", 130.0, "polar_angle_min = 130.0: must be less than polar_angle_max = 128.7"),
        ("min_energy", 4.0, "min_energy = 4.0: must lie between 0.011 and 3.66667 GeV"),
        ("min_energy", 0.0, "min_energy = 0.0: must lie between"),
        ("min_energy", 11.0 / 3.0, "min_energy = 3.66.*: three particles share 11 GeV"),
        ("min_separation", -0.1, "min_separation = -0.1: must be a finite number, 0 or greater"),
        ("min_separation_ee", float("nan"), "min_separation_ee = nan: must be a finite number"),
        ("luminosity", 0.0, "luminosity = 0.0: must be a finite number greater than 0"),
        ("alpha", -1.0, "alpha = -1.0: must be"),
        ("z_exchange", "yes", "z_exchange = 'yes': must be true or false"),
        ("incident", "mu+", "incident"),
    ],
)
def test_values_outside_their_range_are_refused(field, value, message):
    with pytest.raises(InvalidValueError, match=message):
        RadiativeBhabha(**{field: value})


@pytest.mark.parametrize(
    ("cuts", "message"),
    [
        (
            {"electron_energy": 100.0, "positron_energy": 1.0, "min_energy": 12.0},
            "min_energy = 12 GeV: no radiative Bhabha event passes; loosen this cut",
        ),
        ({"polar_angle_min": 128.6}, "polar_angle_min to polar_angle_max = 128.6 to 128.7: no radiative Bhabha"),
        ({"min_separation": 5.0}, "min_separation = 5: no radiative Bhabha event passes"),
        ({"min_separation_ee": 7.0}, "min_separation_ee = 7: no radiative Bhabha event passes"),
    ],
)
def test_cuts_that_no_event_passes_are_named(cuts, message):
    with pytest.raises(InvalidValueError, match=message):
        _ = RadiativeBhabha(**cuts).cross_section
    with pytest.raises(InvalidValueError, match=message):
        next(RadiativeBhabha(**cuts).events(10, seed=0))


def test_the_integral_is_kept_on_disk(monkeypatch):
    first = RadiativeBhabha().cross_section
    integral.integrals.cache_clear()
    monkeypatch.setattr(integral, "integrate", None)  # not called again
    assert RadiativeBhabha().cross_section == first
    assert RadiativeBhabha(luminosity=1.0, alpha=0.01).count > 0.0


def test_sources_are_light_to_import():
    code = "import sys, evanesce.sources; print({'scipy.stats', 'numba', 'pylhe', 'scipy.optimize'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


class TestShape:
    """The smooth curve through a histogram."""

    bins = np.linspace(1.0, 3.0, 201)

    def histogram(self, density, events, rng):
        contents = rng.poisson(events * density).astype(float)
        return contents, np.maximum(contents, 1.0)

    def test_a_polynomial_comes_back(self):
        x = 0.5 * (self.bins[1:] + self.bins[:-1])
        contents = (x**2 + 1.0) * 1e4
        shape = fit(self.bins, contents, contents)
        assert len(shape.edges) == 2
        # the middle of a bin against its mean: a bin is 0.01 wide
        np.testing.assert_allclose(evaluate(shape, x), contents / 0.01, rtol=1e-4)

    def test_a_jump_makes_pieces_and_nothing_is_negative(self):
        rng = np.random.default_rng(1)
        x = 0.5 * (self.bins[1:] + self.bins[:-1])
        contents, variances = self.histogram(np.where(x < 1.7, 0.1, 10.0 * np.exp(-8 * (x - 1.7))), 1000, rng)
        shape = fit(self.bins, contents, variances)
        assert 2 < len(shape.edges) < 20
        fine = np.linspace(1.0, 3.0, 9999)
        value = evaluate(shape, fine)
        assert (value >= 0.0).all()
        assert np.trapezoid(value, fine) == pytest.approx(contents.sum(), rel=1e-4)

    def test_few_events_still_give_their_number(self):
        contents = np.zeros(200)
        contents[[20, 90, 91]] = 1.0
        shape = fit(self.bins, contents, contents)
        fine = np.linspace(1.0, 3.0, 9999)
        assert np.trapezoid(evaluate(shape, fine), fine) == pytest.approx(3.0, rel=1e-3)
        assert shape.edges[0] == self.bins[20]
