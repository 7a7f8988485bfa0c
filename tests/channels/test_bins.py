"""Bins of a channel: what fills them, that they add up, and what is refused."""

import numpy as np
import pytest
from scipy.special import ndtr

import evanesce as ev
from evanesce.channels import Bins
from evanesce.channels.base import contributions_of
from evanesce.constants import ELECTRON_MASS
from evanesce.engine import Engine
from evanesce.errors import CardError, InvalidValueError, UnknownNameError
from evanesce.physics import resolve_physics
from evanesce.prediction import Grid
from evanesce.sources import Beam, LheSource

BELLE2 = ev.experiment("belle2")
PHOTON = ev.DarkPhoton(alpha_d=1e-3)
MASSES = np.array([0.03, 0.06, 0.0667, 0.07, 0.078, 0.15])
FRACTIONS = [0.95, 0.97, 0.99, 1.0]
UNIFORM = [{"label": "constant", "missing_fraction": "uniform"}]


def region(card, mass=MASSES, **more):
    prediction = ev.predict(card, PHOTON, mass, **{"physics": "published", **more})
    return next(iter(prediction.regions.values()))


def add_up(card, bins, tolerance, **more):
    one, several = region(card, **more), region(card.replace({"bins": bins}), **more)
    for name, part in one.signal.items():
        whole = part.value[..., 0]
        np.testing.assert_allclose(
            several.signal[name].value.sum(axis=-1), whole, rtol=tolerance, atol=1e-12 * whole.max()
        )
    return several


BOTH = {"missing_fraction": FRACTIONS, "track_energy": [4.35, 4.8, 6.62], "shapes": UNIFORM}


@pytest.mark.parametrize("physics", ["published", "converged"])
@pytest.mark.parametrize("bins", [{"track_energy": 20}, {"missing_fraction": FRACTIONS, "shapes": UNIFORM}, BOTH])
def test_bins_add_up_to_the_yield_of_one(bins, physics):
    """To 1e-9: missing fractions telescope, slices have quadratures of their own."""
    several = add_up(BELLE2, bins, 1e-9, physics=physics)
    assert several.bins == Bins(**{**bins, "shapes": ()}).count


def test_measured_energies_add_up_too():
    """A smeared slice shares its edges with its neighbours, so that the sum is that without bins."""
    several = add_up(BELLE2, {"track_energy": [4.3, 4.6, 6.7]}, 1e-9, overrides={"resolution": "detector"})
    assert list(several.axes["track_energy"]) == [4.3, 4.6, 6.7]


def test_the_resolution_of_the_momentum_is_that_of_the_energy():
    """0.4 % on the card, for signal and background alike, and none with an ideal detector."""
    channel = BELLE2.replace({"bins.track_energy": 20}).channel
    shares = {}
    for name, sigma in (("ideal", 0.0), ("detector", 0.004)):
        options = resolve_physics("published", {"resolution": name})
        assert {part.setup.source.resolution for part in channel.contributions(options)} == {sigma}
        (number,) = channel.binned(channel.expectation(), options).components
        shares[name] = np.array(number.shares)
    assert np.abs(shares["detector"] / shares["ideal"] - 1.0).max() > 0.01


REFERENCE = {"compton": "off", "vector_mesons": "off", "bremsstrahlung": "ww"}


def test_bins_share_out_the_yield_of_one():
    add_up(BELLE2, {"track_energy": [4.3, 4.8, 6.7]}, 1e-12, physics="reference", overrides=REFERENCE)


@pytest.mark.parametrize(
    ("electrons", "resolution"), [("bound", "ideal"), pytest.param("free", "detector", marks=pytest.mark.slow)]
)
def test_slices_with_radiation_at_the_vertex_add_up(electrons, resolution):
    """To 1e-9 of every yield, from the radiated tail over the peak to where only fast electrons of an atom reach.

    They are computed here without being scaled to the yield of one bin. Edges at 4.6 and 4.8 GeV: just above the
    resonance of 66.7 MeV, and with the end of its selection there.
    """
    mass = np.array([0.01, 0.03, 0.05, 0.0667, 0.0695, 0.078, 0.09])
    card = BELLE2.replace({"bins": {"track_energy": [4.3, 4.6, 4.8, 6.7]}})
    over = {"electrons": electrons, "resolution": resolution}
    options, grid = resolve_physics("reference", REFERENCE | over), Grid.of(PHOTON, mass)
    several, one = (
        Engine()._signal(each.channel, contributions_of(each.channel, options), grid, options)["isr"]
        for each in (card, BELLE2)
    )
    np.testing.assert_allclose(several.value.sum(axis=1), one.value[:, 0], rtol=1e-9)


