"""Sources of the error of every component, and what components share by name."""

import math
from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

from evanesce.backgrounds import (
    NORMALISATION,
    Background,
    BackgroundEstimate,
    Constant,
    Exposure,
    Leakage,
    MuonConversion,
    Neutrons,
    Photons,
    SimulatedEvents,
    SimulatedNeutrons,
    Uncertainty,
    budget,
)
from evanesce.backgrounds.uncertainty import NOTHING_SEEN
from evanesce.errors import InvalidValueError, UnknownNameError


@pytest.fixture
def every(photons: Photons, neutrons: Neutrons, pions: Any, muons: Any, conversion: MuonConversion) -> list[Background]:
    """One component of every kind, each with every uncertainty it can have."""
    factors = tuple(replace(factor, error=0.2 * factor.value) for factor in muons.factors)
    depths = {"veto_depth": 3.9, "calorimeter_depth": 0.8, "calorimeter_thickness": 16.0}
    return [
        replace(photons, veto_efficiency_error=1e-4),
        replace(neutrons, penetration_error=5e-4),
        SimulatedNeutrons(result="csi-4.35gev-1x0", label="ours", penetration_error=5e-4, **depths),
        pions,
        replace(muons, factors=factors),
        replace(conversion, veto_efficiency_error=1e-4),
        Constant(expected=5.0, error=2.0),
        Leakage(probability=1e-11, probability_error=5e-12, reference="a guess"),
        SimulatedEvents(events=4, simulated_luminosity=20.0, reference="a simulation"),
        SimulatedEvents(events=0, simulated_tracks=1e12, label="none", reference="a simulation"),
    ]


def test_the_error_is_the_quadratic_sum_of_the_sources(every: list[Background], exposure: Exposure) -> None:
    for component in every:
        estimate = component.estimate(exposure)
        assert estimate.uncertainties, component.label
        parts = math.sqrt(sum(one.events**2 for one in estimate.uncertainties))
        assert estimate.error == pytest.approx(parts, rel=1e-14)  # roundings


def test_every_source_can_have_a_name(every: list[Background], exposure: Exposure) -> None:
    for component in every:
        sources = {one.source for one in component.estimate(exposure).uncertainties} - {"integral"}
        names = {source: f"name of {source}" for source in sources}
        named = replace(component, uncertainties=names).estimate(exposure)
        assert {one.source: one.name for one in named.uncertainties if one.source in names} == names
        assert named.error == component.estimate(exposure).error


def test_a_normalisation_is_free_and_changes_no_error(every: list[Background], exposure: Exposure) -> None:
    for component in every:
        freed = replace(component, uncertainties={NORMALISATION: "data"}).estimate(exposure)
        assert [one.name for one in freed.uncertainties if one.constraint == "free"] == ["data"]
        assert freed.error == component.estimate(exposure).error


def test_the_sources_by_finite_differences(every: list[Background], exposure: Exposure) -> None:
    """At +1σ of one input the expectation moves by the quoted events: the input moved by hand."""
    photons, neutrons, _, _, muons, conversion, _, leakage, *_ = every
    moved = [
        (photons, replace(photons, veto_efficiency=5.5e-4), "veto efficiency"),
        (neutrons, replace(neutrons, penetration=0.0105), "penetration"),
        (conversion, replace(conversion, veto_efficiency=5.5e-4), "veto efficiency"),
        (leakage, replace(leakage, probability=1.5e-11), "probability"),
    ]
    last = muons.factors[-1]
    more = replace(last, value=1.2 * last.value)
    moved.append((muons, replace(muons, factors=(*muons.factors[:-1], more)), last.name))
    for component, other, source in moved:
        estimate = component.estimate(exposure)
        change = other.estimate(exposure).expected - estimate.expected
        (quoted,) = (one.events for one in estimate.uncertainties if one.source == source)
        assert quoted == pytest.approx(change, rel=1e-9), component.label  # difference of close numbers


