"""Nuisance parameters of a prediction: from cards, from the physics, and for a control region."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

import evanesce as ev
from evanesce.backgrounds import Constant, SimulatedEvents
from evanesce.channels import ScaleUncertainty
from evanesce.errors import CardError, EvanesceWarning, InvalidValueError
from evanesce.limits import limit_curve
from evanesce.numerics import Estimate
from evanesce.prediction import SIGNAL, Region, Systematic
from evanesce.prediction.correlated import background_changes, summed_error
from evanesce.statistics import CRITERIA
from evanesce.statistics.counting import GaussianCounting

BELLE2 = ev.experiment("belle2")
REGION = "belle2/vanishing-track"
EXAMPLE = Path(__file__).parents[2] / "docs/examples/control-region.yaml"


def predicted(card=BELLE2, mass=0.0667, physics="converged", **more):
    return ev.predict(card, ev.DarkPhoton(alpha_d=1e-3), mass, physics=physics, **more)


def by_name(prediction):
    return {one.name: one for one in prediction.systematics}


def factor(one, theta, expected):
    """Factor on a component at the nuisance θ, in standard deviations, as :class:`Systematic` defines it."""
    if one.constraint == "poisson":
        return 1.0 + theta / np.sqrt(one.counts)
    if one.constraint == "normal":
        return np.maximum(1.0 + expected * theta, 0.0)
    return (1.0 + expected) ** theta


class TestBudget:
    def test_one_deviation_of_every_nuisance_is_the_error_of_the_budget(self):
        """94.9 ± 21.7: each nuisance moved by one deviation, changes of the total in quadrature."""
        card = BELLE2.replace(
            {"backgrounds.photons.veto_efficiency_error": 1e-4, "backgrounds.neutrons.penetration_error": 4e-4}
        )
        prediction = predicted(card, background="budget")
        background = prediction.regions[REGION].background
        assert prediction.background.value == pytest.approx(card.background_budget().total, rel=1e-14)
        changes = []
        for one in prediction.systematics:
            if one.name == "Belle II luminosity":  # no part of the budget
                continue
            keys = {f"{REGION}/{name}": name for name in background}
            changes.append(
                sum(
                    float(background[keys[key]].value[0]) * float(factor(one, 1.0, effect)[0] - 1.0)
                    if one.constraint != "poisson"
                    else float(background[keys[key]].value[0]) / np.sqrt(one.counts)
                    for key, effect in one.effects.items()
                )
            )
        assert np.sqrt(np.sum(np.square(changes))) == pytest.approx(card.background_budget().total_error, rel=1e-12)

    def test_poisson_parts_are_weights_times_counts(self):
        prediction = predicted(background="budget")
        background = prediction.regions[REGION].background
        for one in prediction.systematics:
            if one.constraint == "poisson":
                ((key, weight),) = one.effects.items()
                part = background[key.removeprefix(f"{REGION}/")]
                assert part.value == pytest.approx(weight * one.counts, rel=1e-15)
                assert part.error == pytest.approx(weight * np.sqrt(one.counts), rel=1e-14)

    def test_names_are_unique_or_shared(self):
        names = by_name(predicted(background="budget"))
        assert f"{REGION}/mu+mu-" in names
        assert f"{REGION}/neutrons: counts of one neutron" in names
        assert not any("photons" in name for name in names), "the card states no error of the veto efficiency"

    def test_a_shared_veto_is_one_nuisance(self):
        card = BELLE2.replace(
            {
                "backgrounds.photons.veto_efficiency_error": 1e-4,
                "backgrounds.mu+mu-.factors.veto efficiency.error": 1e-4,
                "backgrounds.e+N->e+N mu+mu-.veto_efficiency_error": 1e-4,
            }
        )
        veto = by_name(predicted(card, background="budget"))["veto efficiency"]
        effects = {key.removeprefix(f"{REGION}/"): float(value[0]) for key, value in veto.effects.items()}
        once = 1e-4 / 4.5e-4
        expected = {"photons": once, "mu+mu-": once, "e+N->e+N mu+mu-": (1 + once) ** 2 - 1}
        assert effects == pytest.approx(expected, rel=1e-12)
        together = once * (12.814 + 1.0125)
        assert card.background_budget().total_error == pytest.approx(np.hypot(21.655, together), rel=1e-4)  # digits

    def test_a_shared_nuisance_adds_linearly_over_components_bins_and_regions(self):
        """3 and 1 of one nuisance, 2 of another: hypot(4, 2) in one region, hypot(3 + 1 + 1, 2) in both together."""
        one = {"x": Estimate(np.array([10.0, 20.0]), np.array([1.0, 2.0])), "y": Estimate(np.ones(2), np.zeros(2))}
        other = {"x": Estimate(np.array([5.0]), np.array([1.0]))}
        shared = Systematic(
            name="veto",
            effects={"a/b/x": np.array([0.1, 0.1]), "a/b/y": np.array([0.0, 1.0]), "a/c/x": np.array([0.2])},
        )
        counted = Systematic(name="n", constraint="poisson", effects={"a/b/y": np.array([0.0, 1.0])}, counts=4.0)
        changes = background_changes("a/b", one, 2, [shared, counted])
        assert changes["veto"] == pytest.approx([1.0, 3.0])
        assert changes["n"] == pytest.approx([0.0, 2.0])
        assert summed_error(changes.values()) == pytest.approx([1.0, np.hypot(3.0, 2.0)])
        signal = {"annihilation": Estimate(np.ones((1, 2)), np.zeros((1, 2)))}
        regions = {
            "a/b": Region(signal=signal, background=one),
            "a/c": Region(signal={"annihilation": Estimate(np.ones((1, 1)), np.zeros((1, 1)))}, background=other),
        }
        both = replace(predicted(mass=[0.05]), regions=regions, systematics=(shared, counted))
        assert float(both.background.error) == pytest.approx(np.hypot(1.0 + 3.0 + 1.0, 2.0))
        alone = replace(both, systematics=())
        assert float(alone.background.error) == pytest.approx(np.hypot(3.0, 1.0)), "nothing is known to be shared"

    def test_without_simulated_events_the_counts_stay_zero(self):
        neutrons = BELLE2.backgrounds[1]
        card = replace(BELLE2, background=None, backgrounds=[replace(neutrons, single=0)])
        prediction = predicted(card)
        zero = by_name(prediction)[f"{REGION}/neutrons: counts of one neutron"]
        assert (zero.counts, float(next(iter(zero.effects.values()))[0])) == (0.0, pytest.approx(5.998, rel=1e-3))
        assert prediction.regions[REGION].background["neutrons: counts of one neutron"].value == 0.0
        assert any("in place of the 13.8 events" in note for note in prediction.notes)  # 2.3 × 5.998
        assert predicted(card, systematics=False).background.value == pytest.approx(13.796 + 3.059, rel=1e-3)

    def test_simulated_events_are_one_part_under_their_own_name(self):
        component = SimulatedEvents(events=0, simulated_tracks=6e11, label="cosmic", reference="x")
        prediction = predicted(replace(BELLE2, background=None, backgrounds=[component]))
        (counts, _) = prediction.systematics
        assert (counts.name, counts.counts, list(counts.effects)) == (f"{REGION}/cosmic", 0.0, [f"{REGION}/cosmic"])

    def test_an_uncertainty_of_nothing_is_a_warning(self):
        prediction = predicted(background=Constant(expected=0.0, error=2.0))
        assert any("is 0 ± 2: an uncertainty of nothing" in text for text in prediction.warnings)


class TestChoice:
    def test_the_components_take_the_place_of_a_number(self):
        prediction = predicted(background="components")
        assert float(prediction.background.value) == pytest.approx(94.87, abs=0.01)
        (note,) = prediction.notes
        assert note == "background: the sum of the components, 94.87 ± 21.7, in place of 94"

    def test_a_card_of_a_number_alone_keeps_it(self):
        prediction = predicted("babar", background="components")
        assert float(prediction.background.value) == 3.08
        assert prediction.notes == ()

    def test_components_that_do_not_apply_leave_the_number_and_a_warning(self):
        loose = replace(BELLE2.channel, selection=replace(BELLE2.selection, missing_fraction=0.9))
        found = loose.expectation("components")
        assert found.total == 94.0
        assert "must be at least the simulated 0.95" in found.warnings[0]

    def test_changed_fields_are_as_before(self):
        thin = BELLE2.replace({"target.thickness": 10}).channel
        assert thin.expectation("components").notes == thin.expectation().notes

    def test_a_number_with_an_error(self):
        prediction = predicted(background=Constant(expected=94, error=9.4, label="given"))
        (own, luminosity) = prediction.systematics
        assert (own.name, own.constraint) == (f"{REGION}/given", "normal")
        assert own.effects[f"{REGION}/given"] == pytest.approx(0.1)
        assert list(luminosity.effects) == [f"{REGION}/{SIGNAL}"], "a given number is what it is"

    def test_nothing_else_moves(self):
        """Default and counting criteria: the number of the card, the same yields to the last bit."""
        with_, without = predicted(), predicted(systematics=False)
        assert without.systematics == ()
        assert float(with_.background.value) == float(without.background.value) == 94.0
        for name, part in without.signal.items():
            assert part.value == with_.signal[name].value
            assert part.error == with_.signal[name].error


class TestScale:
    def test_luminosity_moves_signal_and_components(self):
        luminosity = by_name(predicted(mass=[0.05, 0.06], background="budget"))["Belle II luminosity"]
        assert luminosity.constraint == "log-normal"
        assert luminosity.effects[f"{REGION}/{SIGNAL}"].shape == (2, 1)
        assert all(np.all(effect == 0.005) for effect in luminosity.effects.values())
        assert f"{REGION}/neutrons: counts of one neutron" in luminosity.effects
        assert len(luminosity.effects) == 7

    def test_constants_do_not_follow_the_luminosity(self):
        cosmic = Constant(expected=5.0, error=2.0, label="cosmic")
        card = replace(BELLE2, background=None, backgrounds=[BELLE2.backgrounds[0], cosmic])
        luminosity = by_name(predicted(card))["Belle II luminosity"]
        assert set(luminosity.effects) == {f"{REGION}/{SIGNAL}", f"{REGION}/photons"}

    def test_one_component_alone(self):
        card = BELLE2.replace({"systematics": [{"name": "KLM", "relative": 0.2, "affects": ["photons"]}]})
        assert list(by_name(predicted(card, background="budget"))["KLM"].effects) == [f"{REGION}/photons"]
        assert "KLM" not in by_name(predicted(card)), "the number of the card has no photons"
        assert ev.Experiment.from_dict(card.as_dict()) == card

    def test_combined_channels_share_by_name(self):
        both = ev.combine(predicted(), predicted(BELLE2.replace({"name": "other"})))
        assert len(by_name(both)["Belle II luminosity"].effects) == 4  # signal and number, twice

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"name": " "}, "name: is empty; give the uncertainty a name"),
            ({"relative": 0.0}, "relative = 0.0: must be a finite number greater than 0"),
            ({"relative": 11.0}, "relative = 11.0: must be .* at most 10"),
            ({"relative": True}, "relative = True: must be a number"),
            ({"affects": []}, r"affects = \[\]: must be a list of names"),
            ({"affects": "signal"}, "affects = 'signal': must be a list of names"),
            ({"affects": ["signal", "signal"]}, "affects: 'signal' is given twice; keep one"),
            ({"constraint": "free"}, "constraint = 'free': must be one of normal, log-normal"),
        ],
    )
    def test_guards(self, change, message):
        with pytest.raises(InvalidValueError, match=message):
            ScaleUncertainty(**{"name": "luminosity", "relative": 0.01, **change})

    @pytest.mark.parametrize(
        ("systematics", "message"),
        [
            (
                [{"name": "a", "relative": 0.1, "affects": ["photon"]}],
                "unknown component in the systematic 'a' 'photon'",
            ),
            (2 * [{"name": "a", "relative": 0.1}], "systematics: 'a' is given twice; give each its own name"),
            ([{"name": "a"}], "systematics.0.relative: is missing"),
            ([{"name": "a", "relative": -1}], "systematics.0.relative = -1: must be a finite number greater than 0"),
        ],
    )
    def test_bad_cards(self, systematics, message):
        with pytest.raises(CardError, match=message):
            BELLE2.replace({"systematics": systematics})

    def test_what_is_no_uncertainty_is_refused(self):
        with pytest.raises(InvalidValueError, match=r"systematics: must be a list; make one with ScaleUncertainty"):
            replace(BELLE2.channel, systematics=[0.01])

    @pytest.mark.parametrize("label", ["signal", "background"])
    def test_reserved_labels(self, label):
        with pytest.raises(InvalidValueError, match=f"backgrounds: '{label}' has a meaning in systematics"):
            replace(BELLE2.channel, backgrounds=[Constant(expected=1.0, label=label)])


class TestTheory:
    OVERRIDES: ClassVar = {"bremsstrahlung": "exact"}

    def test_a_refinement_taken_back_is_one_deviation(self):
        """(1 + δ) times the signal is the signal of the simpler physics, computed on its own."""
        mass = [0.05, 0.3]
        exact = predicted(mass=mass, overrides=self.OVERRIDES, theory=True)
        simple = predicted(mass=mass)
        theory = by_name(exact)["theory: bremsstrahlung=ww"]
        delta = theory.effects[f"{REGION}/{SIGNAL}"]
        region = exact.regions[REGION]
        assert delta.shape == region.total_signal.value.shape == (2, 1)
        assert region.total_signal.value * (1 + delta) == pytest.approx(
            simple.regions[REGION].total_signal.value, rel=1e-12
        )
        assert np.abs(delta).max() > 0.01

    def test_it_is_off_unless_asked_for(self):
        assert not any("theory" in name for name in by_name(predicted(overrides=self.OVERRIDES)))
        assert not predicted(overrides=self.OVERRIDES, theory=True, systematics=False).systematics

    def test_points_without_signal_have_no_uncertainty(self):
        theory = by_name(predicted(mass=[0.05, 50.0], overrides=self.OVERRIDES, theory=True))
        assert theory["theory: bremsstrahlung=ww"].effects[f"{REGION}/{SIGNAL}"][1, 0] == 0.0

    @pytest.mark.parametrize("switch", ["systematics", "theory"])
    def test_switches_are_true_or_false(self, switch):
        with pytest.raises(InvalidValueError, match=f"{switch} = 'no': must be true or false"):
            predicted(**{switch: "no"})


@dataclass(frozen=True)
class Likelihood:
    """The criterion of the paper, with a request for systematics; it keeps what it was given."""

    name: ClassVar[str] = "test-likelihood"
    uses_systematics: ClassVar[bool] = True
    confidence_level: ClassVar[float] = 0.9
    description: ClassVar[str] = "test"
    reference: ClassVar[str] = "test"
    seen: ClassVar[list] = []

    def signal_limit(self, background):
        return GaussianCounting().signal_limit(background)

    def upper_limit(self, prediction):
        self.seen.append(prediction)
        return GaussianCounting().upper_limit(prediction)


@pytest.fixture
def likelihood(monkeypatch):
    monkeypatch.setattr(CRITERIA, "get", lambda name: Likelihood)
    Likelihood.seen.clear()
    return Likelihood


class TestLimit:
    def limits(self, **more):
        return limit_curve(BELLE2, ev.DarkPhoton(alpha_d=1e-3), 0.0667, physics="converged", **more)

    def test_a_likelihood_takes_components_and_theory(self, likelihood):
        curve = self.limits(overrides={"bremsstrahlung": "exact"})
        (prediction,) = likelihood.seen
        names = by_name(prediction)
        assert {"Belle II luminosity", "theory: bremsstrahlung=ww"} <= set(names)
        assert curve.provenance["background"] == pytest.approx(94.87, abs=0.01)
        assert any("in place of 94" in note for note in curve.notes)

    def test_theory_can_be_left_out(self, likelihood):
        self.limits(overrides={"bremsstrahlung": "exact"}, theory=False)
        assert not any("theory" in name for name in by_name(likelihood.seen[0]))

    def test_a_given_number_stays_and_has_its_error(self, likelihood):
        self.limits(background=94, background_error=21.7)
        own = by_name(likelihood.seen[0])[f"{REGION}/given"]
        assert own.effects[f"{REGION}/given"] == pytest.approx(21.7 / 94)

    def test_counting_criteria_get_what_they_had(self):
        curve = self.limits()
        assert (curve.provenance["background"], curve.notes) == (94.0, ())

    @pytest.mark.parametrize("background", [None, "budget"])
    def test_an_error_belongs_to_a_number(self, background):
        with pytest.raises(InvalidValueError, match="background_error = 5.0: is the uncertainty of a number of events"):
            self.limits(background=background, background_error=5.0)

    def test_an_error_is_not_negative(self):
        with pytest.raises(InvalidValueError, match="background_error = -5: must be a finite number, 0 or greater"):
            self.limits(background=94, background_error=-5)

    def test_an_error_that_nobody_uses_is_a_warning(self):
        with pytest.warns(EvanesceWarning, match="criterion 'sqrt2.71' does not use background_error"):
            self.limits(background=94, background_error=5)


class TestControlRegion:
    """Vanishing electrons measure the background of vanishing positrons."""

    def variance(self, tau, error=None):
        """Variance of the signal events from the Fisher information of both regions, Asimov counts."""
        expected = 95.0
        card = ev.experiment(EXAMPLE).replace(
            {
                "channels.electrons.backgrounds.vanishing tracks.expected": tau * expected,
                "channels.electrons.backgrounds.vanishing tracks.error": 0.0
                if error is None
                else tau * error * expected,
            }
        )
        prediction = predicted(card, physics="published")
        names = by_name(prediction)
        (here, there) = prediction.regions
        keys = {region: f"{region}/vanishing tracks" for region in prediction.regions}
        free = names["vanishing tracks"]
        assert (free.constraint, list(free.effects)) == ("free", list(keys.values()))
        assert all(effect.tolist() == [1.0] for effect in free.effects.values())
        signal = np.array([float(prediction.regions[r].total_signal.value[0]) for r in (here, there)])
        unit = signal / signal[0]  # per signal event among the positrons
        background = np.array([expected, tau * expected])
        slopes = [unit, background]  # of the signal and of the common factor
        information = np.zeros((3, 3))
        if error is not None:
            transfer = names["transfer factor"]
            assert list(transfer.effects) == [keys[there]]
            slopes.append(background * np.array([0.0, float(transfer.effects[keys[there]][0])]))
            information[2, 2] = 1.0  # the constraint of the transfer factor
        n = len(slopes)
        information[:n, :n] += [[np.sum(a * b / background) for b in slopes] for a in slopes]
        return np.linalg.inv(information[:n, :n])[0, 0], unit[1] / tau

    @pytest.mark.parametrize("tau", [0.5, 1.0, 100.0])
    def test_the_control_region_replaces_the_knowledge_of_the_background(self, tau):
        """s = (n − n'/τ)/(1 − r), r the share of signal in the control region: variance b (1 + 1/τ)/(1 − r)²."""
        found, share = self.variance(tau)
        assert found == pytest.approx(95.0 * (1.0 + 1.0 / tau) / (1.0 - share) ** 2, rel=1e-9)
        assert share < 0.01 / tau

    def test_the_error_of_the_transfer_factor_is_added(self):
        without, share = self.variance(1.0)
        found, _ = self.variance(1.0, error=0.05)
        assert found - without == pytest.approx((0.05 * 95.0 / (1.0 - share)) ** 2, rel=1e-9)

    def test_unnamed_errors_do_not_act_beside_a_free_normalisation(self):
        names = {"normalisation": "tracks"}
        prediction = predicted(background=Constant(expected=94.0, error=20.0, uncertainties=names))
        assert [one.constraint for one in prediction.systematics] == ["free", "log-normal"]


def test_one_name_for_two_things_is_refused():
    """A free normalisation under the name of the luminosity."""
    with pytest.raises(InvalidValueError, match="systematic 'Belle II luminosity': is given as .* give two names"):
        predicted(background=Constant(expected=94.0, uncertainties={"normalisation": "Belle II luminosity"}))


def test_systematics_can_be_merged_again():
    systematics = predicted(background="budget").systematics
    assert [one.name for one in Systematic.merged(systematics)] == [one.name for one in systematics]
