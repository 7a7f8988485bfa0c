"""The channel of a single photon: cards, scales, windows, the published curves, and combination with tracks."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import evanesce as ev
from evanesce.channels import MonoPhoton
from evanesce.engine import Engine
from evanesce.errors import CardError, InvalidValueError
from evanesce.limits import Outcome, limit_curve
from evanesce.physics import resolve_physics
from evanesce.processes import PROCESSES, chosen_processes
from evanesce.processes import MonoPhoton as MonoPhotonProcess
from evanesce.production.mono_photon import mono_photon_cross_section
from evanesce.setups import Collision

BELLE2, TRACKS = ev.experiment("belle2-mono-photon"), ev.experiment("belle2")
CHANNEL = BELLE2.channels[0]
NARROW = ev.DarkPhoton(alpha_d=1e-9)
PB = 1e-36


def changed(**fields):
    """The channel of belle2-mono-photon with fields of the photon's selection changed."""
    return ev.Experiment(name="x", channels=[replace(CHANNEL, photon=replace(CHANNEL.photon, **fields))])


def events(experiment, mediator, mass, **options):
    return ev.predict(experiment, mediator, mass, **options).signal["mono-photon"].value


def test_events_are_cross_section_times_luminosity():
    mass = np.array([0.01, 1.0, 2.2])
    cuts = CHANNEL.photon.cuts(CHANNEL.beams)
    wide = replace(cuts, peak_width=None)
    sigma = mono_photon_cross_section(NARROW, s=112.0, mass=mass, cuts=wide) / PB
    assert events(BELLE2, NARROW, mass) == pytest.approx(0.02e6 * sigma, rel=1e-6)


def test_only_scales_change_with_luminosity_and_efficiency(monkeypatch):
    """Nothing is prepared again, the background goes with the luminosity, and ε as its fourth root."""
    engine = Engine()
    first = limit_curve(BELLE2, "dark-photon", [0.1, 1.0], engine=engine)
    monkeypatch.setattr(engine, "prepare", None)  # a call would raise
    more = BELLE2.replace({"channels.mono-photon.beams.luminosity": 2.0})
    assert more.background == pytest.approx(1100.0)
    curve = limit_curve(more, "dark-photon", [0.1, 1.0], engine=engine)
    assert curve.epsilon == pytest.approx(first.epsilon / 100**0.25, rel=1e-12)
    half = BELLE2.replace({"channels.mono-photon.efficiency": 0.5})
    assert events(half, "dark-photon", 0.1) == pytest.approx(0.5 * events(BELLE2, "dark-photon", 0.1), rel=1e-12)


def test_closure():
    """The signal at the limit is what the criterion excludes."""
    curve = limit_curve(BELLE2, "scalar", [0.05, 1.0, 2.0])
    assert curve.epsilon**2 * curve.yields["mono-photon"] == pytest.approx(np.sqrt(2.71 * 11), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "published", "masses", "within"),
    [
        ("belle2-mono-photon", "belle2-monophoton", [0.003, 0.05, 0.1, 0.5, 1.0, 1.5, 2.0], 0.05),
        ("babar-mono-photon", "babar", [0.001, 0.05, 0.1, 0.5, 1.0], 0.05),
    ],
)
def test_published_curves(name, published, masses, within):
    """The background is solved for at 0.1 GeV; that the rest is flat is a test, to 5 % (3 % and 3 % are found)."""
    epsilon = limit_curve(name, "dark-photon", masses).epsilon
    ratio = epsilon / ev.constraint(published).epsilon(np.array(masses))
    assert ratio[masses.index(0.1)] == pytest.approx(1.0, abs=0.002)
    assert ratio == pytest.approx(1.0, abs=within)
    assert "channels.mono-photon.backgrounds.all.expected" in [a.field for a in ev.experiment(name).assumed]


def test_the_projection_of_the_full_luminosity():
    """4.4e-5 with 50 ab⁻¹, to the digits quoted in arXiv:2212.04252: 3.1e-4 by the fourth root of the luminosity."""
    alone = ev.Experiment(name="x", channels=[ev.experiment("belle2-combined").channels[3]])
    assert float(limit_curve(alone, "dark-photon", 0.0667).epsilon) == pytest.approx(4.4e-5, abs=0.05e-5)


