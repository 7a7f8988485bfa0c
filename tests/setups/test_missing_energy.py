"""An efficiency that depends on the missing energy, and the smeared cut of a beam: yields and events."""

import numpy as np
import pytest
from event_checks import chi_square, sample

import evanesce as ev
from evanesce.errors import CardError, InvalidValueError
from evanesce.limits import limit_curve
from evanesce.tracklength import EfficientAcceptance, SharpAcceptance, sharp_cuts

BELLE2 = ev.experiment("belle2")
NA64 = ev.experiment("na64-2019-published", {"bremsstrahlung_curve": None, "resolution": None})
PHOTON = ev.DarkPhoton(alpha_d=0.01)
STEP = [{"fraction": 0.97, "efficiency": 0.25}, {"fraction": 0.97, "efficiency": 1.0}]


def yields(card, mass, physics="reference", **overrides):
    return limit_curve(
        card, PHOTON, mass, physics=physics, overrides=overrides, background=94, criterion="sqrt2.71", theory=False
    ).yields


@pytest.mark.parametrize("isr", ["off", "on"])
def test_a_step_is_a_mixture_of_two_cuts(isr):
    """A quarter of the events below 97 % and all above are 1/4 of one selection and 3/4 of another."""
    mass = [0.06, 0.0667, 0.3]
    loose, tight = (yields(BELLE2.replace({"selection.missing_fraction": f}), mass, isr=isr) for f in (0.95, 0.97))
    step = yields(BELLE2.replace({"selection.efficiency": {"missing_energy": STEP}}), mass, isr=isr)
    for process, found in step.items():
        want = 0.25 * loose[process] + 0.75 * tight[process]
        # the folds have other panels
        rel = 3e-5 if process == "isr" else 3e-4
        assert found[:2] == pytest.approx(want[:2], rel=rel, abs=0.0), process


def test_radiation_with_a_step_is_a_mixture_of_two_cuts():
    """At one energy of the tracks: the step is in λ where each cut is. Two points of one efficiency are no step."""
    na64, mass = ev.experiment("na64-2022"), [0.2, 0.22, 0.25, 0.3]

    def radiated(**changes):
        return yields(na64.replace({name.replace("__", "."): value for name, value in changes.items()}), mass)["isr"]

    loose, tight = (radiated(selection__missing_fraction=f) for f in (0.5, 0.7))
    step = [{"fraction": 0.7, "efficiency": e} for e in (0.25, 1.0)]
    found = radiated(selection__efficiency={"missing_energy": step})
    assert found == pytest.approx(0.25 * loose + 0.75 * tight, rel=2e-5)
    half = [{"fraction": f, "efficiency": 0.5} for f in (0.5, 1.0)]
    assert radiated(selection__efficiency={"missing_energy": half}) == pytest.approx(0.5 * loose, rel=1e-9)


def test_a_slope_is_a_mixture_of_cuts():
    """Linear from 0 at 60 % to 0.9 at 80 % for a beam, in GeV, and 0.9 above: the mean over sharp cuts in between."""
    slope = [{"energy": 60.0, "efficiency": 0.0}, {"energy": 80.0, "efficiency": 0.9}]
    card = NA64.replace({"selection.efficiency": {"missing_energy": slope}})
    nodes, weights = np.polynomial.legendre.leggauss(12)
    cuts, weights = 0.7 + 0.1 * nodes, 0.45 * weights
    mass = [0.02, 0.25]
    parts = [yields(NA64.replace({"selection.missing_fraction": float(cut)}), mass, isr="off") for cut in cuts]
    found = yields(card, mass, isr="off")
    for process in ("annihilation", "bremsstrahlung"):
        want = sum(w * part[process] for w, part in zip(weights, parts, strict=True))
        # 12 cuts see the resonance's window move in steps
        assert found[process] == pytest.approx(want, rel=1e-2, abs=1e-3 * want.max()), process


