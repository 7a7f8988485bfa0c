"""The whole chain: the paper's numbers, closure, scaling, the shape of results, refusals."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evanesce as ev
from evanesce.errors import InvalidValueError, UnknownNameError
from evanesce.limits import Caution, Outcome, explain, limit_curve

BELLE2 = ev.experiment("belle2")
PEAK = 0.06666


def epsilon(physics, mediator=None, mass=PEAK, **changes):
    mediator = ev.DarkPhoton(alpha_d=1e-3) if mediator is None else mediator
    return float(limit_curve(BELLE2, mediator, mass, physics=physics, **changes).epsilon)


class TestPaper:
    """Figures of arXiv:2212.04252 and, to more digits, what was computed beforehand by other means."""

    @pytest.mark.parametrize(
        ("mediator", "published", "converged"),
        [
            (ev.DarkPhoton(alpha_d=1e-3), 1.722e-5, 1.511e-5),
            (ev.DarkPhoton(alpha_d=0.1), 2.634e-5, 2.049e-5),
            (ev.DarkPhoton(alpha_d=0.5), 4.36e-5, 3.31e-5),
            (ev.Scalar(alpha_d=1e-3), 2.425e-5, 2.167e-5),
        ],
    )
    def test_limits_at_the_peak(self, mediator, published, converged):
        # four digits are given; the atomic weights in use differ by 4e-5 from others
        assert epsilon("published", mediator) == pytest.approx(published, rel=1e-3)
        assert epsilon("converged", mediator) == pytest.approx(converged, rel=1e-3)

    def test_best_limit(self):
        mass = np.linspace(0.0660, 0.0675, 601)
        curve = limit_curve(BELLE2, ev.DarkPhoton(alpha_d=1e-3), mass, physics="converged")
        # 1.23e-5 was read at 66.70 MeV; the minimum itself lies 10 keV higher and 0.5 % lower
        assert curve.epsilon[np.abs(mass - 0.0667).argmin()] == pytest.approx(1.231e-5, rel=5e-4)
        assert curve.epsilon.min() == pytest.approx(1.23e-5, rel=5e-3)
        assert mass[curve.epsilon.argmin()] == pytest.approx(0.06670, abs=3e-5)

    def test_more_background_and_lighter_dark_matter(self):
        assert epsilon("published", background=1000) / epsilon("published") == pytest.approx(1.81, abs=0.005)
        for physics, change in (("published", -0.25e-2), ("converged", 0.59e-2)):
            ratio = epsilon(physics) / epsilon(physics, ev.DarkPhoton(alpha_d=1e-3, mass_ratio=5.0))
            assert ratio**2 - 1 == pytest.approx(change, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 0.2), st.floats(1.1, 100.0))
def test_more_background_is_a_weaker_limit_and_yields_do_not_care(mass, factor):
    low = limit_curve(BELLE2, ev.DarkPhoton(), mass, background=94.0)
    high = limit_curve(BELLE2, ev.DarkPhoton(), mass, background=94.0 * factor)
    assert float(high.epsilon) == pytest.approx(float(low.epsilon) * factor**0.25, rel=1e-12, abs=0)
    assert high.yields["isr"] == low.yields["isr"]


def test_closure():
    """The signal expected at the limit is the signal the criterion excludes."""
    curve = limit_curve(BELLE2, ev.DarkPhoton(), [0.03, PEAK, 0.5, 3.0])
    signal = curve.epsilon**2 * sum(curve.yields.values())
    assert signal == pytest.approx(np.full(4, np.sqrt(2.71 * 94)), rel=1e-12)


def test_linear_in_luminosity_efficiency_and_tracks():
    mass = [0.03, PEAK]
    base = limit_curve(BELLE2, ev.DarkPhoton(), mass).yields
    for change, factor in (({"source.luminosity": 25.0}, 0.5), ({"efficiency": 0.8}, 0.8)):
        other = limit_curve(BELLE2.replace(change), ev.DarkPhoton(), mass).yields
        for name in base:
            assert other[name] == pytest.approx(factor * base[name], rel=1e-12)


def test_opposite_charge_and_material_upstream_cost_signal():
    mass = [0.05, PEAK]
    base = limit_curve(BELLE2, ev.DarkPhoton(), mass, physics="converged").epsilon
    for change in ({"source.opposite_in_acceptance": True}, {"target.upstream": 0.2}):
        assert (limit_curve(BELLE2.replace(change), ev.DarkPhoton(), mass, physics="converged").epsilon > base).all()


def test_thinner_than_one_radiation_length_radiates_less():
    thin = limit_curve(BELLE2.replace({"target.thickness": 0.5}), ev.DarkPhoton(), [0.03], physics="converged").yields
    thick = limit_curve(BELLE2.replace({"target.thickness": 2.0}), ev.DarkPhoton(), [0.03], physics="converged").yields
    full = limit_curve(BELLE2, ev.DarkPhoton(), [0.03], physics="converged").yields
    assert thin["bremsstrahlung"] < thick["bremsstrahlung"]
    assert thick["bremsstrahlung"] == pytest.approx(full["bremsstrahlung"]), "Eq. (4.5) takes one X0"


class TestGrid:
    def test_axes_follow_the_arguments(self):
        data = ev.limit(
            BELLE2, ev.DarkPhoton(alpha_d=(1e-3, 0.1), mass_ratio=(2.5, 3.0, 5.0)), ev.geomspace(0.02, 0.2, 4)
        )
        assert data.epsilon.dims == ("alpha_d", "mass_ratio", "mass")
        assert data.epsilon.shape == (2, 3, 4)
        one = ev.limit(BELLE2, ev.DarkPhoton(alpha_d=0.1, mass_ratio=2.5), data.mass.values)
        assert data.epsilon.sel(alpha_d=0.1, mass_ratio=2.5).values == pytest.approx(
            one.epsilon.values, rel=1e-12, abs=0
        )

    def test_provenance_says_everything(self):
        attrs = json.loads(ev.limit(BELLE2, ev.DarkPhoton(), PEAK, overrides={"v_max": 0.999}).attrs["provenance"])
        assert attrs["physics"]["v_max"] == 0.999
        assert attrs["physics"]["preset"] == "reference"
        assert attrs["physics"]["overrides"] == ["v_max"]
        assert attrs["experiment"]["source"]["luminosity"] == 50.0
        assert attrs["evanesce_version"] == ev.__version__
        assert attrs["criterion"] == "sqrt2.71"

    def test_callers_arrays_are_left_alone(self):
        mass = np.array([0.05, 0.06])
        alphas = np.array([1e-3, 1e-2])
        ev.limit(BELLE2, ev.DarkPhoton(alpha_d=alphas), mass)
        assert mass.tolist() == [0.05, 0.06]
        assert alphas.tolist() == [1e-3, 1e-2]


class TestNoSignal:
    def test_too_heavy(self):
        data = ev.limit(BELLE2, ev.DarkPhoton(), [PEAK, 7.0, 1e5])
        assert np.isinf(data.epsilon.values[1:]).all()
        assert data.outcome.values.tolist() == [Outcome.LIMIT, Outcome.TOO_HEAVY, Outcome.TOO_HEAVY]
        assert explain(data)[0] is None
        assert "no signal: a mediator of 7 GeV" in explain(data)[1]

    def test_only_heavy_masses(self):
        assert np.isinf(ev.limit(BELLE2, ev.DarkPhoton(), [7.0]).epsilon.values).all()

    def test_outside_a_published_curve(self):
        data = ev.limit(ev.experiment("na64-2019-published"), ev.DarkPhoton(), [0.1, 2.0])
        assert np.isfinite(data.epsilon.values[0])
        assert data.outcome.values.tolist() == [Outcome.LIMIT, Outcome.OUTSIDE_CURVE]
        assert "outside the published curve 'na64-2019'" in explain(data)[1]

    @pytest.mark.parametrize("card", ["belle2", "na64-2019-published"])
    @pytest.mark.parametrize("physics", ["converged", "reference"])
    def test_cut_that_leaves_nothing(self, card, physics):
        """With T_e cut below the selection there is no signal, and the message says what to check."""
        experiment = ev.experiment(card).replace({"bremsstrahlung_curve": None})
        data = ev.limit(experiment, ev.DarkPhoton(), [0.05], physics=physics, overrides={"v_max": 0.4})
        assert np.isinf(data.epsilon.values[0])
        assert data.outcome.values.tolist() == [Outcome.NOTHING_SELECTED]
        assert "no track inside the selection can produce 0.05 GeV; check v_max" in explain(data)[0]

    def test_mass_at_the_end_of_the_spectrum(self):
        """Between 4.1 and 6.6 GeV the energy cut follows the mass; the yield falls to zero without a step."""
        mass = np.array([4.1, 4.13, 4.14, 4.2, 5.0, 6.0, 6.6])
        values = limit_curve(BELLE2, ev.DarkPhoton(), mass).yields["bremsstrahlung"]
        assert (np.diff(values) < 0).all()
        assert values[1] / values[2] < 1.5


def test_visible_decays_are_flagged():
    wide = ev.limit(BELLE2, ev.DarkPhoton(alpha_d=1e-12), [PEAK])
    assert wide.caution.values.tolist() == [Caution.VISIBLE_WIDTH]
    assert wide.visible_width > 0.01
    assert "width to e+e-" in explain(wide)[0]
    narrow = ev.limit(BELLE2, ev.DarkPhoton(alpha_d=1e-3), [PEAK])
    assert narrow.caution.values.tolist() == [0]
    assert explain(narrow).tolist() == [None]


def test_na64_scales_bremsstrahlung_for_another_mediator():
    """Half the vector's rate at most: (2J+1) for m ≫ m_e and x → 1, less at smaller x."""
    na64 = ev.experiment("na64-2019-published")
    vector = limit_curve(na64, ev.DarkPhoton(), [0.05]).yields["bremsstrahlung"]
    scalar = limit_curve(na64, ev.Scalar(), [0.05]).yields["bremsstrahlung"]
    assert vector == pytest.approx(2.3 / 1.56e-4**2)
    assert 0.2 * vector < scalar < 0.5 * vector