class TestWindows:
    def test_a_window_around_the_peak_holds_a_narrow_mediator(self):
        mass = [0.1, 1.0, 2.0]
        fixed = changed(peak_width=None)
        assert events(BELLE2, NARROW, mass) == pytest.approx(events(fixed, NARROW, mass), rel=1e-6)

    @pytest.mark.parametrize("options", [{}, {"resolution": "detector"}])
    def test_it_is_the_fixed_window_at_that_place(self, options):
        mass, wide = 4.0, ev.DarkPhoton(alpha_d=0.5)
        star = (112 - mass**2) / (2 * np.sqrt(112.0))
        moving = changed(energy_min=1.0, peak_width=0.05)
        fixed = changed(energy_min=0.95 * star, energy_max=1.05 * star, peak_width=None)
        got, want = (events(each, wide, mass, overrides=options) for each in (moving, fixed))
        assert got == pytest.approx(want, rel=1e-9)
        assert got < 0.7 * events(changed(energy_min=1.0, peak_width=None), wide, mass, overrides=options)

    def test_smearing_loses_what_lies_outside_two_deviations(self):
        """The resolution at 5 GeV is 1.85 %: the window of 3.5 % is ±1.8 to ±2 deviations over the barrel."""
        sharp, smeared = (
            events(changed(energy_min=1.0), NARROW, 0.1, overrides={"resolution": name})
            for name in ("ideal", "detector")
        )
        assert 0.90 < float(smeared / sharp) < 0.96

    def test_an_axis_of_couplings_is_each_coupling(self):
        mass = [0.5, 2.0]
        both = events(BELLE2, ev.DarkPhoton(alpha_d=(0.01, 0.5)), mass)
        each = [events(BELLE2, ev.DarkPhoton(alpha_d=alpha), mass) for alpha in (0.01, 0.5)]
        assert both == pytest.approx(np.array(each), rel=1e-14)
        assert (both[0] != both[1]).all()

    def test_angles_in_the_centre_of_mass(self):
        beams = CHANNEL.beams
        low, high = (np.degrees(np.arccos(beams.cosine_star(np.cos(np.radians(a))))) for a in (32.2, 128.7))
        same = changed(polar_angle_min=low, polar_angle_max=high, polar_angle_frame="centre-of-mass")
        assert events(same, NARROW, 1.0) == pytest.approx(events(BELLE2, NARROW, 1.0), rel=1e-12)


class TestOutcomes:
    def test_a_peak_beyond_the_window_or_the_beams(self):
        curve = limit_curve(BELLE2, NARROW, [0.1, 4.0, 10.6, 12.0])
        assert list(curve.outcome) == [
            Outcome.LIMIT, Outcome.NOTHING_SELECTED, Outcome.TOO_HEAVY, Outcome.TOO_HEAVY,
        ]  # fmt: skip
        assert "cannot be radiated by tracks or beams of at most 10.58 GeV" in curve.reason[3]

    def test_without_a_peak_a_virtual_mediator_counts(self):
        fixed = changed(energy_min=1.0, peak_width=None)
        above = events(fixed, ev.DarkPhoton(alpha_d=0.5), [11.0, 14.0, 15.0])
        assert above[0] > above[1] > above[2] == 0.0, "2 m_chi = 10 GeV, the photon leaves 9.54 GeV"


class TestProcesses:
    OPTIONS = resolve_physics("reference")

    def test_each_kind_of_channel_has_its_own(self):
        assert [p.name for p in chosen_processes((), self.OPTIONS, Collision)] == ["mono-photon"]
        assert "mono-photon" not in [p.name for p in chosen_processes((), self.OPTIONS)]
        assert "mono-photon" in PROCESSES.names()
        assert list(ev.predict(BELLE2, "dark-photon", 0.1).signal) == ["mono-photon"]

    def test_one_of_another_kind_is_refused(self):
        card = TRACKS.replace({"processes": [{"kind": "mono-photon"}]})
        with pytest.raises(InvalidValueError, match="processes: 'mono-photon' belongs to another kind of channel"):
            ev.predict(card, "dark-photon", 0.06, physics="published")
        assert card.channel.processes == (MonoPhotonProcess(),)

    def test_only_the_width_changes_it(self):
        engine, setup = Engine(), CHANNEL.setup(self.OPTIONS)
        assert isinstance(setup, Collision)
        assert setup.energies == pytest.approx((10.583, 10.583), abs=1e-3)
        first = engine.prepare(MonoPhotonProcess(), setup, self.OPTIONS)
        other = resolve_physics("reference", {"electrons": "free", "track_length": "tsai-whitis"})
        assert engine.prepare(MonoPhotonProcess(), CHANNEL.setup(other), other) is first
        fixed = resolve_physics("reference", {"width": "fixed"})
        assert engine.prepare(MonoPhotonProcess(), setup, fixed) is not first