def test_counts_are_poisson(neutrons: Neutrons, exposure: Exposure) -> None:
    counts = {one.source: one for one in neutrons.estimate(exposure).uncertainties}
    single, several = counts["counts of one neutron"], counts["counts of several neutrons"]
    assert (single.counts, several.counts) == (13.0, 51.0)
    assert single.weight == pytest.approx(exposure.tracks / 1e9 * 0.01)
    assert several.weight == pytest.approx(exposure.tracks / 1e9 * 0.01**2)


def test_a_shared_veto_adds_linearly(photons: Photons, muons: Any, exposure: Exposure) -> None:
    """Photons and mu+mu- pass the same veto: 2.85 + 0.225 events at +1e-4, not their quadratic sum."""
    photons = replace(photons, veto_efficiency_error=1e-4)
    muons = replace(muons, factors=(*muons.factors[:2], replace(muons.factors[2], error=1e-4)))
    alone = budget([photons, muons], exposure)
    shared = [
        replace(photons, uncertainties={"veto efficiency": "KLM"}),
        replace(muons, uncertainties={"veto": "KLM"}),
    ]
    together = budget(shared, exposure)
    first, second = exposure.tracks * 4.747e-8 * 1e-4, 2.5e10 * 1e-7 * 0.9 * 1e-4
    assert together.total == alone.total
    assert alone.total_error == pytest.approx(math.hypot(first, second, 1.0125), rel=1e-3)  # the digits of 4.747
    assert together.total_error == pytest.approx(math.hypot(first + second, 1.0125), rel=1e-3)
    assert together.total_error > 1.05 * alone.total_error


def test_without_names_errors_add_in_quadrature(every: list[Background], exposure: Exposure) -> None:
    result = budget(every, exposure)
    assert result.total_error == pytest.approx(math.hypot(*(part.error for part in result.components)), rel=1e-14)


class Foreign:
    """A component of somebody else, with an error alone."""

    label = "foreign"

    def estimate(self, exposure: Exposure) -> BackgroundEstimate:
        return BackgroundEstimate(name=self.label, expected=4.0, error=3.0, source="elsewhere", inputs={})


def test_a_component_without_sources_still_has_its_error(exposure: Exposure) -> None:
    constant = Constant(expected=1.0, error=4.0)
    assert budget([Foreign(), constant], exposure).total_error == pytest.approx(5.0, rel=1e-15)


def test_nothing_seen_is_the_end_of_the_central_interval() -> None:
    """1.841, table 40.3 of the Review of Particle Physics: P(0 | λ) is one side of a Gaussian standard deviation."""
    assert pytest.approx(1.841, abs=1e-3) == NOTHING_SEEN
    assert stats.poisson.pmf(0, NOTHING_SEEN) == pytest.approx(stats.norm.sf(1.0), rel=1e-12)


class TestLeakage:
    def test_the_number_of_the_paper_needs_this_probability(self, exposure: Exposure) -> None:
        leak = Leakage(probability=94 / exposure.tracks, reference="all of it")
        assert leak.estimate(exposure).expected == pytest.approx(94.0, rel=1e-14)
        assert leak.probability == pytest.approx(1.57e-10, rel=2e-3)  # three digits

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"probability": 1.5}, r"probability = 1.5: must lie in \[0, 1\]"),
            ({"probability": math.nan}, "probability = nan"),
            ({"probability": True}, "probability = True: must be a number"),
            ({"probability_error": -1e-12}, "probability_error = -1e-12: must be a finite number, 0 or greater"),
        ],
    )
    def test_guards(self, change: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidValueError, match=message):
            Leakage(**{"probability": 1e-11, "reference": "a guess", **change})


