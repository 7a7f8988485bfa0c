"""Statistics of an LHE file: no track is lost, and the error agrees with the spread of repeated files."""

from dataclasses import replace

import numpy as np
import pytest

from evanesce import DarkPhoton, limit_curve
from evanesce.errors import DataFileError
from evanesce.experiments import experiment
from evanesce.formats import writer
from evanesce.sources import LheSource, RadiativeBhabha, Sampled
from evanesce.sources.histogram_shape import evaluate, fit_again, fit_events

HEAD = '<LesHouchesEvents version="3.0">\n<init>\n11 -11 7.0 4.0 0 0 0 0 {} 1\n{} 1.0 1.0 1\n</init>\n'
EVENT = "<event>\n 1 1 {} 10. 7.8e-3 0.12\n -11 1 0 0 0 0 0. 0. {} {} 0. 0. 9.\n</event>\n"


def lhe(path, energy, weight=None):
    """A file of single tracks along z."""
    ones = weight is None
    weight = np.ones(len(energy)) if ones else weight
    events = [EVENT.format(repr(w), repr(e), repr(e)) for e, w in zip(energy.tolist(), weight.tolist(), strict=True)]
    head = HEAD.format(3 if ones else 2, 100.0)
    path.write_text(head + "".join(events) + "</LesHouchesEvents>\n")
    return str(path)


def integrals(shape, edges):
    energy = np.linspace(edges[:-1], edges[1:], 2001)
    return np.trapezoid(evaluate(shape, energy), energy, axis=0)


EDGES = np.linspace(0.0, 1.0, 11)
REGIONS = np.exp(-7.0 * EDGES[:-1]) - np.exp(-7.0 * EDGES[1:])
SHARES = REGIONS / REGIONS.sum()


def histogram(rng, number, weighted):
    """Energies between 0 and 1 that fall by e⁷, in bins with 2000 down to 2 events; weights between 0 and 2 or ± 1."""
    energy = -np.log1p(-rng.random(number) * (1.0 - np.exp(-7.0))) / 7.0
    weight = {"no": np.ones(number), "flat": 2.0 * rng.random(number), "signs": np.sign(rng.random(number) - 0.15)}[
        weighted
    ]
    bins = np.linspace(0.0, 1.0, 201)
    return bins, *(np.histogram(energy, bins, weights=weight**power)[0] for power in (1, 2))


@pytest.mark.parametrize("weighted", ["no", "flat", "signs"])
def test_sparse_regions_keep_their_tracks(weighted):
    """Thirty files of 6000 events: in each tenth of the range the mean of the curves is the truth within half the error
    of one file. (Weighting the bins with the variance that they show loses up to a half of the tracks in some.)
    """
    rng = np.random.default_rng(9)
    found, variance = [], np.zeros(10)
    for _ in range(30):
        bins, contents, squares = histogram(rng, 6000, weighted)
        found.append(integrals(fit_events(bins, contents, squares).shape, EDGES) / contents.sum())
        variance += squares.reshape(10, 20).sum(axis=1) / contents.sum() ** 2 / 30
        assert found[-1].sum() == pytest.approx(1.0, rel=1e-4)
    assert (np.abs(np.mean(found, axis=0) - SHARES) < 0.5 * np.sqrt(variance)).all()
    # and a curve is no worse than counting, up to what thirty files show: three times 1/√60
    assert (np.std(found, axis=0) < 1.4 * np.sqrt(variance)).all()


def test_any_region_agrees_with_the_events_in_it():
    """A step that a smooth curve would smear: the deviation over every region of bins stays below five errors."""
    rng = np.random.default_rng(3)
    energy = np.concatenate([rng.uniform(0.0, 1.0, 8000), rng.uniform(0.4, 0.43, 1500)])
    bins = np.linspace(0.0, 1.0, 301)
    contents = np.histogram(energy, bins)[0].astype(float)
    fitted = fit_events(bins, contents, contents)
    missing = np.concatenate([[0.0], np.cumsum(contents - integrals(fitted.shape, bins))])
    variance = np.concatenate([[0.0], np.cumsum(fitted.sigma**2)])
    low, high = np.triu_indices(301, 6)  # regions as long as the shortest pieces that can be split
    pulls = (missing[high] - missing[low]) / np.sqrt(variance[high] - variance[low])
    assert np.abs(pulls).max() < 5.0


def test_a_fit_made_again_is_the_fit():
    bins, contents, squares = histogram(np.random.default_rng(1), 6000, "flat")
    fitted = fit_events(bins, contents, squares)
    again = fit_again(fitted, contents)
    np.testing.assert_array_equal(again.edges, fitted.shape.edges)
    energy = np.linspace(0.0, 0.6, 50)
    # the errors of the last step of the iteration changed by a thousandth
    np.testing.assert_allclose(evaluate(again, energy), evaluate(fitted.shape, energy), rtol=2e-3)


@pytest.fixture(scope="module")
def radiative(tmp_path_factory):
    """20 000 radiative Bhabha events."""
    source = RadiativeBhabha()
    path = tmp_path_factory.mktemp("lhe") / "radiative.lhe"
    with writer(path, source.run(11)) as file:
        for batch in source.events(20_000, seed=11):
            file.write(batch)
    return str(path)