class TestCombination:
    def prediction(self):
        return ev.predict(
            [TRACKS, BELLE2.replace({"channels.mono-photon.beams.luminosity": 50})],
            "dark-photon", [0.06, 0.0667], physics="published",
        )  # fmt: skip

    def test_regions_stand_side_by_side(self):
        both = self.prediction()
        assert list(both.regions) == ["belle2/vanishing-track", "belle2-mono-photon/mono-photon"]
        assert list(both.regions["belle2-mono-photon/mono-photon"].signal) == ["mono-photon"]
        assert "mono-photon" not in both.regions["belle2/vanishing-track"].signal
        assert float(both.background.value) == pytest.approx(94 + 27500)
        assert both.highest_energy == pytest.approx(10.583, abs=1e-3)
        assert [card["name"] for card in both.provenance["experiments"]] == ["belle2", "belle2-mono-photon"]

    def test_a_luminosity_of_one_name_is_one_nuisance(self):
        both = self.prediction()
        (luminosity,) = [one for one in both.systematics if one.name == "Belle II luminosity"]
        assert {f"{label}/signal" for label in both.regions} <= set(luminosity.effects)
        assert "belle2-mono-photon/mono-photon/all" in luminosity.effects
        assert luminosity.effects["belle2-mono-photon/mono-photon/signal"].shape == (2, 1)

    def test_counting_refuses_more_than_one_bin(self):
        two = ev.Experiment(name="two", channels=[replace(TRACKS.channel, label="positron"), CHANNEL])
        for experiments in (["belle2", "belle2-mono-photon"], two):
            with pytest.raises(InvalidValueError, match="criterion 'sqrt2.71': counts events in one bin"):
                ev.limit(experiments, "dark-photon", 0.06, physics="published", criterion="sqrt2.71")

    def test_the_combined_card_has_the_parts_of_the_others(self):
        """Its channels are those of the single cards, but for the label, the luminosity and the electrons."""
        positron, electron, radiative, photon = ev.experiment("belle2-combined").channels
        assert (positron.source, positron.target, positron.background) == (
            TRACKS.source, TRACKS.target, TRACKS.channel.background,
        )  # fmt: skip
        assert electron.source == replace(positron.source, incident="e-")
        scaled = 94 * electron.source.count / positron.source.count
        assert electron.expectation().total == pytest.approx(scaled, rel=1e-3)
        card = ev.experiment("belle2-radiative")
        assert (radiative.source, radiative.target) == (card.source, card.target)
        assert photon.photon == CHANNEL.photon
        assert photon.beams == replace(CHANNEL.beams, luminosity=50.0)
        assert photon.expectation().total == pytest.approx(2500 * CHANNEL.expectation().total)


class TestBackground:
    def test_a_number_takes_its_place(self):
        assert float(ev.predict(BELLE2, "dark-photon", 0.1, background=300).background.value) == 300.0
        assert float(ev.predict(BELLE2, "dark-photon", 0.1, background="budget").background.value) == 11.0
        with pytest.raises(InvalidValueError, match="background = -1: must be a finite number, 0 or greater"):
            ev.predict(BELLE2, "dark-photon", 0.1, background=-1)

    def test_errors_scale_with_the_events(self):
        part = ev.PhotonBackground(label="a", expected=300.0, error=30.0, luminosity=0.02)
        found = part.estimate(0.04)
        assert (found.expected, found.error) == (600.0, 60.0)
        two = replace(CHANNEL, backgrounds=(part, replace(part, label="b", error=40.0)))
        assert (two.budget().total, two.budget().total_error) == (600.0, 50.0)

    def test_of_a_card_with_several_channels(self):
        budget = ev.experiment("belle2-combined").background_budget()
        assert [part.name for part in budget.components] == [
            "positron/constant", "electron/constant", "radiative-positron/constant", "mono-photon/photons",
        ]  # fmt: skip
        assert budget.total == pytest.approx(ev.experiment("belle2-combined").background)