@pytest.mark.parametrize(
    ("mass", "message"),
    [
        (0.0, "mass = 0.0"),
        (-0.1, "mass = -0.1"),
        (float("nan"), "mass = nan"),
        (float("inf"), "mass = inf"),
        ([0.1, -2.0], "mass = -2.0"),
        ([], "mass: is empty"),
        ("heavy", "mass = 'heavy': must be numbers"),
        (1e9, "mass = 1e\\+09 GeV: must lie between"),
        (1e-12, "mass = 1e-12 GeV: must lie between"),
        ([[0.1], [0.2]], "mass: has 2 dimensions"),
    ],
)
def test_impossible_masses(mass, message):
    with pytest.raises(InvalidValueError, match=message):
        ev.limit(BELLE2, ev.DarkPhoton(), mass)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"background": -1.0}, InvalidValueError, "background = -1.0"),
        ({"background": float("nan")}, InvalidValueError, "background = nan"),
        ({"background": 0.0}, InvalidValueError, "events-2.3"),
        ({"criterion": "sqrt2.17"}, UnknownNameError, "did you mean 'sqrt2.71'"),
        ({"physics": "publish"}, UnknownNameError, "did you mean 'published'"),
        ({"overrides": {"vmax": 1.0}}, UnknownNameError, "did you mean 'v_max'"),
        ({"overrides": {"v_max": "abc"}}, InvalidValueError, "v_max = 'abc': must be a number"),
        ({"overrides": {"v_max": 1.5}}, InvalidValueError, "v_max = 1.5: must lie between"),
        ({"overrides": {"electrons": "moving"}}, InvalidValueError, "electrons = 'moving': must be one of free"),
    ],
)
def test_impossible_settings(changes, error, message):
    with pytest.raises(error, match=message):
        ev.limit(BELLE2, ev.DarkPhoton(), 0.1, **changes)