def test_an_acceptance_as_a_mixture_of_cuts():
    kept = EfficientAcceptance(
        inner=SharpAcceptance(missing_fraction=0.5), fractions=(0.4, 0.7, 0.7, 1.0), efficiencies=(0.1, 0.4, 0.8, 1.0)
    )
    energy = np.array([4.0, 100.0])
    fractions, weights = sharp_cuts(kept, energy)
    for taken in (0.3, 0.499, 0.501, 0.6999, 0.7001, 0.9999):
        passed = np.where(fractions < taken, weights, 0.0).sum(axis=0)
        want = kept.probability(energy, np.full(2, taken)) if taken > 0.5 else np.zeros(2)
        # the cuts that stand for a slope make small steps
        assert passed == pytest.approx(want, abs=0.02)
    assert weights.sum(axis=0) == pytest.approx(np.ones(2), abs=1e-9)


def test_events_follow_the_efficiency():
    card = BELLE2.replace({"selection.efficiency": {"missing_energy": STEP}})
    stream, events = sample(card, "reference", 0.0667, PHOTON, 30_000)
    found = events["isr"]
    assert stream.yields["isr"] == pytest.approx(yields(card, 0.0667)["isr"], rel=1e-12)
    taken = found["mediator_energy"] / found["track_energy"]
    loose = yields(BELLE2, 0.0667)["isr"]
    tight = yields(BELLE2.replace({"selection.missing_fraction": 0.97}), 0.0667)["isr"]
    p, error = chi_square(taken, found["weight"], [0.0, 0.97, np.inf], np.array([0.25 * (loose - tight), tight]))
    assert p > 0.01
    assert error < 0.05


def test_a_calorimeter_alone_smears_the_cut_of_a_beam():
    """Against a mixture of sharp cuts with normal weights: D < 50 GeV with σ_D/D = 5 % for a beam of 100 GeV."""
    points = [{"energy": 1.0, "resolution": 0.05}, {"energy": 100.0, "resolution": 0.05}]
    card = NA64.replace({"resolution": {"calorimeter": points}})
    mass = [0.02, 0.22]
    found = yields(card, mass, isr="off", resolution="detector")
    nodes, weights = np.polynomial.hermite_e.hermegauss(25)
    # D (1 + 0.05 g) < 50 is D < 50/(1 + 0.05 g)
    parts = [
        yields(NA64.replace({"selection.missing_fraction": float(1 - 0.5 / (1 + 0.05 * g))}), mass, isr="off")
        for g in nodes
    ]
    for process in ("annihilation", "bremsstrahlung"):
        want = sum(w * part[process] for w, part in zip(weights / weights.sum(), parts, strict=True))
        assert found[process] == pytest.approx(want, rel=5e-3, abs=0.0), process
    sharp = yields(NA64, mass, isr="off")
    assert found["annihilation"][1] != pytest.approx(sharp["annihilation"][1], rel=0.02)


def test_radiation_with_a_smeared_cut_is_a_mixture_of_cuts():
    """The same with photons, which the cut sees, too; not at 0.22 GeV, where single cuts have the resonance or not."""
    na64, mass = ev.experiment("na64-2022"), [0.1, 0.25, 0.3]
    points = [{"energy": 1.0, "resolution": 0.05}, {"energy": 100.0, "resolution": 0.05}]
    found = yields(na64.replace({"resolution": {"calorimeter": points}}), mass, resolution="detector")["isr"]
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    weights /= weights.sum()
    cuts = [(w, float(1 - 0.5 / (1 + 0.05 * g))) for w, g in zip(weights, nodes, strict=True) if w > 1e-9]
    want = sum(w * yields(na64.replace({"selection.missing_fraction": cut}), mass)["isr"] for w, cut in cuts)
    assert found == pytest.approx(want, rel=2e-5)