def test_a_bin_in_energy_is_a_window_in_angle():
    """Bhabha energies follow from the angle: the bin is the yield of another window, to the digits of the fold."""
    low, high = 4.8, 5.3
    cosines = BELLE2.source.cosine(BELLE2.source.cosine_at(np.array([low, high])))
    angles = sorted(np.degrees(np.arccos(cosines)).tolist())
    window = BELLE2.replace({"source.polar_angle_min": angles[0], "source.polar_angle_max": angles[1], "background": 1})
    binned = region(BELLE2.replace({"bins.track_energy": [4.35, low, high, 6.62]}))
    for name, part in region(window).signal.items():
        np.testing.assert_allclose(binned.signal[name].value[:, 1], part.value[:, 0], rtol=1e-8)


def test_a_bin_in_missing_fraction_is_a_difference_of_cuts():
    binned = region(BELLE2.replace({"bins": {"missing_fraction": FRACTIONS, "shapes": UNIFORM}}))
    loose, tight = (
        region(BELLE2.replace({"selection.missing_fraction": cut, "background": 94})) for cut in (0.97, 0.99)
    )
    for name, part in binned.signal.items():
        difference = loose.signal[name].value[:, 0] - tight.signal[name].value[:, 0]
        np.testing.assert_allclose(part.value[:, 1], difference, rtol=1e-12)


def test_the_resonance_selects_tracks_up_to_five_per_cent_above_it():
    """Within the selection of 95 % a positron of m²/2m_e - m_e comes from a track of at most 1/0.95 of it.

    The width is that of α_D = 1e-6, so that nothing but the 1e-3 of its tails is elsewhere.
    """
    mass = 0.072
    energy = mass**2 / (2 * ELECTRON_MASS) - ELECTRON_MASS
    card = BELLE2.replace({"bins.track_energy": 40})
    binned = ev.predict(card, ev.DarkPhoton(alpha_d=1e-6), mass, physics="published").regions["belle2/vanishing-track"]
    edges, signal = binned.axes["track_energy"], binned.signal["annihilation"].value
    signal_like = (edges[1:] > energy) & (edges[:-1] < (energy + ELECTRON_MASS) / 0.95)
    assert signal[signal_like].sum() > 0.999 * signal.sum()
    assert 5 <= signal_like.sum() <= 7


def test_layers_and_efficiencies_have_bins_too():
    """Several parts of a target fill a bin, and an efficiency in missing energy is in every cut."""
    detector = ev.experiment("belle2-detector")
    add_up(detector, {"track_energy": [4.3, 4.8, 6.7]}, 1e-9)
    steps = {"missing_energy": [{"fraction": 0.96, "efficiency": 0.3}, {"fraction": 0.98, "efficiency": 0.9}]}
    selection = {"missing_fraction": 0.95, "efficiency": steps}
    card = BELLE2.replace({"selection": selection, "background": {"expected": 94}})
    add_up(card, {"missing_fraction": FRACTIONS, "track_energy": 2, "shapes": UNIFORM}, 1e-9)


def test_one_bin_is_what_it_was():
    """No bins and one bin in each give the same bits, and a card without bins does not mention them."""
    one = region(BELLE2)
    assert one.axes == {}
    assert "bins" not in BELLE2.as_dict()
    single = region(BELLE2.replace({"bins.track_energy": None, "bins.missing_fraction": []}))
    for name, part in one.signal.items():
        assert np.array_equal(part.value, single.signal[name].value)
    assert BELLE2.replace({"bins": {}}) == BELLE2