def test_arrays_of_two_dimensions_as_parameters():
    with pytest.raises(InvalidValueError, match="alpha_d: has 2 dimensions"):
        ev.limit(BELLE2, ev.DarkPhoton(alpha_d=np.ones((2, 2)) * 1e-3), 0.1)


class TestDetails:
    """Factors that a test of a whole curve would not notice."""

    def test_depth_window_behind_material_upstream(self):
        """`upstream` moves both ends: the kernel of [u, u + L] is that of u + L less that of u."""
        options = ev.resolve_physics("converged")
        v = np.array([0.6, 0.97, 0.9999])
        density = lambda changes: (
            BELLE2.replace(changes).channel.setup(options).track_length(options).positrons.density(v)
        )
        behind = density({"target.upstream": 0.3, "target.thickness": 0.5})
        whole, first = density({"target.thickness": 0.8}), density({"target.thickness": 0.3})
        assert behind == pytest.approx(whole - first, rel=1e-9)

    def test_error_of_epsilon_is_half_the_relative_error_of_the_yield(self):
        curve = limit_curve(BELLE2, ev.DarkPhoton(), [0.03, PEAK])
        total = sum(curve.yields.values())
        error = np.sqrt(sum(np.square(part) for part in curve.yield_errors.values()))
        assert curve.epsilon_error == pytest.approx(0.5 * curve.epsilon * error / total, rel=1e-12, abs=0)

    def test_share_of_visible_decays_in_the_warning(self):
        """The share named is ε² Γ_ee/Γ_χχ, and it is flagged from 1 % on."""
        alphas = np.geomspace(1e-12, 1e-8, 40)
        data = ev.limit(BELLE2, ev.DarkPhoton(alpha_d=alphas), PEAK)
        epsilon, warning = data.epsilon.values, explain(data)
        photon = ev.DarkPhoton(alpha_d=alphas)
        share = epsilon**2 * float(photon.electron_width(np.asarray(PEAK))) / photon.width(np.asarray(PEAK))
        assert [w is not None for w in warning] == (share > 0.01).tolist()
        assert data.visible_width.values == pytest.approx(share, rel=1e-12, abs=0)
        assert f"is {share[0]:.2g} of the invisible width" in warning[0]
        assert 0.01 < share[share > 0.01].min() < 0.03, "the grid has to reach the threshold"

    def test_heavy_mediators_obey_the_cut_on_the_track_length(self):
        """Masses above 0.95 E_min are folded one by one; the cut at v_max holds for them too."""
        mass = [4.2, 5.0]
        exact = limit_curve(BELLE2, ev.DarkPhoton(), mass).yields["bremsstrahlung"]
        cut = limit_curve(BELLE2, ev.DarkPhoton(), mass, overrides={"v_max": 0.999}).yields["bremsstrahlung"]
        assert (cut < 0.8 * exact).all()

    def test_heavy_mediators_start_at_their_mass(self):
        """The chain's yield at 4.2 GeV is that of a fold whose E_A' starts at 4.2 GeV, and at nothing near it."""
        from evanesce.production import bremsstrahlung_yield
        from evanesce.tracklength import fold_radiation

        options = ev.resolve_physics("converged")
        kernel = BELLE2.channel.setup(options).track_length(options, thickness=1.0).radiating
        chain = limit_curve(BELLE2, ev.DarkPhoton(), 4.2, physics="converged").yields["bremsstrahlung"]
        for shift, same in ((0.0, True), (-1e-3, False)):
            fold = fold_radiation(BELLE2.source, kernel, missing_fraction=0.95, minimum_energy=4.2 + shift)
            direct = bremsstrahlung_yield(fold, BELLE2.target.material, ev.DarkPhoton(), np.array([4.2])).value
            assert (chain == pytest.approx(direct, rel=1e-9)) is same

    def test_a_published_curve_follows_the_exposure(self):
        """(C.1) holds for the experiment as published; more particles, or fewer events kept, scale it."""
        na64 = ev.experiment("na64-2019-published")
        base = limit_curve(na64, ev.DarkPhoton(), [0.05]).yields["bremsstrahlung"]
        for change, factor in (({"source.particles": 2.84e12}, 10.0), ({"efficiency": 0.25}, 0.5)):
            other = limit_curve(na64.replace(change), ev.DarkPhoton(), [0.05]).yields["bremsstrahlung"]
            assert other == pytest.approx(factor * base, rel=1e-12)
        tight = limit_curve(na64.replace({"selection.missing_fraction": 0.7}), ev.DarkPhoton(), [0.05])
        assert 0.5 * base < tight.yields["bremsstrahlung"] < 0.9 * base