def test_a_coarse_calorimeter_too():
    """20 %/√E, where the range of the cut is not found by iteration."""
    points = [{"energy": e, "resolution": 0.2 / e**0.5} for e in (0.25, 1.0, 4.0, 8.0)]
    card = NA64.replace(
        {"source.energy": 8.0, "selection.missing_fraction": 0.65, "resolution": {"calorimeter": points}}
    )
    sharp = NA64.replace({"source.energy": 8.0, "selection.missing_fraction": 0.65})
    smeared, ideal = (
        yields(one, 0.01, isr="off", resolution=kind)["bremsstrahlung"]
        for one, kind in ((card, "detector"), (sharp, "ideal"))
    )
    assert smeared == pytest.approx(ideal, rel=0.05)
    assert smeared != pytest.approx(ideal, rel=1e-4)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([{"efficiency": 0.5}], "neither is"),
        ([{"fraction": 0.5, "energy": 50.0, "efficiency": 0.5}], "both are"),
        ([{"fraction": 50, "efficiency": 0.5}], "between 0 and 1"),
        ([{"fraction": 0.5, "efficiency": 50}], "between 0 and 1"),
        ([{"fraction": 0.8, "efficiency": 1.0}, {"fraction": 0.7, "efficiency": 1.0}], "must not decrease"),
        ([{"fraction": 0.8, "efficiency": 1.0}, {"energy": 90.0, "efficiency": 1.0}], "use one of them"),
        ([{"fraction": 0.8, "efficiency": 0.0}], "0 everywhere"),
        ([{"fraction": 0.8, "efficiency": 0.1 * i} for i in range(3)], "three points"),
    ],
)
def test_bad_points(points, message):
    with pytest.raises(CardError, match=message):
        BELLE2.replace({"selection.efficiency": {"missing_energy": points}})


def test_an_efficiency_that_keeps_nothing():
    """Zero above the cut is no selection; a step to zero at the cut and a point in GeV are seen, too."""
    end = [{"efficiency": 1.0}, {"efficiency": 0.0}]
    for card, places in (
        (BELLE2, ("fraction", 0.9, 0.94)),
        (BELLE2, ("fraction", 0.95, 0.95)),
        (NA64, ("energy", 20.0, 40.0)),
    ):
        points = [point | {places[0]: place} for point, place in zip(end, places[1:], strict=True)]
        with pytest.raises(CardError, match="the efficiency is 0 for everything above missing_fraction"):
            card.replace({"selection.efficiency": {"missing_energy": points}})


@pytest.mark.parametrize("physics", ["converged", "reference"])
def test_an_efficiency_that_ends_leaves_the_last_bin_empty(physics):
    """Above 0.8 nothing is kept: not a number became the content of all bins beyond."""
    points = [{"fraction": 0.8, "efficiency": 1.0}, {"fraction": 0.8, "efficiency": 0.0}]
    shapes = [{"label": "constant", "missing_fraction": "uniform"}]
    card = ev.experiment(
        "na64-2022",
        {
            "selection.efficiency": {"missing_energy": points},
            "bins": {"missing_fraction": [0.5, 0.7, 0.9, 1.0], "shapes": shapes},
        },
    )
    signal = next(iter(ev.predict(card, PHOTON, 0.25, physics=physics).regions.values())).signal
    for process, found in signal.items():
        assert np.isfinite(found.value).all(), process
        assert found.value[2] == 0.0, process
    assert (signal["bremsstrahlung"].value[:2] > 0.0).all()


def test_an_efficiency_may_fall_next_to_all_energy():
    """The last point is nearer to the whole energy than an electron at rest: no photon passes beyond it."""
    near = [{"fraction": 0.999999, "efficiency": 0.5}, {"fraction": 1.0, "efficiency": 0.0}]
    half = [{"fraction": 0.5, "efficiency": 0.5}]
    found, want = (
        yields(ev.experiment("na64-2022", {"selection.efficiency": {"missing_energy": points}}), [0.25])
        for points in (near, half)
    )
    for process, value in found.items():
        # bremsstrahlung ends with the electron, 5e-6 before all energy
        assert value == pytest.approx(want[process], rel=1e-5), process


def test_energies_in_gev_belong_to_a_beam():
    card = BELLE2.replace({"selection.efficiency": {"missing_energy": [{"energy": 5.0, "efficiency": 0.5}]}})
    with pytest.raises(InvalidValueError, match=r"needs tracks of one energy, here they have 4\.349 to 6\.618 GeV"):
        yields(card, 0.06)
    card = NA64.replace({"selection.efficiency": {"missing_energy": [{"energy": 50000.0, "efficiency": 0.5}]}})
    with pytest.raises(InvalidValueError, match="exceeds the energy of the tracks, 100 GeV"):
        yields(card, 0.06)


def test_a_card_is_read_back():
    card = BELLE2.replace({"selection.efficiency": {"missing_energy": STEP}})
    assert ev.Experiment.from_dict(card.as_dict()) == card