def test_closure_our_own_events_give_the_yields_of_their_source(radiative):
    """Yields from a file against those of the source itself, at masses whose resonance is in the tail of the spectrum.

    Within four errors by the replicas, which know themselves to a quarter; it was 0.64 at 80 MeV.
    """
    card = experiment("belle2-radiative")
    mass = np.array([0.05, 0.07, 0.08])

    def yields(source):
        found = limit_curve(replace(card, source=source), DarkPhoton(), mass, physics="published", background=1)
        return found.epsilon**-2.0

    want, lhe = yields(card.source), LheSource(file=radiative)
    found = np.array([yields(replica) for replica in lhe.replicas()]) / want
    error = np.sqrt(0.9 * np.sum((found - found.mean(axis=0)) ** 2, axis=0))
    assert (np.abs(yields(lhe) / want - 1.0) < 4.0 * error).all()
    assert (error < [0.04, 0.1, 0.25]).all()
    assert (error > [0.005, 0.01, 0.03]).all()


def test_our_own_events_come_back_region_by_region(radiative):
    """Up to the last hundred events, of which a twentieth was lost before."""
    source, back = RadiativeBhabha(), LheSource(file=radiative)
    assert back.count == pytest.approx(source.count, rel=1e-12)
    assert back.tracks == 20_000
    edges = np.array([2.0, 2.5, 3.0, 3.8, 4.4, 4.6, 5.0, 5.6, 6.0, 6.7])
    want, got = contents(source, edges), contents(back, edges)
    replicas = np.array([contents(replica, edges) for replica in back.replicas()])
    error = np.sqrt(0.9 * np.sum((replicas - replicas.mean(axis=0)) ** 2, axis=0))
    counting = np.sqrt(want * source.count / back.tracks)
    assert (np.abs(got - want) < 4.0 * counting).all()
    assert (error < 1.8 * counting).all()  # it is known to a quarter
    assert np.mean(error / counting) > 0.5


def contents(source, edges):
    """Tracks between edges, by trapezia fine enough that the statistics of the file dominate."""
    energy = np.linspace(edges[:-1], edges[1:], 2001)
    return np.trapezoid(source.spectrum(energy), energy, axis=0)


def test_replicas_are_the_source_with_other_events(radiative):
    lhe = LheSource(file=radiative, polar_angle_max=90.0)
    assert isinstance(lhe, Sampled)
    replicas = lhe.replicas()
    assert len(replicas) == 10
    assert len({replica.count for replica in replicas}) > 1
    energy = np.linspace(2.0, 6.6, 400)
    for replica in replicas:
        assert (replica.edges, replica.lines, replica.incident) == (lhe.edges, (), "e+")
        assert np.trapezoid(replica.spectrum(energy), energy) == pytest.approx(replica.count, rel=1e-2)
    assert np.mean([replica.count for replica in replicas]) == pytest.approx(lhe.count, rel=1e-3)
    share = lhe.tracks / 20_000
    assert lhe.count / LheSource(file=radiative).count == pytest.approx(share, rel=1e-12)
    # binomial error of the share; the one from ten groups has an error of a quarter: three of them
    binomial = lhe.count * np.sqrt((1.0 - share) / lhe.tracks)
    counts = np.array([replica.count for replica in replicas])
    assert np.sqrt(0.9 * np.sum((counts - counts.mean()) ** 2)) == pytest.approx(binomial, rel=0.75)
    sigma, error = lhe.track_cross_section()
    assert error > sigma * np.sqrt((1.0 - share) / lhe.tracks) * 0.25
    sigma, error = LheSource(file=radiative, cross_section=5.0).track_cross_section()
    assert sigma == pytest.approx(5.0, rel=1e-12)
    assert error is None  # all events are selected


def test_replicas_of_a_line(tmp_path):
    lhe = LheSource(file=lhe_line(tmp_path))
    assert lhe.lines == ((5.0, lhe.count),)
    assert {replica.lines for replica in lhe.replicas()} == {((5.0, lhe.count),)}
    assert {replica.edges for replica in lhe.replicas()} == {()}
    assert lhe.replicas()[0].spectrum(np.array([5.0])).tolist() == [0.0]


def lhe_line(tmp_path):
    return lhe(tmp_path / "line.lhe", np.full(20, 5.0))


@pytest.mark.parametrize("number", [2, 9])
def test_a_file_of_a_few_tracks_is_refused(tmp_path, number):
    path = lhe(tmp_path / "a.lhe", np.linspace(4.0, 5.0, number))
    with pytest.raises(
        DataFileError, match=rf"{number} tracks between 0 and 180 degrees, must be 10 or more: .*generate"
    ):
        LheSource(file=path)


def test_the_smallest_file(tmp_path):
    lhe_source = LheSource(file=lhe(tmp_path / "a.lhe", np.linspace(4.0, 5.0, 10)))
    assert lhe_source.tracks == 10
    for source in (lhe_source, *lhe_source.replicas()):
        energy = np.linspace(4.0, 5.0, 1001)
        assert np.isfinite(source.spectrum(energy)).all()
        assert np.trapezoid(source.spectrum(energy), energy) == pytest.approx(source.count, rel=1e-2)