class TestMediatorsThatAreNone:
    @pytest.mark.parametrize(
        ("mediator", "message"),
        [
            (3, "mediator = 3: must be an instance of a dataclass"),
            (ev.DarkPhoton, "must be an instance of a dataclass"),
            (ev.resolve_physics("published"), "must have a field alpha_d"),
        ],
    )
    def test_refused_with_a_word_on_why(self, mediator, message):
        with pytest.raises(InvalidValueError, match=message):
            ev.limit(BELLE2, mediator, 0.1)

    def test_width_that_is_not_one(self):
        @dataclass(frozen=True, kw_only=True)
        class Ghost:
            alpha_d: float = 1e-3
            mass_ratio: float = 3.0

            def width(self, mass):
                return -mass

            electron_width = annihilation_numerator = splitting = width

        with pytest.raises(InvalidValueError, match=r"Ghost: width\(mass\) must be positive"):
            ev.limit(BELLE2, Ghost(), 0.1)

    def test_names_do_as_on_the_command_line(self):
        by_name = ev.limit("belle2", "dark-photon", 0.1, physics="published")
        assert by_name.equals(ev.limit(BELLE2, ev.DarkPhoton(), 0.1, physics="published"))
        with pytest.raises(UnknownNameError, match="unknown mediator 'dark-foton'.*did you mean 'dark-photon'"):
            ev.limit("belle2", "dark-foton", 0.1)
        with pytest.raises(UnknownNameError, match="did you mean 'belle2'"):
            ev.limit("belle3", "dark-photon", 0.1)
        with pytest.raises(InvalidValueError, match="experiment 3: must be a name, the path of a card"):
            ev.limit(3, "dark-photon", 0.1)