class TestSimulatedEvents:
    def test_expectation_and_weight(self, exposure: Exposure) -> None:
        by_tracks = SimulatedEvents(events=9, simulated_tracks=2 * exposure.tracks, reference="x")
        by_luminosity = SimulatedEvents(events=9, simulated_luminosity=100.0, reference="x")
        half = replace(exposure, efficiency=0.5)
        for component in (by_tracks, by_luminosity):
            estimate = component.estimate(exposure)
            assert (estimate.expected, estimate.error) == pytest.approx((4.5, 1.5), rel=1e-14)
            assert component.estimate(half).expected == pytest.approx(2.25, rel=1e-14)

    def test_no_event_is_no_expectation(self, exposure: Exposure) -> None:
        estimate = SimulatedEvents(events=0, simulated_luminosity=25.0, reference="x").estimate(exposure)
        (counts,) = estimate.uncertainties
        assert (estimate.expected, estimate.upper_limit) == (0.0, True)
        assert (counts.counts, counts.weight) == (0.0, 2.0)
        assert estimate.error == pytest.approx(2 * 1.841, rel=1e-3)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"events": -1}, "events = -1: must be a whole number"),
            ({"events": 1.5}, "events = 1.5: must be a whole number"),
            ({"events": True}, "events = True: must be a number"),
            ({"simulated_tracks": 0.0}, "simulated_tracks = 0.0: must be a finite number greater than 0"),
            ({"simulated_tracks": None}, "simulated_tracks: give the size of the simulation, either"),
            ({"simulated_luminosity": 1.0}, "simulated_tracks: give the size of the simulation, either"),
        ],
    )
    def test_guards(self, change: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidValueError, match=message):
            SimulatedEvents(**{"events": 1, "simulated_tracks": 1e12, "reference": "x", **change})

    def test_a_luminosity_needs_a_collider(self, beam_exposure: Exposure) -> None:
        component = SimulatedEvents(events=1, simulated_luminosity=1.0, reference="x")
        with pytest.raises(InvalidValueError, match="needs a collider's luminosity.*give simulated_tracks"):
            component.estimate(beam_exposure)


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        (["veto efficiency"], InvalidValueError, "uncertainties = .*: must be a mapping"),
        ({"veto efficiency": ""}, InvalidValueError, "uncertainties: the name for 'veto efficiency' is empty"),
        ({"veto efficiency": 3}, InvalidValueError, "uncertainties = 3: must be text"),
        ({"veto": "KLM"}, UnknownNameError, "unknown source of uncertainty of 'photons' 'veto': known are norm"),
        (
            {"veto efficiency": "KLM", NORMALISATION: "KLM"},
            InvalidValueError,
            "uncertainties: 'KLM' names two sources of 'photons'; give two names",
        ),
    ],
)
def test_bad_names_are_refused(photons: Photons, names: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        replace(photons, uncertainties=names)


def test_two_factors_of_one_name_cannot_be_shared(muons: Any) -> None:
    twice = (*muons.factors, muons.factors[-1])
    with pytest.raises(InvalidValueError, match="uncertainties: 'mu.mu-' has 'veto' twice; give each its own name"):
        replace(muons, label="mu+mu-", factors=twice, uncertainties={"veto": "KLM"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": " "}, "source: is empty; say what is uncertain"),
        ({"events": math.inf}, "events = inf: must be a finite number"),
        ({"constraint": "flat"}, "constraint = 'flat': must be one of normal, log-normal, poisson, free"),
        ({"counts": 3.0}, "counts = 3.0: belongs to the constraint 'poisson', which needs it"),
        ({"constraint": "poisson", "counts": 3.0}, "weight = None: belongs to the constraint 'poisson'"),
        ({"constraint": "poisson", "counts": -1.0, "weight": 1.0}, "counts = -1.0"),
    ],
)
def test_uncertainty_guards(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        Uncertainty(**{"source": "veto", "events": 1.0, **change})


def test_an_error_that_is_not_that_of_its_sources_is_refused() -> None:
    sources = (Uncertainty(source="a", events=3.0), Uncertainty(source="b", events=4.0))
    with pytest.raises(InvalidValueError, match="error = 7: must be the quadratic sum of the uncertainties of 'x', 5"):
        BackgroundEstimate(name="x", expected=1.0, error=7.0, source="y", inputs={}, uncertainties=sources)


@pytest.mark.parametrize("field", ["veto_efficiency_error", "penetration_error"])
def test_errors_of_inputs_are_not_negative(conversion: MuonConversion, neutrons: Neutrons, field: str) -> None:
    component = conversion if hasattr(conversion, field) else neutrons
    with pytest.raises(InvalidValueError, match=f"{field} = -1.0: must be a finite number, 0 or greater"):
        replace(component, **{field: -1.0})