def test_cards_come_back():
    card = BELLE2.replace({"bins": BOTH, "observed": [1, 2, 3, 4, 5, 6]})
    assert card.channel.counts == (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    again = type(card).from_dict(card.as_dict())
    assert again == card
    assert card.as_dict()["bins"] == {**BOTH, "shapes": [{**UNIFORM[0], "track_energy": []}]}
    assert list(region(card).observed) == [1, 2, 3, 4, 5, 6]
    assert list(region(card).axes) == ["missing_fraction", "track_energy"]


def test_the_shower_is_shared_by_all_slices(monkeypatch):
    """One kernel for three slices, and one radiation of it."""
    from evanesce.processes import isr
    from evanesce.setups import setup

    asked, radiated = set(), []
    shower, kernels = setup.kernel_shower, isr.radiated_kernels

    class Counted:
        def __init__(self, inner):
            self.inner = inner

        def track_length(self, slab):
            asked.add(slab)
            return self.inner.track_length(slab)

    monkeypatch.setattr(setup, "kernel_shower", lambda *args: Counted(shower(*args)))
    monkeypatch.setattr(isr, "radiated_kernels", lambda *args, **more: radiated.append(1) or kernels(*args, **more))
    card = BELLE2.replace({"bins.track_energy": 3})
    options = {"isr": "on", "electrons": "free", "bremsstrahlung_thickness": 16.0}
    Engine().predict(card, PHOTON, 0.0667, physics="converged", overrides=options)
    assert len(asked) == 1
    assert len(radiated) == 1


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """An LHE file of 3000 tracks with energies between 4 and 7 GeV, few at the end."""
    energy = 4.0 + 3.0 * np.random.default_rng(2).beta(1.0, 2.5, 3000)
    head = '<LesHouchesEvents version="3.0">\n<init>\n11 -11 7.0 4.0 0 0 0 0 3 1\n100.0 1.0 1.0 1\n</init>\n'
    event = "<event>\n 1 1 1.0 10. 7.8e-3 0.12\n -11 1 0 0 0 0 0. 0. {0} {0} 0. 0. 9.\n</event>\n"
    file = tmp_path_factory.mktemp("lhe") / "tracks.lhe"
    file.write_text(head + "".join(event.format(repr(e)) for e in energy.tolist()) + "</LesHouchesEvents>\n")
    return LheSource(file=str(file)), energy


def test_events_keep_their_statistical_error(sample):
    """The jackknife error of a bin is that of its tracks: relative error of annihilation near 1/√(tracks that matter).

    The error of ten replicas is known to a quarter; we ask for a factor two.
    """
    source, energy = sample
    card = ev.Experiment(name="file", source=source, target=BELLE2.target, background=1)
    mass = 0.07
    resonance = mass**2 / (2 * ELECTRON_MASS)
    edges = [energy.min(), resonance, resonance / 0.95, energy.max()]
    one = region(card, mass)
    binned = region(card.replace({"bins.track_energy": edges}), mass)
    np.testing.assert_allclose(
        sum(p.value.sum() for p in binned.signal.values()), sum(p.value.sum() for p in one.signal.values()), rtol=1e-7
    )
    assert binned.source_error.shape == (3,)
    number = np.histogram(energy, edges)[0][1]
    relative = binned.source_error[1] / binned.signal["annihilation"].value[1]
    assert 0.5 < relative * np.sqrt(number) < 2.0
    assert np.all(binned.source_error < 0.3 * sum(part.value for part in binned.signal.values()))


@pytest.mark.parametrize(
    ("bins", "message"),
    [
        ({"track_energy": [5.0, 4.5, 6.6]}, "bins.track_energy: 4.5 comes after 5; edges must increase"),
        ({"track_energy": [4.3, 5.0, 5.0, 6.7]}, "5 comes after 5"),
        ({"track_energy": [4.3, float("nan"), 6.7]}, "edges must increase"),
        ({"track_energy": [4.3, float("inf")]}, "must lie above 0"),
        ({"track_energy": [-1.0, 7.0]}, "must lie above 0"),
        ({"track_energy": [4.3]}, "has one edge"),
        ({"track_energy": "20"}, "bins.track_energy = '20'"),
        ({"track_energy": True}, "bins.track_energy = True"),
        ({"track_energy": 2.5}, "bins.track_energy = 2.5"),
        ({"track_energy": 0}, "must be a whole number from 1 to 100"),
        ({"track_energy": 101}, "must be a whole number from 1 to 100"),
        ({"track_energy": 10**400}, "bins.track_energy"),
        ({"track_energy": list(np.linspace(1.0, 7.0, 150))}, "has 150 edges; must be at most 101"),
        ({"missing_fraction": list(np.linspace(0.95, 1.0, 11)), "track_energy": 50}, "are 500 together"),
        ({"missing_fraction": [0.95, 0.97]}, "must begin above 0 and end at 1"),
        ({"missing_fraction": ["0.95", 1.0]}, "bins.missing_fraction"),
        ({"missing_fraction": [0.97, 0.99, 1.0]}, "begin at 0.97, but the selection requires 0.95"),
        ({"missing_fraction": [0.9, 0.99, 1.0]}, "begin at 0.9, but the selection requires 0.95"),
        ({"energy": 20}, "energy: unknown field; allowed are"),
        ({"track_energy": 3, "shapes": [{"label": "muons"}]}, "unknown background 'muons'"),
        ({"track_energy": 3, "shapes": [{"label": "photons"}, {"label": "photons"}]}, "'photons' is given twice"),
        ({"track_energy": 3, "shapes": [{"label": "photons", "track_energy": [1, 2]}]}, "has 2 numbers for 3 bins"),
    ],
)
def test_refused_at_birth(bins, message):
    with pytest.raises((CardError, UnknownNameError), match=message):
        BELLE2.replace({"bins": bins})


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ([5.0, 5.5, 6.0], "leave out 0.8.* of the tracks, which have 4.349 to 6.618 GeV"),
        ([1.0, 2.0, 4.5, 7.0], "no track has from 1 to 2 GeV"),
    ],
)
def test_edges_that_do_not_fit_the_tracks(edges, message):
    with pytest.raises(InvalidValueError, match=message):
        region(BELLE2.replace({"bins.track_energy": edges}))