class TestFurtherPhysics:
    """Options beyond the paper reach the yields; what they compute is tested where it is computed."""

    def test_moving_electrons_widen_the_window_and_lower_the_peak(self):
        """A factor 2.7 at 60 MeV, and the peak near 67 MeV weaker by about 1.4 (docs/physics.md)."""
        mass = [0.060, 0.0667]
        free = limit_curve(BELLE2, ev.DarkPhoton(), mass, physics="converged").epsilon
        bound = limit_curve(
            BELLE2, ev.DarkPhoton(), mass, physics="converged", overrides={"electrons": "bound"}
        ).epsilon
        assert 2.4 < free[0] / bound[0] < 3.2
        assert 0.65 < free[1] / bound[1] < 0.8
        loose = limit_curve(
            BELLE2, ev.DarkPhoton(), mass, physics="converged", overrides={"electrons": "bound", "binding": "none"}
        ).epsilon
        assert 0.78 < loose[0] / bound[0] < 0.88

    def test_exact_bremsstrahlung_is_below_the_approximation(self):
        """At 60 MeV and 4-7 GeV the tree-level yield above 95 % is about a third of (4.6)."""
        yields = {
            formula: limit_curve(
                BELLE2, ev.DarkPhoton(), [0.06], physics="converged", overrides={"bremsstrahlung": formula}
            ).yields
            for formula in ("ww", "iww", "exact")
        }
        ratio = float(yields["exact"]["bremsstrahlung"][0] / yields["ww"]["bremsstrahlung"][0])
        assert 0.25 < ratio < 0.45
        assert yields["exact"]["bremsstrahlung"] < yields["iww"]["bremsstrahlung"] < yields["ww"]["bremsstrahlung"]
        assert yields["exact"]["annihilation"] == yields["ww"]["annihilation"]

    def test_cascade_is_close_to_the_analytic_shower_in_the_selection(self):
        """Above v = 0.95 ionisation and screening change the track length by a few per cent."""
        mass = [0.06, 0.07, 0.078]
        analytic = limit_curve(BELLE2, ev.DarkPhoton(), mass, physics="converged").yields["annihilation"]
        cascade = limit_curve(
            BELLE2, ev.DarkPhoton(), mass, physics="converged", overrides={"track_length": "cascade"}
        ).yields
        assert cascade["annihilation"] == pytest.approx(analytic, rel=0.06)
        assert (cascade["annihilation"] != analytic).all()