class TestCards:
    def test_comes_back_exactly(self):
        card = BELLE2.replace({"channels.mono-photon.observed": 9})
        assert ev.Experiment.from_dict(json.loads(json.dumps(card.as_dict()))) == card
        region = ev.predict(card, "dark-photon", 0.1).regions["belle2-mono-photon/mono-photon"]
        assert region.observed.tolist() == [9.0]

    @pytest.mark.parametrize(
        ("field", "value", "match"),
        [
            ("beams.electron_energy", -7, "beams.electron_energy = -7: must lie between 0.000510999 and 1e"),
            ("beams.positron_energy", "4 GeV", "beams.positron_energy = '4 GeV'"),
            ("beams.luminosity", 0, "beams.luminosity = 0: must be a finite number greater than 0"),
            ("photon.energy_min", 0, "photon.energy_min = 0: must be a finite number greater than 0"),
            ("photon.energy_min", 5.3, "photon.energy_min = 5.3: must be less than 5.292 GeV, the largest energy of a"),
            ("photon.energy_min", 1e-3, "photon.energy_min = 0.001: must be greater than 0.0053 GeV, softer photons"),
            ("photon.energy_max", 4.0, r"photon.energy_max = 4.0: must be greater than energy_min = 5.0"),
            ("photon.polar_angle_min", 130, "polar_angle_min = 130: must be less than polar_angle_max = 128.7"),
            ("photon.polar_angle_max", 181, "polar_angle_max = 181: must lie between 0 and 180 degrees"),
            ("photon.peak_width", 1.0, r"photon.peak_width = 1.0: must lie in \(0, 1\)"),
            ("photon.energy_frame", "lab", "photon.energy_frame = 'lab'"),
            ("photon.energy_frame", "laboratory", "peak_width: the photon has one energy in the centre of mass only"),
            ("resolution.momentum", 0.01, "resolution.momentum: is that of a track, a photon has none"),
            ("efficiency", 0, r"efficiency = 0: must lie in \(0, 1\]"),
            ("backgrounds", [], "backgrounds: is empty; give at least one component"),
            ("backgrounds.all.luminosity", -1, "backgrounds.0.luminosity = -1: must be a finite number"),
            ("backgrounds.all.expected", True, "backgrounds.0.expected = True"),
            ("observed", -1, "observed = -1: must be a finite number, 0 or greater"),
            ("label", "a/b", "label = 'a/b': must not be empty, and must not contain a slash"),
            ("target", {}, "channels.0.target: unknown field; allowed are backgrounds, beams, efficiency"),
        ],
    )
    def test_bad_values(self, field, value, match):
        with pytest.raises(CardError, match=match) as info:
            BELLE2.replace({f"channels.mono-photon.{field}": value, "assumed": []})
        assert "\n" not in str(info.value)

    def test_without_a_resolution_the_detector_is_ideal(self):
        bare = BELLE2.replace({"channels.mono-photon.resolution": None})
        with pytest.raises(InvalidValueError, match="resolution = 'detector': the card states no resolution; add one"):
            ev.predict(bare, "dark-photon", 0.1, overrides={"resolution": "detector"})

    def test_a_systematic_of_a_component_that_is_not_there(self):
        with pytest.raises(CardError, match="unknown component in the systematic 'Belle II luminosity' 'photons'"):
            BELLE2.replace({"channels.mono-photon.systematics.0.affects": ["photons"]})

    def test_two_backgrounds_of_one_label(self):
        part = CHANNEL.backgrounds[0]
        with pytest.raises(InvalidValueError, match="backgrounds: 'all' is given twice; give each its own label"):
            replace(CHANNEL, backgrounds=(part, part))

    @pytest.mark.parametrize("wrong", [{"beams": 3}, {"photon": None}, {"backgrounds": 94.0}, {"resolution": "fine"}])
    def test_wrong_types(self, wrong):
        with pytest.raises(InvalidValueError, match=f"{next(iter(wrong))}.*must be"):
            MonoPhoton(
                **{"beams": CHANNEL.beams, "photon": CHANNEL.photon, "backgrounds": CHANNEL.backgrounds, **wrong}
            )

    def test_a_mediator_without_vertex(self):
        plain = SimpleNamespace(alpha_d=1e-3, mass_ratio=3.0)
        prepared = MonoPhotonProcess().prepare(CHANNEL.setup(resolve_physics()), resolve_physics(), Engine())
        with pytest.raises(InvalidValueError, match="vertex = None of SimpleNamespace"):
            prepared.rates(plain, np.array([0.1]))


def test_what_needs_tracks_says_so():
    text = "a channel of kind 'mono-photon' has no tracks in a target; this needs one of kind 'vanishing-track'"
    for call in (
        lambda: ev.generate_events(BELLE2, "dark-photon", 1.0, 10),
        lambda: ev.suppression_factor(BELLE2, "converged"),
        lambda: BELLE2.source,
    ):
        with pytest.raises(InvalidValueError, match=text):
            call()