def test_tracks_of_one_energy_have_no_bins():
    with pytest.raises(InvalidValueError, match="all particles of a beam have the same"):
        ev.Experiment(
            name="beam",
            source=Beam(energy=100.0, particles=1e10),
            target=BELLE2.target,
            background=1,
            bins=Bins(track_energy=3),
        )
    with pytest.raises(InvalidValueError, match="all tracks have the same energy"):
        region(ev.experiment("bes3").replace({"bins.track_energy": 3}))


@pytest.mark.parametrize(
    ("observed", "message"),
    [
        ([1, 2], r"has 2 number\(s\) for 3 bin\(s\)"),
        (94, r"has 1 number\(s\) for 3 bin\(s\)"),
        ([1, 2, -1], "must be a finite number, 0 or greater"),
        ([1, 2, float("nan")], "must be a finite number"),
        ([1, 2, True], "observed"),
        ([1, 2, "3"], "observed"),
    ],
)
def test_observed_counts_are_one_a_bin(observed, message):
    with pytest.raises(CardError, match=message):
        BELLE2.replace({"bins.track_energy": 3, "observed": observed})


def test_bins_are_an_object():
    with pytest.raises(InvalidValueError, match="must be Bins"):
        ev.Experiment(name="x", source=BELLE2.source, target=BELLE2.target, background=1, bins=20)
    with pytest.raises(InvalidValueError, match="must be a list of Shape"):
        Bins(track_energy=2, shapes=("photons",))


def test_one_momentum_measurement_in_two_places_changes_nothing():
    """The measured momentum decides on the missing fraction and on the bin in energy; we take the two as independent.

    Drawn one by one with the same random number in both. A track measured g standard deviations too high passes a cut
    that is 0.4 % g looser, and the mean g of a bin of 2.5 % is at most 0.2, in the outer ones: 8e-4 of its content, and
    3e-4 from the number of draws.
    """
    rng = np.random.default_rng(4)
    source, resolution = BELLE2.source, BELLE2.resolution
    energy = source.energy(source.draw_cosines(100_000, *source.cosine_range, rng))
    left = 0.1 * rng.random(len(energy))
    track = rng.standard_normal((8, len(energy)))
    sigma = resolution.energy(left * energy)
    edges = np.linspace(*source.edges, 21)
    edges[0], edges[-1] = 0.0, 100.0

    def passing(shift):
        """Probability to pass, with the measured momentum ``shift`` standard deviations off."""
        return ndtr((0.05 * (1.0 + resolution.momentum * shift) - left) / (left * sigma))

    bins = np.digitize(energy * (1.0 + resolution.momentum * track), edges) - 1
    same = np.bincount(bins.ravel(), passing(track).ravel(), minlength=20)
    apart = np.bincount(bins.ravel(), passing(rng.permuted(track, axis=0)).ravel(), minlength=20)
    assert np.abs(same / apart - 1.0).max() < 1.2e-3