class TestReference:
    """The preset of the best physics, and the effect of each refinement."""

    def test_the_options_are_the_documented_ones(self):
        options = ev.resolve_physics("reference")
        assert (options.track_length, options.electrons, options.binding) == ("cascade", "bound", "eikonal")
        assert (options.bremsstrahlung, options.form_factor, options["pair_charges"]) == (
            "exact",
            "elastic+inelastic",
            "positron",
        )
        assert (options.v_max, options.resolution) == (1.0, "ideal")

    def test_theory_uncertainty_is_the_limit_with_the_option_changed(self):
        """Both come from one solver: the digits are those of its rounding."""
        mass = [0.06, 0.0667, 0.3]
        curve = ev.limit_curve(BELLE2, ev.DarkPhoton(), mass, physics="reference")
        assert list(curve.theory) == [
            "binding=on-shell",
            "binding=on-shell-orbitals",
            "bremsstrahlung=ww",
            "track_length=tsai-whitis",
            "off_shell_mesons=on",
        ]
        for change, ratio in curve.theory.items():
            name, value = change.split("=")
            other = ev.limit_curve(BELLE2, ev.DarkPhoton(), mass, physics="reference", overrides={name: value})
            np.testing.assert_allclose(1.0 + ratio, other.epsilon / curve.epsilon, rtol=1e-12)
            assert change not in other.theory

    def test_what_was_never_refined_has_no_line(self):
        assert ev.limit_curve(BELLE2, ev.DarkPhoton(), 0.0667, physics="converged").theory == {}

    def test_without_a_limit_there_is_no_uncertainty(self):
        curve = ev.limit_curve(BELLE2, ev.DarkPhoton(), 20.0, physics="reference")
        assert all(np.isnan(change).all() for change in curve.theory.values())

    def test_both_charges_radiate_whatever_annihilates(self):
        overrides = {"pair_charges": "positron"}
        both, positron = (
            ev.limit_curve(BELLE2, ev.DarkPhoton(), 0.0667, physics="converged", overrides=change)
            for change in ({}, overrides)
        )
        assert positron.yields["bremsstrahlung"] == both.yields["bremsstrahlung"]
        assert positron.yields["annihilation"] < both.yields["annihilation"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"overrides": ["v_max"]}, r"overrides = \['v_max'\]: must be a mapping, as {'v_max': 0.99}"),
        ({"engine": "fast"}, "engine: str is not an engine; make one with Engine()"),
        ({"theory": "no"}, "theory = 'no': must be true or false"),
        ({"background": np.zeros(2)}, r"background = array\(\[0., 0.\]\): must be a number"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_an_argument_of_another_type_is_one_line(changes, message):
    with pytest.raises(InvalidValueError, match=message):
        ev.limit_curve("belle2", "dark-photon", 0.06, **{"physics": "published", **changes})


def test_a_fixed_width_is_flagged_close_to_the_threshold():
    close = ev.DarkPhoton(alpha_d=0.1, mass_ratio=(2.001, 3.0))
    fixed, running = (limit_curve("belle2", close, 0.0667, overrides={"width": w}) for w in ("fixed", "running"))
    assert fixed.caution.tolist() == [Caution.FIXED_WIDTH, 0]
    assert running.caution.tolist() == [0, 0]
    assert "use width=running" in fixed.warning[0]
    # the fixed width gives too strong a limit there, by 11 % as brute force says (tests/production/test_line_shape.py)
    assert running.epsilon / fixed.epsilon == pytest.approx([1.109, 1.004], abs=1e-3)


def test_a_yield_that_is_mostly_error_gives_no_limit():
    """Close to the largest energy of a track exact bremsstrahlung is only known roughly."""
    curve = limit_curve("belle2", ev.DarkPhoton(), [3.0, 6.0], theory=False)
    assert curve.outcome.tolist() == [Outcome.LIMIT, Outcome.INACCURATE]
    assert np.isinf(curve.epsilon[1])
    assert curve.epsilon_error[0] < 0.1 * curve.epsilon[0]
    assert "exceeds 20 %" in curve.reason[1]


def test_a_large_uncertainty_of_bound_electrons_is_a_caution():
    """Without radiation the total yield at 52 MeV changes by 21 % with electrons on shell, at the peak by 1 %.

    Radiation brings tracks down to the resonance, and it is 4 %.
    """
    curve = limit_curve(BELLE2, ev.DarkPhoton(alpha_d=1e-3), [0.052, 0.0667], overrides={"isr": "off"})
    assert (1 + curve.theory["binding=on-shell"][0]) ** 2 > 1.2
    assert curve.caution.tolist() == [ev.limits.Caution.BOUND_ELECTRONS, 0]
    assert "binding = on-shell instead of eikonal" in curve.warning[0]
    assert curve.warning[1] is None
